
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_client.h"
#include "ngx_rtc_sfu_viewer.h"
#include "ngx_rtc_sfu_whep.h"
#include "ngx_rtc_sfu_wish.h"


#define NGX_RTC_SFU_WHEP_MAX_SECTIONS  8


static const char *ngx_rtc_sfu_whep_check(const rtc_sdp_t *offer);
static ngx_int_t ngx_rtc_sfu_whep_prepare(ngx_rtc_sfu_wish_t *w,
    ngx_rtc_sfu_participant_t *p);
static char *ngx_rtc_sfu_whep_answer(ngx_rtc_sfu_wish_t *w,
    ngx_rtc_sfu_participant_t *p);


static const ngx_rtc_sfu_wish_kind_t  ngx_rtc_sfu_whep_kind = {
    1,
    ngx_rtc_sfu_whep_check,
    ngx_rtc_sfu_whep_prepare,
    ngx_rtc_sfu_whep_answer
};


ngx_int_t
ngx_rtc_sfu_whep_handler(ngx_http_request_t *r)
{
    return ngx_rtc_sfu_wish_handler(r, &ngx_rtc_sfu_whep_kind);
}


/*
 * draft-ietf-wish-whep, 4.2: recvonly, or sendrecv.  Players that offer more
 * than we serve have the rest rejected in the answer.
 */

static const char *
ngx_rtc_sfu_whep_check(const rtc_sdp_t *offer)
{
    size_t            i;
    ngx_uint_t        n;
    rtc_sdp_media_t  *m;

    if (offer->nmedia > NGX_RTC_SFU_WHEP_MAX_SECTIONS) {
        return "There are too many sections.";
    }

    n = 0;

    for (i = 0; i < offer->nmedia; i++) {
        m = &offer->media[i];

        if (m->rejected
            || (m->kind != RTC_SDP_AUDIO && m->kind != RTC_SDP_VIDEO))
        {
            continue;
        }

        if (!(m->direction & RTC_SDP_RECVONLY)) {
            return "All sections have to be received.";
        }

        n++;
    }

    return n ? NULL : "There is nothing to play.";
}


static ngx_int_t
ngx_rtc_sfu_whep_prepare(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t *p)
{
    ngx_rtc_sfu_viewer_t  *viewer;

    viewer = ngx_pcalloc(p->pool, sizeof(ngx_rtc_sfu_viewer_t));

    if (viewer == NULL
        || ngx_rtc_sfu_client_arg(w->request, p->pool, "participant",
                                  &viewer->publisher)
           == NGX_ERROR
        || ngx_rtc_sfu_client_arg(w->request, p->pool, "track",
                                  &viewer->track)
           == NGX_ERROR)
    {
        return NGX_ERROR;
    }

    p->viewer = viewer;

    return NGX_OK;
}


static char *
ngx_rtc_sfu_whep_answer(ngx_rtc_sfu_wish_t *w, ngx_rtc_sfu_participant_t *p)
{
    char  *answer;

    answer = ngx_rtc_sfu_viewer_answer(p, w->request->pool, w->offer);

    if (answer == NULL) {
        w->status = NGX_HTTP_WISH_UNPROCESSABLE;
        w->reason = "The offer cannot be answered.";
    }

    return answer;
}
