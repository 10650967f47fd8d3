
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * libsrtp2 as the peer in tests of SRTP, and what it sends.
 */


#ifndef SRTP_ORACLE_H_INCLUDED
#define SRTP_ORACLE_H_INCLUDED


#include <srtp2/srtp.h>

#include "rtc_bytes.h"
#include "rtc_srtp.h"


#define SSRC  0x5501a0b2


static inline srtp_t
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


static inline void
make_keys(rtc_srtp_keys_t *keys, rtc_srtp_profile_e profile)
{
    size_t  i;

    keys->profile = profile;

    for (i = 0; i < RTC_SRTP_MASTER; i++) {
        keys->tx[i] = (uint8_t) (i * 7 + 1);
        keys->rx[i] = (uint8_t) (i * 11 + 3);
    }
}


static inline void
make_header(uint8_t *p, uint16_t seq, uint32_t ssrc)
{
    p[0] = 0x80;
    p[1] = 96;
    rtc_write_u16(p + 2, seq);
    rtc_write_u32(p + 4, 0x12345678);
    rtc_write_u32(p + 8, ssrc);
}


static inline size_t
peer_rtp(srtp_t peer, uint8_t *p, uint16_t seq, uint32_t ssrc)
{
    int  n;

    make_header(p, seq, ssrc);
    memset(p + 12, 0x55, 40);
    n = 52;

    return srtp_protect(peer, p, &n) == srtp_err_status_ok ? (size_t) n : 0;
}


/* under AES-GCM, and the peer that sends to it */

static inline rtc_srtp_t *
gcm_receiver(srtp_t *peer)
{
    rtc_srtp_t      *s;
    rtc_srtp_keys_t  keys;

    make_keys(&keys, RTC_SRTP_AEAD_AES_128_GCM);
    *peer = oracle(RTC_SRTP_AEAD_AES_128_GCM, keys.rx, ssrc_any_outbound);
    s = rtc_srtp_create();
    rtc_srtp_set_keys(s, &keys);

    return s;
}


#endif /* SRTP_ORACLE_H_INCLUDED */
