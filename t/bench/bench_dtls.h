
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The client side of DTLS-SRTP on OpenSSL; a session writes its datagrams to
 * a connected socket.  Errors of a handshake end it, and so the run.
 */


#ifndef BENCH_DTLS_H_INCLUDED
#define BENCH_DTLS_H_INCLUDED


#include <netinet/in.h>
#include <openssl/ssl.h>

#include "bench_sctp.h"
#include "rtc_srtp.h"


const char *bench_dtls_fingerprint(void);

/* sends the ClientHello over a socket that is connected to the address */
SSL *bench_dtls_start(int fd, const struct sockaddr_in *sin);

/* a ClientHello, as one who is connected to nobody sends it; its length */
size_t bench_dtls_hello(uint8_t *buf, size_t size);

/* RTC_OK: connected, RTC_AGAIN: not yet; data is of the SCTP association */
int bench_dtls_input(SSL *ssl, bench_sctp_t *sctp, const uint8_t *p,
    size_t len);
void bench_dtls_timer(SSL *ssl);

int bench_dtls_keys(SSL *ssl, rtc_srtp_keys_t *keys);


#endif /* BENCH_DTLS_H_INCLUDED */
