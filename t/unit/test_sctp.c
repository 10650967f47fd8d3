
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * An association against a plain socket of usrsctp, in memory.
 */


#include "client.h"
#include "cut.h"
#include "rtc_bytes.h"
#include "rtc_sctp.h"
#include "sctp_client.h"
#include "tap.h"


typedef struct {
    rtc_sctp_t        *sctp;
    queue_t            out;

    int                channels;
    uint16_t           stream;
    char               label[64];
    int                ordered;
    int                reliable;

    int                messages;
    int                binary;
    uint8_t            data[SCTP_CLIENT_KEEP];
    size_t             len;

    int                closed;
    uint16_t           closed_stream;
    int                drained;
} server_t;


static rtc_sctp_worker_t  *worker;
static server_t            server;
static sctp_client_t       client;
static queue_t             client_out;


static void
on_output(void *ctx, const uint8_t *p, size_t len)
{
    server_t  *s = ctx;

    queue_push(&s->out, p, len);
}


static void
on_channel(void *ctx, uint16_t stream, const uint8_t *label, size_t len,
    int ordered, int reliable)
{
    server_t  *s = ctx;

    s->channels++;
    s->stream = stream;
    s->ordered = ordered;
    s->reliable = reliable;
    snprintf(s->label, sizeof(s->label), "%.*s", (int) len,
             (const char *) label);
}


static void
on_message(void *ctx, uint16_t stream, int binary, const uint8_t *p,
    size_t len)
{
    server_t  *s = ctx;

    s->messages++;
    s->stream = stream;
    s->binary = binary;
    s->len = len;
    memcpy(s->data, p, rtc_min(len, sizeof(s->data)));

    /* a handler may send */

    if (len == 4 && memcmp(p, "echo", 4) == 0) {
        rtc_sctp_send(s->sctp, stream, 1, p, len);
    }
}


static void
on_channel_closed(void *ctx, uint16_t stream)
{
    server_t  *s = ctx;

    s->closed++;
    s->closed_stream = stream;
}


static void
on_drained(void *ctx)
{
    server_t  *s = ctx;

    s->drained++;
}


static const rtc_sctp_handlers_t  handlers = {
    on_output,
    on_channel,
    on_message,
    on_channel_closed,
    on_drained
};


static void
on_client_output(void *ctx, const uint8_t *p, size_t len)
{
    queue_push(&client_out, p, len);
}


static const rtc_sctp_handlers_t  client_handlers = {
    on_client_output, NULL, NULL, NULL, NULL
};


static int
exchange(unsigned lost)
{
    int          n;
    datagram_t  *d;

    for (n = 0; ; n++) {
        d = queue_pop(&server.out);

        if (d) {
            if (lost == 0 || (unsigned) rand() % lost) {
                usrsctp_conninput((void *) client.id, d->data, d->len, 0);
            }

        } else {
            d = queue_pop(&client_out);

            if (d == NULL) {
                return n;
            }

            if (lost == 0 || (unsigned) rand() % lost) {
                rtc_sctp_input(server.sctp, d->data, d->len);
            }
        }

        datagram_free(d);
    }
}


static void
pass(int ms, unsigned lost)
{
    int  i;

    for (i = 0; i < ms; i += 10) {
        clock_us += 10000;
        rtc_sctp_worker_tick(worker, 10);
        exchange(lost);
    }
}


static void
start(void)
{
    memset(&server, 0, sizeof(server));
    queue_init(&server.out);
    queue_init(&client_out);

    server.sctp = rtc_sctp_create(worker, &handlers, &server);
    sctp_client_start(&client, worker, &client_handlers, NULL);
}


static void
stop(void)
{
    sctp_client_stop(&client);
    rtc_sctp_destroy(server.sctp);
    queue_clear(&server.out);
    queue_clear(&client_out);
}


static rtc_str_t
str(const char *s)
{
    rtc_str_t  v = { (const uint8_t *) s, strlen(s) };

    return v;
}


static void
test_dcep(void)
{
    int              bad;
    size_t           n, i;
    uint8_t          buf[64];
    rtc_dcep_open_t  open, again;

    memset(&open, 0, sizeof(open));
    open.label = str("_lossy");
    open.protocol = str("p");
    open.reliability = RTC_DCEP_RETRANSMITS;
    open.limit = 3;
    open.priority = 256;

    n = rtc_dcep_write_open(&open, buf, sizeof(buf));
    is_int(n, RTC_DCEP_OPEN_LEN + 7, "length of an OPEN");
    is_mem(buf, "\x03\x81\x01\x00\x00\x00\x00\x03\x00\x06\x00\x01_lossyp", n,
           "its bytes");
    is_int(rtc_dcep_write_open(&open, buf, n - 1), 0, "no room");
    rtc_dcep_write_open(&open, buf, sizeof(buf));

    is_int(rtc_dcep_parse(&again, buf, n), RTC_DCEP_OPEN, "read again");
    ok(!again.ordered && again.limit == 3 && again.priority == 256
       && again.reliability == RTC_DCEP_RETRANSMITS
       && rtc_str_eq(again.label, "_lossy")
       && rtc_str_eq(again.protocol, "p"), "the same");

    bad = 0;

    for (i = 0; i < n; i++) {
        uint8_t  *cut = malloc(i + 1);

        memcpy(cut, buf, i);
        bad += rtc_dcep_parse(&again, cut, i) != RTC_ERROR;
        free(cut);
    }

    is_int(bad, 0, "cut anywhere it is refused");

    buf[1] = 0x03;
    is_int(rtc_dcep_parse(&again, buf, n), RTC_ERROR, "unknown reliability");
    is_int(rtc_dcep_write_ack(buf, 0), 0, "no room for an ACK");
    is_int(rtc_dcep_write_ack(buf, 1), 1, "an ACK");
    is_int(rtc_dcep_parse(&again, buf, 1), RTC_DCEP_ACK, "read");
}


static void
test_channels(void)
{
    int      one, three;
    uint8_t  empty = 0;

    start();

    one = rtc_sctp_open_channel(server.sctp, str("_reliable"), 1, -1);
    is_int(one, 1, "a channel before the association: stream 1");
    three = rtc_sctp_open_channel(server.sctp, str("_lossy"), 0, 0);
    is_int(three, 3, "another: stream 3");
    is_int(rtc_sctp_send(server.sctp, 1, 1, &empty, 1), RTC_ERROR,
           "not to be used yet");

    is_int(rtc_sctp_start(server.sctp, 5000, 5000, 65535), RTC_OK, "start");
    is_int(rtc_sctp_start(server.sctp, 5000, 5000, 65535), RTC_ERROR, "once");
    pass(2000, 0);

    is_int(client.up, 1, "the association is up");
    is_int(client.opens, 2, "both channels are announced");
    is_int(server.channels, 0, "but not open without an ACK");

    sctp_client_send(&client, 1, RTC_DCEP_PPID, "\x02", 1);
    exchange(0);
    ok(server.channels == 1 && server.stream == 1 && server.ordered
       && server.reliable && strcmp(server.label, "_reliable") == 0,
       "open by the ACK");

    sctp_client_send(&client, 3, RTC_DCEP_PPID_BINARY, "data", 4);
    exchange(0);
    ok(server.channels == 2 && !server.ordered && !server.reliable
       && strcmp(server.label, "_lossy") == 0 && server.messages == 1,
       "open by data, which is delivered");

    sctp_client_open(&client, 0, "_reliable", 1, RTC_DCEP_RELIABLE, 0);
    exchange(0);
    ok(server.channels == 3 && server.stream == 0
       && strcmp(server.label, "_reliable") == 0, "one of the client");
    is_int(client.acks, 1, "acknowledged");

    sctp_client_open(&client, 2, "_reliable", 1, RTC_DCEP_RELIABLE, 0);
    exchange(0);
    is_int(server.channels, 4, "the same label on another stream");
    is_int(server.stream, 2, "is another channel");

    sctp_client_open(&client, 4, "_lossy", 0, RTC_DCEP_RETRANSMITS, 0);
    exchange(0);
    ok(server.channels == 5 && !server.ordered && !server.reliable, "lossy");

    sctp_client_send(&client, 0, RTC_DCEP_PPID_TEXT, "text", 4);
    exchange(0);
    ok(!server.binary && server.len == 4 && server.stream == 0, "text");

    sctp_client_send(&client, 0, RTC_DCEP_PPID_EMPTY, &empty, 1);
    exchange(0);
    ok(server.binary && server.len == 0, "empty");

    server.messages = 0;
    sctp_client_send(&client, 0, 99, "text", 4);
    sctp_client_send(&client, 10, RTC_DCEP_PPID_BINARY, "text", 4);
    sctp_client_send(&client, 0, RTC_DCEP_PPID, "\x77", 1);
    exchange(0);
    is_int(server.messages, 0, "unknown PPID, channel, DCEP: dropped");

    client.messages = 0;
    sctp_client_send(&client, 4, RTC_DCEP_PPID_BINARY, "echo", 4);
    exchange(0);
    ok(client.messages == 1 && client.len == 4 && client.stream == 4,
       "an answer from within the handler");

    is_int(rtc_sctp_send(server.sctp, 0, 0, NULL, 0), RTC_OK, "send nothing");
    exchange(0);
    is_int(client.ppid, RTC_DCEP_PPID_TEXT_EMPTY, "as the PPID says");
    is_int(rtc_sctp_send(server.sctp, 63, 1, &empty, 1), RTC_ERROR,
           "no such channel");
    is_int(rtc_sctp_send(server.sctp, 6400, 1, &empty, 1), RTC_ERROR,
           "no such stream");

    /* closing */

    is_int(sctp_client_reset(&client, 2), 0, "the client closes a channel");
    pass(1000, 0);
    ok(server.closed == 1 && server.closed_stream == 2, "closed");
    ok(client.resets == 1, "and our direction, too");

    sctp_client_open(&client, 2, "again", 1, RTC_DCEP_RELIABLE, 0);
    pass(100, 0);
    ok(server.channels == 6 && strcmp(server.label, "again") == 0,
       "its stream is used again");

    rtc_sctp_close_channel(server.sctp, 1);
    rtc_sctp_close_channel(server.sctp, 3);
    pass(1000, 0);
    is_int(client.resets, 3, "two closed by us");
    is_int(server.closed, 1, "silently");
    sctp_client_reset(&client, 1);
    pass(500, 0);
    sctp_client_reset(&client, 3);
    pass(500, 0);
    is_int(rtc_sctp_open_channel(server.sctp, str("x"), 1, -1), 1,
           "stream 1 again, when both directions are reset");

    sctp_client_open(&client, 0, "in use", 1, RTC_DCEP_RELIABLE, 0);
    pass(100, 0);
    is_int(server.closed, 2, "OPEN on a stream in use closes it");

    /* the end */

    server.closed = 0;
    rtc_sctp_destroy(client.hook);
    client.hook = rtc_sctp_create(worker, &client_handlers, NULL);
    stop();
    is_int(rtc_sctp_worker_count(worker), 0, "nothing is left");
}


static void
test_down(void)
{
    start();
    rtc_sctp_start(server.sctp, 5000, 5000, 65535);
    pass(2000, 0);
    sctp_client_open(&client, 0, "a", 1, RTC_DCEP_RELIABLE, 0);
    sctp_client_open(&client, 2, "b", 1, RTC_DCEP_RELIABLE, 0);
    pass(100, 0);
    is_int(server.channels, 2, "two channels");

    usrsctp_close(client.sock);
    client.sock = NULL;
    exchange(0);
    is_int(server.closed, 2, "closed by the client's ABORT");
    is_int(rtc_sctp_open_channel(server.sctp, str("x"), 1, -1), RTC_ERROR,
           "no more channels");
    is_int(rtc_sctp_send(server.sctp, 0, 1, (uint8_t *) "x", 1), RTC_ERROR,
           "no more messages");

    usrsctp_deregister_address((void *) client.id);
    stop();
}


static void
test_messages(void)
{
    int              i, rc, bad;
    size_t           len;
    static uint8_t   big[70000];

    for (i = 0; i < (int) sizeof(big); i++) {
        big[i] = (uint8_t) (i * 13 + i / 256);
    }

    start();
    rtc_sctp_start(server.sctp, 5000, 5000, 65535);
    pass(2000, 0);
    sctp_client_open(&client, 0, "a", 1, RTC_DCEP_RELIABLE, 0);
    pass(100, 0);

    bad = 0;

    for (len = 1; len <= 65535; len = len * 2 + 1) {
        sctp_client_send(&client, 0, RTC_DCEP_PPID_BINARY, big, len);
        pass(500, 0);
        bad += server.len != len || memcmp(server.data, big, len) != 0;

        rtc_sctp_send(server.sctp, 0, 1, big, len);
        pass(500, 0);
        bad += client.len != len || memcmp(client.data, big, len) != 0;
    }

    is_int(bad, 0, "messages up to 65535 bytes, both ways");
    is_int(server.out.longest, RTC_SCTP_MTU, "packets of the MTU");
    is_int(rtc_sctp_send(server.sctp, 0, 1, big, 65536), RTC_ERROR,
           "longer than the peer takes");
    is_int(rtc_sctp_buffered(server.sctp), 0, "nothing is buffered");

    /* the client reads nothing */

    server.drained = 0;

    for (i = 0; i < 1000; i++) {
        rc = rtc_sctp_send(server.sctp, 0, 1, big, 10000);

        if (rc != RTC_OK) {
            break;
        }
    }

    is_int(rc, RTC_AGAIN, "the buffer gets full");
    ok(i >= 20 && rtc_sctp_buffered(server.sctp) <= RTC_SCTP_SEND_BUFFER,
       "after what it holds");
    is_int(server.drained, 0, "not drained");

    client.messages = 0;
    pass(5000, 0);
    is_int(client.messages, i, "all of it arrives");
    is_int(server.drained, 1, "drained, once");
    is_int(rtc_sctp_buffered(server.sctp), 0, "empty");

    /* small ones */

    for (i = 0; i < 100000; i++) {
        if (rtc_sctp_send(server.sctp, 0, 1, big, 10) != RTC_OK) {
            break;
        }
    }

    is_int(i, RTC_SCTP_SEND_MESSAGES, "small messages are bounded, too");
    pass(5000, 0);
    is_int(server.drained, 2, "and drained");

    /* with loss */

    client.messages = 0;
    server.messages = 0;

    for (i = 0; i < 20; i++) {
        rtc_sctp_send(server.sctp, 0, 1, big, 5000);
        sctp_client_send(&client, 0, RTC_DCEP_PPID_BINARY, big, 5000);
        pass(100, 10);
    }

    pass(60000, 10);
    is_int(client.messages, 20, "all arrive in spite of loss");
    is_int(server.messages, 20, "and the other way");

    /* longer than announced */

    server.closed = 0;
    sctp_client_send(&client, 0, RTC_DCEP_PPID_BINARY, big, 69000);
    pass(2000, 0);
    is_int(server.closed, 1, "too long a message ends the association");

    stop();
}


/* nothing passes for two minutes, long after RTOs are at their longest */

static void
test_outage(void)
{
    int  i;

    start();
    rtc_sctp_start(server.sctp, 5000, 5000, 65535);
    pass(2000, 0);
    sctp_client_open(&client, 0, "a", 1, RTC_DCEP_RELIABLE, 0);
    pass(100, 0);

    for (i = 0; i < 120; i++) {
        rtc_sctp_send(server.sctp, 0, 1, (uint8_t *) "x", 1);
        pass(1000, 1);
    }

    is_int(client.messages, 0, "nothing arrives in an outage");
    is_int(server.closed, 0, "the association outlives it");

    pass(2500, 0);
    is_int(client.messages, 120, "all of it arrives soon after");

    stop();
}


static void
test_bounds(void)
{
    int               i;
    rtc_sctp_t       *s[4];

    for (i = 0; i < 4; i++) {
        s[i] = rtc_sctp_create(worker, &handlers, &server);
    }

    ok(s[3] != NULL, "as many associations as there may be");
    ok(rtc_sctp_create(worker, &handlers, &server) == NULL, "one too many");
    is_int(rtc_sctp_worker_count(worker), 4, "counted");

    for (i = 1; i < RTC_SCTP_STREAMS; i += 2) {
        if (rtc_sctp_open_channel(s[0], str("x"), 1, -1) != i) {
            break;
        }
    }

    is_int(i, RTC_SCTP_STREAMS + 1, "as many channels as there may be");
    is_int(rtc_sctp_open_channel(s[0], str("x"), 1, -1), RTC_ERROR,
           "one too many");

    for (i = 0; i < 4; i++) {
        rtc_sctp_destroy(s[i]);
    }

    is_int(rtc_sctp_worker_count(worker), 0, "none");
}


static void
cut_packet(const uint8_t *p, size_t len)
{
    rtc_sctp_input(server.sctp, (uint8_t *) p, len);
}


static void
test_hostile(void)
{
    int          i, j;
    uint8_t      copy[2048];
    datagram_t  *d;

    start();
    rtc_sctp_start(server.sctp, 5000, 5000, 65535);
    pass(2000, 0);
    sctp_client_open(&client, 0, "a", 1, RTC_DCEP_RELIABLE, 0);
    pass(100, 0);

    sctp_client_send(&client, 0, RTC_DCEP_PPID_BINARY, "message", 7);
    d = queue_pop(&client_out);
    cut_every_byte(cut_packet, d->data, d->len - 1);

    for (i = 0; i < (int) d->len; i++) {
        for (j = 1; j < 256; j *= 2) {
            memcpy(copy, d->data, d->len);
            copy[i] ^= (uint8_t) j;
            rtc_sctp_input(server.sctp, copy, d->len);
        }
    }

    rtc_sctp_input(server.sctp, d->data, d->len);
    ok(server.len == 7, "the message itself");
    datagram_free(d);

    sctp_client_send(&client, 0, RTC_DCEP_PPID_BINARY, "more", 4);
    pass(100, 0);
    ok(server.len == 4 && server.closed == 0, "the association lives");

    stop();
}


int
main(void)
{
    srand(1);

    worker = rtc_sctp_worker_create(4);

    test_dcep();
    test_bounds();
    test_channels();
    test_down();
    test_messages();
    test_outage();
    test_hostile();

    is_int(rtc_sctp_worker_count(worker), 0, "no association is left");
    rtc_sctp_worker_destroy(worker);

    return done();
}
