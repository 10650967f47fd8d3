
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "client.h"
#include "cut.h"
#include "rtc_bytes.h"
#include "rtc_dtls.h"
#include "tap.h"


#define GCM  "SRTP_AEAD_AES_128_GCM"
#define CM   "SRTP_AES128_CM_SHA1_80"


typedef struct {
    rtc_dtls_t     *dtls;
    queue_t         out;
    int             connected;
    uint8_t         data[2048];
    size_t          len;
    int             messages;
} server_t;


static rtc_dtls_worker_t  *worker;
static rtc_dtls_t         *cut_dtls;


static void
server_output(void *ctx, const uint8_t *p, size_t len)
{
    server_t  *s = ctx;

    queue_push(&s->out, p, len);
}


static void
server_connected(void *ctx)
{
    server_t  *s = ctx;

    s->connected++;
}


static void
server_data(void *ctx, uint8_t *p, size_t len)
{
    server_t  *s = ctx;

    memcpy(s->data, p, rtc_min(len, sizeof(s->data)));
    s->len = len;
    s->messages++;
}


static const rtc_dtls_handlers_t  handlers = {
    server_output,
    server_connected,
    server_data
};


static void
server_init(server_t *s, const client_t *c)
{
    memset(s, 0, sizeof(server_t));
    queue_init(&s->out);

    s->dtls = rtc_dtls_create(worker, &handlers, s);

    if (c) {
        rtc_dtls_set_fingerprints(s->dtls, &c->fingerprint, 1);
    }
}


static void
server_free(server_t *s)
{
    rtc_dtls_destroy(s->dtls);
    queue_clear(&s->out);
}


/* delivers all datagrams; every one whose turn is in the mask gets lost */

static void
exchange(client_t *c, server_t *s, uint32_t lost)
{
    datagram_t  *d;

    client_run(c);

    for ( ;; ) {
        d = queue_pop(&c->out);

        if (d) {
            if (!(lost & 1)) {
                rtc_dtls_input(s->dtls, d->data, d->len, clock_us);
            }

        } else {
            d = queue_pop(&s->out);

            if (d == NULL) {
                break;
            }

            if (!(lost & 1)) {
                client_input(c, d->data, d->len);
            }
        }

        lost >>= 1;
        datagram_free(d);
    }
}


static void
test_fingerprint(void)
{
    int                i, bad;
    char               text[256];
    rtc_str_t          s;
    rtc_dtls_cert_t   *cert;
    rtc_fingerprint_t  fp;

    cert = rtc_dtls_cert_create();

    snprintf(text, sizeof(text), "SHA-256 %s", rtc_dtls_cert_fingerprint(cert));
    s.data = (uint8_t *) text;
    s.len = strlen(text);

    is_int(s.len, 8 + RTC_FINGERPRINT_TEXT_LEN, "length of the text");
    is_int(rtc_fingerprint_parse(&fp, s), RTC_OK, "our own is read");
    is_int(fp.hash, RTC_FINGERPRINT_SHA256, "as SHA-256");
    ok(rtc_fingerprint_match(&fp, 1, cert->x509), "and matches");

    fp.value[31] ^= 1;
    ok(!rtc_fingerprint_match(&fp, 1, cert->x509), "but for a bit");

    bad = 0;

    for (i = 0; i < (int) s.len; i++) {
        rtc_str_t  cut = { s.data, (size_t) i };

        bad += rtc_fingerprint_parse(&fp, cut) == RTC_OK;
    }

    text[9] = 'G';
    bad += rtc_fingerprint_parse(&fp, s) == RTC_OK;
    text[9] = 'a';
    text[10] = ';';
    bad += rtc_fingerprint_parse(&fp, s) == RTC_OK;

    is_int(bad, 0, "what is cut or wrong is refused");

    s.data = (uint8_t *) "sha-1 00:11";
    s.len = 11;
    is_int(rtc_fingerprint_parse(&fp, s), RTC_DECLINED, "SHA-1 is too weak");

    rtc_dtls_cert_destroy(cert);
}


static void
test_handshake(const char *profiles, rtc_srtp_profile_e want,
    const char *name)
{
    size_t           salt;
    uint8_t          master[30];
    client_t         c;
    server_t         s;
    rtc_srtp_keys_t  keys;

    printf("# %s\n", name);

    client_init(&c, profiles, 1, 0);
    server_init(&s, &c);
    exchange(&c, &s, 0);

    is_int(c.connected, 1, "the client is connected");
    is_int(s.connected, 1, "the server is connected, once");
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_CONNECTED, "its state");
    ok(s.out.longest <= RTC_DTLS_MTU, "datagrams within the MTU");
    ok(rtc_dtls_next_deadline(s.dtls) == RTC_DTLS_NO_DEADLINE, "no timer");

    is_int(rtc_dtls_get_keys(s.dtls, &keys), RTC_OK, "keys");
    is_int(keys.profile, want, "profile");

    salt = want == RTC_SRTP_AEAD_AES_128_GCM ? 12 : 14;
    client_key(&c, salt, 0, master);
    is_mem(keys.rx, master, 16 + salt, "what we receive is the client's");
    client_key(&c, salt, 1, master);
    is_mem(keys.tx, master, 16 + salt, "what we send is the server's");

    client_send(&c, (const uint8_t *) "hello", 5);
    exchange(&c, &s, 0);
    ok(s.messages == 1 && s.len == 5 && memcmp(s.data, "hello", 5) == 0,
       "application data");

    is_int(rtc_dtls_send(s.dtls, master, 20), RTC_OK, "and back");
    is_int(rtc_dtls_send(s.dtls, master, 0), RTC_ERROR, "not of nothing");

    SSL_shutdown(c.ssl);
    exchange(&c, &s, 0);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_CLOSED, "closed by close_notify");
    is_int(rtc_dtls_send(s.dtls, master, 20), RTC_ERROR, "no more data");
    is_int(rtc_dtls_input(s.dtls, (uint8_t *) "\x16\xfe\xfd", 3, clock_us),
           RTC_DECLINED, "no more input");

    server_free(&s);
    client_free(&c);
}


/* the first flight of a client whose hello takes two datagrams */

static void
test_fragments(const char *order, long mtu, const char *name)
{
    unsigned     i;
    client_t     c;
    server_t     s;
    datagram_t  *d[2];

    client_init(&c, GCM, 1, 1);
    server_init(&s, &c);
    DTLS_set_link_mtu(c.ssl, mtu);

    client_run(&c);
    d[0] = queue_pop(&c.out);
    d[1] = queue_pop(&c.out);

    if (d[1] == NULL) {
        ok(0, "a hello in two datagrams");
        return;
    }

    for (i = 0; order[i]; i++) {
        rtc_dtls_input(s.dtls, d[order[i] - '0']->data,
                       d[order[i] - '0']->len, clock_us);
    }

    exchange(&c, &s, 0);
    ok(c.connected && s.connected == 1, name);

    datagram_free(d[0]);
    datagram_free(d[1]);
    server_free(&s);
    client_free(&c);
}


static void
test_refused(void)
{
    client_t           c;
    server_t           s;
    datagram_t        *d;
    rtc_fingerprint_t  fp[3];

    client_init(&c, GCM, 1, 0);
    server_init(&s, NULL);

    memset(fp, 0, sizeof(fp));
    is_int(rtc_dtls_set_fingerprints(s.dtls, fp, 3), RTC_ERROR,
           "one strong fingerprint is needed");

    exchange(&c, &s, 0);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_NEW,
           "nothing is answered without one");

    fp[0].hash = RTC_FINGERPRINT_SHA256;
    fp[1].hash = RTC_FINGERPRINT_SHA512;
    fp[2] = c.fingerprint;
    is_int(rtc_dtls_set_fingerprints(s.dtls, fp, 3), RTC_OK, "three");

    clock_us += 2000000;
    client_timer(&c);
    exchange(&c, &s, 0);
    is_int(s.connected, 1, "the third of them matches");
    is_int(rtc_dtls_set_fingerprints(s.dtls, fp, 3), RTC_OK,
           "the same ones again");
    is_int(rtc_dtls_set_fingerprints(s.dtls, fp, 2), RTC_ERROR,
           "others when it is verified");

    server_free(&s);
    client_free(&c);

    client_init(&c, GCM, 1, 0);
    server_init(&s, &c);
    rtc_dtls_set_fingerprints(s.dtls, fp, 1);
    exchange(&c, &s, 0);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_FAILED, "the wrong fingerprint");
    is_int(s.connected, 0, "is not connected");
    ok(c.failed, "and the client is told");
    is_int(rtc_dtls_failures(s.dtls), 1, "counted");

    server_free(&s);
    client_free(&c);

    client_init(&c, GCM, 0, 0);
    server_init(&s, &c);
    exchange(&c, &s, 0);
    is_int(s.connected, 0, "no certificate: not connected");
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_NEW, "and forgotten");

    server_free(&s);
    client_free(&c);

    client_init(&c, NULL, 1, 0);
    server_init(&s, &c);
    exchange(&c, &s, 0);
    is_int(s.connected, 0, "without use_srtp: not connected");

    server_free(&s);
    client_free(&c);

    /* a hello without a cipher for us is forgotten, the next one works */

    client_init(&c, GCM, 1, 0);
    server_init(&s, &c);
    SSL_set_cipher_list(c.ssl, "AES256-SHA");
    client_run(&c);
    d = queue_pop(&c.out);
    rtc_dtls_input(s.dtls, d->data, d->len, clock_us);
    datagram_free(d);
    is_int(rtc_dtls_failures(s.dtls), 1, "no cipher");
    ok(s.out.first == NULL, "no alert to a hello");
    client_free(&c);

    client_init(&c, GCM, 1, 0);
    rtc_dtls_set_fingerprints(s.dtls, &c.fingerprint, 1);
    exchange(&c, &s, 0);
    is_int(s.connected, 1, "the next handshake works");

    server_free(&s);
    client_free(&c);
}


/* alerts of epoch 0 must not end anything */

static void
test_alert(void)
{
    client_t       c;
    server_t       s;
    datagram_t    *d;
    const uint8_t  alert[] = { 21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2,
                               2, 40 };
    uint8_t        both[2048];

    client_init(&c, GCM, 1, 0);
    server_init(&s, &c);

    is_int(rtc_dtls_input(s.dtls, alert, sizeof(alert), clock_us),
           RTC_DECLINED, "an alert first");

    client_run(&c);
    d = queue_pop(&c.out);

    memcpy(both, d->data, d->len);
    memcpy(both + d->len, alert, sizeof(alert));
    is_int(rtc_dtls_input(s.dtls, both, d->len + sizeof(alert), clock_us),
           RTC_DECLINED, "an alert behind a hello");

    rtc_dtls_input(s.dtls, d->data, d->len, clock_us);
    datagram_free(d);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_HANDSHAKE, "a hello");
    is_int(rtc_dtls_input(s.dtls, alert, sizeof(alert), clock_us),
           RTC_DECLINED, "an alert in the handshake");

    exchange(&c, &s, 0);
    is_int(s.connected, 1, "connected nevertheless");
    rtc_dtls_input(s.dtls, alert, sizeof(alert), clock_us);
    client_send(&c, (const uint8_t *) "x", 1);
    exchange(&c, &s, 0);
    is_int(s.messages, 1, "and afterwards, too");

    server_free(&s);
    client_free(&c);
}


/* every pattern of loss in the first ten datagrams */

static void
test_loss(void)
{
    int       bad, i, late;
    uint32_t  lost;
    uint64_t  start;
    client_t  c;
    server_t  s;

    bad = 0;
    late = 0;

    for (lost = 1; lost < 1024; lost += 7) {
        client_init(&c, GCM, 1, 0);
        server_init(&s, &c);

        start = clock_us;
        exchange(&c, &s, lost);

        for (i = 0; i < 2000 && !(c.connected && s.connected); i++) {
            clock_us += 10000;
            client_timer(&c);
            rtc_dtls_timer(s.dtls, clock_us);
            exchange(&c, &s, 0);
        }

        bad += !c.connected || s.connected != 1;
        late += clock_us - start > 3100000;

        server_free(&s);
        client_free(&c);
    }

    is_int(bad, 0, "connected after any loss");
    is_int(late, 0, "after one timeout of the client at most");

    /* our timer alone: the client is silent */

    client_init(&c, GCM, 1, 0);
    server_init(&s, &c);

    client_run(&c);
    datagram_t  *d = queue_pop(&c.out);
    start = clock_us;
    rtc_dtls_input(s.dtls, d->data, d->len, clock_us);
    datagram_free(d);

    is_int(rtc_dtls_next_deadline(s.dtls) - start, 50000, "50 ms first");
    s.out.count = 0;

    rtc_dtls_timer(s.dtls, clock_us + 1000);
    is_int(s.out.count, 0, "not before");

    clock_us = rtc_dtls_next_deadline(s.dtls);
    rtc_dtls_timer(s.dtls, clock_us);
    ok(s.out.count > 0, "the flight again");
    is_int(rtc_dtls_next_deadline(s.dtls) - clock_us, 100000, "then 100 ms");

    for (i = 0; i < 100 && rtc_dtls_next_deadline(s.dtls) != UINT64_MAX; i++)
    {
        clock_us = rtc_dtls_next_deadline(s.dtls);
        rtc_dtls_timer(s.dtls, clock_us);
    }

    ok(i < 20, "and an end");
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_NEW, "without a session");

    server_free(&s);
    client_free(&c);
}


/* the client lost our last flight and repeats its own */

static void
test_last_flight(void)
{
    client_t     c;
    server_t     s;
    datagram_t  *d;

    client_init(&c, GCM, 1, 0);
    server_init(&s, &c);

    client_run(&c);

    while (!s.connected) {
        d = queue_pop(&c.out);

        if (d) {
            rtc_dtls_input(s.dtls, d->data, d->len, clock_us);

        } else {
            d = queue_pop(&s.out);
            client_input(&c, d->data, d->len);
        }

        datagram_free(d);
    }

    queue_clear(&s.out);
    is_int(c.connected, 0, "the last flight is lost");

    clock_us += 1100000;
    client_timer(&c);
    exchange(&c, &s, 0);
    is_int(c.connected, 1, "its repetition is answered");
    is_int(s.connected, 1, "connected once");

    server_free(&s);
    client_free(&c);
}


static void
cut_input(const uint8_t *p, size_t len)
{
    rtc_dtls_input(cut_dtls, p, len, clock_us);
}


/* OpenSSL's state is freed: alerts both ways, a repeated last flight */

static void
test_keys_only(const char *cipher)
{
    client_t           c;
    server_t           s;
    datagram_t        *d;
    rtc_fingerprint_t  other;

    client_init(&c, GCM, 1, 0);
    SSL_set_cipher_list(c.ssl, cipher);
    server_init(&s, &c);
    rtc_dtls_set_keys_only(s.dtls);

    client_run(&c);

    while (!s.connected) {
        d = queue_pop(&c.out);

        if (d) {
            rtc_dtls_input(s.dtls, d->data, d->len, clock_us);

        } else {
            d = queue_pop(&s.out);
            client_input(&c, d->data, d->len);
        }

        datagram_free(d);
    }

    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_CONNECTED, cipher);
    is_int(rtc_dtls_send(s.dtls, (const uint8_t *) "x", 1), RTC_ERROR,
           "no data can be sent");
    is_int(rtc_dtls_next_deadline(s.dtls), RTC_DTLS_NO_DEADLINE,
           "nothing is due");

    queue_clear(&s.out);
    is_int(c.connected, 0, "the last flight is lost");
    clock_us += 1100000;
    client_timer(&c);
    exchange(&c, &s, 0);
    is_int(c.connected, 1, "its repetition is answered");

    other = c.fingerprint;
    other.value[0] ^= 1;
    is_int(rtc_dtls_set_fingerprints(s.dtls, &c.fingerprint, 1), RTC_OK,
           "the same certificate once more");
    is_int(rtc_dtls_set_fingerprints(s.dtls, &other, 1), RTC_ERROR,
           "another one");

    /* data and damaged alerts change nothing */

    client_send(&c, (const uint8_t *) "data", 4);
    exchange(&c, &s, 0);
    is_int(s.messages, 0, "data is ignored");

    SSL_shutdown(c.ssl);
    d = queue_pop(&c.out);
    d->data[d->len - 1] ^= 1;
    rtc_dtls_input(s.dtls, d->data, d->len, clock_us);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_CONNECTED, "a forged alert");
    cut_dtls = s.dtls;
    cut_every_byte(cut_input, d->data, d->len - 1);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_CONNECTED, "one that is cut");

    d->data[d->len - 1] ^= 1;
    rtc_dtls_input(s.dtls, d->data, d->len, clock_us);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_CLOSED, "close_notify");
    datagram_free(d);

    is_int(s.out.first != NULL, 1, "is answered");
    rtc_dtls_close(s.dtls);
    server_free(&s);
    client_free(&c);

    client_init(&c, GCM, 1, 0);
    SSL_set_cipher_list(c.ssl, cipher);
    server_init(&s, &c);
    rtc_dtls_set_keys_only(s.dtls);
    exchange(&c, &s, 0);
    rtc_dtls_close(s.dtls);
    exchange(&c, &s, 0);
    is_int(c.closed, 1, "the client understands ours");
    server_free(&s);
    client_free(&c);
}


static void
test_hostile(void)
{
    int          bad, i, j;
    uint8_t      copy[2048];
    client_t     c;
    server_t     s;
    datagram_t  *d;

    client_init(&c, GCM, 1, 0);
    server_init(&s, &c);

    client_run(&c);
    d = queue_pop(&c.out);

    cut_dtls = s.dtls;
    cut_every_byte(cut_input, d->data, d->len - 1);
    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_NEW, "a hello, cut anywhere");

    bad = 0;

    for (i = 0; i < (int) d->len; i++) {
        for (j = 0; j < 256; j += 51) {
            memcpy(copy, d->data, d->len);
            copy[i] ^= (uint8_t) j;
            rtc_dtls_input(s.dtls, copy, d->len, clock_us);
            bad += s.connected;
        }

        rtc_dtls_destroy(s.dtls);
        s.dtls = rtc_dtls_create(worker, &handlers, &s);
        rtc_dtls_set_fingerprints(s.dtls, &c.fingerprint, 1);
    }

    is_int(bad, 0, "a hello with any byte changed");
    queue_clear(&s.out);

    rtc_dtls_input(s.dtls, d->data, d->len, clock_us);
    exchange(&c, &s, 0);
    is_int(s.connected, 1, "the hello itself");

    for (i = 0; i < 1000; i++) {
        for (j = 0; j < 60; j++) {
            copy[j] = (uint8_t) rand();
        }

        copy[0] = (uint8_t) (20 + i % 4);
        rtc_write_u16(copy + 1, 0xfefd);
        rtc_write_u16(copy + 3, i % 3 == 0);
        rtc_write_u16(copy + 11, 60 - 13);
        rtc_dtls_input(s.dtls, copy, 60, clock_us);
    }

    is_int(rtc_dtls_state(s.dtls), RTC_DTLS_CONNECTED,
           "records of a thousand kinds");
    client_send(&c, (const uint8_t *) "x", 1);
    exchange(&c, &s, 0);
    is_int(s.messages, 1, "do not end the session");

    datagram_free(d);
    server_free(&s);
    client_free(&c);
}


int
main(void)
{
    rtc_dtls_cert_t  *cert;

    cert = rtc_dtls_cert_create();
    worker = rtc_dtls_worker_create(cert);

    test_fingerprint();

    test_handshake(GCM ":" CM, RTC_SRTP_AEAD_AES_128_GCM, "both profiles");
    test_handshake(CM ":" GCM, RTC_SRTP_AEAD_AES_128_GCM, "the order is ours");
    test_handshake(CM, RTC_SRTP_AES128_CM_SHA1_80, "AES-CM only");

    test_fragments("01", 1200, "a hello in two datagrams");
    test_fragments("10", 1200, "in the other order");
    test_fragments("0011", 1200, "duplicated");
    test_fragments("1010", 1200, "duplicated in the other order");
    test_fragments("01", 1408, "a first datagram of 1408 bytes");
    test_fragments("110", 1408, "and in the other order");

    test_refused();
    test_alert();
    test_loss();
    test_last_flight();
    test_keys_only("ECDHE-ECDSA-AES128-GCM-SHA256");
    test_keys_only("ECDHE-ECDSA-CHACHA20-POLY1305");
    test_keys_only("ECDHE-ECDSA-AES256-GCM-SHA384");
    test_hostile();

    is_int(ERR_peek_error(), 0, "OpenSSL's error queue is empty");

    rtc_dtls_worker_destroy(worker);
    rtc_dtls_cert_destroy(cert);

    return done();
}
