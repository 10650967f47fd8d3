
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The worker's media port: one number for UDP and TCP, the transports behind
 * it, and the way of a packet to them and from them.
 */


#ifndef _NGX_RTC_SFU_MEDIA_H_INCLUDED_
#define _NGX_RTC_SFU_MEDIA_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include "rtc_core.h"
#include "rtc_histogram.h"
#include "rtc_ice.h"
#include "rtc_transport.h"


#define NGX_RTC_SFU_MEDIA_ADDRESSES   8

/* each over UDP, over TCP, and over TCP at the port that is shared */
#define NGX_RTC_SFU_MEDIA_CANDIDATES  (3 * NGX_RTC_SFU_MEDIA_ADDRESSES)


typedef struct ngx_rtc_sfu_media_s    ngx_rtc_sfu_media_t;
typedef struct ngx_rtc_sfu_peer_s     ngx_rtc_sfu_peer_t;


typedef struct {
    ngx_uint_t      first_port;         /* rtc_sfu_ports */
    ngx_uint_t      last_port;
    ngx_array_t    *addresses;          /* rtc_sfu_address, of rtc_addr_t */
    rtc_addr_t      node;               /* rtc_sfu_node_address, or family 0 */
    size_t          rcvbuf;             /* 0: the system's */
    size_t          sndbuf;
    ngx_uint_t      max_tcp;            /* media connections over TCP */
    ngx_int_t       tcp_port;           /* that workers share, 0: none */
} ngx_rtc_sfu_media_conf_t;


/* a candidate of ours (RFC 8839, 5.1); component 1, type host */

typedef struct {
    rtc_addr_t      addr;               /* advertised; addr.proto tells */
    uint32_t        priority;
} ngx_rtc_sfu_candidate_t;


typedef struct {
    uint64_t        packets_in;
    uint64_t        bytes_in;
    uint64_t        packets_out;
    uint64_t        bytes_out;
    uint64_t        stun_unknown;       /* no such ufrag */
    uint64_t        tuple_unknown;      /* no STUN, and no such tuple */
    uint64_t        dropped_in;         /* too long */
    uint64_t        dropped_out;        /* no room in socket or queue */
    uint64_t        failed_out;         /* refused by the system */
    uint64_t        tcp_accepted;
    uint64_t        tcp_refused;        /* over max_tcp */
    uint64_t        tcp_errors;         /* framing, strangers, timeouts */
    ngx_uint_t      tcp_connections;
    ngx_uint_t      peers;
    uint64_t        segmented_out;      /* packets, several as one */
    rtc_histogram_t latency;            /* of ngx_rtc_sfu_media_measure() */
} ngx_rtc_sfu_media_stat_t;


/* in the tables: a ufrag, or a tuple of a transport */

typedef struct {
    ngx_queue_t         queue;
    ngx_rtc_sfu_peer_t *peer;           /* NULL: not in a table */
    union {
        rtc_tuple_t     tuple;
        char            ufrag[RTC_UFRAG_LEN + 1];
    } key;
} ngx_rtc_sfu_node_t;


/* a datagram of another worker, which is known by its address */

typedef ngx_int_t (*ngx_rtc_sfu_relay_input_pt)(void *data, u_char *p,
    size_t len, uint64_t now_us);


/*
 * A transport in the registry; lies in its owner's memory, which stays until
 * ngx_rtc_sfu_media_remove().
 */

struct ngx_rtc_sfu_peer_s {
    ngx_connection_t     dummy;         /* first: the timer's data in logs */
    ngx_event_t          timer;
    uint64_t             deadline_us;   /* what the timer is set to */

    ngx_rtc_sfu_media_t *media;         /* NULL: not in the registry */
    rtc_transport_t     *transport;     /* NULL: another worker */

    ngx_rtc_sfu_relay_input_pt  input;  /* of another worker */
    void                *data;

    ngx_rtc_sfu_node_t   ufrags[2];     /* the second during an ICE restart */
    ngx_rtc_sfu_node_t   tuples[RTC_ICE_TUPLES];
};


/*
 * In init_process.  Takes the first free port, or tries again every few
 * seconds; NULL only without memory.  conf must outlive it.  Runs the tick
 * of the transports' worker.
 */
ngx_rtc_sfu_media_t *ngx_rtc_sfu_media_open(ngx_cycle_t *cycle,
    const ngx_rtc_sfu_media_conf_t *conf, rtc_transport_worker_t *worker);

/* in exit_process, after all peers were removed; NULL is fine */
void ngx_rtc_sfu_media_close(ngx_rtc_sfu_media_t *media);

/* whether there is a port; without one joins are answered by 503 */
ngx_uint_t ngx_rtc_sfu_media_ready(ngx_rtc_sfu_media_t *media);

void ngx_rtc_sfu_media_stat(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_media_stat_t *stat);

/* at most NGX_RTC_SFU_MEDIA_CANDIDATES, the best first; their number */
ngx_uint_t ngx_rtc_sfu_media_candidates(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_candidate_t *candidates);

/* fresh ICE credentials; the ufrag carries the port */
ngx_int_t ngx_rtc_sfu_media_credentials(ngx_rtc_sfu_media_t *media,
    rtc_ice_cred_t *cred);

/* CLOCK_MONOTONIC, for calls of transports from outside of the media path */
uint64_t ngx_rtc_sfu_media_now_us(void);

/*
 * Sets an owner's timer for its next deadline, or for max ms from now; *set_us
 * is what it is set to.  One that fires too early is left alone.
 */
void ngx_rtc_sfu_media_arm(ngx_event_t *timer, uint64_t *set_us,
    uint64_t deadline_us, ngx_msec_t max);


/*
 * The registry.  add() zeroes the peer.  The media port calls
 * rtc_transport_stun(), _input() and _timer(), and keeps the timer.
 */
void ngx_rtc_sfu_media_add(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_peer_t *peer, rtc_transport_t *transport, const char *ufrag);

/*
 * Another worker: what comes by the tuple goes to the handler.  The address
 * is where one of this host reaches us; NGX_DECLINED: there is no port yet.
 * Those of other hosts find the same port at the address of links.
 */
void ngx_rtc_sfu_media_add_relay(ngx_rtc_sfu_media_t *media,
    ngx_rtc_sfu_peer_t *peer, const rtc_tuple_t *tuple,
    ngx_rtc_sfu_relay_input_pt input, void *data);
ngx_int_t ngx_rtc_sfu_media_relay_address(ngx_rtc_sfu_media_t *media,
    rtc_addr_t *addr);

/*
 * Idempotent; to be called before rtc_transport_destroy(), and never from
 * within a handler of the peer's transport.
 */
void ngx_rtc_sfu_media_remove(ngx_rtc_sfu_peer_t *peer);

/* after calls of the transport that may have changed its deadline */
void ngx_rtc_sfu_media_rearm(ngx_rtc_sfu_peer_t *peer);

/* a second ufrag, valid beside the first one */
void ngx_rtc_sfu_media_restart(ngx_rtc_sfu_peer_t *peer, const char *ufrag);


/*
 * What the transport's handlers of these names do; ctx of the handlers is the
 * owner's, which passes its peer on.  A tuple that was another peer's is this
 * one's now.
 */

void ngx_rtc_sfu_media_restarted(ngx_rtc_sfu_peer_t *peer, rtc_str_t ufrag);
void ngx_rtc_sfu_media_tuple_added(ngx_rtc_sfu_peer_t *peer,
    const rtc_tuple_t *tuple);
void ngx_rtc_sfu_media_tuple_removed(ngx_rtc_sfu_peer_t *peer,
    const rtc_tuple_t *tuple);

/*
 * Output: room for size bytes, to be committed before the next call of
 * reserve; NULL: size is more than a datagram.  What is committed goes out
 * at the end of the loop turn, by UDP or TCP as tuple->remote.proto says.
 * What finds no room is dropped and counted, first what is expendable.
 */
uint8_t *ngx_rtc_sfu_media_reserve(ngx_rtc_sfu_media_t *media, size_t size);
void ngx_rtc_sfu_media_commit(ngx_rtc_sfu_media_t *media,
    const rtc_tuple_t *tuple, size_t len, ngx_uint_t expendable);


/* packets that came then have been committed: when they have gone, the time
   that it took is counted */
void ngx_rtc_sfu_media_measure(ngx_rtc_sfu_media_t *media, uint64_t since_us);


#endif /* _NGX_RTC_SFU_MEDIA_H_INCLUDED_ */
