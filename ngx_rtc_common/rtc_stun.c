
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stun/stunagent.h>
#include "rtc_bytes.h"
#include "rtc_stun.h"


#define rtc_stun_align(n)  (((n) + 3) & ~(size_t) 3)


struct rtc_stun_s {
    StunAgent       agent;
};


static const uint8_t *rtc_stun_read_attr(const uint8_t *p, const uint8_t *end,
    uint16_t *type, rtc_str_t *value);
static int rtc_stun_note_attr(rtc_stun_msg_t *m, const uint8_t *attr,
    uint16_t type, size_t len);
static bool rtc_stun_password(StunAgent *agent, StunMessage *msg,
    uint8_t *username, uint16_t len, uint8_t **password, size_t *password_len,
    void *data);
static int rtc_stun_answer(rtc_stun_t *s, StunMessage *msg, int class,
    const rtc_stun_msg_t *m, uint8_t *out, size_t size);
static size_t rtc_stun_finish(rtc_stun_t *s, StunMessage *msg, rtc_str_t pwd);


/*
 * What stun_agent_validate() takes for known.  Others do not fail there, it
 * only says so after all checks: rtc_stun_unknown() is the one to ask.
 */

static const uint16_t  rtc_stun_known[] = {
    RTC_STUN_USERNAME,
    RTC_STUN_INTEGRITY,
    RTC_STUN_PRIORITY,
    RTC_STUN_USE_CANDIDATE,
    0
};


size_t
rtc_stun_size(void)
{
    return sizeof(rtc_stun_t);
}


rtc_stun_t *
rtc_stun_init(void *mem)
{
    rtc_stun_t  *s;

    s = mem;

    /* never LONG_TERM_CREDENTIALS: an empty REALM crashes libnice there */

    stun_agent_init(&s->agent, rtc_stun_known, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS
                    | STUN_AGENT_USAGE_USE_FINGERPRINT);

    return s;
}


int
rtc_stun_is(const uint8_t *p, size_t len)
{
    return len >= RTC_STUN_HEADER
           && (p[0] & 0xfc) == 0
           && rtc_get_u32(p + 4) == RTC_STUN_MAGIC;
}


int
rtc_stun_parse(rtc_stun_msg_t *m, const uint8_t *p, size_t len)
{
    uint16_t        type;
    rtc_str_t       value;
    const uint8_t  *attr, *next, *end;
    unsigned        n;

    /* libnice takes trailing bytes for "no STUN": the length is exact */

    if (!rtc_stun_is(p, len)
        || (len & 3) != 0
        || rtc_get_u16(p + 2) + (size_t) RTC_STUN_HEADER != len)
    {
        return RTC_ERROR;
    }

    memset(m, 0, sizeof(rtc_stun_msg_t));

    end = p + len;
    type = rtc_get_u16(p);

    m->data = p;
    m->len = len;
    m->end = end;

    /* RFC 8489, 5: the class is in bits 4 and 8 */

    m->class = (uint8_t) ((type >> 4 & 1) | (type >> 7 & 2));
    m->method = (uint16_t) ((type & 0xf) | (type >> 1 & 0x70)
                            | (type >> 2 & 0xf80));

    n = 0;

    for (attr = p + RTC_STUN_HEADER; attr < end; attr = next) {

        if (++n > RTC_STUN_MAX_ATTRS) {
            return RTC_ERROR;
        }

        next = rtc_stun_read_attr(attr, end, &type, &value);

        if (next == NULL
            || rtc_stun_note_attr(m, attr, type, value.len) != RTC_OK)
        {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


static const uint8_t *
rtc_stun_read_attr(const uint8_t *p, const uint8_t *end, uint16_t *type,
    rtc_str_t *value)
{
    uint16_t  len;

    len = 0;

    p = rtc_read_u16(p, end, type);
    p = rtc_read_u16(p, end, &len);
    p = rtc_read_bytes(p, end, len, &value->data);
    value->len = len;

    return rtc_skip_bytes(p, end, rtc_stun_align(len) - len);
}


static int
rtc_stun_note_attr(rtc_stun_msg_t *m, const uint8_t *attr, uint16_t type,
    size_t len)
{
    if (m->fingerprint) {

        /* RFC 8489, 14.7: FINGERPRINT is the last one */

        return RTC_ERROR;
    }

    switch (type) {

    case RTC_STUN_USERNAME:
        return len <= RTC_STUN_MAX_USERNAME ? RTC_OK : RTC_ERROR;

    case RTC_STUN_INTEGRITY:

        /* libnice compares 20 bytes whatever the length is */

        if (len != 20 || m->integrity || m->integrity_sha256) {
            return RTC_ERROR;
        }

        m->integrity = attr;
        m->end = attr;

        return RTC_OK;

    case RTC_STUN_INTEGRITY_SHA256:

        if (len < 16 || len > 32 || (len & 3) != 0 || m->integrity_sha256) {
            return RTC_ERROR;
        }

        m->integrity_sha256 = attr;
        m->end = m->integrity ? m->integrity : attr;

        return RTC_OK;

    case RTC_STUN_FINGERPRINT:

        if (len != 4) {
            return RTC_ERROR;
        }

        m->fingerprint = attr;

        if (m->integrity == NULL && m->integrity_sha256 == NULL) {
            m->end = attr;
        }

        return RTC_OK;

    default:
        return RTC_OK;
    }
}


int
rtc_stun_username(const uint8_t *p, size_t len, rtc_str_t *local)
{
    uint16_t        type;
    rtc_str_t       value;
    const uint8_t  *end, *colon;
    unsigned        n;

    if (!rtc_stun_is(p, len)) {
        return RTC_DECLINED;
    }

    end = p + len;
    p += RTC_STUN_HEADER;

    for (n = 0; n < RTC_STUN_MAX_ATTRS; n++) {

        p = rtc_stun_read_attr(p, end, &type, &value);

        if (p == NULL) {
            return RTC_DECLINED;
        }

        if (type != RTC_STUN_USERNAME) {
            continue;
        }

        if (value.len == 0 || value.len > RTC_STUN_MAX_USERNAME) {
            return RTC_DECLINED;
        }

        colon = memchr(value.data, ':', value.len);

        local->data = value.data;
        local->len = colon ? (size_t) (colon - value.data) : value.len;

        return RTC_OK;
    }

    return RTC_DECLINED;
}


const uint8_t *
rtc_stun_next(const rtc_stun_msg_t *m, const uint8_t *p, uint16_t *type,
    rtc_str_t *value)
{
    if (p == NULL) {
        p = m->data + RTC_STUN_HEADER;
    }

    return p < m->end ? rtc_stun_read_attr(p, m->end, type, value) : NULL;
}


int
rtc_stun_find(const rtc_stun_msg_t *m, uint16_t type, rtc_str_t *value)
{
    uint16_t        t;
    const uint8_t  *p;

    p = NULL;

    while ((p = rtc_stun_next(m, p, &t, value)) != NULL) {
        if (t == type) {
            return RTC_OK;
        }
    }

    return RTC_DECLINED;
}


size_t
rtc_stun_unknown(const rtc_stun_msg_t *m, const uint16_t *known,
    size_t nknown, uint16_t *types)
{
    size_t          i, n;
    uint16_t        type;
    rtc_str_t       value;
    const uint8_t  *p;

    n = 0;
    p = NULL;

    while (n < RTC_STUN_MAX_UNKNOWN
           && (p = rtc_stun_next(m, p, &type, &value)) != NULL)
    {
        if (type >= 0x8000) {
            continue;
        }

        for (i = 0; i < nknown; i++) {
            if (known[i] == type) {
                break;
            }
        }

        if (i == nknown) {
            types[n++] = type;
        }
    }

    return n;
}


int
rtc_stun_verify(rtc_stun_t *s, const rtc_stun_msg_t *m, rtc_str_t pwd)
{
    rtc_str_t             username;
    StunMessage           msg;
    StunValidationStatus  status;

    if (m->class != RTC_STUN_REQUEST
        || m->integrity == NULL
        || m->fingerprint == NULL
        || pwd.len == 0
        || rtc_stun_find(m, RTC_STUN_USERNAME, &username) != RTC_OK)
    {
        return RTC_ERROR;
    }

    status = stun_agent_validate(&s->agent, &msg, m->data, m->len,
                                 rtc_stun_password, &pwd);

    if (status != STUN_VALIDATION_SUCCESS
        && status != STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


static bool
rtc_stun_password(StunAgent *agent, StunMessage *msg, uint8_t *username,
    uint16_t len, uint8_t **password, size_t *password_len, void *data)
{
    rtc_str_t  *pwd;

    pwd = data;

    *password = (uint8_t *) pwd->data;
    *password_len = pwd->len;

    return true;
}


size_t
rtc_stun_success(rtc_stun_t *s, const rtc_stun_msg_t *m,
    const rtc_addr_t *mapped, rtc_str_t pwd, uint8_t *out, size_t size)
{
    size_t       i, n;
    uint8_t     *p;
    StunMessage  msg;

    if (rtc_stun_answer(s, &msg, STUN_RESPONSE, m, out, size) != RTC_OK) {
        return 0;
    }

    n = mapped->family == AF_INET6 ? 16 : 4;

    p = stun_message_append(&msg, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, 4 + n);
    if (p == NULL) {
        return 0;
    }

    /* RFC 8489, 14.2: the cookie and the transaction id are one key */

    p = rtc_write_u8(p, 0);
    p = rtc_write_u8(p, n == 16 ? 2 : 1);
    p = rtc_write_u16(p, mapped->port ^ RTC_STUN_MAGIC >> 16);

    for (i = 0; i < n; i++) {
        p = rtc_write_u8(p, mapped->addr[i] ^ m->data[4 + i]);
    }

    return rtc_stun_finish(s, &msg, pwd);
}


size_t
rtc_stun_error(rtc_stun_t *s, const rtc_stun_msg_t *m, int code,
    const uint16_t *types, size_t ntypes, rtc_str_t pwd, uint8_t *out,
    size_t size)
{
    size_t       i;
    uint8_t     *p;
    StunMessage  msg;

    if (rtc_stun_answer(s, &msg, STUN_ERROR, m, out, size) != RTC_OK) {
        return 0;
    }

    /* stun_message_append_error() would add a phrase and grow the answer */

    p = stun_message_append(&msg, STUN_ATTRIBUTE_ERROR_CODE, 4);
    if (p == NULL) {
        return 0;
    }

    rtc_write_u32(p, (uint32_t) (code / 100) << 8 | (uint32_t) (code % 100));

    if (code == 420) {
        ntypes = rtc_min(ntypes, RTC_STUN_MAX_UNKNOWN);

        p = stun_message_append(&msg, STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES,
                                2 * ntypes);
        if (p == NULL) {
            return 0;
        }

        for (i = 0; i < ntypes; i++) {
            p = rtc_write_u16(p, types[i]);
        }

        if (ntypes & 1) {

            /* libnice pads with blanks */

            rtc_write_u16(p, 0);
        }
    }

    return rtc_stun_finish(s, &msg, pwd);
}


static int
rtc_stun_answer(rtc_stun_t *s, StunMessage *msg, int class,
    const rtc_stun_msg_t *m, uint8_t *out, size_t size)
{
    if (m->class != RTC_STUN_REQUEST || size < RTC_STUN_ANSWER) {
        return RTC_ERROR;
    }

    memset(msg, 0, sizeof(StunMessage));

    msg->agent = &s->agent;
    msg->buffer = out;

    /* libnice checks the room without the padding */
    msg->buffer_len = size - 4;

    return stun_message_init(msg, class, m->method, m->data + 4) ? RTC_OK
                                                                 : RTC_ERROR;
}


static size_t
rtc_stun_finish(rtc_stun_t *s, StunMessage *msg, rtc_str_t pwd)
{
    return stun_agent_finish_message(&s->agent, msg, pwd.data, pwd.len);
}
