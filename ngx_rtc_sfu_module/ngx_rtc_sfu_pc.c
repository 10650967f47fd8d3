
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_data.h"
#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_pc.h"
#include "ngx_rtc_sfu_worker.h"


static uint8_t *ngx_rtc_sfu_pc_reserve(void *ctx, size_t size);
static void ngx_rtc_sfu_pc_commit(void *ctx, const rtc_tuple_t *to,
    size_t len, int expendable);
static void ngx_rtc_sfu_pc_tuple_added(void *ctx, const rtc_tuple_t *tuple);
static void ngx_rtc_sfu_pc_tuple_removed(void *ctx, const rtc_tuple_t *tuple);
static void ngx_rtc_sfu_pc_restarted(void *ctx, rtc_str_t ufrag);
static void ngx_rtc_sfu_pc_ice(void *ctx, rtc_transport_ice_e state);
static void ngx_rtc_sfu_pc_connected(void *ctx);
static void ngx_rtc_sfu_pc_closed(void *ctx, rtc_transport_close_e why);
static void ngx_rtc_sfu_pc_rtp(void *ctx, uint8_t *p, size_t len,
    uint64_t now_us);
static void ngx_rtc_sfu_pc_rtcp(void *ctx, uint8_t *p, size_t len,
    uint64_t now_us);
static void ngx_rtc_sfu_pc_channel(void *ctx, uint16_t stream,
    const uint8_t *label, size_t len, int ordered, int reliable);
static void ngx_rtc_sfu_pc_message(void *ctx, uint16_t stream, int binary,
    const uint8_t *p, size_t len);
static void ngx_rtc_sfu_pc_channel_closed(void *ctx, uint16_t stream);
static void ngx_rtc_sfu_pc_drained(void *ctx);

static ngx_uint_t ngx_rtc_sfu_pc_is_restart(ngx_rtc_sfu_pc_t *pc,
    const rtc_sdp_t *offer);
static void ngx_rtc_sfu_pc_start_anew(ngx_rtc_sfu_pc_t *pc,
    const rtc_ice_cred_t *cred);
static ngx_uint_t ngx_rtc_sfu_pc_only_tcp(
    ngx_rtc_sfu_candidate_t *candidates, ngx_uint_t n);
static ngx_int_t ngx_rtc_sfu_pc_add_candidate(ngx_pool_t *pool,
    const ngx_rtc_sfu_candidate_t *from, rtc_sdp_candidate_t *to);


static const rtc_transport_handlers_t  ngx_rtc_sfu_pc_handlers = {
    ngx_rtc_sfu_pc_reserve,
    ngx_rtc_sfu_pc_commit,
    ngx_rtc_sfu_pc_tuple_added,
    ngx_rtc_sfu_pc_tuple_removed,
    ngx_rtc_sfu_pc_ice,
    ngx_rtc_sfu_pc_restarted,
    ngx_rtc_sfu_pc_connected,
    ngx_rtc_sfu_pc_closed,
    ngx_rtc_sfu_pc_rtp,
    ngx_rtc_sfu_pc_rtcp,
    ngx_rtc_sfu_pc_channel,
    ngx_rtc_sfu_pc_message,
    ngx_rtc_sfu_pc_channel_closed,
    ngx_rtc_sfu_pc_drained
};


/* labels by kind */

static const rtc_str_t  ngx_rtc_sfu_pc_labels[] = {
    rtc_string("_reliable"),
    rtc_string("_lossy"),
    rtc_string("_data_track")
};


ngx_rtc_sfu_pc_t *
ngx_rtc_sfu_pc_create(ngx_rtc_sfu_participant_t *p,
    Livekit__SignalTarget target)
{
    ngx_uint_t             kind;
    ngx_rtc_sfu_pc_t      *pc;
    ngx_rtc_sfu_worker_t  *worker;

    worker = p->room->worker;

    pc = ngx_pcalloc(p->pool, sizeof(ngx_rtc_sfu_pc_t));
    if (pc == NULL) {
        return NULL;
    }

    pc->participant = p;
    pc->media = worker->media;
    pc->target = target;
    pc->session = (uint64_t) ngx_random() << 16 | (ngx_random() & 0xffff);

    for (kind = 0; kind < NGX_RTC_SFU_CHANNELS; kind++) {
        pc->in[kind] = -1;
        pc->out[kind] = -1;
        pc->opening[kind] = -1;
    }

    if (ngx_rtc_sfu_media_credentials(worker->media, &pc->cred) != NGX_OK) {
        return NULL;
    }

    pc->transport = rtc_transport_create(worker->transports, &pc->cred,
                                         &ngx_rtc_sfu_pc_handlers, pc);
    if (pc->transport == NULL) {
        return NULL;
    }

    /* who signals by HTTP has no data channels */

    if (p->resource) {
        rtc_transport_set_media_only(pc->transport);
    }

    ngx_rtc_sfu_media_add(worker->media, &pc->peer, pc->transport,
                          pc->cred.ufrag);
    ngx_rtc_sfu_metrics_add(worker->metrics, pc);

    return pc;
}


void
ngx_rtc_sfu_pc_destroy(ngx_rtc_sfu_pc_t *pc)
{
    if (pc->transport) {
        ngx_rtc_sfu_metrics_remove(pc->participant->room->worker->metrics, pc);
    }

    if (pc->forward.posted) {
        ngx_delete_posted_event(&pc->forward);
    }

    if (pc->uplink) {
        rtc_uplink_destroy(pc->uplink);
        pc->uplink = NULL;
    }

    if (pc->downlink) {
        rtc_downlink_destroy(pc->downlink);
        pc->downlink = NULL;
    }

    if (pc->transport) {
        ngx_rtc_sfu_media_remove(&pc->peer);

        /* an ABORT that overtakes LeaveRequest looks like a failure */

        if (pc->participant->told) {
            rtc_transport_set_quiet(pc->transport);
        }

        rtc_transport_destroy(pc->transport);
        pc->transport = NULL;
    }
}


ngx_int_t
ngx_rtc_sfu_pc_local(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool,
    rtc_sdp_local_t *local)
{
    ngx_uint_t                i, n;
    rtc_sdp_candidate_t      *candidates;
    ngx_rtc_sfu_worker_t     *worker;
    ngx_rtc_sfu_candidate_t   ours[NGX_RTC_SFU_MEDIA_CANDIDATES];

    worker = pc->participant->room->worker;

    n = ngx_rtc_sfu_media_candidates(worker->media, ours);

    if (pc->participant->protocol == LIVEKIT__CANDIDATE_PROTOCOL__TCP) {
        n = ngx_rtc_sfu_pc_only_tcp(ours, n);
    }

    candidates = ngx_pcalloc(pool, ngx_max(n, 1) * sizeof(rtc_sdp_candidate_t));
    if (candidates == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (ngx_rtc_sfu_pc_add_candidate(pool, &ours[i], &candidates[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_memzero(local, sizeof(rtc_sdp_local_t));

    local->id = pc->session;
    local->version = ++pc->version;
    local->ufrag.data = (uint8_t *) pc->cred.ufrag;
    local->ufrag.len = ngx_strlen(pc->cred.ufrag);
    local->pwd.data = (uint8_t *) pc->cred.pwd;
    local->pwd.len = ngx_strlen(pc->cred.pwd);
    local->fingerprint = worker->fingerprint.value;
    local->candidates = candidates;
    local->ncandidates = n;
    local->twcc = 1;

    return NGX_OK;
}


/* keeps what it asked for; all, if there is nothing of it */

static ngx_uint_t
ngx_rtc_sfu_pc_only_tcp(ngx_rtc_sfu_candidate_t *candidates, ngx_uint_t n)
{
    ngx_uint_t  i, kept;

    kept = 0;

    for (i = 0; i < n; i++) {
        if (candidates[i].addr.proto == RTC_TCP) {
            candidates[kept++] = candidates[i];
        }
    }

    return kept ? kept : n;
}


static ngx_int_t
ngx_rtc_sfu_pc_add_candidate(ngx_pool_t *pool,
    const ngx_rtc_sfu_candidate_t *from, rtc_sdp_candidate_t *to)
{
    u_char  *text;
    size_t   len;

    text = ngx_pnalloc(pool, NGX_INET6_ADDRSTRLEN);
    if (text == NULL) {
        return NGX_ERROR;
    }

    len = ngx_inet_ntop(from->addr.family, (void *) from->addr.addr, text,
                        NGX_INET6_ADDRSTRLEN);

    to->proto = from->addr.proto;
    to->port = from->addr.port;
    to->priority = from->priority;
    to->address.data = text;
    to->address.len = len;

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_pc_set_remote(ngx_rtc_sfu_pc_t *pc, const rtc_sdp_t *remote)
{
    size_t              i, n;
    rtc_sdp_media_t    *m;
    rtc_fingerprint_t   fps[RTC_SDP_MAX_FINGERPRINTS];

    m = rtc_sdp_transport(remote);
    if (m == NULL) {
        return NGX_ERROR;
    }

    n = ngx_min(m->nfingerprints, RTC_SDP_MAX_FINGERPRINTS);

    for (i = 0; i < n; i++) {
        switch (m->fingerprints[i].bits) {
        case 256:
            fps[i].hash = RTC_FINGERPRINT_SHA256;
            break;
        case 384:
            fps[i].hash = RTC_FINGERPRINT_SHA384;
            break;
        default:
            fps[i].hash = RTC_FINGERPRINT_SHA512;
        }

        ngx_memcpy(fps[i].value, m->fingerprints[i].value,
                   RTC_FINGERPRINT_MAX);
    }

    if (rtc_transport_set_remote(pc->transport, m->ufrag, fps, n) != RTC_OK) {
        return NGX_ERROR;
    }

    ngx_rtc_sfu_media_rearm(&pc->peer);

    for (i = 0; i < remote->nmedia; i++) {
        m = &remote->media[i];

        if (m->kind == RTC_SDP_APPLICATION && !m->rejected) {
            return rtc_transport_set_sctp(pc->transport,
                                          m->sctp_port ? m->sctp_port
                                                       : RTC_SDP_SCTP_PORT,
                                          m->max_message_size);
        }
    }

    return NGX_OK;
}


rtc_sdp_t *
ngx_rtc_sfu_pc_answer(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool,
    const rtc_sdp_t *offer, const rtc_sdp_decision_t *decisions)
{
    void             *mem;
    size_t            size;
    rtc_sdp_t        *answer;
    const char       *reason;
    rtc_arena_t       arena;
    rtc_ice_cred_t    cred;
    rtc_sdp_local_t   local;

    size = rtc_sdp_answer_size(offer);
    mem = ngx_palloc(pool, size);

    if (mem == NULL) {
        return NULL;
    }

    if (ngx_rtc_sfu_pc_is_restart(pc, offer)) {
        if (ngx_rtc_sfu_media_credentials(pc->media, &cred) != NGX_OK) {
            return NULL;
        }

        ngx_rtc_sfu_pc_start_anew(pc, &cred);
    }

    if (ngx_rtc_sfu_pc_local(pc, pool, &local) != NGX_OK) {
        return NULL;
    }

    rtc_arena_init(&arena, mem, size);

    answer = rtc_sdp_answer(&arena, offer, &local, decisions, &reason);

    if (answer == NULL) {
        ngx_log_error(NGX_LOG_INFO, &pc->participant->log, 0,
                      "sfu: cannot answer the offer, %s", reason);
    }

    return answer;
}


/* RFC 8839, 4.4.1.1.1: the client has other credentials than before */

static ngx_uint_t
ngx_rtc_sfu_pc_is_restart(ngx_rtc_sfu_pc_t *pc, const rtc_sdp_t *offer)
{
    const char       *known;
    rtc_sdp_media_t  *m;

    m = rtc_sdp_transport(offer);
    known = rtc_transport_get_ice(pc->transport)->remote;

    return m && known[0] != '\0'
           && (m->ufrag.len != ngx_strlen(known)
               || ngx_memcmp(m->ufrag.data, known, m->ufrag.len) != 0);
}


ngx_int_t
ngx_rtc_sfu_pc_renew(ngx_rtc_sfu_pc_t *pc)
{
    rtc_ice_cred_t    cred;
    const rtc_ice_t  *ice;

    /* what was offered and not answered may go into the next offer, too */

    ice = rtc_transport_get_ice(pc->transport);

    if (ice->old.ufrag[0] != '\0' && ice->remote[0] == '\0') {
        pc->trickled = 0;
        return NGX_OK;
    }

    if (ngx_rtc_sfu_media_credentials(pc->media, &cred) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_rtc_sfu_pc_start_anew(pc, &cred);

    return NGX_OK;
}


ngx_int_t
ngx_rtc_sfu_pc_restart(ngx_rtc_sfu_pc_t *pc, rtc_str_t ufrag)
{
    rtc_ice_cred_t  cred;

    if (ngx_rtc_sfu_media_credentials(pc->media, &cred) != NGX_OK) {
        return NGX_ERROR;
    }

    if (rtc_transport_set_remote_ufrag(pc->transport, ufrag) != RTC_OK) {
        return NGX_DECLINED;
    }

    ngx_rtc_sfu_pc_start_anew(pc, &cred);

    /* which forgets it */

    return rtc_transport_set_remote_ufrag(pc->transport, ufrag) == RTC_OK
           ? NGX_OK : NGX_ERROR;
}


static void
ngx_rtc_sfu_pc_start_anew(ngx_rtc_sfu_pc_t *pc, const rtc_ice_cred_t *cred)
{
    rtc_transport_restart(pc->transport, cred);

    pc->cred = *cred;
    pc->trickled = 0;

    ngx_rtc_sfu_media_restart(&pc->peer, pc->cred.ufrag);
    ngx_rtc_sfu_media_rearm(&pc->peer);
}


ngx_int_t
ngx_rtc_sfu_pc_open_channels(ngx_rtc_sfu_pc_t *pc)
{
    int         reliable;
    ngx_uint_t  kind;

    for (kind = 0; kind < NGX_RTC_SFU_CHANNELS; kind++) {
        reliable = kind == NGX_RTC_SFU_RELIABLE;

        pc->opening[kind] = rtc_transport_open_channel(pc->transport,
                                                  ngx_rtc_sfu_pc_labels[kind],
                                                  reliable,
                                                  reliable ? -1 : 0);
        if (pc->opening[kind] < 0) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_uint_t
ngx_rtc_sfu_pc_is_open(const ngx_rtc_sfu_pc_t *pc, ngx_uint_t kind)
{
    return pc->out[kind] != -1;
}


int
ngx_rtc_sfu_pc_send_message(ngx_rtc_sfu_pc_t *pc, ngx_uint_t kind,
    const u_char *data, size_t len)
{
    int  rc;

    if (pc->closed) {
        return RTC_ERROR;
    }

    if (pc->out[kind] == -1) {
        return RTC_AGAIN;
    }

    rc = rtc_transport_send_message(pc->transport, (uint16_t) pc->out[kind], 1,
                                    data, len);

    ngx_rtc_sfu_media_rearm(&pc->peer);

    return rc;
}


void
ngx_rtc_sfu_pc_timer(ngx_rtc_sfu_pc_t *pc, uint64_t now_us)
{
    if (!pc->connected) {
        return;
    }

    if (pc->uplink) {
        rtc_uplink_timer(pc->uplink, now_us);
    }

    if (pc->downlink) {
        rtc_downlink_timer(pc->downlink, now_us);
    }
}


uint64_t
ngx_rtc_sfu_pc_deadline(ngx_rtc_sfu_pc_t *pc)
{
    uint64_t  deadline, next;

    deadline = RTC_NEVER;

    if (!pc->connected) {
        return deadline;
    }

    if (pc->uplink) {
        deadline = rtc_uplink_next_deadline(pc->uplink);
    }

    if (pc->downlink) {
        next = rtc_downlink_next_deadline(pc->downlink);
        deadline = ngx_min(deadline, next);
    }

    return deadline;
}


char *
ngx_rtc_sfu_pc_write(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool,
    const rtc_sdp_t *sdp)
{
    char     *text;
    ssize_t   len;

    len = rtc_sdp_write(sdp, NULL, 0);

    if (len < 0) {
        ngx_log_error(NGX_LOG_ALERT, &pc->participant->log, 0,
                      "sfu: cannot write a description");
        return NULL;
    }

    text = ngx_pnalloc(pool, len + 1);
    if (text == NULL) {
        return NULL;
    }

    (void) rtc_sdp_write(sdp, text, len);
    text[len] = '\0';

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, &pc->participant->log, 0,
                   "sfu: description for %s:%s",
                   pc->target == LIVEKIT__SIGNAL_TARGET__PUBLISHER
                   ? "publisher" : "subscriber", text);

    return text;
}


rtc_sdp_t *
ngx_rtc_sfu_pc_parse(ngx_rtc_sfu_pc_t *pc, ngx_pool_t *pool, const char *text)
{
    void         *mem;
    size_t        len, size;
    rtc_sdp_t    *sdp;
    const char   *reason;
    rtc_arena_t   arena;

    len = ngx_strlen(text);

    if (len > RTC_SDP_MAX_TEXT) {
        reason = "too long";
        goto failed;
    }

    size = rtc_sdp_parse_size(text, len);

    mem = ngx_palloc(pool, size);
    if (mem == NULL) {
        return NULL;
    }

    rtc_arena_init(&arena, mem, size);

    sdp = rtc_sdp_parse(&arena, text, len, RTC_SDP_MAX_MEDIA, &reason);

    if (sdp) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, &pc->participant->log, 0,
                       "sfu: description from the client:%s", text);
        return sdp;
    }

failed:

    ngx_log_error(NGX_LOG_INFO, &pc->participant->log, 0,
                  "sfu: malformed description, %s", reason);

    return NULL;
}


static uint8_t *
ngx_rtc_sfu_pc_reserve(void *ctx, size_t size)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    return ngx_rtc_sfu_media_reserve(pc->media, size);
}


static void
ngx_rtc_sfu_pc_commit(void *ctx, const rtc_tuple_t *to, size_t len,
    int expendable)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_rtc_sfu_media_commit(pc->media, to, len, expendable);
}


static void
ngx_rtc_sfu_pc_tuple_added(void *ctx, const rtc_tuple_t *tuple)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_rtc_sfu_media_tuple_added(&pc->peer, tuple);
}


static void
ngx_rtc_sfu_pc_tuple_removed(void *ctx, const rtc_tuple_t *tuple)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_rtc_sfu_media_tuple_removed(&pc->peer, tuple);
}


static void
ngx_rtc_sfu_pc_restarted(void *ctx, rtc_str_t ufrag)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_rtc_sfu_media_restarted(&pc->peer, ufrag);
}


static void
ngx_rtc_sfu_pc_ice(void *ctx, rtc_transport_ice_e state)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, &pc->participant->log, 0,
                   "sfu: ice, target:%d state:%d", pc->target, state);

    ngx_rtc_sfu_participant_ice(pc->participant, pc, state);
}


static void
ngx_rtc_sfu_pc_connected(void *ctx)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    pc->connected = 1;

    if (pc->downlink) {
        rtc_downlink_set_writable(pc->downlink, 1, ngx_rtc_sfu_media_now_us());
    }

    ngx_rtc_sfu_participant_connected(pc->participant, pc);
}


static void
ngx_rtc_sfu_pc_closed(void *ctx, rtc_transport_close_e why)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    pc->connected = 0;
    pc->closed = 1;

    if (pc->downlink) {
        rtc_downlink_set_writable(pc->downlink, 0, ngx_rtc_sfu_media_now_us());
    }

    ngx_rtc_sfu_participant_pc_closed(pc->participant, pc, why);
}


static void
ngx_rtc_sfu_pc_rtp(void *ctx, uint8_t *p, size_t len, uint64_t now_us)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    if (pc->uplink == NULL) {
        pc->strange++;
        return;
    }

    if (!pc->forward.posted) {
        pc->forward_us = now_us;
    }

    rtc_uplink_rtp(pc->uplink, p, len, now_us);
}


static void
ngx_rtc_sfu_pc_rtcp(void *ctx, uint8_t *p, size_t len, uint64_t now_us)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    if (pc->uplink) {
        rtc_uplink_rtcp(pc->uplink, p, len, now_us);
    }

    if (pc->downlink) {
        rtc_downlink_rtcp(pc->downlink, p, len, now_us);
    }
}


static void
ngx_rtc_sfu_pc_channel(void *ctx, uint16_t stream, const uint8_t *label,
    size_t len, int ordered, int reliable)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_uint_t  kind;

    for (kind = 0; kind < rtc_nelts(ngx_rtc_sfu_pc_labels); kind++) {

        if (len == ngx_rtc_sfu_pc_labels[kind].len
            && ngx_memcmp(label, ngx_rtc_sfu_pc_labels[kind].data, len) == 0)
        {
            break;
        }
    }

    if (kind == rtc_nelts(ngx_rtc_sfu_pc_labels)) {
        return;
    }

    if (pc->opening[kind] != stream) {
        pc->in[kind] = stream;
    }

    /* what the client opened again replaces the first, in both directions */

    pc->out[kind] = stream;

    if (kind == NGX_RTC_SFU_RELIABLE) {
        ngx_rtc_sfu_data_flush(pc->participant);
    }
}


static void
ngx_rtc_sfu_pc_message(void *ctx, uint16_t stream, int binary,
    const uint8_t *p, size_t len)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_uint_t  kind;

    for (kind = 0; kind < rtc_nelts(ngx_rtc_sfu_pc_labels); kind++) {
        if (!binary || pc->in[kind] != stream) {
            continue;
        }

        if (kind == NGX_RTC_SFU_DATA_TRACK) {
            ngx_rtc_sfu_data_frame_receive(pc->participant, p, len);

        } else {
            ngx_rtc_sfu_data_receive(pc->participant, kind, p, len);
        }

        return;
    }
}


static void
ngx_rtc_sfu_pc_channel_closed(void *ctx, uint16_t stream)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_uint_t  kind;

    for (kind = 0; kind < rtc_nelts(ngx_rtc_sfu_pc_labels); kind++) {
        if (pc->in[kind] == stream) {
            pc->in[kind] = -1;
        }

        if (pc->out[kind] == stream) {
            pc->out[kind] = -1;
        }
    }
}


static void
ngx_rtc_sfu_pc_drained(void *ctx)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_rtc_sfu_data_flush(pc->participant);
}
