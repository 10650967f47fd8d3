
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "rtc_base64.h"
#include "rtc_pbjson_internal.h"


typedef struct {
    unsigned  flags;
    unsigned  depth;
} rtc_pbjson_writer_t;


static json_t *rtc_pbjson_write_message(rtc_pbjson_writer_t *w,
    const ProtobufCMessage *message);
static json_t *rtc_pbjson_write_field(rtc_pbjson_writer_t *w,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
static int rtc_pbjson_is_absent(rtc_pbjson_writer_t *w,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
static int rtc_pbjson_is_default(const ProtobufCFieldDescriptor *field,
    const void *value);
static json_t *rtc_pbjson_write_list(rtc_pbjson_writer_t *w,
    const ProtobufCFieldDescriptor *field, const uint8_t *list, size_t n);
static json_t *rtc_pbjson_write_map(rtc_pbjson_writer_t *w,
    ProtobufCMessage *const *list, size_t n);
static int rtc_pbjson_write_key(char key[24], const char **name,
    const ProtobufCFieldDescriptor *field, const void *value);
static json_t *rtc_pbjson_write_value(rtc_pbjson_writer_t *w,
    const ProtobufCFieldDescriptor *field, const void *value);
static json_t *rtc_pbjson_write_long(int64_t n);
static json_t *rtc_pbjson_write_ulong(uint64_t n);
static json_t *rtc_pbjson_write_double(double n);
static json_t *rtc_pbjson_write_enum(const ProtobufCEnumDescriptor *type,
    int n);
static json_t *rtc_pbjson_write_string(const char *text);
static int rtc_pbjson_is_utf8(const char *text);
static size_t rtc_pbjson_utf8(const char *p);
static json_t *rtc_pbjson_write_bytes(const ProtobufCBinaryData *bytes);


json_t *
rtc_pbjson_write(const ProtobufCMessage *message, unsigned flags)
{
    rtc_pbjson_writer_t  w;

    w.flags = flags;
    w.depth = 0;

    return rtc_pbjson_write_message(&w, message);
}


static json_t *
rtc_pbjson_write_message(rtc_pbjson_writer_t *w,
    const ProtobufCMessage *message)
{
    char                             camel[RTC_PBJSON_NAME];
    json_t                          *object;
    unsigned                         i;
    const char                      *name;
    const ProtobufCFieldDescriptor  *field;

    if (w->depth == RTC_PBJSON_DEPTH) {
        return NULL;
    }

    object = json_object();
    w->depth++;

    for (i = 0; i < message->descriptor->n_fields; i++) {

        field = &message->descriptor->fields[i];

        if (rtc_pbjson_is_absent(w, message, field)) {
            continue;
        }

        name = field->name;

        if (!(w->flags & RTC_PBJSON_SNAKE)) {
            rtc_pbjson_camel(camel, name);
            name = camel;
        }

        if (json_object_set_new(object, name,
                                rtc_pbjson_write_field(w, message, field))
            != 0)
        {
            json_decref(object);
            return NULL;
        }
    }

    w->depth--;

    return object;
}


static json_t *
rtc_pbjson_write_field(rtc_pbjson_writer_t *w,
    const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    size_t             n;
    const uint8_t     *member;
    void *const       *list;

    member = (const uint8_t *) message + field->offset;

    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
        return rtc_pbjson_write_value(w, field, member);
    }

    memcpy(&n, (const uint8_t *) message + field->quantifier_offset,
           sizeof(n));

    list = (void *const *) member;

    return rtc_pbjson_map(field) ? rtc_pbjson_write_map(w, *list, n)
                                 : rtc_pbjson_write_list(w, field, *list, n);
}


static int
rtc_pbjson_is_absent(rtc_pbjson_writer_t *w, const ProtobufCMessage *message,
    const ProtobufCFieldDescriptor *field)
{
    size_t          n;
    uint32_t        which;
    const uint8_t  *member, *quantifier;

    member = (const uint8_t *) message + field->offset;
    quantifier = (const uint8_t *) message + field->quantifier_offset;

    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        memcpy(&which, quantifier, sizeof(which));
        return which != field->id;
    }

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        memcpy(&n, quantifier, sizeof(n));
        return n == 0 && !(w->flags & RTC_PBJSON_ALL);
    }

    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        return *(ProtobufCMessage *const *) member == NULL;
    }

    return !(w->flags & RTC_PBJSON_ALL)
           && rtc_pbjson_is_default(field, member);
}


static int
rtc_pbjson_is_default(const ProtobufCFieldDescriptor *field,
    const void *value)
{
    const char                 *text;
    const ProtobufCBinaryData  *bytes;

    static const uint8_t  zero[sizeof(uint64_t)];

    switch (field->type) {

    case PROTOBUF_C_TYPE_STRING:
        text = *(const char *const *) value;
        return text == NULL || text[0] == '\0';

    case PROTOBUF_C_TYPE_BYTES:
        bytes = value;
        return bytes->len == 0;

    default:
        return memcmp(value, zero, rtc_pbjson_size(field->type)) == 0;
    }
}


static json_t *
rtc_pbjson_write_list(rtc_pbjson_writer_t *w,
    const ProtobufCFieldDescriptor *field, const uint8_t *list, size_t n)
{
    size_t   i, size;
    json_t  *array;

    array = json_array();
    size = rtc_pbjson_size(field->type);

    for (i = 0; i < n; i++) {
        if (json_array_append_new(array,
                            rtc_pbjson_write_value(w, field, list + i * size))
            != 0)
        {
            json_decref(array);
            return NULL;
        }
    }

    return array;
}


static json_t *
rtc_pbjson_write_map(rtc_pbjson_writer_t *w, ProtobufCMessage *const *list,
    size_t n)
{
    char                             key[24];
    size_t                           i;
    json_t                          *object;
    const char                      *name;
    const uint8_t                   *entry;
    const ProtobufCFieldDescriptor  *fields;

    object = json_object();

    for (i = 0; i < n; i++) {

        fields = list[i]->descriptor->fields;
        entry = (const uint8_t *) list[i];

        if (rtc_pbjson_write_key(key, &name, &fields[0],
                                 entry + fields[0].offset)
            != RTC_OK)
        {
            continue;
        }

        if (json_object_set_new(object, name,
                                rtc_pbjson_write_value(w, &fields[1],
                                                   entry + fields[1].offset))
            != 0)
        {
            json_decref(object);
            return NULL;
        }
    }

    return object;
}


/* RTC_DECLINED: a name that is no UTF-8, which no client of ours could say */

static int
rtc_pbjson_write_key(char key[24], const char **name,
    const ProtobufCFieldDescriptor *field, const void *value)
{
    *name = key;

    switch (field->type) {

    case PROTOBUF_C_TYPE_STRING:
        *name = *(const char *const *) value;
        return rtc_pbjson_is_utf8(*name) ? RTC_OK : RTC_DECLINED;

    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        (void) snprintf(key, 24, "%" PRIu32, *(const uint32_t *) value);
        return RTC_OK;

    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        (void) snprintf(key, 24, "%" PRIu64, *(const uint64_t *) value);
        return RTC_OK;

    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        (void) snprintf(key, 24, "%" PRId64, *(const int64_t *) value);
        return RTC_OK;

    case PROTOBUF_C_TYPE_BOOL:
        *name = *(const protobuf_c_boolean *) value ? "true" : "false";
        return RTC_OK;

    default:
        (void) snprintf(key, 24, "%" PRId32, *(const int32_t *) value);
        return RTC_OK;
    }
}


static json_t *
rtc_pbjson_write_value(rtc_pbjson_writer_t *w,
    const ProtobufCFieldDescriptor *field, const void *value)
{
    switch (field->type) {

    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        return json_integer(*(const int32_t *) value);

    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
        return json_integer(*(const uint32_t *) value);

    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return rtc_pbjson_write_long(*(const int64_t *) value);

    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
        return rtc_pbjson_write_ulong(*(const uint64_t *) value);

    case PROTOBUF_C_TYPE_FLOAT:
        return rtc_pbjson_write_double((double) *(const float *) value);

    case PROTOBUF_C_TYPE_DOUBLE:
        return rtc_pbjson_write_double(*(const double *) value);

    case PROTOBUF_C_TYPE_BOOL:
        return json_boolean(*(const protobuf_c_boolean *) value);

    case PROTOBUF_C_TYPE_ENUM:
        return rtc_pbjson_write_enum(field->descriptor, *(const int *) value);

    case PROTOBUF_C_TYPE_STRING:
        return rtc_pbjson_write_string(*(const char *const *) value);

    case PROTOBUF_C_TYPE_BYTES:
        return rtc_pbjson_write_bytes(value);

    default: /* PROTOBUF_C_TYPE_MESSAGE */
        return rtc_pbjson_write_message(w,
                                        *(ProtobufCMessage *const *) value);
    }
}


static json_t *
rtc_pbjson_write_long(int64_t n)
{
    char  text[24];

    (void) snprintf(text, sizeof(text), "%" PRId64, n);

    return json_string(text);
}


static json_t *
rtc_pbjson_write_ulong(uint64_t n)
{
    char  text[24];

    (void) snprintf(text, sizeof(text), "%" PRIu64, n);

    return json_string(text);
}


static json_t *
rtc_pbjson_write_double(double n)
{
    if (isnan(n)) {
        return json_string("NaN");
    }

    if (isinf(n)) {
        return json_string(n < 0 ? "-Infinity" : "Infinity");
    }

    return json_real(n);
}


static json_t *
rtc_pbjson_write_enum(const ProtobufCEnumDescriptor *type, int n)
{
    const ProtobufCEnumValue  *value;

    value = protobuf_c_enum_descriptor_get_value(type, n);

    return value ? json_string(value->name) : json_integer(n);
}


static json_t *
rtc_pbjson_write_string(const char *text)
{
    char    *copy, *to;
    size_t   n;
    json_t  *json;

    if (text == NULL) {
        return json_string("");
    }

    json = json_string(text);

    if (json) {
        return json;
    }

    copy = malloc(strlen(text) * 3 + 1);
    if (copy == NULL) {
        return NULL;
    }

    for (to = copy; *text; ) {

        n = rtc_pbjson_utf8(text);

        if (n) {
            memcpy(to, text, n);
            to += n;
            text += n;

        } else {
            memcpy(to, "\xef\xbf\xbd", 3);
            to += 3;
            text++;
        }
    }

    json = json_stringn(copy, to - copy);

    free(copy);

    return json;
}


int
rtc_pbjson_is_text(const ProtobufCMessage *message)
{
    size_t                           j, n;
    unsigned                         i;
    const void                      *value, *const *list;
    const uint8_t                   *start;
    const ProtobufCFieldDescriptor  *field;

    start = (const uint8_t *) message;

    for (i = 0; i < message->descriptor->n_fields; i++) {

        field = &message->descriptor->fields[i];

        if ((field->type != PROTOBUF_C_TYPE_STRING
             && field->type != PROTOBUF_C_TYPE_MESSAGE)
            || ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
                && *(const uint32_t *) (start + field->quantifier_offset)
                   != field->id))
        {
            continue;
        }

        list = (const void *const *) (start + field->offset);
        n = 1;

        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            list = *(const void *const *const *) list;
            n = *(const size_t *) (start + field->quantifier_offset);
        }

        for (j = 0; j < n; j++) {
            value = list[j];

            if (value != NULL
                && !(field->type == PROTOBUF_C_TYPE_STRING
                     ? rtc_pbjson_is_utf8(value) : rtc_pbjson_is_text(value)))
            {
                return 0;
            }
        }
    }

    return 1;
}


static int
rtc_pbjson_is_utf8(const char *text)
{
    size_t  n;

    for ( /* void */ ; *text; text += n) {
        n = rtc_pbjson_utf8(text);

        if (n == 0) {
            return 0;
        }
    }

    return 1;
}


/* the length of the character at p, 0 if it is none (RFC 3629, section 4) */

static size_t
rtc_pbjson_utf8(const char *p)
{
    size_t          i, n;
    const uint8_t  *s;

    s = (const uint8_t *) p;

    if (s[0] < 0x80) {
        return 1;
    }

    n = s[0] >= 0xc2 && s[0] < 0xe0 ? 2
        : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
        : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

    /* a terminating zero is no continuation, so nothing is read behind it */

    for (i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }

    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)
        || (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
    {
        return 0;
    }

    return n;
}


static json_t *
rtc_pbjson_write_bytes(const ProtobufCBinaryData *bytes)
{
    size_t    len;
    json_t   *json;
    uint8_t  *text;

    if (bytes->len == 0) {
        return json_string("");
    }

    len = rtc_base64_encoded_len(bytes->len);

    text = malloc(len);
    if (text == NULL) {
        return NULL;
    }

    (void) rtc_base64_encode(text, bytes->data, bytes->len);

    json = json_stringn((char *) text, len);

    free(text);

    return json;
}


void
rtc_pbjson_camel(char camel[RTC_PBJSON_NAME], const char *name)
{
    int     upper;
    char   *p, *last;

    upper = 0;
    last = &camel[RTC_PBJSON_NAME - 1];

    for (p = camel; *name && p < last; name++) {

        if (*name == '_') {
            upper = 1;
            continue;
        }

        *p++ = upper && *name >= 'a' && *name <= 'z' ? *name - 'a' + 'A'
                                                     : *name;
        upper = 0;
    }

    *p = '\0';
}


size_t
rtc_pbjson_size(ProtobufCType type)
{
    switch (type) {

    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return sizeof(uint64_t);

    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);

    case PROTOBUF_C_TYPE_ENUM:
        return sizeof(int);

    case PROTOBUF_C_TYPE_STRING:
        return sizeof(char *);

    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);

    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(ProtobufCMessage *);

    default:
        return sizeof(uint32_t);
    }
}


/* protobuf-c keeps no note of maps: protoc names their entries so */

const ProtobufCMessageDescriptor *
rtc_pbjson_map(const ProtobufCFieldDescriptor *field)
{
    size_t                             len;
    const ProtobufCMessageDescriptor  *type;

    if (field->label != PROTOBUF_C_LABEL_REPEATED
        || field->type != PROTOBUF_C_TYPE_MESSAGE)
    {
        return NULL;
    }

    type = field->descriptor;
    len = strlen(type->short_name);

    if (type->n_fields != 2 || len <= 5
        || strcmp(type->short_name + len - 5, "Entry") != 0
        || strcmp(type->fields[0].name, "key") != 0
        || strcmp(type->fields[1].name, "value") != 0)
    {
        return NULL;
    }

    return type;
}
