
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>

#include "rtc_bytes.h"
#include "rtc_crypto.h"
#include "rtc_link.h"


#define RTC_LINK_MAGIC      0x636f6e66  /* "conf" */
#define RTC_LINK_ROLE_LEN   8


static const rtc_str_t  rtc_link_mac_label = rtc_string("conference link mac");
static const rtc_str_t  rtc_link_key_label = rtc_string("conference link keys");
static const rtc_str_t  rtc_link_psk_label = rtc_string("conference link tls");

static const char  rtc_link_role_connector[RTC_LINK_ROLE_LEN] = "connect";
static const char  rtc_link_role_acceptor[RTC_LINK_ROLE_LEN] = "accept";
static const char  rtc_link_role_another[RTC_LINK_ROLE_LEN] = "another";


static uint8_t *rtc_link_write_hello(uint8_t *p,
    const rtc_link_hello_t *hello);
static int rtc_link_parse_hello(rtc_link_hello_t *hello, const uint8_t *p,
    size_t len);
static int rtc_link_hello(rtc_link_handshake_t *hs, const uint8_t *p,
    size_t len, uint8_t *out, size_t *out_len, const char **reason);
static int rtc_link_answer(rtc_link_handshake_t *hs, const uint8_t *p,
    size_t len, uint8_t *out, size_t *out_len, const char **reason);
static int rtc_link_proof(rtc_link_handshake_t *hs, const uint8_t *p,
    size_t len, const char **reason);
static int rtc_link_mac(const rtc_link_handshake_t *hs, const char *role,
    uint8_t *mac);
static int rtc_link_check(const rtc_link_handshake_t *hs, const char *role,
    const uint8_t *mac, const char **reason);


int
rtc_link_secret_init(rtc_link_secret_t *secret, rtc_str_t text)
{
    rtc_str_t  none = { NULL, 0 };

    if (rtc_hkdf_sha256(secret->mac, sizeof(secret->mac), text, none,
                        rtc_link_mac_label)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    if (rtc_hkdf_sha256(secret->keys, sizeof(secret->keys), text, none,
                        rtc_link_key_label)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    return rtc_hkdf_sha256(secret->psk, sizeof(secret->psk), text, none,
                           rtc_link_psk_label);
}


int
rtc_link_is_wid(const uint8_t *p, size_t len)
{
    size_t  i;

    if (len != RTC_LINK_WID_LEN) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (!(p[i] >= '0' && p[i] <= '9') && !(p[i] >= 'a' && p[i] <= 'f')) {
            return 0;
        }
    }

    return 1;
}


int
rtc_link_parse_address(rtc_addr_t *addr, const uint8_t *p, size_t len)
{
    char            text[RTC_LINK_ADDRESS_LEN];
    uint32_t        port;
    const uint8_t  *colon, *last;

    memset(addr, 0, sizeof(rtc_addr_t));

    addr->family = AF_INET;
    addr->proto = RTC_TCP;

    last = p + len;

    if (len == 0 || len > RTC_LINK_ADDRESS_LEN) {
        return RTC_ERROR;
    }

    for (colon = last - 1; *colon != ':'; colon--) {
        if (colon == p) {
            return RTC_ERROR;
        }
    }

    port = 0;

    for (len = 1; colon + len < last; len++) {

        if (colon[len] < '0' || colon[len] > '9' || len > 5) {
            return RTC_ERROR;
        }

        port = port * 10 + (colon[len] - '0');
    }

    if (port == 0 || port > 65535) {
        return RTC_ERROR;
    }

    addr->port = (uint16_t) port;

    if (colon - p > 2 && p[0] == '[' && colon[-1] == ']') {
        addr->family = AF_INET6;
        p++;
        colon--;
    }

    len = (size_t) (colon - p);

    memcpy(text, p, len);
    text[len] = '\0';

    return strlen(text) == len && inet_pton(addr->family, text, addr->addr) == 1
           ? RTC_OK : RTC_ERROR;
}


void
rtc_link_connect(rtc_link_handshake_t *hs, const rtc_link_secret_t *secret,
    const rtc_link_hello_t *hello, uint8_t *out)
{
    memset(hs, 0, sizeof(rtc_link_handshake_t));

    hs->secret = secret;
    hs->state = RTC_LINK_ANSWER;
    hs->hello = *hello;
    memcpy(hs->wid, hello->from, RTC_LINK_WID_LEN);

    (void) rtc_link_write_hello(out, hello);
}


void
rtc_link_accept(rtc_link_handshake_t *hs, const rtc_link_secret_t *secret,
    const uint8_t *wid, const uint8_t *nonce)
{
    memset(hs, 0, sizeof(rtc_link_handshake_t));

    hs->secret = secret;
    hs->state = RTC_LINK_HELLO;
    memcpy(hs->wid, wid, RTC_LINK_WID_LEN);
    memcpy(hs->nonce, nonce, RTC_LINK_NONCE_LEN);
}


static uint8_t *
rtc_link_write_hello(uint8_t *p, const rtc_link_hello_t *hello)
{
    p = rtc_write_u32(p, RTC_LINK_MAGIC);
    p = rtc_write_u8(p, RTC_LINK_VERSION);
    p = rtc_write_bytes(p, hello->from, RTC_LINK_WID_LEN);
    p = rtc_write_bytes(p, hello->to, RTC_LINK_WID_LEN);
    p = rtc_write_u64(p, hello->attempt);
    p = rtc_write_u64(p, hello->seen);

    return rtc_write_bytes(p, hello->nonce, RTC_LINK_NONCE_LEN);
}


static int
rtc_link_parse_hello(rtc_link_hello_t *hello, const uint8_t *p, size_t len)
{
    uint8_t         version;
    uint32_t        magic;
    const uint8_t  *end, *from, *to, *nonce;

    end = p + len;

    p = rtc_read_u32(p, end, &magic);
    p = rtc_read_u8(p, end, &version);
    p = rtc_read_bytes(p, end, RTC_LINK_WID_LEN, &from);
    p = rtc_read_bytes(p, end, RTC_LINK_WID_LEN, &to);
    p = rtc_read_u64(p, end, &hello->attempt);
    p = rtc_read_u64(p, end, &hello->seen);
    p = rtc_read_bytes(p, end, RTC_LINK_NONCE_LEN, &nonce);

    if (p == NULL || p != end || magic != RTC_LINK_MAGIC
        || version != RTC_LINK_VERSION || hello->attempt == 0
        || !rtc_link_is_wid(from, RTC_LINK_WID_LEN))
    {
        return RTC_ERROR;
    }

    memcpy(hello->from, from, RTC_LINK_WID_LEN);
    memcpy(hello->to, to, RTC_LINK_WID_LEN);
    memcpy(hello->nonce, nonce, RTC_LINK_NONCE_LEN);

    return RTC_OK;
}


size_t
rtc_link_want(const rtc_link_handshake_t *hs)
{
    switch (hs->state) {

    case RTC_LINK_HELLO:
        return RTC_LINK_HELLO_LEN;

    case RTC_LINK_ANSWER:
        return RTC_LINK_ANSWER_LEN;

    case RTC_LINK_PROOF:
        return RTC_LINK_PROOF_LEN;

    default:
        return 0;
    }
}


int
rtc_link_input(rtc_link_handshake_t *hs, const uint8_t *p, size_t len,
    uint8_t *out, size_t *out_len, const char **reason)
{
    int  rc;

    *out_len = 0;
    *reason = "it is over";

    switch (hs->state) {

    case RTC_LINK_HELLO:
        rc = rtc_link_hello(hs, p, len, out, out_len, reason);
        break;

    case RTC_LINK_ANSWER:
        rc = rtc_link_answer(hs, p, len, out, out_len, reason);
        break;

    case RTC_LINK_PROOF:
        rc = rtc_link_proof(hs, p, len, reason);
        break;

    default:
        rc = RTC_ERROR;
    }

    if (rc != RTC_AGAIN) {
        hs->state = (rc == RTC_OK) ? RTC_LINK_DONE : RTC_LINK_FAILED;
    }

    return rc;
}


static int
rtc_link_hello(rtc_link_handshake_t *hs, const uint8_t *p, size_t len,
    uint8_t *out, size_t *out_len, const char **reason)
{
    int      ours;
    uint8_t  mac[RTC_LINK_MAC_LEN];

    if (rtc_link_parse_hello(&hs->hello, p, len) != RTC_OK
        || memcmp(hs->hello.from, hs->wid, RTC_LINK_WID_LEN) == 0)
    {
        *reason = "it is no hello of this version";
        return RTC_ERROR;
    }

    ours = (memcmp(hs->hello.to, hs->wid, RTC_LINK_WID_LEN) == 0);

    if (rtc_link_mac(hs, ours ? rtc_link_role_acceptor : rtc_link_role_another,
                     mac)
        != RTC_OK)
    {
        *reason = "no MAC";
        return RTC_ERROR;
    }

    out = rtc_write_bytes(out, hs->wid, RTC_LINK_WID_LEN);
    out = rtc_write_bytes(out, hs->nonce, RTC_LINK_NONCE_LEN);
    (void) rtc_write_bytes(out, mac, RTC_LINK_MAC_LEN);

    *out_len = RTC_LINK_ANSWER_LEN;

    if (!ours) {
        *reason = "the hello is for another worker";
        return RTC_ERROR;
    }

    hs->state = RTC_LINK_PROOF;

    return RTC_AGAIN;
}


static int
rtc_link_answer(rtc_link_handshake_t *hs, const uint8_t *p, size_t len,
    uint8_t *out, size_t *out_len, const char **reason)
{
    const uint8_t  *end, *wid, *nonce, *mac;

    end = p + len;

    p = rtc_read_bytes(p, end, RTC_LINK_WID_LEN, &wid);
    p = rtc_read_bytes(p, end, RTC_LINK_NONCE_LEN, &nonce);
    p = rtc_read_bytes(p, end, RTC_LINK_MAC_LEN, &mac);

    if (p == NULL || p != end) {
        *reason = "it is no answer";
        return RTC_ERROR;
    }

    memcpy(hs->nonce, nonce, RTC_LINK_NONCE_LEN);

    if (memcmp(wid, hs->hello.to, RTC_LINK_WID_LEN) != 0) {

        if (rtc_link_check(hs, rtc_link_role_another, mac, reason) != RTC_OK) {
            return RTC_ERROR;
        }

        *reason = "another worker answered";
        return RTC_DECLINED;
    }

    if (rtc_link_check(hs, rtc_link_role_acceptor, mac, reason) != RTC_OK) {
        return RTC_ERROR;
    }

    if (rtc_link_mac(hs, rtc_link_role_connector, out) != RTC_OK) {
        *reason = "no MAC";
        return RTC_ERROR;
    }

    *out_len = RTC_LINK_PROOF_LEN;

    return RTC_OK;
}


static int
rtc_link_proof(rtc_link_handshake_t *hs, const uint8_t *p, size_t len,
    const char **reason)
{
    if (len != RTC_LINK_PROOF_LEN) {
        *reason = "it is no proof";
        return RTC_ERROR;
    }

    return rtc_link_check(hs, rtc_link_role_connector, p, reason);
}


/* everything that the two have said before goes into it, and who says it */

static int
rtc_link_mac(const rtc_link_handshake_t *hs, const char *role, uint8_t *mac)
{
    uint8_t  *p, text[RTC_LINK_ROLE_LEN + RTC_LINK_HELLO_LEN
                      + RTC_LINK_NONCE_LEN];

    p = rtc_write_bytes(text, role, RTC_LINK_ROLE_LEN);
    p = rtc_link_write_hello(p, &hs->hello);
    p = rtc_write_bytes(p, hs->nonce, RTC_LINK_NONCE_LEN);

    return rtc_hmac_sha256(mac, hs->secret->mac, sizeof(hs->secret->mac),
                           text, (size_t) (p - text));
}


static int
rtc_link_check(const rtc_link_handshake_t *hs, const char *role,
    const uint8_t *mac, const char **reason)
{
    uint8_t  ours[RTC_LINK_MAC_LEN];

    if (rtc_link_mac(hs, role, ours) != RTC_OK
        || !rtc_equal(ours, mac, RTC_LINK_MAC_LEN))
    {
        *reason = "its secret is another one";
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_link_key(const rtc_link_handshake_t *hs, const char *label, int connector,
    uint8_t *key, size_t len)
{
    size_t      n;
    uint8_t    *p, salt[2 * RTC_LINK_NONCE_LEN];
    uint8_t     info[RTC_LINK_MAX_LABEL + 1 + 2 * RTC_LINK_WID_LEN];
    rtc_str_t   from, with, over;

    n = strlen(label);

    if (hs->state != RTC_LINK_DONE || n > RTC_LINK_MAX_LABEL) {
        return RTC_ERROR;
    }

    p = rtc_write_bytes(salt, hs->hello.nonce, RTC_LINK_NONCE_LEN);
    (void) rtc_write_bytes(p, hs->nonce, RTC_LINK_NONCE_LEN);

    p = rtc_write_bytes(info, label, n);
    p = rtc_write_u8(p, 0);
    p = rtc_write_bytes(p, connector ? hs->hello.from : hs->hello.to,
                        RTC_LINK_WID_LEN);
    p = rtc_write_bytes(p, connector ? hs->hello.to : hs->hello.from,
                        RTC_LINK_WID_LEN);

    from.data = hs->secret->keys;
    from.len = sizeof(hs->secret->keys);
    with.data = salt;
    with.len = sizeof(salt);
    over.data = info;
    over.len = (size_t) (p - info);

    return rtc_hkdf_sha256(key, len, from, with, over);
}


int
rtc_link_takes(const rtc_link_choice_t *choice, const rtc_link_hello_t *hello)
{
    if (hello->attempt <= choice->seen) {

        /* it was given up before the one that we have taken */

        return 0;
    }

    switch (choice->current) {

    case RTC_LINK_OURS_TRIED:

        /* both connect: the smaller one's survives, at both ends */

        if (memcmp(hello->from, hello->to, RTC_LINK_WID_LEN) < 0) {
            return 1;
        }

        /* fall through */

    case RTC_LINK_OURS:

        /* whoever has accepted ours and comes anew, has given it up */

        return hello->seen >= choice->attempt;

    default: /* RTC_LINK_NONE, RTC_LINK_THEIRS */
        return 1;
    }
}


uint8_t *
rtc_link_write_header(uint8_t *p, uint8_t type, size_t len)
{
    p = rtc_write_u32(p, (uint32_t) len);

    return rtc_write_u8(p, type);
}


int
rtc_link_parse_header(rtc_link_header_t *header, const uint8_t *p, size_t len)
{
    const uint8_t  *end;

    end = p + len;

    p = rtc_read_u32(p, end, &header->len);
    p = rtc_read_u8(p, end, &header->type);

    if (p == NULL) {
        return RTC_AGAIN;
    }

    if (header->type == RTC_LINK_PING || header->type == RTC_LINK_ACCEPT) {
        return header->len == 1 ? RTC_OK : RTC_ERROR;
    }

    if (header->type > RTC_LINK_MAX_TYPE || header->len > RTC_LINK_MAX_BODY) {
        return RTC_ERROR;
    }

    return RTC_OK;
}
