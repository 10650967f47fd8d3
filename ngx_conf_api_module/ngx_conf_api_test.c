
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A connection test joins a room like everybody else, but one that nobody
 * sees: it is in no list, the API does not know its id, and who is in it
 * neither sends nor is shown to others.
 */


#include "ngx_conf_api.h"
#include "rtc_crypto.h"
#include "rtc_keys.h"
#include "rtc_room.h"


#define NGX_CONF_API_TEST_ROOM  RTC_ROOM_TEST
#define NGX_CONF_API_TEST_MAX   1000
#define NGX_CONF_API_TEST_LIFE  600             /* s to join */


typedef struct {
    u_char     identity[5 + 32];
} ngx_conf_api_test_t;


static void ngx_conf_api_test_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_test_send(ngx_conf_api_req_t *req);


ngx_uint_t
ngx_conf_api_is_test_room(const u_char *id, size_t len)
{
    return len == NGX_CONF_API_ID_LEN
           && ngx_memcmp(id, NGX_CONF_API_TEST_ROOM, len) == 0;
}


void
ngx_conf_api_create_test_token(ngx_conf_api_req_t *req)
{
    u_char               *p, random[16 + 8], epoch[16];
    u_char                time[NGX_TIME_T_LEN];
    ngx_str_t             argv[16];
    ngx_conf_api_test_t  *test;

    test = ngx_palloc(req->request->pool, sizeof(ngx_conf_api_test_t));

    if (test == NULL || rtc_random(random, sizeof(random)) != RTC_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    req->data = test;

    p = ngx_cpymem(test->identity, "test-", 5);
    (void) ngx_hex_dump(p, random, 16);
    (void) ngx_hex_dump(epoch, random + 16, 8);

    ngx_str_set(&argv[0], RTC_KEY_ROOM NGX_CONF_API_TEST_ROOM);
    ngx_str_set(&argv[1], RTC_KEY_ROOM NGX_CONF_API_TEST_ROOM
                          RTC_KEY_ROOM_IDENTITIES);

    ngx_str_set(&argv[2], "name");
    ngx_str_set(&argv[3], "Connection test");
    ngx_str_set(&argv[4], "mediaType");
    ngx_str_set(&argv[5], "MEDIA_TYPE_VIDEO_AUDIO");
    ngx_str_set(&argv[6], "max_participants");
    ngx_str_set(&argv[7], "1000");
    ngx_str_set(&argv[8], "active");
    ngx_str_set(&argv[9], "1");
    ngx_str_set(&argv[10], "allow_chat");
    ngx_str_set(&argv[11], "0");
    ngx_str_set(&argv[12], "epoch");
    argv[13].data = epoch;
    argv[13].len = sizeof(epoch);
    ngx_str_set(&argv[14], "created");
    argv[15].data = time;
    argv[15].len = ngx_sprintf(time, "%T", ngx_time()) - time;

    ngx_conf_api_call(req, ngx_conf_api_script_test, 2, 16, argv,
                      ngx_conf_api_test_next);
}


static void
ngx_conf_api_test_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t  present;

    if (ngx_rtc_redis_reply_integer(reply, &present) != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (present >= NGX_CONF_API_TEST_MAX) {
        ngx_conf_api_send_error(req, NGX_HTTP_FORBIDDEN,
                                "Too many tests run at once.");
        return;
    }

    ngx_conf_api_test_send(req);
}


static void
ngx_conf_api_test_send(ngx_conf_api_req_t *req)
{
    json_t               *json;
    ngx_int_t             rc;
    ngx_str_t             token, url;
    rtc_str_t             room = rtc_string(NGX_CONF_API_TEST_ROOM);
    rtc_str_t             name = rtc_string("Connection test");
    rtc_grant_t           grant;
    ngx_conf_api_test_t  *test;

    test = req->data;

    if (ngx_conf_api_join_url(req, &url) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                "The Host header is missing or malformed.");
        return;
    }

    ngx_memzero(&grant, sizeof(rtc_grant_t));

    grant.identity.data = test->identity;
    grant.identity.len = sizeof(test->identity);
    grant.name = name;
    grant.room = room;
    grant.exp = ngx_time() + NGX_CONF_API_TEST_LIFE;
    grant.sources = RTC_SOURCE_ALL;
    grant.room_join = 1;
    grant.can_subscribe = 1;
    grant.hidden = 1;

    rc = ngx_conf_api_join_sign(req, &grant, &token);

    if (rc == NGX_AGAIN) {
        ngx_conf_api_send_away(req);
        return;
    }

    if (rc != NGX_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    json = json_pack("{s:s%, s:s%, s:o}",
                     "token", token.data, token.len,
                     "url", url.data, url.len,
                     "iceServers",
                     ngx_conf_api_join_ice_servers(req, grant.identity));

    ngx_conf_api_send_json(req, NGX_HTTP_OK, json);
}
