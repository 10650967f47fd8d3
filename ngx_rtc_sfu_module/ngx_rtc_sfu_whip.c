
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_track.h"
#include "ngx_rtc_sfu_whip.h"
#include "ngx_rtc_sfu_wish.h"


#define NGX_RTC_SFU_WHIP_KINDS  2               /* audio and video */


static const char *ngx_rtc_sfu_whip_check(const rtc_sdp_t *offer);
static char *ngx_rtc_sfu_whip_answer(ngx_rtc_sfu_wish_t *w,
    ngx_rtc_sfu_participant_t *p);
static ngx_uint_t ngx_rtc_sfu_whip_add_tracks(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer);
static ngx_uint_t ngx_rtc_sfu_whip_is_bound(ngx_rtc_sfu_participant_t *p);


static const ngx_rtc_sfu_wish_kind_t  ngx_rtc_sfu_whip_kind = {
    0,
    ngx_rtc_sfu_whip_check,
    NULL,
    ngx_rtc_sfu_whip_answer
};


ngx_int_t
ngx_rtc_sfu_whip_handler(ngx_http_request_t *r)
{
    return ngx_rtc_sfu_wish_handler(r, &ngx_rtc_sfu_whip_kind);
}


/* RFC 9725, 4.4.2 knows one audio and one video, all of it sent */

static const char *
ngx_rtc_sfu_whip_check(const rtc_sdp_t *offer)
{
    size_t            i;
    ngx_uint_t        n[NGX_RTC_SFU_WHIP_KINDS];
    rtc_sdp_media_t  *m;

    ngx_memzero(n, sizeof(n));

    for (i = 0; i < offer->nmedia; i++) {
        m = &offer->media[i];

        if (m->kind != RTC_SDP_AUDIO && m->kind != RTC_SDP_VIDEO) {
            return "Only audio and video can be published.";
        }

        if (m->rejected || !(m->direction & RTC_SDP_SENDONLY)) {
            return "All sections have to be sent.";
        }

        if (n[m->kind == RTC_SDP_VIDEO]++) {
            return "There can be one audio and one video.";
        }
    }

    return offer->nmedia ? NULL : "There is nothing to publish.";
}


static char *
ngx_rtc_sfu_whip_answer(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t *p)
{
    char  *answer;

    if (ngx_rtc_sfu_whip_add_tracks(p, w->offer) != w->offer->nmedia) {
        w->status = NGX_HTTP_FORBIDDEN;
        w->reason = "The room or the token does not allow this media.";
        return NULL;
    }

    answer = ngx_rtc_sfu_publish_exchange(p, w->request->pool,
                                          (char *) w->body.data);

    if (answer == NULL || !ngx_rtc_sfu_whip_is_bound(p)) {
        w->status = NGX_HTTP_WISH_UNPROCESSABLE;
        w->reason = "The offer cannot be answered.";
        return NULL;
    }

    return answer;
}


/* a camera and a microphone, as if AddTrack had come; how many were let in */

static ngx_uint_t
ngx_rtc_sfu_whip_add_tracks(ngx_rtc_sfu_participant_t *p,
    const rtc_sdp_t *offer)
{
    size_t                    i;
    ngx_uint_t                n;
    ngx_queue_t              *q;
    Livekit__AddTrackRequest  request;

    for (i = 0; i < offer->nmedia; i++) {
        livekit__add_track_request__init(&request);

        request.disable_red = 1;

        if (offer->media[i].kind == RTC_SDP_AUDIO) {
            request.cid = "whip audio";
            request.type = LIVEKIT__TRACK_TYPE__AUDIO;
            request.source = LIVEKIT__TRACK_SOURCE__MICROPHONE;

        } else {
            request.cid = "whip video";
            request.type = LIVEKIT__TRACK_TYPE__VIDEO;
            request.source = LIVEKIT__TRACK_SOURCE__CAMERA;
        }

        ngx_rtc_sfu_track_add(p, &request);
    }

    n = 0;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        n++;
    }

    return n;
}


/* RFC 9725: all of the offer is taken or nothing */

static ngx_uint_t
ngx_rtc_sfu_whip_is_bound(ngx_rtc_sfu_participant_t *p)
{
    ngx_queue_t          *q;
    ngx_rtc_sfu_track_t  *track;

    for (q = ngx_queue_head(&p->tracks);
         q != ngx_queue_sentinel(&p->tracks);
         q = ngx_queue_next(q))
    {
        track = ngx_queue_data(q, ngx_rtc_sfu_track_t, queue);

        if (track->media == NULL) {
            return 0;
        }
    }

    return 1;
}
