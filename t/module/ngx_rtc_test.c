
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_test.h"


extern ngx_module_t  ngx_rtc_link_test_module;
extern ngx_module_t  ngx_rtc_redis_test_module;
extern ngx_module_t  ngx_rtc_registry_test_module;


/* what nginx's build generates for a dynamic module */

ngx_module_t  *ngx_modules[] = {
    &ngx_rtc_link_test_module,
    &ngx_rtc_redis_test_module,
    &ngx_rtc_registry_test_module,
    NULL
};

char  *ngx_module_names[] = {
    "ngx_rtc_link_test_module",
    "ngx_rtc_redis_test_module",
    "ngx_rtc_registry_test_module",
    NULL
};

char  *ngx_module_order[] = {
    NULL
};


ngx_uint_t
ngx_rtc_test_args(ngx_http_request_t *r, ngx_str_t *args, ngx_uint_t max)
{
    u_char      *p, *last, *amp, *dst;
    ngx_uint_t   n;

    p = r->args.data;
    last = p + r->args.len;

    for (n = 0; n < max && r->args.len && p <= last; n++) {
        amp = ngx_strlchr(p, last, '&');

        if (amp == NULL) {
            amp = last;
        }

        dst = ngx_pnalloc(r->pool, amp - p + 1);
        if (dst == NULL) {
            return 0;
        }

        args[n].data = dst;
        ngx_unescape_uri(&dst, &p, amp - p, 0);
        args[n].len = dst - args[n].data;

        p = amp + 1;
    }

    return n;
}


ngx_int_t
ngx_rtc_test_answer(ngx_http_request_t *r, ngx_uint_t status,
    const u_char *text, size_t len)
{
    ngx_buf_t    *b;
    ngx_int_t     rc;
    ngx_chain_t   out;

    b = ngx_create_temp_buf(r->pool, len + 1);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_cpymem(b->last, text, len);
    *b->last++ = '\n';
    b->last_buf = 1;

    r->headers_out.status = status;
    r->headers_out.content_length_n = b->last - b->pos;

    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


void
ngx_rtc_test_set_handler(ngx_conf_t *cf, ngx_http_handler_pt handler)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = handler;
}
