
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_ring.h"


static json_t *rtc_ring_member(const rtc_ring_key_t *key, rtc_str_t secret);
static int rtc_ring_is_word(rtc_str_t text, size_t max);


json_t *
rtc_ring_parse(rtc_str_t text)
{
    json_t          *ring, *value;
    const char      *name;
    json_error_t     error;
    rtc_ring_key_t   key;

    if (text.len == 0) {
        return json_object();
    }

    if (text.len > RTC_RING_MAX) {
        return NULL;
    }

    ring = json_loadb((const char *) text.data, text.len,
                      JSON_REJECT_DUPLICATES, &error);

    if (!json_is_object(ring) || json_object_size(ring) > RTC_RING_KEYS) {
        json_decref(ring);
        return NULL;
    }

    json_object_foreach(ring, name, value) {

        if (rtc_ring_key(&key, name, value, RTC_RING_SEALED) != RTC_OK) {
            json_decref(ring);
            return NULL;
        }
    }

    return ring;
}


int
rtc_ring_key(rtc_ring_key_t *key, const char *name, json_t *value, size_t max)
{
    size_t       secret_len, label_len;
    json_int_t   created;
    const char  *secret, *label;

    if (json_unpack(value, "{s:s%, s:s%, s:I}", "secret", &secret, &secret_len,
                    "label", &label, &label_len, "created", &created) != 0)
    {
        return RTC_ERROR;
    }

    key->name.data = (const uint8_t *) name;
    key->name.len = strlen(name);
    key->secret.data = (const uint8_t *) secret;
    key->secret.len = secret_len;
    key->label.data = (const uint8_t *) label;
    key->label.len = label_len;
    key->created = created;

    return rtc_ring_is_name(key->name)
           && rtc_ring_is_word(key->secret, max)
           && label_len <= 4 * RTC_RING_LABEL
           && created >= 0
           ? RTC_OK : RTC_ERROR;
}


json_t *
rtc_ring_open(json_t *ring, const uint8_t seal[RTC_SEAL_KEY])
{
    json_t          *out, *value;
    uint8_t          secret[rtc_seal_open_len(RTC_RING_SEALED)];
    ssize_t          n;
    rtc_str_t        text;
    const char      *name;
    rtc_ring_key_t   key;

    out = json_object();

    json_object_foreach(ring, name, value) {

        if (rtc_ring_key(&key, name, value, RTC_RING_SEALED) != RTC_OK) {
            continue;
        }

        n = rtc_seal_open(secret, sizeof(secret), seal, RTC_SEAL_LIVEKIT,
                          key.secret.data, key.secret.len);

        text.data = secret;
        text.len = rtc_max(n, 0);

        if (rtc_ring_is_word(text, RTC_RING_SECRET)
            && json_object_set_new(out, name, rtc_ring_member(&key, text))
               != 0)
        {
            json_decref(out);
            return NULL;
        }
    }

    return out;
}


json_t *
rtc_ring_seal(json_t *ring, const uint8_t seal[RTC_SEAL_KEY])
{
    json_t          *out, *value;
    uint8_t          sealed[RTC_RING_SEALED];
    ssize_t          n;
    rtc_str_t        text;
    const char      *name;
    rtc_ring_key_t   key;

    out = json_object();

    json_object_foreach(ring, name, value) {

        if (rtc_ring_key(&key, name, value, RTC_RING_SECRET) != RTC_OK) {
            goto failed;
        }

        n = rtc_seal(sealed, sizeof(sealed), seal, RTC_SEAL_LIVEKIT,
                     key.secret.data, key.secret.len);

        text.data = sealed;
        text.len = rtc_max(n, 0);

        if (n < 0
            || json_object_set_new(out, name, rtc_ring_member(&key, text))
               != 0)
        {
            goto failed;
        }
    }

    return out;

failed:

    json_decref(out);

    return NULL;
}


static json_t *
rtc_ring_member(const rtc_ring_key_t *key, rtc_str_t secret)
{
    return json_pack("{s:s%, s:s%, s:I}",
                     "secret", (const char *) secret.data, secret.len,
                     "label", (const char *) key->label.data, key->label.len,
                     "created", (json_int_t) key->created);
}


static int
rtc_ring_is_word(rtc_str_t text, size_t max)
{
    size_t  i;

    if (text.len == 0 || text.len > max) {
        return 0;
    }

    for (i = 0; i < text.len; i++) {
        if (text.data[i] < '!' || text.data[i] > '~') {
            return 0;
        }
    }

    return 1;
}


int
rtc_ring_is_name(rtc_str_t name)
{
    return rtc_ring_is_word(name, RTC_RING_NAME);
}


int
rtc_ring_is_pair(rtc_str_t name, rtc_str_t secret)
{
    return rtc_ring_is_name(name)
           && rtc_ring_is_word(secret, RTC_RING_SECRET);
}
