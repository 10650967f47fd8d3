
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include <jansson.h>

#include "rtc_cert.h"


static json_t *rtc_cert_names_json(const rtc_cert_t *cert);
static int rtc_cert_open_json(rtc_cert_t *cert, json_t *json,
    const uint8_t *seal);
static char *rtc_cert_open_key(const char *sealed, size_t len,
    const uint8_t *seal);


char *
rtc_cert_record(const rtc_cert_t *cert, const char *type, int64_t now,
    const uint8_t seal[RTC_SEAL_KEY])
{
    char     *text, *sealed;
    size_t    len;
    ssize_t   n;
    json_t   *json;

    len = strlen(cert->key);

    sealed = malloc(rtc_seal_text_len(len));
    if (sealed == NULL) {
        return NULL;
    }

    n = rtc_seal((uint8_t *) sealed, rtc_seal_text_len(len), seal,
                 RTC_SEAL_CERTIFICATE, (uint8_t *) cert->key, len);

    if (n < 0) {
        free(sealed);
        return NULL;
    }

    json = json_pack("{s:s, s:s, s:s%, s:o, s:s, s:I, s:I, s:I}",
                     "type", type, "chain", cert->chain,
                     "key", sealed, (size_t) n,
                     "names", rtc_cert_names_json(cert),
                     "issuer", cert->issuer,
                     "not_before", (json_int_t) cert->not_before,
                     "not_after", (json_int_t) cert->not_after,
                     "stored", (json_int_t) now);

    text = json ? json_dumps(json, JSON_COMPACT) : NULL;

    json_decref(json);
    free(sealed);

    return text;
}


static json_t *
rtc_cert_names_json(const rtc_cert_t *cert)
{
    size_t   i;
    json_t  *names;

    names = json_array();

    for (i = 0; names && i < cert->nnames; i++) {

        /* one that is no UTF-8 is none */

        (void) json_array_append_new(names, json_string(cert->names[i]));
    }

    return names;
}


int
rtc_cert_open(rtc_cert_t *cert, rtc_str_t record,
    const uint8_t seal[RTC_SEAL_KEY])
{
    int      rc;
    json_t  *json;

    memset(cert, 0, sizeof(rtc_cert_t));

    json = json_loadb((const char *) record.data, record.len, 0, NULL);

    rc = rtc_cert_open_json(cert, json, seal);

    json_decref(json);

    if (rc != RTC_OK) {
        rtc_cert_free(cert);
    }

    return rc;
}


static int
rtc_cert_open_json(rtc_cert_t *cert, json_t *json, const uint8_t *seal)
{
    size_t       i, len;
    json_t      *names, *name;
    json_int_t   not_before, not_after;
    const char  *chain, *sealed, *issuer;

    if (json_unpack(json, "{s:s, s:s%, s:o, s:s, s:I, s:I}", "chain", &chain,
                    "key", &sealed, &len, "names", &names, "issuer", &issuer,
                    "not_before", &not_before, "not_after", &not_after) != 0
        || !json_is_array(names))
    {
        return RTC_ERROR;
    }

    cert->not_before = not_before;
    cert->not_after = not_after;

    strncpy(cert->issuer, issuer, sizeof(cert->issuer) - 1);

    cert->chain = strdup(chain);
    cert->key = rtc_cert_open_key(sealed, len, seal);

    if (cert->chain == NULL || cert->key == NULL) {
        return RTC_ERROR;
    }

    json_array_foreach(names, i, name) {

        if (cert->nnames == RTC_CERT_NAMES || !json_is_string(name)) {
            return RTC_ERROR;
        }

        cert->names[cert->nnames] = strdup(json_string_value(name));

        if (cert->names[cert->nnames++] == NULL) {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


static char *
rtc_cert_open_key(const char *sealed, size_t len, const uint8_t *seal)
{
    char     *key;
    ssize_t   n;

    key = malloc(rtc_seal_open_len(len) + 1);
    if (key == NULL) {
        return NULL;
    }

    n = rtc_seal_open((uint8_t *) key, rtc_seal_open_len(len), seal,
                      RTC_SEAL_CERTIFICATE, (const uint8_t *) sealed, len);

    if (n < 0) {
        free(key);
        return NULL;
    }

    key[n] = '\0';

    return key;
}
