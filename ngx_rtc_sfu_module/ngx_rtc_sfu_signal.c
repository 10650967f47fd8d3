
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_signal.h"
#include "rtc_pbjson.h"


/* field numbers of messages whose parts are packed by hand */

#define SIGNAL_RESPONSE_JOIN        1
#define SIGNAL_RESPONSE_UPDATE      5
#define JOIN_OTHER_PARTICIPANTS     3
#define UPDATE_PARTICIPANTS         1
#define MEMBER_INFO                 1
#define MEMBER_HIDDEN               2


/*
 * What a message may take when it is unpacked.  Submessages of two bytes become
 * structures, and lists of a submessage that comes again are copied as often,
 * so that a small message could take gigabytes.
 */

#define NGX_RTC_SFU_SIGNAL_MEMORY   65536   /* bytes, and so many times */
#define NGX_RTC_SFU_SIGNAL_GROWTH   8       /* the message's length */


typedef struct {
    ngx_pool_t  *pool;
    size_t       left;
} ngx_rtc_sfu_signal_memory_t;


static void *ngx_rtc_sfu_signal_alloc(void *data, size_t size);
static void ngx_rtc_sfu_signal_free(void *data, void *p);
static size_t ngx_rtc_sfu_signal_field_len(size_t len);
static u_char *ngx_rtc_sfu_signal_field(u_char *p, ngx_uint_t number,
    size_t len);


Livekit__SignalRequest *
ngx_rtc_sfu_signal_unpack(ngx_pool_t *pool, const u_char *p, size_t len)
{
    return ngx_rtc_sfu_signal_unpack_message(pool,
                                 &livekit__signal_request__descriptor, p, len);
}


Livekit__DataPacket *
ngx_rtc_sfu_signal_unpack_data(ngx_pool_t *pool, const u_char *p, size_t len)
{
    return ngx_rtc_sfu_signal_unpack_message(pool,
                                    &livekit__data_packet__descriptor, p, len);
}


Livekit__Member *
ngx_rtc_sfu_signal_unpack_member(ngx_pool_t *pool, const u_char *p, size_t len)
{
    return ngx_rtc_sfu_signal_unpack_message(pool,
                                         &livekit__member__descriptor, p, len);
}


void *
ngx_rtc_sfu_signal_unpack_message(ngx_pool_t *pool,
    const ProtobufCMessageDescriptor *type, const u_char *p, size_t len)
{
    ProtobufCMessage            *message;
    ProtobufCAllocator           allocator;
    ngx_rtc_sfu_signal_memory_t  memory;

    memory.pool = pool;
    memory.left = NGX_RTC_SFU_SIGNAL_MEMORY + NGX_RTC_SFU_SIGNAL_GROWTH * len;

    allocator.alloc = ngx_rtc_sfu_signal_alloc;
    allocator.free = ngx_rtc_sfu_signal_free;
    allocator.allocator_data = &memory;

    message = protobuf_c_message_unpack(type, &allocator, len, p);

    /* SDKs that check it would refuse whatever we put such a string into */

    return message && rtc_pbjson_is_text(message) ? message : NULL;
}


void *
ngx_rtc_sfu_signal_read_json(ngx_pool_t *pool,
    const ProtobufCMessageDescriptor *type, const json_t *json, size_t len,
    const char **reason)
{
    ProtobufCAllocator           allocator;
    ngx_rtc_sfu_signal_memory_t  memory;

    memory.pool = pool;
    memory.left = NGX_RTC_SFU_SIGNAL_MEMORY + NGX_RTC_SFU_SIGNAL_GROWTH * len;

    allocator.alloc = ngx_rtc_sfu_signal_alloc;
    allocator.free = ngx_rtc_sfu_signal_free;
    allocator.allocator_data = &memory;

    return rtc_pbjson_read(type, json, &allocator, reason);
}


ngx_int_t
ngx_rtc_sfu_signal_pack(ngx_pool_t *pool, const ProtobufCMessage *message,
    ngx_str_t *packed)
{
    packed->len = protobuf_c_message_get_packed_size(message);

    packed->data = ngx_pnalloc(pool, packed->len + 1);
    if (packed->data == NULL) {
        return NGX_ERROR;
    }

    protobuf_c_message_pack(message, packed->data);

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_signal_pack_member(ngx_pool_t *pool, const ngx_str_t *info,
    ngx_uint_t hidden, ngx_str_t *packed)
{
    u_char  *p;

    packed->len = ngx_rtc_sfu_signal_field_len(info->len) + info->len + 2;

    packed->data = ngx_pnalloc(pool, packed->len);
    if (packed->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_rtc_sfu_signal_field(packed->data, MEMBER_INFO, info->len);
    p = ngx_cpymem(p, info->data, info->len);

    *p++ = MEMBER_HIDDEN << 3 | PROTOBUF_C_WIRE_TYPE_VARINT;
    *p++ = hidden ? 1 : 0;

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_signal_pack_update(ngx_pool_t *pool, const ngx_str_t *infos,
    ngx_uint_t n, ngx_str_t *packed)
{
    size_t       len;
    u_char      *p;
    ngx_uint_t   i;

    len = 0;

    for (i = 0; i < n; i++) {
        len += ngx_rtc_sfu_signal_field_len(infos[i].len) + infos[i].len;
    }

    packed->len = ngx_rtc_sfu_signal_field_len(len) + len;

    packed->data = ngx_pnalloc(pool, packed->len);
    if (packed->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_rtc_sfu_signal_field(packed->data, SIGNAL_RESPONSE_UPDATE, len);

    for (i = 0; i < n; i++) {
        p = ngx_rtc_sfu_signal_field(p, UPDATE_PARTICIPANTS, infos[i].len);
        p = ngx_cpymem(p, infos[i].data, infos[i].len);
    }

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_signal_pack_join(ngx_pool_t *pool,
    const Livekit__JoinResponse *join, const ngx_str_t *others, ngx_uint_t n,
    ngx_str_t *packed)
{
    size_t       len;
    u_char      *p;
    ngx_uint_t   i;

    len = livekit__join_response__get_packed_size(join);

    for (i = 0; i < n; i++) {
        len += ngx_rtc_sfu_signal_field_len(others[i].len) + others[i].len;
    }

    packed->len = ngx_rtc_sfu_signal_field_len(len) + len;

    packed->data = ngx_pnalloc(pool, packed->len);
    if (packed->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_rtc_sfu_signal_field(packed->data, SIGNAL_RESPONSE_JOIN, len);
    p += livekit__join_response__pack(join, p);

    for (i = 0; i < n; i++) {
        p = ngx_rtc_sfu_signal_field(p, JOIN_OTHER_PARTICIPANTS,
                                     others[i].len);
        p = ngx_cpymem(p, others[i].data, others[i].len);
    }

    return NGX_OK;
}


char *
ngx_rtc_sfu_signal_string(ngx_pool_t *pool, const u_char *data, size_t len)
{
    u_char  *p;

    p = ngx_pnalloc(pool, len + 1);
    if (p == NULL) {
        return NULL;
    }

    if (len) {
        ngx_memcpy(p, data, len);
    }

    p[len] = '\0';

    return (char *) p;
}


/* the bytes before a length-delimited field; all our field numbers are < 16 */

static size_t
ngx_rtc_sfu_signal_field_len(size_t len)
{
    size_t  n;

    for (n = 2; len >= 0x80; n++) {
        len >>= 7;
    }

    return n;
}


static u_char *
ngx_rtc_sfu_signal_field(u_char *p, ngx_uint_t number, size_t len)
{
    *p++ = (u_char) (number << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);

    while (len >= 0x80) {
        *p++ = (u_char) (len | 0x80);
        len >>= 7;
    }

    *p++ = (u_char) len;

    return p;
}


static void *
ngx_rtc_sfu_signal_alloc(void *data, size_t size)
{
    ngx_rtc_sfu_signal_memory_t *memory = data;

    if (size > memory->left) {
        return NULL;
    }

    memory->left -= size;

    return ngx_palloc(memory->pool, size);
}


static void
ngx_rtc_sfu_signal_free(void *data, void *p)
{
    /* goes with the pool */
}
