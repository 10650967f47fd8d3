
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_negotiate.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_single.h"
#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_worker.h"


typedef Livekit__SessionDescription__MidToTrackIdEntry
    ngx_rtc_sfu_mid_entry_t;


/* by rtc_sdp_kind_e, audio and video */

typedef struct {
    ngx_uint_t                   waiting[2];    /* subscriptions */
    ngx_uint_t                   idle[2];       /* sections for them */
    ngx_uint_t                   unclean;       /* sections to be cleared */
} ngx_rtc_sfu_single_need_t;


static void ngx_rtc_sfu_single_event(ngx_event_t *ev);
static ngx_int_t ngx_rtc_sfu_single_follow(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer, const rtc_sdp_decision_t *decisions);
static void ngx_rtc_sfu_single_rename(ngx_rtc_sfu_section_t *section,
    const rtc_sdp_media_t *m);
static ngx_uint_t ngx_rtc_sfu_single_receives(const rtc_sdp_media_t *m,
    const rtc_sdp_decision_t *decision);
static void ngx_rtc_sfu_single_place(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer);
static ngx_int_t ngx_rtc_sfu_single_section(ngx_rtc_sfu_subscription_t *s,
    const rtc_sdp_t *offer);
static ngx_uint_t ngx_rtc_sfu_single_is_idle(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_section_t *section, ngx_uint_t kind);
static ngx_uint_t ngx_rtc_sfu_single_waits(
    const ngx_rtc_sfu_subscription_t *s);
static ngx_uint_t ngx_rtc_sfu_single_kind(const ngx_rtc_sfu_track_t *track);
static ngx_int_t ngx_rtc_sfu_single_describe(ngx_rtc_sfu_subscription_t *s,
    ngx_pool_t *pool, rtc_sdp_decision_t *decision);
static void ngx_rtc_sfu_single_format(const ngx_rtc_sfu_track_t *track,
    rtc_sdp_decision_t *decision);
static void ngx_rtc_sfu_single_ask(ngx_rtc_sfu_participant_t *p);
static void ngx_rtc_sfu_single_count(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_single_need_t *need);
static void ngx_rtc_sfu_single_require(ngx_rtc_sfu_participant_t *p,
    ngx_uint_t audios, ngx_uint_t videos);


ngx_int_t
ngx_rtc_sfu_single_init(ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_negotiation_t  *n;

    n = &p->negotiation;

    n->event.handler = ngx_rtc_sfu_single_event;
    n->event.data = &p->ident;
    n->event.log = &p->log;

    n->sections = ngx_array_create(p->pool, 8, sizeof(ngx_rtc_sfu_section_t));

    return n->sections ? NGX_OK : NGX_ERROR;
}


void
ngx_rtc_sfu_single_begin(ngx_rtc_sfu_participant_t *p)
{
    size_t                 i;
    Livekit__JoinRequest  *request;

    request = p->client.request;

    if (request == NULL) {
        return;
    }

    for (i = 0; i < request->n_add_track_requests; i++) {

        if (i == NGX_RTC_SFU_MAX_TRACKS) {
            ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                          "sfu: too many tracks in a request, n:%uz",
                          request->n_add_track_requests);
            break;
        }

        ngx_rtc_sfu_track_add(p, request->add_track_requests[i]);
    }

    if (request->publisher_offer) {
        ngx_rtc_sfu_publish_offer(p, p->client.pool,
                                  request->publisher_offer);
    }

    ngx_rtc_sfu_client_free(&p->client);
}


static void
ngx_rtc_sfu_single_event(ngx_event_t *ev)
{
    ngx_rtc_sfu_participant_t  *p = ngx_rtc_ident_data(ev);

    ngx_rtc_sfu_single_ask(p);
}


ngx_int_t
ngx_rtc_sfu_single_decide(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    const rtc_sdp_t *offer, rtc_sdp_decision_t *decisions)
{
    ngx_uint_t              i;
    ngx_rtc_sfu_section_t  *section;

    if (ngx_rtc_sfu_single_follow(p, offer, decisions) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_rtc_sfu_single_place(p, offer);

    section = p->negotiation.sections->elts;

    for (i = 0; i < p->negotiation.sections->nelts; i++) {

        if (section[i].subscription
            && ngx_rtc_sfu_single_describe(section[i].subscription, pool,
                                           &decisions[i])
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* our list of sections becomes that of the offer */

static ngx_int_t
ngx_rtc_sfu_single_follow(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer, const rtc_sdp_decision_t *decisions)
{
    ngx_uint_t                   i, n;
    rtc_sdp_media_t             *m;
    ngx_array_t                 *sections;
    ngx_rtc_sfu_section_t       *section;
    ngx_rtc_sfu_subscription_t  *s;

    sections = p->negotiation.sections;
    n = ngx_min(offer->nmedia, NGX_RTC_SFU_MAX_SECTIONS);

    while (sections->nelts < n) {
        section = ngx_array_push(sections);
        if (section == NULL) {
            return NGX_ERROR;
        }

        ngx_memzero(section, sizeof(ngx_rtc_sfu_section_t));
    }

    section = sections->elts;

    for (i = 0; i < sections->nelts; i++) {
        m = i < n ? &offer->media[i] : NULL;
        s = section[i].subscription;

        /* the array may have moved its elements */

        section[i].mid.data = section[i].mid_data;
        section[i].usable = m
                            && ngx_rtc_sfu_single_receives(m, &decisions[i]);

        if (s && (!section[i].usable
                  || section[i].mid.len != m->mid.len
                  || ngx_memcmp(section[i].mid.data, m->mid.data, m->mid.len)
                     != 0))
        {
            ngx_rtc_sfu_subscribe_move(s);
        }

        if (m) {
            ngx_rtc_sfu_single_rename(&section[i], m);
        }
    }

    return NGX_OK;
}


/* RFC 9429, 5.2.2: a section that was rejected may become another one */

static void
ngx_rtc_sfu_single_rename(ngx_rtc_sfu_section_t *section,
    const rtc_sdp_media_t *m)
{
    if (section->kind == m->kind
        && section->mid.len == m->mid.len
        && ngx_memcmp(section->mid.data, m->mid.data, m->mid.len) == 0)
    {
        return;
    }

    section->kind = (rtc_sdp_kind_e) m->kind;
    section->mid.len = m->mid.len;
    section->clean = 1;
    section->used = 0;

    ngx_memcpy(section->mid_data, m->mid.data, m->mid.len);
}


static ngx_uint_t
ngx_rtc_sfu_single_receives(const rtc_sdp_media_t *m,
    const rtc_sdp_decision_t *decision)
{
    return !m->rejected
           && m->bundled
           && m->rtcp_mux
           && m->mid.len <= RTC_TRACK_MAX_MID
           && (m->kind == RTC_SDP_AUDIO || m->kind == RTC_SDP_VIDEO)
           && (m->direction & RTC_SDP_RECVONLY)
           && decision->direction == RTC_SDP_INACTIVE;
}


/* finds a section for each subscription that has none */

static void
ngx_rtc_sfu_single_place(ngx_rtc_sfu_participant_t *p, const rtc_sdp_t *offer)
{
    ngx_int_t                    i;
    ngx_queue_t                 *q;
    ngx_rtc_sfu_section_t       *section;
    ngx_rtc_sfu_subscription_t  *s;

    section = p->negotiation.sections->elts;

    for (q = ngx_queue_head(&p->subscriptions);
         q != ngx_queue_sentinel(&p->subscriptions);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, queue);

        if (!ngx_rtc_sfu_single_waits(s)) {
            continue;
        }

        i = ngx_rtc_sfu_single_section(s, offer);

        if (i == NGX_ABORT) {
            ngx_rtc_sfu_negotiate_unsupported(s);
            continue;
        }

        if (i >= 0) {
            s->section = i;
            section[i].subscription = s;
            section[i].clean = 0;
            section[i].used = 1;
        }
    }
}


/* NGX_DECLINED: no section is idle, NGX_ABORT: the client lacks the codec */

static ngx_int_t
ngx_rtc_sfu_single_section(ngx_rtc_sfu_subscription_t *s,
    const rtc_sdp_t *offer)
{
    ngx_int_t               rc;
    ngx_uint_t              i, kind;
    rtc_sdp_decision_t      decision;
    ngx_rtc_sfu_section_t  *section;

    ngx_memzero(&decision, sizeof(rtc_sdp_decision_t));
    ngx_rtc_sfu_single_format(s->track, &decision);

    rc = NGX_DECLINED;
    kind = ngx_rtc_sfu_single_kind(s->track);
    section = s->subscriber->negotiation.sections->elts;

    for (i = 0; i < s->subscriber->negotiation.sections->nelts; i++) {

        if (!ngx_rtc_sfu_single_is_idle(s->subscriber, &section[i], kind)) {
            continue;
        }

        if (rtc_sdp_answer_sends(&offer->media[i], &decision)) {
            return i;
        }

        rc = NGX_ABORT;
    }

    return rc;
}


/*
 * A section that carried a track before is used again only after an answer
 * without it: clients notice the one that goes and the one that comes by the
 * direction.  Safari does not cope with a section that changes its track.
 */

static ngx_uint_t
ngx_rtc_sfu_single_is_idle(ngx_rtc_sfu_participant_t *p,
    const ngx_rtc_sfu_section_t *section, ngx_uint_t kind)
{
    return (ngx_uint_t) section->kind == kind
           && section->usable
           && section->clean
           && section->subscription == NULL
           && !(section->used && p->client.safari);
}


static ngx_uint_t
ngx_rtc_sfu_single_waits(const ngx_rtc_sfu_subscription_t *s)
{
    return s->section < 0 && !s->unwanted && !s->denied && !s->refused
           && s->track->media != NULL;
}


static ngx_uint_t
ngx_rtc_sfu_single_kind(const ngx_rtc_sfu_track_t *track)
{
    return track->info->type == LIVEKIT__TRACK_TYPE__AUDIO ? RTC_SDP_AUDIO
                                                           : RTC_SDP_VIDEO;
}


static ngx_int_t
ngx_rtc_sfu_single_describe(ngx_rtc_sfu_subscription_t *s, ngx_pool_t *pool,
    rtc_sdp_decision_t *decision)
{
    ngx_rtc_sfu_single_format(s->track, decision);

    decision->ssrc = s->ssrc;
    decision->rtx_ssrc = s->rtx_ssrc;

    return ngx_rtc_sfu_negotiate_name(s, pool, &decision->stream,
                                      &decision->track, &decision->cname);
}


static void
ngx_rtc_sfu_single_format(const ngx_rtc_sfu_track_t *track,
    rtc_sdp_decision_t *decision)
{
    decision->direction = RTC_SDP_SENDONLY;
    decision->codec = (uint8_t) track->codec;
    decision->only = 1;
    decision->h264_profile = track->h264_profile;
    decision->stereo = track->info->stereo;
    decision->red = track->red;
    decision->nack = !track->red;
}


ngx_int_t
ngx_rtc_sfu_single_map(ngx_rtc_sfu_participant_t *p, ngx_pool_t *pool,
    Livekit__SessionDescription *answer)
{
    ngx_uint_t                   i, n;
    ngx_array_t                 *sections;
    ngx_rtc_sfu_mid_entry_t     *entry, **map;
    ngx_rtc_sfu_section_t       *section;
    ngx_rtc_sfu_subscription_t  *s;

    sections = p->negotiation.sections;
    section = sections->elts;

    map = ngx_pcalloc(pool, ngx_max(sections->nelts, 1) * sizeof(*map));
    if (map == NULL) {
        return NGX_ERROR;
    }

    n = 0;

    for (i = 0; i < sections->nelts; i++) {
        s = section[i].subscription;

        if (s == NULL) {
            continue;
        }

        entry = ngx_palloc(pool, sizeof(*entry));
        if (entry == NULL) {
            return NGX_ERROR;
        }

        livekit__session_description__mid_to_track_id_entry__init(entry);

        entry->key = ngx_rtc_sfu_signal_string(pool, section[i].mid.data,
                                               section[i].mid.len);
        entry->value = (char *) s->track->sid.data;

        if (entry->key == NULL) {
            return NGX_ERROR;
        }

        map[n++] = entry;
    }

    answer->mid_to_track_id = map;
    answer->n_mid_to_track_id = n;

    return NGX_OK;
}


void
ngx_rtc_sfu_single_answered(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *answer)
{
    ngx_uint_t                   i;
    ngx_rtc_sfu_section_t       *section;
    ngx_rtc_sfu_negotiation_t   *n;
    ngx_rtc_sfu_subscription_t  *s;

    n = &p->negotiation;
    section = n->sections->elts;

    for (i = 0; i < n->sections->nelts; i++) {
        s = section[i].subscription;

        if (s == NULL) {
            section[i].clean = 1;

        } else if (s->forward == NULL && !s->refused) {
            ngx_rtc_sfu_negotiate_start(s, section[i].mid, answer);
        }
    }

    n->required = 0;
    n->asked[RTC_SDP_AUDIO] = 0;
    n->asked[RTC_SDP_VIDEO] = 0;

    ngx_rtc_sfu_single_ask(p);
}


/*
 * Asks for an offer if one would change anything, and for the sections that
 * are missing beyond those that were asked for since the last answer.  Before
 * its first offer the client needs no telling.
 */

static void
ngx_rtc_sfu_single_ask(ngx_rtc_sfu_participant_t *p)
{
    ngx_uint_t                  kind, missing[2], room, have;
    ngx_rtc_sfu_negotiation_t  *n;
    ngx_rtc_sfu_single_need_t   need;

    n = &p->negotiation;

    if (p->state == NGX_RTC_SFU_CLOSED || n->sections->nelts == 0) {
        return;
    }

    if (n->required
        && ngx_current_msec - n->offered > NGX_RTC_SFU_ANSWER_TIMEOUT)
    {
        ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                      "sfu: the client owes an offer, audios:%ui videos:%ui",
                      n->asked[RTC_SDP_AUDIO], n->asked[RTC_SDP_VIDEO]);

        n->required = 0;
        n->asked[RTC_SDP_AUDIO] = 0;
        n->asked[RTC_SDP_VIDEO] = 0;
    }

    ngx_rtc_sfu_single_count(p, &need);

    for (kind = RTC_SDP_AUDIO; kind <= RTC_SDP_VIDEO; kind++) {

        have = need.idle[kind] + n->asked[kind];
        missing[kind] = need.waiting[kind] > have ? need.waiting[kind] - have
                                                  : 0;

        room = n->sections->nelts + n->asked[RTC_SDP_AUDIO]
               + n->asked[RTC_SDP_VIDEO];
        room = room < NGX_RTC_SFU_MAX_SECTIONS ? NGX_RTC_SFU_MAX_SECTIONS - room
                                               : 0;

        if (missing[kind] > room) {
            ngx_log_error(NGX_LOG_INFO, &p->log, 0,
                          "sfu: no section left for %ui tracks",
                          missing[kind] - room);
            missing[kind] = room;
        }

        n->asked[kind] += missing[kind];
    }

    if (missing[RTC_SDP_AUDIO] || missing[RTC_SDP_VIDEO]) {
        ngx_rtc_sfu_single_require(p, missing[RTC_SDP_AUDIO],
                                   missing[RTC_SDP_VIDEO]);
        return;
    }

    if (n->required) {
        return;
    }

    if (need.unclean
        || ngx_min(need.waiting[RTC_SDP_AUDIO], need.idle[RTC_SDP_AUDIO])
        || ngx_min(need.waiting[RTC_SDP_VIDEO], need.idle[RTC_SDP_VIDEO]))
    {
        ngx_rtc_sfu_single_require(p, 0, 0);
    }
}


/* a section that is to be cleared can be used one offer later */

static void
ngx_rtc_sfu_single_count(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_single_need_t *need)
{
    ngx_uint_t                   i;
    ngx_queue_t                 *q;
    ngx_array_t                 *sections;
    ngx_rtc_sfu_section_t       *section;
    ngx_rtc_sfu_subscription_t  *s;

    ngx_memzero(need, sizeof(ngx_rtc_sfu_single_need_t));

    for (q = ngx_queue_head(&p->subscriptions);
         q != ngx_queue_sentinel(&p->subscriptions);
         q = ngx_queue_next(q))
    {
        s = ngx_queue_data(q, ngx_rtc_sfu_subscription_t, queue);

        if (ngx_rtc_sfu_single_waits(s)) {
            need->waiting[ngx_rtc_sfu_single_kind(s->track)]++;
        }
    }

    sections = p->negotiation.sections;
    section = sections->elts;

    for (i = 0; i < sections->nelts; i++) {

        if (section[i].subscription || !section[i].usable) {
            continue;
        }

        if (!section[i].clean) {
            need->unclean++;
        }

        if (!section[i].used || !p->client.safari) {
            need->idle[section[i].kind]++;
        }
    }
}


static void
ngx_rtc_sfu_single_require(ngx_rtc_sfu_participant_t *p, ngx_uint_t audios,
    ngx_uint_t videos)
{
    Livekit__SignalResponse            response;
    Livekit__MediaSectionsRequirement  requirement;

    livekit__signal_response__init(&response);
    livekit__media_sections_requirement__init(&requirement);

    requirement.num_audios = audios;
    requirement.num_videos = videos;

    response.message_case =
                  LIVEKIT__SIGNAL_RESPONSE__MESSAGE_MEDIA_SECTIONS_REQUIREMENT;
    response.media_sections_requirement = &requirement;

    p->negotiation.required = 1;
    p->negotiation.offered = ngx_current_msec;

    ngx_rtc_sfu_participant_send(p, &response);
}
