
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * STUN and ICE-lite.  The first byte says whether the message gets a right
 * integrity and fingerprint, so that what is behind them is reached.
 */


#include <sys/socket.h>
#include "rtc_ice.h"
#include "../unit/stun_msg.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    rtc_str_t         local;
    rtc_ice_t         ice;
    stun_msg_t        m;
    rtc_tuple_t       tuple;
    rtc_ice_cred_t    cred;
    rtc_ice_answer_t  answer;

    static rtc_stun_t     *stun;
    static const uint8_t   random[RTC_ICE_RANDOM];

    uint8_t  out[RTC_ICE_ANSWER], *copy;

    if (stun == NULL) {
        stun = rtc_stun_init(malloc(rtc_stun_size()));
    }

    if (size < 1 || size > STUN_MSG_MAX - 64) {
        return 0;
    }

    rtc_ice_credentials(&cred, 7882, random);
    rtc_ice_init(&ice, &cred);

    memset(&m, 0, sizeof(stun_msg_t));
    memcpy(m.data, data + 1, size - 1);
    m.len = size - 1;

    if ((data[0] & 1) && m.len >= RTC_STUN_HEADER && m.len % 4 == 0) {
        stun_msg_finish(&m, cred.pwd);
    }

    /* no byte behind it, for AddressSanitizer to see */

    copy = malloc(m.len + 1);
    memcpy(copy, m.data, m.len);

    (void) rtc_stun_username(copy, m.len, &local);

    memset(&tuple, 0, sizeof(rtc_tuple_t));
    tuple.remote.family = (data[0] & 2) ? AF_INET6 : AF_INET;

    answer.out = out;
    answer.size = sizeof(out);

    if (rtc_ice_input(&ice, stun, &tuple, copy, m.len, 1, &answer)
        == RTC_ERROR && (answer.len != 0 || ice.ntuples != 0))
    {
        abort();
    }

    if (answer.len > m.len) {
        abort();
    }

    free(copy);

    return 0;
}
