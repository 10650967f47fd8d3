
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_dtls.h"
#include "bench_flood.h"
#include "rtc_bytes.h"
#include "stun_msg.h"


#define BENCH_FLOOD_POOL     512        /* packets that are made before */
#define BENCH_FLOOD_RING     1024       /* .. and that the people have sent */
#define BENCH_FLOOD_MAX      1472
#define BENCH_FLOOD_SOURCES  1000       /* strangers */
#define BENCH_FLOOD_BURST    64


typedef struct {
    int                       fd;
    size_t                    len;
    uint8_t                   data[BENCH_FLOOD_MAX];
} bench_flood_packet_t;


/* what both processes see */

typedef struct {
    uint64_t                  sent;
    unsigned                  n;
    bench_flood_packet_t      ring[BENCH_FLOOD_RING];
} bench_flood_shared_t;


/* make() fills a packet of the pool; send() sends the i-th */

typedef struct {
    const char               *name;
    void                    (*make)(bench_flood_packet_t *packet, unsigned i);
    int                     (*send)(uint64_t i);
} bench_flood_kind_t;


static void bench_flood_make_stun(bench_flood_packet_t *packet, unsigned i);
static void bench_flood_make_check(bench_flood_packet_t *packet, unsigned i);
static void bench_flood_make_rtp(bench_flood_packet_t *packet, unsigned i);
static void bench_flood_make_hello(bench_flood_packet_t *packet, unsigned i);
static void bench_flood_make_relay(bench_flood_packet_t *packet, unsigned i);
static int bench_flood_as_stranger(uint64_t i);
static int bench_flood_as_person(uint64_t i);
static int bench_flood_again(uint64_t i);
static int bench_flood_as_worker(uint64_t i);
static void bench_flood_open(void);
static void bench_flood_run(unsigned rate);


static const bench_flood_kind_t  bench_flood_kinds[] = {
    { "stun",   bench_flood_make_stun,  bench_flood_as_stranger },
    { "check",  bench_flood_make_check, bench_flood_as_stranger },
    { "rtp",    bench_flood_make_rtp,   bench_flood_as_stranger },
    { "hello",  bench_flood_make_hello, bench_flood_as_stranger },
    { "tuple",  bench_flood_make_rtp,   bench_flood_as_person },
    { "replay", bench_flood_make_rtp,   bench_flood_again },
    { "relay",  bench_flood_make_relay, bench_flood_as_worker }
};


static const bench_flood_kind_t  *bench_flood_kind;
static bench_flood_shared_t      *bench_flood_shared;
static bench_flood_packet_t      *bench_flood_pool;
static bench_peer_t             **bench_flood_peers;
static unsigned                   bench_flood_npeers;
static int                        bench_flood_fds[BENCH_FLOOD_SOURCES];
static int                        bench_flood_raw;
static pid_t                      bench_flood_pid;


int
bench_flood_init(const char *name)
{
    size_t  i;

    for (i = 0; i < rtc_nelts(bench_flood_kinds); i++) {
        if (strcmp(bench_flood_kinds[i].name, name) == 0) {
            bench_flood_kind = &bench_flood_kinds[i];
        }
    }

    if (bench_flood_kind == NULL) {
        return RTC_ERROR;
    }

    bench_flood_shared = mmap(NULL, sizeof(bench_flood_shared_t),
                              PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS,
                              -1, 0);
    bench_flood_pool = calloc(BENCH_FLOOD_POOL, sizeof(bench_flood_packet_t));

    if (bench_flood_shared == MAP_FAILED || bench_flood_pool == NULL) {
        bench_die("no memory for a flood");
    }

    return RTC_OK;
}


void
bench_flood_record(const bench_peer_t *peer, const uint8_t *p, size_t len)
{
    bench_flood_packet_t  *packet;

    if (bench_flood_shared == NULL) {
        return;
    }

    packet = &bench_flood_shared->ring[bench_flood_shared->n++
                                       % BENCH_FLOOD_RING];
    packet->fd = peer->source.fd;
    packet->len = rtc_min(len, BENCH_FLOOD_MAX);
    memcpy(packet->data, p, packet->len);
}


void
bench_flood_start(bench_peer_t **peers, unsigned n, unsigned rate)
{
    unsigned  i;

    bench_flood_peers = peers;
    bench_flood_npeers = n;

    for (i = 0; i < BENCH_FLOOD_POOL; i++) {
        bench_flood_kind->make(&bench_flood_pool[i], i);
    }

    bench_flood_open();
    fflush(stdout);

    bench_flood_pid = fork();

    if (bench_flood_pid == -1) {
        bench_die("fork() failed: %m");
    }

    if (bench_flood_pid == 0) {
        (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
        bench_flood_run(rate);
    }
}


uint64_t
bench_flood_stop(void)
{
    int  status;

    if (waitpid(bench_flood_pid, &status, WNOHANG) != 0) {
        bench_die("the flood has ended by itself");
    }

    (void) kill(bench_flood_pid, SIGKILL);
    (void) waitpid(bench_flood_pid, &status, 0);

    return bench_flood_shared->sent;
}


/* a check of somebody whom nobody knows */

static void
bench_flood_make_stun(bench_flood_packet_t *packet, unsigned i)
{
    char        name[64];
    stun_msg_t  m;

    snprintf(name, sizeof(name), "%05u%08lx%04x:mallory",
             ntohs(bench_flood_peers[i % bench_flood_npeers]->remote.sin_port),
             random(), i);

    stun_msg_check(&m, name, 1);
    stun_msg_finish(&m, "no password at all, I think");

    packet->len = m.len;
    memcpy(packet->data, m.data, m.len);
}


/* .. in the name of a person, without the password */

static void
bench_flood_make_check(bench_flood_packet_t *packet, unsigned i)
{
    char                 name[2 * BENCH_LINE];
    stun_msg_t           m;
    const bench_peer_t  *peer;

    peer = bench_flood_peers[i % bench_flood_npeers];

    snprintf(name, sizeof(name), "%s:%s", peer->remote_ufrag, peer->ufrag);

    stun_msg_check(&m, name, 1);
    stun_msg_finish(&m, "no password at all, I think");

    packet->len = m.len;
    memcpy(packet->data, m.data, m.len);
}


/* all combinations of the first byte, also with less than they announce */

static void
bench_flood_make_rtp(bench_flood_packet_t *packet, unsigned i)
{
    size_t  n;

    packet->len = i % 4 ? 12 + (size_t) random() % 1100
                        : 1 + (size_t) random() % 40;

    for (n = 0; n < packet->len; n++) {
        packet->data[n] = (uint8_t) random();
    }

    packet->data[0] = (uint8_t) (0x80 | (i & 0x3f));
}


static void
bench_flood_make_hello(bench_flood_packet_t *packet, unsigned i)
{
    (void) i;

    packet->len = bench_dtls_hello(packet->data, BENCH_FLOOD_MAX);
}


/* behind the head there is room for one packet only */

static void
bench_flood_make_relay(bench_flood_packet_t *packet, unsigned i)
{
    size_t                len, head;
    struct iphdr         *ip;
    struct udphdr        *udp;
    bench_flood_packet_t  inner;
    const bench_peer_t   *to, *from;

    head = sizeof(struct iphdr) + sizeof(struct udphdr);
    to = bench_flood_peers[i % bench_flood_npeers];
    from = to;

    for (len = 0; len < bench_flood_npeers; len++) {
        if (bench_flood_peers[len]->remote.sin_port != to->remote.sin_port) {
            from = bench_flood_peers[len];
        }
    }

    bench_flood_make_rtp(&inner, i);
    len = rtc_min(inner.len, BENCH_FLOOD_MAX - head);

    packet->len = head + len;
    memset(packet->data, 0, head);
    memcpy(packet->data + head, inner.data, len);

    ip = (struct iphdr *) (void *) packet->data;
    ip->version = 4;
    ip->ihl = sizeof(struct iphdr) / 4;
    ip->ttl = 64;
    ip->protocol = IPPROTO_UDP;
    ip->saddr = from->remote.sin_addr.s_addr;
    ip->daddr = to->remote.sin_addr.s_addr;

    udp = (struct udphdr *) (void *) (packet->data + sizeof(struct iphdr));
    udp->source = from->remote.sin_port;
    udp->dest = to->remote.sin_port;
    udp->len = htons((uint16_t) (sizeof(struct udphdr) + len));
}


static void
bench_flood_open(void)
{
    int                  i, fd;
    const bench_peer_t  *peer;

    if (bench_flood_kind->send == bench_flood_as_worker) {
        bench_flood_raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

        if (bench_flood_raw == -1) {
            bench_die("a forged sender needs a raw socket: %m");
        }
    }

    if (bench_flood_kind->send != bench_flood_as_stranger) {
        return;
    }

    for (i = 0; i < BENCH_FLOOD_SOURCES; i++) {
        peer = bench_flood_peers[(unsigned) i % bench_flood_npeers];
        fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

        if (fd == -1
            || connect(fd, (struct sockaddr *) &peer->remote,
                       sizeof(peer->remote))
               == -1)
        {
            bench_die("no socket for a stranger: %m");
        }

        bench_flood_fds[i] = fd;
    }
}


static void
bench_flood_run(unsigned rate)
{
    unsigned  n;
    uint64_t  i, begin, due;

    begin = bench_now_us();

    for (i = 0; /* void */ ; /* void */ ) {
        due = (bench_now_us() - begin) * rate / 1000000;

        /* what it could not send in time it leaves out */

        i = rtc_max(i, due > BENCH_FLOOD_BURST ? due - BENCH_FLOOD_BURST : 0);

        for (n = 0; i < due && n < BENCH_FLOOD_BURST; n++, i++) {
            bench_flood_shared->sent += bench_flood_kind->send(i) > 0;
        }

        (void) usleep(500);
    }
}


static int
bench_flood_as_stranger(uint64_t i)
{
    const bench_flood_packet_t  *packet;

    packet = &bench_flood_pool[i % BENCH_FLOOD_POOL];

    return (int) send(bench_flood_fds[i % BENCH_FLOOD_SOURCES], packet->data,
                      packet->len, 0);
}


static int
bench_flood_as_person(uint64_t i)
{
    const bench_peer_t          *peer;
    const bench_flood_packet_t  *packet;

    packet = &bench_flood_pool[i % BENCH_FLOOD_POOL];
    peer = bench_flood_peers[i % bench_flood_npeers];

    return (int) send(peer->source.fd, packet->data, packet->len, 0);
}


static int
bench_flood_again(uint64_t i)
{
    unsigned                     n;
    const bench_flood_packet_t  *packet;

    n = rtc_min(bench_flood_shared->n, BENCH_FLOOD_RING);
    packet = &bench_flood_shared->ring[i % n];

    return (int) send(packet->fd, packet->data, packet->len, 0);
}


static int
bench_flood_as_worker(uint64_t i)
{
    struct sockaddr_in           sin;
    const bench_flood_packet_t  *packet;

    packet = &bench_flood_pool[i % BENCH_FLOOD_POOL];
    sin = bench_flood_peers[i % bench_flood_npeers]->remote;
    sin.sin_port = 0;

    return (int) sendto(bench_flood_raw, packet->data, packet->len, 0,
                        (struct sockaddr *) &sin, sizeof(sin));
}
