
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The methods of one room: create, update, remove, getById.
 */


#include "ngx_conf_api_room.h"
#include "rtc_crypto.h"
#include "rtc_keys.h"


#define NGX_CONF_API_CREATE_TRIES  3


/* what a method knows of its room while it waits for Redis */

typedef struct {
    u_char        id[RTC_ARGS_ROOM];
    size_t        id_len;
    ngx_uint_t    extended;
    ngx_uint_t    tries;                /* to find a free id */
    ngx_uint_t    nfields;
    ngx_str_t     fields[6 + NGX_CONF_API_ROOM_ARGS];
} ngx_conf_api_edit_t;


static ngx_conf_api_edit_t *ngx_conf_api_edit(ngx_conf_api_req_t *req);
static ngx_int_t ngx_conf_api_edit_id(ngx_conf_api_req_t *req,
    ngx_conf_api_edit_t *edit);
static ngx_int_t ngx_conf_api_made_fields(ngx_conf_api_req_t *req,
    ngx_conf_api_edit_t *edit);
static void ngx_conf_api_create_try(ngx_conf_api_req_t *req);
static void ngx_conf_api_create_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_remove_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_get_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_room_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_send_room(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply, ngx_uint_t by_id);


static ngx_conf_api_edit_t *
ngx_conf_api_edit(ngx_conf_api_req_t *req)
{
    ngx_conf_api_edit_t  *edit;

    edit = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_edit_t));

    if (edit == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return NULL;
    }

    req->data = edit;

    if (ngx_conf_api_room_extended_arg(req, &edit->extended) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return NULL;
    }

    return edit;
}


/* NGX_ERROR: the request has been answered */

static ngx_int_t
ngx_conf_api_edit_id(ngx_conf_api_req_t *req, ngx_conf_api_edit_t *edit)
{
    int  len;

    len = rtc_args_room(&req->args, edit->id);

    if (len == RTC_ERROR) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return NGX_ERROR;
    }

    if (ngx_conf_api_is_test_room(edit->id, len)) {
        ngx_conf_api_send_unknown_room(req);
        return NGX_ERROR;
    }

    edit->id_len = len;

    return NGX_OK;
}


void
ngx_conf_api_create(ngx_conf_api_req_t *req)
{
    ngx_uint_t            n;
    ngx_conf_api_edit_t  *edit;

    edit = ngx_conf_api_edit(req);
    if (edit == NULL) {
        return;
    }

    if (ngx_conf_api_made_fields(req, edit) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (ngx_conf_api_room_args(req, 1, &edit->fields[edit->nfields], &n)
        != NGX_OK)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    edit->nfields += n;

    ngx_conf_api_create_try(req);
}


/* the fields of a new room that nobody can choose */

static ngx_int_t
ngx_conf_api_made_fields(ngx_conf_api_req_t *req, ngx_conf_api_edit_t *edit)
{
    u_char     *p, random[8];
    ngx_str_t  *field;

    p = ngx_pnalloc(req->request->pool, NGX_TIME_T_LEN + 2 * sizeof(random));

    if (p == NULL || rtc_random(random, sizeof(random)) != RTC_OK) {
        return NGX_ERROR;
    }

    field = edit->fields;

    ngx_str_set(&field[0], "user_id");
    field[1].data = req->user.claims.id;
    field[1].len = RTC_JWT_API_ID;

    ngx_str_set(&field[2], "epoch");
    field[3].data = p;
    p = ngx_hex_dump(p, random, sizeof(random));
    field[3].len = p - field[3].data;

    ngx_str_set(&field[4], "created");
    field[5].data = p;
    field[5].len = ngx_sprintf(p, "%T", ngx_time()) - p;

    edit->nfields = 6;

    return NGX_OK;
}


static void
ngx_conf_api_create_try(ngx_conf_api_req_t *req)
{
    u_char                key[NGX_CONF_API_KEY_LEN];
    ngx_str_t             argv[4 + 6 + NGX_CONF_API_ROOM_ARGS];
    ngx_conf_api_edit_t  *edit;

    edit = req->data;

    ngx_conf_api_make_id(&req->main->ids, edit->id);
    edit->id_len = NGX_CONF_API_ID_LEN;

    argv[0] = ngx_conf_api_room_key(key, edit->id, edit->id_len, "");
    ngx_str_set(&argv[1], RTC_KEY_ROOMS);
    ngx_str_set(&argv[2], RTC_KEY_ROOMS_SEQ);
    argv[3].data = edit->id;
    argv[3].len = edit->id_len;

    ngx_memcpy(&argv[4], edit->fields, edit->nfields * sizeof(ngx_str_t));

    ngx_conf_api_call(req, ngx_conf_api_script_create, 3, 4 + edit->nfields,
                      argv, ngx_conf_api_create_next);
}


static void
ngx_conf_api_create_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_edit_t  *edit;

    edit = req->data;

    if (!ngx_rtc_redis_reply_is_nil(reply)) {
        ngx_conf_api_send_room(req, reply, 0);
        return;
    }

    /* another host made the same id in the same second */

    if (++edit->tries == NGX_CONF_API_CREATE_TRIES) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_create_try(req);
}


void
ngx_conf_api_update(ngx_conf_api_req_t *req)
{
    u_char                keys[3][NGX_CONF_API_KEY_LEN];
    ngx_str_t             argv[5 + NGX_CONF_API_ROOM_ARGS];
    ngx_uint_t            n;
    ngx_conf_api_edit_t  *edit;

    edit = ngx_conf_api_edit(req);
    if (edit == NULL) {
        return;
    }

    if (ngx_conf_api_edit_id(req, edit) != NGX_OK) {
        return;
    }

    if (ngx_conf_api_room_args(req, 0, &argv[5], &n) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    argv[0] = ngx_conf_api_room_key(keys[0], edit->id, edit->id_len, "");
    argv[1] = ngx_conf_api_room_key(keys[1], edit->id, edit->id_len,
                                    RTC_KEY_ROOM_REV);
    argv[2] = ngx_conf_api_room_key(keys[2], edit->id, edit->id_len,
                                    RTC_KEY_ROOM_IDENTITIES);
    argv[3] = ngx_conf_api_owner(req);
    argv[4].data = edit->id;
    argv[4].len = edit->id_len;

    ngx_conf_api_call(req, ngx_conf_api_script_update, 3, 5 + n, argv,
                      ngx_conf_api_room_next);
}


void
ngx_conf_api_get_by_id(ngx_conf_api_req_t *req)
{
    u_char                keys[2][NGX_CONF_API_KEY_LEN];
    ngx_str_t             argv[3];
    ngx_conf_api_edit_t  *edit;

    edit = ngx_conf_api_edit(req);
    if (edit == NULL) {
        return;
    }

    if (ngx_conf_api_edit_id(req, edit) != NGX_OK) {
        return;
    }

    argv[0] = ngx_conf_api_room_key(keys[0], edit->id, edit->id_len, "");
    argv[1] = ngx_conf_api_room_key(keys[1], edit->id, edit->id_len,
                                    RTC_KEY_ROOM_IDENTITIES);
    argv[2] = ngx_conf_api_owner(req);

    ngx_conf_api_call(req, ngx_conf_api_script_get, 2, 3, argv,
                      ngx_conf_api_get_next);
}


void
ngx_conf_api_remove(ngx_conf_api_req_t *req)
{
    u_char                keys[4][NGX_CONF_API_KEY_LEN];
    ngx_str_t             argv[9];
    ngx_uint_t            i;
    ngx_conf_api_edit_t  *edit;

    static const char *const  suffixes[] = {
        "", RTC_KEY_ROOM_REV, RTC_KEY_ROOM_MEMBERS, RTC_KEY_ROOM_IDENTITIES
    };

    edit = ngx_conf_api_edit(req);
    if (edit == NULL) {
        return;
    }

    if (ngx_conf_api_edit_id(req, edit) != NGX_OK) {
        return;
    }

    for (i = 0; i < 4; i++) {
        argv[i] = ngx_conf_api_room_key(keys[i], edit->id, edit->id_len,
                                        suffixes[i]);
    }

    ngx_str_set(&argv[4], RTC_KEY_ROOMS);
    ngx_str_set(&argv[5], RTC_KEY_SETTINGS);
    ngx_str_set(&argv[6], RTC_KEY_WEBHOOKS);
    argv[7].data = edit->id;
    argv[7].len = edit->id_len;
    argv[8] = ngx_conf_api_owner(req);

    ngx_conf_api_call(req, ngx_conf_api_script_remove, 7, 9, argv,
                      ngx_conf_api_remove_next);
}


static void
ngx_conf_api_remove_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t  removed;

    if (ngx_rtc_redis_reply_integer(reply, &removed) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (!removed) {
        ngx_conf_api_send_unknown_room(req);
        return;
    }

    ngx_conf_api_send_success(req);
}


static void
ngx_conf_api_get_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_send_room(req, reply, 1);
}


static void
ngx_conf_api_room_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_send_room(req, reply, 0);
}


static void
ngx_conf_api_send_room(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply, ngx_uint_t by_id)
{
    ngx_uint_t            mask;
    ngx_conf_api_edit_t  *edit;
    ngx_conf_api_room_t   room;

    edit = req->data;

    if (ngx_rtc_redis_reply_is_nil(reply)) {
        ngx_conf_api_send_no_room(req, edit->id, edit->id_len);
        return;
    }

    room.id.data = edit->id;
    room.id.len = edit->id_len;

    if (ngx_conf_api_read_room(&room, ngx_rtc_redis_reply_elt(reply, 0),
                               ngx_rtc_redis_reply_elt(reply, 1))
        != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (by_id && !edit->extended) {
        mask = ngx_conf_api_room_bit(name)
               |ngx_conf_api_room_bit(media_type)
               |ngx_conf_api_room_bit(max_participants)
               |ngx_conf_api_room_bit(active);

    } else {
        mask = ngx_conf_api_room_mask(&room, edit->extended);
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           ngx_conf_api_room_answer(req, &room, mask,
                                                    edit->extended));
}


void
ngx_conf_api_send_no_room(ngx_conf_api_req_t *req, const u_char *id,
    size_t len)
{
    if (ngx_conf_api_room_is_named(id, len)) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                "id must be a string of 24 hexadecimal "
                                "digits, or the name of a room that is "
                                "there.");
        return;
    }

    ngx_conf_api_send_unknown_room(req);
}


void
ngx_conf_api_send_unknown_room(ngx_conf_api_req_t *req)
{
    ngx_conf_api_send_error(req, NGX_HTTP_NOT_FOUND,
                            "There is no room with this id.");
}
