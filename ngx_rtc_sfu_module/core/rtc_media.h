
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What forwarding has to know of a payload, whatever its codec.
 */


#ifndef RTC_MEDIA_H_INCLUDED
#define RTC_MEDIA_H_INCLUDED


#include "rtc_av1.h"
#include "rtc_codec.h"
#include "rtc_core.h"
#include "rtc_vp8.h"


typedef struct {
    unsigned        keyframe:1;         /* the first packet of a keyframe */
    unsigned        headless:1;         /* of one that may have parameter sets
                                           in the packet before */
    unsigned        has_dd:1;
    uint8_t         sid;
    uint8_t         tid;
    rtc_vp8_t       vp8;                /* of VP8 only */
    rtc_dd_t        dd;
} rtc_media_t;


/*
 * Looks at a payload and at the dependency descriptor (of length 0 if there
 * is none).  RTC_ERROR if the payload cannot be one of the codec.
 */
int rtc_media_parse(rtc_media_t *media, rtc_codec_e codec, rtc_str_t payload,
    rtc_str_t dd);


#endif /* RTC_MEDIA_H_INCLUDED */
