
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <limits.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "rtc_bytes.h"
#include "rtc_srtp_gcm.h"


#define RTC_SRTP_GCM_IV  12


struct rtc_srtp_gcm_s {
    EVP_CIPHER_CTX  *cipher;
    uint8_t          salt[RTC_SRTP_GCM_SALT];
};


int
rtc_srtp_kdf(const uint8_t *key, const uint8_t *salt, uint8_t label,
    uint8_t *out, size_t len)
{
    int              n, rc;
    uint8_t          iv[16];
    EVP_CIPHER_CTX  *cipher;

    if (len > INT_MAX) {
        return RTC_ERROR;
    }

    /* RFC 3711, 4.3.3: the counter starts at (salt XOR label << 48) << 16 */

    memcpy(iv, salt, 14);
    iv[7] ^= label;
    iv[14] = 0;
    iv[15] = 0;

    cipher = EVP_CIPHER_CTX_new();
    if (cipher == NULL) {
        return RTC_ERROR;
    }

    memset(out, 0, len);

    rc = EVP_EncryptInit_ex(cipher, EVP_aes_128_ctr(), NULL, key, iv) == 1
         && EVP_EncryptUpdate(cipher, out, &n, out, (int) len) == 1;

    EVP_CIPHER_CTX_free(cipher);

    return rc ? RTC_OK : RTC_ERROR;
}


rtc_srtp_gcm_t *
rtc_srtp_gcm_create(const uint8_t *key, const uint8_t *salt)
{
    uint8_t          master[14], session[RTC_SRTP_KEY];
    uint8_t          session_salt[RTC_SRTP_GCM_SALT];
    rtc_srtp_gcm_t  *g;

    /* RFC 7714, 11: the salt of 12 bytes gets two of zero behind it */

    memcpy(master, salt, RTC_SRTP_GCM_SALT);
    master[12] = 0;
    master[13] = 0;

    g = NULL;

    if (rtc_srtp_kdf(key, master, RTC_SRTP_LABEL_KEY, session, RTC_SRTP_KEY)
        == RTC_OK
        && rtc_srtp_kdf(key, master, RTC_SRTP_LABEL_SALT, session_salt,
                        RTC_SRTP_GCM_SALT) == RTC_OK)
    {
        g = rtc_srtp_gcm_create_session(session, session_salt);
    }

    OPENSSL_cleanse(session, sizeof(session));

    return g;
}


rtc_srtp_gcm_t *
rtc_srtp_gcm_create_session(const uint8_t *key, const uint8_t *salt)
{
    rtc_srtp_gcm_t  *g;

    g = calloc(1, sizeof(rtc_srtp_gcm_t));
    if (g == NULL) {
        return NULL;
    }

    memcpy(g->salt, salt, RTC_SRTP_GCM_SALT);

    g->cipher = EVP_CIPHER_CTX_new();

    if (g->cipher == NULL
        || EVP_EncryptInit_ex(g->cipher, EVP_aes_128_gcm(), NULL, key, NULL)
           != 1)
    {
        rtc_srtp_gcm_destroy(g);
        return NULL;
    }

    return g;
}


void
rtc_srtp_gcm_destroy(rtc_srtp_gcm_t *g)
{
    if (g == NULL) {
        return;
    }

    EVP_CIPHER_CTX_free(g->cipher);
    OPENSSL_cleanse(g, sizeof(rtc_srtp_gcm_t));
    free(g);
}


int
rtc_srtp_gcm_protect(rtc_srtp_gcm_t *g, uint32_t ssrc, uint64_t index,
    const rtc_srtp_packet_t *pkt, uint8_t *out, size_t *out_len)
{
    int       n;
    uint8_t   iv[RTC_SRTP_GCM_IV], *p;
    unsigned  i;

    if (pkt->header_len > INT_MAX || pkt->prefix_len > INT_MAX
        || pkt->payload_len > INT_MAX)
    {
        return RTC_ERROR;
    }

    /* RFC 7714, 8.1: 0x0000, SSRC, ROC and SEQ, XOR the session salt */

    p = rtc_write_u16(iv, 0);
    p = rtc_write_u32(p, ssrc);
    p = rtc_write_u16(p, (uint16_t) (index >> 32));
    rtc_write_u32(p, (uint32_t) index);

    for (i = 0; i < RTC_SRTP_GCM_IV; i++) {
        iv[i] ^= g->salt[i];
    }

    if (EVP_EncryptInit_ex(g->cipher, NULL, NULL, NULL, iv) != 1
        || EVP_EncryptUpdate(g->cipher, NULL, &n, pkt->header,
                             (int) pkt->header_len) != 1)
    {
        return RTC_ERROR;
    }

    p = rtc_write_bytes(out, pkt->header, pkt->header_len);

    if (pkt->prefix_len) {
        if (EVP_EncryptUpdate(g->cipher, p, &n, pkt->prefix,
                              (int) pkt->prefix_len) != 1)
        {
            return RTC_ERROR;
        }

        p += n;
    }

    if (pkt->payload_len) {
        if (EVP_EncryptUpdate(g->cipher, p, &n, pkt->payload,
                              (int) pkt->payload_len) != 1)
        {
            return RTC_ERROR;
        }

        p += n;
    }

    if (EVP_EncryptFinal_ex(g->cipher, p, &n) != 1
        || EVP_CIPHER_CTX_ctrl(g->cipher, EVP_CTRL_AEAD_GET_TAG,
                               RTC_SRTP_GCM_TAG, p) != 1)
    {
        return RTC_ERROR;
    }

    *out_len = (size_t) (p - out) + RTC_SRTP_GCM_TAG;

    return RTC_OK;
}
