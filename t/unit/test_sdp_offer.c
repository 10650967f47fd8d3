
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Offers to subscribers, and the answers that browsers gave to this very
 * offer.
 */


#include "sdp_test.h"


static const rtc_sdp_section_t  sections[] = {
    { .kind = RTC_SDP_APPLICATION, .mid = rtc_string("0") },
    { .kind = RTC_SDP_AUDIO, .direction = RTC_SDP_SENDONLY,
      .mid = rtc_string("1"), .red = 1, .nack = 1, .stereo = 1,
      .stream = rtc_string("PA_a|TR_A1"), .track = rtc_string("TR_A1"),
      .cname = rtc_string("PA_a"), .ssrc = 11 },
    { .kind = RTC_SDP_VIDEO, .direction = RTC_SDP_SENDONLY,
      .mid = rtc_string("2"),
      .stream = rtc_string("PA_a|TR_V1"), .track = rtc_string("TR_V1"),
      .cname = rtc_string("PA_a"), .ssrc = 21, .rtx_ssrc = 22 },
    { .kind = RTC_SDP_VIDEO, .direction = RTC_SDP_SENDONLY,
      .mid = rtc_string("3"), .codec = RTC_CODEC_H264,
      .codecs = rtc_codec_bit(RTC_CODEC_H264) | rtc_codec_bit(RTC_CODEC_VP8),
      .h264_profile = 0x4d0028,
      .stream = rtc_string("PA_a|TR_V2"), .track = rtc_string("TR_V2"),
      .cname = rtc_string("PA_a"), .ssrc = 31, .rtx_ssrc = 32 },
    { .kind = RTC_SDP_AUDIO, .direction = RTC_SDP_SENDONLY,
      .mid = rtc_string("4"), .nack = 1,
      .stream = rtc_string("PA_b|TR_A2"), .track = rtc_string("TR_A2"),
      .cname = rtc_string("PA_b"), .ssrc = 41 },
    { .kind = RTC_SDP_VIDEO, .mid = rtc_string("5") }
};


static const char  offer_text[] =
    "v=0\r\n"
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=ice-lite\r\n"
    "a=ice-options:ice2\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=fingerprint:sha-256 AB:CD:EF:00:00:00:00:00:00:00:00:00:00:00:00:00:"
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=ice-ufrag:XXXX\r\n"
    "a=ice-pwd:YYYYYYYYYYYYYYYYYYYYYYYY\r\n"
    "a=candidate:1 1 udp 2130706431 203.0.113.7 7882 typ host\r\n"
    "a=candidate:2 1 tcp 1671430143 203.0.113.7 7882 typ host "
    "tcptype passive\r\n"
    "a=end-of-candidates\r\n"
    "a=sctp-port:5000\r\n"
    "a=max-message-size:65535\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=setup:actpass\r\n"
    "a=mid:1\r\n"
    "a=ice-ufrag:XXXX\r\n"
    "a=ice-pwd:YYYYYYYYYYYYYYYYYYYYYYYY\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtcp-fb:96 goog-remb\r\n"
    "a=rtcp-fb:96 ccm fir\r\n"
    "a=rtcp-fb:96 nack\r\n"
    "a=rtcp-fb:96 nack pli\r\n"
    "a=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\n"
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
    "\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/"
    "abs-capture-time\r\n"
    "a=extmap:6 https://aomediacodec.github.io/av1-rtp-spec/"
    "#dependency-descriptor-rtp-header-extension\r\n"
    "a=ssrc-group:FID 1001 1002\r\n"
    "a=ssrc:1001 cname:PA_abc\r\n"
    "a=ssrc:1001 msid:PA_abc|TR_VCxyz TR_VCxyz\r\n"
    "a=ssrc:1002 cname:PA_abc\r\n"
    "a=ssrc:1002 msid:PA_abc|TR_VCxyz TR_VCxyz\r\n"
    "a=msid:PA_abc|TR_VCxyz TR_VCxyz\r\n"
    "a=sendonly\r\n";


static rtc_sdp_t *
make_offer(const rtc_sdp_section_t *list, size_t n,
    const rtc_sdp_local_t *local, const char **reason)
{
    rtc_arena_t  a;

    sdp_arena(&a, rtc_sdp_offer_size(n));

    *reason = NULL;

    return rtc_sdp_offer(&a, local, list, n, reason);
}


static void
test_text(void)
{
    const char         *reason;
    rtc_sdp_local_t     local;
    rtc_sdp_section_t   list[2];

    local = sdp_local;
    local.twcc = 0;
    local.remb = 1;

    memset(list, 0, sizeof(list));

    list[0] = sections[0];
    list[1].kind = RTC_SDP_VIDEO;
    list[1].direction = RTC_SDP_SENDONLY;
    list[1].mid = sdp_str("1");
    list[1].codecs = rtc_codec_bit(RTC_CODEC_VP8);
    list[1].stream = sdp_str("PA_abc|TR_VCxyz");
    list[1].track = sdp_str("TR_VCxyz");
    list[1].cname = sdp_str("PA_abc");
    list[1].ssrc = 1001;
    list[1].rtx_ssrc = 1002;

    ok(sdp_same_text(sdp_text(make_offer(list, 2, &local, &reason)),
                     offer_text), "the whole of an offer");
}


static void
test_sections(void)
{
    size_t            i, j, k;
    unsigned          same;
    rtc_sdp_t        *offer;
    const char       *reason, *meaning[128];
    rtc_sdp_media_t  *m;

    offer = make_offer(sections, 6, &sdp_local, &reason);

    m = &offer->media[1];

    ok(m->payloads[0].pt == RTC_PT_RED && m->payloads[0].apt == RTC_PT_OPUS,
       "RED first");
    is_int(m->payloads[1].feedback, RTC_SDP_FB_TRANSPORT_CC,
           "no NACK beside RED");
    ok(sdp_is(m->payloads[1].fmtp,
              "minptime=10;useinbandfec=1;sprop-stereo=1"), "stereo");

    m = &offer->media[3];

    ok(m->payloads[0].codec == RTC_CODEC_H264
       && m->payloads[0].h264_profile == 0x4d001f
       && m->payloads[0].packetization == 1, "the publisher's profile first");
    ok(rtc_sdp_payload(m, RTC_PT_H264) != NULL, "and constrained baseline");
    ok(rtc_sdp_payload_codec(m, RTC_CODEC_VP8) != NULL
       && rtc_sdp_payload_codec(m, RTC_CODEC_AV1) == NULL,
       "only codecs of the track");

    is_int(offer->media[4].payloads[0].feedback,
           RTC_SDP_FB_TRANSPORT_CC | RTC_SDP_FB_NACK, "NACK without RED");

    m = &offer->media[5];

    ok(m->direction == RTC_SDP_INACTIVE && m->npayloads == 10
       && m->nssrcs == 0, "a free section");

    /* RFC 9143, 9.2: but for fmtp of Opus, which browsers let differ */

    same = 1;
    memset(meaning, 0, sizeof(meaning));

    for (i = 0; i < offer->nmedia; i++) {
        m = &offer->media[i];

        for (j = 0; j < m->npayloads; j++) {
            k = m->payloads[j].pt;

            if (m->payloads[j].codec == RTC_CODEC_OPUS) {
                continue;
            }

            if (meaning[k] == NULL) {
                meaning[k] = (const char *) m->payloads[j].fmtp.data;

            } else {
                same &= (memcmp(meaning[k], m->payloads[j].fmtp.data,
                                m->payloads[j].fmtp.len) == 0);
            }
        }
    }

    ok(same, "a payload type means the same everywhere");
}


static void
test_answers(void)
{
    rtc_sdp_t             *offer, *answer;
    const char            *reason;
    rtc_sdp_negotiated_t   n;

    offer = make_offer(sections, 6, &sdp_local, &reason);
    answer = sdp_parse_file("chromium-subscribe");

    is_int(rtc_sdp_check_answer(offer, answer, &reason), RTC_OK,
           "chromium: answer fits");
    ok(rtc_sdp_negotiated(answer, sdp_str("1"), RTC_CODEC_OPUS, &n) == RTC_OK
       && n.direction == RTC_SDP_RECVONLY && n.pt == 111 && n.red_pt == 63
       && n.exts[RTC_EXT_TRANSPORT_CC] == 3, "chromium: audio with RED");
    ok(rtc_sdp_negotiated(answer, sdp_str("2"), RTC_CODEC_VP8, &n) == RTC_OK
       && n.pt == 96 && n.rtx_pt == 97 && n.exts[RTC_EXT_DEPENDENCY] == 6
       && n.feedback == (RTC_SDP_FB_NACK | RTC_SDP_FB_PLI | RTC_SDP_FB_FIR
                         | RTC_SDP_FB_TRANSPORT_CC), "chromium: video");
    ok(rtc_sdp_negotiated(answer, sdp_str("3"), RTC_CODEC_H264, &n) == RTC_OK
       && n.pt == 112 && n.rtx_pt == 113, "chromium: H264, main profile");
    ok(rtc_sdp_negotiated(answer, sdp_str("5"), RTC_CODEC_VP8, &n) == RTC_OK
       && n.direction == RTC_SDP_INACTIVE, "chromium: free section");

    answer = sdp_parse_file("firefox-subscribe");

    is_int(rtc_sdp_check_answer(offer, answer, &reason), RTC_OK,
           "firefox: answer fits");
    ok(rtc_sdp_negotiated(answer, sdp_str("1"), RTC_CODEC_OPUS, &n) == RTC_OK
       && n.pt == 111 && n.red_pt == 0, "firefox: audio without RED");
    ok(sdp_is(n.fmtp, "maxplaybackrate=48000;stereo=1;useinbandfec=1"),
       "firefox: parameters");
    ok(rtc_sdp_negotiated(answer, sdp_str("3"), RTC_CODEC_H264, &n)
       == RTC_DECLINED, "firefox: no H264");
    ok(rtc_sdp_negotiated(answer, sdp_str("3"), RTC_CODEC_VP8, &n) == RTC_OK
       && n.pt == 96, "firefox: VP8 instead");
}


static void
test_unfit(void)
{
    rtc_sdp_t   *offer, *answer;
    const char  *reason;

    offer = make_offer(sections, 6, &sdp_local, &reason);

    answer = sdp_parse_file("chromium-subscribe");
    answer->nmedia--;
    ok(rtc_sdp_check_answer(offer, answer, &reason) == RTC_ERROR,
       "a section is missing");

    answer = sdp_parse_file("chromium-subscribe");
    answer->media[2].mid = sdp_str("x");
    ok(rtc_sdp_check_answer(offer, answer, &reason) == RTC_ERROR,
       "another mid");

    answer = sdp_parse_file("chromium-subscribe");
    answer->media[2].kind = RTC_SDP_AUDIO;
    ok(rtc_sdp_check_answer(offer, answer, &reason) == RTC_ERROR,
       "another kind");

    answer = sdp_parse_file("chromium-subscribe");
    answer->media[0].setup = RTC_SDP_SETUP_PASSIVE;
    ok(rtc_sdp_check_answer(offer, answer, &reason) == RTC_ERROR,
       "a DTLS server");

    answer = sdp_parse_file("chromium-subscribe");
    answer->media[2].bundled = 0;
    ok(rtc_sdp_check_answer(offer, answer, &reason) == RTC_ERROR,
       "a transport of its own");

    answer = sdp_parse_file("chromium-subscribe");
    answer->media[2].rtcp_mux = 0;
    ok(rtc_sdp_check_answer(offer, answer, &reason) == RTC_ERROR,
       "no rtcp-mux");

    answer = sdp_parse_file("chromium-subscribe");
    answer->media[0].nfingerprints = 0;
    ok(rtc_sdp_check_answer(offer, answer, &reason) == RTC_ERROR,
       "no fingerprint");

    answer = sdp_parse_file("chromium-subscribe");
    answer->media[2].rejected = 1;
    answer->media[2].mid.len = 0;
    is_int(rtc_sdp_check_answer(offer, answer, &reason), RTC_OK,
           "a rejected section is an answer");
}


static void
test_bad(void)
{
    const char         *reason;
    rtc_arena_t         a;
    rtc_sdp_section_t   list[2];

    memcpy(list, sections, sizeof(list));

    ok(make_offer(list, 0, &sdp_local, &reason) == NULL, "no sections");

    list[1].mid = list[0].mid;
    ok(make_offer(list, 2, &sdp_local, &reason) == NULL
       && strcmp(reason, "mid twice") == 0, "mid twice");

    list[1] = sections[1];
    list[1].stream = sdp_str("PA_a TR_A1");
    ok(make_offer(list, 2, &sdp_local, &reason) == NULL
       && strcmp(reason, "section without a track") == 0,
       "a space in a stream id");

    list[1] = sections[1];
    list[1].track = sdp_str("TR\r\na=x");
    ok(make_offer(list, 2, &sdp_local, &reason) == NULL, "a line end");

    list[1] = sections[1];
    list[1].codecs = rtc_codec_bit(RTC_CODEC_VP8);
    ok(make_offer(list, 2, &sdp_local, &reason) == NULL
       && strcmp(reason, "section without a codec") == 0,
       "audio as video");

    list[1] = sections[1];
    sdp_arena(&a, rtc_sdp_offer_size(2) / 4);
    ok(rtc_sdp_offer(&a, &sdp_local, list, 2, &reason) == NULL
       && strcmp(reason, "no memory") == 0, "too little memory");
}


static void
test_codec_names(void)
{
    unsigned  i;

    ok(rtc_codec_find(sdp_str("vp8")) == RTC_CODEC_VP8
       && rtc_codec_find(sdp_str("video/H264")) == RTC_CODEC_H264
       && rtc_codec_find(sdp_str("AUDIO/Opus")) == RTC_CODEC_OPUS
       && rtc_codec_find(sdp_str("")) == RTC_CODEC_NONE
       && rtc_codec_find(sdp_str("video/")) == RTC_CODEC_NONE,
       "codecs by name");
    is_str(rtc_codec_mime(RTC_CODEC_VP9), "video/VP9", "MIME type");

    for (i = RTC_EXT_NONE + 1; i < RTC_EXT_MAX; i++) {
        if (rtc_ext_find(sdp_str(rtc_ext_uri(i))) != i) {
            break;
        }
    }

    is_int(i, RTC_EXT_MAX, "extensions by URI");
}


int
main(void)
{
    static void (*const  tests[])(void) = {
        test_text, test_sections, test_answers, test_unfit, test_bad,
        test_codec_names
    };

    size_t  i;

    for (i = 0; i < rtc_nelts(tests); i++) {
        tests[i]();
        sdp_free();
    }

    return done();
}
