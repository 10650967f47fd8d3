
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * importDb: the document is checked in the thread pool, its parts are prepared
 * in Redis one by one, and one script puts all of it in place.  A document that
 * is refused, and an import that is given up, change nothing.
 */


#include "ngx_conf_api.h"
#include "rtc_backup.h"
#include "rtc_crypto.h"
#include "rtc_keys.h"


#define NGX_CONF_API_IMPORT_TIMEOUT  30000      /* to check the document */
#define NGX_CONF_API_IMPORT_RANDOM   16
#define NGX_CONF_API_IMPORT_TRIES    3          /* while rooms come and go */
#define NGX_CONF_API_IMPORT_KEYS     3


/* the thread writes backup, and nothing else */

typedef struct {
    ngx_conf_api_main_conf_t  *main;
    u_char                    *text;
    size_t                     len;
    u_char                     seal[RTC_SEAL_KEY];
    rtc_backup_t               backup;
    ngx_int_t                  rc;
} ngx_conf_api_check_t;


typedef struct {
    rtc_backup_t               backup;
    ngx_uint_t                 sent;            /* parts */
    ngx_uint_t                 tries;
    u_char                     id[NGX_CONF_API_ID_LEN];
    u_char                     random[2 * NGX_CONF_API_IMPORT_RANDOM];
    u_char                     rooms[NGX_INT64_LEN];    /* their number */
    ngx_uint_t                 rooms_len;
} ngx_conf_api_import_t;


static ngx_conf_api_check_t *ngx_conf_api_import_check(
    ngx_conf_api_req_t *req, size_t len);
static void ngx_conf_api_import_thread(void *data);
static void ngx_conf_api_import_free(void *data);
static void ngx_conf_api_import_checked(ngx_conf_api_req_t *req, void *data);
static void ngx_conf_api_import_cleanup(void *data);
static void ngx_conf_api_import_try(ngx_conf_api_req_t *req);
static void ngx_conf_api_import_stage(ngx_conf_api_req_t *req);
static void ngx_conf_api_import_keys(ngx_conf_api_import_t *import,
    u_char keys[NGX_CONF_API_IMPORT_KEYS][NGX_CONF_API_KEY_LEN],
    ngx_str_t argv[NGX_CONF_API_IMPORT_KEYS]);
static void ngx_conf_api_import_staged(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static void ngx_conf_api_import_replace(ngx_conf_api_req_t *req);
static void ngx_conf_api_import_replaced(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);


static const ngx_conf_api_work_t  ngx_conf_api_import_work = {
    ngx_conf_api_import_thread,
    ngx_conf_api_import_checked,
    ngx_conf_api_import_free
};


void
ngx_conf_api_import(ngx_conf_api_req_t *req)
{
    off_t                  len;
    ngx_conf_api_check_t  *check;

    len = ngx_conf_api_body_len(req->request);

    if (len < 0) {
        ngx_conf_api_send_error(req, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                                "The body is too large.");
        return;
    }

    if (len == 0) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                "The body must be a document of exportDb.");
        return;
    }

    /* each takes some hundred megabytes for a moment */

    if (req->main->documents) {
        ngx_conf_api_send_later(req, "Another document is being checked. Try "
                                     "again.");
        return;
    }

    check = ngx_conf_api_import_check(req, len);

    if (check == NULL) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    if (ngx_conf_api_post_task(check, NGX_CONF_API_IMPORT_TIMEOUT) != NGX_OK) {
        ngx_conf_api_send_away(req);
    }
}


static ngx_conf_api_check_t *
ngx_conf_api_import_check(ngx_conf_api_req_t *req, size_t len)
{
    u_char                *text;
    ngx_conf_api_check_t  *check;

    /* the thread goes on when the request has ended */

    text = ngx_alloc(len, ngx_cycle->log);
    if (text == NULL) {
        return NULL;
    }

    check = ngx_conf_api_create_task(req, sizeof(ngx_conf_api_check_t),
                                     &ngx_conf_api_import_work);
    if (check == NULL) {
        ngx_free(text);
        return NULL;
    }

    check->main = req->main;
    check->main->documents++;
    check->text = text;
    check->len = len;

    ngx_conf_api_copy_body(req->request, text);
    ngx_memcpy(check->seal, req->main->settings.keys.seal, RTC_SEAL_KEY);

    return check;
}


static void
ngx_conf_api_import_thread(void *data)
{
    ngx_conf_api_check_t  *check = data;

    check->rc = rtc_backup_read(&check->backup, check->text, check->len,
                                check->seal);
}


static void
ngx_conf_api_import_free(void *data)
{
    ngx_conf_api_check_t  *check = data;

    check->main->documents--;

    rtc_backup_free(&check->backup);

    ngx_explicit_memzero(check->text, check->len);
    ngx_free(check->text);

    ngx_explicit_memzero(check, sizeof(ngx_conf_api_check_t));
}


static void
ngx_conf_api_import_checked(ngx_conf_api_req_t *req, void *data)
{
    u_char                  random[NGX_CONF_API_IMPORT_RANDOM];
    ngx_pool_cleanup_t     *cln;
    ngx_conf_api_check_t   *check = data;
    ngx_conf_api_import_t  *import;

    if (check->rc != RTC_OK) {
        ngx_conf_api_send_error(req, NGX_HTTP_BAD_REQUEST,
                                check->backup.error);
        return;
    }

    cln = ngx_pool_cleanup_add(req->request->pool,
                               sizeof(ngx_conf_api_import_t));

    if (cln == NULL || rtc_random(random, sizeof(random)) != RTC_OK) {
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    import = cln->data;

    import->backup = check->backup;
    check->backup.nparts = 0;

    cln->handler = ngx_conf_api_import_cleanup;
    req->data = import;

    (void) ngx_hex_dump(import->random, random, sizeof(random));

    import->tries = 0;
    import->rooms_len = ngx_sprintf(import->rooms, "%uz", import->backup.rooms)
                        - import->rooms;

    ngx_conf_api_import_try(req);
}


static void
ngx_conf_api_import_cleanup(void *data)
{
    ngx_conf_api_import_t  *import = data;

    rtc_backup_free(&import->backup);
}


static void
ngx_conf_api_import_try(ngx_conf_api_req_t *req)
{
    ngx_conf_api_import_t  *import;

    import = req->data;

    if (import->tries++ == NGX_CONF_API_IMPORT_TRIES) {
        ngx_conf_api_send_away(req);
        return;
    }

    import->sent = 0;
    ngx_conf_api_make_id(&req->main->ids, import->id);

    ngx_conf_api_import_stage(req);
}


static void
ngx_conf_api_import_stage(ngx_conf_api_req_t *req)
{
    u_char                  keys[NGX_CONF_API_IMPORT_KEYS]
                                [NGX_CONF_API_KEY_LEN];
    ngx_str_t               argv[NGX_CONF_API_IMPORT_KEYS + 3];
    ngx_conf_api_import_t  *import;

    import = req->data;

    if (import->sent == import->backup.nparts) {
        ngx_conf_api_import_replace(req);
        return;
    }

    ngx_conf_api_import_keys(import, keys, argv);

    argv[3].data = (u_char *) import->backup.parts[import->sent];
    argv[3].len = ngx_strlen(argv[3].data);
    argv[4].data = import->rooms;
    argv[4].len = import->rooms_len;
    argv[5].data = import->random;
    argv[5].len = sizeof(import->random);

    ngx_conf_api_call(req, ngx_conf_api_script_stage,
                      NGX_CONF_API_IMPORT_KEYS, 6, argv,
                      ngx_conf_api_import_staged);
}


static void
ngx_conf_api_import_keys(ngx_conf_api_import_t *import,
    u_char keys[NGX_CONF_API_IMPORT_KEYS][NGX_CONF_API_KEY_LEN],
    ngx_str_t argv[NGX_CONF_API_IMPORT_KEYS])
{
    ngx_uint_t  i;

    static const char *const  suffixes[] = {
        "", RTC_KEY_IMPORT_ROOMS, RTC_KEY_IMPORT_INDEX
    };

    for (i = 0; i < NGX_CONF_API_IMPORT_KEYS; i++) {
        argv[i] = ngx_conf_api_key(keys[i], RTC_KEY_IMPORT, import->id,
                                   NGX_CONF_API_ID_LEN, suffixes[i]);
    }
}


static void
ngx_conf_api_import_staged(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_import_t  *import;

    import = req->data;
    import->sent++;

    ngx_conf_api_progress(req, 0);
    ngx_conf_api_import_stage(req);
}


static void
ngx_conf_api_import_replace(ngx_conf_api_req_t *req)
{
    u_char                  keys[NGX_CONF_API_IMPORT_KEYS]
                                [NGX_CONF_API_KEY_LEN];
    u_char                  parts[NGX_INT64_LEN];
    ngx_str_t               argv[12];
    ngx_conf_api_import_t  *import;

    import = req->data;

    ngx_str_set(&argv[0], RTC_KEY_USERS);
    ngx_conf_api_import_keys(import, keys, &argv[1]);
    ngx_str_set(&argv[4], RTC_KEY_ROOMS);
    ngx_str_set(&argv[5], RTC_KEY_ROOMS_SEQ);
    ngx_str_set(&argv[6], RTC_KEY_SETTINGS);
    ngx_str_set(&argv[7], RTC_KEY_CERTS);

    argv[8].data = parts;
    argv[8].len = ngx_sprintf(parts, "%uz", import->backup.nother) - parts;
    argv[9].data = import->rooms;
    argv[9].len = import->rooms_len;
    argv[10].data = (u_char *) (import->backup.keys ? "1" : "0");
    argv[10].len = 1;
    argv[11].data = import->id;
    argv[11].len = NGX_CONF_API_ID_LEN;

    ngx_conf_api_call(req, ngx_conf_api_script_import, 8, 12, argv,
                      ngx_conf_api_import_replaced);
}


static void
ngx_conf_api_import_replaced(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    ngx_conf_api_import_t  *import;

    import = req->data;

    if (ngx_rtc_redis_reply_is_nil(reply)) {
        ngx_conf_api_progress(req, 0);
        ngx_conf_api_import_try(req);
        return;
    }

    ngx_log_error(NGX_LOG_NOTICE, req->request->connection->log, 0,
                  "api: everything was imported, rooms:%uz users:%uz by:%*s",
                  import->backup.rooms, import->backup.users,
                  (size_t) RTC_JWT_API_ID, req->user.claims.id);

    ngx_conf_api_send_json(req, NGX_HTTP_OK,
                           json_pack("{s:b, s:I, s:I}", "success", 1,
                                     "rooms",
                                     (json_int_t) import->backup.rooms,
                                     "users",
                                     (json_int_t) import->backup.users));
}
