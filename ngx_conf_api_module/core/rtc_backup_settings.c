
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdio.h>
#include <stdlib.h>

#include "rtc_backup_internal.h"
#include "rtc_cert.h"
#include "rtc_ring.h"
#include "rtc_settings.h"
#include "rtc_webhooks.h"


static int rtc_backup_setting(rtc_backup_t *backup, json_t *out,
    const char *name, json_t *value);
static int rtc_backup_custom(rtc_backup_t *backup, json_t *out,
    json_t *changes);
static int rtc_backup_webhooks(rtc_backup_t *backup, json_t *out,
    json_t *webhooks);
static int rtc_backup_livekit(rtc_backup_t *backup, json_t *out,
    json_t *settings, const uint8_t seal[RTC_SEAL_KEY]);
static int rtc_backup_certificate(rtc_backup_t *backup, size_t i, json_t *item,
    json_t *out, const uint8_t seal[RTC_SEAL_KEY]);
static int rtc_backup_ring(rtc_backup_t *backup, json_t *out, json_t *ring,
    const uint8_t seal[RTC_SEAL_KEY]);
static int rtc_backup_json(json_t *out, const char *name, json_t *value);
static rtc_str_t rtc_backup_text(json_t *object, const char *name);
static int rtc_backup_pair(json_t *out, const char *name, const char *text,
    size_t len);


int
rtc_backup_settings(rtc_backup_t *backup, json_t *settings,
    const uint8_t seal[RTC_SEAL_KEY])
{
    int          rc;
    json_t      *out, *value;
    const char  *name;

    if (!json_is_object(settings)) {
        return rtc_backup_refuse(backup, "settings must be an object.");
    }

    out = json_array();
    rc = out ? RTC_OK : RTC_ERROR;

    json_object_foreach(settings, name, value) {

        if (rc != RTC_OK) {
            break;
        }

        rc = rtc_backup_setting(backup, out, name, value);
    }

    if (rc == RTC_OK) {
        rc = rtc_backup_livekit(backup, out, settings, seal);
    }

    if (rc == RTC_OK) {
        rc = rtc_backup_ring(backup, out, json_object_get(settings,
                                                          "livekit_keys"),
                             seal);
    }

    if (rc == RTC_OK) {
        return rtc_backup_part(backup, "settings", out);
    }

    json_decref(out);

    return rc;
}


static int
rtc_backup_setting(rtc_backup_t *backup, json_t *out, const char *name,
    json_t *value)
{
    size_t         len;
    uint8_t        buf[RTC_SETTING_MAX];
    rtc_str_t      text;
    rtc_setting_e  i;

    if (strcmp(name, "custom_settings") == 0) {
        return rtc_backup_custom(backup, out, value);
    }

    if (strcmp(name, "webhooks") == 0) {
        return rtc_backup_webhooks(backup, out, value);
    }

    if (strcmp(name, "livekit_key") == 0
        || strcmp(name, "livekit_secret") == 0
        || strcmp(name, "livekit_keys") == 0)
    {
        return RTC_OK;
    }

    for (i = 0; i < RTC_SETTINGS; i++) {

        if (strcmp(name, rtc_setting_name(i)) != 0) {
            continue;
        }

        text.data = (const uint8_t *) json_string_value(value);
        text.len = json_string_length(value);

        if (text.data == NULL
            || rtc_setting_parse(i, text, buf, &len) != RTC_OK)
        {
            return rtc_backup_refuse(backup, "settings: %s must be %s.", name,
                                     rtc_setting_rule(i));
        }

        return len ? rtc_backup_pair(out, name, (const char *) buf, len)
                   : RTC_OK;
    }

    return rtc_backup_unknown(backup, "settings", name);
}


static int
rtc_backup_custom(rtc_backup_t *backup, json_t *out, json_t *changes)
{
    int      rc;
    char     error[200];
    json_t  *custom;

    custom = rtc_settings_custom_default();
    if (custom == NULL) {
        return RTC_ERROR;
    }

    rc = rtc_settings_custom_update(custom, changes, error, sizeof(error));

    if (rc != RTC_OK) {
        rc = rtc_backup_refuse(backup, "settings: %s", error);

    } else {
        rc = rtc_backup_json(out, "custom_settings", custom);
    }

    json_decref(custom);

    return rc;
}


static int
rtc_backup_webhooks(rtc_backup_t *backup, json_t *out, json_t *webhooks)
{
    if (!rtc_webhooks_is(webhooks)) {
        return rtc_backup_refuse(backup, "settings: webhooks must have urls, "
                                 "up to %d http:// or https:// addresses, and "
                                 "maybe api_key.", RTC_WEBHOOKS_URLS);
    }

    return rtc_backup_json(out, "webhooks", webhooks);
}


static int
rtc_backup_livekit(rtc_backup_t *backup, json_t *out, json_t *settings,
    const uint8_t seal[RTC_SEAL_KEY])
{
    uint8_t    sealed[RTC_RING_SEALED];
    ssize_t    n;
    rtc_str_t  key, secret;

    if (json_object_get(settings, "livekit_key") == NULL
        && json_object_get(settings, "livekit_secret") == NULL)
    {
        return RTC_OK;
    }

    if (!backup->keys) {
        return rtc_backup_refuse(backup, "settings: livekit_key and "
                                 "livekit_secret need certificates beside "
                                 "them, be it an empty array.");
    }

    key = rtc_backup_text(settings, "livekit_key");
    secret = rtc_backup_text(settings, "livekit_secret");

    if (!rtc_ring_is_pair(key, secret)) {
        return rtc_backup_refuse(backup, "settings: livekit_key must have 1 "
                                 "to %d, livekit_secret 1 to %d visible "
                                 "characters of ASCII.", RTC_RING_NAME,
                                 RTC_RING_SECRET);
    }

    n = rtc_seal(sealed, sizeof(sealed), seal, RTC_SEAL_LIVEKIT, secret.data,
                 secret.len);

    if (n < 0) {
        return RTC_ERROR;
    }

    if (rtc_backup_pair(out, "livekit_key", (const char *) key.data, key.len)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    return rtc_backup_pair(out, "livekit_secret", (const char *) sealed, n);
}


static int
rtc_backup_ring(rtc_backup_t *backup, json_t *out, json_t *ring,
    const uint8_t seal[RTC_SEAL_KEY])
{
    int          rc;
    size_t       chars;
    json_t      *sealed, *value;
    const char  *name, *label;

    if (ring == NULL) {
        return RTC_OK;
    }

    if (!backup->keys) {
        return rtc_backup_refuse(backup, "settings: livekit_keys needs "
                                 "certificates beside it, be it an empty "
                                 "array.");
    }

    if (!json_is_object(ring) || json_object_size(ring) > RTC_RING_KEYS) {
        return rtc_backup_refuse(backup, "settings: livekit_keys must be an "
                                 "object of at most %d keys.", RTC_RING_KEYS);
    }

    sealed = rtc_ring_seal(ring, seal);
    rc = sealed ? RTC_OK : RTC_ERROR;

    json_object_foreach(sealed, name, value) {
        label = json_string_value(json_object_get(value, "label"));

        if (!rtc_args_is_plain((const uint8_t *) label, strlen(label), &chars)
            || chars > RTC_RING_LABEL)
        {
            rc = RTC_ERROR;
        }
    }

    if (rc != RTC_OK) {
        rc = rtc_backup_refuse(backup, "settings: livekit_keys must have keys "
                               "and secrets as livekit_key, created, and a "
                               "label of up to %d characters.",
                               RTC_RING_LABEL);

    } else if (json_object_size(sealed)) {
        rc = rtc_backup_json(out, "livekit_keys", sealed);
    }

    json_decref(sealed);

    return rc;
}


/* the value as text */

static int
rtc_backup_json(json_t *out, const char *name, json_t *value)
{
    int    rc;
    char  *text;

    text = json_dumps(value, JSON_COMPACT|JSON_PRESERVE_ORDER);

    rc = text ? rtc_backup_pair(out, name, text, strlen(text)) : RTC_ERROR;
    free(text);

    return rc;
}


static int
rtc_backup_pair(json_t *out, const char *name, const char *text, size_t len)
{
    if (json_array_append_new(out, json_string(name)) != 0
        || json_array_append_new(out, json_stringn(text, len)) != 0)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}


int
rtc_backup_certificates(rtc_backup_t *backup, json_t *certificates,
    const uint8_t seal[RTC_SEAL_KEY])
{
    int      rc;
    size_t   i;
    json_t  *item, *out;

    if (certificates == NULL) {
        return RTC_OK;
    }

    if (!json_is_array(certificates)
        || json_array_size(certificates) > RTC_BACKUP_CERTS)
    {
        return rtc_backup_refuse(backup, "certificates must be an array of at "
                                 "most %d.", RTC_BACKUP_CERTS);
    }

    out = json_array();
    rc = out ? RTC_OK : RTC_ERROR;

    json_array_foreach(certificates, i, item) {

        if (rc == RTC_OK) {
            rc = rtc_backup_certificate(backup, i, item, out, seal);
        }
    }

    if (rc == RTC_OK) {
        return rtc_backup_part(backup, "certificates", out);
    }

    json_decref(out);

    return rc;
}


/* one that has expired since is no error: a backup may be old */

static int
rtc_backup_certificate(rtc_backup_t *backup, size_t i, json_t *item,
    json_t *out, const uint8_t seal[RTC_SEAL_KEY])
{
    int          rc;
    char        *record, error[RTC_CERT_ERROR];
    size_t       len;
    uint8_t      domain[RTC_SETTING_MAX + 1];
    rtc_str_t    name, chain, key;
    rtc_cert_t   cert;
    const char  *type;

    type = json_string_value(json_object_get(item, "type"));

    if (type == NULL || (strcmp(type, "SSL_TYPE_CUSTOM") != 0
                         && strcmp(type, "SSL_TYPE_LETSENCRYPT") != 0))
    {
        return rtc_backup_refuse(backup, "certificates[%zu]: type must be "
                                 "SSL_TYPE_CUSTOM or SSL_TYPE_LETSENCRYPT.",
                                 i);
    }

    name = rtc_backup_text(item, "domain");
    chain = rtc_backup_text(item, "chain");
    key = rtc_backup_text(item, "key");

    if (name.len == 0
        || rtc_setting_parse(RTC_SETTING_DOMAIN, name, domain, &len) != RTC_OK)
    {
        return rtc_backup_refuse(backup, "certificates[%zu]: domain must be "
                                 "%s.", i,
                                 rtc_setting_rule(RTC_SETTING_DOMAIN));
    }

    if (chain.len == 0 || key.len == 0) {
        return rtc_backup_refuse(backup, "certificates[%zu]: chain and key are "
                                 "required.", i);
    }

    rc = rtc_cert_read(&cert, chain, key, NULL,
                       json_integer_value(json_object_get(item, "not_before")),
                       error);

    if (rc != RTC_OK) {
        return rtc_backup_refuse(backup, "certificates[%zu]: %s", i, error);
    }

    name.data = domain;
    name.len = len;

    if (!rtc_cert_covers(&cert, name)) {
        rtc_cert_free(&cert);
        return rtc_backup_refuse(backup, "certificates[%zu]: the certificate "
                                 "is not for its domain.", i);
    }

    record = rtc_cert_record(&cert, type,
                             json_integer_value(json_object_get(item,
                                                                "stored")),
                             seal);
    rtc_cert_free(&cert);

    domain[len] = '\0';

    rc = record ? rtc_backup_pair(out, (char *) domain, record, strlen(record))
                : RTC_ERROR;
    free(record);

    return rc;
}


static rtc_str_t
rtc_backup_text(json_t *object, const char *name)
{
    json_t     *value;
    rtc_str_t   text;

    value = json_object_get(object, name);

    text.data = (const uint8_t *) json_string_value(value);
    text.len = text.data ? json_string_length(value) : 0;

    return text;
}
