
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is measured: the cells of counters, of the whole installation, and the
 * gauges of each worker; and the table that gives them names.
 */


#ifndef NGX_RTC_SFU_METRIC_H_INCLUDED
#define NGX_RTC_SFU_METRIC_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "rtc_histogram.h"


/* how a join ended, see ngx_rtc_sfu_metrics_join() */

typedef enum {
    NGX_RTC_SFU_JOIN_IS_OK = 0,
    NGX_RTC_SFU_JOIN_IS_REQUEST,        /* no WebSocket handshake, or no
                                           join_request to be used */
    NGX_RTC_SFU_JOIN_IS_TOKEN,          /* refused */
    NGX_RTC_SFU_JOIN_IS_NOT_FOUND,
    NGX_RTC_SFU_JOIN_IS_CLOSED,
    NGX_RTC_SFU_JOIN_IS_FULL,
    NGX_RTC_SFU_JOIN_IS_TAKEN,          /* the identity */
    NGX_RTC_SFU_JOIN_IS_RESUME,         /* of a session that is not kept */
    NGX_RTC_SFU_JOIN_IS_RESUMED,        /* a session of this worker */
    NGX_RTC_SFU_JOIN_IS_CARRIED,        /* .. and of another one */
    NGX_RTC_SFU_JOIN_IS_UNAVAILABLE,    /* no Redis, no media port */
    NGX_RTC_SFU_JOIN_IS_GONE,           /* the client did not wait */
    NGX_RTC_SFU_JOIN_IS_ERROR,
    NGX_RTC_SFU_JOIN_RESULTS
} ngx_rtc_sfu_join_result_e;


#define NGX_RTC_SFU_HISTOGRAM  (sizeof(rtc_histogram_t) / sizeof(uint64_t))


/* cells of counters; a change of them is another NGX_RTC_SFU_ZONE_VERSION */

typedef enum {
    NGX_RTC_SFU_PACKETS_IN = 0,
    NGX_RTC_SFU_PACKETS_OUT,
    NGX_RTC_SFU_BYTES_IN,
    NGX_RTC_SFU_BYTES_OUT,

    NGX_RTC_SFU_RTP_IN,
    NGX_RTC_SFU_RTP_OUT,
    NGX_RTC_SFU_RTP_BYTES_IN,
    NGX_RTC_SFU_RTP_BYTES_OUT,
    NGX_RTC_SFU_RTP_LOST,

    NGX_RTC_SFU_DROP_STUN_UNKNOWN,      /* the port's */
    NGX_RTC_SFU_DROP_TUPLE_UNKNOWN,
    NGX_RTC_SFU_DROP_TOO_LONG,
    NGX_RTC_SFU_DROP_NO_ROOM,
    NGX_RTC_SFU_DROP_SYSTEM,
    NGX_RTC_SFU_DROP_STUN_REFUSED,      /* transports' */
    NGX_RTC_SFU_DROP_DTLS_REFUSED,
    NGX_RTC_SFU_DROP_SRTP_REFUSED,
    NGX_RTC_SFU_DROP_SRTP_FORGED,
    NGX_RTC_SFU_DROP_SRTP_REPLAYED,
    NGX_RTC_SFU_DROP_SSRC_REFUSED,
    NGX_RTC_SFU_DROP_BATCH_FULL,
    NGX_RTC_SFU_DROP_SEND_REFUSED,
    NGX_RTC_SFU_DROP_MALFORMED,         /* publishers' */
    NGX_RTC_SFU_DROP_UNKNOWN_SSRC,
    NGX_RTC_SFU_DROP_UNKNOWN_PT,
    NGX_RTC_SFU_DROP_DUPLICATE,
    NGX_RTC_SFU_DROP_OLD,
    NGX_RTC_SFU_DROP_MUTED,
    NGX_RTC_SFU_DROP_NO_MEMORY,
    NGX_RTC_SFU_DROP_LATE,              /* subscribers' */
    NGX_RTC_SFU_DROP_RTCP_MALFORMED,    /* both */
    NGX_RTC_SFU_DROP_RELAY_UNKNOWN,     /* relays' */
    NGX_RTC_SFU_DROP_RELAY_FORGED,
    NGX_RTC_SFU_DROP_RELAY_REPLAYED,

    NGX_RTC_SFU_NACKS_IN,
    NGX_RTC_SFU_NACKS_OUT,
    NGX_RTC_SFU_NACK_REPEATED,
    NGX_RTC_SFU_NACK_MISSED,
    NGX_RTC_SFU_NACK_LIMITED,
    NGX_RTC_SFU_PLIS_IN,
    NGX_RTC_SFU_PLIS_OUT,
    NGX_RTC_SFU_RTX_IN,
    NGX_RTC_SFU_RTX_OUT,

    NGX_RTC_SFU_RELAY_IN,
    NGX_RTC_SFU_RELAY_OUT,
    NGX_RTC_SFU_RELAY_BYTES_IN,
    NGX_RTC_SFU_RELAY_BYTES_OUT,
    NGX_RTC_SFU_LINK_MESSAGES_IN,
    NGX_RTC_SFU_LINK_MESSAGES_OUT,
    NGX_RTC_SFU_LINK_CONNECTS,
    NGX_RTC_SFU_LINK_REFUSED,
    NGX_RTC_SFU_LINK_DROPPED,

    NGX_RTC_SFU_SEGMENTED,

    NGX_RTC_SFU_DATA_IN,
    NGX_RTC_SFU_DATA_OUT,
    NGX_RTC_SFU_DATA_DROPPED,
    NGX_RTC_SFU_DATA_REFUSED,
    NGX_RTC_SFU_DATA_OVERFLOWS,

    NGX_RTC_SFU_DTLS_FAILED,
    NGX_RTC_SFU_TCP_ACCEPTED,
    NGX_RTC_SFU_TCP_REFUSED,
    NGX_RTC_SFU_TCP_ERRORS,

    NGX_RTC_SFU_WS_ACCEPTED,
    NGX_RTC_SFU_WS_OVERFLOWS,
    NGX_RTC_SFU_WS_PROTOCOL_ERRORS,

    NGX_RTC_SFU_WEBHOOKS_DELIVERED,
    NGX_RTC_SFU_WEBHOOKS_FAILED,

    NGX_RTC_SFU_REDIS_COMMANDS,
    NGX_RTC_SFU_REDIS_ERRORS,
    NGX_RTC_SFU_REDIS_TIMEOUTS,
    NGX_RTC_SFU_REDIS_REFUSED,
    NGX_RTC_SFU_REDIS_CONNECTS,
    NGX_RTC_SFU_REDIS_MESSAGES,

    NGX_RTC_SFU_JOINS,                  /* one of each result */
    NGX_RTC_SFU_JOIN_TIME = NGX_RTC_SFU_JOINS + NGX_RTC_SFU_JOIN_RESULTS,
    NGX_RTC_SFU_REDIS_TIME = NGX_RTC_SFU_JOIN_TIME + NGX_RTC_SFU_HISTOGRAM,
    NGX_RTC_SFU_FORWARD_TIME = NGX_RTC_SFU_REDIS_TIME + NGX_RTC_SFU_HISTOGRAM,
    NGX_RTC_SFU_CELLS = NGX_RTC_SFU_FORWARD_TIME + NGX_RTC_SFU_HISTOGRAM
} ngx_rtc_sfu_cell_e;


typedef enum {
    NGX_RTC_SFU_GAUGE_INFO = 0,         /* 1 */
    NGX_RTC_SFU_GAUGE_DRAINING,
    NGX_RTC_SFU_GAUGE_READY,
    NGX_RTC_SFU_GAUGE_ROOMS,
    NGX_RTC_SFU_GAUGE_PARTICIPANTS,
    NGX_RTC_SFU_GAUGE_TRACKS,
    NGX_RTC_SFU_GAUGE_SUBSCRIPTIONS,
    NGX_RTC_SFU_GAUGE_LINKS,
    NGX_RTC_SFU_GAUGE_LEGS,
    NGX_RTC_SFU_GAUGE_TRANSPORTS,
    NGX_RTC_SFU_GAUGE_TCP,
    NGX_RTC_SFU_GAUGE_WEBSOCKETS,
    NGX_RTC_SFU_GAUGE_REDIS_UP,
    NGX_RTC_SFU_GAUGE_REDIS_PENDING,
    NGX_RTC_SFU_GAUGES
} ngx_rtc_sfu_gauge_e;


typedef enum {
    NGX_RTC_SFU_COUNTER = 0,
    NGX_RTC_SFU_HISTOGRAM_US,           /* shown in seconds */
    NGX_RTC_SFU_GAUGE                   /* has the label "worker" */
} ngx_rtc_sfu_metric_type_e;


typedef struct {
    ngx_str_t                    name;          /* ends in its unit */
    ngx_rtc_sfu_metric_type_e    type;
    const char                  *help;
    ngx_uint_t                   first;         /* cell or gauge */

    /* a counter of several cells: their label, and its value in each */
    const char                  *label;
    const char *const           *values;
    ngx_uint_t                   n;
} ngx_rtc_sfu_metric_t;


/* ends with an empty name */

extern const ngx_rtc_sfu_metric_t  ngx_rtc_sfu_metric_table[];

extern const char *const  ngx_rtc_sfu_join_results[NGX_RTC_SFU_JOIN_RESULTS];


#endif /* NGX_RTC_SFU_METRIC_H_INCLUDED */
