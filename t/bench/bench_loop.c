
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The floor: what encryption and the kernel cost without a server.  The
 * packets of the same frames at the same pace, encrypted by one OpenSSL
 * context per viewer and sent by sendmmsg(); a child receives them.  With
 * --segment all packets of a frame for a viewer are one message (UDP_SEGMENT).
 */


#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "bench_media.h"
#include "rtc_bytes.h"


#define BENCH_LOOP_BATCH   64
#define BENCH_LOOP_TAG     16
#define BENCH_LOOP_ROOM    (BENCH_HEADER + BENCH_MAX_SIZE + BENCH_LOOP_TAG)
#define BENCH_LOOP_RCVBUF  1048576


typedef struct {
    bench_source_t       source;
    struct sockaddr_in   sin;
    EVP_CIPHER_CTX      *cipher;
} bench_loop_viewer_t;


typedef struct {
    int                  fd;
    unsigned             n;             /* messages */
    struct mmsghdr       msg[BENCH_LOOP_BATCH];
    struct iovec         iov[BENCH_LOOP_BATCH];
    uint8_t             *last;          /* behind the last packet */
    uint8_t              buf[BENCH_LOOP_BATCH * BENCH_LOOP_ROOM];
} bench_loop_batch_t;


/* shared with the child */

static volatile uint64_t  *bench_loop_received;


static void bench_loop_open(bench_loop_viewer_t *v);
static pid_t bench_loop_receive(bench_t *b, bench_loop_viewer_t *viewers);
static void bench_loop_read(void *data);
static uint64_t bench_loop_send(bench_t *b, bench_loop_viewer_t *viewers);
static void bench_loop_frame(bench_loop_batch_t *batch, bench_t *b,
    bench_media_t *packets, bench_loop_viewer_t *viewers);
static void bench_loop_packet(bench_loop_batch_t *batch,
    const bench_media_t *m, bench_loop_viewer_t *v, int append);
static void bench_loop_flush(bench_loop_batch_t *batch);


int
bench_loop(bench_t *b)
{
    pid_t                 pid;
    unsigned              i;
    uint64_t              begin;
    struct timespec       cpu, drain;
    bench_result_t        r;
    bench_loop_viewer_t  *viewers;

    viewers = calloc(b->viewers, sizeof(bench_loop_viewer_t));
    bench_loop_received = mmap(NULL, sizeof(uint64_t),
                               PROT_READ|PROT_WRITE,
                               MAP_SHARED|MAP_ANONYMOUS, -1, 0);

    if (viewers == NULL || bench_loop_received == MAP_FAILED) {
        bench_die("no memory for viewers");
    }

    for (i = 0; i < b->viewers; i++) {
        bench_loop_open(&viewers[i]);
    }

    pid = bench_loop_receive(b, viewers);

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    r.cpu_ns = (uint64_t) cpu.tv_sec * 1000000000 + (uint64_t) cpu.tv_nsec;
    begin = bench_now_us();

    r.sent = bench_loop_send(b, viewers);

    r.elapsed_us = bench_now_us() - begin;
    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    r.cpu_ns = (uint64_t) cpu.tv_sec * 1000000000 + (uint64_t) cpu.tv_nsec
               - r.cpu_ns;

    /* what lies in the sockets is still read */
    drain.tv_sec = 0;
    drain.tv_nsec = 200000000;
    (void) nanosleep(&drain, NULL);

    (void) kill(pid, SIGKILL);
    (void) waitpid(pid, NULL, 0);

    r.received = *bench_loop_received;

    bench_print(b, "loop", &r);

    return 0;
}


static void
bench_loop_open(bench_loop_viewer_t *v)
{
    int              size;
    uint8_t          key[16];
    socklen_t        len;

    v->source.fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    v->source.handler = bench_loop_read;
    v->source.data = v;

    v->sin.sin_family = AF_INET;
    v->sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    len = sizeof(v->sin);
    size = BENCH_LOOP_RCVBUF;

    if (v->source.fd == -1
        || setsockopt(v->source.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(int))
           == -1
        || bind(v->source.fd, (struct sockaddr *) &v->sin, len) == -1
        || getsockname(v->source.fd, (struct sockaddr *) &v->sin, &len) == -1)
    {
        bench_die("no socket for a viewer: %m");
    }

    memset(key, (int) random(), sizeof(key));
    v->cipher = EVP_CIPHER_CTX_new();

    if (v->cipher == NULL
        || EVP_EncryptInit_ex(v->cipher, EVP_aes_128_gcm(), NULL, key, NULL)
           != 1)
    {
        bench_die("no cipher for a viewer");
    }
}


static pid_t
bench_loop_receive(bench_t *b, bench_loop_viewer_t *viewers)
{
    pid_t     pid;
    unsigned  i;

    pid = fork();

    if (pid == -1) {
        bench_die("fork() failed: %m");
    }

    if (pid) {
        return pid;
    }

    (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
    bench_step_back();

    for (i = 0; i < b->viewers; i++) {
        bench_watch(b, &viewers[i].source);
    }

    for ( ;; ) {
        bench_poll(b, 1000);
    }
}


static void
bench_loop_read(void *data)
{
    uint8_t               buf[2048];
    bench_loop_viewer_t  *v = data;

    while (recv(v->source.fd, buf, sizeof(buf), 0) > 0) {
        (*bench_loop_received)++;
    }
}


static uint64_t
bench_loop_send(bench_t *b, bench_loop_viewer_t *viewers)
{
    int                         size;
    unsigned                    i;
    uint64_t                    frame, sent, begin, due, now;
    struct timespec             pause;
    static bench_media_t        media, packets[BENCH_LOOP_BATCH];
    static bench_loop_batch_t   batch;

    batch.fd = socket(AF_INET, SOCK_DGRAM, 0);
    batch.last = batch.buf;

    size = BENCH_HEADER + (int) b->size + BENCH_LOOP_TAG;

    if (b->segment
        && setsockopt(batch.fd, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(int))
           == -1)
    {
        bench_die("no UDP_SEGMENT: %m");
    }

    for (i = 0; i < BENCH_LOOP_BATCH; i++) {
        batch.msg[i].msg_hdr.msg_iov = &batch.iov[i];
        batch.msg[i].msg_hdr.msg_iovlen = 1;
        batch.msg[i].msg_hdr.msg_namelen = sizeof(struct sockaddr_in);
    }

    sent = 0;
    begin = bench_now_us();

    for (frame = 0; frame < (uint64_t) b->seconds * b->frames; frame++) {

        due = begin + frame * 1000000 / b->frames;
        now = bench_now_us();

        if (now < due) {
            pause.tv_sec = 0;
            pause.tv_nsec = (long) (due - now) * 1000;
            (void) nanosleep(&pause, NULL);
        }

        for (i = 0; i < b->packets; i++, sent++) {
            bench_media_packet(&media, b, i, due);
            packets[i] = media;
        }

        bench_loop_frame(&batch, b, packets, viewers);
        bench_loop_flush(&batch);
        bench_media_next(&media, b);
    }

    return sent;
}


/* as packets come; or, as one message needs it, viewer by viewer */

static void
bench_loop_frame(bench_loop_batch_t *batch, bench_t *b,
    bench_media_t *packets, bench_loop_viewer_t *viewers)
{
    unsigned  i, v;

    if (!b->segment) {
        for (i = 0; i < b->packets; i++) {
            for (v = 0; v < b->viewers; v++) {
                bench_loop_packet(batch, &packets[i], &viewers[v], 0);
            }
        }

        return;
    }

    for (v = 0; v < b->viewers; v++) {

        if (batch->last + b->packets * BENCH_LOOP_ROOM
            > batch->buf + sizeof(batch->buf))
        {
            bench_loop_flush(batch);
        }

        for (i = 0; i < b->packets; i++) {
            bench_loop_packet(batch, &packets[i], &viewers[v], i > 0);
        }
    }
}


static void
bench_loop_packet(bench_loop_batch_t *batch, const bench_media_t *m,
    bench_loop_viewer_t *v, int append)
{
    int       n;
    size_t    len;
    uint8_t   iv[12], *p;

    len = BENCH_HEADER + m->size + BENCH_LOOP_TAG;

    if (!append && batch->n == BENCH_LOOP_BATCH) {
        bench_loop_flush(batch);
    }

    p = rtc_write_bytes(batch->last, m->header, BENCH_HEADER);

    memset(iv, 0, sizeof(iv));
    memcpy(iv + 4, m->header, 8);

    if (EVP_EncryptInit_ex(v->cipher, NULL, NULL, NULL, iv) != 1
        || EVP_EncryptUpdate(v->cipher, NULL, &n, m->header, BENCH_HEADER) != 1
        || EVP_EncryptUpdate(v->cipher, p, &n, m->payload, (int) m->size) != 1
        || EVP_EncryptFinal_ex(v->cipher, p + n, &n) != 1
        || EVP_CIPHER_CTX_ctrl(v->cipher, EVP_CTRL_AEAD_GET_TAG,
                               BENCH_LOOP_TAG, p + m->size)
           != 1)
    {
        bench_die("cannot encrypt");
    }

    if (!append) {
        batch->iov[batch->n].iov_base = batch->last;
        batch->iov[batch->n].iov_len = 0;
        batch->msg[batch->n].msg_hdr.msg_name = &v->sin;
        batch->n++;
    }

    batch->iov[batch->n - 1].iov_len += len;
    batch->last += len;
}


static void
bench_loop_flush(bench_loop_batch_t *batch)
{
    int       n;
    unsigned  i;

    for (i = 0; i < batch->n; i += (unsigned) n) {
        n = sendmmsg(batch->fd, batch->msg + i, batch->n - i, 0);

        if (n <= 0) {
            bench_die("sendmmsg() failed: %m");
        }
    }

    batch->n = 0;
    batch->last = batch->buf;
}
