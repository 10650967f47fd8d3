
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Data channels (RFC 8831, RFC 8832) on usrsctp without threads.  usrsctp is
 * one stack per process, so there is one worker, too.  Its callbacks only
 * note what happened: handlers run when the library has returned, and may
 * call everything here but rtc_sctp_destroy().
 */


#ifndef RTC_SCTP_H_INCLUDED
#define RTC_SCTP_H_INCLUDED


#include "rtc_core.h"


/* a packet with DTLS around it (37 bytes) is within RTC_DTLS_MTU */
#define RTC_SCTP_MTU           1160

#define RTC_SCTP_STREAMS       64
#define RTC_SCTP_MAX_MESSAGE   65535
#define RTC_SCTP_MAX_LABEL     256
#define RTC_SCTP_SEND_BUFFER   262144   /* bytes, and messages in it: */
#define RTC_SCTP_SEND_MESSAGES 1024
#define RTC_SCTP_RECV_BUFFER   262144


typedef struct rtc_sctp_worker_s  rtc_sctp_worker_t;
typedef struct rtc_sctp_s         rtc_sctp_t;


typedef struct {
    /* an SCTP packet to send; the only one called inside the library */
    void    (*output)(void *ctx, const uint8_t *p, size_t len);

    /* open: by the peer, or by us and acknowledged */
    void    (*channel)(void *ctx, uint16_t stream, const uint8_t *label,
                size_t len, int ordered, int reliable);
    void    (*message)(void *ctx, uint16_t stream, int binary,
                const uint8_t *p, size_t len);

    /* by the peer, or with the association; not by rtc_sctp_close_channel() */
    void    (*channel_closed)(void *ctx, uint16_t stream);

    /* after RTC_AGAIN of rtc_sctp_send() */
    void    (*drained)(void *ctx);
} rtc_sctp_handlers_t;


/* one at a time */
rtc_sctp_worker_t *rtc_sctp_worker_create(size_t max);

/* all associations have been destroyed before */
void rtc_sctp_worker_destroy(rtc_sctp_worker_t *w);

void rtc_sctp_worker_tick(rtc_sctp_worker_t *w, uint32_t elapsed_ms);
size_t rtc_sctp_worker_count(const rtc_sctp_worker_t *w);


/* NULL: no memory, or max associations exist; output() waits for start */
rtc_sctp_t *rtc_sctp_create(rtc_sctp_worker_t *w,
    const rtc_sctp_handlers_t *handlers, void *ctx);

/* aborts the association, which calls output() */
void rtc_sctp_destroy(rtc_sctp_t *s);

/* max_message is the peer's a=max-message-size, 0 = without limit */
int rtc_sctp_start(rtc_sctp_t *s, uint16_t local_port, uint16_t remote_port,
    size_t max_message);

/* the packet is changed */
void rtc_sctp_input(rtc_sctp_t *s, uint8_t *p, size_t len);

/*
 * Answers an odd stream id (RFC 8832, 6: we are the DTLS server), or
 * RTC_ERROR.  max_retransmits is -1 for a reliable channel.
 */
int rtc_sctp_open_channel(rtc_sctp_t *s, rtc_str_t label, int ordered,
    int max_retransmits);
void rtc_sctp_close_channel(rtc_sctp_t *s, uint16_t stream);

/* RTC_AGAIN: the buffer is full */
int rtc_sctp_send(rtc_sctp_t *s, uint16_t stream, int binary,
    const uint8_t *p, size_t len);
size_t rtc_sctp_buffered(const rtc_sctp_t *s);


#endif /* RTC_SCTP_H_INCLUDED */
