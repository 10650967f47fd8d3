
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_transport_internal.h"


static int rtc_transport_need_sctp(rtc_transport_t *t);

static void rtc_transport_sctp_output(void *ctx, const uint8_t *p, size_t len);
static void rtc_transport_channel(void *ctx, uint16_t stream,
    const uint8_t *label, size_t len, int ordered, int reliable);
static void rtc_transport_message(void *ctx, uint16_t stream, int binary,
    const uint8_t *p, size_t len);
static void rtc_transport_channel_closed(void *ctx, uint16_t stream);
static void rtc_transport_drained(void *ctx);


static const rtc_sctp_handlers_t  rtc_transport_sctp_handlers = {
    rtc_transport_sctp_output,
    rtc_transport_channel,
    rtc_transport_message,
    rtc_transport_channel_closed,
    rtc_transport_drained
};


int
rtc_transport_set_sctp(rtc_transport_t *t, uint16_t remote_port,
    size_t remote_max_message)
{
    if (t->closed || remote_port == 0) {
        return RTC_ERROR;
    }

    if (t->sctp_port) {
        return RTC_OK;
    }

    if (rtc_transport_need_sctp(t) != RTC_OK) {
        return RTC_ERROR;
    }

    t->sctp_port = remote_port;
    t->sctp_max_message = remote_max_message;

    if (t->connected) {
        rtc_transport_data_up(t);
    }

    return RTC_OK;
}


int
rtc_transport_open_channel(rtc_transport_t *t, rtc_str_t label, int ordered,
    int max_retransmits)
{
    if (t->closed || rtc_transport_need_sctp(t) != RTC_OK) {
        return RTC_ERROR;
    }

    return rtc_sctp_open_channel(t->sctp, label, ordered, max_retransmits);
}


void
rtc_transport_close_channel(rtc_transport_t *t, uint16_t stream)
{
    if (t->sctp) {
        rtc_sctp_close_channel(t->sctp, stream);
    }
}


int
rtc_transport_send_message(rtc_transport_t *t, uint16_t stream, int binary,
    const uint8_t *p, size_t len)
{
    if (t->closed || t->sctp == NULL) {
        return RTC_ERROR;
    }

    return rtc_sctp_send(t->sctp, stream, binary, p, len);
}


size_t
rtc_transport_buffered(const rtc_transport_t *t)
{
    return t->sctp ? rtc_sctp_buffered(t->sctp) : 0;
}


static int
rtc_transport_need_sctp(rtc_transport_t *t)
{
    if (t->sctp == NULL) {
        t->sctp = rtc_sctp_create(t->worker->sctp,
                                  &rtc_transport_sctp_handlers, t);
    }

    return t->sctp ? RTC_OK : RTC_ERROR;
}


void
rtc_transport_data_up(rtc_transport_t *t)
{
    if (t->sctp_port == 0 || t->closed) {
        return;
    }

    if (rtc_sctp_start(t->sctp, RTC_TRANSPORT_SCTP_PORT, t->sctp_port,
                       t->sctp_max_message) != RTC_OK)
    {
        rtc_transport_close(t, RTC_TRANSPORT_ERROR);
    }
}


static void
rtc_transport_sctp_output(void *ctx, const uint8_t *p, size_t len)
{
    rtc_transport_t  *t;

    t = ctx;

    if (!t->closed && !t->quiet && rtc_transport_has_consent(t)) {
        (void) rtc_dtls_send(t->dtls, p, len);
    }
}


static void
rtc_transport_channel(void *ctx, uint16_t stream, const uint8_t *label,
    size_t len, int ordered, int reliable)
{
    rtc_transport_t  *t;

    t = ctx;

    if (!t->closed) {
        t->handlers->channel(t->ctx, stream, label, len, ordered, reliable);
    }
}


static void
rtc_transport_message(void *ctx, uint16_t stream, int binary,
    const uint8_t *p, size_t len)
{
    rtc_transport_t  *t;

    t = ctx;

    if (!t->closed) {
        t->handlers->message(t->ctx, stream, binary, p, len);
    }
}


static void
rtc_transport_channel_closed(void *ctx, uint16_t stream)
{
    rtc_transport_t  *t;

    t = ctx;

    if (!t->closed) {
        t->handlers->channel_closed(t->ctx, stream);
    }
}


static void
rtc_transport_drained(void *ctx)
{
    rtc_transport_t  *t;

    t = ctx;

    if (!t->closed) {
        t->handlers->drained(t->ctx);
    }
}
