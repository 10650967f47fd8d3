
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "peer.h"


static void
test_ice(void)
{
    int             i;
    datagram_t     *d;
    rtc_tuple_t     t;
    rtc_ice_cred_t  next = { "05000nextnextnext", "nextnextnextnextnextnext" };
    rtc_ice_cred_t  wrong;

    begin(GCM);

    is_int(rtc_transport_ice(server.transport), RTC_TRANSPORT_ICE_NEW, "new");
    ok(rtc_transport_selected(server.transport) == NULL, "no tuple");
    ok(rtc_transport_next_deadline(server.transport)
       == RTC_TRANSPORT_NO_DEADLINE, "no deadline");
    is_int(rtc_transport_set_remote(server.transport, str("remote"), NULL, 0),
           RTC_ERROR, "no fingerprint");
    is_int(rtc_transport_set_remote(server.transport, str("r"),
                                    &client.fingerprint, 1),
           RTC_ERROR, "no ufrag");
    is_int(rtc_transport_set_remote(server.transport, str("remote"),
                                    &client.fingerprint, 1), RTC_OK, "remote");

    wrong = local;
    wrong.pwd[0]++;
    is_int(check(1000, &wrong, "remote", 1), RTC_DECLINED, "wrong password");
    ok(server.out.first == NULL, "is not answered");
    is_int(server.added, 0, "and nothing is learned");
    is_int(rtc_transport_stats(server.transport)->stun_refused, 1, "counted");

    is_int(check(1000, &local, "remote", 1), RTC_OK, "a check");
    d = queue_pop(&server.out);
    t = tuple(1000);
    ok(d && rtc_get_u16(d->data) == 0x0101, "is answered");
    ok(rtc_tuple_eq(&server.to, &t), "to where it came from");
    datagram_free(d);
    ok(server.added == 1 && rtc_tuple_eq(&server.tuple, &t), "learned");
    is_int(server.ice, RTC_TRANSPORT_ICE_CONNECTED, "connected");

    /* no room for the answer: consent counts */

    server.full = 1;
    clock_us += 5000000;
    is_int(check(1001, &local, "remote", 1), RTC_OK, "no room for the answer");
    ok(server.out.first == NULL, "there is none");
    server.full = 0;
    t = tuple(1001);
    ok(rtc_tuple_eq(rtc_transport_selected(server.transport), &t),
       "the latest nominated one wins");

    for (i = 0; i < 20; i++) {
        clock_us += 1000;
        check((uint16_t) (2000 + i), &local, "remote", 0);
    }

    is_int(server.added - server.removed, RTC_ICE_TUPLES, "tuples at once");
    queue_clear(&server.out);

    /* consent */

    rtc_transport_timer(server.transport, clock_us);
    is_int(server.ice, RTC_TRANSPORT_ICE_CONNECTED, "still connected");
    clock_us = rtc_transport_next_deadline(server.transport);
    rtc_transport_timer(server.transport, clock_us);
    is_int(server.ice, RTC_TRANSPORT_ICE_DISCONNECTED, "10 s of silence");
    i = (int) (rtc_transport_next_deadline(server.transport) - clock_us);
    is_int(i, 20000000, "20 more");
    clock_us = rtc_transport_next_deadline(server.transport);
    rtc_transport_timer(server.transport, clock_us);
    is_int(server.ice, RTC_TRANSPORT_ICE_FAILED, "no consent");
    ok(rtc_transport_next_deadline(server.transport)
       == RTC_TRANSPORT_NO_DEADLINE, "nothing more to come");

    check(1001, &local, "remote", 1);
    is_int(server.ice, RTC_TRANSPORT_ICE_CONNECTED, "a check revives");

    /* restart */

    rtc_transport_restart(server.transport, &next);
    is_int(check(1001, &local, "remote", 1), RTC_OK, "the old ones are valid");
    rtc_transport_set_remote(server.transport, str("other"),
                             &client.fingerprint, 1);
    is_int(check(1001, &local, "remote", 1), RTC_OK, "with the old remote");
    is_int(check(1001, &next, "remote", 1), RTC_DECLINED,
           "new with the old remote");
    ok(server.restarted[0] == 0, "not restarted yet");
    is_int(check(1001, &next, "other", 1), RTC_OK, "the new ones");
    is_str(server.restarted, local.ufrag, "the old ones are given up");
    is_int(check(1001, &local, "remote", 1), RTC_DECLINED, "and not valid");

    /* somebody else came from that tuple */

    rtc_transport_forget_tuple(server.transport, &t);
    ok(rtc_transport_selected(server.transport) == NULL, "forgotten");
    i = server.removed;
    clock_us += 31000000;
    rtc_transport_timer(server.transport, clock_us);
    is_int(server.ice, RTC_TRANSPORT_ICE_FAILED, "consent ends without it");

    rtc_transport_destroy(server.transport);
    is_int(server.removed - i, RTC_ICE_TUPLES - 1,
           "tuples are given back at the end");
    server.transport = NULL;
    end();
}


static void
test_connect(void)
{
    datagram_t   *d;
    rtc_tuple_t   foreign, from;

    begin(GCM);
    foreign = tuple(6666);
    from = tuple(1000);

    client_run(&client);
    d = queue_pop(&client.out);

    is_int(give(&from, d->data, d->len, 0), RTC_DECLINED,
           "a hello before a check");
    check(1000, &local, "remote", 1);
    is_int(give(&from, d->data, d->len, 0), RTC_DECLINED,
           "a hello before the description");
    rtc_transport_set_remote(server.transport, str("remote"),
                             &client.fingerprint, 1);
    is_int(give(&foreign, d->data, d->len, 0), RTC_DECLINED,
           "a hello from elsewhere");
    is_int(rtc_transport_stats(server.transport)->dtls_refused, 3, "counted");
    is_int(rtc_dtls_state(server.transport->dtls), RTC_DTLS_NEW,
           "nothing of OpenSSL exists");
    is_int(give(&from, d->data, d->len, 0), RTC_OK, "a hello");
    datagram_free(d);

    is_int(rtc_transport_writable(server.transport), 0, "not writable");
    exchange();
    is_int(server.connected, 1, "connected");
    is_int(rtc_transport_writable(server.transport), 1, "writable");
    ok(client.out.longest <= 1200 && server.out.longest <= 1200,
       "datagrams within 1200 bytes");

    SSL_shutdown(client.ssl);
    exchange();
    is_int(server.closed, 1, "closed");
    is_int(server.why, RTC_TRANSPORT_CLOSE_NOTIFY, "by close_notify");
    is_int(rtc_transport_writable(server.transport), 0, "not writable");
    is_int(check(1000, &local, "remote", 1), RTC_DECLINED, "no more checks");
    ok(rtc_transport_next_deadline(server.transport)
       == RTC_TRANSPORT_NO_DEADLINE, "no deadline");
    end();

    /* our goodbye */

    begin_connected(GCM);
    rtc_transport_destroy(server.transport);
    d = queue_pop(&server.out);
    ok(d != NULL, "close_notify of ours");
    client_input(&client, d->data, d->len);
    is_int(client.closed, 1, "reaches the client");
    datagram_free(d);
    server.transport = NULL;
    end();

    begin_connected(GCM);
    rtc_transport_set_quiet(server.transport);
    rtc_transport_destroy(server.transport);
    ok(queue_pop(&server.out) == NULL, "none if it is told otherwise");
    server.transport = NULL;
    end();

    /* wrong fingerprint */

    begin(GCM);
    client.fingerprint.value[5] ^= 1;
    rtc_transport_set_remote(server.transport, str("remote"),
                             &client.fingerprint, 1);
    check(1000, &local, "remote", 1);
    exchange();
    ok(server.closed == 1 && server.why == RTC_TRANSPORT_DTLS_FAILED
       && server.connected == 0, "wrong fingerprint");
    end();

    /* the client goes silent in the handshake */

    begin(GCM);
    rtc_transport_set_remote(server.transport, str("remote"),
                             &client.fingerprint, 1);
    check(1000, &local, "remote", 1);
    client_run(&client);

    while ((d = queue_pop(&client.out)) != NULL) {
        give(&from, d->data, d->len, 0);
        datagram_free(d);
    }

    while (!server.closed
           && rtc_transport_next_deadline(server.transport) != UINT64_MAX)
    {
        clock_us = rtc_transport_next_deadline(server.transport);

        check(1000, &local, "remote", 1);
        rtc_transport_timer(server.transport, clock_us);
    }

    ok(server.closed == 1 && server.why == RTC_TRANSPORT_DTLS_FAILED,
       "a handshake has 30 s");
    end();
}


/* libnice makes no checks once it is connected */

static void
test_liveness(const rtc_tuple_t *from, uint8_t *p)
{
    int  i, n;

    for (i = 0; i < 5; i++) {
        pass(9000);
        rtc_write_u16(p + 2, (uint16_t) (101 + i));
        rtc_write_u32(p + 8, 7);
        memset(p + 12, 1, 20);
        p[0] = 0x80;
        p[1] = 96;
        n = 32;
        srtp_protect(srtp_out, p, &n);
        give(from, p, (size_t) n, 0);
    }

    is_int(server.rtp, 6, "RTP without any check");
    is_int(server.ice, RTC_TRANSPORT_ICE_CONNECTED, "is as good as one");
}


static void
test_media(const char *profile)
{
    int                n, bad, i, sender;
    uint8_t            p[1500], saved[1500];
    size_t             len;
    datagram_t        *d;
    rtc_tuple_t        from, foreign;
    rtc_srtp_packet_t  pkt;

    printf("# %s\n", profile);

    from = tuple(1000);
    foreign = tuple(6666);

    begin(profile);

    memset(p, 0x5a, sizeof(p));
    p[0] = 0x80;
    p[1] = 96;
    rtc_write_u16(p + 2, 1);
    rtc_write_u32(p + 8, SSRC);

    memset(&pkt, 0, sizeof(pkt));
    pkt.header = p;
    pkt.header_len = 12;
    pkt.prefix = p + 12;
    pkt.prefix_len = 3;
    pkt.payload = p + 15;
    pkt.payload_len = 997;

    sender = rtc_transport_add_sender(server.transport, SSRC);
    is_int(rtc_transport_send_rtp(server.transport, sender, &pkt), RTC_AGAIN,
           "not before it is connected");
    is_int(give(&from, p, 100, 0), RTC_DECLINED, "plain RTP, too early");
    rtc_transport_destroy(server.transport);
    server.transport = NULL;
    end();

    begin_connected(profile);
    sender = rtc_transport_add_sender(server.transport, SSRC);

    /* out */

    is_int(rtc_transport_send_rtp(server.transport, sender, &pkt), RTC_OK,
           "a packet");
    d = queue_pop(&server.out);
    n = (int) d->len;
    ok(srtp_unprotect(srtp_in, d->data, &n) == srtp_err_status_ok
       && n == 1012 && memcmp(d->data, p, 1012) == 0, "arrives");
    datagram_free(d);

    is_int(rtc_transport_send_rtp(server.transport, sender, &pkt),
           RTC_DECLINED, "not twice");
    is_int(rtc_transport_stats(server.transport)->send_refused, 1, "counted");

    rtc_write_u16(p + 2, 2);
    server.full = 1;
    is_int(rtc_transport_send_rtp(server.transport, sender, &pkt), RTC_AGAIN,
           "no room");
    is_int(rtc_transport_stats(server.transport)->send_dropped, 1, "counted");
    server.full = 0;
    is_int(rtc_transport_send_rtp(server.transport, sender, &pkt), RTC_OK,
           "its index is free still");

    pkt.payload_len = 1500;
    is_int(rtc_transport_send_rtp(server.transport, sender, &pkt), RTC_ERROR,
           "too long");
    queue_clear(&server.out);

    memcpy(saved, "\x80\xc9\x00\x01", 4);
    rtc_write_u32(saved + 4, SSRC);
    is_int(rtc_transport_send_rtcp(server.transport, saved, 8), RTC_OK,
           "RTCP");
    d = queue_pop(&server.out);
    n = (int) d->len;
    ok(srtp_unprotect_rtcp(srtp_in, d->data, &n) == srtp_err_status_ok
       && n == 8, "arrives");
    datagram_free(d);
    rtc_transport_remove_sender(server.transport, sender);
    is_int(rtc_transport_send_rtcp(server.transport, saved, 8), RTC_DECLINED,
           "not of a removed sender");

    /* in */

    rtc_write_u16(p + 2, 100);
    rtc_write_u32(p + 8, 7);
    n = 500;
    srtp_protect(srtp_out, p, &n);
    len = (size_t) n;

    is_int(give(&foreign, p, len, 0), RTC_DECLINED, "RTP from elsewhere");
    is_int(give(&from, p, len, 0), RTC_OK, "RTP");
    ok(server.rtp == 1 && server.packet_len == 500, "received");
    is_int(give(&from, p, len, 0), RTC_DECLINED, "replayed");
    is_int(rtc_transport_stats(server.transport)->srtp_replayed, 1, "counted");

    memcpy(saved, "\x80\xc9\x00\x01\x00\x00\x00\x07", 8);
    n = 8;
    srtp_protect_rtcp(srtp_out, saved, &n);
    is_int(give(&from, saved, (size_t) n, 0), RTC_OK, "RTCP");
    is_int(server.rtcp, 1, "received");

    for (i = 0; i < 10000; i++) {
        for (len = 0; len < 100; len++) {
            saved[len] = (uint8_t) rand();
        }

        saved[0] = (uint8_t) (128 + i % 64);
        give(&from, saved, (size_t) (i % 100) + 1, 0);
    }

    is_int(server.rtp + server.rtcp, 2, "ten thousand forged ones");
    ok(rtc_transport_stats(server.transport)->srtp_forged > 1000, "counted");
    is_int(server.closed, 0, "do not end the session");

    test_liveness(&from, p);

    bad = 0;

    for (i = 0; i < 100; i++) {
        rtc_write_u16(p + 2, 1);
        memset(p + 12, 1, 20);
        p[0] = 0x80;
        p[1] = 96;
        rtc_write_u32(p + 8, 1000 + (uint32_t) i);
        n = 32;
        srtp_protect(srtp_out, p, &n);
        bad += give(&from, p, (size_t) n, 0) != RTC_OK;
    }

    is_int(bad, 100 - RTC_SRTP_RECEIVERS + 1, "SSRCs are bounded");
    is_int(rtc_transport_stats(server.transport)->srtp_ssrc_refused, bad,
           "counted");
    rtc_transport_remove_receiver(server.transport, 1000);

    /* without consent nothing goes out; replays and forgeries are none */

    for (i = 0; i < 31; i++) {
        pass(1000);
        give(&from, p, (size_t) n, 0);
        memset(saved, 0x80 + i, 32);
        give(&from, saved, 32, 0);
    }

    is_int(server.ice, RTC_TRANSPORT_ICE_FAILED, "no consent");
    is_int(rtc_transport_send_rtp(server.transport, sender, &pkt), RTC_AGAIN,
           "nothing goes out");

    end();
}


static void
test_hostile(void)
{
    int          i;
    size_t       len;
    uint8_t      p[256];
    rtc_tuple_t  from, foreign;

    from = tuple(1000);
    foreign = tuple(6666);

    begin_connected(GCM);

    for (i = 0; i < 20000; i++) {
        len = (size_t) rand() % sizeof(p);

        for (size_t j = 0; j < len; j++) {
            p[j] = (uint8_t) rand();
        }

        give(i % 2 ? &from : &foreign, p, len, i % 3 == 0);
    }

    ok(server.closed == 0 && server.rtp == 0, "anything from anywhere");
    is_int(rtc_transport_writable(server.transport), 1, "is survived");

    end();
}


int
main(void)
{
    rtc_dtls_cert_t  *cert;

    srand(1);

    cert = rtc_dtls_cert_create();
    worker = rtc_transport_worker_create(cert, 16);

    if (worker == NULL) {
        return 1;
    }

    test_ice();
    test_connect();
    test_media(GCM);
    test_media(CM);
    test_hostile();

    rtc_transport_worker_destroy(worker);
    rtc_dtls_cert_destroy(cert);

    return done();
}
