
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages of TURN: attributes are read from a parsed message, answers are
 * built by libnice's stun_message functions, integrity and fingerprint are
 * ours (RFC 8489, 14.5 - 14.7).
 */


#ifndef RTC_TURN_MSG_H_INCLUDED
#define RTC_TURN_MSG_H_INCLUDED


#include "rtc_turn.h"


typedef struct {
    uint8_t        *data;
    size_t          size;
    size_t          len;
    unsigned        failed:1;           /* something had no room */
} rtc_turn_msg_t;


/* tid: the 16 bytes behind the length, cookie and transaction id */

void rtc_turn_msg_init(rtc_turn_msg_t *b, uint8_t *data, size_t size,
    int class, uint16_t method, const uint8_t *tid);

void rtc_turn_msg_bytes(rtc_turn_msg_t *b, uint16_t type, const void *data,
    size_t len);
void rtc_turn_msg_u32(rtc_turn_msg_t *b, uint16_t type, uint32_t value);
void rtc_turn_msg_addr(rtc_turn_msg_t *b, uint16_t type,
    const rtc_addr_t *addr);

/* ERROR-CODE without a phrase: an answer shall not be longer than its reason */
void rtc_turn_msg_error(rtc_turn_msg_t *b, int code);

/* MESSAGE-INTEGRITY, or MESSAGE-INTEGRITY-SHA256 */
void rtc_turn_msg_sign(rtc_turn_msg_t *b, const uint8_t *key, size_t key_len,
    int sha256);
void rtc_turn_msg_fingerprint(rtc_turn_msg_t *b);


/* the value of an XOR-…-ADDRESS; proto becomes RTC_UDP */
int rtc_turn_read_addr(const rtc_stun_msg_t *m, rtc_str_t value,
    rtc_addr_t *addr);

int rtc_turn_find_u32(const rtc_stun_msg_t *m, uint16_t type,
    uint32_t *value);

/* whether the integrity attribute (RFC 8489, 14.5 or 14.6) fits the key */
int rtc_turn_verify(const rtc_stun_msg_t *m, const uint8_t *key,
    size_t key_len, int sha256);

/* whether there is none, or it is right */
int rtc_turn_verify_fingerprint(const rtc_stun_msg_t *m);


/*
 * Writes the header of a Data indication in front of data, which has
 * RTC_TURN_HEADROOM before it and 3 bytes behind it; answers its first byte.
 * tid: 12 bytes.
 */
uint8_t *rtc_turn_data_indication(uint8_t *data, size_t len,
    const rtc_addr_t *peer, const uint8_t *tid, size_t *total);


#endif /* RTC_TURN_MSG_H_INCLUDED */
