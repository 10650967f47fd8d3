
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Users: who one is, a new password, and the administration of all.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"
#include "rtc_user.h"


#define NGX_CONF_API_USER_TRIES  3


/* why a script has not done it */

#define NGX_CONF_API_USER_NAME_TAKEN   1
#define NGX_CONF_API_USER_EMAIL_TAKEN  2
#define NGX_CONF_API_USER_TOO_MANY     3
#define NGX_CONF_API_USER_LAST_ADMIN   4


/* data is NULL for what the request does not have */

typedef struct {
    u_char        id[NGX_CONF_API_ID_LEN];
    ngx_uint_t    tries;                /* to find a free id */
    rtc_str_t     name;
    rtc_str_t     email;
    rtc_str_t     role;
    rtc_str_t     password;
    ngx_str_t     hash;                 /* of the password */
} ngx_conf_api_person_t;


static void ngx_conf_api_get_user_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_password_known(ngx_conf_api_req_t *req);
static void ngx_conf_api_user_get_all_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static ngx_conf_api_person_t *ngx_conf_api_person(ngx_conf_api_req_t *req,
    ngx_uint_t create);
static ngx_int_t ngx_conf_api_person_args(ngx_conf_api_req_t *req,
    ngx_conf_api_person_t *person, ngx_uint_t create);
static void ngx_conf_api_person_hash(ngx_conf_api_req_t *req,
    rtc_str_t *password, ngx_conf_api_hashed_pt hashed);
static ngx_int_t ngx_conf_api_person_hashed(ngx_conf_api_req_t *req,
    const ngx_str_t *hash);
static void ngx_conf_api_user_create_hashed(ngx_conf_api_req_t *req,
    const ngx_str_t *hash);
static void ngx_conf_api_user_create_try(ngx_conf_api_req_t *req);
static void ngx_conf_api_user_create_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_user_update_hashed(ngx_conf_api_req_t *req,
    const ngx_str_t *hash);
static void ngx_conf_api_user_update_call(ngx_conf_api_req_t *req);
static void ngx_conf_api_user_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_user_remove_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_user_argument(ngx_str_t argv[2],
    const rtc_str_t *value);
static void ngx_conf_api_send_not_done(ngx_conf_api_req_t *req,
    int64_t reason);
static json_t *ngx_conf_api_user_json(ngx_str_t *id,
    const ngx_rtc_redis_reply_t *fields, ngx_uint_t created);


/* who asks */

void
ngx_conf_api_get_user(ngx_conf_api_req_t *req)
{
    u_char     key[NGX_CONF_API_KEY_LEN];
    ngx_str_t  argv[] = {
        ngx_string("HMGET"), ngx_null_string, ngx_string("name"),
        ngx_string("email"), ngx_string("role")
    };

    argv[1] = ngx_conf_api_key(key, RTC_KEY_USER, req->user.claims.id,
                               RTC_JWT_API_ID, "");

    ngx_conf_api_command(req, 5, argv, ngx_conf_api_get_user_next);
}


static void
ngx_conf_api_get_user_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_str_t  id;

    id.data = req->user.claims.id;
    id.len = RTC_JWT_API_ID;

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           ngx_conf_api_user_json(&id, reply, 0));
}


void
ngx_conf_api_change_password(ngx_conf_api_req_t *req)
{
    ngx_int_t                rc;
    rtc_str_t                new_password;
    ngx_conf_api_attempt_t  *attempt;

    attempt = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_attempt_t));
    if (attempt == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    rc = ngx_conf_api_password_arg(req, "old_password", &attempt->password);

    if (rc == NGX_OK) {
        rc = rtc_user_password(&req->args, "new_password", &new_password);
    }

    if (rc == NGX_DECLINED) {
        rc = rtc_args_missing(&req->args, "new_password");
    }

    if (rc != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    attempt->user_id.data = req->user.claims.id;
    attempt->user_id.len = RTC_JWT_API_ID;
    attempt->status = NGX_HTTP_FORBIDDEN;
    attempt->wrong = "The old password is wrong.";
    attempt->done = ngx_conf_api_password_known;

    ngx_conf_api_attempt(req, attempt);
}


static void
ngx_conf_api_password_known(ngx_conf_api_req_t *req)
{
    rtc_str_t  password;

    /* it was there before */

    if (rtc_user_password(&req->args, "new_password", &password) != RTC_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_person_hash(req, &password, ngx_conf_api_renew_token);
}


/* administration */

void
ngx_conf_api_user_get_all(ngx_conf_api_req_t *req)
{
    ngx_str_t  argv[] = { ngx_string(RTC_KEY_USERS) };

    ngx_conf_api_call(req, ngx_conf_api_script_user_list, 1, 1, argv,
                      ngx_conf_api_user_get_all_next);
}


static void
ngx_conf_api_user_get_all_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    json_t      *users, *user;
    ngx_str_t    id;
    ngx_uint_t   i;

    const ngx_rtc_redis_reply_t  *elt;

    users = json_array();

    for (i = 0; i < ngx_rtc_redis_reply_nelts(reply); i++) {

        elt = ngx_rtc_redis_reply_elt(reply, i);
        user = NULL;

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(elt, 0), &id)
            == NGX_OK)
        {
            user = ngx_conf_api_user_json(&id,
                                          ngx_rtc_redis_reply_elt(elt, 1), 1);
        }

        if (json_array_append_new(users, user) != 0) {
            json_decref(users);
            ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
            return;
        }
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK, users);
}


void
ngx_conf_api_user_create(ngx_conf_api_req_t *req)
{
    ngx_conf_api_person_t  *person;

    person = ngx_conf_api_person(req, 1);

    if (person != NULL) {
        ngx_conf_api_person_hash(req, &person->password,
                                 ngx_conf_api_user_create_hashed);
    }
}


void
ngx_conf_api_user_update(ngx_conf_api_req_t *req)
{
    ngx_conf_api_person_t  *person;

    person = ngx_conf_api_person(req, 0);

    if (person == NULL) {
        return;
    }

    if (person->password.data == NULL) {
        ngx_conf_api_user_update_call(req);
        return;
    }

    ngx_conf_api_person_hash(req, &person->password,
                             ngx_conf_api_user_update_hashed);
}


/* NULL: the request has been answered */

static ngx_conf_api_person_t *
ngx_conf_api_person(ngx_conf_api_req_t *req, ngx_uint_t create)
{
    ngx_conf_api_person_t  *person;

    person = ngx_pcalloc(req->request->pool, sizeof(ngx_conf_api_person_t));
    if (person == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return NULL;
    }

    req->data = person;

    if (ngx_conf_api_person_args(req, person, create) != NGX_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return NULL;
    }

    return person;
}


static ngx_int_t
ngx_conf_api_person_args(ngx_conf_api_req_t *req,
    ngx_conf_api_person_t *person, ngx_uint_t create)
{
    rtc_args_t  *args;

    args = &req->args;

    if ((!create && rtc_args_id(args, person->id) != RTC_OK)
        || rtc_user_name(args, &person->name) == RTC_ERROR
        || rtc_user_email(args, &person->email) == RTC_ERROR
        || rtc_user_role(args, &person->role) == RTC_ERROR
        || rtc_user_password(args, "password", &person->password) == RTC_ERROR)
    {
        return NGX_ERROR;
    }

    if (!create) {
        return NGX_OK;
    }

    if (person->name.data == NULL) {
        return rtc_args_missing(args, "name");
    }

    if (person->password.data == NULL) {
        return rtc_args_missing(args, "password");
    }

    if (person->role.data == NULL) {
        return rtc_args_missing(args, "role");
    }

    return NGX_OK;
}


static void
ngx_conf_api_person_hash(ngx_conf_api_req_t *req, rtc_str_t *password,
    ngx_conf_api_hashed_pt hashed)
{
    ngx_int_t  rc;
    ngx_str_t  text;

    text.data = (u_char *) password->data;
    text.len = password->len;

    rc = ngx_conf_api_hash_password(req, &text, hashed);

    if (rc != NGX_OK) {
        ngx_conf_api_send_busy(req, rc);
    }
}


static ngx_int_t
ngx_conf_api_person_hashed(ngx_conf_api_req_t *req, const ngx_str_t *hash)
{
    ngx_conf_api_person_t  *person;

    person = req->data;

    person->hash.len = hash->len;
    person->hash.data = ngx_pnalloc(req->request->pool, hash->len);

    if (person->hash.data == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return NGX_ERROR;
    }

    ngx_memcpy(person->hash.data, hash->data, hash->len);

    return NGX_OK;
}


static void
ngx_conf_api_user_create_hashed(ngx_conf_api_req_t *req, const ngx_str_t *hash)
{
    if (ngx_conf_api_person_hashed(req, hash) == NGX_OK) {
        ngx_conf_api_user_create_try(req);
    }
}


static void
ngx_conf_api_user_create_try(ngx_conf_api_req_t *req)
{
    u_char                  key[NGX_CONF_API_KEY_LEN], now[NGX_TIME_T_LEN];
    ngx_str_t               argv[9];
    ngx_conf_api_person_t  *person;

    person = req->data;

    ngx_conf_api_make_id(&req->main->ids, person->id);

    ngx_str_set(&argv[0], RTC_KEY_USERS);
    argv[1] = ngx_conf_api_key(key, RTC_KEY_USER, person->id,
                               NGX_CONF_API_ID_LEN, "");
    argv[2].data = person->id;
    argv[2].len = NGX_CONF_API_ID_LEN;
    ngx_str_set(&argv[3], RTC_USER_NAMES_MAX_TEXT);
    argv[4].data = (u_char *) person->name.data;
    argv[4].len = person->name.len;
    argv[5].data = (u_char *) person->email.data;
    argv[5].len = person->email.len;
    argv[6] = person->hash;
    argv[7].data = (u_char *) person->role.data;
    argv[7].len = person->role.len;
    argv[8].data = now;
    argv[8].len = ngx_sprintf(now, "%T", ngx_time()) - now;

    ngx_conf_api_call(req, ngx_conf_api_script_user_create, 2, 9, argv,
                      ngx_conf_api_user_create_next);
}


static void
ngx_conf_api_user_create_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_person_t  *person;

    person = req->data;

    /* another host made the same id in the same second */

    if (ngx_rtc_redis_reply_is_nil(reply)
        && ++person->tries < NGX_CONF_API_USER_TRIES)
    {
        ngx_conf_api_user_create_try(req);
        return;
    }

    ngx_conf_api_user_next(req, reply);
}


static void
ngx_conf_api_user_update_hashed(ngx_conf_api_req_t *req, const ngx_str_t *hash)
{
    if (ngx_conf_api_person_hashed(req, hash) == NGX_OK) {
        ngx_conf_api_user_update_call(req);
    }
}


static void
ngx_conf_api_user_update_call(ngx_conf_api_req_t *req)
{
    u_char                  key[NGX_CONF_API_KEY_LEN];
    rtc_str_t               hash;
    ngx_str_t               argv[11];
    ngx_conf_api_person_t  *person;

    person = req->data;

    hash.data = person->hash.data;
    hash.len = person->hash.len;

    ngx_str_set(&argv[0], RTC_KEY_USERS);
    argv[1] = ngx_conf_api_key(key, RTC_KEY_USER, person->id,
                               NGX_CONF_API_ID_LEN, "");
    argv[2].data = person->id;
    argv[2].len = NGX_CONF_API_ID_LEN;

    ngx_conf_api_user_argument(&argv[3], &person->name);
    ngx_conf_api_user_argument(&argv[5], &person->email);
    ngx_conf_api_user_argument(&argv[7], &person->role);
    ngx_conf_api_user_argument(&argv[9], &hash);

    ngx_conf_api_call(req, ngx_conf_api_script_user_update, 2, 11, argv,
                      ngx_conf_api_user_next);
}


static void
ngx_conf_api_user_argument(ngx_str_t argv[2], const rtc_str_t *value)
{
    ngx_str_set(&argv[0], "0");

    if (value->data != NULL) {
        ngx_str_set(&argv[0], "1");
    }

    argv[1].data = (u_char *) value->data;
    argv[1].len = value->len;
}


/* id and fields, or a reason */

static void
ngx_conf_api_user_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t                 reason;
    ngx_str_t               id;
    ngx_conf_api_person_t  *person;

    person = req->data;

    if (!ngx_rtc_redis_reply_is_array(reply)) {

        if (ngx_rtc_redis_reply_integer(reply, &reason) != NGX_OK) {
            reason = 0;
        }

        ngx_conf_api_send_not_done(req, reason);
        return;
    }

    id.data = person->id;
    id.len = NGX_CONF_API_ID_LEN;

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           ngx_conf_api_user_json(&id,
                                        ngx_rtc_redis_reply_elt(reply, 1), 1));
}


void
ngx_conf_api_user_remove(ngx_conf_api_req_t *req)
{
    u_char     id[NGX_CONF_API_ID_LEN], key[NGX_CONF_API_KEY_LEN];
    ngx_str_t  argv[3];

    if (rtc_args_id(&req->args, id) != RTC_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST, req->args.error);
        return;
    }

    ngx_str_set(&argv[0], RTC_KEY_USERS);
    argv[1] = ngx_conf_api_key(key, RTC_KEY_USER, id, NGX_CONF_API_ID_LEN, "");
    argv[2].data = id;
    argv[2].len = NGX_CONF_API_ID_LEN;

    ngx_conf_api_call(req, ngx_conf_api_script_user_remove, 2, 3, argv,
                      ngx_conf_api_user_remove_next);
}


static void
ngx_conf_api_user_remove_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    int64_t  reason;

    if (ngx_rtc_redis_reply_integer(reply, &reason) == NGX_OK && reason == 0) {
        ngx_conf_api_send_success(req);
        return;
    }

    ngx_conf_api_send_not_done(req, ngx_rtc_redis_reply_is_nil(reply)
                                    ? 0 : reason);
}


static void
ngx_conf_api_send_not_done(ngx_conf_api_req_t *req, int64_t reason)
{
    switch (reason) {

    case NGX_CONF_API_USER_NAME_TAKEN:
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                "Another user has this name.");
        return;

    case NGX_CONF_API_USER_EMAIL_TAKEN:
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                "Another user has this address.");
        return;

    case NGX_CONF_API_USER_TOO_MANY:
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                "There are too many users.");
        return;

    case NGX_CONF_API_USER_LAST_ADMIN:
        ngx_conf_api_send_error(req, NGX_HTTP_CONFLICT,
                                "This is the last administrator.");
        return;

    default:
        ngx_conf_api_send_error(req, NGX_HTTP_NOT_FOUND,
                                "There is no user with this id.");
        return;
    }
}


/* name, address, role, time; NULL without memory */

static json_t *
ngx_conf_api_user_json(ngx_str_t *id, const ngx_rtc_redis_reply_t *fields,
    ngx_uint_t created)
{
    json_t      *json;
    int64_t      time;
    ngx_str_t    text[3];
    ngx_uint_t   i;

    for (i = 0; i < 3; i++) {
        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(fields, i),
                                       &text[i])
            != NGX_OK)
        {
            ngx_str_set(&text[i], "");
        }
    }

    json = json_pack("{s:s%, s:s%, s:s%, s:s}", "_id", id->data, id->len,
                     "name", text[0].data, text[0].len,
                     "email", text[1].data, text[1].len,
                     "role", ngx_conf_api_is_admin(&text[2]) ? "admin"
                                                             : "member");

    if (!created) {
        return json;
    }

    if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(fields, 3), &time)
        != NGX_OK)
    {
        time = 0;
    }

    if (json_object_set_new(json, "created", json_integer(time)) != 0) {
        json_decref(json);
        return NULL;
    }

    return json;
}
