
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * getAppInfo: the settings as they are stored, and what became of them.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"
#include "rtc_version.h"


#define NGX_CONF_API_DAY       (24 * 60 * 60)
#define NGX_CONF_API_EXPIRING  14               /* days */


/* what the script answers */

typedef struct {
    const ngx_rtc_redis_reply_t  *hash;
    const ngx_rtc_redis_reply_t  *agent;
    const ngx_rtc_redis_reply_t  *jobs;
    const ngx_rtc_redis_reply_t  *names;
} ngx_conf_api_info_t;


static void ngx_conf_api_info_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply);
static json_t *ngx_conf_api_info_texts(ngx_conf_api_info_t *info);
static json_t *ngx_conf_api_info_custom(ngx_conf_api_info_t *info);
static ngx_int_t ngx_conf_api_info_keys(ngx_conf_api_req_t *req,
    ngx_conf_api_info_t *info, json_t *json);
static json_t *ngx_conf_api_info_agent(ngx_conf_api_info_t *info);
static json_t *ngx_conf_api_info_domains(ngx_conf_api_info_t *info);
static ngx_int_t ngx_conf_api_info_domain(json_t *domains, ngx_str_t *name,
    const char *role, const ngx_rtc_redis_reply_t *found);
static json_t *ngx_conf_api_info_dns(const ngx_rtc_redis_reply_t *reply);
static json_t *ngx_conf_api_info_certificate(
    const ngx_rtc_redis_reply_t *reply);
static json_t *ngx_conf_api_info_record(json_t *record);
static json_t *ngx_conf_api_info_string(const ngx_rtc_redis_reply_t *reply);


static const char *const  ngx_conf_api_info_jobs[] = {
    "http", "letsencrypt", "keep", "dns"
};

/* those of rtc_setting_e that a certificate covers */

static const char *const  ngx_conf_api_info_roles[RTC_SETTING_NAMES] = {
    "domain", "streaming", "webrtc", "turn"
};


void
ngx_conf_api_get_app_info(ngx_conf_api_req_t *req)
{
    u_char      keys[4][NGX_CONF_API_KEY_LEN];
    ngx_str_t   argv[8 + RTC_SETTING_NAMES];
    ngx_uint_t  i;

    ngx_str_set(&argv[0], RTC_KEY_SETTINGS);
    ngx_str_set(&argv[1], RTC_KEY_AGENT_ALIVE);
    ngx_str_set(&argv[2], RTC_KEY_CERTS);
    ngx_str_set(&argv[3], RTC_KEY_AGENT_DNS);

    for (i = 0; i < 4; i++) {
        argv[4 + i] = ngx_conf_api_key(keys[i], RTC_KEY_AGENT_JOB,
                                       (u_char *) ngx_conf_api_info_jobs[i],
                                       ngx_strlen(ngx_conf_api_info_jobs[i]),
                                       "");
    }

    for (i = 0; i < RTC_SETTING_NAMES; i++) {
        argv[8 + i].data = (u_char *) rtc_setting_name(i);
        argv[8 + i].len = ngx_strlen(argv[8 + i].data);
    }

    ngx_conf_api_call(req, ngx_conf_api_script_info, 8, 8 + RTC_SETTING_NAMES,
                      argv, ngx_conf_api_info_next);
}


static void
ngx_conf_api_info_next(ngx_conf_api_req_t *req,
    const ngx_rtc_redis_reply_t *reply)
{
    json_t               *json;
    ngx_conf_api_info_t   info;

    info.hash = ngx_rtc_redis_reply_elt(reply, 0);
    info.agent = ngx_rtc_redis_reply_elt(reply, 1);
    info.jobs = ngx_rtc_redis_reply_elt(reply, 2);
    info.names = ngx_rtc_redis_reply_elt(reply, 3);

    json = ngx_conf_api_info_texts(&info);

    if (json_object_set_new(json, "custom_settings",
                            ngx_conf_api_info_custom(&info)) != 0
        || ngx_conf_api_info_keys(req, &info, json) != NGX_OK
        || json_object_set_new(json, "webhooks",
               ngx_conf_api_webhooks_info(
                   ngx_conf_api_settings_field(info.hash, "webhooks"))) != 0
        || json_object_set_new(json, "agent", ngx_conf_api_info_agent(&info))
           != 0
        || json_object_set_new(json, "domains",
                               ngx_conf_api_info_domains(&info)) != 0)
    {
        json_decref(json);
        ngx_conf_api_finalize(req, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    ngx_conf_api_send_json(req, NGX_HTTP_OK, json);
}


/* in the order of the document */

static json_t *
ngx_conf_api_info_texts(ngx_conf_api_info_t *info)
{
    u_char      buf[RTC_SETTING_MAX];
    json_t     *json, *value;
    ngx_str_t   text;
    rtc_str_t   modes;
    ngx_uint_t  i;

    static const rtc_setting_e  order[] = {
        RTC_SETTING_MODES, RTC_SETTING_DOMAIN, RTC_SETTING_CDN,
        RTC_SETTING_STREAMING, RTC_SETTING_WEBRTC, RTC_SETTING_TURN,
        RTC_SETTING_SSL_TYPE, RTC_SETTING_EMAIL, RTC_SETTING_ACME
    };

    json = json_pack("{s:s}", "version", RTC_VERSION);

    for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {

        text = ngx_conf_api_settings_text(info->hash, order[i], buf);

        if (order[i] == RTC_SETTING_MODES) {

            if (text.len == 0) {
                ngx_str_set(&text, "HTTPS,HTTP");
            }

            modes.data = text.data;
            modes.len = text.len;
            value = rtc_setting_modes_json(modes);

        } else {
            value = json_stringn((char *) text.data, text.len);
        }

        if (json_object_set_new(json, rtc_setting_name(order[i]), value)
            != 0)
        {
            json_decref(json);
            return NULL;
        }
    }

    return json;
}


static json_t *
ngx_conf_api_info_custom(ngx_conf_api_info_t *info)
{
    json_t     *custom;
    ngx_str_t   stored;
    rtc_str_t   text;

    if (ngx_rtc_redis_reply_string(ngx_conf_api_settings_field(info->hash,
                                                  "custom_settings"), &stored)
        != NGX_OK)
    {
        ngx_str_null(&stored);
    }

    text.data = stored.data;
    text.len = stored.len;

    custom = rtc_settings_custom_parse(text);

    return custom != NULL ? custom : rtc_settings_custom_default();
}


/* the pair that is stored, else the one of the file that signs */

static ngx_int_t
ngx_conf_api_info_keys(ngx_conf_api_req_t *req, ngx_conf_api_info_t *info,
    json_t *json)
{
    json_t               *name, *secret;
    ngx_int_t             rc;
    ngx_rtc_keys_pair_t   pair;
    const rtc_jwt_key_t  *key;

    rc = ngx_rtc_keys_open(&req->main->settings.keys, &pair,
                     ngx_conf_api_settings_field(info->hash, "livekit_key"),
                     ngx_conf_api_settings_field(info->hash,
                                                 "livekit_secret"));

    if (rc == NGX_OK) {
        name = json_stringn((char *) pair.name, pair.name_len);
        secret = json_stringn((char *) pair.secret, pair.secret_len);

    } else {
        key = &req->main->keys.elts[0];

        name = json_stringn((char *) key->name.data, key->name.len);
        secret = json_stringn((char *) key->secret.data, key->secret.len);
    }

    ngx_explicit_memzero(&pair, sizeof(ngx_rtc_keys_pair_t));

    rc = json_object_set_new(json, "api_key", name);

    if (json_object_set_new(json, "api_secret", secret) != 0) {
        rc = NGX_ERROR;
    }

    return rc == 0 ? NGX_OK : NGX_ERROR;
}


static json_t *
ngx_conf_api_info_agent(ngx_conf_api_info_t *info)
{
    json_t                       *jobs;
    int64_t                       time;
    ngx_str_t                     id;
    ngx_uint_t                    i;
    const ngx_rtc_redis_reply_t  *job;

    jobs = json_object();

    for (i = 0; i < 4; i++) {

        job = ngx_rtc_redis_reply_elt(info->jobs, i);

        if (ngx_rtc_redis_reply_string(ngx_rtc_redis_reply_elt(job, 0), &id)
            != NGX_OK)
        {
            continue;
        }

        if (ngx_rtc_redis_reply_integer(ngx_rtc_redis_reply_elt(job, 3), &time)
            != NGX_OK)
        {
            time = 0;
        }

        if (json_object_set_new(jobs, ngx_conf_api_info_jobs[i],
                json_pack("{s:o, s:o, s:o, s:I}",
                    "id", ngx_conf_api_info_string(
                                           ngx_rtc_redis_reply_elt(job, 0)),
                    "state", ngx_conf_api_info_string(
                                           ngx_rtc_redis_reply_elt(job, 1)),
                    "message", ngx_conf_api_info_string(
                                           ngx_rtc_redis_reply_elt(job, 2)),
                    "time", (json_int_t) time))
            != 0)
        {
            json_decref(jobs);
            return NULL;
        }
    }

    return json_pack("{s:b, s:o, s:o}",
                     "present", ngx_rtc_redis_reply_is_nil(info->agent) ? 0 : 1,
                     "host", ngx_conf_api_info_string(info->agent),
                     "jobs", jobs);
}


static json_t *
ngx_conf_api_info_domains(ngx_conf_api_info_t *info)
{
    u_char      buf[RTC_SETTING_MAX];
    json_t     *domains;
    ngx_str_t   name;
    ngx_uint_t  i;

    domains = json_array();

    for (i = 0; i < RTC_SETTING_NAMES; i++) {

        name = ngx_conf_api_settings_text(info->hash, i, buf);

        if (name.len == 0) {
            continue;
        }

        if (ngx_conf_api_info_domain(domains, &name,
                                     ngx_conf_api_info_roles[i],
                                     ngx_rtc_redis_reply_elt(info->names, i))
            != NGX_OK)
        {
            json_decref(domains);
            return NULL;
        }
    }

    return domains;
}


/* a name that is there already has one more role */

static ngx_int_t
ngx_conf_api_info_domain(json_t *domains, ngx_str_t *name, const char *role,
    const ngx_rtc_redis_reply_t *found)
{
    int      rc;
    size_t   i;
    json_t  *domain, *known;

    json_array_foreach(domains, i, domain) {

        known = json_object_get(domain, "name");

        if (json_string_length(known) == name->len
            && ngx_memcmp(json_string_value(known), name->data, name->len)
               == 0)
        {
            rc = json_array_append_new(json_object_get(domain, "roles"),
                                       json_string(role));

            return rc == 0 ? NGX_OK : NGX_ERROR;
        }
    }

    domain = json_pack("{s:s%, s:[s], s:o, s:o}",
                       "name", name->data, name->len,
                       "roles", role,
                       "dns", ngx_conf_api_info_dns(
                                          ngx_rtc_redis_reply_elt(found, 1)),
                       "certificate", ngx_conf_api_info_certificate(
                                          ngx_rtc_redis_reply_elt(found, 0)));

    return json_array_append_new(domains, domain) == 0 ? NGX_OK : NGX_ERROR;
}


/* "STATE ADDRESS..." */

static json_t *
ngx_conf_api_info_dns(const ngx_rtc_redis_reply_t *reply)
{
    size_t       len;
    json_t      *addresses, *text, *address;
    ngx_uint_t   i;
    const char  *p, *state;

    static const char *const  states[] = { "ok", "wrong", "none" };

    text = ngx_conf_api_info_string(reply);
    addresses = json_array();

    p = text != NULL ? json_string_value(text) : "";
    len = strcspn(p, " ");
    state = "unknown";

    for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (ngx_strlen(states[i]) == len
            && ngx_strncmp(p, states[i], len) == 0)
        {
            state = states[i];
        }
    }

    for (p += len; *p != '\0'; p += len) {

        p++;
        len = strcspn(p, " ");
        address = json_stringn(p, len);

        if (address == NULL || json_array_append_new(addresses, address) != 0)
        {
            break;
        }
    }

    json_decref(text);

    return json_pack("{s:s, s:o}", "state", state, "addresses", addresses);
}


static json_t *
ngx_conf_api_info_certificate(const ngx_rtc_redis_reply_t *reply)
{
    json_t        *record, *certificate;
    ngx_str_t      text;
    json_error_t   error;

    if (ngx_rtc_redis_reply_string(reply, &text) != NGX_OK) {
        ngx_str_null(&text);
    }

    record = json_loadb((char *) text.data, text.len, 0, &error);
    certificate = ngx_conf_api_info_record(record);

    json_decref(record);

    return certificate;
}


/* never its key; a record of NULL is none */

static json_t *
ngx_conf_api_info_record(json_t *record)
{
    time_t       now;
    json_t      *names;
    json_int_t   before, after, days;
    const char  *type, *issuer, *state;

    if (json_unpack(record, "{s:s, s:s, s:o, s:I, s:I}", "type", &type,
                    "issuer", &issuer, "names", &names, "not_before", &before,
                    "not_after", &after)
        != 0
        || !json_is_array(names))
    {
        return json_pack("{s:s, s:s, s:s, s:[], s:n, s:n, s:n}",
                         "state", "missing", "type", "", "issuer", "",
                         "names", "not_before", "not_after", "days");
    }

    now = ngx_time();

    if (after <= now) {
        state = "expired";
        days = -((now - after + NGX_CONF_API_DAY - 1) / NGX_CONF_API_DAY);

    } else {
        days = (after - now) / NGX_CONF_API_DAY;
        state = days <= NGX_CONF_API_EXPIRING ? "expiring" : "ok";
    }

    return json_pack("{s:s, s:s, s:s, s:O, s:I, s:I, s:I}",
                     "state", state, "type", type, "issuer", issuer,
                     "names", names, "not_before", before,
                     "not_after", after, "days", days);
}


static json_t *
ngx_conf_api_info_string(const ngx_rtc_redis_reply_t *reply)
{
    json_t     *string;
    ngx_str_t   text;

    if (ngx_rtc_redis_reply_string(reply, &text) != NGX_OK) {
        return json_string("");
    }

    /* NULL: it is no UTF-8 */

    string = json_stringn((char *) text.data, text.len);

    return string != NULL ? string : json_string("");
}
