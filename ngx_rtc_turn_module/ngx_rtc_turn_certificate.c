
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_secret.h"
#include "ngx_rtc_turn.h"
#include "ngx_rtc_turn_certificate.h"


static ngx_int_t ngx_rtc_turn_certificate_variable(ngx_stream_session_t *s,
    ngx_stream_variable_value_t *v, uintptr_t data);


static ngx_stream_variable_t  ngx_rtc_turn_certificate_variables[] = {

    { ngx_string("turn_certificate"), NULL,
      ngx_rtc_turn_certificate_variable, offsetof(ngx_rtc_cert_t, chain),
      NGX_STREAM_VAR_NOCACHEABLE, 0 },

    { ngx_string("turn_certificate_key"), NULL,
      ngx_rtc_turn_certificate_variable, offsetof(ngx_rtc_cert_t, key),
      NGX_STREAM_VAR_NOCACHEABLE, 0 },

      ngx_stream_null_variable
};


ngx_int_t
ngx_rtc_turn_certificate_add_variables(ngx_conf_t *cf)
{
    ngx_stream_variable_t  *var, *v;

    for (v = ngx_rtc_turn_certificate_variables; v->name.len; v++) {

        var = ngx_stream_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_turn_certificate_variable(ngx_stream_session_t *s,
    ngx_stream_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                 *text;
    const ngx_rtc_cert_t      *cert;
    ngx_rtc_turn_main_conf_t  *tmcf;

    cert = NULL;
    tmcf = ngx_stream_get_module_main_conf(s, ngx_rtc_turn_module);

    if (tmcf->certificate.certs != NULL && s->connection->ssl != NULL) {
        cert = ngx_rtc_certs_find(tmcf->certificate.certs, s->connection);
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


char *
ngx_rtc_turn_certificate_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    ngx_str_t  *value;

    if (tmcf->certificate.certs_conf.file.len != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_rtc_secret_read(cf, &value[1],
                               &tmcf->certificate.certs_conf.file) == NGX_OK
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_rtc_turn_certificate_secret_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_rtc_turn_main_conf_t  *tmcf = conf;

    ngx_str_t  *value;

    if (tmcf->certificate.certs_conf.secret.len != 0) {
        return "is duplicate";
    }

    value = cf->args->elts;

    return ngx_rtc_secret_read_line(cf, &value[1],
                                    &tmcf->certificate.certs_conf.secret)
           == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_rtc_turn_certificate_init_conf(ngx_conf_t *cf,
    ngx_rtc_turn_certificate_t *certificate)
{
    if (certificate->redis_conf == NGX_CONF_UNSET_PTR) {
        certificate->redis_conf = NULL;
        return NGX_CONF_OK;
    }

    if (certificate->certs_conf.secret.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"turn_certificate_redis\" needs "
                           "\"turn_certificate_secret_file\"");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_rtc_turn_certificate_init(ngx_cycle_t *cycle,
    ngx_rtc_turn_certificate_t *certificate)
{
    if (certificate->redis_conf == NULL) {
        return NGX_OK;
    }

    certificate->redis = ngx_rtc_redis_create(certificate->redis_conf,
                                              cycle->log);
    if (certificate->redis == NULL) {
        return NGX_ERROR;
    }

    certificate->certs = ngx_rtc_certs_create(certificate->redis, cycle->log,
                                              &certificate->certs_conf, NULL);

    return certificate->certs != NULL ? NGX_OK : NGX_ERROR;
}


void
ngx_rtc_turn_certificate_exit(ngx_rtc_turn_certificate_t *certificate)
{
    if (certificate->certs != NULL) {
        ngx_rtc_certs_destroy(certificate->certs);
        certificate->certs = NULL;
    }

    if (certificate->redis != NULL) {
        ngx_rtc_redis_destroy(certificate->redis);
        certificate->redis = NULL;
    }
}
