
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * H264 payloads (RFC 6184): where a keyframe begins.
 */


#ifndef RTC_H264_H_INCLUDED
#define RTC_H264_H_INCLUDED


#include "rtc_core.h"


/* whether the payload begins an SPS or an IDR picture; STAP-A, FU-A or one */
int rtc_h264_keyframe(rtc_str_t payload);


#endif /* RTC_H264_H_INCLUDED */
