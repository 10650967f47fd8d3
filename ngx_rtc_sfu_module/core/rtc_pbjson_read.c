
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "rtc_base64.h"
#include "rtc_pbjson_internal.h"


typedef struct {
    ProtobufCAllocator  *mem;
    unsigned             depth;
    const char          *reason;
} rtc_pbjson_reader_t;


/* an integer of either sign */

typedef struct {
    int                  negative;
    uint64_t             n;             /* without the sign */
} rtc_pbjson_number_t;


static ProtobufCMessage *rtc_pbjson_read_message(rtc_pbjson_reader_t *r,
    const ProtobufCMessageDescriptor *type, const json_t *json);
static int rtc_pbjson_read_field(rtc_pbjson_reader_t *r,
    ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
    const json_t *json);
static int rtc_pbjson_read_list(rtc_pbjson_reader_t *r, uint8_t *list,
    size_t *n, const ProtobufCFieldDescriptor *field, const json_t *json);
static int rtc_pbjson_read_map(rtc_pbjson_reader_t *r,
    ProtobufCMessage **list, size_t *n,
    const ProtobufCMessageDescriptor *entry, const json_t *json);
static int rtc_pbjson_read_entry(rtc_pbjson_reader_t *r,
    ProtobufCMessage *message, const char *key, const json_t *value);
static int rtc_pbjson_read_value(rtc_pbjson_reader_t *r,
    const ProtobufCFieldDescriptor *field, const json_t *json, void *to);
static int rtc_pbjson_read_int32(rtc_pbjson_reader_t *r, const json_t *json,
    int32_t *to);
static int rtc_pbjson_read_uint32(rtc_pbjson_reader_t *r, const json_t *json,
    uint32_t *to);
static int rtc_pbjson_read_int64(rtc_pbjson_reader_t *r, const json_t *json,
    int64_t *to);
static int rtc_pbjson_read_uint64(rtc_pbjson_reader_t *r, const json_t *json,
    uint64_t *to);
static int rtc_pbjson_read_number(rtc_pbjson_reader_t *r, const json_t *json,
    rtc_pbjson_number_t *number);
static int rtc_pbjson_read_digits(const char *text,
    rtc_pbjson_number_t *number);
static int rtc_pbjson_read_double(rtc_pbjson_reader_t *r, const json_t *json,
    double *to);
static int rtc_pbjson_read_enum(rtc_pbjson_reader_t *r,
    const ProtobufCEnumDescriptor *type, const json_t *json, int *to);
static int rtc_pbjson_read_string(rtc_pbjson_reader_t *r, const json_t *json,
    char **to);
static int rtc_pbjson_read_bytes(rtc_pbjson_reader_t *r, const json_t *json,
    ProtobufCBinaryData *to);
static const ProtobufCFieldDescriptor *rtc_pbjson_find(
    const ProtobufCMessageDescriptor *type, const char *name);
static void *rtc_pbjson_alloc(rtc_pbjson_reader_t *r, size_t size);
static int rtc_pbjson_fail(rtc_pbjson_reader_t *r, const char *reason);


ProtobufCMessage *
rtc_pbjson_read(const ProtobufCMessageDescriptor *type, const json_t *json,
    ProtobufCAllocator *mem, const char **reason)
{
    ProtobufCMessage     *message;
    rtc_pbjson_reader_t   r;

    r.mem = mem;
    r.depth = 0;
    r.reason = NULL;

    message = rtc_pbjson_read_message(&r, type, json);

    if (message == NULL) {
        *reason = r.reason;
    }

    return message;
}


static ProtobufCMessage *
rtc_pbjson_read_message(rtc_pbjson_reader_t *r,
    const ProtobufCMessageDescriptor *type, const json_t *json)
{
    json_t                          *value;
    const char                      *name;
    ProtobufCMessage                *message;
    const ProtobufCFieldDescriptor  *field;

    if (!json_is_object(json)) {
        (void) rtc_pbjson_fail(r, "a message is not an object");
        return NULL;
    }

    if (r->depth == RTC_PBJSON_DEPTH) {
        (void) rtc_pbjson_fail(r, "the messages are nested too deep");
        return NULL;
    }

    message = rtc_pbjson_alloc(r, type->sizeof_message);
    if (message == NULL) {
        return NULL;
    }

    type->message_init(message);

    r->depth++;

    json_object_foreach((json_t *) json, name, value) {

        field = rtc_pbjson_find(type, name);

        if (field && !json_is_null(value)
            && rtc_pbjson_read_field(r, message, field, value) == RTC_ERROR)
        {
            return NULL;
        }
    }

    r->depth--;

    return message;
}


static int
rtc_pbjson_read_field(rtc_pbjson_reader_t *r, ProtobufCMessage *message,
    const ProtobufCFieldDescriptor *field, const json_t *json)
{
    int                                rc;
    void                              *member, **list;
    size_t                             n, size;
    uint32_t                          *which;
    const ProtobufCMessageDescriptor  *entry;

    member = (uint8_t *) message + field->offset;

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {

        entry = rtc_pbjson_map(field);

        if (entry ? !json_is_object(json) : !json_is_array(json)) {
            return rtc_pbjson_fail(r, entry ? "a map is not an object"
                                            : "a list is not an array");
        }

        n = entry ? json_object_size(json) : json_array_size(json);
        size = rtc_pbjson_size(field->type);

        list = member;
        *list = rtc_pbjson_alloc(r, (n ? n : 1) * size);

        if (*list == NULL) {
            return RTC_ERROR;
        }

        n = 0;

        rc = entry ? rtc_pbjson_read_map(r, *list, &n, entry, json)
                   : rtc_pbjson_read_list(r, *list, &n, field, json);

        memcpy((uint8_t *) message + field->quantifier_offset, &n, sizeof(n));

        return rc;
    }

    if (!(field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)) {
        return rtc_pbjson_read_value(r, field, json, member);
    }

    which = (uint32_t *) ((uint8_t *) message + field->quantifier_offset);

    if (*which) {
        return rtc_pbjson_fail(r, "two members exclude each other");
    }

    rc = rtc_pbjson_read_value(r, field, json, member);

    if (rc == RTC_OK) {
        *which = field->id;
    }

    return rc;
}


static int
rtc_pbjson_read_list(rtc_pbjson_reader_t *r, uint8_t *list, size_t *n,
    const ProtobufCFieldDescriptor *field, const json_t *json)
{
    int      rc;
    size_t   i, size;
    json_t  *value;

    size = rtc_pbjson_size(field->type);

    json_array_foreach(json, i, value) {

        rc = rtc_pbjson_read_value(r, field, value, list + *n * size);

        if (rc == RTC_ERROR) {
            return RTC_ERROR;
        }

        if (rc == RTC_OK) {
            (*n)++;
        }
    }

    return RTC_OK;
}


static int
rtc_pbjson_read_map(rtc_pbjson_reader_t *r, ProtobufCMessage **list,
    size_t *n, const ProtobufCMessageDescriptor *entry, const json_t *json)
{
    int                rc;
    json_t            *value;
    const char        *key;
    ProtobufCMessage  *message;

    json_object_foreach((json_t *) json, key, value) {

        message = rtc_pbjson_alloc(r, entry->sizeof_message);
        if (message == NULL) {
            return RTC_ERROR;
        }

        entry->message_init(message);

        rc = rtc_pbjson_read_entry(r, message, key, value);

        if (rc == RTC_ERROR) {
            return RTC_ERROR;
        }

        if (rc == RTC_OK) {
            list[(*n)++] = message;
        }
    }

    return RTC_OK;
}


/* keys are always strings in JSON */

static int
rtc_pbjson_read_entry(rtc_pbjson_reader_t *r, ProtobufCMessage *message,
    const char *key, const json_t *value)
{
    int                              rc;
    json_t                          *text;
    const ProtobufCFieldDescriptor  *field;

    text = json_string(key);
    if (text == NULL) {
        return rtc_pbjson_fail(r, "out of memory");
    }

    field = &message->descriptor->fields[0];

    rc = rtc_pbjson_read_value(r, field, text,
                               (uint8_t *) message + field->offset);
    json_decref(text);

    if (rc != RTC_OK) {
        return rc;
    }

    field = &message->descriptor->fields[1];

    return rtc_pbjson_read_value(r, field, value,
                                 (uint8_t *) message + field->offset);
}


/* RTC_DECLINED: a name of an enum that nobody knows */

static int
rtc_pbjson_read_value(rtc_pbjson_reader_t *r,
    const ProtobufCFieldDescriptor *field, const json_t *json, void *to)
{
    double              real;
    float              *f;
    ProtobufCMessage  **message;

    switch (field->type) {

    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return rtc_pbjson_read_int32(r, json, to);

    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return rtc_pbjson_read_uint32(r, json, to);

    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return rtc_pbjson_read_int64(r, json, to);

    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return rtc_pbjson_read_uint64(r, json, to);

    case PROTOBUF_C_TYPE_FLOAT:

        if (rtc_pbjson_read_double(r, json, &real) != RTC_OK) {
            return RTC_ERROR;
        }

        if (isfinite(real) && fabs(real) > 3.4028234663852886e38) {
            return rtc_pbjson_fail(r, "a number is too large");
        }

        f = to;
        *f = (float) real;
        return RTC_OK;

    case PROTOBUF_C_TYPE_DOUBLE:
        return rtc_pbjson_read_double(r, json, to);

    case PROTOBUF_C_TYPE_BOOL:

        if (!json_is_boolean(json)) {
            return rtc_pbjson_fail(r, "a boolean is neither true nor false");
        }

        *(protobuf_c_boolean *) to = json_is_true(json);
        return RTC_OK;

    case PROTOBUF_C_TYPE_ENUM:
        return rtc_pbjson_read_enum(r, field->descriptor, json, to);

    case PROTOBUF_C_TYPE_STRING:
        return rtc_pbjson_read_string(r, json, to);

    case PROTOBUF_C_TYPE_BYTES:
        return rtc_pbjson_read_bytes(r, json, to);

    default: /* PROTOBUF_C_TYPE_MESSAGE */
        message = to;
        *message = rtc_pbjson_read_message(r, field->descriptor, json);
        return *message ? RTC_OK : RTC_ERROR;
    }
}


static int
rtc_pbjson_read_int32(rtc_pbjson_reader_t *r, const json_t *json, int32_t *to)
{
    int64_t  n;

    if (rtc_pbjson_read_int64(r, json, &n) != RTC_OK) {
        return RTC_ERROR;
    }

    if (n < INT32_MIN || n > INT32_MAX) {
        return rtc_pbjson_fail(r, "a number is too large");
    }

    *to = (int32_t) n;

    return RTC_OK;
}


static int
rtc_pbjson_read_uint32(rtc_pbjson_reader_t *r, const json_t *json,
    uint32_t *to)
{
    uint64_t  n;

    if (rtc_pbjson_read_uint64(r, json, &n) != RTC_OK) {
        return RTC_ERROR;
    }

    if (n > UINT32_MAX) {
        return rtc_pbjson_fail(r, "a number is too large");
    }

    *to = (uint32_t) n;

    return RTC_OK;
}


static int
rtc_pbjson_read_int64(rtc_pbjson_reader_t *r, const json_t *json, int64_t *to)
{
    rtc_pbjson_number_t  number;

    if (rtc_pbjson_read_number(r, json, &number) != RTC_OK) {
        return RTC_ERROR;
    }

    if (number.n > (uint64_t) INT64_MAX + number.negative) {
        return rtc_pbjson_fail(r, "a number is too large");
    }

    *to = number.negative ? (int64_t) (0 - number.n) : (int64_t) number.n;

    return RTC_OK;
}


static int
rtc_pbjson_read_uint64(rtc_pbjson_reader_t *r, const json_t *json,
    uint64_t *to)
{
    rtc_pbjson_number_t  number;

    if (rtc_pbjson_read_number(r, json, &number) != RTC_OK) {
        return RTC_ERROR;
    }

    if (number.negative && number.n) {
        return rtc_pbjson_fail(r, "a number is negative");
    }

    *to = number.n;

    return RTC_OK;
}


static int
rtc_pbjson_read_number(rtc_pbjson_reader_t *r, const json_t *json,
    rtc_pbjson_number_t *number)
{
    double      real;
    json_int_t  n;

    switch (json_typeof(json)) {

    case JSON_INTEGER:
        n = json_integer_value(json);
        number->negative = n < 0;
        number->n = n < 0 ? 0 - (uint64_t) n : (uint64_t) n;
        return RTC_OK;

    case JSON_REAL:
        real = json_real_value(json);

        if (fabs(real) >= 9007199254740992.0 || real != floor(real)) {
            return rtc_pbjson_fail(r, "a number is not an integer");
        }

        number->negative = real < 0;
        number->n = (uint64_t) fabs(real);
        return RTC_OK;

    case JSON_STRING:

        if (rtc_pbjson_read_digits(json_string_value(json), number) == RTC_OK)
        {
            return RTC_OK;
        }

        return rtc_pbjson_fail(r, "a string is not a number");

    default:
        return rtc_pbjson_fail(r, "a number is something else");
    }
}


static int
rtc_pbjson_read_digits(const char *text, rtc_pbjson_number_t *number)
{
    unsigned     digit;
    const char  *p;

    p = text;

    number->negative = *p == '-';
    number->n = 0;

    p += number->negative;

    if (*p == '\0') {
        return RTC_ERROR;
    }

    while (*p) {

        if (*p < '0' || *p > '9') {
            return RTC_ERROR;
        }

        digit = *p++ - '0';

        if (number->n > (UINT64_MAX - digit) / 10) {
            return RTC_ERROR;
        }

        number->n = number->n * 10 + digit;
    }

    return RTC_OK;
}


static int
rtc_pbjson_read_double(rtc_pbjson_reader_t *r, const json_t *json, double *to)
{
    char        *end;
    const char  *text;

    if (json_is_number(json)) {
        *to = json_number_value(json);
        return RTC_OK;
    }

    text = json_string_value(json);

    if (text == NULL) {
        return rtc_pbjson_fail(r, "a number is something else");
    }

    if (strcmp(text, "NaN") == 0) {
        *to = NAN;
        return RTC_OK;
    }

    if (strcmp(text, "Infinity") == 0 || strcmp(text, "-Infinity") == 0) {
        *to = text[0] == '-' ? -INFINITY : INFINITY;
        return RTC_OK;
    }

    *to = strtod(text, &end);

    if (text[0] == '\0' || strspn(text, "+-.0123456789eE") != strlen(text)
        || *end != '\0' || !isfinite(*to))
    {
        return rtc_pbjson_fail(r, "a string is not a number");
    }

    return RTC_OK;
}


static int
rtc_pbjson_read_enum(rtc_pbjson_reader_t *r,
    const ProtobufCEnumDescriptor *type, const json_t *json, int *to)
{
    int32_t                    n;
    const ProtobufCEnumValue  *value;

    if (!json_is_string(json)) {

        if (rtc_pbjson_read_int32(r, json, &n) != RTC_OK) {
            return RTC_ERROR;
        }

        *to = n;

        return RTC_OK;
    }

    value = protobuf_c_enum_descriptor_get_value_by_name(type,
                                                      json_string_value(json));
    if (value == NULL) {
        return RTC_DECLINED;
    }

    *to = value->value;

    return RTC_OK;
}


/* messages hold C strings, so a zero in one would cut it */

static int
rtc_pbjson_read_string(rtc_pbjson_reader_t *r, const json_t *json, char **to)
{
    size_t       len;
    const char  *text;

    text = json_string_value(json);
    len = json_string_length(json);

    if (text == NULL) {
        return rtc_pbjson_fail(r, "a string is something else");
    }

    if (strlen(text) != len) {
        return rtc_pbjson_fail(r, "a string has a zero in it");
    }

    *to = rtc_pbjson_alloc(r, len + 1);
    if (*to == NULL) {
        return RTC_ERROR;
    }

    memcpy(*to, text, len + 1);

    return RTC_OK;
}


/* both alphabets become the one that rtc_base64url_decode() knows */

static int
rtc_pbjson_read_bytes(rtc_pbjson_reader_t *r, const json_t *json,
    ProtobufCBinaryData *to)
{
    size_t       i, len;
    uint8_t     *copy;
    const char  *text;

    text = json_string_value(json);
    len = json_string_length(json);

    if (text == NULL) {
        return rtc_pbjson_fail(r, "bytes are no string");
    }

    for (i = 0; i < 2 && len && text[len - 1] == '='; i++) {
        len--;
    }

    copy = rtc_pbjson_alloc(r, len + 1);
    to->data = rtc_pbjson_alloc(r, rtc_base64url_decoded_len(len) + 1);

    if (copy == NULL || to->data == NULL) {
        return RTC_ERROR;
    }

    for (i = 0; i < len; i++) {
        copy[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    }

    if (rtc_base64url_decode(to->data, copy, len) != RTC_OK) {
        return rtc_pbjson_fail(r, "bytes are not in base64");
    }

    to->len = rtc_base64url_decoded_len(len);

    return RTC_OK;
}


static const ProtobufCFieldDescriptor *
rtc_pbjson_find(const ProtobufCMessageDescriptor *type, const char *name)
{
    char      camel[RTC_PBJSON_NAME];
    unsigned  i;

    for (i = 0; i < type->n_fields; i++) {

        if (strcmp(type->fields[i].name, name) == 0) {
            return &type->fields[i];
        }

        rtc_pbjson_camel(camel, type->fields[i].name);

        if (strcmp(camel, name) == 0) {
            return &type->fields[i];
        }
    }

    return NULL;
}


static void *
rtc_pbjson_alloc(rtc_pbjson_reader_t *r, size_t size)
{
    void  *p;

    p = r->mem->alloc(r->mem->allocator_data, size);

    if (p == NULL) {
        (void) rtc_pbjson_fail(r, "the message is too large");
    }

    return p;
}


static int
rtc_pbjson_fail(rtc_pbjson_reader_t *r, const char *reason)
{
    r->reason = reason;

    return RTC_ERROR;
}
