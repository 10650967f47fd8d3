
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * H264 payloads (RFC 6184): where a keyframe begins.
 */


#ifndef RTC_H264_H_INCLUDED
#define RTC_H264_H_INCLUDED


#include "rtc_core.h"


typedef enum {
    RTC_H264_OTHER = 0,
    RTC_H264_IDR,
    RTC_H264_SPS
} rtc_h264_e;


/* what the payload begins; of a STAP-A the most that is in it */
rtc_h264_e rtc_h264_parse(rtc_str_t payload);


#endif /* RTC_H264_H_INCLUDED */
