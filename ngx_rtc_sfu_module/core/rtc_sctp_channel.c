
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_sctp_internal.h"


/* RFC 8831, 6.6: an empty message is a byte of zero */
#define RTC_SCTP_EMPTY  "\0"


static void rtc_sctp_dcep(rtc_sctp_t *s, uint16_t stream, const uint8_t *p,
    size_t len);
static void rtc_sctp_opened(rtc_sctp_t *s, uint16_t stream,
    const rtc_dcep_open_t *open);
static void rtc_sctp_established(rtc_sctp_t *s, uint16_t stream);
static int rtc_sctp_send_open(rtc_sctp_t *s, uint16_t stream);
static int rtc_sctp_send_ack(rtc_sctp_t *s, uint16_t stream);
static void rtc_sctp_send_resets(rtc_sctp_t *s);
static void rtc_sctp_free_channel(rtc_sctp_channel_t *ch);


int
rtc_sctp_open_channel(rtc_sctp_t *s, rtc_str_t label, int ordered,
    int max_retransmits)
{
    uint16_t             i;
    rtc_sctp_channel_t  *ch;

    if (s->state == RTC_SCTP_DOWN || label.len > RTC_SCTP_MAX_LABEL) {
        return RTC_ERROR;
    }

    for (i = 1; i < s->streams; i += 2) {
        if (s->channels[i].state == RTC_SCTP_FREE) {
            break;
        }
    }

    if (i >= s->streams) {
        return RTC_ERROR;
    }

    ch = &s->channels[i];

    ch->label = malloc(label.len + 1);
    if (ch->label == NULL) {
        return RTC_ERROR;
    }

    memcpy(ch->label, label.data, label.len);

    ch->label_len = label.len;
    ch->state = RTC_SCTP_OPENING;
    ch->ordered = ordered != 0;
    ch->send_open = 1;

    if (max_retransmits >= 0) {
        ch->reliability = RTC_DCEP_RETRANSMITS;
        ch->limit = (uint32_t) max_retransmits;

    } else {
        ch->reliability = RTC_DCEP_RELIABLE;
        ch->limit = 0;
    }

    rtc_sctp_channels_flush(s);

    return i;
}


void
rtc_sctp_close_channel(rtc_sctp_t *s, uint16_t stream)
{
    rtc_sctp_channel_t  *ch;

    if (stream >= RTC_SCTP_STREAMS) {
        return;
    }

    ch = &s->channels[stream];

    switch (ch->state) {

    case RTC_SCTP_OPENING:
        if (ch->send_open) {
            rtc_sctp_free_channel(ch);
            return;
        }

        break;

    case RTC_SCTP_OPEN:
        break;

    default:
        return;
    }

    ch->state = RTC_SCTP_CLOSING;
    ch->send_ack = 0;
    ch->send_reset = 1;

    rtc_sctp_channels_flush(s);
}


int
rtc_sctp_send(rtc_sctp_t *s, uint16_t stream, int binary, const uint8_t *p,
    size_t len)
{
    int       rc;
    uint32_t  ppid;

    if (s->state != RTC_SCTP_UP || stream >= RTC_SCTP_STREAMS
        || s->channels[stream].state != RTC_SCTP_OPEN
        || len > s->max_message)
    {
        return RTC_ERROR;
    }

    if (len) {
        ppid = binary ? RTC_DCEP_PPID_BINARY : RTC_DCEP_PPID_TEXT;

    } else {
        ppid = binary ? RTC_DCEP_PPID_EMPTY : RTC_DCEP_PPID_TEXT_EMPTY;
        p = (const uint8_t *) RTC_SCTP_EMPTY;
        len = 1;
    }

    rc = rtc_sctp_sendv(s, stream, ppid, p, len);

    rtc_sctp_worker_drain(s->worker);

    return rc;
}


void
rtc_sctp_channels_up(rtc_sctp_t *s)
{
    uint16_t  i;

    for (i = (uint16_t) s->streams; i < RTC_SCTP_STREAMS; i++) {
        if (s->channels[i].state == RTC_SCTP_OPENING) {
            rtc_sctp_free_channel(&s->channels[i]);
            s->handlers->channel_closed(s->ctx, i);
        }
    }

    rtc_sctp_channels_flush(s);
}


void
rtc_sctp_channels_down(rtc_sctp_t *s, int quiet)
{
    uint16_t            i;
    rtc_sctp_channel_e  state;

    for (i = 0; i < RTC_SCTP_STREAMS; i++) {
        state = s->channels[i].state;
        rtc_sctp_free_channel(&s->channels[i]);

        if (!quiet && (state == RTC_SCTP_OPENING || state == RTC_SCTP_OPEN)) {
            s->handlers->channel_closed(s->ctx, i);
        }
    }
}


void
rtc_sctp_channels_flush(rtc_sctp_t *s)
{
    uint16_t             i;
    rtc_sctp_channel_t  *ch;

    if (s->state != RTC_SCTP_UP) {
        return;
    }

    for (i = 0; i < RTC_SCTP_STREAMS; i++) {
        ch = &s->channels[i];

        if (ch->send_open && rtc_sctp_send_open(s, i) != RTC_OK) {
            return;
        }

        if (ch->send_ack && rtc_sctp_send_ack(s, i) != RTC_OK) {
            return;
        }
    }

    rtc_sctp_send_resets(s);
}


static int
rtc_sctp_send_open(rtc_sctp_t *s, uint16_t stream)
{
    size_t               len;
    uint8_t              buf[RTC_DCEP_OPEN_LEN + RTC_SCTP_MAX_LABEL];
    rtc_dcep_open_t      open;
    rtc_sctp_channel_t  *ch;

    ch = &s->channels[stream];

    memset(&open, 0, sizeof(open));
    open.reliability = ch->reliability;
    open.ordered = ch->ordered;
    open.limit = ch->limit;
    open.label.data = ch->label;
    open.label.len = ch->label_len;

    len = rtc_dcep_write_open(&open, buf, sizeof(buf));

    if (rtc_sctp_sendv(s, stream, RTC_DCEP_PPID, buf, len) != RTC_OK) {
        return RTC_AGAIN;
    }

    ch->send_open = 0;

    return RTC_OK;
}


static int
rtc_sctp_send_ack(rtc_sctp_t *s, uint16_t stream)
{
    size_t   len;
    uint8_t  buf[1];

    len = rtc_dcep_write_ack(buf, sizeof(buf));

    if (rtc_sctp_sendv(s, stream, RTC_DCEP_PPID, buf, len) != RTC_OK) {
        return RTC_AGAIN;
    }

    s->channels[stream].send_ack = 0;

    return RTC_OK;
}


static void
rtc_sctp_send_resets(rtc_sctp_t *s)
{
    uint16_t  i, n, streams[RTC_SCTP_STREAMS];

    n = 0;

    for (i = 0; i < RTC_SCTP_STREAMS; i++) {
        if (s->channels[i].send_reset) {
            streams[n++] = i;
        }
    }

    if (n == 0 || rtc_sctp_reset(s, streams, n) != RTC_OK) {

        /* the end of the reset that is under way leads here again */

        return;
    }

    for (i = 0; i < n; i++) {
        s->channels[streams[i]].send_reset = 0;
    }
}


void
rtc_sctp_channel_input(rtc_sctp_t *s, uint16_t stream, uint32_t ppid,
    const uint8_t *p, size_t len)
{
    int  binary;

    switch (ppid) {

    case RTC_DCEP_PPID:
        rtc_sctp_dcep(s, stream, p, len);
        return;

    case RTC_DCEP_PPID_TEXT:
        binary = 0;
        break;

    case RTC_DCEP_PPID_BINARY:
        binary = 1;
        break;

    case RTC_DCEP_PPID_TEXT_EMPTY:
        binary = 0;
        len = 0;
        break;

    case RTC_DCEP_PPID_EMPTY:
        binary = 1;
        len = 0;
        break;

    default:
        return;
    }

    /* RFC 8832, 6: user data is as good as the ACK that it overtook */

    rtc_sctp_established(s, stream);

    if (s->channels[stream].state == RTC_SCTP_OPEN) {
        s->handlers->message(s->ctx, stream, binary, p, len);
    }
}


static void
rtc_sctp_dcep(rtc_sctp_t *s, uint16_t stream, const uint8_t *p, size_t len)
{
    rtc_dcep_open_t      open;
    rtc_sctp_channel_t  *ch;

    ch = &s->channels[stream];

    switch (rtc_dcep_parse(&open, p, len)) {

    case RTC_DCEP_ACK:
        rtc_sctp_established(s, stream);
        break;

    case RTC_DCEP_OPEN:
        /* after a reset the peer may be faster than its answer to ours */

        if (ch->state == RTC_SCTP_FREE
            || (ch->state == RTC_SCTP_CLOSING && ch->reset_in
                && !ch->send_reset))
        {
            rtc_sctp_free_channel(ch);
            rtc_sctp_opened(s, stream, &open);
            break;
        }

        /* RFC 8832, 6: an error on a stream in use */

        if (ch->state != RTC_SCTP_CLOSING) {
            rtc_sctp_close_channel(s, stream);
            s->handlers->channel_closed(s->ctx, stream);
        }

        break;

    default:
        break;
    }
}


static void
rtc_sctp_opened(rtc_sctp_t *s, uint16_t stream, const rtc_dcep_open_t *open)
{
    rtc_sctp_channel_t  *ch;

    if (stream >= s->streams) {
        return;
    }

    ch = &s->channels[stream];

    ch->state = RTC_SCTP_OPEN;
    ch->ordered = open->ordered;
    ch->reliability = open->reliability;
    ch->limit = open->limit;
    ch->send_ack = 1;

    rtc_sctp_channels_flush(s);

    s->handlers->channel(s->ctx, stream, open->label.data, open->label.len,
                         open->ordered,
                         open->reliability == RTC_DCEP_RELIABLE);
}


static void
rtc_sctp_established(rtc_sctp_t *s, uint16_t stream)
{
    size_t               len;
    uint8_t             *label;
    rtc_sctp_channel_t  *ch;

    ch = &s->channels[stream];

    if (ch->state != RTC_SCTP_OPENING || ch->send_open) {
        return;
    }

    label = ch->label;
    len = ch->label_len;

    ch->state = RTC_SCTP_OPEN;
    ch->label = NULL;
    ch->label_len = 0;

    s->handlers->channel(s->ctx, stream, label, len, ch->ordered,
                         ch->reliability == RTC_DCEP_RELIABLE);

    free(label);
}


void
rtc_sctp_channel_reset_in(rtc_sctp_t *s, uint16_t stream)
{
    rtc_sctp_channel_t  *ch;

    ch = &s->channels[stream];

    switch (ch->state) {

    case RTC_SCTP_FREE:
        return;

    case RTC_SCTP_CLOSING:
        ch->reset_in = 1;

        if (ch->reset_out) {
            rtc_sctp_free_channel(ch);
        }

        return;

    default:
        /* RFC 8831, 6.7: reset our direction, too */

        ch->state = RTC_SCTP_CLOSING;
        ch->send_open = 0;
        ch->send_ack = 0;
        ch->send_reset = 1;
        ch->reset_in = 1;

        s->handlers->channel_closed(s->ctx, stream);
        return;
    }
}


void
rtc_sctp_channel_reset_out(rtc_sctp_t *s, uint16_t stream)
{
    rtc_sctp_channel_t  *ch;

    ch = &s->channels[stream];

    if (ch->state != RTC_SCTP_CLOSING) {
        return;
    }

    ch->reset_out = 1;

    if (ch->reset_in) {
        rtc_sctp_free_channel(ch);
    }
}


static void
rtc_sctp_free_channel(rtc_sctp_channel_t *ch)
{
    free(ch->label);
    memset(ch, 0, sizeof(rtc_sctp_channel_t));
}
