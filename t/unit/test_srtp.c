
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * libsrtp2 plays the peer: whatever we protect it has to accept.
 */


#include "rtc_bytes.h"
#include "rtc_srtp.h"
#include "rtc_srtp_gcm.h"
#include "rtc_srtp_index.h"
#include "srtp_oracle.h"
#include "tap.h"


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
protect_rtcp(rtc_srtp_t *s, srtp_t peer, uint8_t *plain)
{
    int      n;
    size_t   len;
    uint8_t  got[1600];

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

    protect_rtcp(s, peer, plain);

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


int
main(void)
{
    test_kdf();
    test_gcm_vector();
    test_index();

    if (rtc_srtp_library_init() != RTC_OK) {
        return 1;
    }

    test_protect(RTC_SRTP_AEAD_AES_128_GCM, "AEAD_AES_128_GCM");
    test_protect(RTC_SRTP_AES128_CM_SHA1_80, "AES128_CM_SHA1_80");
    test_senders();

    rtc_srtp_library_shutdown();

    return done();
}
