
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the three files of rtc_sctp share: the stack of the process
 * (rtc_sctp_worker), an association (rtc_sctp) and its channels
 * (rtc_sctp_channel).  The first two know usrsctp.
 */


#ifndef RTC_SCTP_INTERNAL_H_INCLUDED
#define RTC_SCTP_INTERNAL_H_INCLUDED


#include "rtc_core.h"
#include "rtc_dcep.h"
#include "rtc_sctp.h"


struct socket;


typedef enum {
    RTC_SCTP_FREE = 0,
    RTC_SCTP_OPENING,                   /* no ACK yet */
    RTC_SCTP_OPEN,
    RTC_SCTP_CLOSING                    /* until both directions are reset */
} rtc_sctp_channel_e;


typedef struct {
    rtc_sctp_channel_e          state;
    rtc_dcep_reliability_e      reliability;
    uint32_t                    limit;
    uint8_t                    *label;      /* of ours until the ACK */
    size_t                      label_len;
    unsigned                    ordered:1;

    /* what could not be handed to the library yet */
    unsigned                    send_open:1;
    unsigned                    send_ack:1;
    unsigned                    send_reset:1;

    unsigned                    reset_in:1;
    unsigned                    reset_out:1;
} rtc_sctp_channel_t;


typedef enum {
    RTC_SCTP_IDLE = 0,
    RTC_SCTP_CONNECTING,
    RTC_SCTP_UP,
    RTC_SCTP_DOWN
} rtc_sctp_state_e;


struct rtc_sctp_s {
    rtc_sctp_worker_t          *worker;
    const rtc_sctp_handlers_t  *handlers;
    void                       *ctx;

    uintptr_t                   id;
    uint16_t                    port;       /* that the peer knows */
    struct socket              *sock;
    rtc_sctp_state_e            state;
    size_t                      max_message;
    size_t                      buffered;
    unsigned                    streams;    /* that we may send on */
    unsigned                    blocked:1;  /* drained() is owed */

    /*
     * A ring of the messages that the library holds, by the bytes handed
     * over up to their end: it limits bytes only, and each costs memory.
     */
    uint32_t                    sent;
    uint32_t                    ends[RTC_SCTP_SEND_MESSAGES];
    unsigned                    first;
    unsigned                    nmessages;

    rtc_sctp_channel_t          channels[RTC_SCTP_STREAMS];
};


/* what a callback of the library noted */

typedef struct rtc_sctp_event_s  rtc_sctp_event_t;

struct rtc_sctp_event_s {
    rtc_sctp_event_t           *next;
    uintptr_t                   id;
    uint8_t                    *data;       /* NULL = there is room again */
    size_t                      len;
    uint32_t                    ppid;
    uint16_t                    stream;
    unsigned                    notification:1;
    unsigned                    complete:1;
};


/* worker: a socket whose callbacks note events of s->id */

struct socket *rtc_sctp_worker_socket(const rtc_sctp_t *s);
uintptr_t rtc_sctp_worker_add(rtc_sctp_worker_t *w, rtc_sctp_t *s);
void rtc_sctp_worker_remove(rtc_sctp_worker_t *w, const rtc_sctp_t *s);

/*
 * The port that the library knows: all have port 5000 for their peers, and the
 * library looks through all with the same port.
 */
uint16_t rtc_sctp_worker_port(const rtc_sctp_t *s);

/* gives the noted events to their associations; not inside the library */
void rtc_sctp_worker_drain(rtc_sctp_worker_t *w);


/* association */

void rtc_sctp_handle(rtc_sctp_t *s, const rtc_sctp_event_t *e);

/* makes a packet of the library one for the peer: its port, its checksum */
void rtc_sctp_seal(const rtc_sctp_t *s, uint8_t *p, size_t len);
int rtc_sctp_sendv(rtc_sctp_t *s, uint16_t stream, uint32_t ppid,
    const void *p, size_t len);
int rtc_sctp_reset(rtc_sctp_t *s, const uint16_t *streams, uint16_t n);

/* the library holds so many bytes still; answers whether there is room again */
int rtc_sctp_acked(rtc_sctp_t *s, size_t buffered);


/* channels */

/* streams is known: those beyond it are closed, the others opened */
void rtc_sctp_channels_up(rtc_sctp_t *s);

/* all are closed; with quiet nobody is told */
void rtc_sctp_channels_down(rtc_sctp_t *s, int quiet);

/* hands over what waited for the association, for room, or for a reset */
void rtc_sctp_channels_flush(rtc_sctp_t *s);

/* user data or DCEP */
void rtc_sctp_channel_input(rtc_sctp_t *s, uint16_t stream, uint32_t ppid,
    const uint8_t *p, size_t len);

/* a direction of the stream has been reset */
void rtc_sctp_channel_reset_in(rtc_sctp_t *s, uint16_t stream);
void rtc_sctp_channel_reset_out(rtc_sctp_t *s, uint16_t stream);


#endif /* RTC_SCTP_INTERNAL_H_INCLUDED */
