
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api_room.h"


typedef enum {
    ngx_conf_api_type_string = 0,
    ngx_conf_api_type_integer,
    ngx_conf_api_type_bool,
    ngx_conf_api_type_enum
} ngx_conf_api_type_e;


typedef struct {
    ngx_str_t             name;
    ngx_conf_api_type_e   type;
    ngx_str_t             value;        /* if it is absent */
    unsigned              settable:1;
    unsigned              newer:1;      /* than the API document */
    int64_t               min;          /* characters of a string */
    int64_t               max;
    const char *const    *names;        /* of an enum, max of them */
} ngx_conf_api_field_t;


static ngx_int_t ngx_conf_api_field_arg(ngx_conf_api_req_t *req,
    const ngx_conf_api_field_t *field, ngx_str_t *value);
static json_t *ngx_conf_api_field_json(const ngx_conf_api_field_t *field,
    const ngx_str_t *value);


static const char *const  ngx_conf_api_media_types[] = {
    "MEDIA_TYPE_VIDEO_AUDIO", "MEDIA_TYPE_AUDIO_ONLY"
};

static const char *const  ngx_conf_api_record_modes[] = {
    "ROOM_COMPOSITE_GRID"
};


static const ngx_conf_api_field_t  ngx_conf_api_fields[ngx_conf_api_room_n] = {

    { ngx_string("name"), ngx_conf_api_type_string, ngx_string(""),
      1, 0, 1, 200, NULL },

    { ngx_string("user_id"), ngx_conf_api_type_string, ngx_string(""),
      0, 0, 0, 0, NULL },

    { ngx_string("mediaType"), ngx_conf_api_type_enum,
      ngx_string("MEDIA_TYPE_VIDEO_AUDIO"),
      1, 0, 0, 2, ngx_conf_api_media_types },

    { ngx_string("max_participants"), ngx_conf_api_type_integer,
      ngx_string("50"), 1, 0, 1, 10000, NULL },

    { ngx_string("active"), ngx_conf_api_type_bool, ngx_string("1"),
      1, 0, 0, 0, NULL },

    { ngx_string("allow_webinar_mode"), ngx_conf_api_type_bool,
      ngx_string("0"), 1, 1, 0, 0, NULL },

    { ngx_string("allow_chat"), ngx_conf_api_type_bool, ngx_string("1"),
      1, 1, 0, 0, NULL },

    { ngx_string("allow_share_screen"), ngx_conf_api_type_bool,
      ngx_string("1"), 1, 1, 0, 0, NULL },

    { ngx_string("record"), ngx_conf_api_type_bool, ngx_string("0"),
      1, 1, 0, 0, NULL },

    { ngx_string("record_mode"), ngx_conf_api_type_enum,
      ngx_string("ROOM_COMPOSITE_GRID"),
      1, 1, 0, 1, ngx_conf_api_record_modes },

    { ngx_string("created"), ngx_conf_api_type_integer, ngx_string("0"),
      0, 0, 0, 0, NULL },

    { ngx_string("extended"), ngx_conf_api_type_bool, ngx_string("0"),
      0, 0, 0, 0, NULL }
};


ngx_int_t
ngx_conf_api_read_room(ngx_conf_api_room_t *room,
    const ngx_rtc_redis_reply_t *fields, const ngx_rtc_redis_reply_t *present)
{
    ngx_uint_t  i;

    if (ngx_rtc_redis_reply_nelts(fields) != ngx_conf_api_room_n
        || ngx_rtc_redis_reply_integer(present, &room->present) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < ngx_conf_api_room_n; i++) {
        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(fields, i),
                                       &room->fields[i])
            != NGX_OK)
        {
            room->fields[i] = ngx_conf_api_fields[i].value;
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

    for (i = 0; i < ngx_conf_api_room_n; i++) {
        if ((mask & ((ngx_uint_t) 1 << i))
            && json_object_set_new(json, (char *)
                                   ngx_conf_api_fields[i].name.data,
                                   ngx_conf_api_field_json(
                                       &ngx_conf_api_fields[i],
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


static json_t *
ngx_conf_api_field_json(const ngx_conf_api_field_t *field,
    const ngx_str_t *value)
{
    off_t  n;

    switch (field->type) {

    case ngx_conf_api_type_integer:
        n = ngx_atoof(value->data, value->len);
        return json_integer(n == NGX_ERROR ? 0 : n);

    case ngx_conf_api_type_bool:
        return json_boolean(value->len == 1 && value->data[0] == '1');

    default:
        return json_stringn((char *) value->data, value->len);
    }
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
            |ngx_conf_api_room_bit(record_mode);

    if (extended) {
        return mask|newer|ngx_conf_api_room_bit(created)
               |NGX_CONF_API_ROOM_PRESENT;
    }

    return ngx_conf_api_room_is(room, ngx_conf_api_room_extended, "1")
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
    ngx_conf_api_room_field_e field, const char *value)
{
    return room->fields[field].len == ngx_strlen(value)
           && ngx_memcmp(room->fields[field].data, value,
                         room->fields[field].len) == 0;
}


ngx_int_t
ngx_conf_api_room_args(ngx_conf_api_req_t *req, ngx_uint_t defaults,
    ngx_str_t *argv, ngx_uint_t *argc)
{
    ngx_int_t                    rc;
    ngx_uint_t                   i, n, newer;
    const ngx_conf_api_field_t  *field;

    n = 0;
    newer = 0;

    for (i = 0; i < ngx_conf_api_room_n; i++) {

        field = &ngx_conf_api_fields[i];

        if (!field->settable) {
            continue;
        }

        rc = ngx_conf_api_field_arg(req, field, &argv[n + 1]);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (rc == NGX_OK) {
            newer |= field->newer;

        } else if (!defaults) {
            continue;

        } else if (field->value.len == 0) {
            return rtc_args_missing(&req->args, (char *) field->name.data);

        } else {
            argv[n + 1] = field->value;
        }

        argv[n] = field->name;
        n += 2;
    }

    if (newer) {
        argv[n++] = ngx_conf_api_fields[ngx_conf_api_room_extended].name;
        ngx_str_set(&argv[n], "1");
        n++;
    }

    *argc = n;

    return NGX_OK;
}


/* NGX_DECLINED: the request does not have it */

static ngx_int_t
ngx_conf_api_field_arg(ngx_conf_api_req_t *req,
    const ngx_conf_api_field_t *field, ngx_str_t *value)
{
    int          rc, b;
    size_t       n;
    int64_t      integer;
    rtc_str_t    s;
    const char  *name;

    name = (const char *) field->name.data;

    switch (field->type) {

    case ngx_conf_api_type_integer:

        rc = rtc_args_integer(&req->args, name, field->min, field->max,
                              &integer);
        if (rc != RTC_OK) {
            return rc;
        }

        value->data = ngx_pnalloc(req->request->pool, NGX_INT64_LEN);
        if (value->data == NULL) {
            return NGX_ERROR;
        }

        value->len = ngx_sprintf(value->data, "%L", integer) - value->data;

        return NGX_OK;

    case ngx_conf_api_type_bool:

        rc = rtc_args_bool(&req->args, name, &b);
        if (rc != RTC_OK) {
            return rc;
        }

        value->len = 1;
        value->data = (u_char *) (b ? "1" : "0");

        return NGX_OK;

    case ngx_conf_api_type_enum:

        rc = rtc_args_enum(&req->args, name, field->names, field->max, &n);
        if (rc != RTC_OK) {
            return rc;
        }

        value->data = (u_char *) field->names[n];
        value->len = ngx_strlen(field->names[n]);

        return NGX_OK;

    default:

        rc = rtc_args_string(&req->args, name, field->min, field->max, &s);
        if (rc != RTC_OK) {
            return rc;
        }

        value->data = (u_char *) s.data;
        value->len = s.len;

        return NGX_OK;
    }
}
