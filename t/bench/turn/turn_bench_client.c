
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The requests of the clients.
 */


#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "rtc_crypto.h"
#include "rtc_turn_msg.h"
#include "turn_bench.h"


static void
begin(rtc_turn_msg_t *m, uint8_t *buf, uint16_t method)
{
    uint8_t  tid[16];

    rtc_write_u32(tid, RTC_STUN_MAGIC);
    rtc_random(tid + 4, 12);

    rtc_turn_msg_init(m, buf, 512, RTC_STUN_REQUEST, method, tid);
}


static void
sign(bench_t *b, bench_alloc_t *a, rtc_turn_msg_t *m)
{
    if (a->nonce_len == 0) {
        return;
    }

    rtc_turn_msg_bytes(m, RTC_STUN_USERNAME, b->user, strlen(b->user));
    rtc_turn_msg_bytes(m, RTC_TURN_A_REALM, b->realm, b->realm_len);
    rtc_turn_msg_bytes(m, RTC_TURN_A_NONCE, a->nonce, a->nonce_len);
    rtc_turn_msg_sign(m, b->key, sizeof(b->key), 0);
}


/* the class of the answer */

static int
ask(bench_t *b, bench_alloc_t *a, rtc_turn_msg_t *m, rtc_stun_msg_t *answer,
    uint8_t *buf)
{
    int            tries;
    ssize_t        n;
    struct pollfd  fd;

    for (tries = 0; tries < 5; tries++) {

        if (sendto(a->s, m->data, m->len, 0, (struct sockaddr *) &b->server,
                   sizeof(b->server)) == -1)
        {
            bench_die("sendto");
        }

        fd.fd = a->s;
        fd.events = POLLIN;

        while (poll(&fd, 1, 1000) == 1) {
            n = recv(a->s, buf, 1024, 0);

            if (n > 0 && rtc_stun_parse(answer, buf, (size_t) n) == RTC_OK
                && memcmp(buf + 8, m->data + 8, 12) == 0)
            {
                return answer->class;
            }
        }
    }

    fprintf(stderr, "turn_bench: no answer\n");
    exit(1);
}


static void
learn(bench_t *b, bench_alloc_t *a, rtc_stun_msg_t *answer)
{
    char       text[512];
    rtc_str_t  realm, nonce;

    if (rtc_stun_find(answer, RTC_TURN_A_REALM, &realm) != RTC_OK
        || rtc_stun_find(answer, RTC_TURN_A_NONCE, &nonce) != RTC_OK
        || nonce.len > sizeof(a->nonce) || realm.len > sizeof(b->realm))
    {
        fprintf(stderr, "turn_bench: no challenge\n");
        exit(1);
    }

    memcpy(b->realm, realm.data, realm.len);
    b->realm_len = realm.len;
    memcpy(a->nonce, nonce.data, nonce.len);
    a->nonce_len = nonce.len;

    snprintf(text, sizeof(text), "%s:%.*s:%s", b->user, (int) realm.len,
             (const char *) realm.data, b->password);
    rtc_md5(b->key, text, strlen(text));
}


static void
allocate(bench_t *b, bench_alloc_t *a)
{
    int              tries;
    uint8_t          buf[512], in[1024 + RTC_STUN_SLACK];
    rtc_str_t        value;
    rtc_addr_t       relayed;
    rtc_turn_msg_t   m;
    rtc_stun_msg_t   answer;

    for (tries = 0; tries < 3; tries++) {
        begin(&m, buf, RTC_TURN_ALLOCATE);
        rtc_turn_msg_u32(&m, RTC_TURN_A_TRANSPORT, RTC_TURN_PROTO_UDP << 24);
        sign(b, a, &m);

        if (ask(b, a, &m, &answer, in) == RTC_STUN_SUCCESS
            && rtc_stun_find(&answer, RTC_TURN_A_XOR_RELAYED, &value)
               == RTC_OK
            && rtc_turn_read_addr(&answer, value, &relayed) == RTC_OK)
        {
            a->relayed.sin_family = AF_INET;
            a->relayed.sin_port = htons(relayed.port);
            memcpy(&a->relayed.sin_addr, relayed.addr, 4);
            return;
        }

        if (a->nonce_len) {
            break;
        }

        learn(b, a, &answer);
    }

    fprintf(stderr, "turn_bench: no allocation\n");
    exit(1);
}


void
bench_allocate(bench_t *b, bench_alloc_t *a)
{
    uint8_t          buf[512], in[1024 + RTC_STUN_SLACK];
    rtc_addr_t       peer;
    rtc_turn_msg_t   m;
    rtc_stun_msg_t   answer;

    allocate(b, a);

    memset(&peer, 0, sizeof(peer));
    peer.family = AF_INET;
    peer.port = ntohs(b->peer_addr.sin_port);
    memcpy(peer.addr, &b->peer_addr.sin_addr, 4);

    begin(&m, buf, RTC_TURN_CHANNEL_BIND);
    rtc_turn_msg_u32(&m, RTC_TURN_A_CHANNEL_NUMBER, 0x4000u << 16);
    rtc_turn_msg_addr(&m, RTC_TURN_A_XOR_PEER_ADDRESS, &peer);
    sign(b, a, &m);

    if (ask(b, a, &m, &answer, in) != RTC_STUN_SUCCESS) {
        fprintf(stderr, "turn_bench: no channel\n");
        exit(1);
    }
}


void
bench_release(bench_t *b, bench_alloc_t *a)
{
    uint8_t          buf[512], in[1024 + RTC_STUN_SLACK];
    rtc_turn_msg_t   m;
    rtc_stun_msg_t   answer;

    begin(&m, buf, RTC_TURN_REFRESH);
    rtc_turn_msg_u32(&m, RTC_TURN_A_LIFETIME, 0);
    sign(b, a, &m);

    (void) ask(b, a, &m, &answer, in);
}
