
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Redundant audio data (RFC 2198).
 */


#ifndef RTC_RED_H_INCLUDED
#define RTC_RED_H_INCLUDED


#include "rtc_core.h"


/* the primary block, which is the last one, and its payload type */
int rtc_red_primary(rtc_str_t payload, uint8_t *pt, rtc_str_t *primary);


#endif /* RTC_RED_H_INCLUDED */
