
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What the units of the API module share: configuration, a request on its way
 * through routes, token check, Redis and answer, and the handlers.
 *
 * A handler decodes its arguments and either answers or calls Redis; what it
 * passes to ngx_conf_api_call() goes on when the answer has come.  Exactly one
 * ngx_conf_api_send…() ends a request; nothing of the request may be touched
 * after it.
 */


#ifndef NGX_CONF_API_H_INCLUDED
#define NGX_CONF_API_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <jansson.h>

#include "ngx_conf_api_id.h"
#include "ngx_conf_api_settings.h"
#include "ngx_rtc_certs.h"
#include "ngx_rtc_header.h"
#include "ngx_rtc_ident.h"
#include "ngx_rtc_ice_servers.h"
#include "ngx_rtc_redis.h"
#include "rtc_args.h"
#include "rtc_jwt.h"


typedef struct ngx_conf_api_req_s   ngx_conf_api_req_t;
typedef struct ngx_conf_api_task_s  ngx_conf_api_task_t;
typedef struct ngx_conf_api_walk_s  ngx_conf_api_walk_t;
typedef struct ngx_conf_api_held_s  ngx_conf_api_held_t;

typedef void (*ngx_conf_api_handler_pt)(ngx_conf_api_req_t *req);
typedef void (*ngx_conf_api_next_pt)(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);


/* Lua scripts, in the order of ngx_conf_api_scripts.c */

typedef enum {
    ngx_conf_api_script_auth = 0,
    ngx_conf_api_script_login,
    ngx_conf_api_script_attempt,
    ngx_conf_api_script_tokens,
    ngx_conf_api_script_create,
    ngx_conf_api_script_update,
    ngx_conf_api_script_remove,
    ngx_conf_api_script_get,
    ngx_conf_api_script_list,
    ngx_conf_api_script_seat,
    ngx_conf_api_script_certificate,
    ngx_conf_api_script_settings,
    ngx_conf_api_script_custom,
    ngx_conf_api_script_keys,
    ngx_conf_api_script_webhooks,
    ngx_conf_api_script_info,
    ngx_conf_api_script_test,
    ngx_conf_api_script_user_list,
    ngx_conf_api_script_user_create,
    ngx_conf_api_script_user_update,
    ngx_conf_api_script_user_remove,
    ngx_conf_api_script_user_dump,
    ngx_conf_api_script_stage,
    ngx_conf_api_script_import,
    ngx_conf_api_script_drain,
    ngx_conf_api_script_n
} ngx_conf_api_script_e;


/* configuration of the installation, and what a worker made of it */

typedef struct {
    ngx_rtc_redis_conf_t      *redis_conf;      /* conf_api_redis */
    ngx_str_t                  secret;          /* conf_api_secret_file */
    rtc_jwt_keys_t             keys;            /* conf_api_key_file */
    ngx_thread_pool_t         *thread_pool;     /* conf_api_thread_pool */
    ngx_rtc_ice_servers_t      ice_servers;     /* conf_api_turn_... */
    ngx_rtc_certs_conf_t       certs_conf;      /* conf_api_certificate_file */
    ngx_int_t                  replicas;        /* conf_api_replicas */
    ngx_flag_t                 used;            /* there is a location */

    ngx_rtc_redis_t           *redis;
    ngx_rtc_certs_t           *certs;
    ngx_event_t                certs_end;       /* looks whether one is near */
    ngx_rtc_ident_t            ident;
    ngx_conf_api_settings_t    settings;
    ngx_rtc_redis_script_t     scripts[ngx_conf_api_script_n];
    ngx_conf_api_ids_t         ids;
    ngx_uint_t                 passwords;       /* being hashed */
    ngx_uint_t                 bodies;          /* of megabytes */
    ngx_uint_t                 documents;       /* being checked */
} ngx_conf_api_main_conf_t;


typedef struct {
    ngx_http_complex_value_t  *rtc_url;         /* conf_api_rtc_url */
    time_t                     join_life;       /* conf_api_join_life */
    ngx_uint_t                 cookie_secure;   /* conf_api_cookie_secure */

    ngx_str_t                  page;            /* conf_api_room_page */
    ngx_str_t                  page_missing;
    ngx_str_t                  page_away;
} ngx_conf_api_loc_conf_t;


#define NGX_CONF_API_COOKIE_AUTO  0
#define NGX_CONF_API_COOKIE_ON    1
#define NGX_CONF_API_COOKIE_OFF   2


/* a line of the route table */

typedef struct {
    ngx_str_t                  path;            /* without a trailing slash */
    ngx_uint_t                 method;          /* NGX_HTTP_POST, … */
    ngx_str_t                  allow;           /* the same as text */
    ngx_conf_api_handler_pt    handler;
    unsigned                   token:1;         /* needs an API token */
    unsigned                   cors:1;          /* for pages of any origin */
    unsigned                   admin:1;         /* not for members */
    unsigned                   cache:1;         /* the answer may be kept */
    unsigned                   large:1;         /* its body is not parsed */
} ngx_conf_api_route_t;


/* the user of an API token */

typedef struct {
    ngx_str_t                  token;
    rtc_jwt_api_t              claims;
    int64_t                    generation;      /* of the user's tokens */
    unsigned                   cookie:1;        /* it came as a cookie */
    unsigned                   admin:1;         /* its role */
} ngx_conf_api_user_t;


struct ngx_conf_api_req_s {
    void                      *ident[4];        /* for ev->data, fd is -1 */

    ngx_http_request_t        *request;
    ngx_conf_api_main_conf_t  *main;
    ngx_conf_api_loc_conf_t   *conf;
    const ngx_conf_api_route_t  *route;

    rtc_args_t                 args;
    ngx_conf_api_user_t        user;
    ngx_conf_api_handler_pt    authorized;      /* goes on with its token */
    void                      *data;            /* of the handler */

    ngx_rtc_redis_call_t      *call;            /* that is waited for */
    ngx_conf_api_next_pt       next;
    ngx_conf_api_task_t       *task;            /* in the thread pool */
    ngx_conf_api_walk_t       *walk;            /* over the rooms */
    ngx_conf_api_held_t       *held;            /* the answer, for replicas */
    ngx_conf_api_handler_pt    away;            /* if Redis does not answer */
    ngx_event_t                deadline;

    unsigned                   large:1;         /* it is one of bodies */
    unsigned                   writes:1;        /* the call does, if it works */
    unsigned                   written:1;
    ngx_uint_t                 session;         /* of Redis, where it was */
};


extern ngx_module_t  ngx_conf_api_module;


/* ngx_conf_api_route.c */

ngx_int_t ngx_conf_api_handler(ngx_http_request_t *r);
const ngx_conf_api_route_t *ngx_conf_api_find_route(ngx_str_t path);
ngx_str_t ngx_conf_api_header(ngx_http_request_t *r, const char *name);

/* the bytes of a body; -1 if it has gone to a file */

off_t ngx_conf_api_body_len(ngx_http_request_t *r);
void ngx_conf_api_copy_body(ngx_http_request_t *r, u_char *dst);


/* ngx_conf_api_request.c: waiting */

ngx_conf_api_req_t *ngx_conf_api_create_request(ngx_http_request_t *r);
ngx_int_t ngx_conf_api_wait(ngx_conf_api_req_t *req);
void ngx_conf_api_stop_waiting(ngx_conf_api_req_t *req);
void ngx_conf_api_progress(ngx_conf_api_req_t *req, ngx_msec_t timeout);
void ngx_conf_api_call(ngx_conf_api_req_t *req, ngx_conf_api_script_e script,
    ngx_uint_t nkeys, ngx_uint_t argc, const ngx_str_t *argv,
    ngx_conf_api_next_pt next);
void ngx_conf_api_command(ngx_conf_api_req_t *req, ngx_uint_t argc,
    const ngx_str_t *argv, ngx_conf_api_next_pt next);
void ngx_conf_api_finalize(ngx_conf_api_req_t *req, ngx_int_t rc);


/* a key of Redis in buf: prefix, name, suffix */

#define NGX_CONF_API_KEY_LEN  320

/* of a room, and of a part of it: suffix */

ngx_str_t ngx_conf_api_room_key(u_char buf[NGX_CONF_API_KEY_LEN],
    const u_char *id, size_t len, const char *suffix);

ngx_str_t ngx_conf_api_key(u_char buf[NGX_CONF_API_KEY_LEN],
    const char *prefix, const u_char *name, size_t len, const char *suffix);


/* ngx_conf_api_answer.c: the body of send_json is taken over */

void ngx_conf_api_send_json(ngx_conf_api_req_t *req, ngx_uint_t status,
    json_t *body);
void ngx_conf_api_send_error(ngx_conf_api_req_t *req, ngx_uint_t status,
    const char *error);
void ngx_conf_api_send_chain(ngx_conf_api_req_t *req, ngx_uint_t status,
    ngx_chain_t *body, off_t len);
void ngx_conf_api_send_success(ngx_conf_api_req_t *req);
void ngx_conf_api_send_away(ngx_conf_api_req_t *req);
void ngx_conf_api_send_later(ngx_conf_api_req_t *req, const char *error);
ngx_int_t ngx_conf_api_error_handler(ngx_http_request_t *r);


/* a long answer in parts, for send_chain(); the JSON is taken over */

typedef struct {
    ngx_chain_t               *out;
    ngx_chain_t              **last;
    ngx_buf_t                 *tail;
    off_t                      len;
} ngx_conf_api_text_t;

ngx_int_t ngx_conf_api_write(ngx_conf_api_req_t *req,
    ngx_conf_api_text_t *text, const char *data, size_t len);
ngx_int_t ngx_conf_api_write_json(ngx_conf_api_req_t *req,
    ngx_conf_api_text_t *text, json_t *json);


/*
 * ngx_conf_api_replicas.c.  NGX_OK: the answer is sent when replicas have what
 * the request has written; NGX_DECLINED: it need not wait.
 */

ngx_uint_t ngx_conf_api_is_write(ngx_conf_api_script_e script);
ngx_int_t ngx_conf_api_hold(ngx_conf_api_req_t *req, ngx_uint_t status,
    ngx_chain_t *body, off_t len);
void ngx_conf_api_unhold(ngx_conf_api_req_t *req);


/* ngx_conf_api_auth.c: the token of a request */

void ngx_conf_api_auth(ngx_conf_api_req_t *req, ngx_conf_api_handler_pt next);

/* the text of a role; all others are those of members */

ngx_uint_t ngx_conf_api_is_admin(const ngx_str_t *role);

/* the id of a user who may work on own rooms only, else empty */

ngx_str_t ngx_conf_api_owner(ngx_conf_api_req_t *req);

ngx_int_t ngx_conf_api_make_token(ngx_conf_api_req_t *req,
    const u_char *user_id, int64_t generation, ngx_str_t *token);

/* "The API token … REASON." */

void ngx_conf_api_send_unauthorized(ngx_conf_api_req_t *req,
    const char *reason);

/* a token of NULL removes the cookie */

ngx_int_t ngx_conf_api_set_cookie(ngx_conf_api_req_t *req, ngx_str_t *token);

/* the key under which a token of the user is revoked */

ngx_int_t ngx_conf_api_revoked_key(u_char buf[NGX_CONF_API_KEY_LEN],
    ngx_str_t *token, ngx_str_t *key);


/*
 * ngx_conf_api_login.c: whether somebody knows a password.  Failures are
 * counted; done is called when it is right, else it is answered.
 */

typedef struct {
    ngx_str_t                  name;            /* in lower case, or */
    ngx_str_t                  user_id;         /* empty: unknown */
    ngx_str_t                  password;
    ngx_uint_t                 status;          /* of the answer if it is */
    const char                *wrong;           /* wrong */
    ngx_conf_api_handler_pt    done;

    ngx_str_t                  address_key;     /* counts failures */
    ngx_str_t                  account_key;
    int64_t                    generation;
    ngx_uint_t                 match;
} ngx_conf_api_attempt_t;

void ngx_conf_api_attempt(ngx_conf_api_req_t *req,
    ngx_conf_api_attempt_t *attempt);

ngx_int_t ngx_conf_api_password_arg(ngx_conf_api_req_t *req, const char *name,
    ngx_str_t *password);
void ngx_conf_api_login(ngx_conf_api_req_t *req);


/* ngx_conf_api_token.c */

void ngx_conf_api_get_token(ngx_conf_api_req_t *req);
void ngx_conf_api_logout(ngx_conf_api_req_t *req);
void ngx_conf_api_rotate_token(ngx_conf_api_req_t *req);

/*
 * Voids all tokens of the request's user, sets a new password if there is a
 * hash, and answers a token.
 */

void ngx_conf_api_renew_token(ngx_conf_api_req_t *req, const ngx_str_t *hash);


/* ngx_conf_api_users.c */

void ngx_conf_api_get_user(ngx_conf_api_req_t *req);
void ngx_conf_api_change_password(ngx_conf_api_req_t *req);
void ngx_conf_api_user_get_all(ngx_conf_api_req_t *req);
void ngx_conf_api_user_create(ngx_conf_api_req_t *req);
void ngx_conf_api_user_update(ngx_conf_api_req_t *req);
void ngx_conf_api_user_remove(ngx_conf_api_req_t *req);


/*
 * ngx_conf_api_task.c.  data is of the given size, and zero; the thread touches
 * nothing else.  Then done is called unless the request has ended, and free in
 * any case.  NGX_BUSY: the pool's queue is full, and free has been called.
 */

typedef struct {
    void                     (*thread)(void *data);
    void                     (*done)(ngx_conf_api_req_t *req, void *data);
    void                     (*free)(void *data);
} ngx_conf_api_work_t;

void *ngx_conf_api_create_task(ngx_conf_api_req_t *req, size_t size,
    const ngx_conf_api_work_t *work);
ngx_int_t ngx_conf_api_post_task(void *data, ngx_msec_t timeout);
void ngx_conf_api_cancel_task(ngx_conf_api_task_t *task);


/*
 * ngx_conf_api_password.c: crypt_r() in the thread pool.  NGX_BUSY if too many
 * are waiting.  The hash to check is empty for an unknown user, which takes
 * the same time; the made one lives until hashed returns.
 */

typedef void (*ngx_conf_api_checked_pt)(ngx_conf_api_req_t *req,
    ngx_uint_t match);
typedef void (*ngx_conf_api_hashed_pt)(ngx_conf_api_req_t *req,
    const ngx_str_t *hash);

ngx_int_t ngx_conf_api_check_password(ngx_conf_api_req_t *req,
    ngx_str_t *password, ngx_str_t *hash, ngx_conf_api_checked_pt checked);
ngx_int_t ngx_conf_api_hash_password(ngx_conf_api_req_t *req,
    ngx_str_t *password, ngx_conf_api_hashed_pt hashed);

/* answers what either has returned */

void ngx_conf_api_send_busy(ngx_conf_api_req_t *req, ngx_int_t rc);


/* ngx_conf_api_rooms.c, ngx_conf_api_list.c, ngx_conf_api_join.c */

void ngx_conf_api_create(ngx_conf_api_req_t *req);
void ngx_conf_api_update(ngx_conf_api_req_t *req);
void ngx_conf_api_remove(ngx_conf_api_req_t *req);
void ngx_conf_api_get_by_id(ngx_conf_api_req_t *req);
void ngx_conf_api_get_all(ngx_conf_api_req_t *req);
void ngx_conf_api_get_count(ngx_conf_api_req_t *req);
void ngx_conf_api_create_token(ngx_conf_api_req_t *req);
void ngx_conf_api_send_unknown_room(ngx_conf_api_req_t *req);

/* the same; what has not the form of an id, and is no name, is malformed */

void ngx_conf_api_send_no_room(ngx_conf_api_req_t *req, const u_char *id,
    size_t len);


/* of ngx_conf_api_join.c: where clients come to; [] without TURN, or NULL */

ngx_int_t ngx_conf_api_join_url(ngx_conf_api_req_t *req, ngx_str_t *url);
json_t *ngx_conf_api_join_ice_servers(ngx_conf_api_req_t *req,
    rtc_str_t identity);

/* a token of the grant; NGX_AGAIN: it is not known which keys are valid */

ngx_int_t ngx_conf_api_join_sign(ngx_conf_api_req_t *req,
    const rtc_grant_t *grant, ngx_str_t *token);


/* ngx_conf_api_test.c: the hidden room of connection tests */

ngx_uint_t ngx_conf_api_is_test_room(const u_char *id, size_t len);
void ngx_conf_api_create_test_token(ngx_conf_api_req_t *req);


/*
 * ngx_conf_api_change.c: stores up to NGX_CONF_API_CHANGES fields of
 * conf:settings, pairs in argv, and gives the agent a job of the kind, or none
 * for "".  The answer is {"success":true,"job":ID}.  Values live until then.
 */

#define NGX_CONF_API_CHANGES  16

void ngx_conf_api_change(ngx_conf_api_req_t *req, const char *kind,
    ngx_uint_t n, const ngx_str_t *fields);

/*
 * Puts the request's value of a text into fields, as a pair, if it has one.
 * RTC_ERROR: it is not accepted, see req->args.error.
 */

ngx_int_t ngx_conf_api_change_text(ngx_conf_api_req_t *req,
    rtc_setting_e setting, const char *name, ngx_str_t *fields,
    ngx_uint_t *n);

void ngx_conf_api_update_http_config(ngx_conf_api_req_t *req);
void ngx_conf_api_check_domains(ngx_conf_api_req_t *req);


/*
 * ngx_conf_api_custom.c, ngx_conf_api_info.c, ngx_conf_api_keys.c,
 * ngx_conf_api_ssl.c
 */

void ngx_conf_api_update_custom_settings(ngx_conf_api_req_t *req);
void ngx_conf_api_get_branding(ngx_conf_api_req_t *req);
void ngx_conf_api_get_app_info(ngx_conf_api_req_t *req);
void ngx_conf_api_get_api_keys(ngx_conf_api_req_t *req);
void ngx_conf_api_create_api_key(ngx_conf_api_req_t *req);
void ngx_conf_api_rotate_api_key(ngx_conf_api_req_t *req);
void ngx_conf_api_remove_api_key(ngx_conf_api_req_t *req);
void ngx_conf_api_update_ssl_certificate(ngx_conf_api_req_t *req);


/* ngx_conf_api_webhooks.c; info: {"urls","api_key"}, of the field's value */

void ngx_conf_api_update_webhooks(ngx_conf_api_req_t *req);
json_t *ngx_conf_api_webhooks_info(const ngx_rtc_redis_reply_t *reply);


/* ngx_conf_api_drain.c */

void ngx_conf_api_drain(ngx_conf_api_req_t *req);


/* ngx_conf_api_certificate.c */

/* data is the offset of chain or key in ngx_rtc_cert_t */

ngx_int_t ngx_conf_api_certificate_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);

ngx_int_t ngx_conf_api_certificate_init(ngx_cycle_t *cycle,
    ngx_conf_api_main_conf_t *amcf);
void ngx_conf_api_certificate_exit(ngx_conf_api_main_conf_t *amcf);


/* ngx_conf_api_upload.c */

void ngx_conf_api_ssl_custom(ngx_conf_api_req_t *req);


/* ngx_conf_api_variables.c */

ngx_int_t ngx_conf_api_variables_add(ngx_conf_t *cf);


/* ngx_conf_api_export.c, ngx_conf_api_import.c */

void ngx_conf_api_export(ngx_conf_api_req_t *req);
void ngx_conf_api_import(ngx_conf_api_req_t *req);


/* ngx_conf_api_health.c, ngx_conf_api_page.c */

void ngx_conf_api_health(ngx_conf_api_req_t *req);
ngx_int_t ngx_conf_api_page_handler(ngx_http_request_t *r);


/* ngx_conf_api_scripts.c */

void ngx_conf_api_init_scripts(ngx_conf_api_main_conf_t *amcf);


#endif /* NGX_CONF_API_H_INCLUDED */
