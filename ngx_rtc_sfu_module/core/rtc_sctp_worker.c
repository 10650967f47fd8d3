
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <stdlib.h>

#include <usrsctp.h>

#include "rtc_sctp_internal.h"


#define RTC_SCTP_SLOT_BITS  20

#define rtc_sctp_slot(id)        ((id) & ((1u << RTC_SCTP_SLOT_BITS) - 1))
#define rtc_sctp_generation(id)  ((id) >> RTC_SCTP_SLOT_BITS)


typedef struct {
    rtc_sctp_t         *sctp;
    uintptr_t           generation;
} rtc_sctp_slot_t;


struct rtc_sctp_worker_s {
    rtc_sctp_slot_t    *slots;
    size_t              nslots;
    size_t              count;

    rtc_sctp_event_t   *events;
    rtc_sctp_event_t  **last;
    unsigned            draining:1;
};


/* the library is a global itself, and its output callback has no context */

static rtc_sctp_worker_t  *rtc_sctp_worker;


static void rtc_sctp_sysctl(void);
static rtc_sctp_t *rtc_sctp_find(uintptr_t id);
static int rtc_sctp_output(void *addr, void *p, size_t len, uint8_t tos,
    uint8_t df);
static int rtc_sctp_received(struct socket *sock, union sctp_sockstore addr,
    void *data, size_t len, struct sctp_rcvinfo info, int flags, void *id);
static int rtc_sctp_acknowledged(struct socket *sock, uint32_t room, void *id);
static void rtc_sctp_note(const rtc_sctp_event_t *event);


rtc_sctp_worker_t *
rtc_sctp_worker_create(size_t max)
{
    rtc_sctp_worker_t  *w;

    if (rtc_sctp_worker || max == 0 || max >= 1u << RTC_SCTP_SLOT_BITS) {
        return NULL;
    }

    w = calloc(1, sizeof(rtc_sctp_worker_t));
    if (w == NULL) {
        return NULL;
    }

    w->slots = calloc(max, sizeof(rtc_sctp_slot_t));
    if (w->slots == NULL) {
        free(w);
        return NULL;
    }

    w->nslots = max;
    w->last = &w->events;

    rtc_sctp_worker = w;

    usrsctp_init_nothreads(0, rtc_sctp_output, NULL);
    rtc_sctp_sysctl();

    return w;
}


static void
rtc_sctp_sysctl(void)
{
    usrsctp_sysctl_set_sctp_ecn_enable(0);
    usrsctp_sysctl_set_sctp_asconf_enable(0);
    usrsctp_sysctl_set_sctp_auth_enable(0);
    usrsctp_sysctl_set_sctp_nrsack_enable(0);
    usrsctp_sysctl_set_sctp_pktdrop_enable(0);
    usrsctp_sysctl_set_sctp_blackhole(2);
    usrsctp_sysctl_set_sctp_nr_incoming_streams_default(RTC_SCTP_STREAMS);
    usrsctp_sysctl_set_sctp_nr_outgoing_streams_default(RTC_SCTP_STREAMS);
}


void
rtc_sctp_worker_destroy(rtc_sctp_worker_t *w)
{
    int  i;

    if (w == NULL) {
        return;
    }

    /* an endpoint that had a timer is freed by the next ticks */

    for (i = 0; i < 100 && usrsctp_finish() != 0; i++) {
        usrsctp_handle_timers(100);
    }

    rtc_sctp_worker_drain(w);
    rtc_sctp_worker = NULL;

    free(w->slots);
    free(w);
}


void
rtc_sctp_worker_tick(rtc_sctp_worker_t *w, uint32_t elapsed_ms)
{
    usrsctp_handle_timers(elapsed_ms);
    rtc_sctp_worker_drain(w);
}


size_t
rtc_sctp_worker_count(const rtc_sctp_worker_t *w)
{
    return w->count;
}


/*
 * The library knows an association by an id: the slot, and a generation that
 * tells it from those that had the slot before.
 */

uintptr_t
rtc_sctp_worker_add(rtc_sctp_worker_t *w, rtc_sctp_t *s)
{
    size_t  i;

    for (i = 0; i < w->nslots; i++) {
        if (w->slots[i].sctp == NULL) {
            w->slots[i].sctp = s;
            w->slots[i].generation++;
            w->count++;

            return w->slots[i].generation << RTC_SCTP_SLOT_BITS | (i + 1);
        }
    }

    return 0;
}


void
rtc_sctp_worker_remove(rtc_sctp_worker_t *w, const rtc_sctp_t *s)
{
    w->slots[rtc_sctp_slot(s->id) - 1].sctp = NULL;
    w->count--;
}


static rtc_sctp_t *
rtc_sctp_find(uintptr_t id)
{
    size_t              slot;
    rtc_sctp_worker_t  *w;

    w = rtc_sctp_worker;
    slot = rtc_sctp_slot(id);

    if (w == NULL || slot == 0 || slot > w->nslots
        || w->slots[slot - 1].generation != rtc_sctp_generation(id))
    {
        return NULL;
    }

    return w->slots[slot - 1].sctp;
}


struct socket *
rtc_sctp_worker_socket(const rtc_sctp_t *s)
{
    return usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP,
                          rtc_sctp_received, rtc_sctp_acknowledged, 0,
                          (void *) s->id);
}


static int
rtc_sctp_output(void *addr, void *p, size_t len, uint8_t tos, uint8_t df)
{
    rtc_sctp_t  *s;

    s = rtc_sctp_find((uintptr_t) addr);

    if (s) {
        s->handlers->output(s->ctx, p, len);
    }

    return 0;
}


static int
rtc_sctp_received(struct socket *sock, union sctp_sockstore addr, void *data,
    size_t len, struct sctp_rcvinfo info, int flags, void *id)
{
    rtc_sctp_event_t  event;

    if (data == NULL) {
        return 1;
    }

    event.id = (uintptr_t) id;
    event.data = data;
    event.len = len;
    event.stream = info.rcv_sid;
    event.ppid = ntohl(info.rcv_ppid);
    event.notification = (flags & MSG_NOTIFICATION) != 0;
    event.complete = (flags & MSG_EOR) != 0;

    rtc_sctp_note(&event);

    return 1;
}


static int
rtc_sctp_acknowledged(struct socket *sock, uint32_t room, void *id)
{
    rtc_sctp_t        *s;
    rtc_sctp_event_t   event;

    s = rtc_sctp_find((uintptr_t) id);
    if (s == NULL) {
        return 1;
    }

    if (rtc_sctp_acked(s, RTC_SCTP_SEND_BUFFER
                          - rtc_min(room, RTC_SCTP_SEND_BUFFER)))
    {
        memset(&event, 0, sizeof(rtc_sctp_event_t));
        event.id = s->id;

        rtc_sctp_note(&event);
    }

    return 1;
}


static void
rtc_sctp_note(const rtc_sctp_event_t *event)
{
    rtc_sctp_event_t   *e;
    rtc_sctp_worker_t  *w;

    w = rtc_sctp_worker;

    e = malloc(sizeof(rtc_sctp_event_t));
    if (e == NULL) {
        free(event->data);
        return;
    }

    *e = *event;
    e->next = NULL;

    *w->last = e;
    w->last = &e->next;
}


void
rtc_sctp_worker_drain(rtc_sctp_worker_t *w)
{
    rtc_sctp_t        *s;
    rtc_sctp_event_t  *e;

    if (w->draining) {
        return;
    }

    w->draining = 1;

    while (w->events) {
        e = w->events;
        w->events = e->next;

        if (w->events == NULL) {
            w->last = &w->events;
        }

        s = rtc_sctp_find(e->id);

        if (s && s->sock) {
            rtc_sctp_handle(s, e);
        }

        free(e->data);
        free(e);
    }

    w->draining = 0;
}
