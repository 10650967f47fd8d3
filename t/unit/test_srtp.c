
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * libsrtp2 plays the peer: whatever we protect it has to accept.
 */


#include <arpa/inet.h>

#include <srtp2/srtp.h>

#include "rtc_bytes.h"
#include "rtc_srtp.h"
#include "rtc_srtp_gcm.h"
#include "rtc_srtp_index.h"
#include "tap.h"


#define SSRC  0x5501a0b2


static size_t
unhex(uint8_t *p, const char *s)
{
    size_t    n;
    unsigned  c;

    for (n = 0; sscanf(s + 2 * n, "%2x", &c) == 1; n++) {
        p[n] = (uint8_t) c;
    }

    return n;
}


static srtp_t
oracle(rtc_srtp_profile_e profile, uint8_t *key, srtp_ssrc_type_t type)
{
    srtp_t         s;
    srtp_policy_t  policy;

    memset(&policy, 0, sizeof(policy));

    if (profile == RTC_SRTP_AEAD_AES_128_GCM) {
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
        srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);

    } else {
        srtp_crypto_policy_set_rtp_default(&policy.rtp);
        srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }

    policy.ssrc.type = type;
    policy.key = key;
    policy.window_size = 1024;
    policy.allow_repeat_tx = 1;

    return srtp_create(&s, &policy) == srtp_err_status_ok ? s : NULL;
}


static void
make_keys(rtc_srtp_keys_t *keys, rtc_srtp_profile_e profile)
{
    size_t  i;

    keys->profile = profile;

    for (i = 0; i < RTC_SRTP_MASTER; i++) {
        keys->tx[i] = (uint8_t) (i * 7 + 1);
        keys->rx[i] = (uint8_t) (i * 11 + 3);
    }
}


static void
make_header(uint8_t *p, uint16_t seq, uint32_t ssrc)
{
    p[0] = 0x80;
    p[1] = 96;
    rtc_write_u16(p + 2, seq);
    rtc_write_u32(p + 4, 0x12345678);
    rtc_write_u32(p + 8, ssrc);
}


/* RFC 3711, B.3 */

static void
test_kdf(void)
{
    uint8_t  key[16], salt[14], want[94], got[94];

    unhex(key, "E1F97A0D3E018BE0D64FA32C06DE4139");
    unhex(salt, "0EC675AD498AFEEBB6960B3AABE6");

    unhex(want, "C61E7A93744F39EE10734AFE3FF7A087");
    rtc_srtp_kdf(key, salt, RTC_SRTP_LABEL_KEY, got, 16);
    is_mem(got, want, 16, "RFC 3711: cipher key");

    unhex(want, "30CBBC08863D8C85D49DB34A9AE1");
    rtc_srtp_kdf(key, salt, RTC_SRTP_LABEL_SALT, got, 14);
    is_mem(got, want, 14, "RFC 3711: cipher salt");

    unhex(want, "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6C"
                "DBCEE049646C43D9327AD175578EF72270986371C10C9A369AC2F94A8C5F"
                "BCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB"
                "60DBDFB2");
    rtc_srtp_kdf(key, salt, RTC_SRTP_LABEL_AUTH, got, 94);
    is_mem(got, want, 94, "RFC 3711: authentication key");
}


/* RFC 7714, 16.1.1 */

static void
test_gcm_vector(void)
{
    size_t             len, cut;
    uint8_t            key[16], salt[12], plain[64], want[80], got[80];
    rtc_srtp_gcm_t    *g;
    rtc_srtp_packet_t  pkt;

    unhex(key, "000102030405060708090a0b0c0d0e0f");
    unhex(salt, "517569642070726f2071756f");
    len = unhex(plain, "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69"
                       "732064697669736120696e2070617274657320747265"
                       "73");
    unhex(want, "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe63"
                "3bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf"
                "765ee4390cce");

    g = rtc_srtp_gcm_create_session(key, salt);

    for (cut = 0; cut <= len - 12; cut++) {
        memset(&pkt, 0, sizeof(pkt));
        pkt.header = plain;
        pkt.header_len = 12;
        pkt.prefix = plain + 12;
        pkt.prefix_len = cut;
        pkt.payload = plain + 12 + cut;
        pkt.payload_len = len - 12 - cut;

        memset(got, 0, sizeof(got));
        size_t  n = 0;

        if (rtc_srtp_gcm_protect(g, SSRC, 0xf17b, &pkt, got, &n) != RTC_OK
            || n != len + 16 || memcmp(got, want, n) != 0)
        {
            break;
        }
    }

    is_int(cut, len - 11, "RFC 7714: the vector, cut anywhere");

    rtc_srtp_gcm_destroy(g);
}


static void
test_index(void)
{
    int               i, bad;
    uint64_t          x;
    rtc_srtp_index_t  index;

    memset(&index, 0, sizeof(index));
    is_int(rtc_srtp_index_take(&index, 5, 1, &x), RTC_DECLINED,
           "a resend to begin with");

    is_int(rtc_srtp_index_take(&index, 5, 0, &x), RTC_OK, "first");
    is_int(rtc_srtp_index_take(&index, 5, 0, &x), RTC_DECLINED, "again");
    is_int(rtc_srtp_index_take(&index, 5, 1, &x), RTC_OK, "as a resend");
    is_int(rtc_srtp_index_take(&index, 6, 1, &x), RTC_DECLINED,
           "a resend of what was not sent");
    is_int(rtc_srtp_index_take(&index, 4, 1, &x), RTC_DECLINED,
           "a resend of what was left out");
    is_int(rtc_srtp_index_take(&index, 4, 0, &x), RTC_OK, "a late one");
    is_int(x, 4, "and its index");
    is_int(rtc_srtp_index_take(&index, 0xfffe, 0, &x), RTC_DECLINED,
           "before the beginning");

    /* three times around, every second number, and later the others */

    bad = 0;
    memset(&index, 0, sizeof(index));

    for (i = 0; i < 3 * 65536; i++) {
        if (i % 2 == 0) {
            bad += rtc_srtp_index_take(&index, (uint16_t) i, 0, &x) != RTC_OK
                   || x != (uint64_t) i;
        }

        if (i >= 1000 && (i - 1000) % 2) {
            bad += rtc_srtp_index_take(&index, (uint16_t) (i - 1000), 0, &x)
                   != RTC_OK || x != (uint64_t) (i - 1000);
            bad += rtc_srtp_index_take(&index, (uint16_t) (i - 1000), 0, &x)
                   != RTC_DECLINED;
        }
    }

    is_int(bad, 0, "ROC over three rounds, late ones included");

    i = 3 * 65536 - 2;
    is_int(rtc_srtp_index_take(&index, (uint16_t) (i - 1023), 1, &x), RTC_OK,
           "the last one of the window");
    is_int(rtc_srtp_index_take(&index, (uint16_t) (i - 1024), 1, &x),
           RTC_DECLINED, "behind the window");

    is_int(rtc_srtp_index_take(&index, (uint16_t) (i + 5000), 0, &x), RTC_OK,
           "a gap");
    is_int(x, i + 5000, "and its index");
    is_int(rtc_srtp_index_take(&index, (uint16_t) (i + 4999), 0, &x), RTC_OK,
           "what is in the gap is free");
}


/* how many reports of up to 1200 bytes libsrtp does not take as they were */

static unsigned
reports(rtc_srtp_t *s, srtp_t peer, uint8_t *plain)
{
    int       n;
    size_t    len;
    uint8_t   got[1600];
    unsigned  i, bad;

    bad = 0;

    for (i = 2; i < 300; i++) {
        memset(plain + 8, (int) i, i * 4 - 4);
        rtc_write_u16(plain + 2, (uint16_t) i);

        if (rtc_srtp_protect_rtcp(s, plain, i * 4 + 4, got, &len) != RTC_OK) {
            bad++;
            continue;
        }

        n = (int) len;
        bad += srtp_unprotect_rtcp(peer, got, &n) != srtp_err_status_ok
               || n != (int) i * 4 + 4
               || memcmp(got, plain, (size_t) n) != 0;
    }

    return bad;
}


static void
test_protect(rtc_srtp_profile_e profile, const char *name)
{
    int                n, bad, sender, i;
    size_t             len, size, prefix, j;
    srtp_t             peer;
    uint8_t            plain[1500], got[1600], copy[1600];
    rtc_srtp_t        *s;
    rtc_srtp_keys_t    keys;
    rtc_srtp_packet_t  pkt;

    printf("# %s\n", name);

    make_keys(&keys, profile);
    peer = oracle(profile, keys.tx, ssrc_any_inbound);

    s = rtc_srtp_create();

    for (j = 0; j < sizeof(plain); j++) {
        plain[j] = (uint8_t) (j * 31);
    }

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = plain;
    pkt.header_len = 12;

    sender = rtc_srtp_add_sender(s, SSRC);
    is_int(sender, 0, "a sender before the keys");
    is_int(rtc_srtp_add_sender(s, SSRC), RTC_ERROR, "not twice");
    is_int(rtc_srtp_protect(s, sender, &pkt, got, &len), RTC_ERROR,
           "nothing goes without keys");
    is_int(rtc_srtp_set_keys(s, &keys), RTC_OK, "keys");
    is_int(rtc_srtp_set_keys(s, &keys), RTC_ERROR, "only once");

    bad = 0;

    for (size = 0; size < 1200; size++) {
        make_header(plain, (uint16_t) (100 + size), SSRC);

        prefix = size % 7 < size ? size % 7 : size;

        pkt.prefix = prefix ? plain + 12 : NULL;
        pkt.prefix_len = prefix;
        pkt.payload = plain + 12 + prefix;
        pkt.payload_len = size - prefix;

        if (rtc_srtp_protect(s, sender, &pkt, got, &len) != RTC_OK
            || len > 12 + size + RTC_SRTP_OVERHEAD)
        {
            bad++;
            continue;
        }

        n = (int) len;

        bad += srtp_unprotect(peer, got, &n) != srtp_err_status_ok
               || n != (int) (12 + size) || memcmp(got, plain, (size_t) n);
    }

    is_int(bad, 0, "libsrtp accepts every size");

    /* extension and CSRCs are authenticated, not encrypted */

    make_header(plain, 1400, SSRC);
    plain[0] = 0x92;
    rtc_write_u32(plain + 20, 0xbede0001);
    pkt.header_len = 28;
    pkt.prefix_len = 0;
    pkt.payload = plain + 28;
    pkt.payload_len = 100;

    ok(rtc_srtp_protect(s, sender, &pkt, got, &len) == RTC_OK
       && memcmp(got, plain, 28) == 0, "the header stays readable");

    memcpy(copy, got, len);
    n = (int) len;
    ok(srtp_unprotect(peer, got, &n) == srtp_err_status_ok && n == 128
       && memcmp(got, plain, 128) == 0, "with CSRCs and an extension");

    is_int(rtc_srtp_protect(s, sender, &pkt, got, &len), RTC_DECLINED,
           "the same index again is refused");

    pkt.resend = 1;
    ok(rtc_srtp_protect(s, sender, &pkt, got, &len) == RTC_OK
       && memcmp(got, copy, len) == 0, "a resend is bit-identical");
    pkt.resend = 0;

    make_header(plain, 1401, SSRC);
    plain[0] = 0xb2;
    pkt.pad = 3;
    memset(plain + 128, 0, 2);
    plain[130] = 3;

    n = 0;

    if (rtc_srtp_protect(s, sender, &pkt, got, &len) == RTC_OK) {
        n = (int) len;
        srtp_unprotect(peer, got, &n);
    }

    ok(n == 131 && memcmp(got, plain, 131) == 0, "with padding behind it");
    pkt.pad = 0;

    plain[0] = 0x80;
    pkt.header_len = 12;

    make_header(plain, 1402, SSRC + 1);
    is_int(rtc_srtp_protect(s, sender, &pkt, got, &len), RTC_DECLINED,
           "another SSRC in the header");
    is_int(rtc_srtp_protect(s, 7, &pkt, got, &len), RTC_ERROR, "no sender");
    is_int(rtc_srtp_protect(s, -1, &pkt, got, &len), RTC_ERROR,
           "no sender, -1");

    /* around the wraps */

    bad = 0;
    pkt.payload = plain + 12;
    pkt.payload_len = 20;

    for (i = 1500; i < 2 * 65536 + 100; i += 97) {
        make_header(plain, (uint16_t) i, SSRC);

        if (rtc_srtp_protect(s, sender, &pkt, got, &len) != RTC_OK) {
            bad++;
            continue;
        }

        n = (int) len;
        bad += srtp_unprotect(peer, got, &n) != srtp_err_status_ok;
    }

    is_int(bad, 0, "libsrtp follows over two wraps");

    /* RTCP */

    memcpy(plain, "\x80\xc9\x00\x01", 4);
    rtc_write_u32(plain + 4, SSRC);

    is_int(rtc_srtp_protect_rtcp(s, plain, 8, got, &len), RTC_OK, "an RR");
    ok(len <= 8 + RTC_SRTP_OVERHEAD, "within the overhead");
    n = (int) len;
    ok(srtp_unprotect_rtcp(peer, got, &n) == srtp_err_status_ok && n == 8
       && memcmp(got, plain, 8) == 0, "libsrtp accepts it");

    is_int(reports(s, peer, plain), 0,
           "libsrtp accepts reports of all lengths");

    rtc_write_u32(plain + 4, 77);
    is_int(rtc_srtp_protect_rtcp(s, plain, 8, got, &len), RTC_DECLINED,
           "RTCP of an SSRC that is no sender");
    is_int(rtc_srtp_protect_rtcp(s, plain, 7, got, &len), RTC_ERROR,
           "RTCP that is too short");

    rtc_srtp_destroy(s);
    srtp_dealloc(peer);
}


static void
test_senders(void)
{
    int                i, n, bad;
    size_t             len;
    uint8_t            plain[64], got[128];
    rtc_srtp_t        *s;
    rtc_srtp_keys_t    keys;
    rtc_srtp_packet_t  pkt;

    make_keys(&keys, RTC_SRTP_AEAD_AES_128_GCM);
    make_header(plain, 1, SSRC);

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = plain;
    pkt.header_len = 12;

    s = rtc_srtp_create();
    rtc_srtp_set_keys(s, &keys);

    bad = 0;

    for (i = 0; i < 100; i++) {
        bad += rtc_srtp_add_sender(s, SSRC + (uint32_t) i) != i;
    }

    is_int(bad, 0, "a hundred senders");
    rtc_srtp_remove_sender(s, 50);
    is_int(rtc_srtp_add_sender(s, 1), 50, "a free number is taken again");
    rtc_srtp_remove_sender(s, 0);
    rtc_srtp_remove_sender(s, 0);
    is_int(rtc_srtp_protect(s, 0, &pkt, got, &len), RTC_ERROR,
           "a removed sender");

    for (i = 100, n = 0; n < 2 * RTC_SRTP_SENDERS; i++, n++) {
        if (rtc_srtp_add_sender(s, SSRC + (uint32_t) i) == RTC_ERROR) {
            break;
        }
    }

    is_int(n, RTC_SRTP_SENDERS - 99, "the number of senders is bounded");

    rtc_srtp_destroy(s);
}


static size_t
peer_rtp(srtp_t peer, uint8_t *p, uint16_t seq, uint32_t ssrc)
{
    int  n;

    make_header(p, seq, ssrc);
    memset(p + 12, 0x55, 40);
    n = 52;

    return srtp_protect(peer, p, &n) == srtp_err_status_ok ? (size_t) n : 0;
}


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
    test_kdf();
    test_gcm_vector();
    test_index();
    test_index_fresh();

    if (rtc_srtp_library_init() != RTC_OK) {
        return 1;
    }

    test_protect(RTC_SRTP_AEAD_AES_128_GCM, "AEAD_AES_128_GCM");
    test_protect(RTC_SRTP_AES128_CM_SHA1_80, "AES128_CM_SHA1_80");
    test_senders();
    test_unprotect(RTC_SRTP_AEAD_AES_128_GCM, "AEAD_AES_128_GCM");
    test_unprotect(RTC_SRTP_AES128_CM_SHA1_80, "AES128_CM_SHA1_80");

    test_gcm_receiver();

    rtc_srtp_library_shutdown();

    return done();
}
