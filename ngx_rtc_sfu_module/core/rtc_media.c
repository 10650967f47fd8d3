
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_h264.h"
#include "rtc_media.h"
#include "rtc_vp9.h"


static int rtc_media_parse_vp9(rtc_media_t *media, rtc_str_t payload);


int
rtc_media_parse(rtc_media_t *media, rtc_codec_e codec, rtc_str_t payload,
    rtc_str_t dd)
{
    rtc_h264_e  h264;

    media->keyframe = 0;
    media->headless = 0;
    media->sid = 0;
    media->tid = 0;
    media->has_dd = (dd.len && rtc_dd_parse(&media->dd, dd) == RTC_OK);

    switch (codec) {

    case RTC_CODEC_VP8:

        if (rtc_vp8_parse(&media->vp8, payload) != RTC_OK) {
            return RTC_ERROR;
        }

        media->keyframe = media->vp8.keyframe;
        media->tid = media->vp8.tid;
        break;

    case RTC_CODEC_VP9:

        return rtc_media_parse_vp9(media, payload);

    case RTC_CODEC_H264:

        h264 = rtc_h264_parse(payload);

        media->keyframe = (h264 != RTC_H264_OTHER);
        media->headless = (h264 == RTC_H264_IDR);
        break;

    case RTC_CODEC_AV1:

        media->keyframe = rtc_av1_keyframe(payload)
                          || (media->has_dd && media->dd.start
                              && media->dd.structure);
        break;

    default:
        break;
    }

    return RTC_OK;
}


static int
rtc_media_parse_vp9(rtc_media_t *media, rtc_str_t payload)
{
    rtc_vp9_t  vp9;

    if (rtc_vp9_parse(&vp9, payload) != RTC_OK) {
        return RTC_ERROR;
    }

    media->keyframe = vp9.keyframe;
    media->sid = vp9.sid;
    media->tid = vp9.tid;

    return RTC_OK;
}
