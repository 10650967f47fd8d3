
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "rtc_args.h"


static int rtc_args_is_type(rtc_str_t type, const char *name);
static int rtc_args_parse_json(rtc_args_t *args, const uint8_t *body,
    size_t len);
static int rtc_args_parse_form(rtc_args_t *args, const uint8_t *form,
    size_t len);
static int rtc_args_parse_pair(json_t *form, const uint8_t *p,
    const uint8_t *last);
static char *rtc_args_unescape(const uint8_t *p, const uint8_t *last,
    size_t *len);
static int rtc_args_hex(uint8_t ch);
static int rtc_args_is_text(rtc_args_t *args, const char *name);
static int rtc_args_item_bytes(rtc_args_t *args, const char *name,
    const json_t *item, size_t min, size_t max, rtc_str_t *value);


void
rtc_args_init(rtc_args_t *args)
{
    args->json = NULL;
    args->form = NULL;
    args->error[0] = '\0';
}


void
rtc_args_free(rtc_args_t *args)
{
    json_decref(args->json);
    json_decref(args->form);

    rtc_args_init(args);
}


int
rtc_args_parse_body(rtc_args_t *args, rtc_str_t type, const uint8_t *body,
    size_t len)
{
    const uint8_t  *p, *last;

    if (len == 0) {
        return RTC_OK;
    }

    last = body + len;

    for (p = body; p < last; p++) {
        if (*p != ' ' && *p != '\t' && *p != '\r' && *p != '\n') {
            break;
        }
    }

    if (p == last) {
        return RTC_OK;
    }

    /* curl -d says of everything that it is a form */

    if (rtc_args_is_type(type, "application/json") || *p == '{' || *p == '[') {
        return rtc_args_parse_json(args, p, last - p);
    }

    if (rtc_args_is_type(type, "multipart/form-data")) {
        snprintf(args->error, sizeof(args->error),
                 "The body must be a JSON object or a URL-encoded form.");
        return RTC_ERROR;
    }

    return rtc_args_parse_form(args, p, last - p);
}


int
rtc_args_parse_query(rtc_args_t *args, const uint8_t *query, size_t len)
{
    return rtc_args_parse_form(args, query, len);
}


static int
rtc_args_is_type(rtc_str_t type, const char *name)
{
    size_t  n;

    n = strlen(name);

    if (type.len < n || strncasecmp((const char *) type.data, name, n) != 0) {
        return 0;
    }

    return type.len == n || type.data[n] == ';' || type.data[n] == ' ';
}


static int
rtc_args_parse_json(rtc_args_t *args, const uint8_t *body, size_t len)
{
    json_error_t  error;

    args->json = json_loadb((const char *) body, len, JSON_REJECT_DUPLICATES,
                            &error);
    if (args->json == NULL) {
        snprintf(args->error, sizeof(args->error),
                 "The body is not valid JSON (line %d, column %d).",
                 error.line, error.column);
        return RTC_ERROR;
    }

    if (!json_is_object(args->json)) {
        snprintf(args->error, sizeof(args->error),
                 "The body must be a JSON object.");
        return RTC_ERROR;
    }

    return RTC_OK;
}


/* application/x-www-form-urlencoded of the URL standard */

static int
rtc_args_parse_form(rtc_args_t *args, const uint8_t *form, size_t len)
{
    size_t          n;
    json_t         *pairs;
    const uint8_t  *p, *amp, *last;

    if (len == 0) {
        return RTC_OK;
    }

    pairs = json_object();
    last = form + len;
    n = 0;

    for (p = form; p < last; p = amp + 1) {

        amp = memchr(p, '&', last - p);
        if (amp == NULL) {
            amp = last;
        }

        if (amp == p) {
            continue;
        }

        if (++n > RTC_ARGS_MAX || rtc_args_parse_pair(pairs, p, amp) != RTC_OK)
        {
            snprintf(args->error, sizeof(args->error),
                     "The form or the query string is malformed.");
            json_decref(pairs);
            return RTC_ERROR;
        }
    }

    if (args->form == NULL) {
        args->form = pairs;
        return RTC_OK;
    }

    n = json_object_update_missing(args->form, pairs);
    json_decref(pairs);

    return n == 0 ? RTC_OK : RTC_ERROR;
}


static int
rtc_args_parse_pair(json_t *form, const uint8_t *p, const uint8_t *last)
{
    int             rc;
    char           *name, *value;
    size_t          name_len, value_len;
    const uint8_t  *equal;

    equal = memchr(p, '=', last - p);

    name = rtc_args_unescape(p, equal ? equal : last, &name_len);
    value = rtc_args_unescape(equal ? equal + 1 : last, last, &value_len);

    rc = RTC_ERROR;

    /* jansson checks that both are UTF-8 */

    if (name != NULL && value != NULL && memchr(name, '\0', name_len) == NULL
        && json_object_setn_new(form, name, name_len,
                                json_stringn(value, value_len)) == 0)
    {
        rc = RTC_OK;
    }

    free(name);
    free(value);

    return rc;
}


static char *
rtc_args_unescape(const uint8_t *p, const uint8_t *last, size_t *len)
{
    int    high, low;
    char  *text, *dst;

    text = malloc(last - p + 1);
    if (text == NULL) {
        return NULL;
    }

    for (dst = text; p < last; p++) {

        if (*p == '+') {
            *dst++ = ' ';
            continue;
        }

        if (*p != '%') {
            *dst++ = (char) *p;
            continue;
        }

        high = last - p > 2 ? rtc_args_hex(p[1]) : -1;
        low = high >= 0 ? rtc_args_hex(p[2]) : -1;

        if (low < 0) {
            free(text);
            return NULL;
        }

        *dst++ = (char) (high << 4 | low);
        p += 2;
    }

    *len = dst - text;

    return text;
}


static int
rtc_args_hex(uint8_t ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }

    ch |= 0x20;

    return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}


json_t *
rtc_args_get(rtc_args_t *args, const char *name)
{
    json_t  *value;

    value = json_object_get(args->json, name);

    return value != NULL ? value : json_object_get(args->form, name);
}


/* whether the value comes from a form or query, where all is text */

static int
rtc_args_is_text(rtc_args_t *args, const char *name)
{
    return json_object_get(args->json, name) == NULL;
}


int
rtc_args_string(rtc_args_t *args, const char *name, size_t min, size_t max,
    rtc_str_t *value)
{
    size_t          chars;
    json_t         *item;
    const uint8_t  *data;

    item = rtc_args_get(args, name);

    if (item == NULL) {
        return RTC_DECLINED;
    }

    data = (const uint8_t *) json_string_value(item);

    if (data == NULL
        || !rtc_args_is_plain(data, json_string_length(item), &chars)
        || chars < min || chars > max)
    {
        snprintf(args->error, sizeof(args->error),
                 "%s must be a string of %zu to %zu characters without control "
                 "characters.", name, min, max);
        return RTC_ERROR;
    }

    value->data = data;
    value->len = json_string_length(item);

    return RTC_OK;
}


int
rtc_args_text(rtc_args_t *args, const char *name, size_t max, rtc_str_t *value)
{
    size_t          i;
    json_t         *item;
    const uint8_t  *data;

    item = rtc_args_get(args, name);

    if (item == NULL) {
        return RTC_DECLINED;
    }

    data = (const uint8_t *) json_string_value(item);

    if (data == NULL || json_string_length(item) == 0
        || json_string_length(item) > max)
    {
        goto invalid;
    }

    value->data = data;
    value->len = json_string_length(item);

    for (i = 0; i < value->len; i++) {
        if (data[i] == 0x7f || (data[i] < 0x20 && data[i] != '\t'
                                && data[i] != '\r' && data[i] != '\n'))
        {
            goto invalid;
        }
    }

    return RTC_OK;

invalid:

    snprintf(args->error, sizeof(args->error),
             "%s must be a text of 1 to %zu bytes.", name, max);

    return RTC_ERROR;
}


int
rtc_args_integer(rtc_args_t *args, const char *name, int64_t min, int64_t max,
    int64_t *value)
{
    json_t      *item;
    int64_t      n;
    const char  *text;

    item = rtc_args_get(args, name);

    if (item == NULL) {
        return RTC_DECLINED;
    }

    text = json_string_value(item);

    if (json_is_integer(item)) {
        n = json_integer_value(item);

    } else if (text != NULL && rtc_args_is_text(args, name)
               && strspn(text, "0123456789") == json_string_length(item)
               && *text != '\0')
    {
        errno = 0;
        n = strtoll(text, NULL, 10);

        if (errno != 0) {
            goto invalid;
        }

    } else {
        goto invalid;
    }

    if (n < min || n > max) {
        goto invalid;
    }

    *value = n;

    return RTC_OK;

invalid:

    snprintf(args->error, sizeof(args->error),
             "%s must be an integer from %" PRId64 " to %" PRId64 ".",
             name, min, max);

    return RTC_ERROR;
}


int
rtc_args_bool(rtc_args_t *args, const char *name, int *value)
{
    json_t      *item;
    const char  *text;

    item = rtc_args_get(args, name);

    if (item == NULL) {
        return RTC_DECLINED;
    }

    if (json_is_boolean(item)) {
        *value = json_is_true(item);
        return RTC_OK;
    }

    text = json_string_value(item);

    if (text != NULL && rtc_args_is_text(args, name)) {

        if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0) {
            *value = 1;
            return RTC_OK;
        }

        if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0) {
            *value = 0;
            return RTC_OK;
        }
    }

    snprintf(args->error, sizeof(args->error), "%s must be true or false.",
             name);

    return RTC_ERROR;
}


int
rtc_args_enum(rtc_args_t *args, const char *name, const char *const *names,
    size_t n, size_t *value)
{
    int          len;
    size_t       i, used;
    json_t      *item;
    const char  *text;

    item = rtc_args_get(args, name);

    if (item == NULL) {
        return RTC_DECLINED;
    }

    text = json_string_value(item);

    for (i = 0; text != NULL && i < n; i++) {
        if (strcmp(text, names[i]) == 0) {
            *value = i;
            return RTC_OK;
        }
    }

    used = 0;

    for (i = 0; i < n && used < sizeof(args->error); i++) {
        len = snprintf(args->error + used, sizeof(args->error) - used,
                       "%s%s%s%s",
                       i == 0 ? name : "", i == 0 ? " must be " : " or ",
                       names[i], i == n - 1 ? "." : "");
        if (len < 0) {
            break;
        }

        used += len;
    }

    return RTC_ERROR;
}


static json_t *
rtc_args_id_item(rtc_args_t *args)
{
    json_t  *item;

    item = rtc_args_get(args, "id");

    if (item == NULL) {
        item = rtc_args_get(args, "_id");
    }

    if (item == NULL) {
        (void) rtc_args_missing(args, "id");
    }

    return item;
}


int
rtc_args_room(rtc_args_t *args, uint8_t id[RTC_ARGS_ROOM])
{
    json_t      *item;
    rtc_str_t    value;
    const char  *text;

    item = rtc_args_id_item(args);
    if (item == NULL) {
        return RTC_ERROR;
    }

    text = json_string_value(item);

    if (text && json_string_length(item) == RTC_ARGS_ID
        && strspn(text, "0123456789abcdefABCDEF") == RTC_ARGS_ID)
    {
        return rtc_args_id(args, id) == RTC_OK ? RTC_ARGS_ID : RTC_ERROR;
    }

    if (rtc_args_item_bytes(args, "id", item, 1, RTC_ARGS_ROOM, &value)
        != RTC_OK)
    {
        return RTC_ERROR;
    }

    memcpy(id, value.data, value.len);

    return (int) value.len;
}


int
rtc_args_bytes(rtc_args_t *args, const char *name, size_t min, size_t max,
    rtc_str_t *value)
{
    json_t  *item;

    item = rtc_args_get(args, name);

    return item ? rtc_args_item_bytes(args, name, item, min, max, value)
                : RTC_DECLINED;
}


static int
rtc_args_item_bytes(rtc_args_t *args, const char *name, const json_t *item,
    size_t min, size_t max, rtc_str_t *value)
{
    size_t       len;
    const char  *text;

    text = json_string_value(item);
    len = json_string_length(item);

    if (text == NULL || len < min || len > max) {
        snprintf(args->error, sizeof(args->error),
                 "%s must be a string of %zu to %zu bytes.", name, min, max);
        return RTC_ERROR;
    }

    value->data = (const uint8_t *) text;
    value->len = len;

    return RTC_OK;
}


int
rtc_args_id(rtc_args_t *args, uint8_t id[RTC_ARGS_ID])
{
    size_t       i;
    json_t      *item;
    const char  *text;

    item = rtc_args_id_item(args);
    if (item == NULL) {
        return RTC_ERROR;
    }

    text = json_string_value(item);

    if (text == NULL
        || json_string_length(item) != RTC_ARGS_ID
        || strspn(text, "0123456789abcdefABCDEF") != RTC_ARGS_ID)
    {
        snprintf(args->error, sizeof(args->error),
                 "id must be a string of %d hexadecimal digits.", RTC_ARGS_ID);
        return RTC_ERROR;
    }

    for (i = 0; i < RTC_ARGS_ID; i++) {
        id[i] = text[i] >= 'A' && text[i] <= 'F' ? text[i] | 0x20 : text[i];
    }

    return RTC_OK;
}


int
rtc_args_named_id(rtc_args_t *args, const char *name, rtc_str_t *value)
{
    json_t      *item;
    const char  *text;

    item = rtc_args_get(args, name);

    if (item == NULL) {
        return RTC_DECLINED;
    }

    text = json_string_value(item);

    if (text == NULL
        || json_string_length(item) != RTC_ARGS_ID
        || strspn(text, "0123456789abcdef") != RTC_ARGS_ID)
    {
        snprintf(args->error, sizeof(args->error),
                 "%s must be a string of %d hexadecimal digits in lower case.",
                 name, RTC_ARGS_ID);
        return RTC_ERROR;
    }

    value->data = (const uint8_t *) text;
    value->len = RTC_ARGS_ID;

    return RTC_OK;
}


int
rtc_args_missing(rtc_args_t *args, const char *name)
{
    snprintf(args->error, sizeof(args->error), "%s is required.", name);

    return RTC_ERROR;
}


int
rtc_args_too_long(rtc_args_t *args, const char *name)
{
    snprintf(args->error, sizeof(args->error), "%s is too long.", name);

    return RTC_ERROR;
}


int
rtc_args_refuse(rtc_args_t *args, const char *sentence)
{
    snprintf(args->error, sizeof(args->error), "%s", sentence);

    return RTC_ERROR;
}


int
rtc_args_is_plain(const uint8_t *p, size_t len, size_t *chars)
{
    const uint8_t  *last;

    *chars = 0;

    for (last = p + len; p < last; p++) {

        if (*p < 0x20 || *p == 0x7f
            || (*p == 0xc2 && last - p > 1 && p[1] < 0xa0))
        {
            return 0;
        }

        if ((*p & 0xc0) != 0x80) {
            (*chars)++;
        }
    }

    return 1;
}
