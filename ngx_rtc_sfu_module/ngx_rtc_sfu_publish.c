
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_info.h"
#include "ngx_rtc_sfu_publish.h"
#include "ngx_rtc_sfu_single.h"
#include "ngx_rtc_sfu_subscribe.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_trickle.h"
#include "ngx_rtc_sfu_worker.h"


typedef ngx_rtc_sfu_track_t *(*ngx_rtc_sfu_publish_find_pt)(
    ngx_rtc_sfu_participant_t *p, const rtc_sdp_media_t *m);


static char *ngx_rtc_sfu_publish_accept(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, const Livekit__SessionDescription *message);
static ngx_int_t ngx_rtc_sfu_publish_keep(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *sdp, const char *offer, const char *answer);
static ngx_uint_t ngx_rtc_sfu_publish_is_complete(
    ngx_rtc_sfu_participant_t *p, const rtc_sdp_t *offer);
static ngx_uint_t ngx_rtc_sfu_publish_drop_ended(
    ngx_rtc_sfu_participant_t *p, const rtc_sdp_t *offer);
static ngx_rtc_sfu_track_t *ngx_rtc_sfu_publish_match(
    ngx_rtc_sfu_participant_t *p, const rtc_sdp_media_t *m);
static ngx_rtc_sfu_track_t *ngx_rtc_sfu_publish_named(
    ngx_rtc_sfu_participant_t *p, const rtc_sdp_media_t *m);
static ngx_uint_t ngx_rtc_sfu_publish_is_kind(
    const ngx_rtc_sfu_track_t *track, const rtc_sdp_media_t *m);
static ngx_uint_t ngx_rtc_sfu_publish_sends(const rtc_sdp_media_t *m);
static ngx_int_t ngx_rtc_sfu_publish_assign_all(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer, ngx_rtc_sfu_publish_find_pt find);
static ngx_int_t ngx_rtc_sfu_publish_assign(ngx_rtc_sfu_track_t *track,
    const rtc_sdp_media_t *m);
static void ngx_rtc_sfu_publish_decide(ngx_rtc_sfu_track_t *track,
    const rtc_sdp_media_t *m, rtc_sdp_decision_t *decision);
static rtc_sdp_t *ngx_rtc_sfu_publish_answer(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, const rtc_sdp_t *offer);
static ngx_uint_t ngx_rtc_sfu_publish_is_idle(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_media_t *m);
static ngx_int_t ngx_rtc_sfu_publish_send(ngx_rtc_sfu_participant_t *p,
    ngx_pool_t *pool, char *text, uint32_t id);
static void ngx_rtc_sfu_publish_bind(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer, const rtc_sdp_t *answer, ngx_uint_t changed);
static void ngx_rtc_sfu_publish_set_exts(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *answer);
static ngx_int_t ngx_rtc_sfu_publish_bind_track(ngx_rtc_sfu_track_t *track,
    const rtc_sdp_t *offer, const rtc_sdp_t *answer);
static ngx_uint_t ngx_rtc_sfu_publish_rank(rtc_str_t rid);
static void ngx_rtc_sfu_publish_layers(const rtc_sdp_media_t *offered,
    const rtc_sdp_media_t *answered, rtc_track_conf_t *conf);


#define ngx_rtc_sfu_publish_eq(s, r)                                         \
    ((s).len == (r).len && ngx_memcmp((s).data, (r).data, (s).len) == 0)


void
ngx_rtc_sfu_publish_offer(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const Livekit__SessionDescription *message)
{
    if (p->publisher->closed
        || ngx_rtc_sfu_publish_accept(p, pool, message) == NULL)
    {
        ngx_rtc_sfu_participant_close(p,
                                   LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT,
                                   LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH);
    }
}


char *
ngx_rtc_sfu_publish_exchange(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    char *offer)
{
    Livekit__SessionDescription  message = LIVEKIT__SESSION_DESCRIPTION__INIT;

    message.sdp = offer;

    return ngx_rtc_sfu_publish_accept(p, pool, &message);
}


static char *
ngx_rtc_sfu_publish_accept(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const Livekit__SessionDescription *message)
{
    char        *text;
    rtc_sdp_t   *offer, *answer;
    ngx_uint_t   ended;

    offer = ngx_rtc_sfu_pc_parse(p->publisher, pool, message->sdp);
    if (offer == NULL) {
        return NULL;
    }

    ended = ngx_rtc_sfu_publish_drop_ended(p, offer);

    answer = ngx_rtc_sfu_publish_answer(p, pool, offer);
    if (answer == NULL) {
        return NULL;
    }

    if (ngx_rtc_sfu_pc_set_remote(p->publisher, offer) != NGX_OK) {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: cannot use the offer's ICE or DTLS parameters");
        return NULL;
    }

    text = ngx_rtc_sfu_pc_write(p->publisher, pool, answer);

    if (text == NULL
        || ngx_rtc_sfu_publish_keep(p, offer, message->sdp, text) != NGX_OK
        || ngx_rtc_sfu_publish_send(p, pool, text, message->id) != NGX_OK)
    {
        return NULL;
    }

    ngx_rtc_sfu_trickle(p->publisher, answer);
    ngx_rtc_sfu_publish_set_exts(p, answer);
    ngx_rtc_sfu_publish_bind(p, offer, answer, ended);

    if (p->client.single) {
        ngx_rtc_sfu_single_answered(p, answer);
    }

    ngx_rtc_sfu_participant_rearm(p);

    return text;
}


/* for the tracks of which AddTrack has not come yet */

static ngx_int_t
ngx_rtc_sfu_publish_keep(ngx_rtc_sfu_participant_t *p, const rtc_sdp_t *sdp,
    const char *offer, const char *answer)
{
    ngx_rtc_sfu_publish_t  *last;

    last = &p->publish;

    if (last->pool) {
        ngx_destroy_pool(last->pool);
    }

    last->pool = NULL;
    last->offer = NULL;
    last->answer = NULL;

    if (ngx_rtc_sfu_publish_is_complete(p, sdp)) {
        return NGX_OK;
    }

    last->pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (last->pool == NULL) {
        return NGX_ERROR;
    }

    last->offer = ngx_rtc_sfu_signal_string(last->pool, (u_char *) offer,
                                            ngx_strlen(offer));
    last->answer = ngx_rtc_sfu_signal_string(last->pool, (u_char *) answer,
                                             ngx_strlen(answer));

    return last->offer && last->answer ? NGX_OK : NGX_ERROR;
}


static ngx_uint_t
ngx_rtc_sfu_publish_is_complete(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer)
{
    size_t  i;

    for (i = 0; i < offer->nmedia; i++) {
        if (ngx_rtc_sfu_publish_sends(&offer->media[i])
            && ngx_rtc_sfu_publish_named(p, &offer->media[i]) == NULL)
        {
            return 0;
        }
    }

    return 1;
}


/*
 * Tracks whose section sends no more, or sends another track now, or has
 * become one of the other kind.
 */

static ngx_uint_t
ngx_rtc_sfu_publish_drop_ended(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer)
{
    rtc_str_t             mid, cid;
    ngx_uint_t            ended;
    ngx_queue_t          *q, *next;
    rtc_sdp_media_t      *m;
    ngx_rtc_sfu_track_t  *track;

    ended = 0;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = next)
    {
        next = ngx_queue_next(q);

        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (track->mid.len == 0) {
            continue;
        }

        mid.data = track->mid.data;
        mid.len = track->mid.len;

        m = rtc_sdp_find_mid(offer, mid);

        if (m != NULL && !m->rejected && (m->direction & RTC_SDP_SENDONLY)
            && ngx_rtc_sfu_publish_is_kind(track, m))
        {
            if (rtc_sdp_cid(m, &cid) != RTC_OK
                || ngx_rtc_sfu_publish_eq(track->sdp_cid, cid))
            {
                continue;
            }
        }

        if (track->media) {
            ended = 1;
        }

        ngx_rtc_sfu_track_remove(track);
    }

    return ended;
}


/*
 * The track of a section: the one that has it; else the one whose cid the
 * section names; else the oldest of its kind that has no section, because
 * Firefox gives tracks other ids in SDP.
 */

static ngx_rtc_sfu_track_t *
ngx_rtc_sfu_publish_match(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_media_t *m)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    track = ngx_rtc_sfu_publish_named(p, m);

    if (track) {
        return track;
    }

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (track->mid.len == 0 && ngx_rtc_sfu_publish_is_kind(track, m)) {
            return track;
        }
    }

    return NULL;
}


static ngx_rtc_sfu_track_t *
ngx_rtc_sfu_publish_named(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_media_t *m)
{
    rtc_str_t             cid;
    ngx_uint_t            named;
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    named = (rtc_sdp_cid(m, &cid) == RTC_OK);

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (!ngx_rtc_sfu_publish_is_kind(track, m)) {
            continue;
        }

        if (track->mid.len) {
            if (ngx_rtc_sfu_publish_eq(track->mid, m->mid)) {
                return track;
            }

        } else if (named && ngx_rtc_sfu_publish_eq(track->cid, cid)) {
            return track;
        }
    }

    return NULL;
}


static ngx_uint_t
ngx_rtc_sfu_publish_is_kind(const ngx_rtc_sfu_track_t *track,
    const rtc_sdp_media_t *m)
{
    return m->kind == (track->info->type == LIVEKIT__TRACK_TYPE__AUDIO
                       ? RTC_SDP_AUDIO : RTC_SDP_VIDEO);
}


static ngx_uint_t
ngx_rtc_sfu_publish_sends(const rtc_sdp_media_t *m)
{
    return !m->rejected
           && (m->direction & RTC_SDP_SENDONLY)
           && (m->kind == RTC_SDP_AUDIO || m->kind == RTC_SDP_VIDEO);
}


static ngx_int_t
ngx_rtc_sfu_publish_assign_all(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer, ngx_rtc_sfu_publish_find_pt find)
{
    size_t                i;
    rtc_sdp_media_t      *m;
    ngx_rtc_sfu_track_t  *track;

    for (i = 0; i < offer->nmedia; i++) {
        m = &offer->media[i];

        if (!ngx_rtc_sfu_publish_sends(m)) {
            continue;
        }

        track = find(p, m);

        if (track && ngx_rtc_sfu_publish_assign(track, m) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_publish_assign(ngx_rtc_sfu_track_t *track,
    const rtc_sdp_media_t *m)
{
    rtc_str_t  cid;

    if (track->mid.len) {
        return NGX_OK;
    }

    if (rtc_sdp_cid(m, &cid) != RTC_OK) {
        cid.data = track->cid.data;
        cid.len = track->cid.len;
    }

    track->sdp_cid.len = cid.len;
    track->sdp_cid.data = (u_char *) ngx_rtc_sfu_signal_string(track->pool,
                                                        cid.data, cid.len);

    track->mid.data = (u_char *) ngx_rtc_sfu_signal_string(track->pool,
                                                           m->mid.data,
                                                           m->mid.len);

    if (track->sdp_cid.data == NULL || track->mid.data == NULL) {
        return NGX_ERROR;
    }

    track->mid.len = m->mid.len;

    return NGX_OK;
}


/* track is NULL while AddTrack has not come: all we know is answered then */

static void
ngx_rtc_sfu_publish_decide(ngx_rtc_sfu_track_t *track,
    const rtc_sdp_media_t *m, rtc_sdp_decision_t *decision)
{
    size_t              i;
    rtc_sdp_payload_t  *payload;

    decision->direction = RTC_SDP_RECVONLY;

    for (i = RTC_TRACK_MAX_LAYERS; i < m->nrids; i++) {
        decision->refused |= (uint8_t) (1 << i);
    }

    if (m->kind == RTC_SDP_AUDIO) {
        decision->codec = RTC_CODEC_OPUS;
        decision->dtx = !(track && track->info->disable_dtx);
        decision->stereo = track && track->info->stereo;
        decision->red = track && !track->info->disable_red
                        && track->info->encryption
                           == LIVEKIT__ENCRYPTION__TYPE__NONE;
        decision->nack = !decision->red;
        return;
    }

    if (track == NULL) {
        return;
    }

    payload = NULL;

    if (track->codec != RTC_CODEC_NONE) {
        payload = rtc_sdp_payload_codec(m, track->codec);
    }

    if (payload) {
        decision->codec = track->codec;
        decision->only = 1;
    }
}


static rtc_sdp_t *
ngx_rtc_sfu_publish_answer(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const rtc_sdp_t *offer)
{
    size_t                i;
    rtc_sdp_media_t      *m;
    rtc_sdp_decision_t   *decisions;
    ngx_rtc_sfu_track_t  *track;

    decisions = ngx_pcalloc(pool, ngx_max(offer->nmedia, 1)
                                  * sizeof(rtc_sdp_decision_t));
    if (decisions == NULL) {
        return NULL;
    }

    /* a section that names no track must not get one that another names */

    if (ngx_rtc_sfu_publish_assign_all(p, offer, ngx_rtc_sfu_publish_named)
        != NGX_OK
        || ngx_rtc_sfu_publish_assign_all(p, offer, ngx_rtc_sfu_publish_match)
           != NGX_OK)
    {
        return NULL;
    }

    for (i = 0; i < offer->nmedia; i++) {
        m = &offer->media[i];

        if (!ngx_rtc_sfu_publish_sends(m)) {
            continue;
        }

        track = ngx_rtc_sfu_publish_named(p, m);

        if (track || !ngx_rtc_sfu_publish_is_idle(p, m)) {
            ngx_rtc_sfu_publish_decide(track, m, &decisions[i]);
        }
    }

    if (p->client.single
        && ngx_rtc_sfu_single_decide(p, pool, offer, decisions) != NGX_OK)
    {
        return NULL;
    }

    return ngx_rtc_sfu_pc_answer(p->publisher, pool, offer, decisions);
}


/* both ways, but without a track of the client's: it is there for ours */

static ngx_uint_t
ngx_rtc_sfu_publish_is_idle(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_media_t *m)
{
    rtc_str_t  cid;

    return p->client.single
           && (m->direction & RTC_SDP_RECVONLY)
           && rtc_sdp_cid(m, &cid) != RTC_OK;
}


static ngx_int_t
ngx_rtc_sfu_publish_send(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    char *text, uint32_t id)
{
    Livekit__SignalResponse      response = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__SessionDescription  answer = LIVEKIT__SESSION_DESCRIPTION__INIT;

    answer.type = "answer";
    answer.sdp = text;
    answer.id = id;

    if (p->client.single
        && ngx_rtc_sfu_single_map(p, pool, &answer) != NGX_OK)
    {
        return NGX_ERROR;
    }

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_ANSWER;
    response.answer = &answer;

    ngx_rtc_sfu_participant_send(p, &response);

    return NGX_OK;
}


void
ngx_rtc_sfu_publish_bind_late(ngx_rtc_sfu_participant_t *p)
{
    rtc_sdp_t   *offer, *answer;
    ngx_pool_t  *pool;

    if (p->publish.answer == NULL) {
        return;
    }

    pool = ngx_create_pool(NGX_DEFAULT_POOL_SIZE, p->room->worker->log);
    if (pool == NULL) {
        return;
    }

    offer = ngx_rtc_sfu_pc_parse(p->publisher, pool, p->publish.offer);
    answer = ngx_rtc_sfu_pc_parse(p->publisher, pool, p->publish.answer);

    if (offer == NULL || answer == NULL) {
        goto done;
    }

    /* only by name here: another offer may be on its way */

    if (ngx_rtc_sfu_publish_assign_all(p, offer, ngx_rtc_sfu_publish_named)
        != NGX_OK)
    {
        goto done;
    }

    ngx_rtc_sfu_publish_bind(p, offer, answer, 0);

done:

    ngx_destroy_pool(pool);
}


static void
ngx_rtc_sfu_publish_bind(ngx_rtc_sfu_participant_t *p, const rtc_sdp_t *offer,
    const rtc_sdp_t *answer, ngx_uint_t changed)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (track->media == NULL
            && track->mid.len
            && ngx_rtc_sfu_publish_bind_track(track, offer, answer) == NGX_OK)
        {
            ngx_rtc_sfu_subscribe_track(track);
            changed = 1;
        }
    }

    /* others know of a track before it is offered, at the end of the turn */

    if (changed) {
        ngx_rtc_sfu_room_changed(p->room, p, 0);
    }
}


/* the extensions by which the uplink finds tracks are those of the bundle */

static void
ngx_rtc_sfu_publish_set_exts(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *answer)
{
    size_t            i, j;
    rtc_ext_map_t    *exts;
    rtc_sdp_media_t  *m;

    exts = &p->publisher->exts;
    ngx_memzero(exts, sizeof(rtc_ext_map_t));

    for (i = 0; i < answer->nmedia; i++) {
        m = &answer->media[i];

        for (j = 0; j < m->nexts; j++) {
            exts->id[m->exts[j].ext] = m->exts[j].id;
        }
    }

    if (p->publisher->uplink) {
        rtc_uplink_set_exts(p->publisher->uplink, exts);
    }
}


static ngx_int_t
ngx_rtc_sfu_publish_bind_track(ngx_rtc_sfu_track_t *track,
    const rtc_sdp_t *offer, const rtc_sdp_t *answer)
{
    rtc_str_t             mid;
    rtc_track_conf_t      conf;
    rtc_sdp_media_t      *offered, *answered;
    rtc_sdp_payload_t    *payload;
    rtc_sdp_negotiated_t  n;

    mid.data = track->mid.data;
    mid.len = track->mid.len;

    offered = rtc_sdp_find_mid(offer, mid);
    answered = rtc_sdp_find_mid(answer, mid);

    if (offered == NULL || answered == NULL
        || !ngx_rtc_sfu_publish_is_kind(track, answered))
    {
        return NGX_DECLINED;
    }

    if (rtc_sdp_negotiated(answer, mid, track->codec, &n) != RTC_OK
        && rtc_sdp_negotiated(answer, mid, RTC_CODEC_NONE, &n) != RTC_OK)
    {
        ngx_log_error(NGX_LOG_INFO, &track->publisher->log, 0,
                      "sfu: no codec for %V", &track->sid);
        return NGX_DECLINED;
    }

    ngx_memzero(&conf, sizeof(rtc_track_conf_t));

    conf.owner = track;
    conf.codec = n.codec;
    conf.clock = n.clock;
    conf.pt = n.pt;
    conf.rtx_pt = n.rtx_pt;
    conf.red_pt = n.red_pt;
    conf.mid = mid;
    conf.nack = (n.feedback & RTC_SDP_FB_NACK) != 0;
    conf.pli = (n.feedback & RTC_SDP_FB_PLI) != 0;
    conf.fir = (n.feedback & RTC_SDP_FB_FIR) != 0;

    ngx_memcpy(conf.exts.id, n.exts, sizeof(n.exts));

    ngx_rtc_sfu_publish_layers(offered, answered, &conf);

    payload = rtc_sdp_payload(answered, n.pt);
    track->h264_profile = payload ? payload->h264_profile : 0;

    return ngx_rtc_sfu_track_bind(track, &conf);
}


/*
 * Layers from low to high: LiveKit's SDKs name them q, h, f, some 2, 1, 0, and
 * list them in either order.  Other names are taken in the order of the SDP.
 * With rids all SSRCs are learned from the packets, since browsers do not tell
 * which is whose.
 */

static void
ngx_rtc_sfu_publish_layers(const rtc_sdp_media_t *offered,
    const rtc_sdp_media_t *answered, rtc_track_conf_t *conf)
{
    size_t     i, j;
    rtc_str_t  rid;

    for (i = 0; i < answered->nrids && conf->nlayers < RTC_TRACK_MAX_LAYERS;
         i++)
    {
        rid = answered->rids[i].id;

        for (j = conf->nlayers++; j > 0; j--) {

            if (ngx_rtc_sfu_publish_rank(conf->layers[j - 1].rid)
                <= ngx_rtc_sfu_publish_rank(rid))
            {
                break;
            }

            conf->layers[j] = conf->layers[j - 1];
        }

        conf->layers[j].rid = rid;
    }

    if (conf->nlayers) {
        return;
    }

    conf->nlayers = 1;

    if (offered->nssrcs) {
        conf->layers[0].ssrc = offered->ssrcs[0].ssrc;
        conf->layers[0].rtx_ssrc = offered->ssrcs[0].rtx;
    }
}


static ngx_uint_t
ngx_rtc_sfu_publish_rank(rtc_str_t rid)
{
    u_char  *p;

    static u_char  names[] = "q2h1f0";

    if (rid.len != 1) {
        return 0;
    }

    p = ngx_strlchr(names, names + sizeof(names) - 1, rid.data[0]);

    return p ? (ngx_uint_t) (p - names) / 2 : 0;
}
