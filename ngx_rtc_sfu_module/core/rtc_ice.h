
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The lite side of ICE (RFC 8445, 2.5): answers connectivity checks and
 * learns from them, and from nothing else, where the peer is.
 */


#ifndef RTC_ICE_H_INCLUDED
#define RTC_ICE_H_INCLUDED


#include "rtc_core.h"
#include "rtc_stun.h"
#include "rtc_ufrag.h"


#define RTC_ICE_TUPLES      8

#define RTC_ICE_PWD         24
#define RTC_ICE_RANDOM      36      /* random bytes that both are made of */
#define RTC_ICE_MAX_REMOTE  256     /* RFC 8839, 5.4 */

#define RTC_ICE_ANSWER      RTC_STUN_ANSWER

/* without a valid check for so long nothing may be sent (RFC 7675, 5.1) */
#define RTC_ICE_CONSENT_US  30000000ull

/* .. and what else shows that the peer is there is noted so often */
#define RTC_ICE_HEARD_US    1000000ull

/* a selected pair that is silent for so long may be dead */
#define RTC_ICE_SILENT_US   500000ull


typedef struct {
    char            ufrag[RTC_UFRAG_LEN + 1];
    char            pwd[RTC_ICE_PWD + 1];
} rtc_ice_cred_t;


typedef struct {
    rtc_tuple_t     tuple;
    uint64_t        checked_us;         /* last valid check, or as good */
    uint64_t        heard_us;           /* anything authentic, or a check */
} rtc_ice_tuple_t;


typedef struct {
    rtc_ice_cred_t  local;

    /* before a restart; ufrag[0] == 0 once a check with the new was valid */
    rtc_ice_cred_t  old;

    char            remote[RTC_ICE_MAX_REMOTE + 1];     /* "" = not known */

    rtc_ice_tuple_t tuples[RTC_ICE_TUPLES];
    uint8_t         ntuples;
    int8_t          selected;           /* index; -1 = no valid pair yet */
    unsigned        nominated:1;        /* selected by USE-CANDIDATE */

    uint64_t        checked_us;         /* likewise; 0 = never */

    uint32_t        valid;
    uint32_t        refused;            /* unauthenticated or not a check */
    uint32_t        conflicts;          /* 487 */
    uint32_t        unknown;            /* 420 */
} rtc_ice_t;


/* what one message led to; the caller sets out and size */

typedef struct {
    uint8_t        *out;                /* room for RTC_ICE_ANSWER bytes */
    size_t          size;
    size_t          len;                /* to send to the tuple; 0 = nothing */

    unsigned        added:1;            /* the tuple is new */
    unsigned        removed:1;          /* .. and this one had to go */
    unsigned        selected:1;         /* the selected tuple changed */
    unsigned        restarted:1;        /* ice->old is not valid any more */

    rtc_tuple_t     removed_tuple;
    rtc_ice_cred_t  old;                /* set with restarted */
} rtc_ice_answer_t;


/*
 * Credentials from RTC_ICE_RANDOM random bytes.  The ufrag begins with the
 * port in five digits, so that a shared port can find the worker.
 */
void rtc_ice_credentials(rtc_ice_cred_t *cred, uint16_t port,
    const uint8_t *random);

void rtc_ice_init(rtc_ice_t *ice, const rtc_ice_cred_t *local);

/*
 * New local credentials; the old ones stay valid until a check with the new
 * was.  The remote ufrag becomes unknown, the pairs stay (RFC 8445, 9).
 */
void rtc_ice_restart(rtc_ice_t *ice, const rtc_ice_cred_t *local);

/* RTC_ERROR: not of ice-chars, or its length not within 4 and 256 */
int rtc_ice_set_remote(rtc_ice_t *ice, rtc_str_t ufrag);

/*
 * A STUN message of the tuple.  RTC_OK: an authenticated check, the tuple is
 * valid now; RTC_DECLINED: authenticated, but answered by an error, nothing
 * was learned; RTC_ERROR: to be dropped, no answer.
 */
int rtc_ice_input(rtc_ice_t *ice, rtc_stun_t *stun, const rtc_tuple_t *tuple,
    const uint8_t *p, size_t len, uint64_t now_us, rtc_ice_answer_t *answer);

/* whether a valid check ever came on the tuple and it is still kept */
int rtc_ice_known(const rtc_ice_t *ice, const rtc_tuple_t *tuple);

/*
 * What came from the tuple was authentic.  That is as good as a check, while
 * consent lasts: libnice, and so GStreamer, checks no more once it is
 * connected, and keeps its path open by indications, which prove nothing.
 * RTC_DECLINED: it changed nothing.
 */
int rtc_ice_heard(rtc_ice_t *ice, const rtc_tuple_t *tuple, uint64_t now_us);

/* the tuple is another transport's now; RTC_DECLINED if it was not known */
int rtc_ice_forget(rtc_ice_t *ice, const rtc_tuple_t *tuple);

/*
 * The tuple to send to, or NULL: none is valid yet, or consent for it has
 * expired.
 */
const rtc_tuple_t *rtc_ice_selected(const rtc_ice_t *ice, uint64_t now_us);

/* when consent for the selected tuple ends unless a check comes; 0 = never */
uint64_t rtc_ice_deadline(const rtc_ice_t *ice);


#endif /* RTC_ICE_H_INCLUDED */
