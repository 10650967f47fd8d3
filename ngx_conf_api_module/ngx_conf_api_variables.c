
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"


static ngx_int_t ngx_conf_api_variable_ancestors(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_http_variable_t  ngx_conf_api_variables[] = {

    { ngx_string("conf_frame_ancestors"), NULL,
      ngx_conf_api_variable_ancestors, 0, 0, 0 },

    { ngx_string("conf_certificate"), NULL,
      ngx_conf_api_certificate_variable, offsetof(ngx_rtc_cert_t, chain),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("conf_certificate_key"), NULL,
      ngx_conf_api_certificate_variable, offsetof(ngx_rtc_cert_t, key),
      NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_conf_api_variables_add(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_conf_api_variables; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


/* who may embed a meeting, as sources of a Content-Security-Policy */

static ngx_int_t
ngx_conf_api_variable_ancestors(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                  value = ngx_string("*");
    ngx_conf_api_main_conf_t  *amcf;

    amcf = ngx_http_get_module_main_conf(r, ngx_conf_api_module);

    if (amcf->settings.frame_ancestors.len != 0) {
        value = amcf->settings.frame_ancestors;
    }

    v->data = ngx_pstrdup(r->pool, &value);
    if (v->data == NULL) {
        return NGX_ERROR;
    }

    v->len = value.len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}
