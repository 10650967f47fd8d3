
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Ids of rooms: 24 hexadecimal characters, of which the first eight are the
 * Unix time in seconds, ten are random for a worker, and six are a counter
 * that starts at random.
 */


#ifndef NGX_CONF_API_ID_H_INCLUDED
#define NGX_CONF_API_ID_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>


#define NGX_CONF_API_ID_LEN  24


typedef struct {
    u_char      random[5];
    uint32_t    counter;
} ngx_conf_api_ids_t;


/* once in each worker, never before the fork */

ngx_int_t ngx_conf_api_init_ids(ngx_conf_api_ids_t *ids);

void ngx_conf_api_make_id(ngx_conf_api_ids_t *ids,
    u_char id[NGX_CONF_API_ID_LEN]);

/* whether it has the form of an id in lower case */

ngx_uint_t ngx_conf_api_is_id(const u_char *data, size_t len);


#endif /* NGX_CONF_API_ID_H_INCLUDED */
