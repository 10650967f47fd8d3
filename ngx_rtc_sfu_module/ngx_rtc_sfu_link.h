
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Links: one ordered, authenticated stream to each other worker that this one
 * has to do with.  A link exists while somebody holds it, or while the other
 * worker does; it connects by itself, and again when it breaks.
 *
 * On one host a worker listens on an abstract unix socket that is named after
 * its id, so that a worker that has died refuses at once.  For other hosts it
 * listens on a TCP port, if it has an address there: TLS 1.3 with a key from
 * the installation's secret.
 *
 * A worker of another host is dead when its key in Redis has expired and no
 * link to it can be made, or when its port refuses for a while after the link
 * broke.  One that is only silent is not: as long as it writes its key it is
 * alive, its members stay, and links to it are tried.
 */


#ifndef NGX_RTC_SFU_LINK_H_INCLUDED
#define NGX_RTC_SFU_LINK_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "rtc_core.h"
#include "ngx_rtc_sfu_registry.h"


#define NGX_RTC_SFU_LINK_MAX_MESSAGE  (512 * 1024)
#define NGX_RTC_SFU_LINK_MAX_QUEUE    (8 * 1024 * 1024)  /* not sent yet */


typedef struct ngx_rtc_sfu_links_s  ngx_rtc_sfu_links_t;  /* of a worker */
typedef struct ngx_rtc_sfu_link_s   ngx_rtc_sfu_link_t;   /* to another one */


/*
 * Called from events of the link only, never before the function that caused
 * it has returned.  Everything may be called from inside, but
 * ngx_rtc_sfu_links_destroy().
 */

typedef struct {
    /* both ends have proved that they know the secret; may come again */
    void  (*up)(void *data, ngx_rtc_sfu_link_t *link);

    /* in the order they were sent; p lives until the handler returns */
    void  (*message)(void *data, ngx_rtc_sfu_link_t *link, ngx_uint_t type,
                     u_char *p, size_t len);

    /* was up; what was not delivered is lost, a new queue begins */
    void  (*down)(void *data, ngx_rtc_sfu_link_t *link);

    /*
     * The worker is gone for good, as far as can be known: once, after down
     * if it was up.  The link stays as held and is not tried any more; should
     * the worker nevertheless connect by itself, up() tells.
     */
    void  (*dead)(void *data, ngx_rtc_sfu_link_t *link);
} ngx_rtc_sfu_link_handlers_t;


/* where other hosts reach the workers of this one; a port for each of them */

typedef struct {
    rtc_addr_t      address;            /* family 0: there are no others */
    ngx_uint_t      first_port;
    ngx_uint_t      last_port;
} ngx_rtc_sfu_link_conf_t;


/*
 * In init_process, before the registry announces this worker's addresses;
 * listens.  secret is of the installation, 16 bytes or more, and not needed
 * afterwards; the registry is, its Redis client, and conf.  NULL: logged.
 */

ngx_rtc_sfu_links_t *ngx_rtc_sfu_links_create(ngx_rtc_sfu_registry_t *reg,
    const ngx_str_t *secret, const ngx_rtc_sfu_link_conf_t *conf,
    const ngx_rtc_sfu_link_handlers_t *handlers, void *data, ngx_log_t *log);

/* in exit_process, before the registry: closes all; no handler runs */

void ngx_rtc_sfu_links_destroy(ngx_rtc_sfu_links_t *links);


/*
 * Finds or makes the link and holds it; NULL: no memory, or no id of another
 * worker.  A link that nobody holds is used until down() at most: then, or in
 * a later event if it is not up, it is freed.
 */

ngx_rtc_sfu_link_t *ngx_rtc_sfu_link_hold(ngx_rtc_sfu_links_t *links,
    const ngx_str_t *wid);
void ngx_rtc_sfu_link_release(ngx_rtc_sfu_link_t *link);

const ngx_str_t *ngx_rtc_sfu_link_wid(const ngx_rtc_sfu_link_t *link);
ngx_uint_t ngx_rtc_sfu_link_is_up(const ngx_rtc_sfu_link_t *link);

/* has been reported; who holds it from then on hears of it here only */

ngx_uint_t ngx_rtc_sfu_link_is_dead(const ngx_rtc_sfu_link_t *link);

/* the owner's object of this link, NULL at first */

void ngx_rtc_sfu_link_set_data(ngx_rtc_sfu_link_t *link, void *data);
void *ngx_rtc_sfu_link_data(const ngx_rtc_sfu_link_t *link);

/* the port for other hosts; 0: none, or none yet */

ngx_uint_t ngx_rtc_sfu_links_port(const ngx_rtc_sfu_links_t *links);

/*
 * The address that packets to a worker of another host come from, without a
 * port; NGX_DECLINED: the link is not up, or that worker is on this host.
 */

ngx_int_t ngx_rtc_sfu_link_local(const ngx_rtc_sfu_link_t *link,
    rtc_addr_t *addr);

/* goes through all links, held or up; NULL begins and ends */

ngx_rtc_sfu_link_t *ngx_rtc_sfu_link_next(ngx_rtc_sfu_links_t *links,
    ngx_rtc_sfu_link_t *link);


/*
 * Queues a message: parts are joined.  type is 1..127.  NGX_OK, also while the
 * link is not up yet (it waits, within the bound); NGX_DECLINED: the queue is
 * full or the worker dead, nothing was taken; NGX_ERROR: too long, no such
 * type, or no memory.
 */

ngx_int_t ngx_rtc_sfu_link_send(ngx_rtc_sfu_link_t *link, ngx_uint_t type,
    const ngx_str_t *parts, ngx_uint_t n);

/* bytes that wait to be sent */

size_t ngx_rtc_sfu_link_queued(const ngx_rtc_sfu_link_t *link);


/*
 * Keys of what goes beside the link: len bytes for a direction, equal at both
 * ends, fresh each time the link comes up, by HKDF from the secret, both ids
 * and both nonces.  "out": what this worker sends.  NGX_ERROR: it is not up,
 * or a label of more than 64 bytes.
 */

ngx_int_t ngx_rtc_sfu_link_key(const ngx_rtc_sfu_link_t *link,
    const char *label, ngx_uint_t out, u_char *key, size_t len);


typedef struct {
    uint64_t        connects;           /* that came up, from either end */
    uint64_t        failures;           /* handshakes that did not end well */
    uint64_t        broken;             /* was up, but for idle ones */
    uint64_t        deaths;
    uint64_t        messages_in;
    uint64_t        messages_out;       /* queued */
    uint64_t        bytes_in;           /* of messages with their headers */
    uint64_t        bytes_out;          /* given to the socket */
    uint64_t        refused;            /* messages, the queue was full */
    uint64_t        dropped;            /* bytes that waited when it broke */
    ngx_uint_t      up;
} ngx_rtc_sfu_link_stat_t;

const ngx_rtc_sfu_link_stat_t *ngx_rtc_sfu_links_stat(
    const ngx_rtc_sfu_links_t *links);


#endif /* NGX_RTC_SFU_LINK_H_INCLUDED */
