
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_id.h"
#include "ngx_rtc_sfu_participant.h"
#include "ngx_rtc_sfu_uplink.h"


static void ngx_rtc_sfu_uplink_send_rtcp(void *ctx, const uint8_t *p,
    size_t len);
static void ngx_rtc_sfu_uplink_wake(void *ctx);
static void ngx_rtc_sfu_uplink_wait(void *ctx);
static void ngx_rtc_sfu_uplink_forward(ngx_event_t *ev);


static const rtc_out_t  ngx_rtc_sfu_uplink_out = {
    NULL,
    ngx_rtc_sfu_uplink_send_rtcp,
    ngx_rtc_sfu_uplink_wake,
    ngx_rtc_sfu_uplink_wait
};


ngx_int_t
ngx_rtc_sfu_uplink_start(ngx_rtc_sfu_pc_t *pc)
{
    rtc_uplink_conf_t           conf;
    ngx_rtc_sfu_participant_t  *p;

    if (pc->uplink) {
        return NGX_OK;
    }

    p = pc->participant;

    ngx_memzero(&conf, sizeof(rtc_uplink_conf_t));

    conf.ssrc = ngx_rtc_sfu_id_ssrc();
    conf.cname.data = p->room->sid.data;
    conf.cname.len = p->room->sid.len;
    conf.out = &ngx_rtc_sfu_uplink_out;
    conf.ctx = pc;

    if (rtc_transport_add_sender(pc->transport, conf.ssrc) == RTC_ERROR) {
        return NGX_ERROR;
    }

    pc->uplink = rtc_uplink_create(&conf);
    if (pc->uplink == NULL) {
        return NGX_ERROR;
    }

    rtc_uplink_set_exts(pc->uplink, &pc->exts);

    pc->forward.handler = ngx_rtc_sfu_uplink_forward;
    pc->forward.data = &p->ident;
    pc->forward.log = &p->log;

    return NGX_OK;
}


static void
ngx_rtc_sfu_uplink_send_rtcp(void *ctx, const uint8_t *p, size_t len)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    /* what cannot be sent is counted by the transport, and is not repeated */

    (void) rtc_transport_send_rtcp(pc->transport, p, len);
}


static void
ngx_rtc_sfu_uplink_wake(void *ctx)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    ngx_rtc_sfu_participant_rearm(pc->participant);
}


/* packets are forwarded when the loop turn has brought what there is */

static void
ngx_rtc_sfu_uplink_wait(void *ctx)
{
    ngx_rtc_sfu_pc_t  *pc = ctx;

    if (!pc->forward.posted) {
        ngx_post_event(&pc->forward, &ngx_posted_events);
    }
}


static void
ngx_rtc_sfu_uplink_forward(ngx_event_t *ev)
{
    ngx_rtc_sfu_pc_t  *pc;

    pc = (ngx_rtc_sfu_pc_t *)
             ((u_char *) ev - offsetof(ngx_rtc_sfu_pc_t, forward));

    rtc_uplink_flush(pc->uplink, ngx_rtc_sfu_media_now_us());

    ngx_rtc_sfu_media_measure(pc->media, pc->forward_us);
}
