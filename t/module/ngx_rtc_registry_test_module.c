
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Puts the registry behind HTTP, for its tests:
 *
 *   /open?ROOM  /close?ROOM
 *   /join?ROOM&SID&IDENTITY&PAYLOAD&REPLACE    answers when it is answered
 *   /update?SID&PAYLOAD  /leave?SID&REASON
 *   /lookup?ROOM&IDENTITY
 *   /journal                                   what the callbacks reported
 *   /wid
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include "ngx_rtc_sfu_registry.h"
#include "ngx_rtc_test.h"


#define NGX_RTC_REGISTRY_TEST_ROOMS    8
#define NGX_RTC_REGISTRY_TEST_MEMBERS  64
#define NGX_RTC_REGISTRY_TEST_JOURNAL  262144
#define NGX_RTC_REGISTRY_TEST_ARGS     5


typedef struct {
    ngx_str_t                         id;
    ngx_rtc_sfu_registry_room_t      *room;
} ngx_rtc_registry_test_room_t;


typedef struct {
    ngx_str_t                         sid;
    ngx_http_request_t               *request;
    ngx_rtc_sfu_registry_member_t    *member;
} ngx_rtc_registry_test_member_t;


typedef struct {
    ngx_rtc_redis_conf_t             *redis_conf;
    ngx_rtc_redis_t                  *redis;
    ngx_rtc_sfu_registry_t           *registry;
    ngx_rtc_registry_test_room_t      rooms[NGX_RTC_REGISTRY_TEST_ROOMS];
    ngx_rtc_registry_test_member_t    members[NGX_RTC_REGISTRY_TEST_MEMBERS];
    size_t                            len;
    u_char                            journal[NGX_RTC_REGISTRY_TEST_JOURNAL];
} ngx_rtc_registry_test_conf_t;


typedef ngx_int_t (*ngx_rtc_registry_test_pt)(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);


static void *ngx_rtc_registry_test_create_conf(ngx_conf_t *cf);
static char *ngx_rtc_registry_test(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_rtc_registry_test_init_process(ngx_cycle_t *cycle);
static void ngx_rtc_registry_test_exit_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_rtc_registry_test_handler(ngx_http_request_t *r);
static ngx_int_t ngx_rtc_registry_test_open(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_registry_test_close(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_registry_test_join(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_registry_test_update(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_registry_test_leave(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_registry_test_lookup(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_registry_test_journal(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static ngx_int_t ngx_rtc_registry_test_wid(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args);
static void ngx_rtc_registry_test_settings(void *data,
    const ngx_rtc_sfu_hash_t *settings);
static void ngx_rtc_registry_test_member(void *data,
    const ngx_rtc_sfu_entry_t *entry);
static void ngx_rtc_registry_test_left(void *data,
    const ngx_rtc_sfu_entry_t *entry, ngx_uint_t reason);
static void ngx_rtc_registry_test_removed(void *data);


static const struct {
    ngx_str_t                  uri;
    ngx_uint_t                 nargs;
    ngx_rtc_registry_test_pt   handler;
} ngx_rtc_registry_test_routes[] = {

    { ngx_string("/open"), 1, ngx_rtc_registry_test_open },
    { ngx_string("/close"), 1, ngx_rtc_registry_test_close },
    { ngx_string("/join"), 5, ngx_rtc_registry_test_join },
    { ngx_string("/update"), 2, ngx_rtc_registry_test_update },
    { ngx_string("/leave"), 2, ngx_rtc_registry_test_leave },
    { ngx_string("/lookup"), 2, ngx_rtc_registry_test_lookup },
    { ngx_string("/journal"), 0, ngx_rtc_registry_test_journal },
    { ngx_string("/wid"), 0, ngx_rtc_registry_test_wid },

    { ngx_null_string, 0, NULL }
};


static const ngx_rtc_sfu_ticket_t  ngx_rtc_registry_ticket;

static const ngx_rtc_sfu_registry_handlers_t
    ngx_rtc_registry_test_handlers =
{
    ngx_rtc_registry_test_settings,
    ngx_rtc_registry_test_member,
    ngx_rtc_registry_test_left,
    ngx_rtc_registry_test_removed
};


static ngx_command_t  ngx_rtc_registry_test_commands[] = {

    { ngx_string("registry_test_redis"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_rtc_redis_set_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_rtc_registry_test_conf_t, redis_conf),
      NULL },

    { ngx_string("registry_test"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS,
      ngx_rtc_registry_test,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_rtc_registry_test_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    ngx_rtc_registry_test_create_conf,     /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_rtc_registry_test_module = {
    NGX_MODULE_V1,
    &ngx_rtc_registry_test_module_ctx,     /* module context */
    ngx_rtc_registry_test_commands,        /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    ngx_rtc_registry_test_init_process,    /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_rtc_registry_test_exit_process,    /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_rtc_registry_test_conf_t *
ngx_rtc_registry_test_conf(void)
{
    return ngx_http_cycle_get_module_main_conf(ngx_cycle,
                                               ngx_rtc_registry_test_module);
}


static ngx_int_t
ngx_rtc_registry_test_number(ngx_http_request_t *r, ngx_int_t n)
{
    u_char  text[NGX_INT_T_LEN];

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, text,
                               ngx_sprintf(text, "%i", n) - text);
}


static u_char *
ngx_rtc_registry_test_line(ngx_rtc_registry_test_conf_t *conf)
{
    return conf->journal + conf->len;
}


static void
ngx_rtc_registry_test_settings(void *data, const ngx_rtc_sfu_hash_t *settings)
{
    ngx_rtc_registry_test_room_t *tr = data;

    u_char                        *p;
    ngx_str_t                      active, name;
    ngx_rtc_registry_test_conf_t  *conf;

    conf = ngx_rtc_registry_test_conf();
    active = ngx_rtc_sfu_hash_get(settings, "active");
    name = ngx_rtc_sfu_hash_get(settings, "name");

    p = ngx_slprintf(ngx_rtc_registry_test_line(conf),
                     conf->journal + sizeof(conf->journal),
                     "%V settings active=%V name=%V\n", &tr->id, &active,
                     &name);

    conf->len = p - conf->journal;
}


static void
ngx_rtc_registry_test_member(void *data, const ngx_rtc_sfu_entry_t *entry)
{
    ngx_rtc_registry_test_room_t *tr = data;

    u_char                        *p;
    ngx_rtc_registry_test_conf_t  *conf;

    conf = ngx_rtc_registry_test_conf();

    p = ngx_slprintf(ngx_rtc_registry_test_line(conf),
                     conf->journal + sizeof(conf->journal),
                     "%V member %V own=%ud %V\n", &tr->id, &entry->sid,
                     (unsigned) entry->own, &entry->payload);

    conf->len = p - conf->journal;
}


static void
ngx_rtc_registry_test_left(void *data, const ngx_rtc_sfu_entry_t *entry,
    ngx_uint_t reason)
{
    ngx_rtc_registry_test_room_t *tr = data;

    u_char                        *p;
    ngx_rtc_registry_test_conf_t  *conf;

    conf = ngx_rtc_registry_test_conf();

    p = ngx_slprintf(ngx_rtc_registry_test_line(conf),
                     conf->journal + sizeof(conf->journal),
                     "%V left %V own=%ud reason=%ui\n", &tr->id, &entry->sid,
                     (unsigned) entry->own, reason);

    conf->len = p - conf->journal;
}


static void
ngx_rtc_registry_test_removed(void *data)
{
    ngx_rtc_registry_test_room_t *tr = data;

    u_char                        *p;
    ngx_rtc_registry_test_conf_t  *conf;

    conf = ngx_rtc_registry_test_conf();

    p = ngx_slprintf(ngx_rtc_registry_test_line(conf),
                     conf->journal + sizeof(conf->journal), "%V removed\n",
                     &tr->id);

    conf->len = p - conf->journal;
}


static ngx_rtc_registry_test_room_t *
ngx_rtc_registry_test_find_room(ngx_rtc_registry_test_conf_t *conf,
    ngx_str_t *id)
{
    ngx_uint_t                     i;
    ngx_rtc_registry_test_room_t  *tr;

    for (i = 0; i < NGX_RTC_REGISTRY_TEST_ROOMS; i++) {
        tr = &conf->rooms[i];

        if (id == NULL ? tr->room == NULL
                       : (tr->room && tr->id.len == id->len
                          && ngx_memcmp(tr->id.data, id->data, id->len) == 0))
        {
            return tr;
        }
    }

    return NULL;
}


static ngx_rtc_registry_test_member_t *
ngx_rtc_registry_test_find_member(ngx_rtc_registry_test_conf_t *conf,
    ngx_str_t *sid)
{
    ngx_uint_t                       i;
    ngx_rtc_registry_test_member_t  *tm;

    for (i = 0; i < NGX_RTC_REGISTRY_TEST_MEMBERS; i++) {
        tm = &conf->members[i];

        if (sid == NULL ? tm->member == NULL
                        : (tm->member && tm->sid.len == sid->len
                           && ngx_memcmp(tm->sid.data, sid->data, sid->len)
                              == 0))
        {
            return tm;
        }
    }

    return NULL;
}


static ngx_str_t
ngx_rtc_registry_test_copy(ngx_str_t *s)
{
    ngx_str_t  copy;

    copy.len = s->len;
    copy.data = ngx_pstrdup(ngx_cycle->pool, s);

    return copy;
}


static ngx_int_t
ngx_rtc_registry_test_open(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    ngx_rtc_registry_test_room_t  *tr;

    tr = ngx_rtc_registry_test_find_room(conf, NULL);
    if (tr == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    tr->id = ngx_rtc_registry_test_copy(&args[0]);
    tr->room = ngx_rtc_sfu_registry_room_open(conf->registry, &tr->id,
                                              &ngx_rtc_registry_test_handlers,
                                              tr);

    return ngx_rtc_registry_test_number(r, tr->room ? 0 : -1);
}


static ngx_int_t
ngx_rtc_registry_test_close(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    ngx_rtc_registry_test_room_t  *tr;

    tr = ngx_rtc_registry_test_find_room(conf, &args[0]);
    if (tr == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    ngx_rtc_sfu_registry_room_close(tr->room);
    tr->room = NULL;

    return ngx_rtc_registry_test_number(r, 0);
}


static void
ngx_rtc_registry_test_joined(void *data, ngx_int_t rc)
{
    ngx_rtc_registry_test_member_t *tm = data;

    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    if (rc != NGX_OK) {
        tm->member = NULL;
    }

    r = tm->request;
    tm->request = NULL;

    if (r) {
        c = r->connection;
        ngx_http_finalize_request(r, ngx_rtc_registry_test_number(r, rc));
        ngx_http_run_posted_requests(c);
    }
}


static void
ngx_rtc_registry_test_aborted(void *data)
{
    ngx_rtc_registry_test_member_t *tm = data;

    if (tm->request) {
        tm->request = NULL;
        ngx_rtc_sfu_registry_leave(tm->member, 1);
        tm->member = NULL;
    }
}


static ngx_int_t
ngx_rtc_registry_test_join(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    ngx_http_cleanup_t              *cln;
    ngx_rtc_registry_test_room_t    *tr;
    ngx_rtc_registry_test_member_t  *tm;

    tr = ngx_rtc_registry_test_find_room(conf, &args[0]);
    tm = ngx_rtc_registry_test_find_member(conf, NULL);
    cln = ngx_http_cleanup_add(r, 0);

    if (tr == NULL || tm == NULL || cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    tm->sid = ngx_rtc_registry_test_copy(&args[1]);
    tm->member = ngx_rtc_sfu_registry_join(tr->room, &args[1], &args[2],
                                           &args[3], &ngx_rtc_registry_ticket,
                                           args[4].data[0] == '1',
                                           ngx_rtc_registry_test_joined, tm);
    if (tm->member == NULL) {
        return ngx_rtc_registry_test_number(r, NGX_BUSY);
    }

    tm->request = r;
    cln->handler = ngx_rtc_registry_test_aborted;
    cln->data = tm;

    r->read_event_handler = ngx_http_test_reading;
    r->main->count++;

    return NGX_DONE;
}


static ngx_int_t
ngx_rtc_registry_test_update(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    ngx_rtc_registry_test_member_t  *tm;

    tm = ngx_rtc_registry_test_find_member(conf, &args[0]);
    if (tm == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    return ngx_rtc_registry_test_number(r,
               ngx_rtc_sfu_registry_update(tm->member, &args[1]));
}


static ngx_int_t
ngx_rtc_registry_test_leave(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    ngx_rtc_registry_test_member_t  *tm;

    tm = ngx_rtc_registry_test_find_member(conf, &args[0]);
    if (tm == NULL) {
        return NGX_HTTP_NOT_FOUND;
    }

    ngx_rtc_sfu_registry_leave(tm->member,
                               ngx_atoi(args[1].data, args[1].len));
    tm->member = NULL;

    return ngx_rtc_registry_test_number(r, 0);
}


static void
ngx_rtc_registry_test_looked_up(void *data, ngx_int_t rc)
{
    ngx_http_request_t *r = data;

    ngx_connection_t  *c;

    c = r->connection;

    ngx_http_finalize_request(r, ngx_rtc_registry_test_number(r, rc));
    ngx_http_run_posted_requests(c);
}


/* the tests stay for the answer */

static ngx_int_t
ngx_rtc_registry_test_lookup(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    ngx_str_t  nobody = ngx_null_string;

    if (ngx_rtc_sfu_registry_lookup(conf->registry, &args[0], &args[1],
                                    &nobody, &ngx_rtc_registry_ticket,
                                    ngx_rtc_registry_test_looked_up, r)
        == NULL)
    {
        return ngx_rtc_registry_test_number(r, NGX_BUSY);
    }

    r->main->count++;

    return NGX_DONE;
}


static ngx_int_t
ngx_rtc_registry_test_journal(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    return ngx_rtc_test_answer(r, NGX_HTTP_OK, conf->journal, conf->len);
}


static ngx_int_t
ngx_rtc_registry_test_wid(ngx_http_request_t *r,
    ngx_rtc_registry_test_conf_t *conf, ngx_str_t *args)
{
    const ngx_str_t  *wid;

    wid = ngx_rtc_sfu_registry_wid(conf->registry);

    return ngx_rtc_test_answer(r, NGX_HTTP_OK, wid->data, wid->len);
}


static ngx_int_t
ngx_rtc_registry_test_handler(ngx_http_request_t *r)
{
    ngx_str_t                      args[NGX_RTC_REGISTRY_TEST_ARGS];
    ngx_uint_t                     i, n;
    ngx_rtc_registry_test_conf_t  *conf;

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    conf = ngx_http_get_module_main_conf(r, ngx_rtc_registry_test_module);
    n = ngx_rtc_test_args(r, args, NGX_RTC_REGISTRY_TEST_ARGS);

    for (i = 0; ngx_rtc_registry_test_routes[i].uri.len; i++) {

        if (ngx_rtc_registry_test_routes[i].uri.len == r->uri.len
            && ngx_strncmp(ngx_rtc_registry_test_routes[i].uri.data,
                           r->uri.data, r->uri.len)
               == 0
            && ngx_rtc_registry_test_routes[i].nargs == n)
        {
            return ngx_rtc_registry_test_routes[i].handler(r, conf, args);
        }
    }

    return NGX_HTTP_NOT_FOUND;
}


static ngx_int_t
ngx_rtc_registry_test_init_process(ngx_cycle_t *cycle)
{
    ngx_str_t                      addresses = ngx_string("{\"test\":1}");
    ngx_rtc_registry_test_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_rtc_registry_test_module);

    if (conf == NULL || conf->redis_conf == NGX_CONF_UNSET_PTR
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    conf->redis = ngx_rtc_redis_create(conf->redis_conf, cycle->log);
    if (conf->redis == NULL) {
        return NGX_ERROR;
    }

    conf->registry = ngx_rtc_sfu_registry_create(conf->redis, conf->redis,
                                                 cycle->log);
    if (conf->registry == NULL) {
        return NGX_ERROR;
    }

    return ngx_rtc_sfu_registry_set_addresses(conf->registry, &addresses);
}


static void
ngx_rtc_registry_test_exit_process(ngx_cycle_t *cycle)
{
    ngx_rtc_registry_test_conf_t  *conf;

    conf = ngx_http_cycle_get_module_main_conf(cycle,
                                               ngx_rtc_registry_test_module);

    if (conf && conf->registry) {
        ngx_rtc_sfu_registry_destroy(conf->registry);
        ngx_rtc_redis_destroy(conf->redis);
    }
}


static void *
ngx_rtc_registry_test_create_conf(ngx_conf_t *cf)
{
    ngx_rtc_registry_test_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_rtc_registry_test_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->redis_conf = NGX_CONF_UNSET_PTR;

    return conf;
}


static char *
ngx_rtc_registry_test(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_rtc_test_set_handler(cf, ngx_rtc_registry_test_handler);

    return NGX_CONF_OK;
}
