
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The codecs and the RTP header extensions that the SFU knows, their names in
 * SDP and in LiveKit's messages, and the numbers that our own offers use.
 */


#ifndef RTC_CODEC_H_INCLUDED
#define RTC_CODEC_H_INCLUDED


#include "rtc_core.h"


typedef enum {
    RTC_CODEC_NONE = 0,
    RTC_CODEC_OPUS,
    RTC_CODEC_RED,                      /* RFC 2198 over Opus */
    RTC_CODEC_PCMU,
    RTC_CODEC_PCMA,
    RTC_CODEC_VP8,
    RTC_CODEC_VP9,
    RTC_CODEC_H264,
    RTC_CODEC_AV1,
    RTC_CODEC_RTX,                      /* RFC 4588 */
    RTC_CODEC_MAX
} rtc_codec_e;

#define rtc_codec_bit(codec)  (1u << (codec))

/* what we negotiate; the other codecs are read but never answered */
#define RTC_CODECS_AUDIO                                                      \
    (rtc_codec_bit(RTC_CODEC_OPUS) | rtc_codec_bit(RTC_CODEC_RED))
#define RTC_CODECS_VIDEO                                                      \
    (rtc_codec_bit(RTC_CODEC_VP8) | rtc_codec_bit(RTC_CODEC_VP9)              \
     | rtc_codec_bit(RTC_CODEC_H264) | rtc_codec_bit(RTC_CODEC_AV1))


typedef enum {
    RTC_EXT_NONE = 0,
    RTC_EXT_AUDIO_LEVEL,                /* RFC 6464 */
    RTC_EXT_ABS_SEND_TIME,
    RTC_EXT_TRANSPORT_CC,
    RTC_EXT_MID,                        /* RFC 9143 */
    RTC_EXT_RID,                        /* RFC 8852, like RRID */
    RTC_EXT_RRID,
    RTC_EXT_ABS_CAPTURE_TIME,
    RTC_EXT_DEPENDENCY,                 /* AV1 dependency descriptor */
    RTC_EXT_LAYERS_ALLOCATION,          /* video-layers-allocation00 */
    RTC_EXT_PLAYOUT_DELAY,
    RTC_EXT_ORIENTATION,
    RTC_EXT_MAX
} rtc_ext_e;


/* payload types of our offers */

#define RTC_PT_OPUS          111
#define RTC_PT_RED           63
#define RTC_PT_VP8           96
#define RTC_PT_VP8_RTX       97
#define RTC_PT_VP9           98
#define RTC_PT_VP9_RTX       99
#define RTC_PT_AV1           35
#define RTC_PT_AV1_RTX       36
#define RTC_PT_H264          125        /* 42e01f, packetization mode 1; the */
#define RTC_PT_H264_RTX      107        /* other kinds have 102 to 119 */


/* "VP8"; "" for RTC_CODEC_NONE */
const char *rtc_codec_name(rtc_codec_e codec);

/* "video/VP8" as in TrackInfo.mime_type; "" where LiveKit has no such type */
const char *rtc_codec_mime(rtc_codec_e codec);

/*
 * By encoding name or by MIME type ("vp8", "VP8", "video/vp8"), whatever the
 * case; RTC_CODEC_NONE if unknown.
 */
rtc_codec_e rtc_codec_find(rtc_str_t name);

/* the URI of an extension and the reverse; RTC_EXT_NONE if unknown */
const char *rtc_ext_uri(rtc_ext_e ext);
rtc_ext_e rtc_ext_find(rtc_str_t uri);

/* the id of an extension in our offers (1 to 14), 0 if we never offer it */
unsigned rtc_ext_offer_id(rtc_ext_e ext);


#endif /* RTC_CODEC_H_INCLUDED */
