
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The VP9 payload descriptor (RFC 9628, section 4.2).
 */


#ifndef RTC_VP9_H_INCLUDED
#define RTC_VP9_H_INCLUDED


#include "rtc_core.h"


typedef struct {
    uint8_t         len;                /* of the descriptor */
    uint8_t         sid;
    uint8_t         tid;
    uint16_t        picture_id;

    unsigned        has_picture_id:1;
    unsigned        inter:1;            /* P: predicted from other pictures */
    unsigned        begin:1;            /* B */
    unsigned        end:1;              /* E */
    unsigned        up:1;               /* U: switching up point */
    unsigned        dependent:1;        /* D: on the spatial layer below */
    unsigned        keyframe:1;         /* first packet of a keyframe */
} rtc_vp9_t;


int rtc_vp9_parse(rtc_vp9_t *vp9, rtc_str_t payload);


#endif /* RTC_VP9_H_INCLUDED */
