
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Reading session descriptions: those of browsers, and bad ones.
 */


#include "sdp_test.h"


#define AUDIO  "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
#define VIDEO  "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:0\r\n"             \
               "a=rtpmap:96 VP8/90000\r\n"


static void
test_chromium(void)
{
    rtc_str_t           cid;
    rtc_sdp_t          *sdp;
    rtc_sdp_media_t    *m;
    rtc_sdp_payload_t  *f;

    sdp = sdp_parse_file("chromium-publish");

    is_int(sdp->version, 2, "chromium: version");
    ok(sdp->id == 4684633196469292961, "chromium: id");
    ok(sdp->allow_mixed && !sdp->ice_lite, "chromium: session flags");
    is_int(sdp->nmedia, 5, "chromium: sections");

    m = &sdp->media[0];

    ok(rtc_sdp_transport(sdp) == m, "chromium: the transport");
    is_int(m->kind, RTC_SDP_AUDIO, "audio: kind");
    ok(sdp_is(m->mid, "0"), "audio: mid");
    ok(m->bundled && m->rtcp_mux && m->rtcp_rsize && !m->rejected,
       "audio: flags");
    is_int(m->direction, RTC_SDP_SENDONLY, "audio: direction");
    is_int(m->setup, RTC_SDP_SETUP_ACTPASS, "audio: setup");
    ok(sdp_is(m->ufrag, "GymV"), "audio: ufrag");
    ok(sdp_is(m->pwd, "2Qgou+0AWem3vloJxh9keZca"), "audio: pwd");
    is_int(m->nfingerprints, 1, "audio: fingerprints");
    is_int(m->fingerprints[0].bits, 256, "audio: SHA-256");
    is_int(m->fingerprints[0].value[0], 0x78, "audio: its first byte");
    is_int(m->fingerprints[0].value[31], 0xf9, "audio: its last byte");
    is_int(m->npayloads, 8, "audio: payload types");

    f = rtc_sdp_payload(m, 111);

    is_int(f->codec, RTC_CODEC_OPUS, "opus: codec");
    is_int(f->clock, 48000, "opus: clock");
    is_int(f->channels, 2, "opus: channels");
    is_int(f->feedback, RTC_SDP_FB_TRANSPORT_CC, "opus: feedback");
    ok(sdp_is(f->fmtp, "minptime=10;useinbandfec=1"), "opus: parameters");

    f = rtc_sdp_payload_codec(m, RTC_CODEC_RED);

    is_int(f->pt, 63, "red: payload type");
    is_int(f->apt, 111, "red: of opus");
    is_int(rtc_sdp_payload(m, 0)->codec, RTC_CODEC_PCMU, "PCMU");
    is_int(rtc_sdp_payload(m, 13)->codec, RTC_CODEC_NONE, "CN is unknown");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_AUDIO_LEVEL), 1, "audio-level");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_MID), 4, "mid extension");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_RID), 0, "no rid extension");
    is_int(m->nssrcs, 1, "audio: SSRCs");
    is_int(m->ssrcs[0].ssrc, 1471409334, "audio: SSRC");
    ok(sdp_is(m->ssrcs[0].cname, "BWxicv7K53OdWag+"), "audio: cname");

    ok(rtc_sdp_cid(m, &cid) == RTC_OK
       && sdp_is(cid, "5488369b-10f0-4e72-b9aa-194965069f6a"), "audio: cid");

    m = &sdp->media[1];

    is_int(m->kind, RTC_SDP_VIDEO, "simulcast: kind");
    is_int(m->nssrcs, 0, "simulcast: no SSRCs");
    is_int(m->nrids, 3, "simulcast: rids");
    ok(sdp_is(m->rids[0].id, "q") && sdp_is(m->rids[1].id, "h")
       && sdp_is(m->rids[2].id, "f"), "simulcast: rids in order");
    ok(m->rids[0].simulcast && m->rids[0].direction == RTC_SDP_SENDONLY,
       "simulcast: rid to send");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_RID), 10, "simulcast: rid extension");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_RRID), 11, "simulcast: repaired rid");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_DEPENDENCY), 12, "dependency descriptor");
    is_int(rtc_sdp_payload_rtx(m, 96)->pt, 97, "VP8: RTX");
    is_int(rtc_sdp_payload(m, 96)->feedback, 0x1f, "VP8: feedback");
    is_int(rtc_sdp_payload(m, 100)->profile, 2, "VP9: profile");

    f = rtc_sdp_payload_codec(m, RTC_CODEC_H264);

    ok(f->h264_profile == 0x42001f && f->packetization == 1
       && f->level_asymmetry, "H264: parameters");

    m = &sdp->media[3];

    is_int(m->nssrcs, 1, "video: the repair SSRC is no SSRC of its own");
    is_int(m->ssrcs[0].ssrc, 2988966038, "video: SSRC");
    is_int(m->ssrcs[0].rtx, 2428522838, "video: its RTX");

    m = &sdp->media[4];

    is_int(m->kind, RTC_SDP_APPLICATION, "data: kind");
    is_int(m->sctp_port, 5000, "data: port");
    is_int(m->max_message_size, 262144, "data: message size");
    ok(sdp_is(m->formats, "webrtc-datachannel"), "data: format");
    ok(rtc_sdp_cid(m, &cid) == RTC_DECLINED, "data: no cid");

    ok(rtc_sdp_find_mid(sdp, sdp_str("3")) == &sdp->media[3], "by mid");
    ok(rtc_sdp_find_mid(sdp, sdp_str("33")) == NULL, "by unknown mid");
}


static void
test_firefox(void)
{
    rtc_sdp_t        *sdp;
    rtc_sdp_media_t  *m;

    sdp = sdp_parse_file("firefox-publish");

    is_int(sdp->nmedia, 5, "firefox: sections");
    is_int(sdp->nfingerprints, 1, "firefox: fingerprint of the session");

    m = &sdp->media[1];

    ok(m->fingerprints == sdp->fingerprints, "firefox: taken over");
    is_int(m->direction, RTC_SDP_SENDONLY, "firefox: own direction");
    is_int(m->nssrcs, 3, "firefox: simulcast with SSRCs");
    is_int(m->ssrcs[2].rtx, 3251149279, "firefox: RTX of the third");
    is_int(m->nrids, 3, "firefox: rids");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_RID), 9, "firefox: rid extension");
    is_int(m->exts[0].direction, RTC_SDP_SENDRECV,
           "firefox: extension for both");
    is_int(m->nexts, 7, "firefox: extensions that we know");
    is_int(m->exts[4].direction, RTC_SDP_SENDONLY,
           "firefox: extension one way");
    is_int(sdp->media[4].max_message_size, 1073741823,
           "firefox: message size");

    sdp = sdp_parse_file("firefox-restart");

    ok(!sdp->media[2].rejected && sdp->media[2].bundled,
       "bundle-only is no rejection");
    ok(sdp->media[3].rejected && !sdp->media[3].bundled, "stopped: rejected");
}


static void
test_rules(void)
{
    rtc_str_t         cid;
    rtc_sdp_t        *sdp;
    const char       *reason;
    rtc_sdp_media_t  *m;

    sdp = sdp_parse(sdp_str(SDP_HEAD SDP_KEYS "a=recvonly\r\n" AUDIO
                            "a=msid:cid\r\n"
                            "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n"
                            "a=sendonly\r\na=ice-ufrag:zzzz\r\n"
                            "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
                            "a=ssrc:5 msid:stream track\r\n"
                            "a=setup:passive\r\n"), &reason);

    ok(sdp != NULL, "attributes of the session");

    m = &sdp->media[0];

    ok(sdp_is(m->ufrag, "abcd") && sdp_is(m->pwd, SDP_PASSWORD)
       && m->nfingerprints == 1 && m->direction == RTC_SDP_RECVONLY
       && m->setup == RTC_SDP_SETUP_ACTPASS, "hold for a section");
    ok(rtc_sdp_cid(m, &cid) == RTC_OK && sdp_is(cid, "cid"),
       "cid of one word");
    ok(!m->bundled && rtc_sdp_transport(sdp) == m, "no group");

    m = &sdp->media[1];

    ok(sdp_is(m->ufrag, "zzzz") && m->direction == RTC_SDP_SENDONLY
       && m->setup == RTC_SDP_SETUP_PASSIVE, "unless it has its own");
    ok(rtc_sdp_cid(m, &cid) == RTC_OK && sdp_is(cid, "track"),
       "cid of a=ssrc");

    sdp = sdp_parse(sdp_str(SDP_HEAD VIDEO
                            "a=rid:1 send\r\na=rid:2 send pt=96\r\n"
                            "a=rid:3 recv\r\na=rid:4 send\r\n"
                            "a=simulcast:recv 3 send ~4,1;9;2\r\n"),
                    &reason);
    m = &sdp->media[0];

    ok(m->nrids == 4 && sdp_is(m->rids[0].id, "3")
       && sdp_is(m->rids[1].id, "4") && sdp_is(m->rids[2].id, "2")
       && sdp_is(m->rids[3].id, "1"), "order of a=simulcast");
    ok(m->rids[1].simulcast && !m->rids[3].simulcast,
       "an alternative is not taken");

    sdp = sdp_parse(sdp_str(SDP_HEAD VIDEO
                            "a=rtcp-fb:* nack\r\na=rtcp-fb:96 nack pli\r\n"
                            "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
                            "a=fmtp:98 apt=96\r\n"
                            "a=extmap:15 urn:ietf:params:rtp-hdrext:sdes:mid"
                            "\r\n"
                            "a=extmap:255 http://www.webrtc.org/experiments/"
                            "rtp-hdrext/abs-send-time\r\n"), &reason);
    m = &sdp->media[0];

    is_int(m->payloads[0].feedback, RTC_SDP_FB_NACK | RTC_SDP_FB_PLI,
           "feedback of all and of one");
    is_int(rtc_sdp_payload_rtx(m, 96)->pt, 97, "RTX of 96");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_MID), 0, "extension 15 is left out");
    is_int(rtc_sdp_ext_id(m, RTC_EXT_ABS_SEND_TIME), 255, "extension 255");

    sdp = sdp_parse(sdp_str("v=0\no=- 1 1 IN IP4 0.0.0.0\n"
                            "m=audio 9 UDP/TLS/RTP/SAVPF 8\na=mid:x"),
                    &reason);

    ok(sdp != NULL && sdp_is(sdp->media[0].mid, "x"), "bare line feeds");
    is_int(sdp->media[0].payloads[0].codec, RTC_CODEC_PCMA, "a static type");

    sdp = sdp_parse(sdp_str(SDP_HEAD AUDIO "a=rtpmap:111 OPUS/48000\r\n"),
                    &reason);

    is_int(sdp->media[0].payloads[0].codec, RTC_CODEC_OPUS,
           "Opus without channels");
    is_int(sdp->media[0].payloads[0].channels, 2, "has two");
}


static void
test_bad(void)
{
    size_t       i;
    char         name[128];
    const char  *reason;

    static const struct {
        const char  *text;
        const char  *reason;
    } tests[] = {
        { "", "not a session description" },
        { "v=1\r\n", "not a session description" },
        { "v=0\r\n\r\n", "malformed line" },
        { "v=0\r\nx\r\n", "malformed line" },
        { SDP_HEAD "a=x\ry\r\n", "control character" },
        { SDP_HEAD "a=x\x01y\r\n", "control character" },
        { "v=0\r\no=- x 1 IN IP4 0\r\n", "malformed origin" },
        { "v=0\r\no=- 18446744073709551616 1 IN IP4 0\r\n",
          "malformed origin" },
        { SDP_HEAD "m=audio\r\n", "malformed m-line" },
        { SDP_HEAD "m=audio 65536 A 0\r\n", "malformed m-line" },
        { SDP_HEAD "m=audio 9 A\r\n", "malformed m-line" },
        { SDP_HEAD "m=audio 9 A 128\r\n", "malformed payload type" },
        { SDP_HEAD "m=audio 9 A 1 1\r\n", "payload type twice" },
        { SDP_HEAD "m=audio 9 A 1\r\n", "section without mid" },
        { SDP_HEAD AUDIO AUDIO, "mid twice" },
        { SDP_HEAD AUDIO "a=mid:1\r\n", "two mids in a section" },
        { SDP_HEAD "m=text 9 A 1\r\na=mid:a b\r\n", "malformed mid" },
        { SDP_HEAD "m=text 9 A 1\r\na=mid\r\n", "malformed mid" },
        { SDP_HEAD AUDIO "a=ice-ufrag:abc\r\n", "malformed ice-ufrag" },
        { SDP_HEAD AUDIO "a=ice-ufrag:ab:cd\r\n", "malformed ice-ufrag" },
        { SDP_HEAD AUDIO "a=ice-pwd:short\r\n", "malformed ice-pwd" },
        { SDP_HEAD AUDIO "a=ice-ufrag:abcd\r\n",
          "half of the ICE credentials" },
        { SDP_HEAD SDP_KEYS AUDIO "a=ice-ufrag:abcd\r\n",
          "half of the ICE credentials" },
        { SDP_HEAD AUDIO "a=setup:maybe\r\n", "malformed setup" },
        { SDP_HEAD AUDIO "a=fingerprint:sha-256 00:01\r\n",
          "malformed fingerprint" },
        { SDP_HEAD AUDIO "a=rtpmap:111 opus\r\n", "malformed rtpmap" },
        { SDP_HEAD AUDIO "a=rtpmap:111 opus/4294967296\r\n",
          "malformed rtpmap" },
        { SDP_HEAD AUDIO "a=rtpmap:111 opus/48000/256\r\n",
          "malformed rtpmap" },
        { SDP_HEAD AUDIO "a=extmap:0 x\r\n", "malformed extension id" },
        { SDP_HEAD AUDIO "a=extmap:256 x\r\n", "malformed extension id" },
        { SDP_HEAD AUDIO "a=extmap:1 x\r\na=extmap:1 y\r\n",
          "extension id twice" },
        { SDP_HEAD AUDIO "a=msid:\r\n", "malformed msid" },
        { SDP_HEAD AUDIO "a=ssrc:0 cname:x\r\n", "malformed ssrc" },
        { SDP_HEAD AUDIO "a=ssrc:4294967296 cname:x\r\n", "malformed ssrc" },
        { SDP_HEAD AUDIO "a=ssrc:1 cname:\r\n", "malformed cname" },
        { SDP_HEAD AUDIO "a=ssrc-group:FID 1\r\n", "malformed ssrc-group" },
        { SDP_HEAD AUDIO "a=ssrc-group:FID 1 2 3\r\n",
          "malformed ssrc-group" },
        { SDP_HEAD VIDEO "a=rid:q\r\n", "malformed rid" },
        { SDP_HEAD VIDEO "a=rid:q;h send\r\n", "malformed rid" },
        { SDP_HEAD VIDEO "a=rid:0123456789abcdefg send\r\n",
          "malformed rid" },
        { SDP_HEAD VIDEO "a=rid:q send\r\na=rid:q send\r\n", "rid twice" },
        { SDP_HEAD VIDEO "a=simulcast:send q\r\na=simulcast:send q\r\n",
          "two simulcast lines in a section" },
        { SDP_HEAD VIDEO "a=sctp-port:65536\r\n", "malformed sctp-port" },
        { SDP_HEAD VIDEO "a=max-message-size:x\r\n",
          "malformed max-message-size" }
    };

    for (i = 0; i < rtc_nelts(tests); i++) {
        snprintf(name, sizeof(name), "bad %zu: %s", i, tests[i].reason);

        if (!ok(sdp_parse(sdp_str(tests[i].text), &reason) == NULL
                && strcmp(reason, tests[i].reason) == 0, name))
        {
            printf("#   %s\n", reason);
        }

        sdp_free();
    }
}


/* a head and n lines of a format that takes the number of the line */

static const char *
repeat(const char *head, const char *format, unsigned n)
{
    char      *buf, *p;
    unsigned   i;

    buf = sdp_keep(65536);
    p = buf + sprintf(buf, "%s", head);

    for (i = 1; i <= n; i++) {
        p += sprintf(p, format, i, i);
    }

    return buf;
}


static void
test_bounds(void)
{
    size_t       i;
    char         name[128];
    const char  *reason;

    static const struct {
        const char  *head;
        const char  *format;
        unsigned     max;
        const char  *reason;
    } tests[] = {
        { SDP_HEAD, "m=audio 9 A 0\r\na=mid:%u\r\n", 64, "too many sections" },
        { SDP_HEAD "m=audio 0 A", " %u", RTC_SDP_MAX_PAYLOADS,
          "too many payload types" },
        { SDP_HEAD AUDIO, "a=ssrc:%u cname:x\r\n", RTC_SDP_MAX_SSRCS,
          "too many ssrcs" },
        { SDP_HEAD AUDIO, "a=ssrc-group:FID %u 9\r\n", RTC_SDP_MAX_SSRCS,
          "too many ssrc-groups" },
        { SDP_HEAD AUDIO, "a=rid:%u send\r\n", RTC_SDP_MAX_RIDS,
          "too many rids" },
        { SDP_HEAD AUDIO "a=mid:", "%u", 0, "two mids in a section" },
        { SDP_HEAD AUDIO, SDP_KEYS "a=x:%u\r\n", RTC_SDP_MAX_FINGERPRINTS,
          "too many fingerprints" }
    };

    for (i = 0; i < rtc_nelts(tests); i++) {
        snprintf(name, sizeof(name), "%s: %u", tests[i].reason, tests[i].max);

        if (tests[i].max != 0) {
            ok(sdp_parse(sdp_str(repeat(tests[i].head, tests[i].format,
                                        tests[i].max)), &reason) != NULL,
               name);
        }

        ok(sdp_parse(sdp_str(repeat(tests[i].head, tests[i].format,
                                    tests[i].max + 1)), &reason) == NULL
           && strcmp(reason, tests[i].reason) == 0, tests[i].reason);

        sdp_free();
    }

    ok(sdp_parse(sdp_str(repeat(SDP_HEAD "a=group:BUNDLE", " %u", 513)),
                 &reason) == NULL && strcmp(reason, "group too long") == 0,
       "group too long");

    sdp_free();
}


/* each cut is parsed or refused, and what is parsed can be written */

static void
test_truncated(const char *file)
{
    size_t       n, bad, parsed;
    char         name[128];
    rtc_str_t    text, cut;
    rtc_sdp_t   *sdp;
    const char  *reason;

    bad = 0;
    parsed = 0;
    text = sdp_load(file);

    for (n = 0; n < text.len; n++) {
        cut.data = text.data;
        cut.len = n;

        sdp = sdp_parse(cut, &reason);

        if (sdp == NULL) {
            bad += (reason == NULL);

        } else {
            parsed++;
            bad += (rtc_sdp_write(sdp, NULL, 0) <= 0);
        }

        free(sdp_kept[--sdp_nkept]);
        free(sdp_kept[--sdp_nkept]);
    }

    snprintf(name, sizeof(name), "%s: %zu cuts, of which some are complete",
             file, text.len);

    ok(bad == 0 && parsed != 0, name);

    sdp_free();
}


static void
test_memory(void)
{
    size_t        n, size;
    rtc_str_t     text;
    rtc_sdp_t    *sdp;
    const char   *reason;
    rtc_arena_t   a;

    text = sdp_load("firefox-publish");
    size = rtc_sdp_parse_size(text.data, text.len);

    for (n = 0; n < size; n += 61) {
        sdp_arena(&a, n);

        sdp = rtc_sdp_parse(&a, text.data, text.len, 64, &reason);

        free(sdp_kept[--sdp_nkept]);

        if (sdp != NULL) {
            break;
        }
    }

    ok(n < size && n > text.len, "any size of memory is survived");

    sdp_free();
}


int
main(void)
{
    test_chromium();
    sdp_free();

    test_firefox();
    sdp_free();

    test_rules();
    sdp_free();

    test_bad();
    test_bounds();

    test_truncated("chromium-publish");
    test_truncated("firefox-publish");
    test_truncated("firefox-subscribe");
    test_truncated("firefox-restart");

    test_memory();

    return done();
}
