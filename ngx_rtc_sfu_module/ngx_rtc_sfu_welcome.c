
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_ice.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_left.h"
#include "ngx_rtc_sfu_ping.h"
#include "ngx_rtc_sfu_update.h"
#include "ngx_rtc_sfu_welcome.h"
#include "ngx_rtc_sfu_worker.h"


static Livekit__ICEServer *ngx_rtc_sfu_welcome_ice(
    ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__ClientConfiguration *conf);
static ngx_int_t ngx_rtc_sfu_welcome_server(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, Livekit__ServerInfo *server);


ngx_int_t
ngx_rtc_sfu_welcome_join(ngx_rtc_sfu_participant_t *p)
{
    ngx_int_t               rc;
    ngx_str_t              *others, packed;
    ngx_uint_t              n;
    ngx_pool_t             *pool;
    Livekit__ICEServer     *ice;
    Livekit__ServerInfo     server = LIVEKIT__SERVER_INFO__INIT;
    Livekit__JoinResponse   join = LIVEKIT__JOIN_RESPONSE__INIT;
    Livekit__ClientConfiguration  conf = LIVEKIT__CLIENT_CONFIGURATION__INIT;

    rc = NGX_ERROR;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_rtc_sfu_room_others(p->room, p, pool, &others, &n) != NGX_OK) {
        goto done;
    }

    if (ngx_rtc_sfu_welcome_server(p, pool, &server) != NGX_OK) {
        goto done;
    }

    join.room = ngx_rtc_sfu_info_room(p->room, n + 1, pool);
    join.participant = ngx_rtc_sfu_info_participant(p, pool);

    if (join.room == NULL || join.participant == NULL) {
        goto done;
    }

    join.server_version = server.version;
    join.server_info = &server;
    join.subscriber_primary = p->grant->can_subscribe && !p->client.single;
    join.fast_publish = p->grant->can_publish;
    ngx_rtc_sfu_ping_set(p, &join);
    join.enabled_publish_codecs = join.room->enabled_codecs;
    join.n_enabled_publish_codecs = join.room->n_enabled_codecs;

    ice = ngx_rtc_sfu_welcome_ice(p, pool, &conf);
    if (ice) {
        join.ice_servers = &ice;
        join.n_ice_servers = 1;
    }

    if (conf.force_relay) {
        join.client_configuration = &conf;
    }

    if (ngx_rtc_sfu_signal_pack_join(pool, &join, others, n, &packed)
        == NGX_OK)
    {
        ngx_rtc_sfu_participant_send_packed(p, &packed);
        rc = NGX_OK;
    }

done:

    ngx_destroy_pool(pool);

    return rc;
}


/* who asked for TLS is to use nothing else, if there is a server for that */

static Livekit__ICEServer *
ngx_rtc_sfu_welcome_ice(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__ClientConfiguration *conf)
{
    Livekit__ICEServer           *ice;
    const ngx_rtc_ice_servers_t  *servers;

    servers = &p->room->worker->conf->ice_servers;

    if (p->protocol == LIVEKIT__CANDIDATE_PROTOCOL__TLS) {
        ice = ngx_rtc_sfu_ice_server(pool, servers, &p->identity, 1);

        if (ice) {
            conf->force_relay = LIVEKIT__CLIENT_CONFIG_SETTING__ENABLED;
            return ice;
        }
    }

    return ngx_rtc_sfu_ice_server(pool, servers, &p->identity, 0);
}


static ngx_int_t
ngx_rtc_sfu_welcome_server(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__ServerInfo *server)
{
    const ngx_str_t  *wid;

    wid = ngx_rtc_sfu_registry_wid(p->room->worker->registry);

    server->version = NGX_RTC_SFU_SERVER_VERSION;
    server->protocol = NGX_RTC_SFU_PROTOCOL;
    server->node_id = ngx_rtc_sfu_signal_string(pool, wid->data, wid->len);

    return server->node_id ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_rtc_sfu_welcome_reconnect(ngx_rtc_sfu_participant_t *p)
{
    ngx_pool_t                  *pool;
    Livekit__ICEServer          *ice;
    Livekit__ServerInfo          server = LIVEKIT__SERVER_INFO__INIT;
    Livekit__SignalResponse      response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__ReconnectResponse   reconnect = LIVEKIT__RECONNECT_RESPONSE__INIT;
    Livekit__ClientConfiguration conf = LIVEKIT__CLIENT_CONFIGURATION__INIT;

    pool = ngx_create_pool(1024, p->room->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_rtc_sfu_welcome_server(p, pool, &server) != NGX_OK) {
        ngx_destroy_pool(pool);
        return NGX_ERROR;
    }

    reconnect.server_info = &server;
    reconnect.client_configuration = &conf;
    reconnect.last_message_seq = p->last_sequence;

    ice = ngx_rtc_sfu_welcome_ice(p, pool, &conf);
    if (ice) {
        reconnect.ice_servers = &ice;
        reconnect.n_ice_servers = 1;
    }

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_RECONNECT;
    response.reconnect = &reconnect;

    ngx_rtc_sfu_participant_send(p, &response);

    ngx_destroy_pool(pool);

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_welcome_everybody(ngx_rtc_sfu_participant_t *p)
{
    ngx_int_t     rc;
    ngx_str_t    *others, *info;
    ngx_uint_t    i, n;
    ngx_pool_t   *pool;
    ngx_array_t   infos;

    rc = NGX_ERROR;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_rtc_sfu_room_others(p->room, p, pool, &others, &n) != NGX_OK
        || ngx_array_init(&infos, pool, n + 1, sizeof(ngx_str_t)) != NGX_OK
        || ngx_rtc_sfu_left_collect(p->room, pool, &infos) != NGX_OK)
    {
        goto done;
    }

    for (i = 0; i <= n; i++) {
        info = ngx_array_push(&infos);
        if (info == NULL) {
            goto done;
        }

        *info = i < n ? others[i] : p->member->info;
    }

    ngx_rtc_sfu_update_all(p->room, pool, &infos, p);
    rc = NGX_OK;

done:

    ngx_destroy_pool(pool);

    return rc;
}


ngx_int_t
ngx_rtc_sfu_welcome_room(ngx_rtc_sfu_participant_t *p)
{
    ngx_int_t                rc;
    ngx_str_t               *others;
    ngx_uint_t               n;
    ngx_pool_t              *pool;
    Livekit__RoomUpdate      update = LIVEKIT__ROOM_UPDATE__INIT;
    Livekit__SignalResponse  response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    rc = NGX_ERROR;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_rtc_sfu_room_others(p->room, p, pool, &others, &n) == NGX_OK) {
        update.room = ngx_rtc_sfu_info_room(p->room, n + 1, pool);
    }

    if (update.room) {
        response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_ROOM_UPDATE;
        response.room_update = &update;

        ngx_rtc_sfu_participant_send(p, &response);
        rc = NGX_OK;
    }

    ngx_destroy_pool(pool);

    return rc;
}
