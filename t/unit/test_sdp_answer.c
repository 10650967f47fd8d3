
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Answers to the offers of real clients.  Those for Chromium and Firefox were
 * accepted by these browsers.
 */


#include "sdp_test.h"


#define OFFER  SDP_HEAD "a=group:BUNDLE 0\r\n" SDP_KEYS                       \
               "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=rtcp-mux\r\n" \
               "a=rtpmap:111 opus/48000/2\r\na=sendonly\r\n"


static const char  answer_simulcast[] =
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 109 45 46 98 99 102 103 116 117 "
    "114 115 104 107 39 40\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=setup:passive\r\n"
    "a=mid:1\r\n"
    "a=ice-ufrag:XXXX\r\n"
    "a=ice-pwd:YYYYYYYYYYYYYYYYYYYYYYYY\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtcp-fb:96 transport-cc\r\n"
    "a=rtcp-fb:96 ccm fir\r\n"
    "a=rtcp-fb:96 nack\r\n"
    "a=rtcp-fb:96 nack pli\r\n"
    "a=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\n";

static const char  answer_simulcast_end[] =
    "a=extmap:3 http://www.ietf.org/id/"
    "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
    "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
    "a=extmap:12 https://aomediacodec.github.io/av1-rtp-spec/"
    "#dependency-descriptor-rtp-header-extension\r\n"
    "a=extmap:9 http://www.webrtc.org/experiments/rtp-hdrext/"
    "video-layers-allocation00\r\n"
    "a=rid:q recv\r\n"
    "a=rid:h recv\r\n"
    "a=rid:f recv\r\n"
    "a=simulcast:recv q;h;f\r\n"
    "a=recvonly\r\n";

static const char  answer_audio[] =
    "v=0\r\n"
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=ice-lite\r\n"
    "a=ice-options:ice2\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=fingerprint:sha-256 AB:CD:EF:00:00:00:00:00:00:00:00:00:00:00:00:00:"
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n"
    "a=group:BUNDLE 0 1 2 3 4\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=setup:passive\r\n"
    "a=mid:0\r\n"
    "a=ice-ufrag:XXXX\r\n"
    "a=ice-pwd:YYYYYYYYYYYYYYYYYYYYYYYY\r\n"
    "a=candidate:1 1 udp 2130706431 203.0.113.7 7882 typ host\r\n"
    "a=candidate:2 1 tcp 1671430143 203.0.113.7 7882 typ host "
    "tcptype passive\r\n"
    "a=end-of-candidates\r\n"
    "a=rtcp-mux\r\n"
    "a=rtcp-rsize\r\n"
    "a=rtpmap:63 red/48000/2\r\n"
    "a=fmtp:63 111/111\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=rtcp-fb:111 transport-cc\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=extmap:3 http://www.ietf.org/id/"
    "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=recvonly\r\n";


static void
test_publish(void)
{
    char                  *text;
    rtc_sdp_t             *offer, *answer;
    const char            *reason;
    rtc_sdp_media_t       *m;
    rtc_sdp_decision_t     d[5];
    rtc_sdp_negotiated_t   n;

    offer = sdp_parse_file("chromium-publish");

    memset(d, 0, sizeof(d));

    d[0].direction = RTC_SDP_RECVONLY;
    d[0].red = 1;
    d[0].dtx = 1;
    d[1].direction = RTC_SDP_RECVONLY;
    d[1].codec = RTC_CODEC_VP8;
    d[3].direction = RTC_SDP_RECVONLY;
    d[3].codec = RTC_CODEC_H264;

    answer = sdp_answer(offer, d, &reason);
    text = sdp_text(answer);

    ok(strncmp(text, answer_audio, strlen(answer_audio)) == 0,
       "session and audio section");
    ok(strstr(text, answer_simulcast) != NULL, "simulcast section: formats");
    ok(strstr(text, answer_simulcast_end) != NULL, "simulcast section: layers");
    ok(strstr(text, "ulpfec") == NULL && strstr(text, "G722") == NULL
       && strstr(text, "goog-remb") == NULL, "nothing that we do not do");

    m = &answer->media[2];

    is_int(m->direction, RTC_SDP_INACTIVE, "undecided section is inactive");
    is_int(m->npayloads, 1, "RED only where it is allowed");
    ok(sdp_is(m->payloads[0].fmtp, "minptime=10;useinbandfec=1;usedtx=1"),
       "inactive section has the parameters of the active one");

    m = &answer->media[3];

    ok(m->payloads[0].codec == RTC_CODEC_H264
       && m->payloads[0].h264_profile == 0x42e01f
       && m->payloads[0].packetization == 1, "constrained baseline first");
    ok(sdp_is(m->payloads[0].fmtp, "level-asymmetry-allowed=1;"
              "packetization-mode=1;profile-level-id=42e01f"),
       "H264 parameters");
    is_int(m->nrids, 0, "no layers without rids");

    m = &answer->media[4];

    ok(m->kind == RTC_SDP_APPLICATION && m->sctp_port == 5000
       && m->max_message_size == 65535, "data channels");

    ok(rtc_sdp_negotiated(answer, sdp_str("1"), RTC_CODEC_NONE, &n) == RTC_OK
       && n.codec == RTC_CODEC_VP8 && n.pt == 96 && n.rtx_pt == 97
       && n.exts[RTC_EXT_RID] == 10 && n.clock == 90000,
       "negotiated: the track's codec");
    ok(rtc_sdp_negotiated(answer, sdp_str("1"), RTC_CODEC_H264, &n) == RTC_OK
       && n.pt == 108, "negotiated: another codec");
    ok(rtc_sdp_negotiated(answer, sdp_str("0"), RTC_CODEC_NONE, &n) == RTC_OK
       && n.codec == RTC_CODEC_OPUS && n.pt == 111 && n.red_pt == 63,
       "negotiated: Opus with RED");
    ok(rtc_sdp_negotiated(answer, sdp_str("4"), RTC_CODEC_NONE, &n)
       == RTC_DECLINED, "negotiated: nothing for data");
    ok(rtc_sdp_negotiated(answer, sdp_str("9"), RTC_CODEC_NONE, &n)
       == RTC_DECLINED, "negotiated: unknown mid");
}


static void
test_codecs(void)
{
    size_t               i;
    rtc_sdp_t           *offer, *answer;
    const char          *reason;
    rtc_sdp_media_t     *m;
    rtc_sdp_decision_t   d[5];

    offer = sdp_parse_file("chromium-publish");

    memset(d, 0, sizeof(d));

    d[1].direction = RTC_SDP_RECVONLY;
    d[1].codec = RTC_CODEC_VP9;
    d[1].only = 1;
    d[1].refused = 0x05;
    d[2].direction = RTC_SDP_RECVONLY;
    d[2].stereo = 1;
    d[2].nack = 1;
    d[3].direction = RTC_SDP_RECVONLY;
    d[3].codec = RTC_CODEC_AV1;

    answer = sdp_answer(offer, d, &reason);
    m = &answer->media[1];

    ok(m->npayloads == 2 && m->payloads[0].codec == RTC_CODEC_VP9
       && m->payloads[0].profile == 0
       && m->payloads[1].codec == RTC_CODEC_RTX, "one codec only");
    ok(m->nrids == 1 && sdp_is(m->rids[0].id, "h"), "refused layers");

    m = &answer->media[2];

    ok(sdp_is(m->payloads[0].fmtp, "minptime=10;useinbandfec=1;stereo=1;"
              "maxaveragebitrate=510000"), "stereo");
    ok(m->payloads[0].feedback & RTC_SDP_FB_NACK, "NACK for audio");

    m = &answer->media[3];

    is_int(m->payloads[0].codec, RTC_CODEC_AV1, "the track's codec first");

    for (i = 0; i < m->npayloads; i++) {
        if (rtc_sdp_payload(&offer->media[3], m->payloads[i].pt)->codec
            != m->payloads[i].codec)
        {
            break;
        }
    }

    is_int(i, m->npayloads, "payload types are the client's");
}


static void
test_firefox(void)
{
    char                *text;
    rtc_sdp_t           *offer, *answer;
    const char          *reason;
    rtc_sdp_decision_t   d[5];

    offer = sdp_parse_file("firefox-publish");

    memset(d, 0, sizeof(d));

    d[0].direction = RTC_SDP_RECVONLY;
    d[0].red = 1;
    d[1].direction = RTC_SDP_RECVONLY;

    answer = sdp_answer(offer, d, &reason);
    text = sdp_text(answer);

    is_int(answer->media[0].npayloads, 1, "firefox: Opus, there is no RED");
    ok(strstr(text, "a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:"
              "sdes:rtp-stream-id\r\n") != NULL,
       "firefox: direction of an extension is turned");
    ok(strstr(text, "a=simulcast:recv q;h;f\r\n") != NULL,
       "firefox: simulcast");
    is_int(answer->media[1].nssrcs, 0, "firefox: SSRCs are not repeated");

    /* an ICE restart, one section stopped */

    offer = sdp_parse_file("firefox-restart");
    answer = sdp_answer(offer, d, &reason);
    text = sdp_text(answer);

    ok(strstr(text, "a=group:BUNDLE 0 1 2 4\r\n") != NULL,
       "restart: group without the stopped section");
    ok(strstr(text, "m=video 0 UDP/TLS/RTP/SAVPF 120\r\n"
              "c=IN IP4 0.0.0.0\r\na=mid:3\r\na=inactive\r\n") != NULL,
       "restart: stopped section stays rejected");
    is_int(answer->media[1].direction, RTC_SDP_INACTIVE,
           "restart: unpublished section is inactive");
}


/* the single connection: our tracks go into sections of the client's offer */

static void
test_placeholders(void)
{
    size_t               i;
    char                *text;
    rtc_sdp_t           *offer, *answer;
    const char          *reason;
    rtc_sdp_decision_t   d[7];

    offer = sdp_parse_file("placeholders");

    memset(d, 0, sizeof(d));

    answer = sdp_answer(offer, d, &reason);

    ok(answer != NULL && answer->nmedia == 7, "placeholders: answered");

    for (i = 0; i < 7; i++) {
        ok(!answer->media[i].rejected && answer->media[i].direction == 0,
           "placeholders: inactive, not rejected");
    }

    d[3].direction = RTC_SDP_SENDONLY;
    d[3].stream = sdp_str("PA_abc|TR_VCxyz");
    d[3].track = sdp_str("TR_VCxyz");
    d[3].cname = sdp_str("PA_abc");
    d[3].ssrc = 1001;
    d[3].rtx_ssrc = 1002;
    d[0].direction = RTC_SDP_RECVONLY;

    answer = sdp_answer(offer, d, &reason);
    text = sdp_text(answer);

    is_int(answer->media[3].direction, RTC_SDP_SENDONLY, "a track is sent");
    ok(strstr(text, "a=ssrc-group:FID 1001 1002\r\n"
              "a=ssrc:1001 cname:PA_abc\r\n"
              "a=ssrc:1001 msid:PA_abc|TR_VCxyz TR_VCxyz\r\n"
              "a=ssrc:1002 cname:PA_abc\r\n"
              "a=ssrc:1002 msid:PA_abc|TR_VCxyz TR_VCxyz\r\n"
              "a=msid:PA_abc|TR_VCxyz TR_VCxyz\r\n"
              "a=sendonly\r\n") != NULL, "its lines");
    is_int(answer->media[0].direction, RTC_SDP_INACTIVE,
           "nothing to receive from who only receives");
}


/* what a receiver offers, and what of it a track of each profile is sent in */

static void
test_profiles(void)
{
    size_t               i;
    rtc_sdp_t           *offer, *answer;
    const char          *reason;
    rtc_sdp_media_t     *m;
    rtc_sdp_decision_t   d;

    static const struct {
        const char  *name;
        uint32_t     profile;
        const char  *offered[2];
        unsigned     first;             /* 0: none */
        size_t       n;
    } tests[] = {
        { "the track's, of another level", 0x42e01f,
          { "1;profile-level-id=64001f", "1;profile-level-id=42e034" },
          2, 1 },
        { "mode 1 before mode 0", 0x42e01f,
          { "0;profile-level-id=42e01f", "1;profile-level-id=42e01f" },
          2, 2 },
        { "the high profile, for a track of it", 0x64001f,
          { "1;profile-level-id=42e01f", "1;profile-level-id=640c1f" },
          2, 2 },
        { "else the constrained baseline", 0x4d001f,
          { "1;profile-level-id=64001f", "1;profile-level-id=42e01f" },
          2, 1 },
        { "the baseline is another one", 0x42e01f,
          { "1;profile-level-id=42001f", "1;profile-level-id=4d001f" },
          0, 0 },
        { "no mode 2", 0x42e01f,
          { "2;profile-level-id=42e01f", "2;profile-level-id=4d001f" },
          0, 0 }
    };

    char  text[1024];

    for (i = 0; i < rtc_nelts(tests); i++) {

        snprintf(text, sizeof(text), SDP_HEAD SDP_KEYS
                 "m=video 9 UDP/TLS/RTP/SAVPF 1 2\r\na=mid:0\r\n"
                 "a=rtcp-mux\r\na=recvonly\r\n"
                 "a=rtpmap:1 H264/90000\r\na=fmtp:1 packetization-mode=%s\r\n"
                 "a=rtpmap:2 H264/90000\r\na=fmtp:2 packetization-mode=%s\r\n",
                 tests[i].offered[0], tests[i].offered[1]);

        memset(&d, 0, sizeof(rtc_sdp_decision_t));

        d.direction = RTC_SDP_SENDONLY;
        d.codec = RTC_CODEC_H264;
        d.only = 1;
        d.h264_profile = tests[i].profile;
        d.stream = sdp_str("PA_a|TR_b");
        d.track = sdp_str("TR_b");
        d.cname = sdp_str("PA_a");
        d.ssrc = 1;

        offer = sdp_parse(sdp_str(text), &reason);
        is_int(rtc_sdp_answer_sends(&offer->media[0], &d),
               tests[i].first != 0, tests[i].name);

        if (tests[i].first == 0) {
            continue;
        }

        answer = sdp_answer(offer, &d, &reason);
        m = &answer->media[0];

        ok(!m->rejected && m->npayloads == tests[i].n
           && m->payloads[0].pt == tests[i].first, "is sent");
    }

    d.codec = RTC_CODEC_VP8;
    is_int(rtc_sdp_answer_sends(&offer->media[0], &d), 0, "no VP8 offered");
}


static void
test_candidates(void)
{
    char  text[RTC_SDP_MAX_CANDIDATE];

    rtc_sdp_write_candidate(&sdp_candidates[0], 1, text);
    is_str(text, "candidate:1 1 udp 2130706431 203.0.113.7 7882 typ host",
           "a UDP candidate");

    rtc_sdp_write_candidate(&sdp_candidates[1], 2, text);
    is_str(text, "candidate:2 1 tcp 1671430143 203.0.113.7 7882 typ host "
           "tcptype passive", "a TCP candidate");
}


static void
test_refused(void)
{
    size_t               i;
    rtc_sdp_t           *offer;
    const char          *reason;
    rtc_sdp_decision_t   d[4];

    static const struct {
        const char  *text;
        const char  *reason;
    } tests[] = {
        { SDP_HEAD, "no section is acceptable" },
        { SDP_HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
          "no ICE credentials" },
        { SDP_HEAD "a=ice-ufrag:abcd\r\na=ice-pwd:" SDP_PASSWORD "\r\n"
          "a=fingerprint:sha-1 00:11\r\n"
          "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
          "no usable fingerprint" },
        { OFFER "a=setup:passive\r\n", "offer of a DTLS server" },
        { SDP_HEAD SDP_KEYS "m=text 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
          "no section is acceptable" },
        { SDP_HEAD SDP_KEYS "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
          "a=rtcp-mux\r\n", "no section is acceptable" },
        { SDP_HEAD SDP_KEYS "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
          "a=rtpmap:111 opus/48000/2\r\n", "no section is acceptable" },
        { SDP_HEAD SDP_KEYS "m=application 9 DTLS/SCTP 5000\r\na=mid:0\r\n",
          "no section is acceptable" }
    };

    memset(d, 0, sizeof(d));

    for (i = 0; i < rtc_nelts(tests); i++) {
        offer = sdp_parse(sdp_str(tests[i].text), &reason);

        if (!ok(offer != NULL && sdp_answer(offer, d, &reason) == NULL
                && strcmp(reason, tests[i].reason) == 0, tests[i].reason))
        {
            printf("#   %s\n", reason);
        }
    }
}


static void
test_rejected(void)
{
    char                *text;
    rtc_sdp_t           *offer, *answer;
    const char          *reason;
    rtc_sdp_decision_t   d[5];

    memset(d, 0, sizeof(d));

    offer = sdp_parse(sdp_str(OFFER
        "m=text 9 RTP/AVP 98\r\na=mid:t\r\n"
        "m=image 0 udptl t38\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 100\r\na=mid:v\r\na=rtcp-mux\r\n"
        "a=rtpmap:100 H263/90000\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:w\r\na=rtcp-mux\r\n"
        "a=rtpmap:96 VP8/90000\r\n"), &reason);

    answer = sdp_answer(offer, d, &reason);
    text = sdp_text(answer);

    ok(sdp_same_text(strstr(text, "m=text"),
                     "m=text 0 RTP/AVP 98\r\nc=IN IP4 0.0.0.0\r\n"
                     "a=mid:t\r\na=inactive\r\n"
                     "m=image 0 udptl t38\r\nc=IN IP4 0.0.0.0\r\n"
                     "a=inactive\r\n"
                     "m=video 0 UDP/TLS/RTP/SAVPF 100\r\n"
                     "c=IN IP4 0.0.0.0\r\na=mid:v\r\na=inactive\r\n"
                     "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"
                     "c=IN IP4 0.0.0.0\r\na=mid:w\r\na=inactive\r\n"),
       "rejected: unknown kinds, no common codec, not bundled");
    ok(strstr(text, "a=group:BUNDLE 0\r\n") != NULL, "rejected: not in group");
}


static void
test_write(void)
{
    char                 buf[64];
    ssize_t              n;
    rtc_sdp_t           *offer, *answer;
    const char          *reason;
    rtc_sdp_decision_t   d;

    memset(&d, 0, sizeof(d));

    offer = sdp_parse(sdp_str(OFFER), &reason);
    answer = sdp_answer(offer, &d, &reason);

    n = rtc_sdp_write(answer, NULL, 0);

    memset(buf, 'x', sizeof(buf));
    is_int(rtc_sdp_write(answer, buf, 60), n, "the length of the whole text");
    is_mem(buf + 60, "xxxx", 4, "nothing behind the buffer");

    offer->media[0].direction = RTC_SDP_RECVONLY;
    d.direction = RTC_SDP_SENDONLY;
    d.stream = sdp_str("a\r\na=b");
    d.track = sdp_str("c");
    d.ssrc = 1;

    answer = sdp_answer(offer, &d, &reason);
    is_int(rtc_sdp_write(answer, NULL, 0), RTC_ERROR,
           "a line end in a string is not written");
}


static void
test_memory(void)
{
    size_t               n, size;
    rtc_sdp_t           *offer, *answer;
    const char          *reason;
    rtc_arena_t          a;
    rtc_sdp_decision_t   d[5];

    memset(d, 0, sizeof(d));

    d[1].direction = RTC_SDP_RECVONLY;

    offer = sdp_parse_file("chromium-publish");
    size = rtc_sdp_answer_size(offer);

    for (n = 0; n < size; n += 61) {
        sdp_arena(&a, n);

        answer = rtc_sdp_answer(&a, offer, &sdp_local, d, &reason);

        free(sdp_kept[--sdp_nkept]);

        if (answer != NULL) {
            break;
        }
    }

    ok(n < size, "any size of memory is survived");
}


int
main(void)
{
    static void (*const  tests[])(void) = {
        test_publish, test_codecs, test_firefox, test_placeholders,
        test_profiles, test_candidates, test_refused, test_rejected,
        test_write, test_memory
    };

    size_t  i;

    for (i = 0; i < rtc_nelts(tests); i++) {
        tests[i]();
        sdp_free();
    }

    return done();
}
