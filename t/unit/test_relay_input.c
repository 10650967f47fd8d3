
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a relay refuses, and its bounds.
 */


#include "cut.h"
#include "relay_pair.h"


/* what arrives at b, in memory of its exact size */

static void
input(const uint8_t *p, size_t len)
{
    uint8_t  *copy;

    copy = malloc(len + 1);
    if (copy == NULL) {
        abort();
    }

    memcpy(copy, p, len);
    (void) rtc_relay_input(b->relay, copy, len, now);
    rtc_uplink_flush(b->relayed, now);
    free(copy);
}


static void
rtcp(const uint8_t *p, size_t len)
{
    rtc_relay_rtcp(a->relay, p, len, now);
}


static uint64_t
refused(void)
{
    const rtc_relay_stats_t  *s;

    s = rtc_relay_stats(b->relay);

    return s->unknown + s->forged + s->replayed;
}


static void
test_hostile(void)
{
    size_t       i, n;
    uint8_t      buf[RTC_RTP_MAX], *p;
    uint64_t     before;
    uint16_t     seqs[3] = { 1, 2, 40 };
    unsigned     nseqs;
    datagram_t   d;
    rtc_rtcp_sr_t     sr = { 1, 2, 3, 4, 5 };
    rtc_rtcp_block_t  block;

    printf("# hostile\n");

    begin(0);
    publish(a, 111, "payload", 7);
    d = a->queue[0];
    flush(a);
    is_int(b->remote.n, 1, "one packet");

    before = refused();
    cut_every_byte(input, d.p, d.len - 1);
    is_int(refused(), before + d.len, "cut anywhere, all is refused");
    input(d.p, d.len);
    is_int(rtc_relay_stats(b->relay)->replayed, before + d.len
           - rtc_relay_stats(b->relay)->unknown + 1, "a replay is");

    publish(a, 111, "payload", 7);
    d = a->queue[0];
    a->queued = 0;
    n = 0;

    for (i = 0; i < d.len * 8; i++) {
        d.p[i / 8] ^= (uint8_t) (1 << i % 8);
        before = refused();
        input(d.p, d.len);
        n += (refused() != before + 1);
        d.p[i / 8] ^= (uint8_t) (1 << i % 8);
    }

    is_int(n, 0, "each bit is authenticated");

    memcpy(buf, d.p, d.len);
    (void) rtc_write_u16(buf + 14, 0xffff);
    before = refused();
    input(buf, d.len);
    memcpy(buf, d.p, d.len);
    buf[0] |= 0x0f;
    input(buf, d.len);
    is_int(refused(), before + 2, "headers that are longer than the packet");

    is_int(b->remote.n, 1, "nothing of it got further");
    input(d.p, d.len);
    is_int(b->remote.n, 2, "the packet itself does");

    memset(&block, 0, sizeof(block));
    block.ssrc = b->relayed_ssrc;
    nseqs = 3;
    sr.ssrc = a->relayed_ssrc;
    p = rtc_rtcp_build_sr(buf, buf + sizeof(buf), &sr);
    p = rtc_rtcp_build_rr(p, buf + sizeof(buf), 1, &block, 1);
    p = rtc_rtcp_build_nack(p, buf + sizeof(buf), 1, b->relayed_ssrc, seqs,
                            &nseqs);
    p = rtc_rtcp_build_pli(p, buf + sizeof(buf), 1, b->relayed_ssrc);
    p = rtc_rtcp_build_pli(p, buf + sizeof(buf), 1, 4711);
    cut_every_byte(rtcp, buf, (size_t) (p - buf));
    ok(rtc_relay_stats(a->relay)->rtcp_malformed > 50,
       "RTCP cut at every byte");
    is_int(a->queued, 0, "makes nothing be sent");

    end();
}


/* authentic, but no RTP that makes sense */

static void
test_nonsense(void)
{
    size_t             len, i;
    uint8_t            plain[200], buf[RTC_RTP_MAX];
    rtc_srtp_gcm_t    *g;
    rtc_srtp_packet_t  pkt;

    static const struct {
        uint8_t  first;
        uint8_t  second;
        uint16_t words;
    } heads[] = {
        { 0x00, 96, 0 }, { 0xa0, 96, 0 }, { 0x80, 55, 0 }, { 0x80, 97, 0 },
        { 0x90, 96, 0 }, { 0x90, 97, 3 }, { 0x8f, 96, 0 }, { 0xbf, 255, 1 }
    };

    printf("# nonsense from the right worker\n");

    begin(0);
    g = rtc_srtp_gcm_create(keys[0], keys[0] + RTC_SRTP_KEY);

    for (i = 0; i < rtc_nelts(heads); i++) {
        memset(plain, 0xff, sizeof(plain));
        plain[0] = heads[i].first;
        plain[1] = heads[i].second;
        (void) rtc_write_u16(plain + 2, (uint16_t) (100 + i));
        (void) rtc_write_u32(plain + 8, b->relayed_ssrc);
        (void) rtc_write_u16(plain + 14, heads[i].words);

        memset(&pkt, 0, sizeof(pkt));
        pkt.header = plain;
        pkt.header_len = 12;
        pkt.header_len += 4u * (plain[0] & 0x0f);

        if (plain[0] & 0x10) {
            (void) rtc_write_u16(plain + pkt.header_len + 2, heads[i].words);
            pkt.header_len += 4 + 4u * heads[i].words;
        }

        pkt.payload = plain + pkt.header_len;
        pkt.payload_len = 30;

        (void) rtc_srtp_gcm_protect(g, b->relayed_ssrc, 100 + i, &pkt, buf,
                                    &len);
        input(buf, len);
    }

    is_int(rtc_relay_stats(b->relay)->packets_in, rtc_nelts(heads),
           "all are authentic");
    is_int(rtc_uplink_stats(b->relayed)->packets, rtc_nelts(heads),
           "and are for the uplink to judge");

    rtc_srtp_gcm_destroy(g);
    end();
}


static void
test_bounds(void)
{
    unsigned   i, bad;
    uint32_t   ssrc;

    printf("# bounds\n");

    begin(0);
    is_int(rtc_relay_add_source(b->relay, b->relayed_ssrc, b->relayed),
           RTC_ERROR, "an SSRC that is in use");

    bad = 0;
    ssrc = 0;

    for (i = 1; i < RTC_RELAY_STREAMS; i++) {
        ssrc = rtc_relay_ssrc(b->relay);
        bad += (ssrc == 0);
        bad += rtc_relay_add_source(b->relay, ssrc, b->relayed) != RTC_OK;
    }

    is_int(bad, 0, "as many sources as there may be");
    is_int(rtc_relay_add_source(b->relay, rtc_relay_ssrc(b->relay),
                                b->relayed),
           RTC_ERROR, "not one more");

    rtc_relay_remove_source(b->relay, ssrc);
    rtc_relay_remove_source(b->relay, ssrc);
    is_int(rtc_relay_add_source(b->relay, rtc_relay_ssrc(b->relay),
                                b->relayed),
           RTC_OK, "a place that became free");

    rtc_relay_remove_source(b->relay, b->relayed_ssrc);
    publish(a, 111, "opus", 4);
    flush(a);
    is_int(rtc_relay_stats(b->relay)->unknown, 1, "a source that was removed");
    is_int(b->remote.n, 0, "is not heard");

    end();
}


int
main(void)
{
    test_hostile();
    test_nonsense();
    test_bounds();

    return done();
}
