
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_variables.h"
#include "ngx_rtc_sfu_worker.h"


static ngx_int_t ngx_rtc_sfu_variable_empty(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_str_t  ngx_rtc_sfu_variables[NGX_RTC_SFU_VARIABLES] = {
    ngx_string("rtc_room"),
    ngx_string("rtc_identity"),
    ngx_string("rtc_participant"),
    ngx_string("rtc_join_status")
};


ngx_int_t
ngx_rtc_sfu_variables_add(ngx_conf_t *cf, ngx_int_t *indexes)
{
    ngx_uint_t            i;
    ngx_http_variable_t  *var;

    for (i = 0; i < NGX_RTC_SFU_VARIABLES; i++) {

        var = ngx_http_add_variable(cf, &ngx_rtc_sfu_variables[i], 0);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = ngx_rtc_sfu_variable_empty;

        indexes[i] = ngx_http_get_variable_index(cf,
                                                 &ngx_rtc_sfu_variables[i]);
        if (indexes[i] == NGX_ERROR) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* is asked only while none was set */

static ngx_int_t
ngx_rtc_sfu_variable_empty(ngx_http_request_t *r, ngx_http_variable_value_t *v,
    uintptr_t data)
{
    v->not_found = 1;

    return NGX_OK;
}


void
ngx_rtc_sfu_variable_set(ngx_http_request_t *r,
    ngx_rtc_sfu_variable_e variable, const ngx_str_t *value)
{
    u_char                     *p;
    ngx_rtc_sfu_main_conf_t    *smcf;
    ngx_http_variable_value_t  *v;

    smcf = ngx_http_get_module_main_conf(r, ngx_rtc_sfu_module);

    p = ngx_pstrdup(r->pool, (ngx_str_t *) value);
    if (p == NULL) {
        return;
    }

    v = &r->variables[smcf->variables[variable]];

    v->data = p;
    v->len = value->len;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}
