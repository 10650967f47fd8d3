
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * To whom is relayed.  What is not allowed is denied; networks of special use
 * and the addresses of this host are opened only by who names them, its
 * listeners never.
 */


#ifndef RTC_TURN_POLICY_H_INCLUDED
#define RTC_TURN_POLICY_H_INCLUDED


#include "rtc_core.h"


#define RTC_TURN_NETS       32
#define RTC_TURN_OWN        64          /* addresses of this host */
#define RTC_TURN_LISTENERS  128
#define RTC_TURN_MEDIA      16          /* addresses of the SFU */


typedef struct {
    rtc_addr_t             addr;        /* canonical; port does not count */
    unsigned               bits;
} rtc_turn_net_t;


/* where clients think the SFU is, and where this host reaches it */

typedef struct {
    rtc_addr_t             advertised;
    rtc_addr_t             local;
} rtc_turn_media_t;


typedef struct {
    rtc_turn_net_t         nets[RTC_TURN_NETS];         /* turn_peer_allow */
    size_t                 nnets;

    rtc_turn_media_t       media[RTC_TURN_MEDIA];
    size_t                 nmedia;
    uint16_t               media_first;                 /* ports */
    uint16_t               media_last;

    rtc_addr_t             own[RTC_TURN_OWN];
    size_t                 nown;

    rtc_addr_t             listeners[RTC_TURN_LISTENERS];
    size_t                 nlisteners;

    rtc_addr_t             relays[2];   /* where relays are, if they are open */
    uint16_t               relay_first;
    uint16_t               relay_last;

    unsigned               sfu:1;       /* allowed by name */
    unsigned               public:1;    /* everything that is not special */
} rtc_turn_policy_t;


/* ADDRESS or ADDRESS/BITS; RTC_ERROR: it is neither */
int rtc_turn_net_set(rtc_turn_net_t *net, const rtc_addr_t *addr, int bits);
int rtc_turn_net_match(const rtc_turn_net_t *net, const rtc_addr_t *addr);

/*
 * Whether the peer may be written to: RTC_OK or RTC_DECLINED.  With port 0:
 * whether there is a port of it that may.
 */
int rtc_turn_policy_check(const rtc_turn_policy_t *policy,
    const rtc_addr_t *peer);

/* between the SFU's advertised address and the local one, if they differ */
void rtc_turn_policy_to_local(const rtc_turn_policy_t *policy,
    rtc_addr_t *addr);
void rtc_turn_policy_to_advertised(const rtc_turn_policy_t *policy,
    rtc_addr_t *addr);


#endif /* RTC_TURN_POLICY_H_INCLUDED */
