
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


/* from the request to its answer, unless it shows progress; INTERFACE: 2 s */

#define NGX_CONF_API_DEADLINE  1800


static void ngx_conf_api_cleanup(void *data);
static void ngx_conf_api_redis_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_deadline_handler(ngx_event_t *ev);


ngx_conf_api_req_t *
ngx_conf_api_create_request(ngx_http_request_t *r)
{
    ngx_conf_api_req_t  *req;
    ngx_http_cleanup_t  *cln;

    req = ngx_pcalloc(r->pool, sizeof(ngx_conf_api_req_t));
    if (req == NULL) {
        return NULL;
    }

    req->ident[3] = (void *) -1;
    req->request = r;
    req->main = ngx_http_get_module_main_conf(r, ngx_conf_api_module);
    req->conf = ngx_http_get_module_loc_conf(r, ngx_conf_api_module);
    req->away = ngx_conf_api_send_away;

    rtc_args_init(&req->args);

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        return NULL;
    }

    cln->handler = ngx_conf_api_cleanup;
    cln->data = req;

    return req;
}


/* runs when the request ends, be it that the client has left */

static void
ngx_conf_api_cleanup(void *data)
{
    ngx_conf_api_req_t  *req = data;

    ngx_conf_api_stop_waiting(req);
    ngx_conf_api_unhold(req);

    if (req->call != NULL) {
        ngx_rtc_redis_cancel(req->call);
        req->call = NULL;
    }

    if (req->task != NULL) {
        ngx_conf_api_cancel_task(req->task);
        req->task = NULL;
    }

    if (req->large) {
        req->main->bodies--;
        req->large = 0;
    }

    rtc_args_free(&req->args);
}


/*
 * The caller holds a reference of the request, which the answer releases.
 * The timer is an ordinary one: a worker that exits waits for the answer.
 */

ngx_int_t
ngx_conf_api_wait(ngx_conf_api_req_t *req)
{
    ngx_http_request_t  *r;

    r = req->request;

    req->deadline.handler = ngx_conf_api_deadline_handler;
    req->deadline.data = req;
    req->deadline.log = r->connection->log;

    ngx_conf_api_progress(req, NGX_CONF_API_DEADLINE);

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_request_empty_handler;

    return ngx_handle_read_event(r->connection->read, 0);
}


void
ngx_conf_api_stop_waiting(ngx_conf_api_req_t *req)
{
    if (req->deadline.timer_set) {
        ngx_del_timer(&req->deadline);
    }
}


void
ngx_conf_api_progress(ngx_conf_api_req_t *req, ngx_msec_t timeout)
{
    ngx_conf_api_stop_waiting(req);

    ngx_add_timer(&req->deadline, timeout ? timeout : NGX_CONF_API_DEADLINE);
}


static void
ngx_conf_api_deadline_handler(ngx_event_t *ev)
{
    ngx_connection_t    *c;
    ngx_conf_api_req_t  *req = ev->data;

    c = req->request->connection;

    ngx_log_error(NGX_LOG_INFO, c->log, 0, "api: no answer in time");

    if (req->call != NULL) {
        ngx_rtc_redis_cancel(req->call);
        req->call = NULL;
    }

    if (req->task != NULL) {
        ngx_conf_api_cancel_task(req->task);
        req->task = NULL;
    }

    ngx_conf_api_unhold(req);

    req->away(req);

    ngx_http_run_posted_requests(c);
}


void
ngx_conf_api_call(ngx_conf_api_req_t *req, ngx_conf_api_script_e script,
    ngx_uint_t nkeys, ngx_uint_t argc, const ngx_str_t *argv,
    ngx_conf_api_next_pt next)
{
    req->next = next;
    req->writes = ngx_conf_api_is_write(script);
    req->call = ngx_rtc_redis_script(req->main->redis,
                                     &req->main->scripts[script], nkeys, argc,
                                     argv, ngx_conf_api_redis_handler, req);
    if (req->call == NULL) {
        req->away(req);
    }
}


void
ngx_conf_api_command(ngx_conf_api_req_t *req, ngx_uint_t argc,
    const ngx_str_t *argv, ngx_conf_api_next_pt next)
{
    req->next = next;
    req->writes = argv[0].len == 3 && ngx_strncmp(argv[0].data, "SET", 3) == 0;
    req->call = ngx_rtc_redis_command(req->main->redis, argc, argv,
                                      ngx_conf_api_redis_handler, req);
    if (req->call == NULL) {
        req->away(req);
    }
}


static void
ngx_conf_api_redis_handler(void *data, ngx_int_t rc,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t            error;
    ngx_connection_t    *c;
    ngx_conf_api_req_t  *req = data;

    c = req->request->connection;
    req->call = NULL;

    if (rc == NGX_OK) {

        if (req->writes && !req->written) {
            req->written = 1;
            req->session = ngx_rtc_redis_session(req->main->redis);
        }

        req->next(req, reply);

    } else if (rc == NGX_AGAIN) {
        req->away(req);

    } else {
        ngx_str_set(&error, "no reply");
        (void) ngx_rtc_redis_reply_string(reply, &error);

        ngx_log_error(NGX_LOG_ERR, c->log, 0, "api: Redis said \"%V\"",
                      &error);

        req->away(req);
    }

    ngx_http_run_posted_requests(c);
}


void
ngx_conf_api_finalize(ngx_conf_api_req_t *req, ngx_int_t rc)
{
    ngx_conf_api_stop_waiting(req);

    ngx_http_finalize_request(req->request, rc);
}


ngx_str_t
ngx_conf_api_room_key(u_char buf[NGX_CONF_API_KEY_LEN], const u_char *id,
    size_t len, const char *suffix)
{
    ngx_str_t  key;

    key.data = buf;
    key.len = ngx_snprintf(buf, NGX_CONF_API_KEY_LEN, RTC_KEY_ROOM "%*s%s%s",
                           len, id, rtc_key_room_guard(id, len) ? ":" : "",
                           suffix)
              - buf;

    return key;
}


ngx_str_t
ngx_conf_api_key(u_char buf[NGX_CONF_API_KEY_LEN], const char *prefix,
    const u_char *name, size_t len, const char *suffix)
{
    ngx_str_t  key;

    key.data = buf;
    key.len = ngx_snprintf(buf, NGX_CONF_API_KEY_LEN, "%s%*s%s", prefix, len,
                           name, suffix)
              - buf;

    return key;
}
