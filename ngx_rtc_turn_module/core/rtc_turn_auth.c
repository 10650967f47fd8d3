
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_bytes.h"
#include "rtc_turn_auth.h"


#define RTC_TURN_MD5     0x0001
#define RTC_TURN_SHA256  0x0002


static uint32_t rtc_turn_auth_features(const rtc_turn_auth_conf_t *conf);
static int rtc_turn_auth_algorithm(const rtc_stun_msg_t *m,
    unsigned *algorithm);
static int rtc_turn_auth_user(const rtc_turn_auth_conf_t *conf,
    const rtc_stun_msg_t *m, unsigned algorithm, rtc_turn_auth_t *auth);
static const rtc_turn_user_t *rtc_turn_auth_find(
    const rtc_turn_auth_conf_t *conf, const rtc_stun_msg_t *m);
static int rtc_turn_auth_try(const rtc_turn_auth_conf_t *conf,
    const rtc_stun_msg_t *m, rtc_str_t password, unsigned algorithm,
    rtc_turn_auth_t *auth);
static int rtc_turn_auth_key(rtc_turn_auth_t *auth, rtc_str_t realm,
    rtc_str_t password, unsigned algorithm);
static int rtc_turn_userhash(uint8_t hash[RTC_SHA256_LEN], rtc_str_t user,
    rtc_str_t realm);


/* RFC 8489, 14.12, in the order of preference */

static const uint8_t  rtc_turn_algorithms[] = {
    0, RTC_TURN_SHA256, 0, 0,
    0, RTC_TURN_MD5, 0, 0
};


ssize_t
rtc_turn_parse_users(rtc_turn_user_t *users, rtc_str_t realm,
    const uint8_t *text, size_t len)
{
    ssize_t         n;
    const uint8_t  *p, *end, *eol, *last, *colon;

    n = 0;
    end = text + len;

    for (p = text; p < end; p = eol + 1) {

        eol = memchr(p, '\n', (size_t) (end - p));

        if (eol == NULL) {
            eol = end;
        }

        last = eol;

        while (last > p && (last[-1] == '\r' || last[-1] == ' ')) {
            last--;
        }

        if (last == p || *p == '#') {
            continue;
        }

        colon = memchr(p, ':', (size_t) (last - p));

        if (colon == NULL || colon == p || colon + 1 == last
            || colon - p > RTC_TURN_SECRET_MAX
            || last - colon > RTC_TURN_SECRET_MAX)
        {
            return RTC_ERROR;
        }

        if (users) {
            users[n].name.data = p;
            users[n].name.len = (size_t) (colon - p);
            users[n].password.data = colon + 1;
            users[n].password.len = (size_t) (last - colon - 1);

            if (rtc_turn_userhash(users[n].hash, users[n].name, realm)
                != RTC_OK)
            {
                return RTC_ERROR;
            }
        }

        n++;
    }

    return n;
}


/*
 * A name that is made of an expiry and an id cannot be found by its hash: who
 * has a secret does not invite clients to hide the name.
 */

static uint32_t
rtc_turn_auth_features(const rtc_turn_auth_conf_t *conf)
{
    return RTC_TURN_FEATURE_ALGORITHMS
           | (conf->secrets.nelts == 0 ? RTC_TURN_FEATURE_ANONYMITY : 0);
}


void
rtc_turn_auth_challenge(const rtc_turn_auth_conf_t *conf,
    const rtc_addr_t *source, uint32_t now_s, rtc_turn_msg_t *b)
{
    uint8_t  nonce[RTC_TURN_NONCE_LEN];

    if (rtc_turn_nonce_make(nonce, conf->nonce_key,
                            rtc_turn_auth_features(conf), source, now_s)
        != RTC_OK)
    {
        b->failed = 1;
        return;
    }

    rtc_turn_msg_bytes(b, RTC_TURN_A_REALM, conf->realm.data,
                       conf->realm.len);
    rtc_turn_msg_bytes(b, RTC_TURN_A_NONCE, nonce, RTC_TURN_NONCE_LEN);
    rtc_turn_msg_bytes(b, RTC_TURN_A_ALGORITHMS, rtc_turn_algorithms,
                       sizeof(rtc_turn_algorithms));
}


int
rtc_turn_auth_check(const rtc_turn_auth_conf_t *conf, const rtc_stun_msg_t *m,
    const rtc_addr_t *source, uint32_t now_s, rtc_turn_auth_t *auth)
{
    unsigned   algorithm;
    rtc_str_t  nonce, realm, name;

    memset(auth, 0, sizeof(rtc_turn_auth_t));

    /* RFC 8489, 9.2.4: no integrity: challenge */

    if (m->integrity == NULL && m->integrity_sha256 == NULL) {
        return 401;
    }

    /* integrity, but neither USERNAME nor USERHASH, no REALM, no NONCE: 400 */

    if ((rtc_stun_find(m, RTC_STUN_USERNAME, &name) != RTC_OK
         && rtc_stun_find(m, RTC_TURN_A_USERHASH, &name) != RTC_OK)
        || rtc_stun_find(m, RTC_TURN_A_REALM, &realm) != RTC_OK
        || rtc_stun_find(m, RTC_TURN_A_NONCE, &nonce) != RTC_OK)
    {
        return 400;
    }

    /*
     * The last check of the RFC is the first one here: nothing is computed
     * for who does not have the address it writes from.  The nonce's cookie is
     * part of what is compared: a changed one is a bid-down.
     */

    if (rtc_turn_nonce_check(nonce, conf->nonce_key,
                             rtc_turn_auth_features(conf), source, now_s)
        != RTC_OK)
    {
        return 438;
    }

    /* the cookie says "password algorithms": compare what the client saw */

    if (rtc_turn_auth_algorithm(m, &algorithm) != RTC_OK) {
        return 400;
    }

    if (realm.len != conf->realm.len
        || memcmp(realm.data, conf->realm.data, realm.len) != 0)
    {
        return 401;
    }

    auth->sha256 = m->integrity_sha256 != NULL;

    if (rtc_turn_auth_user(conf, m, algorithm, auth) != RTC_OK) {
        auth->key_len = 0;
        return 401;
    }

    return 0;
}


static int
rtc_turn_auth_algorithm(const rtc_stun_msg_t *m, unsigned *algorithm)
{
    int        many, one;
    rtc_str_t  list, value;

    many = rtc_stun_find(m, RTC_TURN_A_ALGORITHMS, &list);
    one = rtc_stun_find(m, RTC_TURN_A_ALGORITHM, &value);

    if (many != RTC_OK && one != RTC_OK) {
        *algorithm = RTC_TURN_MD5;
        return RTC_OK;
    }

    if (many != RTC_OK || one != RTC_OK
        || list.len != sizeof(rtc_turn_algorithms)
        || memcmp(list.data, rtc_turn_algorithms, list.len) != 0
        || value.len != 4 || rtc_get_u16(value.data + 2) != 0)
    {
        return RTC_ERROR;
    }

    *algorithm = rtc_get_u16(value.data);

    return *algorithm == RTC_TURN_MD5 || *algorithm == RTC_TURN_SHA256
           ? RTC_OK : RTC_ERROR;
}


static int
rtc_turn_auth_user(const rtc_turn_auth_conf_t *conf, const rtc_stun_msg_t *m,
    unsigned algorithm, rtc_turn_auth_t *auth)
{
    size_t                  i;
    uint8_t                 password[RTC_TURN_PASSWORD_LEN];
    rtc_str_t               text;
    const rtc_turn_user_t  *user;

    user = rtc_turn_auth_find(conf, m);

    if (user) {
        auth->user = user->name;
        auth->id = user->name;
        auth->expires_s = UINT64_MAX;

        return rtc_turn_auth_try(conf, m, user->password, algorithm, auth);
    }

    if (rtc_stun_find(m, RTC_STUN_USERNAME, &auth->user) != RTC_OK
        || rtc_turn_user_parse(auth->user, &auth->expires_s, &auth->id)
           != RTC_OK)
    {
        return RTC_DECLINED;
    }

    text.data = password;
    text.len = RTC_TURN_PASSWORD_LEN;

    for (i = 0; i < conf->secrets.nelts; i++) {

        if (rtc_turn_password(password, conf->secrets.elts[i], auth->user)
            == RTC_OK
            && rtc_turn_auth_try(conf, m, text, algorithm, auth) == RTC_OK)
        {
            return RTC_OK;
        }
    }

    return RTC_DECLINED;
}


static const rtc_turn_user_t *
rtc_turn_auth_find(const rtc_turn_auth_conf_t *conf, const rtc_stun_msg_t *m)
{
    size_t                  i;
    rtc_str_t               name, hash;
    const rtc_turn_user_t  *user;

    if (rtc_stun_find(m, RTC_STUN_USERNAME, &name) != RTC_OK) {
        name.len = 0;
    }

    if (rtc_stun_find(m, RTC_TURN_A_USERHASH, &hash) != RTC_OK
        || hash.len != RTC_SHA256_LEN)
    {
        hash.len = 0;
    }

    for (i = 0; i < conf->nusers; i++) {
        user = &conf->users[i];

        if (name.len) {
            if (name.len == user->name.len
                && memcmp(name.data, user->name.data, name.len) == 0)
            {
                return user;
            }

        } else if (hash.len
                   && memcmp(hash.data, user->hash, RTC_SHA256_LEN) == 0)
        {
            return user;
        }
    }

    return NULL;
}


static int
rtc_turn_auth_try(const rtc_turn_auth_conf_t *conf, const rtc_stun_msg_t *m,
    rtc_str_t password, unsigned algorithm, rtc_turn_auth_t *auth)
{
    if (rtc_turn_auth_key(auth, conf->realm, password, algorithm) != RTC_OK) {
        return RTC_ERROR;
    }

    return rtc_turn_verify(m, auth->key, auth->key_len, auth->sha256);
}


/* RFC 8489, 9.2.2 and 18.5.1: user ":" realm ":" password */

static int
rtc_turn_auth_key(rtc_turn_auth_t *auth, rtc_str_t realm, rtc_str_t password,
    unsigned algorithm)
{
    size_t   len;
    uint8_t  text[RTC_STUN_MAX_USERNAME + RTC_TURN_REALM_MAX
                  + RTC_TURN_SECRET_MAX + 2], *p;

    if (auth->user.len > RTC_STUN_MAX_USERNAME
        || realm.len > RTC_TURN_REALM_MAX
        || password.len > RTC_TURN_SECRET_MAX)
    {
        return RTC_ERROR;
    }

    p = rtc_write_bytes(text, auth->user.data, auth->user.len);
    p = rtc_write_u8(p, ':');
    p = rtc_write_bytes(p, realm.data, realm.len);
    p = rtc_write_u8(p, ':');
    p = rtc_write_bytes(p, password.data, password.len);

    len = (size_t) (p - text);

    if (algorithm == RTC_TURN_SHA256) {
        auth->key_len = RTC_SHA256_LEN;
        return rtc_sha256(auth->key, text, len);
    }

    auth->key_len = RTC_MD5_LEN;

    return rtc_md5(auth->key, text, len);
}


/* RFC 8489, 14.4 */

static int
rtc_turn_userhash(uint8_t hash[RTC_SHA256_LEN], rtc_str_t user,
    rtc_str_t realm)
{
    uint8_t  text[RTC_TURN_SECRET_MAX + 1 + RTC_TURN_REALM_MAX], *p;

    if (user.len > RTC_TURN_SECRET_MAX || realm.len > RTC_TURN_REALM_MAX) {
        return RTC_ERROR;
    }

    p = rtc_write_bytes(text, user.data, user.len);
    p = rtc_write_u8(p, ':');
    p = rtc_write_bytes(p, realm.data, realm.len);

    return rtc_sha256(hash, text, (size_t) (p - text));
}
