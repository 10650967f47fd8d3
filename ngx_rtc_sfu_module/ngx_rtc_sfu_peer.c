
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "ngx_rtc_sfu_media_internal.h"


static void ngx_rtc_sfu_media_peer_handler(ngx_event_t *ev);
static void ngx_rtc_sfu_media_insert_ufrag(ngx_rtc_sfu_peer_t *peer,
    ngx_rtc_sfu_node_t *node, const char *ufrag);
static void ngx_rtc_sfu_media_unlink(ngx_rtc_sfu_node_t *node);
static void ngx_rtc_sfu_media_unlink_tuple(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_node_t *node);
static ngx_queue_t *ngx_rtc_sfu_media_ufrag_bucket(ngx_rtc_sfu_media_t *media,
    rtc_str_t ufrag);
static ngx_queue_t *ngx_rtc_sfu_media_tuple_bucket(ngx_rtc_sfu_media_t *media,
    const rtc_tuple_t *tuple);


void
ngx_rtc_sfu_media_add(ngx_rtc_sfu_media_t *media, ngx_rtc_sfu_peer_t *peer,
    rtc_transport_t *transport, const char *ufrag)
{
    ngx_memzero(peer, sizeof(ngx_rtc_sfu_peer_t));

    peer->media = media;
    peer->transport = transport;

    peer->timer.handler = ngx_rtc_sfu_media_peer_handler;
    peer->timer.data = &media->dummy;
    peer->timer.log = media->log;
    peer->timer.cancelable = 1;

    ngx_rtc_sfu_media_insert_ufrag(peer, &peer->ufrags[0], ufrag);

    media->peers++;

    ngx_rtc_sfu_media_rearm(peer);
}


void
ngx_rtc_sfu_media_add_relay(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_peer_t *peer, const rtc_tuple_t *tuple,
    ngx_rtc_sfu_relay_input_pt input, void *data)
{
    ngx_memzero(peer, sizeof(ngx_rtc_sfu_peer_t));

    peer->media = media;
    peer->input = input;
    peer->data = data;

    ngx_rtc_sfu_media_tuple_added(peer, tuple);
}


void
ngx_rtc_sfu_media_remove(ngx_rtc_sfu_peer_t *peer)
{
    ngx_uint_t            i;
    ngx_rtc_sfu_media_t  *media;

    media = peer->media;

    if (media == NULL) {
        return;
    }

    peer->media = NULL;
    media->peers -= (peer->transport != NULL);

    if (peer->timer.timer_set) {
        ngx_del_timer(&peer->timer);
    }

    ngx_rtc_sfu_media_unlink(&peer->ufrags[0]);
    ngx_rtc_sfu_media_unlink(&peer->ufrags[1]);

    for (i = 0; i < RTC_ICE_TUPLES; i++) {
        if (peer->tuples[i].peer) {
            ngx_rtc_sfu_media_unlink_tuple(media, &peer->tuples[i]);
        }
    }
}


void
ngx_rtc_sfu_media_rearm(ngx_rtc_sfu_peer_t *peer)
{
    uint64_t    now_us, deadline_us;
    ngx_msec_t  timer;

    if (peer->media == NULL) {
        return;
    }

    deadline_us = rtc_transport_next_deadline(peer->transport);

    /* one that fires too early finds nothing to do and is set again */

    if (deadline_us == RTC_TRANSPORT_NO_DEADLINE
        || (peer->timer.timer_set && peer->deadline_us <= deadline_us))
    {
        return;
    }

    now_us = ngx_rtc_udp_now_us();

    timer = deadline_us > now_us ? (ngx_msec_t) ((deadline_us - now_us) / 1000)
                                 : 0;

    /* lazy timers are for those that may be late */

    if (peer->timer.timer_set) {
        ngx_del_timer(&peer->timer);
    }

    peer->deadline_us = deadline_us;

    ngx_add_timer(&peer->timer, timer + 1);
}


void
ngx_rtc_sfu_media_arm(ngx_event_t *timer, uint64_t *set_us,
    uint64_t deadline_us, ngx_msec_t max)
{
    uint64_t    now_us;
    ngx_msec_t  delay;

    if (timer->timer_set && deadline_us >= *set_us) {
        return;
    }

    now_us = ngx_rtc_udp_now_us();
    delay = max;

    if (deadline_us <= now_us) {
        delay = 1;

    } else if (deadline_us - now_us < max * 1000) {
        delay = (ngx_msec_t) ((deadline_us - now_us + 999) / 1000);
    }

    *set_us = now_us + delay * 1000;

    /* nginx would keep a timer that is set for nearly the same time */

    if (timer->timer_set) {
        ngx_del_timer(timer);
    }

    ngx_add_timer(timer, delay);
}


static void
ngx_rtc_sfu_media_peer_handler(ngx_event_t *ev)
{
    uint64_t             now_us;
    ngx_rtc_sfu_peer_t  *peer;

    peer = (ngx_rtc_sfu_peer_t *)
               ((u_char *) ev - offsetof(ngx_rtc_sfu_peer_t, timer));

    now_us = ngx_rtc_udp_now_us();

    if (rtc_transport_next_deadline(peer->transport) <= now_us) {
        rtc_transport_timer(peer->transport, now_us);
        ngx_rtc_sfu_media_start_tick(peer->media);
    }

    ngx_rtc_sfu_media_rearm(peer);
}


void
ngx_rtc_sfu_media_restart(ngx_rtc_sfu_peer_t *peer, const char *ufrag)
{
    char  former[RTC_UFRAG_LEN + 1];

    if (peer->media == NULL) {
        return;
    }

    if (peer->ufrags[1].peer) {

        /* a restart of a restart: the first ufrag is not valid any more */

        ngx_memcpy(former, peer->ufrags[1].key.ufrag, sizeof(former));

        ngx_rtc_sfu_media_unlink(&peer->ufrags[0]);
        ngx_rtc_sfu_media_unlink(&peer->ufrags[1]);
        ngx_rtc_sfu_media_insert_ufrag(peer, &peer->ufrags[0], former);
    }

    ngx_rtc_sfu_media_insert_ufrag(peer, &peer->ufrags[1], ufrag);
}


void
ngx_rtc_sfu_media_restarted(ngx_rtc_sfu_peer_t *peer, rtc_str_t ufrag)
{
    char  current[RTC_UFRAG_LEN + 1];

    if (peer->media == NULL
        || peer->ufrags[1].peer == NULL
        || !rtc_str_eq(ufrag, peer->ufrags[0].key.ufrag))
    {
        return;
    }

    ngx_memcpy(current, peer->ufrags[1].key.ufrag, sizeof(current));

    ngx_rtc_sfu_media_unlink(&peer->ufrags[0]);
    ngx_rtc_sfu_media_unlink(&peer->ufrags[1]);
    ngx_rtc_sfu_media_insert_ufrag(peer, &peer->ufrags[0], current);
}


void
ngx_rtc_sfu_media_tuple_added(ngx_rtc_sfu_peer_t *peer,
    const rtc_tuple_t *tuple)
{
    ngx_uint_t            i;
    ngx_rtc_sfu_node_t   *node;
    ngx_rtc_sfu_media_t  *media;

    media = peer->media;

    if (media == NULL) {
        return;
    }

    node = ngx_rtc_sfu_media_find_tuple(media, tuple);

    if (node) {
        if (node->peer == peer) {
            return;
        }

        if (node->peer->transport == NULL) {
            ngx_log_error(NGX_LOG_ERR, media->log, 0,
                          "sfu: a client has the address of a worker");
            return;
        }

        /* a NAT gave the address to somebody else, who knows a password */

        rtc_transport_forget_tuple(node->peer->transport, tuple);
        ngx_rtc_sfu_media_unlink(node);
    }

    for (i = 0; i < RTC_ICE_TUPLES; i++) {
        node = &peer->tuples[i];

        if (node->peer == NULL) {
            node->peer = peer;
            node->key.tuple = *tuple;

            ngx_queue_insert_head(ngx_rtc_sfu_media_tuple_bucket(media, tuple),
                                  &node->queue);

            if (tuple->remote.proto == RTC_TCP) {
                ngx_rtc_sfu_tcp_claim(media->tcp, tuple, 1);
            }

            return;
        }
    }

    ngx_log_error(NGX_LOG_ALERT, media->log, 0,
                  "sfu: a transport has too many tuples");
}


void
ngx_rtc_sfu_media_tuple_removed(ngx_rtc_sfu_peer_t *peer,
    const rtc_tuple_t *tuple)
{
    ngx_rtc_sfu_node_t  *node;

    if (peer->media == NULL) {
        return;
    }

    node = ngx_rtc_sfu_media_find_tuple(peer->media, tuple);

    if (node && node->peer == peer) {
        ngx_rtc_sfu_media_unlink_tuple(peer->media, node);
    }
}


void
ngx_rtc_sfu_media_tcp_closed(void *data, const rtc_tuple_t *tuple)
{
    ngx_rtc_sfu_media_t *media = data;

    ngx_rtc_sfu_node_t  *node;

    node = ngx_rtc_sfu_media_find_tuple(media, tuple);

    if (node) {
        rtc_transport_forget_tuple(node->peer->transport, tuple);
        ngx_rtc_sfu_media_unlink(node);
    }
}


static void
ngx_rtc_sfu_media_insert_ufrag(ngx_rtc_sfu_peer_t *peer,
    ngx_rtc_sfu_node_t *node, const char *ufrag)
{
    rtc_str_t  key;

    (void) ngx_cpystrn((u_char *) node->key.ufrag, (u_char *) ufrag,
                       sizeof(node->key.ufrag));

    key.data = (uint8_t *) node->key.ufrag;
    key.len = ngx_strlen(node->key.ufrag);

    node->peer = peer;

    ngx_queue_insert_head(ngx_rtc_sfu_media_ufrag_bucket(peer->media, key),
                          &node->queue);
}


static void
ngx_rtc_sfu_media_unlink(ngx_rtc_sfu_node_t *node)
{
    if (node->peer) {
        node->peer = NULL;
        ngx_queue_remove(&node->queue);
    }
}


static void
ngx_rtc_sfu_media_unlink_tuple(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_node_t *node)
{
    ngx_rtc_sfu_media_unlink(node);

    if (node->key.tuple.remote.proto == RTC_TCP) {
        ngx_rtc_sfu_tcp_claim(media->tcp, &node->key.tuple, 0);
    }
}


static ngx_queue_t *
ngx_rtc_sfu_media_ufrag_bucket(ngx_rtc_sfu_media_t *media, rtc_str_t ufrag)
{
    uint32_t  hash;

    hash = ngx_murmur_hash2((u_char *) ufrag.data, ufrag.len);

    return &media->ufrags[hash % NGX_RTC_SFU_MEDIA_UFRAGS];
}


static ngx_queue_t *
ngx_rtc_sfu_media_tuple_bucket(ngx_rtc_sfu_media_t *media,
    const rtc_tuple_t *tuple)
{
    uint32_t  hash;

    hash = ngx_murmur_hash2((u_char *) tuple, sizeof(rtc_tuple_t));

    return &media->tuples[hash % NGX_RTC_SFU_MEDIA_TUPLES];
}


ngx_rtc_sfu_node_t *
ngx_rtc_sfu_media_find_ufrag(ngx_rtc_sfu_media_t *media, rtc_str_t ufrag)
{
    ngx_queue_t         *q, *bucket;
    ngx_rtc_sfu_node_t  *node;

    bucket = ngx_rtc_sfu_media_ufrag_bucket(media, ufrag);

    for (q = ngx_queue_head(bucket);
         q != ngx_queue_sentinel(bucket);
         q = ngx_queue_next(q))
    {
        node = ngx_queue_data(q, ngx_rtc_sfu_node_t, queue);

        if (rtc_str_eq(ufrag, node->key.ufrag)) {
            return node;
        }
    }

    return NULL;
}


ngx_rtc_sfu_node_t *
ngx_rtc_sfu_media_find_tuple(ngx_rtc_sfu_media_t *media,
    const rtc_tuple_t *tuple)
{
    ngx_queue_t         *q, *bucket;
    ngx_rtc_sfu_node_t  *node;

    bucket = ngx_rtc_sfu_media_tuple_bucket(media, tuple);

    for (q = ngx_queue_head(bucket);
         q != ngx_queue_sentinel(bucket);
         q = ngx_queue_next(q))
    {
        node = ngx_queue_data(q, ngx_rtc_sfu_node_t, queue);

        if (rtc_tuple_eq(&node->key.tuple, tuple)) {
            return node;
        }
    }

    return NULL;
}
