
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_negotiate.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_remote.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_trickle.h"
#include "ngx_rtc_sfu_worker.h"


static void ngx_rtc_sfu_negotiate_event(ngx_event_t *ev);
static ngx_int_t ngx_rtc_sfu_negotiate_offer(ngx_rtc_sfu_participant_t *p);
static ngx_int_t ngx_rtc_sfu_negotiate_place(ngx_rtc_sfu_participant_t *p);
static ngx_int_t ngx_rtc_sfu_negotiate_section(ngx_rtc_sfu_participant_t *p,
    rtc_sdp_kind_e kind);
static ngx_int_t ngx_rtc_sfu_negotiate_add_section(
    ngx_rtc_sfu_negotiation_t *n, rtc_sdp_kind_e kind);
static ngx_int_t ngx_rtc_sfu_negotiate_describe(
    ngx_rtc_sfu_negotiation_t *n, ngx_rtc_sfu_section_t *section,
    rtc_sdp_section_t *sdp);
static void ngx_rtc_sfu_negotiate_send(ngx_rtc_sfu_participant_t *p,
    char *text);
static ngx_int_t ngx_rtc_sfu_negotiate_accept(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, const Livekit__SessionDescription *message);


ngx_int_t
ngx_rtc_sfu_negotiate_init(ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;

    n->id = (uint32_t) ngx_random() & 0xff;

    n->event.handler = ngx_rtc_sfu_negotiate_event;
    n->event.data = &p->ident;
    n->event.log = &p->log;

    n->sections = ngx_array_create(p->pool, 8, sizeof(ngx_rtc_sfu_section_t));
    if (n->sections == NULL) {
        return NGX_ERROR;
    }

    /* data first: it is there from the first offer on */

    return ngx_rtc_sfu_negotiate_add_section(n, RTC_SDP_APPLICATION) < 0
           ? NGX_ERROR : NGX_OK;
}


void
ngx_rtc_sfu_negotiate_stop(ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;

    if (n->event.posted) {
        ngx_delete_posted_event(&n->event);
    }

    if (n->pool) {
        ngx_destroy_pool(n->pool);
        n->pool = NULL;
    }

    n->offer = NULL;
}


void
ngx_rtc_sfu_negotiate_restart(ngx_rtc_sfu_participant_t *p)
{
    ngx_uint_t                  i;
    ngx_rtc_sfu_section_t      *section;
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;

    if (p->state == NGX_RTC_SFU_CLOSED || n->sections == NULL) {
        return;
    }

    /* that they are idle the client may not know yet */

    section = n->sections->elts;

    for (i = 0; i < n->sections->nelts; i++) {
        if (section[i].subscription == NULL
            && (section[i].used || !p->client.single))
        {
            section[i].clean = 0;
        }
    }

    /* with a single connection it is the client that offers, and restarts */

    if (p->client.single) {
        return;
    }

    if (ngx_rtc_sfu_pc_renew(p->subscriber) != NGX_OK) {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__MEDIA_FAILURE);
        return;
    }

    ngx_rtc_sfu_negotiate_stop(p);
    ngx_rtc_sfu_subscribe_negotiate(p);
}


void
ngx_rtc_sfu_negotiate_release(ngx_rtc_sfu_subscription_t *s)
{
    ngx_rtc_sfu_section_t  *section;

    if (s->section < 0) {
        return;
    }

    section = s->subscriber->negotiation.sections->elts;

    section[s->section].subscription = NULL;
    section[s->section].clean = 0;

    s->section = -1;
}


void
ngx_rtc_sfu_subscribe_negotiate(ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;

    if (p->state == NGX_RTC_SFU_CLOSED || n->sections == NULL) {
        return;
    }

    if (n->offer) {
        n->again = 1;
        return;
    }

    ngx_post_event(&n->event, &ngx_posted_events);
}


ngx_uint_t
ngx_rtc_sfu_subscribe_overdue(ngx_rtc_sfu_participant_t *p)
{
    return p->negotiation.offer
           && ngx_current_msec - p->negotiation.offered
              > NGX_RTC_SFU_ANSWER_TIMEOUT;
}


void
ngx_rtc_sfu_subscribe_excuse(ngx_rtc_sfu_participant_t *p)
{
    p->negotiation.offered = ngx_current_msec;
}


static void
ngx_rtc_sfu_negotiate_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_participant_t  *p = ngx_rtc_ident_data(ev);

    if (ngx_rtc_sfu_negotiate_offer(p) != NGX_OK) {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
    }
}


static ngx_int_t
ngx_rtc_sfu_negotiate_offer(ngx_rtc_sfu_participant_t *p)
{
    char                       *text;
    void                       *mem;
    size_t                      size;
    ngx_uint_t                  i;
    const char                 *reason;
    rtc_arena_t                 arena;
    rtc_sdp_local_t             local;
    rtc_sdp_section_t          *sdp;
    ngx_rtc_sfu_section_t      *section;
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;

    if (p->subscriber->closed) {
        return NGX_OK;
    }

    if (ngx_rtc_sfu_negotiate_place(p) != NGX_OK) {
        return NGX_ERROR;
    }

    n->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (n->pool == NULL) {
        return NGX_ERROR;
    }

    section = n->sections->elts;

    sdp = ngx_pcalloc(n->pool, n->sections->nelts * sizeof(rtc_sdp_section_t));
    if (sdp == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n->sections->nelts; i++) {
        if (ngx_rtc_sfu_negotiate_describe(n, &section[i], &sdp[i]) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_rtc_sfu_pc_local(p->subscriber, n->pool, &local) != NGX_OK) {
        return NGX_ERROR;
    }

    size = rtc_sdp_offer_size(n->sections->nelts);

    mem = ngx_palloc(n->pool, size);
    if (mem == NULL) {
        return NGX_ERROR;
    }

    rtc_arena_init(&arena, mem, size);

    n->offer = rtc_sdp_offer(&arena, &local, sdp, n->sections->nelts, &reason);

    if (n->offer == NULL) {
        ngx_log_error(NGX_LOG_ALERT, &p->log, 0, "sfu: cannot offer, %s",
                      reason);
        return NGX_ERROR;
    }

    text = ngx_rtc_sfu_pc_write(p->subscriber, n->pool, n->offer);
    if (text == NULL) {
        return NGX_ERROR;
    }

    n->id++;
    n->again = 0;
    n->offered = ngx_current_msec;

    ngx_rtc_sfu_negotiate_send(p, text);
    ngx_rtc_sfu_trickle(p->subscriber, n->offer);

    return NGX_OK;
}


/* finds a section for each subscription that has none */

static ngx_int_t
ngx_rtc_sfu_negotiate_place(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t                 *q;
    rtc_sdp_kind_e               kind;
    ngx_rtc_sfu_section_t       *section;
    ngx_rtc_sfu_subscription_t  *s;

    for (q = ngx_queue_head(&p->subscriptions);
         q != ngx_queue_sentinel(&p->subscriptions);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, queue);

        if (s->section >= 0 || s->unwanted || s->denied
            || s->track->media == NULL)
        {
            continue;
        }

        kind = s->track->info->type == LIVEKIT__TRACK_TYPE__AUDIO
               ? RTC_SDP_AUDIO : RTC_SDP_VIDEO;

        s->section = ngx_rtc_sfu_negotiate_section(p, kind);

        if (s->section == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (s->section == NGX_DECLINED) {
            ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                          "sfu: no section left for %V", &s->track->sid);
            continue;
        }

        section = p->negotiation.sections->elts;
        section[s->section].subscription = s;
    }

    return NGX_OK;
}


/* Safari does not cope with a section that changes its track */

static ngx_int_t
ngx_rtc_sfu_negotiate_section(ngx_rtc_sfu_participant_t *p,
    rtc_sdp_kind_e kind)
{
    ngx_uint_t                  i;
    ngx_rtc_sfu_section_t      *section;
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;
    section = n->sections->elts;

    for (i = 0; i < n->sections->nelts && !p->client.safari; i++) {

        if (section[i].kind == kind
            && section[i].subscription == NULL
            && section[i].clean)
        {
            return i;
        }
    }

    if (n->sections->nelts >= NGX_RTC_SFU_MAX_SECTIONS) {
        return NGX_DECLINED;
    }

    return ngx_rtc_sfu_negotiate_add_section(n, kind);
}


static ngx_int_t
ngx_rtc_sfu_negotiate_add_section(ngx_rtc_sfu_negotiation_t *n,
    rtc_sdp_kind_e kind)
{
    ngx_rtc_sfu_section_t  *section;

    section = ngx_array_push(n->sections);
    if (section == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(section, sizeof(ngx_rtc_sfu_section_t));

    section->kind = kind;
    section->mid.len = ngx_sprintf(section->mid_data, "%ui",
                                   n->sections->nelts - 1)
                       - section->mid_data;

    return n->sections->nelts - 1;
}


static ngx_int_t
ngx_rtc_sfu_negotiate_describe(ngx_rtc_sfu_negotiation_t *n,
    ngx_rtc_sfu_section_t *section, rtc_sdp_section_t *sdp)
{
    ngx_rtc_sfu_track_t         *track;
    ngx_rtc_sfu_subscription_t  *s;

    /* the array may have moved its elements */

    section->mid.data = section->mid_data;

    sdp->kind = (uint8_t) section->kind;
    sdp->direction = RTC_SDP_INACTIVE;
    sdp->mid = section->mid;

    s = section->subscription;

    if (s == NULL) {
        section->clean = 1;
        return NGX_OK;
    }

    section->clean = 0;

    track = s->track;

    sdp->direction = RTC_SDP_SENDONLY;
    sdp->codec = (uint8_t) track->codec;
    sdp->codecs = rtc_codec_bit(track->codec);
    sdp->h264_profile = track->h264_profile;
    sdp->stereo = track->info->stereo;
    sdp->red = track->red;
    sdp->nack = !track->red;
    sdp->ssrc = s->ssrc;
    sdp->rtx_ssrc = s->rtx_ssrc;

    if (track->red) {
        sdp->codecs |= rtc_codec_bit(RTC_CODEC_RED);
    }

    return ngx_rtc_sfu_negotiate_name(s, n->pool, &sdp->stream, &sdp->track,
                                      &sdp->cname);
}


/* track and publisher may be gone before the description is used up */

ngx_int_t
ngx_rtc_sfu_negotiate_name(ngx_rtc_sfu_subscription_t *s, ngx_pool_t *pool,
    rtc_str_t *stream, rtc_str_t *track, rtc_str_t *cname)
{
    u_char     *p;
    ngx_str_t  *publisher, *sid;

    publisher = &s->track->publisher_sid;
    sid = &s->track->sid;

    p = ngx_pnalloc(pool, publisher->len + 1 + sid->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    stream->data = p;
    stream->len = ngx_sprintf(p, "%V|%V", publisher, sid) - p;

    track->data = p + publisher->len + 1;
    track->len = sid->len;
    cname->data = p;
    cname->len = publisher->len;

    return NGX_OK;
}


static void
ngx_rtc_sfu_negotiate_send(ngx_rtc_sfu_participant_t *p, char *text)
{
    Livekit__SignalResponse      response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__SessionDescription  offer = LIVEKIT__SESSION_DESCRIPTION__INIT;

    offer.type = "offer";
    offer.sdp = text;
    offer.id = p->negotiation.id;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_OFFER;
    response.offer = &offer;

    ngx_rtc_sfu_participant_send(p, &response);
}


void
ngx_rtc_sfu_subscribe_answer(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const Livekit__SessionDescription *message)
{
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;

    /* some SDKs do not tell which offer they answer */

    if (n->offer == NULL || (message->id && message->id != n->id)) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: answer to no offer, id:%uD", message->id);
        return;
    }

    if (ngx_rtc_sfu_negotiate_accept(p, pool, message) != NGX_OK) {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
        return;
    }

    ngx_destroy_pool(n->pool);

    n->pool = NULL;
    n->offer = NULL;

    if (n->again) {
        ngx_rtc_sfu_subscribe_negotiate(p);
    }

    ngx_rtc_sfu_participant_rearm(p);
}


static ngx_int_t
ngx_rtc_sfu_negotiate_accept(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const Livekit__SessionDescription *message)
{
    rtc_sdp_t                   *answer;
    ngx_uint_t                   i;
    const char                  *reason;
    ngx_rtc_sfu_section_t       *section;
    ngx_rtc_sfu_negotiation_t   *n;
    ngx_rtc_sfu_subscription_t  *s;

    n = &p->negotiation;

    answer = ngx_rtc_sfu_pc_parse(p->subscriber, pool, message->sdp);
    if (answer == NULL) {
        return NGX_ERROR;
    }

    if (rtc_sdp_check_answer(n->offer, answer, &reason) != RTC_OK) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0, "sfu: unusable answer, %s",
                      reason);
        return NGX_ERROR;
    }

    if (ngx_rtc_sfu_pc_set_remote(p->subscriber, answer) != NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: cannot use the answer's ICE or DTLS parameters");
        return NGX_ERROR;
    }

    section = n->sections->elts;

    for (i = 0; i < n->offer->nmedia; i++) {
        s = section[i].subscription;

        /* it may have come to the section after the offer was made */

        if (s && s->forward == NULL && !s->refused
            && n->offer->media[i].direction == RTC_SDP_SENDONLY
            && n->offer->media[i].ssrcs[0].ssrc == s->ssrc)
        {
            ngx_rtc_sfu_negotiate_start(s, section[i].mid, answer);
        }
    }

    return NGX_OK;
}


void
ngx_rtc_sfu_negotiate_start(ngx_rtc_sfu_subscription_t *s, rtc_str_t mid,
    const rtc_sdp_t *answer)
{
    uint64_t              now_us;
    unsigned              flows;
    ngx_rtc_sfu_pc_t     *pc;
    rtc_forward_conf_t    conf;
    rtc_sdp_negotiated_t  agreed;

    pc = s->subscriber->subscriber;

    /* who wrote the answer: we, if there is a single connection */

    flows = s->subscriber->client.single ? RTC_SDP_SENDONLY : RTC_SDP_RECVONLY;

    if (rtc_sdp_negotiated(answer, mid, s->track->codec, &agreed) != RTC_OK
        || !(agreed.direction & flows))
    {
        ngx_rtc_sfu_negotiate_unsupported(s);
        return;
    }

    s->sender = rtc_transport_add_sender(pc->transport, s->ssrc);

    if (s->sender < 0) {
        return;
    }

    ngx_memzero(&conf, sizeof(rtc_forward_conf_t));

    if (agreed.rtx_pt && s->rtx_ssrc) {
        s->rtx_sender = rtc_transport_add_sender(pc->transport, s->rtx_ssrc);

        if (s->rtx_sender >= 0) {
            conf.rtx_ssrc = s->rtx_ssrc;
            conf.rtx_pt = agreed.rtx_pt;
        }
    }

    conf.owner = s;
    conf.ssrc = s->ssrc;
    conf.sender = s->sender;
    conf.rtx_sender = s->rtx_sender;
    conf.pt = agreed.pt;
    conf.red_pt = s->track->red ? agreed.red_pt : 0;
    conf.nack = (agreed.feedback & RTC_SDP_FB_NACK) != 0;
    conf.mid = mid;
    conf.cname.data = s->track->publisher_sid.data;
    conf.cname.len = s->track->publisher_sid.len;
    conf.seed = ngx_rtc_sfu_id_ssrc();
    conf.max_layer = (unsigned) s->max_layer;
    conf.paused = s->paused;

    ngx_memcpy(conf.exts.id, agreed.exts, sizeof(agreed.exts));

    now_us = ngx_rtc_sfu_media_now_us();

    s->forward = rtc_forward_create(pc->downlink, s->track->media, &conf,
                                    now_us);
    if (s->forward == NULL) {
        ngx_log_error(NGX_LOG_ERR, &s->subscriber->log, 0,
                      "sfu: cannot forward %V", &s->track->sid);
        return;
    }

    ngx_rtc_sfu_track_subscribed(s->track);
    ngx_rtc_sfu_remote_demand(s->track);
}


void
ngx_rtc_sfu_negotiate_unsupported(ngx_rtc_sfu_subscription_t *s)
{
    Livekit__SignalResponse        response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__SubscriptionResponse  refused =
                                          LIVEKIT__SUBSCRIPTION_RESPONSE__INIT;

    s->refused = 1;
    ngx_rtc_sfu_remote_demand(s->track);

    ngx_log_error(NGX_LOG_INFO, &s->subscriber->log, 0,
                  "sfu: the client cannot receive %V", &s->track->sid);

    refused.track_sid = (char *) s->track->sid.data;
    refused.err = LIVEKIT__SUBSCRIPTION_ERROR__SE_CODEC_UNSUPPORTED;

    response.message_case =
                        LIVEKIT__SIGNAL_RESPONSE__MESSAGE_SUBSCRIPTION_RESPONSE;
    response.subscription_response = &refused;

    ngx_rtc_sfu_participant_send(s->subscriber, &response);
}
