
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * libsrtp2 plays the peer, and a second receiver: what it accepts we have to.
 */


#include <stdlib.h>

#include <openssl/err.h>

#include "rtc_bytes.h"
#include "rtc_srtp.h"
#include "rtc_srtp_gcm.h"
#include "rtc_srtp_index.h"
#include "srtp_oracle.h"
#include "tap.h"


static void
test_unprotect(rtc_srtp_profile_e profile, const char *name)
{
    int              n, bad, i;
    size_t           len, full;
    srtp_t           peer;
    uint8_t          p[256], saved[256];
    rtc_srtp_t      *s;
    rtc_srtp_keys_t  keys;

    printf("# %s\n", name);

    make_keys(&keys, profile);
    peer = oracle(profile, keys.rx, ssrc_any_outbound);

    s = rtc_srtp_create();

    len = peer_rtp(peer, p, 1, SSRC);
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_MALFORMED, "no keys");

    rtc_srtp_set_keys(s, &keys);

    full = peer_rtp(peer, p, 2, SSRC);
    memcpy(saved, p, full);

    bad = 0;

    for (len = 0; len < full; len++) {
        size_t  cut = len;

        memcpy(p, saved, full);
        bad += rtc_srtp_unprotect(s, p, &cut) == RTC_SRTP_OK;
    }

    is_int(bad, 0, "cut anywhere it is refused");

    for (i = 0; i < (int) full * 8; i++) {
        len = full;
        memcpy(p, saved, full);
        p[i / 8] ^= (uint8_t) (1 << i % 8);
        bad += rtc_srtp_unprotect(s, p, &len) == RTC_SRTP_OK;
    }

    is_int(bad, 0, "each bit is authenticated");

    memcpy(p, saved, full);
    len = full;
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_OK, "the packet itself");
    is_int(len, 52, "its length");

    memcpy(p, saved, full);
    len = full;
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_REPLAYED, "a replay");

    for (i = 3; i < 2000; i++) {
        len = peer_rtp(peer, p, (uint16_t) i, SSRC);
        bad += rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_OK;
    }

    is_int(bad, 0, "two thousand more");

    memcpy(p, saved, full);
    len = full;
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_REPLAYED,
           "a replay from behind the window");

    for (i = 2000; i < 65536 + 2000; i += 53) {
        len = peer_rtp(peer, p, (uint16_t) i, SSRC);
        bad += rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_OK;
    }

    is_int(bad, 0, "over a wrap");

    memcpy(p, saved, full);
    len = full;
    ok(rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_OK, "a replay of old ROC");

    /* SSRCs: one is known */

    for (i = 1; i < RTC_SRTP_RECEIVERS; i++) {
        len = peer_rtp(peer, p, 1, SSRC + (uint32_t) i);
        bad += rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_OK;
    }

    is_int(bad, 0, "as many SSRCs as there may be");

    len = peer_rtp(peer, p, 1, 1);
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_SSRC, "one too many");

    rtc_srtp_remove_receiver(s, 4711);
    rtc_srtp_remove_receiver(s, SSRC);

    len = peer_rtp(peer, p, 2, 1);
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_OK, "after a removal");

    rtc_srtp_remove_receiver(s, 1);

    memcpy(p, saved, full);
    len = full;
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_SSRC,
           "a removed SSRC stays refused");

    /* SRTCP */

    memcpy(p, "\x80\xc9\x00\x01", 4);
    rtc_write_u32(p + 4, SSRC + 3);
    n = 8;
    srtp_protect_rtcp(peer, p, &n);
    full = (size_t) n;
    memcpy(saved, p, full);

    for (len = 0; len < full; len++) {
        size_t   cut = len;
        uint8_t *exact = malloc(len + 1);

        memcpy(exact, saved, len);
        bad += rtc_srtp_unprotect_rtcp(s, exact, &cut) == RTC_SRTP_OK;
        free(exact);
    }

    is_int(bad, 0, "RTCP cut anywhere is refused");

    len = full;
    is_int(rtc_srtp_unprotect_rtcp(s, p, &len), RTC_SRTP_OK, "RTCP");
    is_int(len, 8, "its length");
    len = full;
    is_int(rtc_srtp_unprotect_rtcp(s, saved, &len), RTC_SRTP_REPLAYED,
           "RTCP replayed");

    rtc_srtp_destroy(s);
    srtp_dealloc(peer);
}


/* what libsrtp protects, with a header of every kind, is what we open */

static void
test_sizes(void)
{
    int              n, bad;
    size_t           len, size, header;
    srtp_t           peer;
    uint8_t          plain[1300], p[1400];
    rtc_srtp_t      *s;
    rtc_srtp_keys_t  keys;

    make_keys(&keys, RTC_SRTP_AEAD_AES_128_GCM);
    peer = oracle(RTC_SRTP_AEAD_AES_128_GCM, keys.rx, ssrc_any_outbound);
    s = rtc_srtp_create();
    rtc_srtp_set_keys(s, &keys);

    for (size = 0; size < sizeof(plain); size++) {
        plain[size] = (uint8_t) (size * 31);
    }

    bad = 0;

    for (size = 0; size < 1200; size++) {
        make_header(plain, (uint16_t) (60000 + size * 13), SSRC);
        header = 12;

        if (size % 3 == 1) {
            plain[0] = 0xb2;
            rtc_write_u32(plain + 20, 0xbede0001);
            header = 28;
        }

        memcpy(p, plain, header + size);
        n = (int) (header + size);
        bad += srtp_protect(peer, p, &n) != srtp_err_status_ok;

        len = (size_t) n;
        bad += rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_OK
               || len != header + size || memcmp(p, plain, len) != 0;
    }

    is_int(bad, 0, "RTP of every size");

    rtc_srtp_destroy(s);
    srtp_dealloc(peer);
}


#define HISTORY  2048


/* one packet to both receivers; how often they do not agree */

static int
deliver(rtc_srtp_t *s, srtp_t other, const uint8_t *p, size_t len,
    unsigned *results)
{
    int                n, accepted;
    size_t             ours;
    uint8_t            a[128], b[128];
    rtc_srtp_result_e  rc;

    memcpy(a, p, len);
    memcpy(b, p, len);

    n = (int) len;
    accepted = srtp_unprotect(other, a, &n) == srtp_err_status_ok;

    ours = len;
    rc = rtc_srtp_unprotect(s, b, &ours);
    results[rc]++;

    if (rc != RTC_SRTP_OK) {
        return accepted || ours != len;
    }

    return !accepted || ours != (size_t) n || memcmp(a, b, ours) != 0;
}


/* reordered, repeated, late, forged and cut: both have to agree on each */

static void
test_beside_libsrtp(void)
{
    int              bad;
    size_t           len;
    srtp_t           peer, other;
    uint8_t          history[HISTORY][128], p[128];
    uint32_t         seq, rnd, i, age;
    unsigned         results[RTC_SRTP_SSRC + 1];
    rtc_srtp_t      *s;
    rtc_srtp_keys_t  keys;

    make_keys(&keys, RTC_SRTP_AEAD_AES_128_GCM);
    peer = oracle(RTC_SRTP_AEAD_AES_128_GCM, keys.rx, ssrc_any_outbound);
    other = oracle(RTC_SRTP_AEAD_AES_128_GCM, keys.rx, ssrc_any_inbound);
    s = rtc_srtp_create();
    rtc_srtp_set_keys(s, &keys);

    memset(results, 0, sizeof(results));
    bad = 0;
    rnd = 1;
    seq = 100;
    len = 0;

    for (i = 0; i < 60000; i++) {
        rnd = rnd * 1664525 + 1013904223;

        if (i < 16 || rnd >> 30 == 0) {
            seq += 1 + (rnd >> 20) % 20;
            len = peer_rtp(peer, history[i % HISTORY], (uint16_t) seq, SSRC);
            bad += len == 0;

        } else {
            age = rnd >> 29 == 3 ? (rnd >> 16) % 8 : (rnd >> 12) % HISTORY;
            age = rtc_min(age, i - 1);
            memcpy(history[i % HISTORY], history[(i - 1 - age) % HISTORY],
                   128);
        }

        if (rnd >> 28 == 5) {
            /* this one comes later, if at all */
            continue;
        }

        memcpy(p, history[i % HISTORY], len);

        switch ((rnd >> 8) % 16) {

        case 0:
            p[(rnd >> 16) % len] ^= (uint8_t) (1 << (rnd >> 13) % 8);
            bad += deliver(s, other, p, len, results);
            break;

        case 1:
            bad += deliver(s, other, p, (rnd >> 16) % len, results);
            break;

        default:
            bad += deliver(s, other, p, len, results);
        }
    }

    is_int(bad, 0, "libsrtp decides the same");
    ok(seq > 2 * 65536, "over two wraps");
    ok(results[RTC_SRTP_OK] > 10000 && results[RTC_SRTP_REPLAYED] > 10000
       && results[RTC_SRTP_FORGED] > 1000
       && results[RTC_SRTP_MALFORMED] > 1000
       && results[RTC_SRTP_SSRC] == 0,
       "all of it happened");
    is_int(ERR_peek_error(), 0, "nothing stays in OpenSSL's queue");

    rtc_srtp_destroy(s);
    srtp_dealloc(other);
    srtp_dealloc(peer);
}


/* so many packets of the peer get lost behind the first of from */

static rtc_srtp_result_e
lose(int from, int lost, int *bad)
{
    int                i;
    size_t             len;
    srtp_t             peer;
    uint8_t            p[128], copy[128], plain[128];
    rtc_srtp_t        *s;
    rtc_srtp_result_e  rc;

    s = gcm_receiver(&peer);

    if (from >= 0) {
        len = peer_rtp(peer, p, (uint16_t) from, SSRC);
        *bad += rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_OK;
    }

    /* the peer's own guess needs steps of less than half a round */

    for (i = from + 1; i <= from + lost; i++) {
        *bad += peer_rtp(peer, p, (uint16_t) i, SSRC) == 0;
    }

    len = peer_rtp(peer, p, (uint16_t) i, SSRC);
    memcpy(copy, p, len);

    /* a forged one before changes nothing */

    p[20] ^= 1;
    *bad += rtc_srtp_unprotect(s, p, &len) == RTC_SRTP_OK;

    memcpy(p, copy, len);
    rc = rtc_srtp_unprotect(s, p, &len);

    make_header(plain, (uint16_t) i, SSRC);
    memset(plain + 12, 0x55, 40);

    if (rc == RTC_SRTP_OK) {
        *bad += len != 52 || memcmp(p, plain, 52) != 0;

        memcpy(p, copy, 68);
        len = 68;
        *bad += rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_REPLAYED;

        len = peer_rtp(peer, p, (uint16_t) (i + 1), SSRC);
        *bad += rtc_srtp_unprotect(s, p, &len) != RTC_SRTP_OK;
    }

    rtc_srtp_destroy(s);
    srtp_dealloc(peer);

    return rc;
}


static void
test_lost_wrap(void)
{
    int          bad, i;
    size_t       len;
    srtp_t       peer;
    uint8_t      p[128], last[128];
    rtc_srtp_t  *s;

    bad = 0;

    is_int(lose(10, 32766, &bad), RTC_SRTP_OK, "half a round lost");
    is_int(lose(10, 40000, &bad), RTC_SRTP_OK, "more, in the first round");
    is_int(lose(30000, 32767, &bad), RTC_SRTP_OK, "more, over a wrap");
    is_int(lose(30000, 60000, &bad), RTC_SRTP_OK, "nearly a round");
    is_int(lose(30000, 64900, &bad), RTC_SRTP_OK,
           "so that it looks late, within the window");
    is_int(lose(30000, 66000, &bad), RTC_SRTP_OK, "more than a round");
    is_int(lose(30000, 98302, &bad), RTC_SRTP_OK, "a round and a half");
    is_int(lose(30000, 98303, &bad), RTC_SRTP_REPLAYED,
           "one more cannot be known");
    is_int(bad, 0, "and after each of them it goes on");

    /* the wrap gets lost before anything came; what comes late then is known
       by the ROC before */

    s = gcm_receiver(&peer);
    len = peer_rtp(peer, last, 65534, SSRC);

    for (i = 65535; i < 65536 + 5; i++) {
        len = peer_rtp(peer, p, (uint16_t) i, SSRC);
    }

    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_OK,
           "the first one came of ROC 1");
    len = 68;
    is_int(rtc_srtp_unprotect(s, last, &len), RTC_SRTP_OK,
           "a late one of ROC 0");
    len = peer_rtp(peer, p, (uint16_t) i, SSRC);
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_OK, "the next one");

    rtc_srtp_destroy(s);
    srtp_dealloc(peer);
}


/* from the oracle to a receiver of our own, whose index the caller keeps */

static void
test_gcm_receiver(void)
{
    int                n, bad;
    size_t             len, size, full;
    srtp_t             peer;
    uint8_t            plain[1500], p[1600], *exact;
    uint64_t           index;
    uint32_t           i;
    rtc_srtp_keys_t    keys;
    rtc_srtp_gcm_t    *g, *sender;
    rtc_srtp_packet_t  pkt;

    printf("# a receiver of AEAD_AES_128_GCM\n");

    make_keys(&keys, RTC_SRTP_AEAD_AES_128_GCM);
    peer = oracle(RTC_SRTP_AEAD_AES_128_GCM, keys.rx, ssrc_any_outbound);
    g = rtc_srtp_gcm_create_receiver(keys.rx, keys.rx + RTC_SRTP_KEY);

    for (i = 0; i < sizeof(plain); i++) {
        plain[i] = (uint8_t) (i * 31);
    }

    /* sizes, and around the wraps */

    bad = 0;
    index = 0;

    for (i = 0; i < 1200 + 4000; i++) {
        size = i % 1200;
        index += i < 1200 ? 1 : 61;

        make_header(plain, (uint16_t) index, SSRC);
        memcpy(p, plain, 12 + size);
        n = (int) (12 + size);

        if (srtp_protect(peer, p, &n) != srtp_err_status_ok) {
            bad++;
            continue;
        }

        len = (size_t) n;
        bad += rtc_srtp_gcm_unprotect(g, SSRC, index, p, &len) != RTC_OK
               || len != 12 + size || memcmp(p, plain, len) != 0;
    }

    is_int(bad, 0, "what libsrtp protects, every size");
    ok(index > 3 * 65536, "over three wraps");

    /* CSRCs and an extension */

    index++;
    make_header(plain, (uint16_t) index, SSRC);
    plain[0] = 0x92;
    rtc_write_u32(plain + 20, 0xbede0001);
    memcpy(p, plain, 100);
    n = 100;
    (void) srtp_protect(peer, p, &n);
    full = (size_t) n;
    memcpy(plain + 200, p, full);
    len = full;
    ok(rtc_srtp_gcm_unprotect(g, SSRC, index, p, &len) == RTC_OK
       && len == 100 && memcmp(p, plain, len) == 0,
       "with CSRCs and an extension");

    for (i = 0; i < full; i++) {
        exact = malloc(i ? i : 1);
        memcpy(exact, plain + 200, i);
        len = i;
        bad += rtc_srtp_gcm_unprotect(g, SSRC, index, exact, &len) == RTC_OK;
        free(exact);
    }

    is_int(bad, 0, "cut anywhere it is refused");

    for (i = 0; i < full * 8; i++) {
        memcpy(p, plain + 200, full);
        p[i / 8] ^= (uint8_t) (1 << i % 8);
        len = full;
        bad += rtc_srtp_gcm_unprotect(g, SSRC, index, p, &len) == RTC_OK;
    }

    is_int(bad, 0, "each bit is authenticated");

    memcpy(p, plain + 200, full);
    len = full;
    is_int(rtc_srtp_gcm_unprotect(g, SSRC, index + 65536, p, &len), RTC_ERROR,
           "another ROC");
    memcpy(p, plain + 200, full);
    is_int(rtc_srtp_gcm_unprotect(g, SSRC + 1, index, p, &len), RTC_ERROR,
           "another SSRC");
    memcpy(p, plain + 200, full);
    is_int(rtc_srtp_gcm_unprotect(g, SSRC, index, p, &len), RTC_OK,
           "and after all of that the packet itself");

    rtc_srtp_gcm_destroy(g);
    srtp_dealloc(peer);

    /* and our own sender to it, with the largest index there is */

    sender = rtc_srtp_gcm_create(keys.tx, keys.tx + RTC_SRTP_KEY);
    g = rtc_srtp_gcm_create_receiver(keys.tx, keys.tx + RTC_SRTP_KEY);

    memset(&pkt, 0, sizeof(pkt));
    make_header(plain, 0xffff, SSRC);
    pkt.header = plain;
    pkt.header_len = 12;
    pkt.payload = plain + 12;
    pkt.payload_len = 500;
    index = 0xffffffffffff;

    ok(rtc_srtp_gcm_protect(sender, SSRC, index, &pkt, p, &len) == RTC_OK
       && rtc_srtp_gcm_unprotect(g, SSRC, index, p, &len) == RTC_OK
       && len == 512 && memcmp(p, plain, len) == 0,
       "what we protect ourselves");

    rtc_srtp_gcm_destroy(sender);
    rtc_srtp_gcm_destroy(g);
}


/* the index of what came in, which is taken when it is authentic */

static void
test_index_fresh(void)
{
    int               bad, i;
    uint64_t          x, y;
    rtc_srtp_index_t  index, before;

    memset(&index, 0, sizeof(index));
    memset(&before, 0, sizeof(before));

    is_int(rtc_srtp_index_fresh(&index, 40000, &x), RTC_OK, "the first one");
    is_int(x, 40000, "its index");
    ok(memcmp(&index, &before, sizeof(index)) == 0, "which takes nothing");

    bad = 0;

    for (i = 40000; i < 300000; i += 37) {
        before = index;
        bad += rtc_srtp_index_fresh(&index, (uint16_t) i, &x) != RTC_OK;
        bad += memcmp(&index, &before, sizeof(index)) != 0;
        bad += rtc_srtp_index_take(&index, (uint16_t) i, 0, &y) != RTC_OK;
        bad += (x != (uint64_t) i || y != x);
        bad += rtc_srtp_index_fresh(&index, (uint16_t) i, &x) == RTC_OK;
    }

    is_int(bad, 0, "and is what is taken then, over the wraps");

    i = (int) index.highest;
    is_int(rtc_srtp_index_fresh(&index, (uint16_t) (i - 1023), &x), RTC_OK,
           "the last one of the window");
    is_int(rtc_srtp_index_fresh(&index, (uint16_t) (i - 1024), &x),
           RTC_DECLINED, "behind it");

    index.highest = (1ULL << 48) - 1;
    is_int(rtc_srtp_index_fresh(&index, 0, &x), RTC_DECLINED,
           "beyond the last index");
}


int
main(void)
{
    test_index_fresh();

    if (rtc_srtp_library_init() != RTC_OK) {
        return 1;
    }

    test_unprotect(RTC_SRTP_AEAD_AES_128_GCM, "AEAD_AES_128_GCM");
    test_unprotect(RTC_SRTP_AES128_CM_SHA1_80, "AES128_CM_SHA1_80");
    test_gcm_receiver();

    printf("# AEAD_AES_128_GCM beside libsrtp\n");

    test_sizes();
    test_beside_libsrtp();
    test_lost_wrap();

    rtc_srtp_library_shutdown();

    return done();
}
