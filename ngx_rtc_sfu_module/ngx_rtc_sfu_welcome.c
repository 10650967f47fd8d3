
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_ice.h"
#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_welcome.h"
#include "ngx_rtc_sfu_worker.h"


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

    rc = NGX_ERROR;

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_rtc_sfu_room_others(p->room, p, pool, &others, &n) != NGX_OK) {
        goto done;
    }

    server.version = NGX_RTC_SFU_SERVER_VERSION;
    server.protocol = NGX_RTC_SFU_PROTOCOL;

    join.room = ngx_rtc_sfu_info_room(p->room, n + 1, pool);
    join.participant = ngx_rtc_sfu_info_participant(p, pool);

    if (join.room == NULL || join.participant == NULL) {
        goto done;
    }

    join.server_version = server.version;
    join.server_info = &server;
    join.subscriber_primary = p->grant->can_subscribe;
    join.fast_publish = p->grant->can_publish;
    join.ping_interval = NGX_RTC_SFU_PING_INTERVAL;
    join.ping_timeout = NGX_RTC_SFU_PING_TIMEOUT;
    join.enabled_publish_codecs = join.room->enabled_codecs;
    join.n_enabled_publish_codecs = join.room->n_enabled_codecs;

    ice = ngx_rtc_sfu_ice_server(pool, &p->room->worker->conf->ice_servers,
                                 &p->identity);
    if (ice) {
        join.ice_servers = &ice;
        join.n_ice_servers = 1;
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
