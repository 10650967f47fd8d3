
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_metric.h"


#define ngx_rtc_sfu_one(cell)          cell, NULL, NULL, 1
#define ngx_rtc_sfu_by(cell, label, values)                                  \
    cell, label, values, rtc_nelts(values)


static const char *const  ngx_rtc_sfu_metric_directions[] = { "in", "out" };


#define NGX_RTC_SFU_DROPS  NGX_RTC_SFU_DROP_STUN_UNKNOWN

static const char *const  ngx_rtc_sfu_metric_drops[] = {
    [NGX_RTC_SFU_DROP_STUN_UNKNOWN - NGX_RTC_SFU_DROPS] = "stun_unknown",
    [NGX_RTC_SFU_DROP_TUPLE_UNKNOWN - NGX_RTC_SFU_DROPS] = "tuple_unknown",
    [NGX_RTC_SFU_DROP_TOO_LONG - NGX_RTC_SFU_DROPS] = "too_long",
    [NGX_RTC_SFU_DROP_NO_ROOM - NGX_RTC_SFU_DROPS] = "no_room",
    [NGX_RTC_SFU_DROP_SYSTEM - NGX_RTC_SFU_DROPS] = "system",
    [NGX_RTC_SFU_DROP_STUN_REFUSED - NGX_RTC_SFU_DROPS] = "stun_refused",
    [NGX_RTC_SFU_DROP_DTLS_REFUSED - NGX_RTC_SFU_DROPS] = "dtls_refused",
    [NGX_RTC_SFU_DROP_SRTP_REFUSED - NGX_RTC_SFU_DROPS] = "srtp_refused",
    [NGX_RTC_SFU_DROP_SRTP_FORGED - NGX_RTC_SFU_DROPS] = "srtp_forged",
    [NGX_RTC_SFU_DROP_SRTP_REPLAYED - NGX_RTC_SFU_DROPS] = "srtp_replayed",
    [NGX_RTC_SFU_DROP_SSRC_REFUSED - NGX_RTC_SFU_DROPS] = "ssrc_refused",
    [NGX_RTC_SFU_DROP_BATCH_FULL - NGX_RTC_SFU_DROPS] = "batch_full",
    [NGX_RTC_SFU_DROP_SEND_REFUSED - NGX_RTC_SFU_DROPS] = "send_refused",
    [NGX_RTC_SFU_DROP_MALFORMED - NGX_RTC_SFU_DROPS] = "malformed",
    [NGX_RTC_SFU_DROP_UNKNOWN_SSRC - NGX_RTC_SFU_DROPS] = "unknown_ssrc",
    [NGX_RTC_SFU_DROP_UNKNOWN_PT - NGX_RTC_SFU_DROPS] = "unknown_pt",
    [NGX_RTC_SFU_DROP_DUPLICATE - NGX_RTC_SFU_DROPS] = "duplicate",
    [NGX_RTC_SFU_DROP_OLD - NGX_RTC_SFU_DROPS] = "old",
    [NGX_RTC_SFU_DROP_MUTED - NGX_RTC_SFU_DROPS] = "muted",
    [NGX_RTC_SFU_DROP_NO_MEMORY - NGX_RTC_SFU_DROPS] = "no_memory",
    [NGX_RTC_SFU_DROP_LATE - NGX_RTC_SFU_DROPS] = "late",
    [NGX_RTC_SFU_DROP_RTCP_MALFORMED - NGX_RTC_SFU_DROPS] = "rtcp_malformed",
    [NGX_RTC_SFU_DROP_RELAY_UNKNOWN - NGX_RTC_SFU_DROPS] = "relay_unknown",
    [NGX_RTC_SFU_DROP_RELAY_FORGED - NGX_RTC_SFU_DROPS] = "relay_forged",
    [NGX_RTC_SFU_DROP_RELAY_REPLAYED - NGX_RTC_SFU_DROPS] = "relay_replayed"
};


static const char *const  ngx_rtc_sfu_metric_nacks[] = {
    [NGX_RTC_SFU_NACK_REPEATED - NGX_RTC_SFU_NACK_REPEATED] = "repeated",
    [NGX_RTC_SFU_NACK_MISSED - NGX_RTC_SFU_NACK_REPEATED] = "missed",
    [NGX_RTC_SFU_NACK_LIMITED - NGX_RTC_SFU_NACK_REPEATED] = "limited"
};


static const char *const  ngx_rtc_sfu_metric_tcp[] = {
    [NGX_RTC_SFU_TCP_ACCEPTED - NGX_RTC_SFU_TCP_ACCEPTED] = "accepted",
    [NGX_RTC_SFU_TCP_REFUSED - NGX_RTC_SFU_TCP_ACCEPTED] = "refused",
    [NGX_RTC_SFU_TCP_ERRORS - NGX_RTC_SFU_TCP_ACCEPTED] = "failed"
};


static const char *const  ngx_rtc_sfu_metric_links[] = {
    [NGX_RTC_SFU_LINK_CONNECTS - NGX_RTC_SFU_LINK_CONNECTS] = "up",
    [NGX_RTC_SFU_LINK_REFUSED - NGX_RTC_SFU_LINK_CONNECTS] = "refused"
};


static const char *const  ngx_rtc_sfu_metric_data[] = {
    [NGX_RTC_SFU_DATA_IN - NGX_RTC_SFU_DATA_IN] = "in",
    [NGX_RTC_SFU_DATA_OUT - NGX_RTC_SFU_DATA_IN] = "out",
    [NGX_RTC_SFU_DATA_DROPPED - NGX_RTC_SFU_DATA_IN] = "dropped",
    [NGX_RTC_SFU_DATA_REFUSED - NGX_RTC_SFU_DATA_IN] = "refused"
};


static const char *const  ngx_rtc_sfu_metric_ws_errors[] = {
    [NGX_RTC_SFU_WS_OVERFLOWS - NGX_RTC_SFU_WS_OVERFLOWS] = "overflow",
    [NGX_RTC_SFU_WS_PROTOCOL_ERRORS - NGX_RTC_SFU_WS_OVERFLOWS] = "protocol"
};


static const char *const  ngx_rtc_sfu_metric_webhooks[] = {
    [NGX_RTC_SFU_WEBHOOKS_DELIVERED - NGX_RTC_SFU_WEBHOOKS_DELIVERED]
        = "delivered",
    [NGX_RTC_SFU_WEBHOOKS_FAILED - NGX_RTC_SFU_WEBHOOKS_DELIVERED] = "failed"
};


static const char *const  ngx_rtc_sfu_metric_redis_errors[] = {
    [NGX_RTC_SFU_REDIS_ERRORS - NGX_RTC_SFU_REDIS_ERRORS] = "answer",
    [NGX_RTC_SFU_REDIS_TIMEOUTS - NGX_RTC_SFU_REDIS_ERRORS] = "timeout",
    [NGX_RTC_SFU_REDIS_REFUSED - NGX_RTC_SFU_REDIS_ERRORS] = "refused"
};


const char *const  ngx_rtc_sfu_join_results[NGX_RTC_SFU_JOIN_RESULTS] = {
    [NGX_RTC_SFU_JOIN_IS_OK] = "ok",
    [NGX_RTC_SFU_JOIN_IS_REQUEST] = "handshake",
    [NGX_RTC_SFU_JOIN_IS_TOKEN] = "token",
    [NGX_RTC_SFU_JOIN_IS_NOT_FOUND] = "not_found",
    [NGX_RTC_SFU_JOIN_IS_CLOSED] = "closed",
    [NGX_RTC_SFU_JOIN_IS_FULL] = "full",
    [NGX_RTC_SFU_JOIN_IS_TAKEN] = "taken",
    [NGX_RTC_SFU_JOIN_IS_RESUME] = "resume",
    [NGX_RTC_SFU_JOIN_IS_RESUMED] = "resumed",
    [NGX_RTC_SFU_JOIN_IS_CARRIED] = "carried",
    [NGX_RTC_SFU_JOIN_IS_UNAVAILABLE] = "unavailable",
    [NGX_RTC_SFU_JOIN_IS_GONE] = "gone",
    [NGX_RTC_SFU_JOIN_IS_ERROR] = "error"
};


const ngx_rtc_sfu_metric_t  ngx_rtc_sfu_metric_table[] = {

    { ngx_string("rtc_sfu_worker_info"), NGX_RTC_SFU_GAUGE,
      "A worker process; their sum is the number of workers.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_INFO) },

    { ngx_string("rtc_sfu_worker_draining"), NGX_RTC_SFU_GAUGE,
      "Whether the worker takes no new participants and waits for its last.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_DRAINING) },

    { ngx_string("rtc_sfu_worker_ready"), NGX_RTC_SFU_GAUGE,
      "Whether the worker has a media port.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_READY) },

    { ngx_string("rtc_sfu_rooms"), NGX_RTC_SFU_GAUGE,
      "Rooms with a participant in the worker.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_ROOMS) },

    { ngx_string("rtc_sfu_participants"), NGX_RTC_SFU_GAUGE,
      "Participants that live in the worker.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_PARTICIPANTS) },

    { ngx_string("rtc_sfu_tracks"), NGX_RTC_SFU_GAUGE,
      "Tracks that participants of the worker publish.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_TRACKS) },

    { ngx_string("rtc_sfu_subscriptions"), NGX_RTC_SFU_GAUGE,
      "Tracks that participants of the worker get, each of each.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_SUBSCRIPTIONS) },

    { ngx_string("rtc_sfu_links"), NGX_RTC_SFU_GAUGE,
      "Links to other workers that are up.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_LINKS) },

    { ngx_string("rtc_sfu_legs"), NGX_RTC_SFU_GAUGE,
      "Tracks that other workers get from this one, each of each.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_LEGS) },

    { ngx_string("rtc_sfu_transports"), NGX_RTC_SFU_GAUGE,
      "Peer connections, connected or not.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_TRANSPORTS) },

    { ngx_string("rtc_sfu_tcp_connections"), NGX_RTC_SFU_GAUGE,
      "Open media connections over TCP.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_TCP) },

    { ngx_string("rtc_sfu_websockets"), NGX_RTC_SFU_GAUGE,
      "Open signalling connections.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_WEBSOCKETS) },

    { ngx_string("rtc_sfu_redis_up"), NGX_RTC_SFU_GAUGE,
      "Whether the worker is connected to Redis.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_REDIS_UP) },

    { ngx_string("rtc_sfu_redis_pending"), NGX_RTC_SFU_GAUGE,
      "Redis commands without an answer.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_GAUGE_REDIS_PENDING) },

    { ngx_string("rtc_sfu_packets_total"), NGX_RTC_SFU_COUNTER,
      "Datagrams, and frames over TCP, of the media ports.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_PACKETS_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_bytes_total"), NGX_RTC_SFU_COUNTER,
      "Their bytes, without IP and UDP.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_BYTES_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_segmented_packets_total"), NGX_RTC_SFU_COUNTER,
      "Datagrams out of which several left as one (UDP_SEGMENT).",
      ngx_rtc_sfu_one(NGX_RTC_SFU_SEGMENTED) },

    { ngx_string("rtc_sfu_forward_duration_seconds"), NGX_RTC_SFU_HISTOGRAM_US,
      "From a publisher's first packet of a loop turn to all copies' leave.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_FORWARD_TIME) },

    { ngx_string("rtc_sfu_rtp_packets_total"), NGX_RTC_SFU_COUNTER,
      "RTP packets from publishers, to subscribers, RTX included.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_RTP_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_rtp_bytes_total"), NGX_RTC_SFU_COUNTER,
      "Their bytes, decrypted.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_RTP_BYTES_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_rtp_lost_packets_total"), NGX_RTC_SFU_COUNTER,
      "RTP packets of publishers that never came; counted as a track ends.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_RTP_LOST) },

    { ngx_string("rtc_sfu_dropped_packets_total"), NGX_RTC_SFU_COUNTER,
      "Packets that were dropped.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_DROPS, "reason", ngx_rtc_sfu_metric_drops) },

    { ngx_string("rtc_sfu_nacked_packets_total"), NGX_RTC_SFU_COUNTER,
      "Packets that subscribers asked for again (in), we of publishers (out).",
      ngx_rtc_sfu_by(NGX_RTC_SFU_NACKS_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_nacks_ignored_total"), NGX_RTC_SFU_COUNTER,
      "Packets that subscribers asked for in vain.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_NACK_REPEATED, "reason",
                     ngx_rtc_sfu_metric_nacks) },

    { ngx_string("rtc_sfu_plis_total"), NGX_RTC_SFU_COUNTER,
      "Keyframes that subscribers asked for (in), we of publishers (out).",
      ngx_rtc_sfu_by(NGX_RTC_SFU_PLIS_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_rtx_packets_total"), NGX_RTC_SFU_COUNTER,
      "Packets that came again and repaired a loss, that were sent again.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_RTX_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_relay_packets_total"), NGX_RTC_SFU_COUNTER,
      "RTP packets from and to other workers.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_RELAY_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_relay_bytes_total"), NGX_RTC_SFU_COUNTER,
      "Their bytes, encrypted when sent, decrypted when received.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_RELAY_BYTES_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_link_messages_total"), NGX_RTC_SFU_COUNTER,
      "Messages from and to other workers.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_LINK_MESSAGES_IN, "direction",
                     ngx_rtc_sfu_metric_directions) },

    { ngx_string("rtc_sfu_link_connections_total"), NGX_RTC_SFU_COUNTER,
      "Links that came up, and connections that failed to prove the secret.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_LINK_CONNECTS, "result",
                     ngx_rtc_sfu_metric_links) },

    { ngx_string("rtc_sfu_link_dropped_total"), NGX_RTC_SFU_COUNTER,
      "Messages for other workers that were dropped, the queue was full.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_LINK_DROPPED) },

    { ngx_string("rtc_sfu_data_track_packets_total"), NGX_RTC_SFU_COUNTER,
      "Packets of data tracks: of publishers, to subscribers, not sent, bad.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_DATA_IN, "what", ngx_rtc_sfu_metric_data) },

    { ngx_string("rtc_sfu_dtls_failures_total"), NGX_RTC_SFU_COUNTER,
      "DTLS handshakes that failed.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_DTLS_FAILED) },

    { ngx_string("rtc_sfu_webhooks_total"), NGX_RTC_SFU_COUNTER,
      "Events for a URL: it has answered 2xx, or all attempts have failed.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_WEBHOOKS_DELIVERED, "result",
                     ngx_rtc_sfu_metric_webhooks) },

    { ngx_string("rtc_sfu_tcp_connections_total"), NGX_RTC_SFU_COUNTER,
      "Media connections over TCP: taken, one too many, closed as hostile.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_TCP_ACCEPTED, "result",
                     ngx_rtc_sfu_metric_tcp) },

    { ngx_string("rtc_sfu_data_overflows_total"), NGX_RTC_SFU_COUNTER,
      "Reliable DataPackets not sent, as too many waited for the receiver.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_DATA_OVERFLOWS) },

    { ngx_string("rtc_sfu_joins_total"), NGX_RTC_SFU_COUNTER,
      "Attempts to join, by their end.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_JOINS, "result", ngx_rtc_sfu_join_results) },

    { ngx_string("rtc_sfu_join_duration_seconds"), NGX_RTC_SFU_HISTOGRAM_US,
      "From the WebSocket to the connected transport.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_JOIN_TIME) },

    { ngx_string("rtc_sfu_websockets_total"), NGX_RTC_SFU_COUNTER,
      "Signalling connections that were accepted.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_WS_ACCEPTED) },

    { ngx_string("rtc_sfu_websocket_errors_total"), NGX_RTC_SFU_COUNTER,
      "Signalling connections closed as too slow, or for their protocol.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_WS_OVERFLOWS, "reason",
                     ngx_rtc_sfu_metric_ws_errors) },

    { ngx_string("rtc_sfu_redis_commands_total"), NGX_RTC_SFU_COUNTER,
      "Commands to Redis.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_REDIS_COMMANDS) },

    { ngx_string("rtc_sfu_redis_errors_total"), NGX_RTC_SFU_COUNTER,
      "Errors answered by Redis, no answer in time, commands refused by us.",
      ngx_rtc_sfu_by(NGX_RTC_SFU_REDIS_ERRORS, "reason",
                     ngx_rtc_sfu_metric_redis_errors) },

    { ngx_string("rtc_sfu_redis_connects_total"), NGX_RTC_SFU_COUNTER,
      "Connections to Redis that came up.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_REDIS_CONNECTS) },

    { ngx_string("rtc_sfu_redis_messages_total"), NGX_RTC_SFU_COUNTER,
      "Messages of channels of Redis.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_REDIS_MESSAGES) },

    { ngx_string("rtc_sfu_redis_duration_seconds"), NGX_RTC_SFU_HISTOGRAM_US,
      "From a command to its answer, probes included.",
      ngx_rtc_sfu_one(NGX_RTC_SFU_REDIS_TIME) },

    { ngx_null_string, 0, NULL, 0, NULL, NULL, 0 }
};
