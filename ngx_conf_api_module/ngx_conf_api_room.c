
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api_room.h"
#include "rtc_crypto.h"


static json_t *ngx_conf_api_field_json(const rtc_room_field_t *field,
    const ngx_str_t *value);


ngx_int_t
ngx_conf_api_read_room(ngx_conf_api_room_t *room,
    const ngx_rtc_redis_reply_t *fields, const ngx_rtc_redis_reply_t *present)
{
    ngx_uint_t  i;

    if (ngx_rtc_redis_reply_nelts(fields) < RTC_ROOM_SHOWN
        || ngx_rtc_redis_reply_integer(present, &room->present) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < rtc_room_n; i++) {
        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(fields, i),
                                       &room->fields[i])
            != NGX_OK)
        {
            room->fields[i].data = (u_char *) rtc_room_fields[i].value;
            room->fields[i].len = ngx_strlen(rtc_room_fields[i].value);
        }
    }

    return NGX_OK;
}


json_t *
ngx_conf_api_room_json(const ngx_conf_api_room_t *room, ngx_uint_t mask)
{
    json_t      *json;
    ngx_uint_t   i;

    json = json_object();

    if ((mask & NGX_CONF_API_ROOM_ID)
        && json_object_set_new(json, "_id",
                               json_stringn((char *) room->id.data,
                                            room->id.len)) != 0)
    {
        goto failed;
    }

    for (i = 0; i < rtc_room_n; i++) {
        if ((mask & ((ngx_uint_t) 1 << i))
            && json_object_set_new(json, rtc_room_fields[i].name,
                                   ngx_conf_api_field_json(
                                       &rtc_room_fields[i],
                                       &room->fields[i])) != 0)
        {
            goto failed;
        }
    }

    if ((mask & NGX_CONF_API_ROOM_PRESENT)
        && json_object_set_new(json, "participants",
                               json_integer(room->present)) != 0)
    {
        goto failed;
    }

    return json;

failed:

    json_decref(json);

    return NULL;
}


json_t *
ngx_conf_api_room_answer(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room, ngx_uint_t mask, ngx_uint_t extended)
{
    u_char   pass[NGX_CONF_API_PASS];
    json_t  *json;

    json = ngx_conf_api_room_json(room, mask);

    if (!extended
        || !ngx_conf_api_room_is_named(room->id.data, room->id.len))
    {
        return json;
    }

    if (ngx_conf_api_room_pass(req, room->id.data, room->id.len, pass)
        != NGX_OK
        || json_object_set_new(json, "pass",
                               json_stringn((char *) pass, sizeof(pass)))
           != 0)
    {
        json_decref(json);
        return NULL;
    }

    return json;
}


static json_t *
ngx_conf_api_field_json(const rtc_room_field_t *field,
    const ngx_str_t *value)
{
    off_t  n;

    switch (field->type) {

    case rtc_room_integer:
        n = ngx_atoof(value->data, value->len);
        return json_integer(n == NGX_ERROR ? 0 : n);

    case rtc_room_bool:
        return json_boolean(value->len == 1 && value->data[0] == '1');

    default:
        return json_stringn((char *) value->data, value->len);
    }
}


ngx_uint_t
ngx_conf_api_room_is_named(const u_char *id, size_t len)
{
    return !ngx_conf_api_is_id(id, len);
}


ngx_int_t
ngx_conf_api_room_pass(ngx_conf_api_req_t *req, const u_char *id, size_t len,
    u_char pass[NGX_CONF_API_PASS])
{
    u_char     bytes[NGX_CONF_API_PASS / 2];
    rtc_str_t  secret, name, label = rtc_string("room");

    secret.data = req->main->settings.keys.seal;
    secret.len = RTC_SEAL_KEY;
    name.data = id;
    name.len = len;

    if (rtc_hkdf_sha256(bytes, sizeof(bytes), secret, label, name) != RTC_OK) {
        return NGX_ERROR;
    }

    (void) ngx_hex_dump(pass, bytes, sizeof(bytes));

    return NGX_OK;
}


ngx_uint_t
ngx_conf_api_room_mask(const ngx_conf_api_room_t *room, ngx_uint_t extended)
{
    ngx_uint_t  mask, newer;

    mask = NGX_CONF_API_ROOM_ID
           |ngx_conf_api_room_bit(name)
           |ngx_conf_api_room_bit(user_id)
           |ngx_conf_api_room_bit(media_type)
           |ngx_conf_api_room_bit(max_participants)
           |ngx_conf_api_room_bit(active);

    newer = ngx_conf_api_room_bit(allow_webinar_mode)
            |ngx_conf_api_room_bit(allow_chat)
            |ngx_conf_api_room_bit(allow_share_screen)
            |ngx_conf_api_room_bit(record)
            |ngx_conf_api_room_bit(record_mode)
            |ngx_conf_api_room_bit(webhook_url);

    if (extended) {
        return mask|newer|ngx_conf_api_room_bit(created)
               |NGX_CONF_API_ROOM_PRESENT;
    }

    return ngx_conf_api_room_is(room, rtc_room_extended, "1")
           ? mask|newer : mask;
}


ngx_int_t
ngx_conf_api_room_extended_arg(ngx_conf_api_req_t *req, ngx_uint_t *extended)
{
    int  value;

    value = 0;

    if (rtc_args_bool(&req->args, "extended", &value) == RTC_ERROR) {
        return NGX_ERROR;
    }

    *extended = value;

    return NGX_OK;
}


ngx_uint_t
ngx_conf_api_room_is(const ngx_conf_api_room_t *room,
    rtc_room_field_e field, const char *value)
{
    return room->fields[field].len == ngx_strlen(value)
           && ngx_memcmp(room->fields[field].data, value,
                         room->fields[field].len) == 0;
}


ngx_uint_t
ngx_conf_api_room_is_own(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room)
{
    const ngx_str_t  *id;

    id = &room->fields[rtc_room_user_id];

    return req->user.admin
           || (id->len == RTC_JWT_API_ID
               && ngx_memcmp(id->data, req->user.claims.id, id->len) == 0);
}


ngx_int_t
ngx_conf_api_room_args(ngx_conf_api_req_t *req, ngx_uint_t defaults,
    ngx_str_t *argv, ngx_uint_t *argc)
{
    u_char                  *number;
    ngx_int_t                rc;
    rtc_str_t                value;
    ngx_uint_t               i, n, newer;
    const rtc_room_field_t  *field;

    n = 0;
    newer = 0;

    number = ngx_pnalloc(req->request->pool, rtc_room_n * RTC_ROOM_NUMBER);
    if (number == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < rtc_room_n; i++) {

        field = &rtc_room_fields[i];

        if (!field->settable) {
            continue;
        }

        rc = rtc_room_arg(&req->args, i, number + i * RTC_ROOM_NUMBER, &value);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK) {
            newer |= field->newer;

        } else if (!defaults) {
            continue;

        } else if (field->required) {
            return rtc_args_missing(&req->args, field->name);

        } else {
            value.data = (const uint8_t *) field->value;
            value.len = ngx_strlen(field->value);
        }

        argv[n].data = (u_char *) field->name;
        argv[n].len = ngx_strlen(field->name);
        argv[n + 1].data = (u_char *) value.data;
        argv[n + 1].len = value.len;
        n += 2;
    }

    if (newer) {
        ngx_str_set(&argv[n], "extended");
        ngx_str_set(&argv[n + 1], "1");
        n += 2;
    }

    *argc = n;

    return NGX_OK;
}
