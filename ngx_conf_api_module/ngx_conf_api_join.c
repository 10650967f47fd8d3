
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * createToken: the way into a room for everybody who has its address.  The
 * SFU decides again when the token is used; here the answer is early and has
 * a sentence.
 */


#include "ngx_conf_api_room.h"
#include "rtc_crypto.h"
#include "rtc_keys.h"


#define NGX_CONF_API_NAME_MAX    100
#define NGX_CONF_API_RANDOM_LEN  16     /* bytes of a made identity */

#define NGX_CONF_API_HOST_CHARS                                               \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]"


typedef enum {
    ngx_conf_api_mode_speaker = 0,
    ngx_conf_api_mode_view
} ngx_conf_api_mode_e;


typedef struct {
    u_char               id[RTC_ARGS_ROOM];
    size_t               id_len;
    size_t               mode;
    rtc_str_t            name;
    rtc_str_t            identity;
    unsigned             owner:1;       /* may come back as the identity */
    unsigned             user:1;        /* there is an API token */
    unsigned             guest:1;       /* has no pass for a named room */

    u_char               random[2 * NGX_CONF_API_RANDOM_LEN];
} ngx_conf_api_join_t;


static void ngx_conf_api_join(ngx_conf_api_req_t *req);
static int ngx_conf_api_join_args(ngx_conf_api_req_t *req,
    ngx_conf_api_join_t *join);
static int ngx_conf_api_join_pass(ngx_conf_api_req_t *req,
    ngx_conf_api_join_t *join);
static int ngx_conf_api_join_identity(ngx_conf_api_req_t *req,
    ngx_conf_api_join_t *join);
static ngx_uint_t ngx_conf_api_join_is_owner(ngx_conf_api_req_t *req,
    ngx_conf_api_join_t *join, rtc_str_t token);
static void ngx_conf_api_join_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static const char *ngx_conf_api_join_refusal(ngx_conf_api_join_t *join,
    ngx_conf_api_room_t *room, ngx_uint_t present, ngx_uint_t *status);
static void ngx_conf_api_join_grant(ngx_conf_api_req_t *req,
    ngx_conf_api_room_t *room, rtc_grant_t *grant);
static void ngx_conf_api_join_send(ngx_conf_api_req_t *req,
    ngx_conf_api_room_t *room, ngx_str_t *token, ngx_str_t *url);


static const char *const  ngx_conf_api_modes[] = { "speaker", "view" };


void
ngx_conf_api_create_token(ngx_conf_api_req_t *req)
{
    ngx_conf_api_join_t  *join;

    join = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_join_t));
    if (join == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    req->data = join;

    if (ngx_conf_api_join_args(req, join) != RTC_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    if (ngx_conf_api_is_test_room(join->id, join->id_len)) {
        ngx_conf_api_send_unknown_room(req);
        return;
    }

    /*
     * An API token opens every seat of its user's rooms.  The cookie of the
     * dashboard does not count: its user may be here as a guest.
     */

    if (ngx_conf_api_header(req->request, "x-access-token").len != 0) {
        join->user = 1;
        ngx_conf_api_auth(req, ngx_conf_api_join);
        return;
    }

    ngx_conf_api_join(req);
}


static void
ngx_conf_api_join(ngx_conf_api_req_t *req)
{
    u_char                keys[2][NGX_CONF_API_KEY_LEN];
    ngx_str_t             argv[3];
    ngx_conf_api_join_t  *join;

    join = req->data;

    argv[0] = ngx_conf_api_room_key(keys[0], join->id, join->id_len, "");
    argv[1] = ngx_conf_api_room_key(keys[1], join->id, join->id_len,
                                    RTC_KEY_ROOM_IDENTITIES);
    argv[2].data = (u_char *) join->identity.data;
    argv[2].len = join->identity.len;

    ngx_conf_api_call(req, ngx_conf_api_script_seat, 2, 3, argv,
                      ngx_conf_api_join_next);
}


static int
ngx_conf_api_join_args(ngx_conf_api_req_t *req, ngx_conf_api_join_t *join)
{
    int  rc;

    rc = rtc_args_room(&req->args, join->id);

    if (rc == RTC_ERROR) {
        return RTC_ERROR;
    }

    join->id_len = rc;

    if (ngx_conf_api_join_pass(req, join) != RTC_OK
        || rtc_args_enum(&req->args, "mode", ngx_conf_api_modes, 2,
                         &join->mode) == RTC_ERROR)
    {
        return RTC_ERROR;
    }

    rc = rtc_args_string(&req->args, "name", 1, NGX_CONF_API_NAME_MAX,
                         &join->name);

    if (rc != RTC_OK) {
        return rc == RTC_DECLINED ? rtc_args_missing(&req->args, "name") : rc;
    }

    return ngx_conf_api_join_identity(req, join);
}


static int
ngx_conf_api_join_pass(ngx_conf_api_req_t *req, ngx_conf_api_join_t *join)
{
    int        rc;
    u_char     pass[NGX_CONF_API_PASS];
    rtc_str_t  text;

    if (!ngx_conf_api_room_is_named(join->id, join->id_len)) {
        return RTC_OK;
    }

    rc = rtc_args_bytes(&req->args, "pass", 0, NGX_CONF_API_PASS, &text);

    if (rc == RTC_ERROR
        || ngx_conf_api_room_pass(req, join->id, join->id_len, pass) != NGX_OK)
    {
        return RTC_ERROR;
    }

    join->guest = rc == RTC_DECLINED
                  || text.len != sizeof(pass)
                  || !rtc_equal(text.data, pass, sizeof(pass));

    return RTC_OK;
}


static int
ngx_conf_api_join_identity(ngx_conf_api_req_t *req, ngx_conf_api_join_t *join)
{
    int        rc, rc_token;
    u_char     random[NGX_CONF_API_RANDOM_LEN];
    rtc_str_t  token;

    rc_token = rtc_args_string(&req->args, "token", 0, RTC_JWT_MAX, &token);

    if (rc_token == RTC_ERROR) {
        return RTC_ERROR;
    }

    rc = rtc_args_string(&req->args, "identity", 1, RTC_JWT_IDENTITY_MAX,
                         &join->identity);

    if (rc == RTC_OK && join->identity.len > RTC_JWT_IDENTITY_MAX) {
        (void) ngx_snprintf((u_char *) req->args.error,
                            sizeof(req->args.error),
                            "identity must be 1 to %d bytes of UTF-8.%Z",
                            RTC_JWT_IDENTITY_MAX);
        return RTC_ERROR;
    }

    if (rc == RTC_OK && rc_token == RTC_OK) {
        join->owner = ngx_conf_api_join_is_owner(req, join, token);
    }

    if (rc != RTC_DECLINED) {
        return rc;
    }

    if (rtc_random(random, sizeof(random)) != RTC_OK) {
        return RTC_ERROR;
    }

    (void) ngx_hex_dump(join->random, random, sizeof(random));

    join->identity.data = join->random;
    join->identity.len = sizeof(join->random);

    return RTC_OK;
}


/* whoever shows a token of this seat was given it before */

static ngx_uint_t
ngx_conf_api_join_is_owner(ngx_conf_api_req_t *req, ngx_conf_api_join_t *join,
    rtc_str_t token)
{
    u_char                *mem;
    const char            *reason;
    rtc_grant_t            grant;
    const rtc_jwt_keys_t  *keys;

    keys = ngx_rtc_keys_get(&req->main->settings.keys);
    mem = ngx_pnalloc(req->request->pool, token.len + 1);

    if (keys == NULL
        || mem == NULL
        || rtc_jwt_verify_access(&grant, mem, token.data, token.len, keys,
                                 ngx_time(), &reason)
           != RTC_OK)
    {
        return 0;
    }

    return grant.room_join
           && grant.room.len == join->id_len
           && ngx_memcmp(grant.room.data, join->id, join->id_len) == 0
           && grant.identity.len == join->identity.len
           && ngx_memcmp(grant.identity.data, join->identity.data,
                         grant.identity.len) == 0;
}


static void
ngx_conf_api_join_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t               present;
    ngx_int_t             rc;
    ngx_str_t             token, url;
    ngx_uint_t            status;
    const char           *refusal;
    rtc_grant_t           grant;
    ngx_conf_api_join_t  *join;
    ngx_conf_api_room_t   room;

    join = req->data;

    if (ngx_rtc_redis_reply_is_nil(reply)) {

        if (join->guest) {
            ngx_conf_api_send_no_room(req, join->id, join->id_len);

        } else {
            ngx_conf_api_send_unknown_room(req);
        }

        return;
    }

    if (ngx_conf_api_read_room(&room, ngx_rtc_redis_reply_elt(reply, 0),
                               ngx_rtc_redis_reply_elt(reply, 1)) != NGX_OK
        || ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(reply, 2),
                                       &present) != NGX_OK)
    {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (join->user && ngx_conf_api_room_is_own(req, &room)) {
        join->owner = 1;
        join->guest = 0;
    }

    refusal = ngx_conf_api_join_refusal(join, &room, present, &status);

    if (refusal != NULL) {
        ngx_conf_api_send_error(req, status, refusal);
        return;
    }

    if (ngx_conf_api_join_url(req, &url) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                "The Host header is missing or malformed.");
        return;
    }

    ngx_conf_api_join_grant(req, &room, &grant);

    rc = ngx_conf_api_join_sign(req, &grant, &token);

    if (rc == NGX_AGAIN) {
        ngx_conf_api_send_away(req);
        return;
    }

    if (rc != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_join_send(req, &room, &token, &url);
}


/* an identity that is present already has a seat, whoever else is there */

static const char *
ngx_conf_api_join_refusal(ngx_conf_api_join_t *join, ngx_conf_api_room_t *room,
    ngx_uint_t present, ngx_uint_t *status)
{
    ngx_int_t  max;

    *status = NGX_HTTP_FORBIDDEN;

    if (join->guest) {
        return "This room is entered with its link, or with a token of the "
               "application that made it.";
    }

    if (!ngx_conf_api_room_is(room, rtc_room_active, "1")) {
        return "The room is closed.";
    }

    if (present) {
        *status = NGX_HTTP_CONFLICT;

        return join->owner ? NULL
                           : "This identity is in the room already.";
    }

    max = ngx_atoi(room->fields[rtc_room_max_participants].data,
                   room->fields[rtc_room_max_participants].len);

    if (max > 0 && room->present >= max) {      /* 0: as many as come */
        return "The room is full.";
    }

    return NULL;
}


static void
ngx_conf_api_join_grant(ngx_conf_api_req_t *req, ngx_conf_api_room_t *room,
    rtc_grant_t *grant)
{
    ngx_uint_t            audio, screen;
    ngx_conf_api_join_t  *join;

    join = req->data;

    audio = ngx_conf_api_room_is(room, rtc_room_media_type,
                                 "MEDIA_TYPE_AUDIO_ONLY");
    screen = ngx_conf_api_room_is(room, rtc_room_allow_share_screen,
                                  "1");

    ngx_memzero(grant, sizeof(rtc_grant_t));

    grant->identity = join->identity;
    grant->name = join->name;
    grant->room.data = join->id;
    grant->room.len = join->id_len;
    grant->exp = ngx_time() + req->conf->join_life;
    grant->sources = RTC_SOURCE_ALL;

    grant->room_join = 1;
    grant->can_subscribe = 1;
    grant->can_update_metadata = 1;

    /* whether there is chat the SFU asks the room, each time */

    grant->can_publish_data = 1;

    if (join->mode == ngx_conf_api_mode_view) {
        return;
    }

    grant->can_publish = 1;

    if (audio) {
        grant->sources = RTC_SOURCE_MICROPHONE;

    } else if (!screen) {
        grant->sources = RTC_SOURCE_CAMERA|RTC_SOURCE_MICROPHONE;
    }
}


ngx_int_t
ngx_conf_api_join_sign(ngx_conf_api_req_t *req, const rtc_grant_t *grant,
    ngx_str_t *token)
{
    ssize_t                n;
    const rtc_jwt_keys_t  *keys;

    keys = ngx_rtc_keys_get(&req->main->settings.keys);
    if (keys == NULL) {
        return NGX_AGAIN;
    }

    token->data = ngx_pnalloc(req->request->pool, RTC_JWT_MAX);
    if (token->data == NULL) {
        return NGX_ERROR;
    }

    n = rtc_jwt_sign_access(token->data, RTC_JWT_MAX, grant, &keys->elts[0],
                            ngx_time());
    if (n < 0) {
        return NGX_ERROR;
    }

    token->len = n;

    return NGX_OK;
}


/* where the client came to, unless the configuration knows better */

ngx_int_t
ngx_conf_api_join_url(ngx_conf_api_req_t *req, ngx_str_t *url)
{
    size_t               i;
    ngx_str_t            host, scheme;
    ngx_http_request_t  *r;

    r = req->request;

    if (req->conf->rtc_url != NULL) {
        return ngx_http_complex_value(r, req->conf->rtc_url, url);
    }

    if (r->headers_in.host == NULL) {
        return NGX_ERROR;
    }

    host = r->headers_in.host->value;

    for (i = 0; i < host.len; i++) {
        if (host.data[i] == '\0'
            || ngx_strchr(NGX_CONF_API_HOST_CHARS, host.data[i]) == NULL)
        {
            return NGX_ERROR;
        }
    }

    ngx_str_set(&scheme, "ws://");

#if (NGX_HTTP_SSL)
    if (r->connection->ssl != NULL) {
        ngx_str_set(&scheme, "wss://");
    }
#endif

    url->data = ngx_pnalloc(r->pool, scheme.len + host.len);
    if (url->data == NULL) {
        return NGX_ERROR;
    }

    url->len = ngx_sprintf(url->data, "%V%V", &scheme, &host) - url->data;

    return NGX_OK;
}


static void
ngx_conf_api_join_send(ngx_conf_api_req_t *req, ngx_conf_api_room_t *room,
    ngx_str_t *token, ngx_str_t *url)
{
    json_t               *json;
    ngx_uint_t            mask;
    ngx_conf_api_join_t  *join;

    join = req->data;

    mask = ngx_conf_api_room_bit(name)
           |ngx_conf_api_room_bit(media_type)
           |ngx_conf_api_room_bit(max_participants)
           |ngx_conf_api_room_bit(active)
           |ngx_conf_api_room_bit(allow_chat)
           |ngx_conf_api_room_bit(allow_share_screen);

    json = json_pack("{s:s%, s:s%, s:s%, s:s%, s:o, s:o}",
                     "token", token->data, token->len,
                     "url", url->data, url->len,
                     "identity", join->identity.data, join->identity.len,
                     "name", join->name.data, join->name.len,
                     "room", ngx_conf_api_room_json(room, mask),
                     "iceServers",
                     ngx_conf_api_join_ice_servers(req, join->identity));

    ngx_conf_api_send_json(req, NGX_HTTP_OK, json);
}


/* as RTCConfiguration has them */

json_t *
ngx_conf_api_join_ice_servers(ngx_conf_api_req_t *req, rtc_str_t identity)
{
    json_t                       *urls;
    ngx_int_t                     rc;
    ngx_str_t                     user, password, *url;
    ngx_uint_t                    i;
    const ngx_rtc_ice_servers_t  *servers;

    servers = &req->main->ice_servers;

    rc = ngx_rtc_ice_servers_credentials(req->request->pool, servers,
                                         identity.data, identity.len, &user,
                                         &password);
    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? json_array() : NULL;
    }

    urls = json_array();
    url = servers->urls->elts;

    for (i = 0; i < servers->urls->nelts; i++) {
        if (json_array_append_new(urls, json_stringn((char *) url[i].data,
                                                     url[i].len))
            == -1)
        {
            json_decref(urls);
            return NULL;
        }
    }

    return json_pack("[{s:o, s:s%, s:s%}]", "urls", urls,
                     "username", user.data, user.len,
                     "credential", password.data, password.len);
}
