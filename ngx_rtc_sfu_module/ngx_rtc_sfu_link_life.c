
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Where a worker is that cannot be connected to, and whether it is dead.
 */


#include <jansson.h>

#include "ngx_rtc_sfu_link_internal.h"


static void ngx_rtc_sfu_link_asked(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static ngx_int_t ngx_rtc_sfu_link_is_here(ngx_rtc_sfu_link_t *link,
    const ngx_str_t *json);
static void ngx_rtc_sfu_link_is_there(ngx_rtc_sfu_link_t *link,
    const json_t *where);


void
ngx_rtc_sfu_link_refused(ngx_rtc_sfu_link_t *link)
{
    if (link->local) {
        ngx_rtc_sfu_link_die(link);
        return;
    }

    ngx_rtc_sfu_link_ask(link);

    if (link->asking == NULL) {
        ngx_rtc_sfu_link_retry(link);
    }
}


void
ngx_rtc_sfu_link_ask(ngx_rtc_sfu_link_t *link)
{
    link->asking = ngx_rtc_sfu_registry_ask_worker(link->links->registry,
                                                   &link->node.str,
                                                   ngx_rtc_sfu_link_asked,
                                                   link);
}


static void
ngx_rtc_sfu_link_asked(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_rtc_sfu_link_t *link = data;

    ngx_str_t             json;
    ngx_rtc_sfu_links_t  *links;

    links = link->links;
    link->asking = NULL;

    if (rc == NGX_OK && ngx_rtc_redis_reply_is_nil(reply)) {

        /* an empty Redis proves nothing, until it has run for a while */

        if (ngx_rtc_sfu_registry_may_prune(links->registry)) {
            ngx_rtc_sfu_link_die(link);
            return;
        }

    } else if (rc == NGX_OK
               && ngx_rtc_redis_reply_string(reply, &json) == NGX_OK
               && ngx_rtc_sfu_link_is_here(link, &json))
    {
        ngx_rtc_sfu_link_die(link);
        return;
    }

    /* without Redis, its last address is as good as any */

    if (link->address.family) {
        link->asked = 1;
        ngx_rtc_sfu_link_post(link);
        return;
    }

    ngx_rtc_sfu_link_retry(link);
}


/* whether what a worker announces is that it lives on this host */

static ngx_int_t
ngx_rtc_sfu_link_is_here(ngx_rtc_sfu_link_t *link, const ngx_str_t *json)
{
    size_t                len;
    json_t               *object, *host;
    ngx_int_t             here;
    ngx_rtc_sfu_links_t  *links;

    links = link->links;
    here = 0;

    object = json_loadb((char *) json->data, json->len, JSON_REJECT_DUPLICATES,
                        NULL);
    host = json_object_get(object, "host");
    len = json_string_length(host);

    if (len && links->host_len) {
        here = (len == links->host_len
                && ngx_memcmp(json_string_value(host), links->host, len) == 0);
    }

    if (!here) {
        ngx_rtc_sfu_link_is_there(link, json_object_get(object, "link"));
    }

    json_decref(object);

    return here;
}


/* .. or on another one, and where it listens */

static void
ngx_rtc_sfu_link_is_there(ngx_rtc_sfu_link_t *link, const json_t *where)
{
    const char           *why;
    ngx_rtc_sfu_links_t  *links;

    links = link->links;

    if (links->conf->address.family == 0) {
        why = "this one has no rtc_sfu_node_address";

    } else if (rtc_link_parse_address(&link->address,
                                      (u_char *) json_string_value(where),
                                      json_string_length(where))
               != RTC_OK)
    {
        link->address.family = 0;
        why = "it announces no rtc_sfu_node_address";

    } else {
        return;
    }

    if (!link->remote) {
        link->remote = 1;
        ngx_log_error(NGX_LOG_ERR, links->log, 0,
                      "sfu: no link to a worker of another host: %s, wid:%V",
                      why, &link->node.str);
    }
}


/*
 * Its port refuses, or is another worker's now.  Not once only: a firewall may
 * do that, too.
 */

void
ngx_rtc_sfu_link_count_refusal(ngx_rtc_sfu_link_t *link, ngx_uint_t refused)
{
    if (!refused) {
        link->refusals = 0;
        return;
    }

    if (link->refusals++ == 0) {
        link->refusing = ngx_current_msec;
    }
}


ngx_uint_t
ngx_rtc_sfu_link_refuses(ngx_rtc_sfu_link_t *link)
{
    return link->met && link->refusals >= NGX_RTC_SFU_LINK_REFUSALS
           && (ngx_msec_int_t) (ngx_current_msec - link->refusing)
              >= NGX_RTC_SFU_LINK_REFUSING;
}


void
ngx_rtc_sfu_link_die(ngx_rtc_sfu_link_t *link)
{
    ngx_rtc_sfu_links_t  *links;

    links = link->links;

    link->dead = 1;
    links->stat.deaths++;

    ngx_rtc_sfu_link_queue_drop(link);

    ngx_log_error(NGX_LOG_NOTICE, links->log, 0, "sfu: worker is dead, wid:%V",
                  &link->node.str);

    links->handlers->dead(links->data, link);
}
