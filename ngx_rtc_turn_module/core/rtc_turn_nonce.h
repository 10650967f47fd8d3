
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Nonces without a table: who sees one again with the key knows when it was
 * made and for whom.  They carry the cookie of RFC 8489, 9.2.
 */


#ifndef RTC_TURN_NONCE_H_INCLUDED
#define RTC_TURN_NONCE_H_INCLUDED


#include "rtc_core.h"


#define RTC_TURN_NONCE_KEY         32
#define RTC_TURN_NONCE_LEN         29
#define RTC_TURN_NONCE_LIFE        3600         /* s; RFC 8656, 5 */

/* security features, RFC 8489, 18.1 */

#define RTC_TURN_FEATURE_ALGORITHMS  0x800000
#define RTC_TURN_FEATURE_ANONYMITY   0x400000


/*
 * A nonce is of its source: of the address alone if it comes by TCP, where a
 * client has a connection for each of its peers (RFC 6062, 4.3).
 */
int rtc_turn_nonce_make(uint8_t nonce[RTC_TURN_NONCE_LEN],
    const uint8_t key[RTC_TURN_NONCE_KEY], uint32_t features,
    const rtc_addr_t *source, uint32_t now_s);

/* RTC_DECLINED: not of this key or source, or too old */
int rtc_turn_nonce_check(rtc_str_t nonce,
    const uint8_t key[RTC_TURN_NONCE_KEY], uint32_t features,
    const rtc_addr_t *source, uint32_t now_s);


#endif /* RTC_TURN_NONCE_H_INCLUDED */
