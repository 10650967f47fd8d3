
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


static rtc_srtp_gcm_t *rtc_srtp_gcm_derive(const uint8_t *key,
    const uint8_t *salt, uint8_t key_label, uint8_t salt_label, int encrypt);
static rtc_srtp_gcm_t *rtc_srtp_gcm_session(const uint8_t *key,
    const uint8_t *salt, int encrypt);
static void rtc_srtp_gcm_iv(const rtc_srtp_gcm_t *g, uint32_t ssrc,
    uint64_t index, uint8_t *iv);
static int rtc_srtp_gcm_open(rtc_srtp_gcm_t *g, const uint8_t *iv,
    size_t aad, const uint8_t *word, uint8_t *p, size_t len);
static size_t rtc_srtp_gcm_header(const uint8_t *p, size_t len);


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
    return rtc_srtp_gcm_derive(key, salt, RTC_SRTP_LABEL_KEY,
                               RTC_SRTP_LABEL_SALT, 1);
}


rtc_srtp_gcm_t *
rtc_srtp_gcm_create_rtcp(const uint8_t *key, const uint8_t *salt)
{
    return rtc_srtp_gcm_derive(key, salt, RTC_SRTCP_LABEL_KEY,
                               RTC_SRTCP_LABEL_SALT, 1);
}


rtc_srtp_gcm_t *
rtc_srtp_gcm_create_receiver(const uint8_t *key, const uint8_t *salt)
{
    return rtc_srtp_gcm_derive(key, salt, RTC_SRTP_LABEL_KEY,
                               RTC_SRTP_LABEL_SALT, 0);
}


rtc_srtp_gcm_t *
rtc_srtp_gcm_create_rtcp_receiver(const uint8_t *key, const uint8_t *salt)
{
    return rtc_srtp_gcm_derive(key, salt, RTC_SRTCP_LABEL_KEY,
                               RTC_SRTCP_LABEL_SALT, 0);
}


static rtc_srtp_gcm_t *
rtc_srtp_gcm_derive(const uint8_t *key, const uint8_t *salt,
    uint8_t key_label, uint8_t salt_label, int encrypt)
{
    uint8_t          master[14], session[RTC_SRTP_KEY];
    uint8_t          session_salt[RTC_SRTP_GCM_SALT];
    rtc_srtp_gcm_t  *g;

    /* RFC 7714, 11: the salt of 12 bytes gets two of zero behind it */

    memcpy(master, salt, RTC_SRTP_GCM_SALT);
    master[12] = 0;
    master[13] = 0;

    g = NULL;

    if (rtc_srtp_kdf(key, master, key_label, session, RTC_SRTP_KEY) == RTC_OK
        && rtc_srtp_kdf(key, master, salt_label, session_salt,
                        RTC_SRTP_GCM_SALT) == RTC_OK)
    {
        g = rtc_srtp_gcm_session(session, session_salt, encrypt);
    }

    OPENSSL_cleanse(session, sizeof(session));

    return g;
}


rtc_srtp_gcm_t *
rtc_srtp_gcm_create_session(const uint8_t *key, const uint8_t *salt)
{
    return rtc_srtp_gcm_session(key, salt, 1);
}


static rtc_srtp_gcm_t *
rtc_srtp_gcm_session(const uint8_t *key, const uint8_t *salt, int encrypt)
{
    rtc_srtp_gcm_t  *g;

    g = calloc(1, sizeof(rtc_srtp_gcm_t));
    if (g == NULL) {
        return NULL;
    }

    memcpy(g->salt, salt, RTC_SRTP_GCM_SALT);

    g->cipher = EVP_CIPHER_CTX_new();

    if (g->cipher == NULL
        || EVP_CipherInit_ex(g->cipher, EVP_aes_128_gcm(), NULL, key, NULL,
                             encrypt)
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
    int      n;
    uint8_t  iv[RTC_SRTP_GCM_IV], pad[UINT8_MAX], *p;

    if (pkt->header_len > INT_MAX || pkt->prefix_len > INT_MAX
        || pkt->payload_len > INT_MAX)
    {
        return RTC_ERROR;
    }

    rtc_srtp_gcm_iv(g, ssrc, index, iv);

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

    if (pkt->pad) {
        rtc_srtp_write_pad(pad, pkt->pad);

        if (EVP_EncryptUpdate(g->cipher, p, &n, pad, pkt->pad) != 1) {
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


/* RFC 7714, 8.1: 0x0000, SSRC, ROC and SEQ, XOR the session salt */

static void
rtc_srtp_gcm_iv(const rtc_srtp_gcm_t *g, uint32_t ssrc, uint64_t index,
    uint8_t *iv)
{
    uint8_t   *p;
    unsigned   i;

    p = rtc_write_u16(iv, 0);
    p = rtc_write_u32(p, ssrc);
    p = rtc_write_u16(p, (uint16_t) (index >> 32));
    rtc_write_u32(p, (uint32_t) index);

    for (i = 0; i < RTC_SRTP_GCM_IV; i++) {
        iv[i] ^= g->salt[i];
    }
}


int
rtc_srtp_gcm_unprotect(rtc_srtp_gcm_t *g, uint32_t ssrc, uint64_t index,
    uint8_t *p, size_t *len)
{
    uint8_t  iv[RTC_SRTP_GCM_IV];

    if (!rtc_srtp_gcm_is_rtp(p, *len)) {
        return RTC_ERROR;
    }

    rtc_srtp_gcm_iv(g, ssrc, index, iv);

    if (rtc_srtp_gcm_open(g, iv, rtc_srtp_gcm_header(p, *len), NULL, p, *len)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    *len -= RTC_SRTP_GCM_TAG;

    return RTC_OK;
}


/* GCM encrypts in counter mode: the same once more undoes it */

int
rtc_srtp_gcm_restore(rtc_srtp_gcm_t *g, uint32_t ssrc, uint64_t index,
    uint8_t *p, size_t len)
{
    int      n;
    size_t   header;
    uint8_t  iv[RTC_SRTP_GCM_IV];

    if (!rtc_srtp_gcm_is_rtp(p, len)) {
        return RTC_ERROR;
    }

    header = rtc_srtp_gcm_header(p, len);
    len -= header + RTC_SRTP_GCM_TAG;

    rtc_srtp_gcm_iv(g, ssrc, index, iv);

    if (EVP_DecryptInit_ex(g->cipher, NULL, NULL, NULL, iv) != 1
        || (len && EVP_DecryptUpdate(g->cipher, p + header, &n, p + header,
                                     (int) len) != 1))
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


/*
 * RFC 7714, 9: behind the tag stands the word, which is authentic as the
 * header is.  Without its E flag nothing is encrypted, and all of it is.
 */

int
rtc_srtp_gcm_unprotect_rtcp(rtc_srtp_gcm_t *g, uint8_t *p, size_t *len)
{
    size_t          n, aad;
    uint8_t         iv[RTC_SRTP_GCM_IV];
    uint32_t        word;
    const uint8_t  *trailer;

    if (!rtc_srtp_gcm_is_rtcp(p, *len)) {
        return RTC_ERROR;
    }

    n = *len - RTC_SRTCP_WORD;
    trailer = p + n;
    word = rtc_get_u32(trailer);
    aad = word & RTC_SRTCP_E ? RTC_RTCP_HEADER : n - RTC_SRTP_GCM_TAG;

    rtc_srtp_gcm_iv(g, rtc_get_u32(p + 4), word & ~RTC_SRTCP_E, iv);

    if (rtc_srtp_gcm_open(g, iv, aad, trailer, p, n) != RTC_OK) {
        return RTC_ERROR;
    }

    *len = n - RTC_SRTP_GCM_TAG;

    return RTC_OK;
}


/* the first aad bytes and the word are authentic only, the tag stands last */

static int
rtc_srtp_gcm_open(rtc_srtp_gcm_t *g, const uint8_t *iv, size_t aad,
    const uint8_t *word, uint8_t *p, size_t len)
{
    int       n, payload;
    uint8_t  *text, *tag;

    text = p + aad;
    tag = p + len - RTC_SRTP_GCM_TAG;
    payload = (int) (tag - text);

    if (EVP_DecryptInit_ex(g->cipher, NULL, NULL, NULL, iv) != 1
        || EVP_DecryptUpdate(g->cipher, NULL, &n, p, (int) aad) != 1
        || (word && EVP_DecryptUpdate(g->cipher, NULL, &n, word,
                                      RTC_SRTCP_WORD) != 1)
        || (payload && EVP_DecryptUpdate(g->cipher, text, &n, text, payload)
                       != 1)
        || EVP_CIPHER_CTX_ctrl(g->cipher, EVP_CTRL_AEAD_SET_TAG,
                               RTC_SRTP_GCM_TAG, tag) != 1
        || EVP_DecryptFinal_ex(g->cipher, tag, &n) != 1)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_srtp_gcm_is_rtp(const uint8_t *p, size_t len)
{
    size_t  header;

    header = rtc_srtp_gcm_header(p, len);

    return header && len <= INT_MAX && len - header >= RTC_SRTP_GCM_TAG;
}


int
rtc_srtp_gcm_is_rtcp(const uint8_t *p, size_t len)
{
    return len <= INT_MAX
           && len >= RTC_RTCP_HEADER + RTC_SRTP_GCM_TAG + RTC_SRTCP_WORD;
}


/* RFC 3550, 5.1: with CSRCs and extension; 0 if it is longer than the packet */

static size_t
rtc_srtp_gcm_header(const uint8_t *p, size_t len)
{
    size_t  n;

    if (len < RTC_RTP_HEADER) {
        return 0;
    }

    n = RTC_RTP_HEADER + 4 * (size_t) (p[0] & 0x0f);

    if (p[0] & 0x10) {
        if (len < n + 4) {
            return 0;
        }

        n += 4 + 4 * (size_t) rtc_get_u16(p + n + 2);
    }

    return n <= len ? n : 0;
}
