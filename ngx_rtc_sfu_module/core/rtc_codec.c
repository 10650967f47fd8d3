
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <strings.h>

#include "rtc_codec.h"


#define RTC_HDREXT  "urn:ietf:params:rtp-hdrext:"
#define RTC_WEBRTC  "http://www.webrtc.org/experiments/rtp-hdrext/"


typedef struct {
    const char     *name;
    const char     *mime;
} rtc_codec_names_t;


typedef struct {
    const char     *uri;
    unsigned        offer_id;
} rtc_ext_entry_t;


static const rtc_codec_names_t  rtc_codecs[RTC_CODEC_MAX] = {
    [RTC_CODEC_NONE] = { "", "" },
    [RTC_CODEC_OPUS] = { "opus", "audio/opus" },
    [RTC_CODEC_RED]  = { "red", "audio/red" },
    [RTC_CODEC_PCMU] = { "PCMU", "audio/PCMU" },
    [RTC_CODEC_PCMA] = { "PCMA", "audio/PCMA" },
    [RTC_CODEC_VP8]  = { "VP8", "video/VP8" },
    [RTC_CODEC_VP9]  = { "VP9", "video/VP9" },
    [RTC_CODEC_H264] = { "H264", "video/H264" },
    [RTC_CODEC_AV1]  = { "AV1", "video/AV1" },
    [RTC_CODEC_RTX]  = { "rtx", "" }
};


static const rtc_ext_entry_t  rtc_exts[RTC_EXT_MAX] = {
    [RTC_EXT_NONE]              = { "", 0 },
    [RTC_EXT_AUDIO_LEVEL]       = { RTC_HDREXT "ssrc-audio-level", 1 },
    [RTC_EXT_ABS_SEND_TIME]     = { RTC_WEBRTC "abs-send-time", 2 },
    [RTC_EXT_TRANSPORT_CC]      = { "http://www.ietf.org/id/draft-holmer-"
                                    "rmcat-transport-wide-cc-extensions-01",
                                    3 },
    [RTC_EXT_MID]               = { RTC_HDREXT "sdes:mid", 4 },
    [RTC_EXT_RID]               = { RTC_HDREXT "sdes:rtp-stream-id", 0 },
    [RTC_EXT_RRID]              = { RTC_HDREXT
                                    "sdes:repaired-rtp-stream-id", 0 },
    [RTC_EXT_ABS_CAPTURE_TIME]  = { RTC_WEBRTC "abs-capture-time", 5 },
    [RTC_EXT_DEPENDENCY]        = { "https://aomediacodec.github.io/"
                                    "av1-rtp-spec/#dependency-descriptor-"
                                    "rtp-header-extension", 6 },
    [RTC_EXT_LAYERS_ALLOCATION] = { RTC_WEBRTC "video-layers-allocation00",
                                    0 },
    [RTC_EXT_PLAYOUT_DELAY]     = { RTC_WEBRTC "playout-delay", 0 },
    [RTC_EXT_ORIENTATION]       = { "urn:3gpp:video-orientation", 0 }
};


const char *
rtc_codec_name(rtc_codec_e codec)
{
    return codec < RTC_CODEC_MAX ? rtc_codecs[codec].name : "";
}


const char *
rtc_codec_mime(rtc_codec_e codec)
{
    return codec < RTC_CODEC_MAX ? rtc_codecs[codec].mime : "";
}


static int
rtc_codec_same(rtc_str_t s, const char *name)
{
    size_t  n;

    n = strlen(name);

    return n != 0 && s.len == n
           && strncasecmp((const char *) s.data, name, n) == 0;
}


rtc_codec_e
rtc_codec_find(rtc_str_t name)
{
    unsigned  i;

    for (i = RTC_CODEC_NONE + 1; i < RTC_CODEC_MAX; i++) {
        if (rtc_codec_same(name, rtc_codecs[i].name)
            || rtc_codec_same(name, rtc_codecs[i].mime))
        {
            return i;
        }
    }

    return RTC_CODEC_NONE;
}


const char *
rtc_ext_uri(rtc_ext_e ext)
{
    return ext < RTC_EXT_MAX ? rtc_exts[ext].uri : "";
}


rtc_ext_e
rtc_ext_find(rtc_str_t uri)
{
    unsigned  i;

    for (i = RTC_EXT_NONE + 1; i < RTC_EXT_MAX; i++) {
        if (rtc_str_eq(uri, rtc_exts[i].uri)) {
            return i;
        }
    }

    return RTC_EXT_NONE;
}


unsigned
rtc_ext_offer_id(rtc_ext_e ext)
{
    return ext < RTC_EXT_MAX ? rtc_exts[ext].offer_id : 0;
}
