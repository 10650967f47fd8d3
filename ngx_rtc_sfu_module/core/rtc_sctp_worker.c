
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <stdlib.h>

#include <usrsctp.h>

#include "rtc_sctp_internal.h"


#define RTC_SCTP_SLOT        64

#define rtc_sctp_slot(id)                                                    \
    ((rtc_sctp_slot_t *) ((uintptr_t) (id)                                   \
                          & ~(uintptr_t) (RTC_SCTP_SLOT - 1)))
#define rtc_sctp_generation(id)  ((uintptr_t) (id) & (RTC_SCTP_SLOT - 1))


/*
 * The library knows an association by an id that comes with every callback,
 * which have no other context: the address of a slot, which lives as long as
 * the stack, and in its low bits a generation that tells the association from
 * those that had the slot before.
 */

typedef struct rtc_sctp_slot_s  rtc_sctp_slot_t;

struct rtc_sctp_slot_s {
    rtc_sctp_t         *sctp;           /* NULL = free */
    rtc_sctp_worker_t  *worker;
    rtc_sctp_slot_t    *next;           /* free, too */
    uintptr_t           generation;
} __attribute__((aligned(RTC_SCTP_SLOT)));


struct rtc_sctp_worker_s {
    rtc_sctp_slot_t    *slots;
    rtc_sctp_slot_t    *free;           /* the longest free first */
    rtc_sctp_slot_t   **last_free;
    size_t              count;

    rtc_sctp_event_t   *events;
    rtc_sctp_event_t  **last;
    unsigned            draining:1;
};


static void rtc_sctp_sysctl(void);
static void rtc_sctp_release(rtc_sctp_slot_t *slot);
static rtc_sctp_t *rtc_sctp_find(const void *id);
static int rtc_sctp_output(void *addr, void *p, size_t len, uint8_t tos,
    uint8_t df);
static int rtc_sctp_received(struct socket *sock, union sctp_sockstore addr,
    void *data, size_t len, struct sctp_rcvinfo info, int flags, void *id);
static int rtc_sctp_acknowledged(struct socket *sock, uint32_t room, void *id);
static void rtc_sctp_note(const rtc_sctp_event_t *event);


rtc_sctp_worker_t *
rtc_sctp_worker_create(size_t max)
{
    size_t              i;
    rtc_sctp_worker_t  *w;

    if (max == 0 || max > SIZE_MAX / sizeof(rtc_sctp_slot_t)) {
        return NULL;
    }

    w = calloc(1, sizeof(rtc_sctp_worker_t));
    if (w == NULL) {
        return NULL;
    }

    w->slots = aligned_alloc(RTC_SCTP_SLOT, max * sizeof(rtc_sctp_slot_t));
    if (w->slots == NULL) {
        free(w);
        return NULL;
    }

    memset(w->slots, 0, max * sizeof(rtc_sctp_slot_t));

    w->last = &w->events;
    w->last_free = &w->free;

    for (i = 0; i < max; i++) {
        w->slots[i].worker = w;

        /* the library hashes an address by these bits, whose port is known */
        w->slots[i].generation = i % RTC_SCTP_SLOT;

        rtc_sctp_release(&w->slots[i]);
    }

    usrsctp_init_nothreads(0, rtc_sctp_output, NULL);
    usrsctp_enable_crc32c_offload();
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
    usrsctp_sysctl_set_sctp_max_retran_chunk(0);
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


uintptr_t
rtc_sctp_worker_add(rtc_sctp_worker_t *w, rtc_sctp_t *s)
{
    rtc_sctp_slot_t  *slot;

    slot = w->free;
    if (slot == NULL) {
        return 0;
    }

    w->free = slot->next;

    if (w->free == NULL) {
        w->last_free = &w->free;
    }

    slot->sctp = s;
    slot->generation = (slot->generation + 1) % RTC_SCTP_SLOT;
    w->count++;

    return (uintptr_t) slot | slot->generation;
}


void
rtc_sctp_worker_remove(rtc_sctp_worker_t *w, const rtc_sctp_t *s)
{
    rtc_sctp_slot(s->id)->sctp = NULL;
    rtc_sctp_release(rtc_sctp_slot(s->id));
    w->count--;
}


static void
rtc_sctp_release(rtc_sctp_slot_t *slot)
{
    rtc_sctp_worker_t  *w;

    w = slot->worker;

    slot->next = NULL;
    *w->last_free = slot;
    w->last_free = &slot->next;
}


uint16_t
rtc_sctp_worker_port(const rtc_sctp_t *s)
{
    rtc_sctp_slot_t  *slot;

    slot = rtc_sctp_slot(s->id);

    return (uint16_t) (1 + (slot - slot->worker->slots) % UINT16_MAX);
}


static rtc_sctp_t *
rtc_sctp_find(const void *id)
{
    rtc_sctp_slot_t  *slot;

    slot = rtc_sctp_slot(id);

    return slot->generation == rtc_sctp_generation(id) ? slot->sctp : NULL;
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

    s = rtc_sctp_find(addr);

    if (s) {
        rtc_sctp_seal(s, p, len);
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

    memset(&event, 0, sizeof(rtc_sctp_event_t));
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

    s = rtc_sctp_find(id);
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

    w = rtc_sctp_slot(event->id)->worker;

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

        s = rtc_sctp_find((void *) e->id);

        if (s && s->sock) {
            rtc_sctp_handle(s, e);
        }

        free(e->data);
        free(e);
    }

    w->draining = 0;
}
