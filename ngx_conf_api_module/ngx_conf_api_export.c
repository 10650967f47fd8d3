
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * exportDb: settings, users, the rooms some hundred at a time, certificates, as
 * rtc_backup.h has them.  What changes meanwhile is there or not.
 */


#include "ngx_conf_api_room.h"
#include "rtc_backup.h"
#include "rtc_cert.h"
#include "rtc_keys.h"
#include "rtc_webhooks.h"


typedef struct {
    ngx_conf_api_walk_t    walk;
    ngx_conf_api_text_t    text;
    int                    keys;        /* include_keys */
} ngx_conf_api_export_t;


static void ngx_conf_api_export_settings(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static json_t *ngx_conf_api_export_settings_json(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *hash);
static rtc_str_t ngx_conf_api_export_text(const ngx_rtc_redis_reply_t *hash,
    const char *name);
static ngx_int_t ngx_conf_api_export_add(json_t *settings, const char *name,
    json_t *value);
static ngx_int_t ngx_conf_api_export_livekit(ngx_conf_api_req_t *req,
    json_t *settings);
static ngx_int_t ngx_conf_api_export_ring(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *hash, json_t *settings);
static void ngx_conf_api_export_users(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_conf_api_export_user(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *user, ngx_uint_t first);
static ngx_int_t ngx_conf_api_export_room(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room);
static void ngx_conf_api_export_rooms(ngx_conf_api_req_t *req);
static void ngx_conf_api_export_certificates(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static json_t *ngx_conf_api_export_certificate(ngx_conf_api_req_t *req,
    const ngx_str_t *name, const ngx_str_t *record);
static void ngx_conf_api_export_send(ngx_conf_api_req_t *req,
    const char *end);
static ngx_int_t ngx_conf_api_export_write(ngx_conf_api_req_t *req,
    const char *text);


void
ngx_conf_api_export(ngx_conf_api_req_t *req)
{
    ngx_str_t               argv[] = {
        ngx_string("HGETALL"), ngx_string(RTC_KEY_SETTINGS)
    };
    ngx_conf_api_export_t  *export;

    export = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_export_t));
    if (export == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    req->data = export;

    if (rtc_args_bool(&req->args, "include_keys", &export->keys) == RTC_ERROR)
    {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    ngx_conf_api_command(req, 2, argv, ngx_conf_api_export_settings);
}


static void
ngx_conf_api_export_settings(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    u_char                  head[128];
    ngx_str_t               argv[] = { ngx_string(RTC_KEY_USERS) };
    ngx_conf_api_export_t  *export;

    export = req->data;

    (void) ngx_snprintf(head, sizeof(head),
                        "{\"format\":\"%s\",\"version\":%d,\"exported\":%T,"
                        "\"settings\":%Z",
                        RTC_BACKUP_FORMAT, RTC_BACKUP_VERSION, ngx_time());

    if (ngx_conf_api_export_write(req, (char *) head) != NGX_OK
        || ngx_conf_api_write_json(req, &export->text,
                                   ngx_conf_api_export_settings_json(req,
                                                                     reply))
           != NGX_OK
        || ngx_conf_api_export_write(req, ",\"users\":[") != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_call(req, ngx_conf_api_script_user_dump, 1, 1, argv,
                      ngx_conf_api_export_users);
}


/* what is not as this version writes it is left out: no import takes it */

static json_t *
ngx_conf_api_export_settings_json(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *hash)
{
    json_t      *settings;
    u_char       buf[RTC_SETTING_MAX];
    ngx_str_t    text;
    rtc_str_t    stored;
    ngx_uint_t   i;

    settings = json_object();

    for (i = 0; i < RTC_SETTINGS; i++) {
        text = ngx_conf_api_settings_text(hash, i, buf);

        if (text.len != 0
            && json_object_set_new(settings, rtc_setting_name(i),
                                   json_stringn((char *) text.data, text.len))
               != 0)
        {
            goto failed;
        }
    }

    stored = ngx_conf_api_export_text(hash, "custom_settings");

    if (stored.len != 0
        && ngx_conf_api_export_add(settings, "custom_settings",
                                   rtc_settings_custom_parse(stored))
           != NGX_OK)
    {
        goto failed;
    }

    stored = ngx_conf_api_export_text(hash, "webhooks");

    if (stored.len != 0
        && ngx_conf_api_export_add(settings, "webhooks",
                                   rtc_webhooks_parse(stored)) != NGX_OK)
    {
        goto failed;
    }

    if (ngx_conf_api_export_livekit(req, settings) == NGX_OK
        && ngx_conf_api_export_ring(req, hash, settings) == NGX_OK)
    {
        return settings;
    }

failed:

    json_decref(settings);

    return NULL;
}


/* the value of a field, or empty */

static rtc_str_t
ngx_conf_api_export_text(const ngx_rtc_redis_reply_t *hash, const char *name)
{
    ngx_str_t  text;
    rtc_str_t  stored;

    if (ngx_rtc_redis_reply_string(ngx_conf_api_settings_field(hash, name),
                                   &text)
        != NGX_OK)
    {
        ngx_str_null(&text);
    }

    stored.data = text.data;
    stored.len = text.len;

    return stored;
}


/* the value is taken over; what is damaged is NULL, and left out */

static ngx_int_t
ngx_conf_api_export_add(json_t *settings, const char *name, json_t *value)
{
    if (value == NULL) {
        return NGX_OK;
    }

    return json_object_set_new(settings, name, value) == 0 ? NGX_OK
                                                           : NGX_ERROR;
}


/*
 * A pair, be it of the key file; several of a file have no place here, nor has
 * one that no import takes
 */

static ngx_int_t
ngx_conf_api_export_livekit(ngx_conf_api_req_t *req, json_t *settings)
{
    const rtc_jwt_key_t    *key;
    const rtc_jwt_keys_t   *keys;
    ngx_conf_api_export_t  *export;

    export = req->data;

    if (!export->keys) {
        return NGX_OK;
    }

    keys = ngx_rtc_keys_get(&req->main->settings.keys);

    if (keys == NULL || req->main->settings.keys.set->nown != 1) {
        return NGX_OK;
    }

    key = &keys->elts[0];

    if (!rtc_ring_is_pair(key->name, key->secret)) {
        return NGX_OK;
    }

    if (json_object_set_new(settings, "livekit_key",
                            json_stringn((char *) key->name.data,
                                         key->name.len)) != 0
        || json_object_set_new(settings, "livekit_secret",
                               json_stringn((char *) key->secret.data,
                                            key->secret.len)) != 0)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* keys beside this pair, their secrets open */

static ngx_int_t
ngx_conf_api_export_ring(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *hash, json_t *settings)
{
    json_t                 *ring, *opened;
    rtc_str_t               stored;
    ngx_conf_api_export_t  *export;

    export = req->data;
    stored = ngx_conf_api_export_text(hash, "livekit_keys");

    if (!export->keys || stored.len == 0) {
        return NGX_OK;
    }

    ring = rtc_ring_parse(stored);
    opened = rtc_ring_open(ring, req->main->settings.keys.seal);
    json_decref(ring);

    return ngx_conf_api_export_add(settings, "livekit_keys", opened);
}


static void
ngx_conf_api_export_users(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_uint_t              i;
    ngx_conf_api_export_t  *export;

    export = req->data;

    for (i = 0; i < ngx_rtc_redis_reply_nelts(reply); i++) {
        if (ngx_conf_api_export_user(req, ngx_rtc_redis_reply_elt(reply, i),
                                     i == 0)
            != NGX_OK)
        {
            ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }
    }

    if (ngx_conf_api_export_write(req, "],\"rooms\":[") != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    export->walk.limit = NGX_MAX_INT_T_VALUE;
    export->walk.whole = 1;
    export->walk.room = ngx_conf_api_export_room;
    export->walk.done = ngx_conf_api_export_rooms;

    ngx_conf_api_walk(req, &export->walk);
}


/* id, then name, address, hash, role and time */

static ngx_int_t
ngx_conf_api_export_user(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *user, ngx_uint_t first)
{
    json_t                       *json;
    int64_t                       created;
    ngx_str_t                     id, text[4];
    ngx_uint_t                    i;
    ngx_conf_api_export_t        *export;
    const ngx_rtc_redis_reply_t  *fields;

    export = req->data;
    fields = ngx_rtc_redis_reply_elt(user, 1);

    if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(user, 0), &id)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < 4; i++) {
        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(fields, i),
                                       &text[i])
            != NGX_OK)
        {
            ngx_str_set(&text[i], "");
        }
    }

    if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(fields, 4),
                                    &created)
        != NGX_OK)
    {
        created = 0;
    }

    json = json_pack("{s:s%, s:s%, s:s%, s:s, s:s%, s:I}",
                     "_id", id.data, id.len,
                     "name", text[0].data, text[0].len,
                     "email", text[1].data, text[1].len,
                     "role", ngx_conf_api_is_admin(&text[3]) ? "admin"
                                                             : "member",
                     "password", text[2].data, text[2].len,
                     "created", (json_int_t) created);

    if (!first && ngx_conf_api_export_write(req, ",") != NGX_OK) {
        json_decref(json);
        return NGX_ERROR;
    }

    return ngx_conf_api_write_json(req, &export->text, json);
}


static ngx_int_t
ngx_conf_api_export_room(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room)
{
    ngx_uint_t              i, mask;
    ngx_conf_api_export_t  *export;

    export = req->data;

    /* all members that there are */

    mask = NGX_CONF_API_ROOM_ID;

    for (i = 0; i < rtc_room_n; i++) {
        if (!rtc_room_fields[i].optional || room->fields[i].len) {
            mask |= (ngx_uint_t) 1 << i;
        }
    }

    if (export->walk.count > 1 && ngx_conf_api_export_write(req, ",") != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_conf_api_write_json(req, &export->text,
                                   ngx_conf_api_room_json(room, mask));
}


static void
ngx_conf_api_export_rooms(ngx_conf_api_req_t *req)
{
    ngx_str_t               argv[] = {
        ngx_string("HGETALL"), ngx_string(RTC_KEY_CERTS)
    };
    ngx_conf_api_export_t  *export;

    export = req->data;

    if (!export->keys) {
        ngx_conf_api_export_send(req, "]}");
        return;
    }

    if (ngx_conf_api_export_write(req, "],\"certificates\":[") != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_command(req, 2, argv, ngx_conf_api_export_certificates);
}


static void
ngx_conf_api_export_certificates(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    json_t                 *json;
    ngx_str_t               name, record;
    ngx_uint_t              i, n;
    ngx_conf_api_export_t  *export;

    export = req->data;
    n = 0;

    for (i = 0; i + 1 < ngx_rtc_redis_reply_nelts(reply); i += 2) {

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply, i),
                                       &name) != NGX_OK
            || ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(reply,
                                                                  i + 1),
                                          &record) != NGX_OK)
        {
            continue;
        }

        json = ngx_conf_api_export_certificate(req, &name, &record);

        if (json == NULL) {
            ngx_log_error(NGX_LOG_ERR, req->request->connection->log, 0,
                          "api: the certificate of \"%V\" in Redis is damaged "
                          "or of another installation", &name);
            continue;
        }

        if ((n++ && ngx_conf_api_export_write(req, ",") != NGX_OK)
            || ngx_conf_api_write_json(req, &export->text, json) != NGX_OK)
        {
            ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }
    }

    ngx_conf_api_export_send(req, "]}");
}


/* the record with its name and the key as it is */

static json_t *
ngx_conf_api_export_certificate(ngx_conf_api_req_t *req,
    const ngx_str_t *name, const ngx_str_t *record)
{
    json_t      *json, *stored;
    rtc_str_t    text;
    rtc_cert_t   cert;

    text.data = record->data;
    text.len = record->len;

    if (rtc_cert_open(&cert, text, req->main->settings.keys.seal) != RTC_OK) {
        return NULL;
    }

    stored = json_loadb((char *) record->data, record->len, 0, NULL);
    json = json_pack("{s:s%}", "domain", name->data, name->len);

    if (json == NULL || json_object_update(json, stored) != 0
        || json_object_set_new(json, "key", json_string(cert.key)) != 0)
    {
        json_decref(json);
        json = NULL;
    }

    json_decref(stored);
    rtc_cert_free(&cert);

    return json;
}


static void
ngx_conf_api_export_send(ngx_conf_api_req_t *req, const char *end)
{
    ngx_conf_api_export_t  *export;

    export = req->data;

    if (ngx_conf_api_export_write(req, end) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, req->request->connection->log, 0,
                  "api: everything was exported, keys:%d rooms:%L by:%*s",
                  export->keys, export->walk.count, (size_t) RTC_JWT_API_ID,
                  req->user.claims.id);

    ngx_conf_api_send_chain(req, NGX_HTTP_OK, export->text.out,
                            export->text.len);
}


static ngx_int_t
ngx_conf_api_export_write(ngx_conf_api_req_t *req, const char *text)
{
    ngx_conf_api_export_t  *export;

    export = req->data;

    return ngx_conf_api_write(req, &export->text, text, ngx_strlen(text));
}
