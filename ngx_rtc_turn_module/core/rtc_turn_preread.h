
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a connection to a port that is shared begins with: a request of STUN
 * or TURN over TCP, a check of ICE over TCP, or something else.
 */


#ifndef RTC_TURN_PREREAD_H_INCLUDED
#define RTC_TURN_PREREAD_H_INCLUDED


#include "rtc_core.h"


#define RTC_TURN_PREREAD_STUN  1        /* RFC 8489, 6.2.2 */
#define RTC_TURN_PREREAD_ICE   2        /* RFC 6544, in frames of RFC 4571 */

/* the longest check; others are something else */
#define RTC_TURN_PREREAD_MAX   1500


typedef struct {
    unsigned        protocol;
    uint16_t        port;               /* in the ufrag of a check, or 0 */
} rtc_turn_preread_t;


/*
 * RTC_AGAIN: it may still be either, there have to be more bytes;
 * RTC_DECLINED: something else, which is known as early as it can be.
 */
int rtc_turn_preread(const uint8_t *p, size_t len, rtc_turn_preread_t *pre);


#endif /* RTC_TURN_PREREAD_H_INCLUDED */
