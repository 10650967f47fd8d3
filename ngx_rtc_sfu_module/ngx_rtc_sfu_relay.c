
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_branch.h"
#include "ngx_rtc_sfu_carry.h"
#include "ngx_rtc_sfu_command.h"
#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_far.h"
#include "ngx_rtc_sfu_leg.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_pass.h"
#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_remote.h"
#include "ngx_rtc_sfu_resume.h"
#include "ngx_rtc_sfu_worker.h"


/* of control messages, which have no media and no data in them */

#define NGX_RTC_SFU_RELAY_SMALL  1024


typedef void (*ngx_rtc_sfu_relay_pt)(ngx_rtc_sfu_relay_t *relay,
    const void *message);

typedef struct {
    const ProtobufCMessageDescriptor  *type;
    ngx_rtc_sfu_relay_pt               handler;
} ngx_rtc_sfu_relay_message_t;


static void ngx_rtc_sfu_relay_link_up(void *data, ngx_rtc_sfu_link_t *link);
static void ngx_rtc_sfu_relay_link_message(void *data,
    ngx_rtc_sfu_link_t *link, ngx_uint_t type, u_char *p, size_t len);
static void ngx_rtc_sfu_relay_link_down(void *data, ngx_rtc_sfu_link_t *link);
static void ngx_rtc_sfu_relay_link_dead(void *data, ngx_rtc_sfu_link_t *link);

static ngx_rtc_sfu_relay_t *ngx_rtc_sfu_relay_create(
    ngx_rtc_sfu_worker_t *worker, ngx_rtc_sfu_link_t *link);
static void ngx_rtc_sfu_relay_destroy(ngx_rtc_sfu_relay_t *relay);
static void ngx_rtc_sfu_relay_end_all(ngx_rtc_sfu_relay_t *relay,
    ngx_uint_t status);
static void ngx_rtc_sfu_relay_greet(ngx_rtc_sfu_relay_t *relay);
static ngx_int_t ngx_rtc_sfu_relay_addresses(ngx_rtc_sfu_relay_t *relay,
    rtc_addr_t *local, rtc_addr_t *told);
static void ngx_rtc_sfu_relay_hello(ngx_rtc_sfu_relay_t *relay,
    const void *message);
static void ngx_rtc_sfu_relay_start(ngx_rtc_sfu_relay_t *relay);
static void ngx_rtc_sfu_relay_stop(ngx_rtc_sfu_relay_t *relay);

static uint8_t *ngx_rtc_sfu_relay_reserve(void *ctx, size_t size);
static void ngx_rtc_sfu_relay_commit(void *ctx, size_t len);
static void ngx_rtc_sfu_relay_rtcp(void *ctx, const uint8_t *p, size_t len);
static ngx_int_t ngx_rtc_sfu_relay_input(void *data, u_char *p, size_t len,
    uint64_t now_us);


const ngx_rtc_sfu_link_handlers_t  ngx_rtc_sfu_relay_handlers = {
    ngx_rtc_sfu_relay_link_up,
    ngx_rtc_sfu_relay_link_message,
    ngx_rtc_sfu_relay_link_down,
    ngx_rtc_sfu_relay_link_dead
};


static const rtc_relay_handlers_t  ngx_rtc_sfu_relay_media = {
    ngx_rtc_sfu_relay_reserve,
    ngx_rtc_sfu_relay_commit,
    ngx_rtc_sfu_relay_rtcp
};


/* by type; RTCP is no message of protobuf */

static const ngx_rtc_sfu_relay_message_t  ngx_rtc_sfu_relay_messages[] = {
    { NULL, NULL },
    { &conference__hello__descriptor, ngx_rtc_sfu_relay_hello },
    { &conference__subscribe__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_leg_subscribe },
    { &conference__track__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_remote_track },
    { &conference__layer__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_leg_layer },
    { &conference__unsubscribe__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_leg_unsubscribe },
    { &conference__gone__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_remote_gone },
    { NULL, NULL },
    { &conference__data__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_branch_data },
    { &conference__signal__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_branch_signal },
    { &conference__request__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_pass_request },
    { &conference__answer__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_pass_answer },

    [NGX_RTC_SFU_LINK_RESUME] = { &conference__resume__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_resume_far },
    [NGX_RTC_SFU_LINK_RESUMED] = { &conference__resumed__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_carry_resumed },
    [NGX_RTC_SFU_LINK_UP] = { &conference__piece__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_far_piece },
    [NGX_RTC_SFU_LINK_DOWN] = { &conference__piece__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_carry_piece },
    [NGX_RTC_SFU_LINK_HANGUP_UP] = { &conference__hangup__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_far_hangup },
    [NGX_RTC_SFU_LINK_HANGUP_DOWN] = { &conference__hangup__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_carry_hangup },

    [NGX_RTC_SFU_LINK_COMMAND] = { &conference__command__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_command_receive },
    [NGX_RTC_SFU_LINK_OUTCOME] = { &conference__outcome__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_command_outcome },

    [NGX_RTC_SFU_LINK_DATA_DEMAND] = { &conference__data_demand__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_data_frame_wanted },
    [NGX_RTC_SFU_LINK_DATA_FRAME] = { &conference__data_frame__descriptor,
      (ngx_rtc_sfu_relay_pt) ngx_rtc_sfu_data_frame_deliver }
};


ngx_rtc_sfu_relay_t *
ngx_rtc_sfu_relay_hold(ngx_rtc_sfu_worker_t *worker, const ngx_str_t *wid)
{
    ngx_rtc_sfu_link_t   *link;
    ngx_rtc_sfu_relay_t  *relay;

    link = ngx_rtc_sfu_link_hold(worker->links, wid);
    if (link == NULL) {
        return NULL;
    }

    relay = ngx_rtc_sfu_link_data(link);

    if (relay == NULL) {
        relay = ngx_rtc_sfu_relay_create(worker, link);
        if (relay == NULL) {
            ngx_rtc_sfu_link_release(link);
            return NULL;
        }
    }

    relay->branches++;

    return relay;
}


/* without a branch it stays as long as the other worker needs the link */

void
ngx_rtc_sfu_relay_release(ngx_rtc_sfu_relay_t *relay)
{
    ngx_rtc_sfu_link_t  *link;

    link = relay->link;

    if (--relay->branches == 0 && !ngx_rtc_sfu_link_is_up(link)) {
        ngx_rtc_sfu_relay_destroy(relay);
    }

    ngx_rtc_sfu_link_release(link);
}


static ngx_rtc_sfu_relay_t *
ngx_rtc_sfu_relay_create(ngx_rtc_sfu_worker_t *worker,
    ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_sfu_relay_t  *relay;

    relay = ngx_calloc(sizeof(ngx_rtc_sfu_relay_t), worker->log);
    if (relay == NULL) {
        return NULL;
    }

    relay->worker = worker;
    relay->link = link;

    ngx_rbtree_init(&relay->legs, &relay->legs_sentinel,
                    ngx_rbtree_insert_value);
    ngx_rbtree_init(&relay->asked, &relay->asked_sentinel,
                    ngx_rbtree_insert_value);
    ngx_queue_init(&relay->remotes);
    ngx_queue_init(&relay->passes);
    ngx_rbtree_init(&relay->carries, &relay->carries_sentinel,
                    ngx_rbtree_insert_value);
    ngx_rbtree_init(&relay->fars, &relay->fars_sentinel,
                    ngx_rbtree_insert_value);

    ngx_queue_insert_tail(&worker->relays, &relay->queue);
    ngx_rtc_sfu_link_set_data(link, relay);

    return relay;
}


static void
ngx_rtc_sfu_relay_destroy(ngx_rtc_sfu_relay_t *relay)
{
    ngx_rtc_sfu_relay_end_all(relay, NGX_HTTP_SERVICE_UNAVAILABLE);
    ngx_rtc_sfu_relay_stop(relay);

    ngx_rtc_sfu_link_set_data(relay->link, NULL);
    ngx_queue_remove(&relay->queue);
    ngx_free(relay);
}


/* each of them holds the relay, which has to outlive the last */

static void
ngx_rtc_sfu_relay_end_all(ngx_rtc_sfu_relay_t *relay, ngx_uint_t status)
{
    relay->branches++;
    ngx_rtc_sfu_pass_fail(relay, status);
    ngx_rtc_sfu_carry_fail(relay);
    ngx_rtc_sfu_far_fail(relay);
    ngx_rtc_sfu_command_fail(relay);
    relay->branches--;
}


void
ngx_rtc_sfu_relay_close_all(ngx_rtc_sfu_worker_t *worker)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&worker->relays)) {
        q = ngx_queue_head(&worker->relays);
        ngx_rtc_sfu_relay_destroy(ngx_queue_data(q, ngx_rtc_sfu_relay_t,
                                                 queue));
    }
}


static void
ngx_rtc_sfu_relay_link_up(void *data, ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_sfu_worker_t  *worker = data;

    ngx_rtc_sfu_relay_t  *relay;

    relay = ngx_rtc_sfu_link_data(link);

    if (relay == NULL) {
        relay = ngx_rtc_sfu_relay_create(worker, link);
        if (relay == NULL) {
            return;
        }
    }

    ngx_rtc_sfu_relay_greet(relay);
    ngx_rtc_sfu_carry_link_up(relay);
}


static void
ngx_rtc_sfu_relay_link_down(void *data, ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_sfu_relay_t  *relay;

    relay = ngx_rtc_sfu_link_data(link);

    if (relay == NULL) {
        return;
    }

    ngx_rtc_sfu_relay_end_all(relay, NGX_HTTP_SERVICE_UNAVAILABLE);
    ngx_rtc_sfu_relay_stop(relay);

    if (relay->branches == 0) {
        ngx_rtc_sfu_relay_destroy(relay);
    }
}


static void
ngx_rtc_sfu_relay_link_dead(void *data, ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_sfu_worker_t  *worker = data;

    ngx_rtc_sfu_relay_t  *relay;

    relay = ngx_rtc_sfu_link_data(link);

    if (relay) {
        ngx_rtc_sfu_relay_end_all(relay, NGX_HTTP_NOT_FOUND);

        if (relay->branches == 0) {
            ngx_rtc_sfu_relay_destroy(relay);
        }
    }

    ngx_rtc_sfu_registry_worker_gone(worker->registry,
                                     ngx_rtc_sfu_link_wid(link));
}


static void
ngx_rtc_sfu_relay_link_message(void *data, ngx_rtc_sfu_link_t *link,
    ngx_uint_t type, u_char *p, size_t len)
{
    void                               *message;
    ngx_pool_t                         *pool;
    ngx_rtc_sfu_relay_t                *relay;
    const ngx_rtc_sfu_relay_message_t  *known;

    relay = ngx_rtc_sfu_link_data(link);

    if (relay == NULL) {
        return;
    }

    if (type == NGX_RTC_SFU_LINK_RTCP) {
        if (relay->media) {
            rtc_relay_rtcp(relay->media, p, len, ngx_rtc_sfu_media_now_us());
        }

        return;
    }

    /* what a newer version may say is ignored */

    if (type >= rtc_nelts(ngx_rtc_sfu_relay_messages)
        || ngx_rtc_sfu_relay_messages[type].type == NULL)
    {
        return;
    }

    known = &ngx_rtc_sfu_relay_messages[type];

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, relay->worker->log);
    if (pool == NULL) {
        return;
    }

    message = ngx_rtc_sfu_signal_unpack_message(pool, known->type, p, len);

    if (message) {
        known->handler(relay, message);

    } else {
        ngx_log_error(NGX_LOG_ERR, relay->worker->log, 0,
                      "sfu: malformed message of %V, type:%ui len:%uz",
                      ngx_rtc_sfu_link_wid(link), type, len);
    }

    ngx_destroy_pool(pool);
}


ngx_rbtree_node_t *
ngx_rtc_sfu_relay_find(const ngx_rbtree_t *tree, uint32_t number)
{
    ngx_rbtree_node_t  *node;

    node = tree->root;

    while (node != tree->sentinel) {

        if (number == node->key) {
            return node;
        }

        node = number < node->key ? node->left : node->right;
    }

    return NULL;
}


ngx_int_t
ngx_rtc_sfu_relay_send(ngx_rtc_sfu_relay_t *relay, ngx_uint_t type,
    const ProtobufCMessage *message)
{
    u_char     *buf, small[NGX_RTC_SFU_RELAY_SMALL];
    ngx_int_t   rc;
    ngx_str_t   packed;

    if (ngx_rtc_sfu_link_is_dead(relay->link)) {
        return NGX_DECLINED;
    }

    packed.len = protobuf_c_message_get_packed_size(message);

    buf = small;

    if (packed.len > sizeof(small)) {
        buf = ngx_alloc(packed.len, relay->worker->log);
        if (buf == NULL) {
            return NGX_ERROR;
        }
    }

    protobuf_c_message_pack(message, buf);

    packed.data = buf;

    rc = ngx_rtc_sfu_link_send(relay->link, type, &packed, 1);

    if (rc != NGX_OK && relay->complained != ngx_time()) {
        relay->complained = ngx_time();

        ngx_log_error(NGX_LOG_ERR, relay->worker->log, 0,
                      "sfu: cannot send to %V, type:%ui len:%uz queued:%uz",
                      ngx_rtc_sfu_link_wid(relay->link), type, packed.len,
                      ngx_rtc_sfu_link_queued(relay->link));
    }

    if (buf != small) {
        ngx_free(buf);
    }

    return rc;
}


void
ngx_rtc_sfu_relay_send_rtcp(ngx_rtc_sfu_relay_t *relay, const uint8_t *p,
    size_t len)
{
    ngx_str_t  packet;

    if (relay->media == NULL
        || ngx_rtc_sfu_link_queued(relay->link) > NGX_RTC_SFU_LINK_BUSY)
    {
        return;
    }

    packet.data = (u_char *) p;
    packet.len = len;

    (void) ngx_rtc_sfu_link_send(relay->link, NGX_RTC_SFU_LINK_RTCP, &packet,
                                 1);
}


void
ngx_rtc_sfu_relay_greet_all(ngx_rtc_sfu_worker_t *worker)
{
    ngx_queue_t  *q;

    for (q = ngx_queue_head(&worker->relays);
         q != ngx_queue_sentinel(&worker->relays);
         q = ngx_queue_next(q))
    {
        ngx_rtc_sfu_relay_greet(ngx_queue_data(q, ngx_rtc_sfu_relay_t,
                                               queue));
    }
}


static void
ngx_rtc_sfu_relay_greet(ngx_rtc_sfu_relay_t *relay)
{
    rtc_addr_t          told;
    Conference__Hello   hello = CONFERENCE__HELLO__INIT;

    if (relay->greeted || !ngx_rtc_sfu_link_is_up(relay->link)
        || ngx_rtc_sfu_relay_addresses(relay, &relay->tuple.local, &told)
           != NGX_OK)
    {
        return;
    }

    hello.address.data = told.addr;
    hello.address.len = told.family == AF_INET6 ? 16 : 4;
    hello.port = told.port;

    if (ngx_rtc_sfu_relay_send(relay, NGX_RTC_SFU_LINK_HELLO, &hello.base)
        == NGX_OK)
    {
        relay->greeted = 1;
        ngx_rtc_sfu_relay_start(relay);
    }
}


/*
 * What packets of the other worker are addressed to here, and where it sends
 * them to: behind a 1:1 NAT these differ.
 */

static ngx_int_t
ngx_rtc_sfu_relay_addresses(ngx_rtc_sfu_relay_t *relay, rtc_addr_t *local,
    rtc_addr_t *told)
{
    rtc_addr_t             addr;
    ngx_rtc_sfu_worker_t  *worker;

    worker = relay->worker;

    if (ngx_rtc_sfu_media_relay_address(worker->media, local) != NGX_OK) {
        return NGX_DECLINED;
    }

    *told = *local;

    if (ngx_rtc_sfu_link_local(relay->link, &addr) == NGX_OK) {
        addr.port = local->port;
        *local = addr;

        *told = worker->conf->node.address;
        told->port = local->port;
    }

    return NGX_OK;
}


static void
ngx_rtc_sfu_relay_hello(ngx_rtc_sfu_relay_t *relay, const void *message)
{
    const Conference__Hello  *hello = message;

    rtc_addr_t  *addr;

    if ((hello->address.len != 4 && hello->address.len != 16)
        || hello->port == 0 || hello->port > 65535)
    {
        return;
    }

    addr = &relay->tuple.remote;

    ngx_memzero(addr, sizeof(rtc_addr_t));

    addr->family = hello->address.len == 16 ? AF_INET6 : AF_INET;
    addr->proto = RTC_UDP;
    addr->port = (uint16_t) hello->port;
    ngx_memcpy(addr->addr, hello->address.data, hello->address.len);

    ngx_rtc_sfu_relay_start(relay);
}


/* both ends know where to send to */

static void
ngx_rtc_sfu_relay_start(ngx_rtc_sfu_relay_t *relay)
{
    u_char  tx[RTC_RELAY_KEY], rx[RTC_RELAY_KEY];

    if (relay->media || !relay->greeted || relay->tuple.remote.family == 0) {
        return;
    }

    if (relay->tuple.remote.family != relay->tuple.local.family) {
        ngx_log_error(NGX_LOG_ERR, relay->worker->log, 0,
                      "sfu: no media between workers, %V has it over another "
                      "version of IP", ngx_rtc_sfu_link_wid(relay->link));
        return;
    }

    if (ngx_rtc_sfu_link_key(relay->link, "relay", 1, tx, RTC_RELAY_KEY)
        == NGX_OK
        && ngx_rtc_sfu_link_key(relay->link, "relay", 0, rx, RTC_RELAY_KEY)
           == NGX_OK)
    {
        relay->media = rtc_relay_create(tx, rx, &ngx_rtc_sfu_relay_media,
                                        relay);
    }

    ngx_explicit_memzero(tx, RTC_RELAY_KEY);
    ngx_explicit_memzero(rx, RTC_RELAY_KEY);

    if (relay->media == NULL) {
        return;
    }

    ngx_rtc_sfu_media_add_relay(relay->worker->media, &relay->peer,
                                &relay->tuple, ngx_rtc_sfu_relay_input,
                                relay);
    ngx_rtc_sfu_remote_up(relay);
}


static void
ngx_rtc_sfu_relay_stop(ngx_rtc_sfu_relay_t *relay)
{
    relay->greeted = 0;
    relay->tuple.remote.family = 0;

    if (relay->media == NULL) {
        return;
    }

    ngx_rtc_sfu_media_remove(&relay->peer);

    ngx_rtc_sfu_remote_down(relay);
    ngx_rtc_sfu_leg_close_all(relay);

    ngx_rtc_sfu_metrics_relay_ends(relay->worker->metrics, relay->media);
    rtc_relay_destroy(relay->media);
    relay->media = NULL;
}


static uint8_t *
ngx_rtc_sfu_relay_reserve(void *ctx, size_t size)
{
    ngx_rtc_sfu_relay_t  *relay = ctx;

    return ngx_rtc_sfu_media_reserve(relay->worker->media, size);
}


static void
ngx_rtc_sfu_relay_commit(void *ctx, size_t len)
{
    ngx_rtc_sfu_relay_t  *relay = ctx;

    /* it feeds a whole worker: dropped last */

    ngx_rtc_sfu_media_commit(relay->worker->media, &relay->tuple, len, 0);
}


static void
ngx_rtc_sfu_relay_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    ngx_rtc_sfu_relay_send_rtcp(ctx, p, len);
}


static ngx_int_t
ngx_rtc_sfu_relay_input(void *data, u_char *p, size_t len, uint64_t now_us)
{
    ngx_rtc_sfu_relay_t  *relay = data;

    return rtc_relay_input(relay->media, p, len, now_us);
}
