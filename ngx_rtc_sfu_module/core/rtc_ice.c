
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_ice.h"


/* a check as it was found in a message */

typedef struct {
    rtc_stun_msg_t  msg;
    rtc_str_t       pwd;                /* of ours, that it is signed with */
    unsigned        current:1;          /* not those before a restart */
    unsigned        use_candidate:1;
} rtc_ice_check_t;


static int rtc_ice_authenticate(rtc_ice_t *ice, rtc_stun_t *stun,
    const uint8_t *p, size_t len, rtc_ice_check_t *check);
static int rtc_ice_match(const rtc_ice_t *ice, rtc_str_t username,
    rtc_ice_check_t *check);
static int rtc_ice_is_username(rtc_str_t username, const char *local,
    const char *remote);
static int rtc_ice_refuse(rtc_ice_t *ice, rtc_stun_t *stun,
    rtc_ice_check_t *check, rtc_ice_answer_t *answer);
static int rtc_ice_learn(rtc_ice_t *ice, const rtc_tuple_t *tuple,
    rtc_ice_answer_t *answer);
static int rtc_ice_find(const rtc_ice_t *ice, const rtc_tuple_t *tuple);
static int rtc_ice_oldest(const rtc_ice_t *ice);
static void rtc_ice_select(rtc_ice_t *ice, int i, const rtc_ice_check_t *check,
    uint64_t before_us, rtc_ice_answer_t *answer);
static int rtc_ice_is_silent(const rtc_ice_t *ice, uint64_t since_us,
    uint64_t now_us);
static void rtc_ice_drop(rtc_ice_t *ice, int i);


/* RFC 8839, 5.4: ice-char */

static const char  rtc_ice_chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";


/* comprehension is required for types below 0x8000 (RFC 8489, 14) */

static const uint16_t  rtc_ice_attrs[] = {
    RTC_STUN_USERNAME,
    RTC_STUN_PRIORITY,
    RTC_STUN_USE_CANDIDATE
};


void
rtc_ice_credentials(rtc_ice_cred_t *cred, uint16_t port,
    const uint8_t *random)
{
    int  i;

    rtc_ufrag_write_port(cred->ufrag, port);

    for (i = RTC_UFRAG_PORT; i < RTC_UFRAG_LEN; i++) {
        cred->ufrag[i] = rtc_ice_chars[*random++ & 63];
    }

    for (i = 0; i < RTC_ICE_PWD; i++) {
        cred->pwd[i] = rtc_ice_chars[*random++ & 63];
    }

    cred->ufrag[RTC_UFRAG_LEN] = '\0';
    cred->pwd[RTC_ICE_PWD] = '\0';
}


void
rtc_ice_init(rtc_ice_t *ice, const rtc_ice_cred_t *local)
{
    memset(ice, 0, sizeof(rtc_ice_t));

    ice->local = *local;
    ice->selected = -1;
}


void
rtc_ice_restart(rtc_ice_t *ice, const rtc_ice_cred_t *local)
{
    ice->old = ice->local;
    ice->local = *local;
    ice->remote[0] = '\0';
}


int
rtc_ice_set_remote(rtc_ice_t *ice, rtc_str_t ufrag)
{
    size_t  i;

    if (ufrag.len < 4 || ufrag.len > RTC_ICE_MAX_REMOTE) {
        return RTC_ERROR;
    }

    for (i = 0; i < ufrag.len; i++) {
        if (ufrag.data[i] == '\0'
            || strchr(rtc_ice_chars, ufrag.data[i]) == NULL)
        {
            return RTC_ERROR;
        }
    }

    memcpy(ice->remote, ufrag.data, ufrag.len);
    ice->remote[ufrag.len] = '\0';

    return RTC_OK;
}


int
rtc_ice_input(rtc_ice_t *ice, rtc_stun_t *stun, const rtc_tuple_t *tuple,
    const uint8_t *p, size_t len, uint64_t now_us, rtc_ice_answer_t *answer)
{
    int              i, rc;
    uint64_t         before_us;
    rtc_ice_check_t  check;

    answer->len = 0;
    answer->added = 0;
    answer->removed = 0;
    answer->selected = 0;
    answer->restarted = 0;

    if (rtc_ice_authenticate(ice, stun, p, len, &check) != RTC_OK) {
        ice->refused++;
        return RTC_ERROR;
    }

    rc = rtc_ice_refuse(ice, stun, &check, answer);

    if (rc == RTC_OK) {
        answer->len = rtc_stun_success(stun, &check.msg, &tuple->remote,
                                       check.pwd, answer->out, answer->size);
    }

    if (answer->len > len) {

        /* no amplifier, not even for those who know the password */

        answer->len = 0;
    }

    if (rc != RTC_OK) {
        return rc;
    }

    ice->valid++;
    ice->checked_us = now_us;

    if (check.current && ice->old.ufrag[0] != '\0') {
        answer->old = ice->old;
        answer->restarted = 1;
        memset(&ice->old, 0, sizeof(rtc_ice_cred_t));
    }

    i = rtc_ice_learn(ice, tuple, answer);

    before_us = ice->tuples[i].checked_us;
    ice->tuples[i].checked_us = now_us;
    ice->tuples[i].heard_us = now_us;

    rtc_ice_select(ice, i, &check, before_us, answer);

    return RTC_OK;
}


/* the order matters: the name, then the cryptography; never an address */

static int
rtc_ice_authenticate(rtc_ice_t *ice, rtc_stun_t *stun, const uint8_t *p,
    size_t len, rtc_ice_check_t *check)
{
    rtc_str_t  value;

    memset(check, 0, sizeof(rtc_ice_check_t));

    if (rtc_stun_parse(&check->msg, p, len) != RTC_OK
        || check->msg.class != RTC_STUN_REQUEST
        || check->msg.method != RTC_STUN_BINDING)
    {
        return RTC_ERROR;
    }

    if (rtc_stun_find(&check->msg, RTC_STUN_USERNAME, &value) != RTC_OK
        || rtc_ice_match(ice, value, check) != RTC_OK
        || rtc_stun_verify(stun, &check->msg, check->pwd) != RTC_OK)
    {
        return RTC_ERROR;
    }

    /* RFC 8445, 7.1.1: a check has PRIORITY */

    if (rtc_stun_find(&check->msg, RTC_STUN_PRIORITY, &value) != RTC_OK
        || value.len != 4)
    {
        return RTC_ERROR;
    }

    if (rtc_stun_find(&check->msg, RTC_STUN_USE_CANDIDATE, &value) == RTC_OK) {
        check->use_candidate = 1;
    }

    return RTC_OK;
}


static int
rtc_ice_match(const rtc_ice_t *ice, rtc_str_t username,
    rtc_ice_check_t *check)
{
    if (rtc_ice_is_username(username, ice->local.ufrag, ice->remote)) {
        check->pwd.data = (const uint8_t *) ice->local.pwd;
        check->current = 1;

    } else if (ice->old.ufrag[0] != '\0'
               && rtc_ice_is_username(username, ice->old.ufrag, ""))
    {
        check->pwd.data = (const uint8_t *) ice->old.pwd;

    } else {
        return RTC_DECLINED;
    }

    check->pwd.len = strlen((const char *) check->pwd.data);

    return RTC_OK;
}


/* "local:remote" (RFC 8445, 7.2.2); an unknown remote fits all */

static int
rtc_ice_is_username(rtc_str_t username, const char *local,
    const char *remote)
{
    size_t  n, m;

    n = strlen(local);
    m = strlen(remote);

    if (username.len <= n
        || memcmp(username.data, local, n) != 0
        || username.data[n] != ':')
    {
        return 0;
    }

    if (m == 0) {
        return 1;
    }

    return username.len == n + 1 + m
           && memcmp(username.data + n + 1, remote, m) == 0;
}


static int
rtc_ice_refuse(rtc_ice_t *ice, rtc_stun_t *stun, rtc_ice_check_t *check,
    rtc_ice_answer_t *answer)
{
    int        code;
    size_t     n;
    uint16_t   types[RTC_STUN_MAX_UNKNOWN];
    rtc_str_t  value;

    n = rtc_stun_unknown(&check->msg, rtc_ice_attrs, rtc_nelts(rtc_ice_attrs),
                         types);

    if (n > 0) {

        /* RFC 8489, 6.3.1 */

        ice->unknown++;
        code = 420;

    } else if (rtc_stun_find(&check->msg, RTC_STUN_ICE_CONTROLLED, &value)
               == RTC_OK)
    {
        /* RFC 8445, 6.1.1: a lite agent is controlled, whatever it offers */

        ice->conflicts++;
        code = 487;

    } else {
        return RTC_OK;
    }

    answer->len = rtc_stun_error(stun, &check->msg, code, types, n,
                                 check->pwd, answer->out, answer->size);

    return RTC_DECLINED;
}


static int
rtc_ice_learn(rtc_ice_t *ice, const rtc_tuple_t *tuple,
    rtc_ice_answer_t *answer)
{
    int  i;

    i = rtc_ice_find(ice, tuple);

    if (i == -1) {

        if (ice->ntuples == RTC_ICE_TUPLES) {
            i = rtc_ice_oldest(ice);

            answer->removed = 1;
            answer->removed_tuple = ice->tuples[i].tuple;

            rtc_ice_drop(ice, i);
        }

        i = ice->ntuples++;

        memset(&ice->tuples[i], 0, sizeof(rtc_ice_tuple_t));

        ice->tuples[i].tuple = *tuple;
        answer->added = 1;
    }

    return i;
}


static int
rtc_ice_find(const rtc_ice_t *ice, const rtc_tuple_t *tuple)
{
    int  i;

    for (i = 0; i < ice->ntuples; i++) {
        if (rtc_tuple_eq(&ice->tuples[i].tuple, tuple)) {
            return i;
        }
    }

    return -1;
}


/* of those that are not selected */

static int
rtc_ice_oldest(const rtc_ice_t *ice)
{
    int  i, oldest;

    oldest = -1;

    for (i = 0; i < ice->ntuples; i++) {
        if (i == ice->selected) {
            continue;
        }

        if (oldest == -1
            || ice->tuples[i].checked_us < ice->tuples[oldest].checked_us)
        {
            oldest = i;
        }
    }

    return oldest;
}


/*
 * RFC 8445, 7.3.1.5: USE-CANDIDATE nominates; browsers repeat it, so the
 * latest one wins.  Until there is one the first valid pair serves.
 *
 * A peer whose address has changed takes its time to nominate again: libwebrtc
 * some seconds.  What it checks twice while the selected pair is silent serves
 * meanwhile (12.1).
 */

static void
rtc_ice_select(rtc_ice_t *ice, int i, const rtc_ice_check_t *check,
    uint64_t before_us, rtc_ice_answer_t *answer)
{
    if (check->use_candidate) {
        ice->nominated = 1;

    } else if (ice->selected != -1
               && !rtc_ice_is_silent(ice, before_us,
                                     ice->tuples[i].heard_us))
    {
        return;
    }

    if (i != ice->selected) {
        ice->selected = (int8_t) i;
        answer->selected = 1;
    }
}


/* whether the selected pair is, since a time before now */

static int
rtc_ice_is_silent(const rtc_ice_t *ice, uint64_t since_us, uint64_t now_us)
{
    uint64_t  heard_us;

    heard_us = ice->tuples[ice->selected].heard_us;

    return since_us > heard_us && now_us >= heard_us + RTC_ICE_SILENT_US;
}


static void
rtc_ice_drop(rtc_ice_t *ice, int i)
{
    int  last;

    last = --ice->ntuples;

    if (ice->selected == i) {
        ice->selected = -1;
        ice->nominated = 0;

    } else if (ice->selected == last) {
        ice->selected = (int8_t) i;
    }

    ice->tuples[i] = ice->tuples[last];
}


int
rtc_ice_known(const rtc_ice_t *ice, const rtc_tuple_t *tuple)
{
    return rtc_ice_find(ice, tuple) != -1;
}


int
rtc_ice_heard(rtc_ice_t *ice, const rtc_tuple_t *tuple, uint64_t now_us)
{
    int               i;
    rtc_ice_tuple_t  *it;

    i = rtc_ice_find(ice, tuple);

    if (i == -1) {
        return RTC_DECLINED;
    }

    it = &ice->tuples[i];
    it->heard_us = now_us;

    if (now_us < it->checked_us + RTC_ICE_HEARD_US
        || now_us >= it->checked_us + RTC_ICE_CONSENT_US)
    {
        return RTC_DECLINED;
    }

    it->checked_us = now_us;
    ice->checked_us = now_us;

    return RTC_OK;
}


int
rtc_ice_forget(rtc_ice_t *ice, const rtc_tuple_t *tuple)
{
    int  i;

    i = rtc_ice_find(ice, tuple);

    if (i == -1) {
        return RTC_DECLINED;
    }

    rtc_ice_drop(ice, i);

    return RTC_OK;
}


const rtc_tuple_t *
rtc_ice_selected(const rtc_ice_t *ice, uint64_t now_us)
{
    if (ice->selected == -1 || now_us >= rtc_ice_deadline(ice)) {
        return NULL;
    }

    return &ice->tuples[ice->selected].tuple;
}


uint64_t
rtc_ice_deadline(const rtc_ice_t *ice)
{
    if (ice->selected == -1) {
        return 0;
    }

    return ice->tuples[ice->selected].checked_us + RTC_ICE_CONSENT_US;
}
