
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "peer.h"


static void
test_data(void)
{
    int              i, rc;
    static uint8_t   big[65535];

    for (i = 0; i < (int) sizeof(big); i++) {
        big[i] = (uint8_t) (i * 7);
    }

    begin(GCM);
    is_int(rtc_transport_open_channel(server.transport, str("_reliable"), 1,
                                      -1), 1, "a channel of the beginning");
    is_int(rtc_transport_set_sctp(server.transport, 0, 65536), RTC_ERROR,
           "no port");
    is_int(rtc_transport_set_sctp(server.transport, 5000, 65536), RTC_OK,
           "SCTP is negotiated");
    is_int(rtc_transport_set_sctp(server.transport, 5000, 65536), RTC_OK,
           "again");
    is_int(rtc_transport_worker_associations(worker), 1, "one association");

    rtc_transport_set_remote(server.transport, str("remote"),
                             &client.fingerprint, 1);
    check(1000, &local, "remote", 1);
    exchange();
    is_int(server.connected, 1, "connected");

    sctp_client_start(&sctp, worker->sctp, &sctp_output, NULL);
    pass(2000);
    is_int(sctp.up, 1, "the association is up");
    is_int(sctp.opens, 1, "the channel is announced");
    sctp_client_send(&sctp, 1, RTC_DCEP_PPID, "\x02", 1);
    pass(50);
    ok(server.channels == 1 && server.stream == 1, "and open");

    sctp_client_open(&sctp, 0, "_lossy", 0, RTC_DCEP_RETRANSMITS, 0);
    pass(50);
    ok(server.channels == 2 && server.stream == 0, "one of the client");

    check(1000, &local, "remote", 1);
    sctp_client_send(&sctp, 0, RTC_DCEP_PPID_BINARY, big, 64000);
    pass(1000);
    ok(server.messages == 1 && server.len == 64000
       && memcmp(server.data, big, 64000) == 0, "64000 bytes");
    is_int(rtc_transport_send_message(server.transport, 1, 1, big,
                                      sizeof(big)), RTC_OK, "and back");
    pass(1000);
    ok(sctp.len == sizeof(big) && memcmp(sctp.data, big, sizeof(big)) == 0,
       "65535 bytes");
    ok(server.out.longest <= 1200, "datagrams within 1200 bytes");

    for (i = 0; i < 100; i++) {
        rc = rtc_transport_send_message(server.transport, 1, 1, big, 30000);

        if (rc != RTC_OK) {
            break;
        }
    }

    is_int(rc, RTC_AGAIN, "the buffer gets full");
    ok(rtc_transport_buffered(server.transport) > 200000, "with so much");
    check(1000, &local, "remote", 1);
    pass(3000);
    is_int(server.drained, 1, "and drained");

    is_int(sctp_client_reset(&sctp, 0), 0, "a channel is closed");
    pass(1000);
    is_int(server.channels_closed, 1, "by the client");
    rtc_transport_close_channel(server.transport, 1);
    pass(1000);
    is_int(sctp.resets, 2, "and the other one by us");

    /* the batch is full for a while */

    sctp_client_open(&sctp, 2, "_reliable", 1, RTC_DCEP_RELIABLE, 0);
    pass(100);
    check(1000, &local, "remote", 1);
    sctp.messages = 0;
    server.full = 1;
    rtc_transport_send_message(server.transport, 2, 1, big, 5000);
    pass(100);
    server.full = 0;
    pass(4000);
    is_int(sctp.messages, 1, "what did not fit is sent again");

    /* the transport goes first: the client hears of it */

    sctp.down = 0;
    rtc_transport_destroy(server.transport);
    server.transport = NULL;

    datagram_t  *d;

    while ((d = queue_pop(&server.out)) != NULL) {
        client_input(&client, d->data, d->len);
        datagram_free(d);
    }

    is_int(sctp.down, 1, "ABORT reaches the client");
    is_int(client.closed, 1, "and close_notify behind it");
    sctp_client_stop(&sctp);
    end();
    is_int(rtc_transport_worker_associations(worker), 0, "nothing is left");
}


int
main(void)
{
    rtc_dtls_cert_t  *cert;

    cert = rtc_dtls_cert_create();
    worker = rtc_transport_worker_create(cert, 16);

    if (worker == NULL) {
        return 1;
    }

    test_data();

    rtc_transport_worker_destroy(worker);
    rtc_dtls_cert_destroy(cert);

    return done();
}
