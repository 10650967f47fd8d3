
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * $conf_certificate and $conf_certificate_key: what a TLS handshake gets, by
 * the name that the client asks for.
 */


#include "ngx_conf_api.h"


static ngx_int_t ngx_conf_api_certificate_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_conf_api_certificate_variables[] = {

    { ngx_string("conf_certificate"), NULL,
      ngx_conf_api_certificate_variable, offsetof(ngx_rtc_cert_t, chain),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("conf_certificate_key"), NULL,
      ngx_conf_api_certificate_variable, offsetof(ngx_rtc_cert_t, key),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_conf_api_certificate_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_conf_api_certificate_variables; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* r is of a handshake: it has a connection and nothing else */

static ngx_int_t
ngx_conf_api_certificate_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                 *text;
    const char                *name;
    const ngx_rtc_cert_t      *cert;
    ngx_conf_api_main_conf_t  *amcf;

    name = NULL;
    cert = NULL;
    amcf = ngx_http_get_module_main_conf(r, ngx_conf_api_module);

#if (NGX_HTTP_SSL)
    if (r->connection->ssl != NULL) {
        name = SSL_get_servername(r->connection->ssl->connection,
                                  TLSEXT_NAMETYPE_host_name);
    }
#endif

    if (amcf->certs != NULL) {
        cert = ngx_rtc_certs_find(amcf->certs, (u_char *) name,
                                  name ? ngx_strlen(name) : 0);
    }

    if (cert == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    text = (ngx_str_t *) ((char *) cert + data);

    v->data = text->data;
    v->len = text->len;
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;

    return NGX_OK;
}
