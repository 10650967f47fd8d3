
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_answer.h"
#include "ngx_rtc_sfu_ice.h"


#define NGX_RTC_SFU_ICE_LINK                                                  \
    "<%V>; rel=\"ice-server\"; username=\"%V\"; credential=\"%V\"; "          \
    "credential-type=\"password\"%Z"


Livekit__ICEServer *
ngx_rtc_sfu_ice_server(ngx_pool_t *pool, const ngx_rtc_ice_servers_t *servers,
    const ngx_str_t *identity, ngx_uint_t tls)
{
    ngx_str_t            user, password, *urls;
    ngx_uint_t           i;
    Livekit__ICEServer  *server;

    if (ngx_rtc_ice_servers_credentials(pool, servers, identity->data,
                                        identity->len, &user, &password)
        != NGX_OK)
    {
        return NULL;
    }

    server = ngx_palloc(pool, sizeof(Livekit__ICEServer));
    if (server == NULL) {
        return NULL;
    }

    livekit__iceserver__init(server);

    server->urls = ngx_palloc(pool, servers->urls->nelts * sizeof(char *));
    if (server->urls == NULL) {
        return NULL;
    }

    urls = servers->urls->elts;

    for (i = 0; i < servers->urls->nelts; i++) {
        if (!tls || ngx_strncmp(urls[i].data, "turns:", 6) == 0) {
            server->urls[server->n_urls++] = (char *) urls[i].data;
        }
    }

    if (server->n_urls == 0) {
        return NULL;
    }

    server->username = (char *) user.data;
    server->credential = (char *) password.data;

    return server;
}


ngx_int_t
ngx_rtc_sfu_ice_links(ngx_http_request_t *r,
    const ngx_rtc_ice_servers_t *servers, const ngx_str_t *identity)
{
    size_t      len;
    u_char     *value;
    ngx_int_t   rc;
    ngx_str_t   user, password, *urls;
    ngx_uint_t  i;

    rc = ngx_rtc_ice_servers_credentials(r->pool, servers, identity->data,
                                         identity->len, &user, &password);
    if (rc != NGX_OK) {
        return rc == NGX_DECLINED ? NGX_OK : NGX_ERROR;
    }

    urls = servers->urls->elts;

    for (i = 0; i < servers->urls->nelts; i++) {

        len = sizeof(NGX_RTC_SFU_ICE_LINK) + urls[i].len + user.len
              + password.len;

        value = ngx_pnalloc(r->pool, len);
        if (value == NULL) {
            return NGX_ERROR;
        }

        (void) ngx_snprintf(value, len, NGX_RTC_SFU_ICE_LINK, &urls[i], &user,
                            &password);

        if (ngx_rtc_sfu_answer_header(r, "Link", (char *) value) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
