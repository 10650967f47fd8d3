
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A room as Redis holds it: text, field by field.
 */


#ifndef NGX_CONF_API_ROOM_H_INCLUDED
#define NGX_CONF_API_ROOM_H_INCLUDED


#include "ngx_conf_api.h"
#include "rtc_room.h"


typedef struct {
    ngx_str_t     id;
    ngx_str_t     fields[rtc_room_n];
    int64_t       present;              /* distinct identities */
} ngx_conf_api_room_t;


#define ngx_conf_api_room_bit(field)  (1 << rtc_room_##field)

/* what an answer carries besides; bits behind those of the fields */

#define NGX_CONF_API_ROOM_ID       (1 << rtc_room_n)
#define NGX_CONF_API_ROOM_PRESENT  (1 << (rtc_room_n + 1))


/*
 * Reads { fields, present }; strings point into the reply, absent fields have
 * their defaults.
 */

ngx_int_t ngx_conf_api_read_room(ngx_conf_api_room_t *room,
    const ngx_rtc_redis_reply_t *fields, const ngx_rtc_redis_reply_t *present);

/* whether LiveKit's server API or a token gave it its name, which is its id */

ngx_uint_t ngx_conf_api_room_is_named(const u_char *id, size_t len);

/*
 * Such a name can be guessed, an id cannot: who enters with no token of an
 * application shows the pass that is in the room's links.  It depends on the
 * name and the installation's secret.
 */

#define NGX_CONF_API_PASS  32           /* characters */

ngx_int_t ngx_conf_api_room_pass(ngx_conf_api_req_t *req, const u_char *id,
    size_t len, u_char pass[NGX_CONF_API_PASS]);

/* an object of the members of the mask, or NULL */

json_t *ngx_conf_api_room_json(const ngx_conf_api_room_t *room,
    ngx_uint_t mask);

/* the same of an extended answer if that is wanted, with the pass */

json_t *ngx_conf_api_room_answer(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room, ngx_uint_t mask, ngx_uint_t extended);

/* the mask of create, update and getAll */

ngx_uint_t ngx_conf_api_room_mask(const ngx_conf_api_room_t *room,
    ngx_uint_t extended);

/* whether the request says "extended":true; NGX_ERROR: something else */

ngx_int_t ngx_conf_api_room_extended_arg(ngx_conf_api_req_t *req,
    ngx_uint_t *extended);

/* whether the user of the request may do all with it */

ngx_uint_t ngx_conf_api_room_is_own(ngx_conf_api_req_t *req,
    const ngx_conf_api_room_t *room);

ngx_uint_t ngx_conf_api_room_is(const ngx_conf_api_room_t *room,
    rtc_room_field_e field, const char *value);

/*
 * The settable fields of a request as names and values, two words each; with
 * defaults for those it does not have, if that is wanted.
 */

#define NGX_CONF_API_ROOM_ARGS  (2 * rtc_room_n)

ngx_int_t ngx_conf_api_room_args(ngx_conf_api_req_t *req, ngx_uint_t defaults,
    ngx_str_t *argv, ngx_uint_t *argc);


/*
 * ngx_conf_api_walk.c: the rooms from the newest.  done answers the request;
 * room may be NULL, who wants to know their number only.
 */

struct ngx_conf_api_walk_s {
    int64_t                    skip;
    int64_t                    limit;
    ngx_str_t                  search;          /* in lower case */
    ngx_str_t                  owner;           /* empty: anybody's rooms */
    ngx_uint_t                 whole;           /* with all their fields */

    ngx_int_t                (*room)(ngx_conf_api_req_t *req,
                                     const ngx_conf_api_room_t *room);
    void                     (*done)(ngx_conf_api_req_t *req);

    int64_t                    count;           /* what matched */
    u_char                     cursor[NGX_INT64_LEN + 16];
    ngx_uint_t                 cursor_len;
    int64_t                    offset;          /* Redis skips that many */
};

void ngx_conf_api_walk(ngx_conf_api_req_t *req, ngx_conf_api_walk_t *walk);

/* whether rooms of the index may be left out */

ngx_uint_t ngx_conf_api_walk_selects(const ngx_conf_api_walk_t *walk);


#endif /* NGX_CONF_API_ROOM_H_INCLUDED */
