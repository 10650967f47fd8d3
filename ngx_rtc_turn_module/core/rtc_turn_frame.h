
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages in a stream: STUN's and ChannelData, which is padded there
 * (RFC 8656, 12.5).
 */


#ifndef RTC_TURN_FRAME_H_INCLUDED
#define RTC_TURN_FRAME_H_INCLUDED


#include "rtc_turn.h"


#define RTC_TURN_FRAME_MAX  9216        /* the longest one that we take */


/*
 * The message that begins at p: len without the padding, size with it.
 * RTC_AGAIN: it is not all there; RTC_ERROR: neither of both, or too long.
 */
int rtc_turn_frame(const uint8_t *p, size_t avail, size_t *len, size_t *size);


#endif /* RTC_TURN_FRAME_H_INCLUDED */
