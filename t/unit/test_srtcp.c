
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * SRTCP that comes in under AES-GCM; libsrtp2 plays the peer.
 */


#include <stdlib.h>

#include <openssl/err.h>

#include "rtc_bytes.h"
#include "rtc_srtp.h"
#include "rtc_srtp_gcm.h"
#include "srtp_oracle.h"
#include "tap.h"


/* SRTCP with an index of choice, as libsrtp would send it */

static size_t
make_rtcp(rtc_srtp_gcm_t *g, uint8_t *p, uint32_t ssrc, uint32_t word,
    size_t size)
{
    size_t             len;
    uint8_t            plain[1500], out[1600];
    rtc_srtp_packet_t  pkt;

    memset(plain, 0x66, sizeof(plain));
    memcpy(plain, "\x80\xc9\x00\x01", 4);
    rtc_write_u32(plain + 4, ssrc);

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = plain;

    /* the word is the end of what is authentic only */

    if (word & RTC_SRTCP_E) {
        memmove(plain + 12, plain + 8, size - 8);
        rtc_write_u32(plain + 8, word);
        pkt.header_len = 12;
        pkt.payload = plain + 12;
        pkt.payload_len = size - 8;

    } else {
        rtc_write_u32(plain + size, word);
        pkt.header_len = size + 4;
    }

    if (rtc_srtp_gcm_protect(g, ssrc, word & ~RTC_SRTCP_E, &pkt, out, &len)
        != RTC_OK)
    {
        return 0;
    }

    memcpy(p, out, pkt.header_len - 4);
    memcpy(p + pkt.header_len - 4, out + pkt.header_len,
           len - pkt.header_len);
    rtc_write_u32(p + len - 4, word);

    return len;
}


/* cut, and with each bit flipped, in memory of its size */

static int
forge_rtcp(rtc_srtp_t *s, const uint8_t *saved, size_t full)
{
    int       bad;
    size_t    i, len;
    uint8_t  *p;

    bad = 0;

    for (i = 0; i < full; i++) {
        p = malloc(i + 1);
        memcpy(p, saved, i);
        len = i;
        bad += rtc_srtp_unprotect_rtcp(s, p, &len) == RTC_SRTP_OK;
        free(p);
    }

    p = malloc(full);

    for (i = 0; i < full * 8; i++) {
        memcpy(p, saved, full);
        p[i / 8] ^= (uint8_t) (1 << i % 8);
        len = full;
        bad += rtc_srtp_unprotect_rtcp(s, p, &len) == RTC_SRTP_OK;
    }

    free(p);

    return bad;
}


static void
test_rtcp(int encrypted)
{
    int              n, bad;
    size_t           len, size, full;
    srtp_t           peer;
    uint8_t          plain[1300], p[1400], saved[1400];
    rtc_srtp_t      *s;
    srtp_policy_t    policy;
    rtc_srtp_keys_t  keys;

    printf("# SRTCP, E flag %d\n", encrypted);

    make_keys(&keys, RTC_SRTP_AEAD_AES_128_GCM);

    memset(&policy, 0, sizeof(policy));
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    policy.rtcp.sec_serv = encrypted ? sec_serv_conf_and_auth : sec_serv_auth;
    policy.ssrc.type = ssrc_any_outbound;
    policy.key = keys.rx;

    ok(srtp_create(&peer, &policy) == srtp_err_status_ok, "a peer");
    s = rtc_srtp_create();
    rtc_srtp_set_keys(s, &keys);

    memset(plain, 0x42, sizeof(plain));
    memcpy(plain, "\x80\xc9\x00\x01", 4);
    rtc_write_u32(plain + 4, SSRC);

    bad = 0;
    full = 0;

    for (size = 8; size < 1200; size += 4) {
        memcpy(p, plain, size);
        n = (int) size;
        bad += srtp_protect_rtcp(peer, p, &n) != srtp_err_status_ok;
        full = (size_t) n;
        bad += (p[full - 4] >> 7) != encrypted;
        bad += (memcmp(p + 8, plain + 8, size - 8) == 0)
               != (!encrypted || size == 8);
        memcpy(saved, p, full);

        if (size <= 64) {
            bad += forge_rtcp(s, saved, full);
        }

        len = full;
        bad += rtc_srtp_unprotect_rtcp(s, p, &len) != RTC_SRTP_OK
               || len != size || memcmp(p, plain, size) != 0;

        len = full;
        memcpy(p, saved, full);
        bad += rtc_srtp_unprotect_rtcp(s, p, &len) != RTC_SRTP_REPLAYED;
    }

    is_int(bad, 0, "every size; cut, forged and replayed none");
    is_int(ERR_peek_error(), 0, "nothing stays in OpenSSL's queue");

    rtc_srtp_destroy(s);
    srtp_dealloc(peer);
}


static rtc_srtp_result_e
send_rtcp(rtc_srtp_t *s, rtc_srtp_gcm_t *g, uint32_t ssrc, uint32_t index)
{
    size_t   len;
    uint8_t  p[128];

    len = make_rtcp(g, p, ssrc, RTC_SRTCP_E | index, 32);

    return rtc_srtp_unprotect_rtcp(s, p, &len);
}


static void
test_rtcp_index(void)
{
    int              n, bad;
    size_t           len;
    srtp_t           peer, other;
    uint8_t          p[128];
    uint32_t         i;
    rtc_srtp_t      *s;
    rtc_srtp_gcm_t  *g;
    rtc_srtp_keys_t  keys;

    printf("# the index of SRTCP\n");

    make_keys(&keys, RTC_SRTP_AEAD_AES_128_GCM);
    g = rtc_srtp_gcm_create_rtcp(keys.rx, keys.rx + RTC_SRTP_KEY);
    other = oracle(RTC_SRTP_AEAD_AES_128_GCM, keys.rx, ssrc_any_inbound);
    s = gcm_receiver(&peer);

    n = (int) make_rtcp(g, p, SSRC, RTC_SRTCP_E | 0x7ffffffe, 32);
    ok(srtp_unprotect_rtcp(other, p, &n) == srtp_err_status_ok && n == 32,
       "libsrtp takes what is made here");

    is_int(send_rtcp(s, g, SSRC, 0), RTC_SRTP_OK, "index 0");
    is_int(send_rtcp(s, g, SSRC, 0), RTC_SRTP_REPLAYED, "again");
    is_int(send_rtcp(s, g, SSRC, 100), RTC_SRTP_OK, "a gap");
    is_int(send_rtcp(s, g, SSRC, 36), RTC_SRTP_REPLAYED, "behind the window");

    bad = 0;

    for (i = 99; i >= 37; i--) {
        bad += send_rtcp(s, g, SSRC, i) != RTC_SRTP_OK;
        bad += send_rtcp(s, g, SSRC, i) != RTC_SRTP_REPLAYED;
    }

    is_int(bad, 0, "backwards through the window, each once");
    is_int(send_rtcp(s, g, SSRC, 163), RTC_SRTP_OK, "ahead by 63");
    is_int(send_rtcp(s, g, SSRC, 100), RTC_SRTP_REPLAYED, "still known");
    is_int(send_rtcp(s, g, SSRC, 101), RTC_SRTP_OK, "but not the next one");

    is_int(send_rtcp(s, g, SSRC + 1, 5), RTC_SRTP_OK,
           "another SSRC has a window of its own");

    is_int(send_rtcp(s, g, SSRC, 0x7ffffffe), RTC_SRTP_OK, "2^31 - 2");
    is_int(send_rtcp(s, g, SSRC, 0x7fffffff), RTC_SRTP_OK, "the last one");
    is_int(send_rtcp(s, g, SSRC, 0x7ffffffd), RTC_SRTP_OK, "a late one");
    is_int(send_rtcp(s, g, SSRC, 0x7fffffff), RTC_SRTP_REPLAYED,
           "the last one again");
    is_int(send_rtcp(s, g, SSRC, 0), RTC_SRTP_REPLAYED, "it does not wrap");
    is_int(send_rtcp(s, g, SSRC, 1), RTC_SRTP_REPLAYED, "nor to 1");

    len = make_rtcp(g, p, SSRC + 1, 6, 32);
    is_int(rtc_srtp_unprotect_rtcp(s, p, &len), RTC_SRTP_OK,
           "both E flags under one SSRC");
    is_int(send_rtcp(s, g, SSRC + 1, 6), RTC_SRTP_REPLAYED,
           "have the index in common");

    len = peer_rtp(peer, p, 40000, SSRC + 1);
    is_int(rtc_srtp_unprotect(s, p, &len), RTC_SRTP_OK,
           "RTP of an SSRC that is known of RTCP");

    rtc_srtp_remove_receiver(s, SSRC + 1);
    is_int(send_rtcp(s, g, SSRC + 1, 7), RTC_SRTP_SSRC, "a removed SSRC");

    for (i = 1; i < RTC_SRTP_RECEIVERS; i++) {
        bad += send_rtcp(s, g, SSRC + 1 + i, 1) != RTC_SRTP_OK;
    }

    is_int(bad, 0, "as many SSRCs as there may be");
    is_int(send_rtcp(s, g, 1, 1), RTC_SRTP_SSRC, "one too many");
    is_int(send_rtcp(s, g, SSRC + 2, 2), RTC_SRTP_OK, "a known one");

    rtc_srtp_gcm_destroy(g);
    rtc_srtp_destroy(s);
    srtp_dealloc(other);
    srtp_dealloc(peer);
}


int
main(void)
{
    if (rtc_srtp_library_init() != RTC_OK) {
        return 1;
    }

    test_rtcp(1);
    test_rtcp(0);
    test_rtcp_index();

    rtc_srtp_library_shutdown();

    return done();
}
