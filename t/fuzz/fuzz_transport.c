
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a peer can do that is connected: the input is a row of datagrams, each
 * a kind, a length of 16 bits, and bytes.
 *
 *   0  STUN, as it is
 *   1  anything from the validated tuple, as it is
 *   2  an SCTP packet inside DTLS; header and checksum are made right
 *   3  RTP, 4  RTCP: encrypted with the right keys
 *   5  a message of a data channel: stream, PPID, bytes
 *   6  so many times 10 ms pass
 *   7  any handshake record of epoch 0 in a fresh transport
 */


#include "peer.h"


int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t len);


static uint32_t          server_tag;
static rtc_dtls_cert_t  *cert;


int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    /* it lives as long as the process */

    cert = rtc_dtls_cert_create();
    worker = rtc_transport_worker_create(cert, 16);

    return worker ? 0 : -1;
}


/* the association's tag is in the INIT of either side */

static void
on_fuzz_data(void *ctx, const uint8_t *p, size_t len)
{
    if (len >= 20 && (p[12] == 1 || p[12] == 2)) {
        server_tag = rtc_get_u32(p + 16);
    }

    on_client_data(ctx, p, len);
}


static void
fuzz_sctp(const uint8_t *p, size_t len)
{
    uint8_t   buf[1200];
    uint32_t  crc;

    if (len > sizeof(buf) - 12) {
        return;
    }

    rtc_write_u16(buf, 5000);
    rtc_write_u16(buf + 2, 5000);
    rtc_write_u32(buf + 4, server_tag);
    rtc_write_u32(buf + 8, 0);
    memcpy(buf + 12, p, len);

    crc = usrsctp_crc32c(buf, len + 12);
    memcpy(buf + 8, &crc, 4);

    client_send(&client, buf, len + 12);
    exchange();
}


static void
fuzz_srtp(const uint8_t *p, size_t len, int rtcp)
{
    int          n;
    uint8_t      buf[1500];
    rtc_tuple_t  from;

    if (len > 1400 || len < (rtcp ? 8 : 12)) {
        return;
    }

    memcpy(buf, p, len);
    buf[0] = (uint8_t) (0x80 | (buf[0] & 0x3f));
    n = (int) len;
    from = tuple(1000);

    if ((rtcp ? srtp_protect_rtcp(srtp_out, buf, &n)
              : srtp_protect(srtp_out, buf, &n)) == srtp_err_status_ok)
    {
        give(&from, buf, (size_t) n, 0);
    }
}


static void
fuzz_fresh(const uint8_t *p, size_t len)
{
    uint8_t           buf[1500];
    rtc_tuple_t       from;
    rtc_transport_t  *connected;

    if (len > 1200) {
        return;
    }

    connected = server.transport;
    from = tuple(1000);

    memcpy(buf, "\x16\xfe\xfd\0\0\0\0\0\0\0\0", 11);
    rtc_write_u16(buf + 11, (uint16_t) len);
    memcpy(buf + 13, p, len);

    server.transport = rtc_transport_create(worker, &local, &handlers,
                                            &server);

    if (server.transport) {
        rtc_transport_set_remote(server.transport, str("remote"),
                                 &client.fingerprint, 1);
        check(1000, &local, "remote", 1);
        give(&from, buf, len + 13, 0);
        rtc_transport_destroy(server.transport);
    }

    queue_clear(&server.out);
    server.transport = connected;
}


static void
fuzz_one(unsigned kind, const uint8_t *p, size_t len)
{
    rtc_tuple_t  from;

    from = tuple(1000);

    switch (kind) {

    case 0:
        give(&from, p, len, 1);
        break;

    case 1:
        give(&from, p, len, 0);
        exchange();
        break;

    case 2:
        fuzz_sctp(p, len);
        break;

    case 3:
    case 4:
        fuzz_srtp(p, len, kind == 4);
        break;

    case 5:
        if (len > 2) {
            sctp_client_send(&sctp, p[0], p[1], p + 2, len - 2);
            exchange();
        }

        break;

    case 6:
        pass(len ? p[0] * 10 : 10);
        break;

    default:
        fuzz_fresh(p, len);
        break;
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t len)
{
    size_t  n;

    srand(1);

    begin(GCM);
    client.data = on_fuzz_data;

    rtc_transport_open_channel(server.transport, str("_reliable"), 1, -1);
    rtc_transport_set_sctp(server.transport, 5000, 65536);
    rtc_transport_set_remote(server.transport, str("remote"),
                             &client.fingerprint, 1);
    check(1000, &local, "remote", 1);
    exchange();

    if (!server.connected) {
        abort();
    }

    srtp_out = srtp_session(1, 0, ssrc_any_outbound);
    srtp_in = srtp_session(1, 1, ssrc_any_inbound);

    sctp_client_start(&sctp, worker->sctp, &sctp_output, NULL);
    pass(50);

    while (len >= 3) {
        n = rtc_min(rtc_get_u16(p + 1), len - 3);
        fuzz_one(p[0] % 8, p + 3, n);

        p += 3 + n;
        len -= 3 + n;
    }

    rtc_transport_destroy(server.transport);
    server.transport = NULL;
    sctp_client_stop(&sctp);
    end();

    if (rtc_transport_worker_associations(worker) != 0) {
        abort();
    }

    return 0;
}
