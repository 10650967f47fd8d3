
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The VP8 payload descriptor (RFC 7741, section 4.2) and its rewriting.
 */


#ifndef RTC_VP8_H_INCLUDED
#define RTC_VP8_H_INCLUDED


#include "rtc_core.h"


#define RTC_VP8_MAX_DESCRIPTOR  6


typedef struct {
    uint8_t         len;                /* of the descriptor */
    uint8_t         first;              /* its first byte: X R N S R PID */
    uint8_t         tl0;
    uint8_t         tid;
    uint8_t         keyidx;
    uint16_t        picture_id;

    unsigned        start:1;            /* first packet of a frame */
    unsigned        keyframe:1;         /* and that is a keyframe */
    unsigned        sync:1;             /* Y: depends on TID 0 only */
    unsigned        has_picture_id:1;
    unsigned        has_tl0:1;
    unsigned        has_tid:1;
    unsigned        has_keyidx:1;
    unsigned        wide:1;             /* a picture id of 15 bits */
} rtc_vp8_t;


int rtc_vp8_parse(rtc_vp8_t *vp8, rtc_str_t payload);

/* writes vp8->len bytes: the same fields with the values of vp8 */
void rtc_vp8_write(uint8_t *p, const rtc_vp8_t *vp8);


#endif /* RTC_VP8_H_INCLUDED */
