
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <curl/curl.h>
#include <sys/stat.h>
#include "ngx_rtc_addr.h"
#include "ngx_rtc_conn.h"
#include "ngx_rtc_ident.h"
#include "ngx_rtc_sfu_fetch.h"
#include "rtc_net.h"
#include "rtc_version.h"


#define NGX_RTC_SFU_FETCH_HOST_CONNS  16        /* to one host */
#define NGX_RTC_SFU_FETCH_MAX_ANSWER  65536     /* bytes; nobody reads them */


struct ngx_rtc_sfu_fetch_s {
    ngx_rtc_ident_t                ident;
    ngx_log_t                     *log;
    CURLM                         *multi;
    ngx_event_t                    timer;
    ngx_queue_t                    calls;
};


struct ngx_rtc_sfu_fetch_call_s {
    ngx_queue_t                    queue;       /* in fetch->calls */
    ngx_rtc_sfu_fetch_t           *fetch;
    CURL                          *easy;
    struct curl_slist             *headers;
    size_t                         received;
    ngx_rtc_sfu_fetch_handler_pt   handler;
    void                          *data;
};


/* a socket that libcurl wants to hear of */

typedef struct {
    ngx_rtc_sfu_fetch_t           *fetch;
    ngx_connection_t              *connection;
    ino_t                          inode;       /* numbers come again */
} ngx_rtc_sfu_fetch_socket_t;


static CURL *ngx_rtc_sfu_fetch_easy(ngx_rtc_sfu_fetch_call_t *call,
    const ngx_rtc_sfu_fetch_request_t *request);
static size_t ngx_rtc_sfu_fetch_discard(char *p, size_t size, size_t n,
    void *data);
static curl_socket_t ngx_rtc_sfu_fetch_open(void *data, curlsocktype purpose,
    struct curl_sockaddr *address);
static int ngx_rtc_sfu_fetch_socket(CURL *easy, curl_socket_t s, int what,
    void *data, void *socket);
static ino_t ngx_rtc_sfu_fetch_inode(curl_socket_t s);
static ngx_rtc_sfu_fetch_socket_t *ngx_rtc_sfu_fetch_watch(
    ngx_rtc_sfu_fetch_t *fetch, curl_socket_t s, ino_t inode);
static ngx_int_t ngx_rtc_sfu_fetch_want(ngx_event_t *ev, ngx_int_t event,
    ngx_uint_t wanted);
static void ngx_rtc_sfu_fetch_forget(ngx_rtc_sfu_fetch_socket_t *socket,
    ngx_uint_t closed);
static int ngx_rtc_sfu_fetch_timer(CURLM *multi, long ms, void *data);
static void ngx_rtc_sfu_fetch_event(ngx_event_t *ev);
static void ngx_rtc_sfu_fetch_timeout(ngx_event_t *ev);
static void ngx_rtc_sfu_fetch_act(ngx_rtc_sfu_fetch_t *fetch, curl_socket_t s,
    int what);
static void ngx_rtc_sfu_fetch_done(ngx_rtc_sfu_fetch_t *fetch, CURLMsg *msg);


ngx_rtc_sfu_fetch_t *
ngx_rtc_sfu_fetch_create(ngx_log_t *log, ngx_uint_t hosts)
{
    ngx_rtc_sfu_fetch_t  *fetch;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        ngx_log_error(NGX_LOG_CRIT, log, 0, "curl_global_init() failed");
        return NULL;
    }

    fetch = ngx_calloc(sizeof(ngx_rtc_sfu_fetch_t), log);
    if (fetch == NULL) {
        curl_global_cleanup();
        return NULL;
    }

    fetch->multi = curl_multi_init();

    if (fetch->multi == NULL) {
        ngx_log_error(NGX_LOG_CRIT, log, 0, "curl_multi_init() failed");
        ngx_free(fetch);
        curl_global_cleanup();
        return NULL;
    }

    fetch->log = log;
    ngx_queue_init(&fetch->calls);
    ngx_rtc_ident_init(&fetch->ident, fetch);

    fetch->timer.handler = ngx_rtc_sfu_fetch_timeout;
    fetch->timer.data = &fetch->ident;
    fetch->timer.log = log;
    fetch->timer.cancelable = 1;

    curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETFUNCTION,
                      ngx_rtc_sfu_fetch_socket);
    curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETDATA, fetch);
    curl_multi_setopt(fetch->multi, CURLMOPT_TIMERFUNCTION,
                      ngx_rtc_sfu_fetch_timer);
    curl_multi_setopt(fetch->multi, CURLMOPT_TIMERDATA, fetch);
    curl_multi_setopt(fetch->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                      (long) (hosts * NGX_RTC_SFU_FETCH_HOST_CONNS));
    curl_multi_setopt(fetch->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                      (long) NGX_RTC_SFU_FETCH_HOST_CONNS);

    return fetch;
}


void
ngx_rtc_sfu_fetch_destroy(ngx_rtc_sfu_fetch_t *fetch)
{
    ngx_queue_t  *q;

    while (!ngx_queue_empty(&fetch->calls)) {
        q = ngx_queue_head(&fetch->calls);
        ngx_rtc_sfu_fetch_cancel(ngx_queue_data(q, ngx_rtc_sfu_fetch_call_t,
                                                queue));
    }

    curl_multi_cleanup(fetch->multi);

    if (fetch->timer.timer_set) {
        ngx_del_timer(&fetch->timer);
    }

    ngx_free(fetch);

    curl_global_cleanup();
}


ngx_rtc_sfu_fetch_call_t *
ngx_rtc_sfu_fetch_post(ngx_rtc_sfu_fetch_t *fetch,
    const ngx_rtc_sfu_fetch_request_t *request,
    ngx_rtc_sfu_fetch_handler_pt handler, void *data)
{
    ngx_rtc_sfu_fetch_call_t  *call;

    call = ngx_calloc(sizeof(ngx_rtc_sfu_fetch_call_t), fetch->log);
    if (call == NULL) {
        return NULL;
    }

    call->fetch = fetch;
    call->handler = handler;
    call->data = data;
    call->easy = ngx_rtc_sfu_fetch_easy(call, request);

    if (call->easy == NULL
        || curl_multi_add_handle(fetch->multi, call->easy) != CURLM_OK)
    {
        curl_easy_cleanup(call->easy);
        curl_slist_free_all(call->headers);
        ngx_free(call);
        return NULL;
    }

    ngx_queue_insert_tail(&fetch->calls, &call->queue);

    /* a worker that was told to quit waits for it */

    fetch->timer.cancelable = 0;

    return call;
}


static CURL *
ngx_rtc_sfu_fetch_easy(ngx_rtc_sfu_fetch_call_t *call,
    const ngx_rtc_sfu_fetch_request_t *request)
{
    CURL                *easy;
    CURLcode             rc;
    ngx_uint_t           i;
    struct curl_slist   *list;

    /* it would ask before it sends a large body, and wait */

    call->headers = curl_slist_append(NULL, "Expect:");

    for (i = 0; call->headers && request->headers[i]; i++) {
        list = curl_slist_append(call->headers, request->headers[i]);

        if (list == NULL) {
            return NULL;
        }

        call->headers = list;
    }

    easy = curl_easy_init();

    if (easy == NULL || call->headers == NULL) {
        curl_easy_cleanup(easy);
        return NULL;
    }

    rc = curl_easy_setopt(easy, CURLOPT_URL, request->url);
    rc |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    rc |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    rc |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t) request->body->len);
    rc |= curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, request->body->data);
    rc |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) request->timeout);
    rc |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);

    /* else the end of a call would wait for its thread that resolves */
    rc |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);

    rc |= curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    rc |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION,
                           ngx_rtc_sfu_fetch_discard);
    rc |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);

    if (request->abroad) {

        /* neither a proxy nor a connection that others have opened */

        rc |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION,
                               ngx_rtc_sfu_fetch_open);
        rc |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
        rc |= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        rc |= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }

    if (rc != CURLE_OK) {
        curl_easy_cleanup(easy);
        return NULL;
    }

    return easy;
}


static size_t
ngx_rtc_sfu_fetch_discard(char *p, size_t size, size_t n, void *data)
{
    ngx_rtc_sfu_fetch_call_t  *call = data;

    call->received += size * n;

    return call->received > NGX_RTC_SFU_FETCH_MAX_ANSWER ? 0 : size * n;
}


void
ngx_rtc_sfu_fetch_cancel(ngx_rtc_sfu_fetch_call_t *call)
{
    curl_multi_remove_handle(call->fetch->multi, call->easy);
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);

    ngx_queue_remove(&call->queue);
    call->fetch->timer.cancelable = ngx_queue_empty(&call->fetch->calls);

    ngx_free(call);
}


/* a name may lead anywhere: it is the address that counts */

static curl_socket_t
ngx_rtc_sfu_fetch_open(void *data, curlsocktype purpose,
    struct curl_sockaddr *address)
{
    rtc_addr_t  addr;

    if (ngx_rtc_addr_set(&addr, &address->addr, RTC_TCP) != NGX_OK
        || !rtc_net_is_public(&addr))
    {
        return CURL_SOCKET_BAD;
    }

    return socket(address->family, address->socktype, address->protocol);
}


/*
 * What libcurl wants to hear of a socket, which is its own.  An error here
 * would end all calls: one that hears nothing ends by its timeout.
 */

static int
ngx_rtc_sfu_fetch_socket(CURL *easy, curl_socket_t s, int what, void *data,
    void *socket)
{
    ngx_rtc_sfu_fetch_t         *fetch = data;
    ngx_rtc_sfu_fetch_socket_t  *watched = socket;

    ino_t  inode;

    inode = ngx_rtc_sfu_fetch_inode(s);

    /* libcurl may have closed it before it says so, or opened the next one */

    if (watched && (what == CURL_POLL_REMOVE || watched->inode != inode)) {
        curl_multi_assign(fetch->multi, s, NULL);
        ngx_rtc_sfu_fetch_forget(watched, watched->inode != inode);
        watched = NULL;
    }

    if (what == CURL_POLL_REMOVE) {
        return 0;
    }

    if (watched == NULL) {
        watched = ngx_rtc_sfu_fetch_watch(fetch, s, inode);

        if (watched == NULL) {
            return 0;
        }

        curl_multi_assign(fetch->multi, s, watched);
    }

    (void) ngx_rtc_sfu_fetch_want(watched->connection->read, NGX_READ_EVENT,
                                  what & CURL_POLL_IN);
    (void) ngx_rtc_sfu_fetch_want(watched->connection->write, NGX_WRITE_EVENT,
                                  what & CURL_POLL_OUT);

    return 0;
}


/* 0: it is closed */

static ino_t
ngx_rtc_sfu_fetch_inode(curl_socket_t s)
{
    struct stat  st;

    return fstat(s, &st) == 0 ? st.st_ino : 0;
}


static ngx_rtc_sfu_fetch_socket_t *
ngx_rtc_sfu_fetch_watch(ngx_rtc_sfu_fetch_t *fetch, curl_socket_t s,
    ino_t inode)
{
    ngx_connection_t            *c;
    ngx_rtc_sfu_fetch_socket_t  *watched;

    watched = ngx_alloc(sizeof(ngx_rtc_sfu_fetch_socket_t), fetch->log);
    if (watched == NULL) {
        return NULL;
    }

    c = ngx_cycle->free_connection_n
        ? ngx_rtc_conn(s, SOCK_STREAM, watched, fetch->log) : NULL;

    if (c == NULL) {
        ngx_free(watched);
        return NULL;
    }

    watched->fetch = fetch;
    watched->connection = c;
    watched->inode = inode;

    c->read->handler = ngx_rtc_sfu_fetch_event;
    c->write->handler = ngx_rtc_sfu_fetch_event;

    /* worker_shutdown_timeout spares such connections */
    c->read->resolver = 1;

    return watched;
}


/* events are level-triggered, as libcurl expects them */

static ngx_int_t
ngx_rtc_sfu_fetch_want(ngx_event_t *ev, ngx_int_t event, ngx_uint_t wanted)
{
    if (wanted && !ev->active) {
        return ngx_add_event(ev, event, 0);
    }

    if (!wanted && ev->active) {
        return ngx_del_event(ev, event, 0);
    }

    return NGX_OK;
}


/* the socket may stay open, for the next request; closed, it has no events */

static void
ngx_rtc_sfu_fetch_forget(ngx_rtc_sfu_fetch_socket_t *socket,
    ngx_uint_t closed)
{
    ngx_connection_t  *c;

    c = socket->connection;

    if (!closed) {
        (void) ngx_rtc_sfu_fetch_want(c->read, NGX_READ_EVENT, 0);
        (void) ngx_rtc_sfu_fetch_want(c->write, NGX_WRITE_EVENT, 0);
    }

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    c->read->closed = 1;
    c->write->closed = 1;

    ngx_free_connection(c);

    /* a stale event must not find it here */
    c->fd = (ngx_socket_t) -1;

    ngx_free(socket);
}


/* acting from here is not allowed: at 0 the timer runs next */

static int
ngx_rtc_sfu_fetch_timer(CURLM *multi, long ms, void *data)
{
    ngx_rtc_sfu_fetch_t  *fetch = data;

    if (fetch->timer.timer_set) {
        ngx_del_timer(&fetch->timer);
    }

    if (ms >= 0) {
        ngx_add_timer(&fetch->timer, (ngx_msec_t) ms);
    }

    return 0;
}


static void
ngx_rtc_sfu_fetch_event(ngx_event_t *ev)
{
    ngx_connection_t            *c;
    ngx_rtc_sfu_fetch_socket_t  *socket;

    c = ev->data;
    socket = c->data;

    ngx_rtc_sfu_fetch_act(socket->fetch, c->fd,
                          ev->write ? CURL_CSELECT_OUT : CURL_CSELECT_IN);
}


static void
ngx_rtc_sfu_fetch_timeout(ngx_event_t *ev)
{
    ngx_rtc_sfu_fetch_act(ngx_rtc_ident_data(ev), CURL_SOCKET_TIMEOUT, 0);
}


static void
ngx_rtc_sfu_fetch_act(ngx_rtc_sfu_fetch_t *fetch, curl_socket_t s, int what)
{
    int       running, left;
    CURLMsg  *msg;

    (void) curl_multi_socket_action(fetch->multi, s, what, &running);

    for ( ;; ) {
        msg = curl_multi_info_read(fetch->multi, &left);

        if (msg == NULL) {
            return;
        }

        if (msg->msg == CURLMSG_DONE) {
            ngx_rtc_sfu_fetch_done(fetch, msg);
        }
    }
}


static void
ngx_rtc_sfu_fetch_done(ngx_rtc_sfu_fetch_t *fetch, CURLMsg *msg)
{
    long                           status;
    void                          *data;
    CURLcode                       rc;
    ngx_rtc_sfu_fetch_call_t      *call;
    ngx_rtc_sfu_fetch_handler_pt   handler;

    status = 0;
    rc = msg->data.result;

    curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **) &call);

    /* an answer that is too long has a status as well */

    if (rc == CURLE_OK || rc == CURLE_WRITE_ERROR) {
        curl_easy_getinfo(msg->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    }

    handler = call->handler;
    data = call->data;

    ngx_rtc_sfu_fetch_cancel(call);

    handler(data, (ngx_uint_t) status, curl_easy_strerror(rc));
}
