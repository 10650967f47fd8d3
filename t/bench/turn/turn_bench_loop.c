
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A relay without a protocol: recvmmsg(), then a send for each datagram.
 */


#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "turn_bench.h"


static uint8_t             data[BENCH_BATCH][BENCH_SIZE];
static struct iovec        iov[BENCH_BATCH];
static struct sockaddr_in  from[BENCH_BATCH];
static struct mmsghdr      msgs[BENCH_BATCH];


static int
receive(int s)
{
    int  i;

    for (i = 0; i < BENCH_BATCH; i++) {
        iov[i].iov_base = data[i];
        iov[i].iov_len = BENCH_SIZE;
        msgs[i].msg_hdr.msg_iov = &iov[i];
        msgs[i].msg_hdr.msg_iovlen = 1;
        msgs[i].msg_hdr.msg_name = &from[i];
        msgs[i].msg_hdr.msg_namelen = sizeof(from[i]);
    }

    return recvmmsg(s, msgs, BENCH_BATCH, MSG_DONTWAIT, NULL);
}


static void
relay(bench_t *b, int listener, const int *relays,
    const struct sockaddr_in *clients, const int *by_port)
{
    int                 i, n, ep, k, count;
    struct epoll_event  ev, events[512];

    ep = epoll_create1(0);

    for (i = -1; i < b->n; i++) {
        ev.events = EPOLLIN;
        ev.data.u32 = (uint32_t) (i + 1);
        epoll_ctl(ep, EPOLL_CTL_ADD, i < 0 ? listener : relays[i], &ev);
    }

    for ( ;; ) {
        n = epoll_wait(ep, events, 512, -1);

        for (i = 0; i < n; i++) {
            k = (int) events[i].data.u32 - 1;
            count = receive(k < 0 ? listener : relays[k]);

            while (count-- > 0) {
                if (k < 0) {
                    sendto(relays[by_port[ntohs(from[count].sin_port)]],
                           data[count], msgs[count].msg_len, 0,
                           (struct sockaddr *) &b->peer_addr,
                           sizeof(b->peer_addr));
                } else {
                    sendto(listener, data[count], msgs[count].msg_len, 0,
                           (struct sockaddr *) &clients[k],
                           sizeof(clients[k]));
                }
            }
        }
    }
}


void
bench_loop(bench_t *b)
{
    int        i, listener;
    socklen_t  len;

    static int                 relays[BENCH_ALLOCS], by_port[65536];
    static struct sockaddr_in  clients[BENCH_ALLOCS];

    listener = bench_socket(&b->server);

    for (i = 0; i < b->n; i++) {
        relays[i] = bench_socket(&b->allocs[i].relayed);
        len = sizeof(clients[i]);

        if (getsockname(b->allocs[i].s, (struct sockaddr *) &clients[i], &len)
            == -1)
        {
            bench_die("getsockname");
        }

        by_port[ntohs(clients[i].sin_port)] = i;
    }

    b->pid = fork();

    if (b->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        relay(b, listener, relays, clients, by_port);
    }

    close(listener);

    for (i = 0; i < b->n; i++) {
        close(relays[i]);
    }
}
