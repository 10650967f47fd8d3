
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_metrics.h"
#include "ngx_rtc_sfu_resume.h"
#include "ngx_rtc_sfu_worker.h"


static void ngx_rtc_sfu_resume_refuse(ngx_event_t *ev);


static ngx_str_t  ngx_rtc_sfu_resume_nothing = ngx_null_string;


ngx_int_t
ngx_rtc_sfu_resume(ngx_rtc_sfu_join_t *join)
{
    join->event.handler = ngx_rtc_sfu_resume_refuse;
    join->event.data = &join->ident;
    join->event.log = join->worker->log;

    ngx_post_event(&join->event, &ngx_posted_events);

    return ngx_rtc_sfu_join_wait(join);
}


/* the session is not kept: the client starts a new one at once */

static void
ngx_rtc_sfu_resume_refuse(ngx_event_t *ev)
{
    size_t                    len;
    u_char                    buf[64];
    ngx_http_request_t       *r;
    ngx_rtc_sfu_ws_t         *ws;
    ngx_rtc_sfu_join_t       *join = ngx_rtc_ident_data(ev);
    ngx_rtc_sfu_worker_t     *worker;
    Livekit__LeaveRequest     leave = LIVEKIT__LEAVE_REQUEST__INIT;
    Livekit__SignalResponse   response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    worker = join->worker;

    r = ngx_rtc_sfu_join_take(join);
    ngx_rtc_sfu_join_free(join);

    ngx_rtc_sfu_metrics_join(worker->metrics, r, NGX_RTC_SFU_JOIN_IS_RESUME);

    /* no handler is called after close */

    ws = ngx_rtc_sfu_ws_accept(&worker->sockets, r,
                               &ngx_rtc_sfu_participant_ws_handlers, NULL);
    if (ws == NULL) {
        ngx_rtc_sfu_join_finish(r, NGX_HTTP_INTERNAL_SERVER_ERROR,
                                &ngx_rtc_sfu_resume_nothing);
        return;
    }

    leave.can_reconnect = 1;
    leave.action = LIVEKIT__LEAVE_REQUEST__ACTION__RECONNECT;
    leave.reason = LIVEKIT__DISCONNECT_REASON__STATE_MISMATCH;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_LEAVE;
    response.leave = &leave;

    len = livekit__signal_response__get_packed_size(&response);

    if (len <= sizeof(buf)) {
        livekit__signal_response__pack(&response, buf);
        (void) ngx_rtc_sfu_ws_send(ws, 0, buf, len);
    }

    ngx_rtc_sfu_ws_close(ws, NGX_RTC_SFU_WS_NORMAL);
}
