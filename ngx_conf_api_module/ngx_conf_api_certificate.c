
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * $conf_certificate and $conf_certificate_key: what a TLS handshake gets, by
 * the name that the client asks for.  When certificates end stands in metrics,
 * and in the log from some days before.
 */


#include "ngx_conf_api.h"
#include "ngx_rtc_metrics.h"


#define NGX_CONF_API_CERTIFICATE_NEAR   (14 * 86400)      /* seconds */
#define NGX_CONF_API_CERTIFICATE_AGAIN  (12 * 3600000)    /* ms */


static void ngx_conf_api_certificate_changed(void *data);
static void ngx_conf_api_certificate_count(const ngx_rtc_cert_t *certs,
    ngx_uint_t n);
static void ngx_conf_api_certificate_set(ngx_rtc_metric_cell_t *cell,
    const ngx_rtc_cert_t *cert);
static void ngx_conf_api_certificate_timer(ngx_event_t *ev);
static void ngx_conf_api_certificate_warn(ngx_conf_api_main_conf_t *amcf);


/* r is of a handshake: it has a connection and nothing else */

ngx_int_t
ngx_conf_api_certificate_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                 *text;
    const ngx_rtc_cert_t      *cert;
    ngx_conf_api_main_conf_t  *amcf;

    cert = NULL;
    amcf = ngx_http_get_module_main_conf(r, ngx_conf_api_module);

    if (amcf->certs != NULL && r->connection->ssl != NULL) {
        cert = ngx_rtc_certs_find(amcf->certs, r->connection);
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


ngx_int_t
ngx_conf_api_certificate_init(ngx_cycle_t *cycle,
    ngx_conf_api_main_conf_t *amcf)
{
    ngx_rtc_ident_init(&amcf->ident, amcf);

    amcf->certs_end.handler = ngx_conf_api_certificate_timer;
    amcf->certs_end.data = &amcf->ident;
    amcf->certs_end.log = cycle->log;
    amcf->certs_end.cancelable = 1;

    amcf->certs_conf.secret = amcf->secret;
    amcf->certs_conf.changed = ngx_conf_api_certificate_changed;

    amcf->certs = ngx_rtc_certs_create(amcf->redis, cycle->log,
                                       &amcf->certs_conf, amcf);

    return amcf->certs != NULL ? NGX_OK : NGX_ERROR;
}


void
ngx_conf_api_certificate_exit(ngx_conf_api_main_conf_t *amcf)
{
    if (amcf->certs_end.timer_set) {
        ngx_del_timer(&amcf->certs_end);
    }

    if (amcf->certs != NULL) {
        ngx_rtc_certs_destroy(amcf->certs);
        amcf->certs = NULL;
    }
}


static void
ngx_conf_api_certificate_changed(void *data)
{
    ngx_uint_t                 n;
    const ngx_rtc_cert_t      *certs;
    ngx_conf_api_main_conf_t  *amcf = data;

    certs = ngx_rtc_certs_all(amcf->certs, &n);

    ngx_conf_api_certificate_count(certs, n);

    /* one of the workers tells */

    if (ngx_worker == 0) {
        ngx_conf_api_certificate_warn(amcf);
    }
}


/* all workers write the same */

static void
ngx_conf_api_certificate_count(const ngx_rtc_cert_t *certs, ngx_uint_t n)
{
    ngx_uint_t              i;
    ngx_rtc_metrics_t      *metrics;
    ngx_rtc_metric_cell_t  *cell;

    metrics = ngx_rtc_metrics_find((ngx_cycle_t *) ngx_cycle,
                                   NGX_RTC_METRICS_API);
    if (metrics == NULL) {
        return;
    }

    for (i = 0; i < metrics->ncells; i++) {
        cell = &metrics->cells[i];

        if (i < n) {
            ngx_conf_api_certificate_set(cell, &certs[i]);

        } else {
            cell->name[0] = '\0';
        }
    }

    if (n) {
        (void) ngx_cpystrn((u_char *) metrics->cells[0].help,
                           (u_char *) "When a certificate ends, Unix time.",
                           sizeof(metrics->cells[0].help));
    }
}


static void
ngx_conf_api_certificate_set(ngx_rtc_metric_cell_t *cell,
    const ngx_rtc_cert_t *cert)
{
    cell->gauge = 1;
    cell->n = (ngx_atomic_t) cert->not_after;

    (void) ngx_snprintf((u_char *) cell->value, sizeof(cell->value), "%V%Z",
                        &cert->name);
    (void) ngx_cpystrn((u_char *) cell->label, (u_char *) "name",
                       sizeof(cell->label));
    (void) ngx_cpystrn((u_char *) cell->name,
                       (u_char *) "conf_certificate_not_after_seconds",
                       sizeof(cell->name));
}


static void
ngx_conf_api_certificate_timer(ngx_event_t *ev)
{
    ngx_conf_api_certificate_warn(ngx_rtc_ident_data(ev));
}


static void
ngx_conf_api_certificate_warn(ngx_conf_api_main_conf_t *amcf)
{
    time_t                 left;
    ngx_uint_t             i, n;
    const ngx_rtc_cert_t  *certs;

    certs = ngx_rtc_certs_all(amcf->certs, &n);

    for (i = 0; i < n; i++) {
        left = certs[i].not_after - ngx_time();

        if (left < 0) {
            ngx_log_error(NGX_LOG_ERR, amcf->certs_end.log, 0,
                          "api: the certificate of \"%V\" has expired",
                          &certs[i].name);

        } else if (left <= NGX_CONF_API_CERTIFICATE_NEAR) {
            ngx_log_error(NGX_LOG_WARN, amcf->certs_end.log, 0,
                          "api: the certificate of \"%V\" ends in %T days",
                          &certs[i].name, left / 86400);
        }
    }

    if (amcf->certs_end.timer_set) {
        ngx_del_timer(&amcf->certs_end);
    }

    ngx_add_timer(&amcf->certs_end, NGX_CONF_API_CERTIFICATE_AGAIN);
}
