
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_turn_link.h"


static socklen_t ngx_rtc_turn_link_name(struct sockaddr_un *sun,
    uint64_t seed, ngx_pid_t pid, int type);


ngx_socket_t
ngx_rtc_turn_link_listen(uint64_t seed, int type)
{
    ngx_err_t           err;
    socklen_t           socklen;
    ngx_socket_t        s;
    struct sockaddr_un  sun;

    s = socket(AF_UNIX, type|SOCK_NONBLOCK|SOCK_CLOEXEC, 0);

    if (s == (ngx_socket_t) -1) {
        return s;
    }

    socklen = ngx_rtc_turn_link_name(&sun, seed, ngx_pid, type);

    if (bind(s, (struct sockaddr *) &sun, socklen) == -1
        || listen(s, NGX_LISTEN_BACKLOG) == -1)
    {
        err = ngx_socket_errno;
        (void) ngx_close_socket(s);
        ngx_set_socket_errno(err);

        return (ngx_socket_t) -1;
    }

    return s;
}


ngx_socket_t
ngx_rtc_turn_link_connect(uint64_t seed, ngx_pid_t pid, int type)
{
    socklen_t           socklen;
    ngx_socket_t        s;
    struct sockaddr_un  sun;

    s = socket(AF_UNIX, type|SOCK_NONBLOCK|SOCK_CLOEXEC, 0);

    if (s == (ngx_socket_t) -1) {
        return s;
    }

    socklen = ngx_rtc_turn_link_name(&sun, seed, pid, type);

    if (connect(s, (struct sockaddr *) &sun, socklen) == -1
        || !ngx_rtc_turn_link_is_worker(s))
    {
        (void) ngx_close_socket(s);
        return (ngx_socket_t) -1;
    }

    return s;
}


static socklen_t
ngx_rtc_turn_link_name(struct sockaddr_un *sun, uint64_t seed, ngx_pid_t pid,
    int type)
{
    u_char  *p;

    ngx_memzero(sun, sizeof(struct sockaddr_un));

    sun->sun_family = AF_UNIX;

    p = ngx_sprintf((u_char *) sun->sun_path + 1, "rtc-turn%s-%xL-%P",
                    type == NGX_RTC_TURN_LINK_DATA ? "-data" : "", seed, pid);

    return (socklen_t) (p - (u_char *) sun);
}


ngx_uint_t
ngx_rtc_turn_link_is_worker(ngx_socket_t s)
{
    socklen_t     len;
    struct ucred  cred;

    len = sizeof(struct ucred);

    return getsockopt(s, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0
           && cred.uid == geteuid();
}


ngx_int_t
ngx_rtc_turn_link_send(ngx_connection_t *c, struct iovec *iov,
    ngx_uint_t niov, int *fds, ngx_uint_t nfds)
{
    ngx_err_t        err;
    struct msghdr    msg;
    struct cmsghdr  *cmsg;
    union {
        struct cmsghdr  align;
        u_char          data[CMSG_SPACE(2 * sizeof(int))];
    } control;

    ngx_memzero(&msg, sizeof(struct msghdr));

    msg.msg_iov = iov;
    msg.msg_iovlen = niov;

    if (nfds) {
        ngx_memzero(&control, sizeof(control));

        msg.msg_control = &control;
        msg.msg_controllen = CMSG_SPACE(nfds * sizeof(int));

        cmsg = CMSG_FIRSTHDR(&msg);
        cmsg->cmsg_level = SOL_SOCKET;
        cmsg->cmsg_type = SCM_RIGHTS;
        cmsg->cmsg_len = CMSG_LEN(nfds * sizeof(int));
        ngx_memcpy(CMSG_DATA(cmsg), fds, nfds * sizeof(int));
    }

    if (sendmsg(c->fd, &msg, MSG_NOSIGNAL) != -1) {
        return NGX_OK;
    }

    err = ngx_socket_errno;

    /* too many descriptors are on their way */

    if (err == NGX_EAGAIN || err == ETOOMANYREFS || err == ENOBUFS) {
        return NGX_AGAIN;
    }

    if (err != NGX_EPIPE && err != NGX_ECONNRESET) {
        ngx_log_error(NGX_LOG_ERR, c->log, err,
                      "turn: sendmsg() to another worker failed");
    }

    return NGX_ERROR;
}


ssize_t
ngx_rtc_turn_link_recv(ngx_connection_t *c, void *buf, size_t size,
    int fds[NGX_RTC_TURN_LINK_FDS], ngx_uint_t *nfds)
{
    ssize_t          n;
    struct iovec     iov;
    struct msghdr    msg;
    struct cmsghdr  *cmsg;
    union {
        struct cmsghdr  align;
        u_char          data[CMSG_SPACE(NGX_RTC_TURN_LINK_FDS * sizeof(int))];
    } control;

    iov.iov_base = buf;
    iov.iov_len = size;

    ngx_memzero(&msg, sizeof(struct msghdr));

    msg.msg_iov = &iov;
    msg.msg_iovlen = 1;
    msg.msg_control = &control;
    msg.msg_controllen = sizeof(control);

    *nfds = 0;

    n = recvmsg(c->fd, &msg, MSG_CMSG_CLOEXEC);

    if (n == -1) {
        return ngx_socket_errno == NGX_EAGAIN ? NGX_AGAIN : NGX_DONE;
    }

    if (n == 0) {
        return NGX_DONE;
    }

    cmsg = CMSG_FIRSTHDR(&msg);

    if (cmsg && cmsg->cmsg_level == SOL_SOCKET
        && cmsg->cmsg_type == SCM_RIGHTS)
    {
        *nfds = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        ngx_memcpy(fds, CMSG_DATA(cmsg), *nfds * sizeof(int));
    }

    return n;
}
