
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * One peer connection below RTP: ICE-lite, DTLS, SRTP and data channels on
 * the 5-tuples of one ufrag.  The caller owns sockets, clock, timers and the
 * lookup ufrag -> transport and tuple -> transport.
 *
 * The way of a datagram, by its first byte (RFC 7983):
 *
 *   0..3      the caller finds the transport by the ufrag in USERNAME and
 *             calls rtc_transport_stun()
 *   20..63,   the caller finds the transport by the tuple (tuple_added(),
 *   128..191  tuple_removed()) and calls rtc_transport_input()
 *
 * Handlers run inside the functions that are marked with (H), in no others;
 * within one of them also those of other transports, when a handler sends
 * messages there.  A handler may call anything but rtc_transport_destroy(),
 * which has to wait until the outermost call has returned: post it.
 */


#ifndef RTC_TRANSPORT_H_INCLUDED
#define RTC_TRANSPORT_H_INCLUDED


#include "rtc_core.h"
#include "rtc_dtls.h"
#include "rtc_ice.h"
#include "rtc_sctp.h"
#include "rtc_srtp.h"


#define RTC_TRANSPORT_MAX_PACKET   1500    /* sent, RTC_SRTP_OVERHEAD incl. */
#define RTC_TRANSPORT_MAX_MESSAGE  RTC_SCTP_MAX_MESSAGE /* a=max-message-size */
#define RTC_TRANSPORT_SCTP_PORT    5000    /* a=sctp-port */

#define RTC_TRANSPORT_NO_DEADLINE  UINT64_MAX


typedef struct rtc_transport_s         rtc_transport_t;
typedef struct rtc_transport_worker_s  rtc_transport_worker_t;


/* consent (RFC 7675), counted from the last check or authentic packet */

typedef enum {
    RTC_TRANSPORT_ICE_NEW = 0,          /* no valid check yet */
    RTC_TRANSPORT_ICE_CONNECTED,
    RTC_TRANSPORT_ICE_DISCONNECTED,     /* 10 s without: a hint, still sends */
    RTC_TRANSPORT_ICE_FAILED            /* 30 s without: sends nothing */
} rtc_transport_ice_e;


typedef enum {
    RTC_TRANSPORT_CLOSE_NOTIFY = 0,     /* the peer ended the session */
    RTC_TRANSPORT_DTLS_FAILED,          /* no handshake within 30 s, or a
                                           fatal alert after it */
    RTC_TRANSPORT_ERROR                 /* out of memory, internal */
} rtc_transport_close_e;


typedef struct {
    /*
     * Output without a copy: reserve() answers memory of the size in the
     * caller's send batch, or NULL if the batch is full (the packet is
     * dropped and counted).  commit() sends the first len bytes of it, which
     * are expendable if their rtc_srtp_packet_t is; a reservation that no
     * commit() follows is void.  There is never more than one reservation
     * open, and no other handler runs in between.
     */
    uint8_t     *(*reserve)(void *ctx, size_t size);
    void         (*commit)(void *ctx, const rtc_tuple_t *to, size_t len,
                     int expendable);

    /* the transport's tuples (8 at most); removed ones at destroy, too */
    void         (*tuple_added)(void *ctx, const rtc_tuple_t *tuple);
    void         (*tuple_removed)(void *ctx, const rtc_tuple_t *tuple);

    /* a change of rtc_transport_ice(); FAILED is left by a valid check */
    void         (*ice)(void *ctx, rtc_transport_ice_e state);

    /* the ufrag from before rtc_transport_restart() is not valid any more */
    void         (*restarted)(void *ctx, rtc_str_t ufrag);

    /* the peer is verified and SRTP works both ways; once */
    void         (*connected)(void *ctx);

    /* nothing goes in or out any more; once, the caller destroys later */
    void         (*closed)(void *ctx, rtc_transport_close_e why);

    /*
     * A decrypted packet; p is inside the datagram that went into
     * rtc_transport_input().
     */
    void         (*rtp)(void *ctx, uint8_t *p, size_t len, uint64_t now_us);
    void         (*rtcp)(void *ctx, uint8_t *p, size_t len, uint64_t now_us);

    /*
     * A channel can be used: the peer opened it, or acknowledged ours.  The
     * same label on another stream is another channel.
     */
    void         (*channel)(void *ctx, uint16_t stream, const uint8_t *label,
                     size_t len, int ordered, int reliable);
    void         (*message)(void *ctx, uint16_t stream, int binary,
                     const uint8_t *p, size_t len);

    /* by the peer, or with SCTP; not by rtc_transport_close_channel() */
    void         (*channel_closed)(void *ctx, uint16_t stream);

    /* after RTC_AGAIN of rtc_transport_send_message(): there is room again */
    void         (*drained)(void *ctx);
} rtc_transport_handlers_t;


/* per worker process; the certificate is made once, before the fork */

rtc_transport_worker_t *rtc_transport_worker_create(const rtc_dtls_cert_t *cert,
    size_t max_associations);
void rtc_transport_worker_destroy(rtc_transport_worker_t *w);

/* to be called every 10..50 ms while associations exist (H) */
void rtc_transport_worker_tick(rtc_transport_worker_t *w,
    uint32_t elapsed_ms);
size_t rtc_transport_worker_associations(const rtc_transport_worker_t *w);


/* local is copied; handlers and ctx stay valid until destroy */

rtc_transport_t *rtc_transport_create(rtc_transport_worker_t *w,
    const rtc_ice_cred_t *local, const rtc_transport_handlers_t *handlers,
    void *ctx);

/* says goodbye (close_notify) if there is consent, then frees all (H) */
void rtc_transport_destroy(rtc_transport_t *t);

/* the peer is told in another way: rtc_transport_destroy() will say nothing */
void rtc_transport_set_quiet(rtc_transport_t *t);

/*
 * From the peer's description.  One of the n fingerprints has to be of
 * SHA-256, -384 or -512, else RTC_ERROR; what is weaker is ignored.  DTLS is
 * not answered before.  May be called again; fingerprints that do not fit a
 * peer that was verified already are an RTC_ERROR.
 */
int rtc_transport_set_remote(rtc_transport_t *t, rtc_str_t ufrag,
    const rtc_fingerprint_t *fingerprints, size_t n);

/*
 * The peer's end of an ICE restart, if nothing else is described anew.
 * RTC_ERROR: it is none, and nothing changed.
 */
int rtc_transport_set_remote_ufrag(rtc_transport_t *t, rtc_str_t ufrag);

/*
 * m=application was negotiated; starts SCTP as soon as DTLS is up (H).
 * RTC_ERROR: no association is free.  Further calls change nothing.
 */
int rtc_transport_set_sctp(rtc_transport_t *t, uint16_t remote_port,
    size_t remote_max_message);

/* there will be no data channels: less is kept after the handshake */
void rtc_transport_set_media_only(rtc_transport_t *t);

/*
 * ICE restart: new local credentials.  The former ones stay valid until the
 * first valid check with the new ones: the caller keeps the former ufrag in
 * its lookup until the handler restarted().
 */
void rtc_transport_restart(rtc_transport_t *t, const rtc_ice_cred_t *local);
const rtc_ice_t *rtc_transport_get_ice(const rtc_transport_t *t);

/* the tuple belongs to another transport now; no handler is called */
void rtc_transport_forget_tuple(rtc_transport_t *t, const rtc_tuple_t *tuple);


/*
 * Input.  RTC_DECLINED: not for us or not authentic, counted, never an error
 * of the session.  p is overwritten; stun needs 24 bytes of slack behind it.
 */

int rtc_transport_stun(rtc_transport_t *t, const rtc_tuple_t *from,
    uint8_t *p, size_t len, uint64_t now_us);                       /* (H) */
int rtc_transport_input(rtc_transport_t *t, const rtc_tuple_t *from,
    uint8_t *p, size_t len, uint64_t now_us);                       /* (H) */

/* runs what is due (H); the deadline may change in every call above */
void rtc_transport_timer(rtc_transport_t *t, uint64_t now_us);
uint64_t rtc_transport_next_deadline(const rtc_transport_t *t);

/* there is consent and the keys are in place: what is sent goes out */
int rtc_transport_writable(const rtc_transport_t *t);
rtc_transport_ice_e rtc_transport_ice(const rtc_transport_t *t);

/* where packets go to; NULL before the first valid check */
const rtc_tuple_t *rtc_transport_selected(const rtc_transport_t *t);


/*
 * SSRCs.  What is sent under an SSRC, RTP or RTCP, needs a sender, which
 * keeps its packet index.  ROC is 0 at first: begin below 2^15, or a peer
 * that misses all packets up to the wrap never learns of it.  Senders may be
 * added before the transport is connected.  An SSRC that was removed must
 * never come back in this transport: its indexes are used up.  Answers the
 * sender's number, or RTC_ERROR.
 */

int rtc_transport_add_sender(rtc_transport_t *t, uint32_t ssrc);
void rtc_transport_remove_sender(rtc_transport_t *t, int sender);

/*
 * Received SSRCs are learned from authentic packets, 64 at once.  The caller
 * gives up those of an ended track; packets of theirs are then refused.
 */
void rtc_transport_remove_receiver(rtc_transport_t *t, uint32_t ssrc);

/*
 * Encrypts out of place into reserved memory (reserve() and commit() only).
 * The index of a sequence number is the nearest to the highest one sent; one
 * that was used already, or that is 1024 behind, is RTC_DECLINED, unless the
 * packet is bit-identical to the one sent then and says so by resend.
 * RTC_AGAIN: not writable, or no room.
 */

int rtc_transport_send_rtp(rtc_transport_t *t, int sender,
    const rtc_srtp_packet_t *pkt);
int rtc_transport_send_rtcp(rtc_transport_t *t, const uint8_t *p, size_t len);


/*
 * Data channels.  max_retransmits is -1 for a reliable channel.  A channel
 * may be opened before SCTP is up, and messages may be sent as soon as the
 * handler channel() has run.  Answers the stream id, or RTC_ERROR.
 */

int rtc_transport_open_channel(rtc_transport_t *t, rtc_str_t label,
    int ordered, int max_retransmits);
void rtc_transport_close_channel(rtc_transport_t *t, uint16_t stream);

/* RTC_OK, RTC_AGAIN: the send buffer is full, RTC_ERROR: no such channel (H) */
int rtc_transport_send_message(rtc_transport_t *t, uint16_t stream,
    int binary, const uint8_t *p, size_t len);
size_t rtc_transport_buffered(const rtc_transport_t *t);


typedef struct {
    uint64_t         stun_refused;
    uint64_t         dtls_refused;      /* foreign tuple, not a record */
    uint64_t         dtls_failed;       /* handshakes */
    uint64_t         srtp_refused;      /* foreign tuple, no keys, header */
    uint64_t         srtp_forged;       /* authentication failed */
    uint64_t         srtp_replayed;
    uint64_t         srtp_ssrc_refused; /* one too many, or removed */
    uint64_t         send_dropped;      /* no room in the caller's batch */
    uint64_t         send_refused;      /* index used, not a sender */
} rtc_transport_stats_t;

const rtc_transport_stats_t *rtc_transport_stats(const rtc_transport_t *t);


#endif /* RTC_TRANSPORT_H_INCLUDED */
