
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The first byte says what the others are:
 *
 *   0  a step for the one that accepts
 *   1  an answer for the one that has connected
 *   2  a header of a frame
 *   3  what is changed in a whole handshake: any change ends it
 *   4  the address of a worker
 */


#include <stdlib.h>

#include "rtc_link.h"


int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


static void
begin(rtc_link_handshake_t *connector, rtc_link_handshake_t *acceptor,
    const rtc_link_secret_t *secret, uint8_t *hello)
{
    uint8_t           nonce[RTC_LINK_NONCE_LEN] = { 1 };
    rtc_link_hello_t  h = { .attempt = 1 };

    memcpy(h.from, "0123456789abcdef", RTC_LINK_WID_LEN);
    memcpy(h.to, "f123456789abcdef", RTC_LINK_WID_LEN);

    rtc_link_connect(connector, secret, &h, hello);
    rtc_link_accept(acceptor, secret, h.to, nonce);
}


static void
frame(const uint8_t *p, size_t len)
{
    uint8_t            buf[RTC_LINK_HEADER_LEN];
    rtc_link_header_t  h;

    if (rtc_link_parse_header(&h, p, len) != RTC_OK) {
        return;
    }

    (void) rtc_link_write_header(buf, h.type, h.len);

    if (h.len > RTC_LINK_MAX_BODY || memcmp(buf, p, sizeof(buf)) != 0) {
        abort();
    }
}


/* whether there was a change in this step */

static int
change(uint8_t *step, size_t n, const uint8_t **p, const uint8_t *end)
{
    int     changed;
    size_t  i;

    changed = 0;

    for (i = 0; i < n && *p < end; i++, (*p)++) {
        step[i] ^= **p;
        changed |= **p;
    }

    return changed;
}


static void
whole(rtc_link_handshake_t *connector, rtc_link_handshake_t *acceptor,
    uint8_t *hello, const uint8_t *p, const uint8_t *end)
{
    int          changed;
    uint8_t      answer[RTC_LINK_MAX_STEP], proof[RTC_LINK_MAX_STEP];
    uint8_t      none[RTC_LINK_MAX_STEP];
    size_t       n;
    const char  *reason;

    changed = change(hello, RTC_LINK_HELLO_LEN, &p, end);

    if (rtc_link_input(acceptor, hello, RTC_LINK_HELLO_LEN, answer, &n,
                       &reason)
        == RTC_ERROR)
    {
        goto refused;
    }

    changed |= change(answer, RTC_LINK_ANSWER_LEN, &p, end);

    if (rtc_link_input(connector, answer, RTC_LINK_ANSWER_LEN, proof, &n,
                       &reason)
        != RTC_OK)
    {
        goto refused;
    }

    changed |= change(proof, RTC_LINK_PROOF_LEN, &p, end);

    if (rtc_link_input(acceptor, proof, RTC_LINK_PROOF_LEN, none, &n, &reason)
        == RTC_ERROR)
    {
        goto refused;
    }

    if (changed) {
        abort();
    }

    return;

refused:

    if (!changed) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    uint8_t               hello[RTC_LINK_MAX_STEP], out[RTC_LINK_MAX_STEP];
    size_t                n;
    rtc_str_t             text = rtc_string("the secret of a fuzzer, which "
                                            "is no secret");
    const char           *reason;
    rtc_link_secret_t     secret;
    rtc_addr_t            addr;
    rtc_link_handshake_t  connector, acceptor;

    if (len == 0 || rtc_link_secret_init(&secret, text) != RTC_OK) {
        return 0;
    }

    begin(&connector, &acceptor, &secret, hello);

    switch (p[0]) {

    case 0:
        if (rtc_link_input(&acceptor, p + 1, len - 1, out, &n, &reason)
            == RTC_OK)
        {
            abort();
        }

        break;

    case 1:
        if (rtc_link_input(&connector, p + 1, len - 1, out, &n, &reason)
            == RTC_OK)
        {
            abort();
        }

        break;

    case 2:
        frame(p + 1, len - 1);
        break;

    case 3:
        whole(&connector, &acceptor, hello, p + 1, p + len);
        break;

    case 4:
        if (rtc_link_parse_address(&addr, p + 1, len - 1) == RTC_OK
            && addr.port == 0)
        {
            abort();
        }
    }

    return 0;
}
