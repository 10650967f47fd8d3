
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_line.h"
#include "ngx_rtc_sfu_ping.h"


/*
 * Seconds.  LiveKit's SDK for browsers gathers no new candidates before it
 * knows that its connection is dead, and tries until it has resumed: its media
 * goes on meanwhile, so a mistake costs little.  Less than three make mistakes
 * on a machine that is busy.  Other SDKs give up their session if the first try
 * fails: they had better wait until the network is there again.
 */

#define NGX_RTC_SFU_PING_INTERVAL_JS  1
#define NGX_RTC_SFU_PING_TIMEOUT_JS   3
#define NGX_RTC_SFU_PING_INTERVAL     5
#define NGX_RTC_SFU_PING_TIMEOUT      15

/* ms without a message of a client that pings every second */
#define NGX_RTC_SFU_PING_LATE         900


static ngx_uint_t ngx_rtc_sfu_ping_is_js(const ngx_rtc_sfu_participant_t *p);
static int64_t ngx_rtc_sfu_ping_now(void);


void
ngx_rtc_sfu_ping_set(const ngx_rtc_sfu_participant_t *p,
    Livekit__JoinResponse *join)
{
    if (ngx_rtc_sfu_ping_is_js(p)) {
        join->ping_interval = NGX_RTC_SFU_PING_INTERVAL_JS;
        join->ping_timeout = NGX_RTC_SFU_PING_TIMEOUT_JS;

    } else {
        join->ping_interval = NGX_RTC_SFU_PING_INTERVAL;
        join->ping_timeout = NGX_RTC_SFU_PING_TIMEOUT;
    }
}


static ngx_uint_t
ngx_rtc_sfu_ping_is_js(const ngx_rtc_sfu_participant_t *p)
{
    const ngx_str_t  *sdk;

    sdk = &p->client.sdk;

    return sdk->len == sizeof("js") - 1
           && ngx_strncasecmp(sdk->data, (u_char *) "js", sdk->len) == 0;
}


/* a round trip of more than a second is no reason to connect anew for ever */

void
ngx_rtc_sfu_ping_beat(ngx_rtc_sfu_participant_t *p)
{
    if (ngx_current_msec - p->heard >= NGX_RTC_SFU_PING_LATE
        && ngx_rtc_sfu_line_is_open(&p->line)
        && ngx_rtc_sfu_ping_is_js(p))
    {
        ngx_rtc_sfu_ping_pong(p);
    }
}


void
ngx_rtc_sfu_ping_pong(ngx_rtc_sfu_participant_t *p)
{
    Livekit__SignalResponse  response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_PONG;
    response.pong = ngx_rtc_sfu_ping_now();

    ngx_rtc_sfu_participant_send(p, &response);
}


void
ngx_rtc_sfu_ping_answer(ngx_rtc_sfu_participant_t *p,
    const Livekit__Ping *ping)
{
    Livekit__Pong            pong = LIVEKIT__PONG__INIT;
    Livekit__SignalResponse  response = LIVEKIT__SIGNAL_RESPONSE__INIT;

    pong.last_ping_timestamp = ping->timestamp;
    pong.timestamp = ngx_rtc_sfu_ping_now();

    response.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_PONG_RESP;
    response.pong_resp = &pong;

    ngx_rtc_sfu_participant_send(p, &response);
}


static int64_t
ngx_rtc_sfu_ping_now(void)
{
    ngx_time_t  *tp;

    tp = ngx_timeofday();

    return (int64_t) tp->sec * 1000 + tp->msec;
}
