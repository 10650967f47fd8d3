
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_drain.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_variables.h"


#define NGX_RTC_SFU_METRICS_INTERVAL  1000      /* ms */


/* a uint64_t of a structure, and the cell that it is added to */

typedef struct {
    ngx_rtc_sfu_cell_e   cell;
    size_t               offset;
} ngx_rtc_sfu_source_t;


struct ngx_rtc_sfu_metrics_s {
    ngx_rtc_sfu_worker_t  *worker;
    ngx_rtc_sfu_slot_t    *slot;            /* NULL: all are taken */

    ngx_queue_t            pcs;             /* ngx_rtc_sfu_pc_t */
    ngx_uint_t             npcs;
    rtc_histogram_t        join_time;

    uint64_t               kept[NGX_RTC_SFU_CELLS];     /* of what has gone */
    uint64_t               told[NGX_RTC_SFU_CELLS];     /* to the zone */

    ngx_rtc_ident_t        ident;
    ngx_event_t            timer;
};


static void ngx_rtc_sfu_metrics_timer_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_metrics_count(ngx_rtc_sfu_metrics_t *m,
    uint64_t *cells);
static void ngx_rtc_sfu_metrics_count_pc(uint64_t *cells,
    ngx_rtc_sfu_pc_t *pc);
static void ngx_rtc_sfu_metrics_count_relay(uint64_t *cells,
    const rtc_relay_t *relay);
static void ngx_rtc_sfu_metrics_count_from(uint64_t *cells,
    const ngx_rtc_sfu_source_t *sources, ngx_uint_t n, const void *from);
static void ngx_rtc_sfu_metrics_count_histogram(uint64_t *cells,
    const rtc_histogram_t *h);
static void ngx_rtc_sfu_metrics_set_gauges(ngx_rtc_sfu_metrics_t *m);


static const ngx_rtc_sfu_source_t  ngx_rtc_sfu_metrics_uplink[] = {
    { NGX_RTC_SFU_RTP_IN, offsetof(rtc_uplink_stats_t, packets) },
    { NGX_RTC_SFU_RTP_BYTES_IN, offsetof(rtc_uplink_stats_t, bytes) },
    { NGX_RTC_SFU_RTP_LOST, offsetof(rtc_uplink_stats_t, lost) },
    { NGX_RTC_SFU_DROP_MALFORMED, offsetof(rtc_uplink_stats_t, malformed) },
    { NGX_RTC_SFU_DROP_UNKNOWN_SSRC,
      offsetof(rtc_uplink_stats_t, unknown_ssrc) },
    { NGX_RTC_SFU_DROP_UNKNOWN_PT, offsetof(rtc_uplink_stats_t, unknown_pt) },
    { NGX_RTC_SFU_DROP_DUPLICATE, offsetof(rtc_uplink_stats_t, duplicate) },
    { NGX_RTC_SFU_DROP_OLD, offsetof(rtc_uplink_stats_t, old) },
    { NGX_RTC_SFU_DROP_MUTED, offsetof(rtc_uplink_stats_t, muted) },
    { NGX_RTC_SFU_DROP_NO_MEMORY, offsetof(rtc_uplink_stats_t, no_memory) },
    { NGX_RTC_SFU_DROP_RTCP_MALFORMED,
      offsetof(rtc_uplink_stats_t, rtcp_malformed) },
    { NGX_RTC_SFU_NACKS_OUT, offsetof(rtc_uplink_stats_t, nacks) },
    { NGX_RTC_SFU_PLIS_OUT, offsetof(rtc_uplink_stats_t, plis) },
    { NGX_RTC_SFU_RTX_IN, offsetof(rtc_uplink_stats_t, rtx) }
};


static const ngx_rtc_sfu_source_t  ngx_rtc_sfu_metrics_downlink[] = {
    { NGX_RTC_SFU_RTP_OUT, offsetof(rtc_downlink_stats_t, packets) },
    { NGX_RTC_SFU_RTP_BYTES_OUT, offsetof(rtc_downlink_stats_t, bytes) },
    { NGX_RTC_SFU_DROP_LATE, offsetof(rtc_downlink_stats_t, dropped) },
    { NGX_RTC_SFU_DROP_RTCP_MALFORMED,
      offsetof(rtc_downlink_stats_t, rtcp_malformed) },
    { NGX_RTC_SFU_NACKS_IN, offsetof(rtc_downlink_stats_t, nacks) },
    { NGX_RTC_SFU_NACK_REPEATED,
      offsetof(rtc_downlink_stats_t, nacks_repeated) },
    { NGX_RTC_SFU_NACK_MISSED, offsetof(rtc_downlink_stats_t, nacks_missed) },
    { NGX_RTC_SFU_NACK_LIMITED,
      offsetof(rtc_downlink_stats_t, nacks_limited) },
    { NGX_RTC_SFU_PLIS_IN, offsetof(rtc_downlink_stats_t, plis) },
    { NGX_RTC_SFU_RTX_OUT, offsetof(rtc_downlink_stats_t, resends) }
};


static const ngx_rtc_sfu_source_t  ngx_rtc_sfu_metrics_transport[] = {
    { NGX_RTC_SFU_DROP_STUN_REFUSED,
      offsetof(rtc_transport_stats_t, stun_refused) },
    { NGX_RTC_SFU_DROP_DTLS_REFUSED,
      offsetof(rtc_transport_stats_t, dtls_refused) },
    { NGX_RTC_SFU_DROP_SRTP_REFUSED,
      offsetof(rtc_transport_stats_t, srtp_refused) },
    { NGX_RTC_SFU_DROP_SRTP_FORGED,
      offsetof(rtc_transport_stats_t, srtp_forged) },
    { NGX_RTC_SFU_DROP_SRTP_REPLAYED,
      offsetof(rtc_transport_stats_t, srtp_replayed) },
    { NGX_RTC_SFU_DROP_SSRC_REFUSED,
      offsetof(rtc_transport_stats_t, srtp_ssrc_refused) },
    { NGX_RTC_SFU_DROP_BATCH_FULL,
      offsetof(rtc_transport_stats_t, send_dropped) },
    { NGX_RTC_SFU_DROP_SEND_REFUSED,
      offsetof(rtc_transport_stats_t, send_refused) },
    { NGX_RTC_SFU_DTLS_FAILED, offsetof(rtc_transport_stats_t, dtls_failed) }
};


static const ngx_rtc_sfu_source_t  ngx_rtc_sfu_metrics_media[] = {
    { NGX_RTC_SFU_PACKETS_IN, offsetof(ngx_rtc_sfu_media_stat_t, packets_in) },
    { NGX_RTC_SFU_PACKETS_OUT,
      offsetof(ngx_rtc_sfu_media_stat_t, packets_out) },
    { NGX_RTC_SFU_BYTES_IN, offsetof(ngx_rtc_sfu_media_stat_t, bytes_in) },
    { NGX_RTC_SFU_BYTES_OUT, offsetof(ngx_rtc_sfu_media_stat_t, bytes_out) },
    { NGX_RTC_SFU_DROP_STUN_UNKNOWN,
      offsetof(ngx_rtc_sfu_media_stat_t, stun_unknown) },
    { NGX_RTC_SFU_DROP_TUPLE_UNKNOWN,
      offsetof(ngx_rtc_sfu_media_stat_t, tuple_unknown) },
    { NGX_RTC_SFU_DROP_TOO_LONG,
      offsetof(ngx_rtc_sfu_media_stat_t, dropped_in) },
    { NGX_RTC_SFU_DROP_NO_ROOM,
      offsetof(ngx_rtc_sfu_media_stat_t, dropped_out) },
    { NGX_RTC_SFU_DROP_SYSTEM,
      offsetof(ngx_rtc_sfu_media_stat_t, failed_out) },
    { NGX_RTC_SFU_SEGMENTED,
      offsetof(ngx_rtc_sfu_media_stat_t, segmented_out) },
    { NGX_RTC_SFU_TCP_ACCEPTED,
      offsetof(ngx_rtc_sfu_media_stat_t, tcp_accepted) },
    { NGX_RTC_SFU_TCP_REFUSED,
      offsetof(ngx_rtc_sfu_media_stat_t, tcp_refused) },
    { NGX_RTC_SFU_TCP_ERRORS, offsetof(ngx_rtc_sfu_media_stat_t, tcp_errors) }
};


static const ngx_rtc_sfu_source_t  ngx_rtc_sfu_metrics_relay[] = {
    { NGX_RTC_SFU_RELAY_IN, offsetof(rtc_relay_stats_t, packets_in) },
    { NGX_RTC_SFU_RELAY_OUT, offsetof(rtc_relay_stats_t, packets_out) },
    { NGX_RTC_SFU_RELAY_BYTES_IN, offsetof(rtc_relay_stats_t, bytes_in) },
    { NGX_RTC_SFU_RELAY_BYTES_OUT, offsetof(rtc_relay_stats_t, bytes_out) },
    { NGX_RTC_SFU_DROP_RELAY_UNKNOWN, offsetof(rtc_relay_stats_t, unknown) },
    { NGX_RTC_SFU_DROP_RELAY_FORGED, offsetof(rtc_relay_stats_t, forged) },
    { NGX_RTC_SFU_DROP_RELAY_REPLAYED,
      offsetof(rtc_relay_stats_t, replayed) },
    { NGX_RTC_SFU_DROP_BATCH_FULL, offsetof(rtc_relay_stats_t, dropped) },
    { NGX_RTC_SFU_DROP_RTCP_MALFORMED,
      offsetof(rtc_relay_stats_t, rtcp_malformed) }
};


static const ngx_rtc_sfu_source_t  ngx_rtc_sfu_metrics_link[] = {
    { NGX_RTC_SFU_LINK_MESSAGES_IN,
      offsetof(ngx_rtc_sfu_link_stat_t, messages_in) },
    { NGX_RTC_SFU_LINK_MESSAGES_OUT,
      offsetof(ngx_rtc_sfu_link_stat_t, messages_out) },
    { NGX_RTC_SFU_LINK_CONNECTS, offsetof(ngx_rtc_sfu_link_stat_t, connects) },
    { NGX_RTC_SFU_LINK_REFUSED, offsetof(ngx_rtc_sfu_link_stat_t, failures) },
    { NGX_RTC_SFU_LINK_DROPPED, offsetof(ngx_rtc_sfu_link_stat_t, refused) }
};


static const ngx_rtc_sfu_source_t  ngx_rtc_sfu_metrics_redis[] = {
    { NGX_RTC_SFU_REDIS_COMMANDS, offsetof(ngx_rtc_redis_stat_t, commands) },
    { NGX_RTC_SFU_REDIS_ERRORS, offsetof(ngx_rtc_redis_stat_t, errors) },
    { NGX_RTC_SFU_REDIS_TIMEOUTS, offsetof(ngx_rtc_redis_stat_t, timeouts) },
    { NGX_RTC_SFU_REDIS_REFUSED, offsetof(ngx_rtc_redis_stat_t, refused) },
    { NGX_RTC_SFU_REDIS_CONNECTS, offsetof(ngx_rtc_redis_stat_t, connects) },
    { NGX_RTC_SFU_REDIS_MESSAGES, offsetof(ngx_rtc_redis_stat_t, messages) }
};


ngx_rtc_sfu_metrics_t *
ngx_rtc_sfu_metrics_create(ngx_rtc_sfu_worker_t *worker, ngx_pool_t *pool)
{
    ngx_rtc_sfu_metrics_t  *m;

    m = ngx_pcalloc(pool, sizeof(ngx_rtc_sfu_metrics_t));
    if (m == NULL) {
        return NULL;
    }

    m->worker = worker;

    ngx_queue_init(&m->pcs);
    ngx_rtc_ident_init(&m->ident, m);

    m->timer.handler = ngx_rtc_sfu_metrics_timer_handler;
    m->timer.data = &m->ident;
    m->timer.log = worker->log;
    m->timer.cancelable = 1;

    m->slot = ngx_rtc_sfu_zone_claim(worker->conf->zone,
                                 ngx_rtc_sfu_registry_wid(worker->registry));
    if (m->slot == NULL) {
        ngx_log_error(NGX_LOG_ERR, worker->log, 0,
                      "sfu: too many workers, this one shows no gauges");
    }

    ngx_add_timer(&m->timer, NGX_RTC_SFU_METRICS_INTERVAL);

    return m;
}


void
ngx_rtc_sfu_metrics_close(ngx_rtc_sfu_metrics_t *m)
{
    if (m == NULL) {
        return;
    }

    ngx_rtc_sfu_metrics_update(m);

    if (m->timer.timer_set) {
        ngx_del_timer(&m->timer);
    }

    if (m->slot) {
        ngx_rtc_sfu_zone_release(m->slot);
        m->slot = NULL;
    }
}


static void
ngx_rtc_sfu_metrics_timer_handler(ngx_event_t *ev)
{
    ngx_rtc_sfu_metrics_t  *m = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_metrics_update(m);

    ngx_add_timer(&m->timer, NGX_RTC_SFU_METRICS_INTERVAL);
}


void
ngx_rtc_sfu_metrics_update(ngx_rtc_sfu_metrics_t *m)
{
    ngx_uint_t             i;
    ngx_rtc_sfu_shared_t  *shared;
    uint64_t               cells[NGX_RTC_SFU_CELLS];

    shared = m->worker->conf->zone->shared;

    ngx_rtc_sfu_metrics_count(m, cells);

    for (i = 0; i < NGX_RTC_SFU_CELLS; i++) {
        if (cells[i] > m->told[i]) {
            (void) ngx_atomic_fetch_add(&shared->counters[i],
                                        cells[i] - m->told[i]);
            m->told[i] = cells[i];
        }
    }

    if (m->slot && !ngx_rtc_sfu_zone_beat(m->slot)) {
        m->slot = NULL;
    }

    if (m->slot == NULL) {
        m->slot = ngx_rtc_sfu_zone_claim(m->worker->conf->zone,
                              ngx_rtc_sfu_registry_wid(m->worker->registry));
    }

    if (m->slot) {
        ngx_rtc_sfu_metrics_set_gauges(m);
    }
}


/* everything since the worker's start */

static void
ngx_rtc_sfu_metrics_count(ngx_rtc_sfu_metrics_t *m, uint64_t *cells)
{
    ngx_queue_t                 *q;
    ngx_rtc_sfu_relay_t         *relay;
    ngx_rtc_sfu_worker_t        *worker;
    ngx_rtc_sfu_media_stat_t     media;
    const ngx_rtc_redis_stat_t  *redis;

    worker = m->worker;

    ngx_memcpy(cells, m->kept, sizeof(m->kept));

    for (q = ngx_queue_head(&m->pcs);
         q != ngx_queue_sentinel(&m->pcs);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_metrics_count_pc(cells,
                               ngx_queue_data(q, ngx_rtc_sfu_pc_t, measured));
    }

    for (q = ngx_queue_head(&worker->relays);
         q != ngx_queue_sentinel(&worker->relays);
         q = ngx_queue_next(q))
    {
        relay = ngx_queue_data(q, ngx_rtc_sfu_relay_t, queue);

        if (relay->media) {
            ngx_rtc_sfu_metrics_count_relay(cells, relay->media);
        }
    }

    ngx_rtc_sfu_metrics_count_from(cells, ngx_rtc_sfu_metrics_link,
                                   rtc_nelts(ngx_rtc_sfu_metrics_link),
                                   ngx_rtc_sfu_links_stat(worker->links));

    cells[NGX_RTC_SFU_DATA_IN] = worker->data.in;
    cells[NGX_RTC_SFU_DATA_OUT] = worker->data.out;
    cells[NGX_RTC_SFU_DATA_DROPPED] = worker->data.dropped;
    cells[NGX_RTC_SFU_DATA_REFUSED] = worker->data.refused;
    cells[NGX_RTC_SFU_DATA_OVERFLOWS] = worker->data.overflows;

    cells[NGX_RTC_SFU_WS_ACCEPTED] = worker->sockets.accepted;
    cells[NGX_RTC_SFU_WS_OVERFLOWS] = worker->sockets.overflows;
    cells[NGX_RTC_SFU_WS_PROTOCOL_ERRORS] = worker->sockets.protocol_errors;

    ngx_rtc_sfu_media_stat(worker->media, &media);
    ngx_rtc_sfu_metrics_count_from(cells, ngx_rtc_sfu_metrics_media,
                                   rtc_nelts(ngx_rtc_sfu_metrics_media),
                                   &media);

    redis = ngx_rtc_redis_stat(worker->redis);
    ngx_rtc_sfu_metrics_count_from(cells, ngx_rtc_sfu_metrics_redis,
                                   rtc_nelts(ngx_rtc_sfu_metrics_redis),
                                   redis);

    ngx_rtc_sfu_metrics_count_histogram(&cells[NGX_RTC_SFU_REDIS_TIME],
                                        &redis->latency);
    ngx_rtc_sfu_metrics_count_histogram(&cells[NGX_RTC_SFU_JOIN_TIME],
                                        &m->join_time);
    ngx_rtc_sfu_metrics_count_histogram(&cells[NGX_RTC_SFU_FORWARD_TIME],
                                        &media.latency);
}


static void
ngx_rtc_sfu_metrics_count_pc(uint64_t *cells, ngx_rtc_sfu_pc_t *pc)
{
    ngx_rtc_sfu_metrics_count_from(cells, ngx_rtc_sfu_metrics_transport,
                                   rtc_nelts(ngx_rtc_sfu_metrics_transport),
                                   rtc_transport_stats(pc->transport));

    cells[NGX_RTC_SFU_DROP_UNKNOWN_SSRC] += pc->strange;

    if (pc->uplink) {
        ngx_rtc_sfu_metrics_count_from(cells, ngx_rtc_sfu_metrics_uplink,
                                       rtc_nelts(ngx_rtc_sfu_metrics_uplink),
                                       rtc_uplink_stats(pc->uplink));
    }

    if (pc->downlink) {
        ngx_rtc_sfu_metrics_count_from(cells, ngx_rtc_sfu_metrics_downlink,
                                      rtc_nelts(ngx_rtc_sfu_metrics_downlink),
                                      rtc_downlink_stats(pc->downlink));
    }
}


static void
ngx_rtc_sfu_metrics_count_relay(uint64_t *cells, const rtc_relay_t *relay)
{
    ngx_rtc_sfu_metrics_count_from(cells, ngx_rtc_sfu_metrics_relay,
                                   rtc_nelts(ngx_rtc_sfu_metrics_relay),
                                   rtc_relay_stats(relay));
}


static void
ngx_rtc_sfu_metrics_count_from(uint64_t *cells,
    const ngx_rtc_sfu_source_t *sources, ngx_uint_t n, const void *from)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        cells[sources[i].cell] += *(const uint64_t *)
                                  ((const u_char *) from + sources[i].offset);
    }
}


/* buckets, then the sum, as in rtc_histogram_t */

static void
ngx_rtc_sfu_metrics_count_histogram(uint64_t *cells, const rtc_histogram_t *h)
{
    ngx_uint_t  i;

    for (i = 0; i <= RTC_HISTOGRAM_BOUNDS; i++) {
        cells[i] = h->counts[i];
    }

    cells[i] = h->sum_us;
}


static void
ngx_rtc_sfu_metrics_set_gauges(ngx_rtc_sfu_metrics_t *m)
{
    ngx_atomic_t              *gauges;
    ngx_rtc_sfu_worker_t      *worker;
    ngx_rtc_sfu_media_stat_t   media;

    worker = m->worker;
    gauges = m->slot->gauges;

    ngx_rtc_sfu_media_stat(worker->media, &media);

    gauges[NGX_RTC_SFU_GAUGE_INFO] = 1;
    gauges[NGX_RTC_SFU_GAUGE_DRAINING] = ngx_exiting
                                         || ngx_rtc_sfu_drain_is_on(
                                                               worker->drain);
    gauges[NGX_RTC_SFU_GAUGE_READY] = ngx_rtc_sfu_media_ready(worker->media);
    gauges[NGX_RTC_SFU_GAUGE_ROOMS] = worker->nrooms;
    gauges[NGX_RTC_SFU_GAUGE_PARTICIPANTS] = worker->participants;
    gauges[NGX_RTC_SFU_GAUGE_TRACKS] = worker->tracks;
    gauges[NGX_RTC_SFU_GAUGE_SUBSCRIPTIONS] = worker->subscriptions;
    gauges[NGX_RTC_SFU_GAUGE_LINKS] = ngx_rtc_sfu_links_stat(worker->links)->up;
    gauges[NGX_RTC_SFU_GAUGE_LEGS] = worker->legs;
    gauges[NGX_RTC_SFU_GAUGE_TRANSPORTS] = m->npcs;
    gauges[NGX_RTC_SFU_GAUGE_TCP] = media.tcp_connections;
    gauges[NGX_RTC_SFU_GAUGE_WEBSOCKETS] = worker->sockets.n;
    gauges[NGX_RTC_SFU_GAUGE_REDIS_UP] = ngx_rtc_redis_is_up(worker->redis);
    gauges[NGX_RTC_SFU_GAUGE_REDIS_PENDING] =
                                   ngx_rtc_redis_stat(worker->redis)->pending;
}


void
ngx_rtc_sfu_metrics_add(ngx_rtc_sfu_metrics_t *m, ngx_rtc_sfu_pc_t *pc)
{
    ngx_queue_insert_tail(&m->pcs, &pc->measured);
    m->npcs++;
}


void
ngx_rtc_sfu_metrics_remove(ngx_rtc_sfu_metrics_t *m, ngx_rtc_sfu_pc_t *pc)
{
    ngx_rtc_sfu_metrics_count_pc(m->kept, pc);

    ngx_queue_remove(&pc->measured);
    m->npcs--;
}


void
ngx_rtc_sfu_metrics_relay_ends(ngx_rtc_sfu_metrics_t *m,
    const rtc_relay_t *relay)
{
    ngx_rtc_sfu_metrics_count_relay(m->kept, relay);
}


void
ngx_rtc_sfu_metrics_join(ngx_rtc_sfu_metrics_t *m, ngx_http_request_t *r,
    ngx_rtc_sfu_join_result_e result)
{
    ngx_str_t  text;

    m->kept[NGX_RTC_SFU_JOINS + result]++;

    if (r) {
        text.data = (u_char *) ngx_rtc_sfu_join_results[result];
        text.len = ngx_strlen(text.data);

        ngx_rtc_sfu_variable_set(r, NGX_RTC_SFU_VAR_JOIN_STATUS, &text);
    }
}


void
ngx_rtc_sfu_metrics_webhook(ngx_rtc_sfu_metrics_t *m, ngx_uint_t delivered)
{
    m->kept[delivered ? NGX_RTC_SFU_WEBHOOKS_DELIVERED
                      : NGX_RTC_SFU_WEBHOOKS_FAILED]++;
}


void
ngx_rtc_sfu_metrics_joined(ngx_rtc_sfu_metrics_t *m, ngx_msec_t took)
{
    rtc_histogram_add(&m->join_time, (uint64_t) took * 1000);
}
