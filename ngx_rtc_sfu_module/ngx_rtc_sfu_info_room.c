
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_info.h"


/* s, of rooms that do not say: what LiveKit's server has */

#define NGX_RTC_SFU_EMPTY_TIMEOUT      300
#define NGX_RTC_SFU_DEPARTURE_TIMEOUT  20


static ngx_uint_t ngx_rtc_sfu_info_is(const ngx_rtc_sfu_hash_t *hash,
    const char *name, const char *text);
static ngx_uint_t ngx_rtc_sfu_info_number(const ngx_rtc_sfu_hash_t *hash,
    const char *name, ngx_uint_t absent);
static Livekit__Room *ngx_rtc_sfu_info_make(ngx_pool_t *pool,
    const ngx_rtc_sfu_settings_t *settings, ngx_uint_t n,
    ngx_uint_t publishers);


/* the order is the preference of clients that have none */

static const char *const  ngx_rtc_sfu_info_mimes[] = {
    "video/VP8",
    "video/H264",
    "video/VP9",
    "video/AV1",
    "audio/opus",
    "audio/red"
};


void
ngx_rtc_sfu_info_settings(ngx_rtc_sfu_settings_t *settings,
    const ngx_rtc_sfu_hash_t *hash)
{
    time_t     created;
    ngx_str_t  value;

    ngx_memzero(settings, sizeof(ngx_rtc_sfu_settings_t));

    settings->active = ngx_rtc_sfu_info_is(hash, "active", "1");
    settings->audio_only = ngx_rtc_sfu_info_is(hash, "mediaType",
                                               "MEDIA_TYPE_AUDIO_ONLY");
    settings->allow_chat = !ngx_rtc_sfu_info_is(hash, "allow_chat", "0");
    settings->allow_share_screen = !ngx_rtc_sfu_info_is(hash,
                                                        "allow_share_screen",
                                                        "0");

    settings->max_participants = ngx_rtc_sfu_info_number(hash,
                                                      "max_participants", 0);
    settings->empty_timeout = ngx_rtc_sfu_info_number(hash, "empty_timeout",
                                                  NGX_RTC_SFU_EMPTY_TIMEOUT);
    settings->departure_timeout = ngx_rtc_sfu_info_number(hash,
                          "departure_timeout", NGX_RTC_SFU_DEPARTURE_TIMEOUT);

    value = ngx_rtc_sfu_hash_get(hash, "created");
    created = ngx_atotm(value.data, value.len);
    settings->created = created == (time_t) NGX_ERROR ? 0 : created;
}


static ngx_uint_t
ngx_rtc_sfu_info_is(const ngx_rtc_sfu_hash_t *hash, const char *name,
    const char *text)
{
    ngx_str_t  value;

    value = ngx_rtc_sfu_hash_get(hash, name);

    return value.len == ngx_strlen(text)
           && ngx_strncmp(value.data, text, value.len) == 0;
}


static ngx_uint_t
ngx_rtc_sfu_info_number(const ngx_rtc_sfu_hash_t *hash, const char *name,
    ngx_uint_t absent)
{
    ngx_int_t  n;
    ngx_str_t  value;

    value = ngx_rtc_sfu_hash_get(hash, name);
    n = ngx_atoi(value.data, value.len);

    return n == NGX_ERROR ? absent : (ngx_uint_t) n;
}


void
ngx_rtc_sfu_info_count(ngx_rtc_sfu_room_t *room, ngx_uint_t *n,
    ngx_uint_t *publishers)
{
    ngx_queue_t           *q;
    ngx_rtc_sfu_member_t  *member;

    *n = 0;
    *publishers = 0;

    for (q = ngx_queue_head(&room->members_queue);
         q != ngx_queue_sentinel(&room->members_queue);
         q = ngx_queue_next(q))
    {
        member = ngx_queue_data(q, ngx_rtc_sfu_member_t, queue);

        if (!member->hidden) {
            (*n)++;
            *publishers += member->publisher;
        }
    }
}


Livekit__Room *
ngx_rtc_sfu_info_room(ngx_rtc_sfu_room_t *room, ngx_uint_t n, ngx_pool_t *pool)
{
    ngx_uint_t      all, publishers;
    Livekit__Room  *info;

    ngx_rtc_sfu_info_count(room, &all, &publishers);

    info = ngx_rtc_sfu_info_make(pool, &room->settings, n, publishers);
    if (info == NULL) {
        return NULL;
    }

    info->sid = (char *) room->sid.data;
    info->name = (char *) room->node.str.data;

    if (room->metadata.len) {
        info->metadata = (char *) room->metadata.data;
    }

    return info;
}


Livekit__Room *
ngx_rtc_sfu_info_described(ngx_pool_t *pool, const ngx_str_t *id,
    const ngx_rtc_sfu_hash_t *hash, ngx_uint_t n, ngx_uint_t publishers)
{
    u_char                  *p;
    ngx_str_t                epoch, metadata;
    Livekit__Room           *info;
    ngx_rtc_sfu_settings_t   settings;

    ngx_rtc_sfu_info_settings(&settings, hash);

    info = ngx_rtc_sfu_info_make(pool, &settings, n, publishers);
    if (info == NULL) {
        return NULL;
    }

    epoch = ngx_rtc_sfu_hash_get(hash, "epoch");
    metadata = ngx_rtc_sfu_hash_get(hash, "metadata");

    p = ngx_pnalloc(pool, sizeof("RM_") + epoch.len);
    if (p == NULL) {
        return NULL;
    }

    ngx_sprintf(p, "RM_%V%Z", &epoch);

    info->sid = (char *) p;
    info->name = ngx_rtc_sfu_signal_string(pool, id->data, id->len);
    info->metadata = ngx_rtc_sfu_signal_string(pool, metadata.data,
                                               metadata.len);

    return info->name && info->metadata ? info : NULL;
}


static Livekit__Room *
ngx_rtc_sfu_info_make(ngx_pool_t *pool,
    const ngx_rtc_sfu_settings_t *settings, ngx_uint_t n,
    ngx_uint_t publishers)
{
    size_t           i;
    Livekit__Room   *info;
    Livekit__Codec  *codecs;

    info = ngx_palloc(pool, sizeof(Livekit__Room));
    if (info == NULL) {
        return NULL;
    }

    livekit__room__init(info);

    info->max_participants = (uint32_t) settings->max_participants;
    info->creation_time = settings->created;
    info->creation_time_ms = settings->created * 1000;
    info->num_participants = (uint32_t) n;
    info->num_publishers = (uint32_t) publishers;
    info->empty_timeout = (uint32_t) settings->empty_timeout;
    info->departure_timeout = (uint32_t) settings->departure_timeout;

    info->enabled_codecs = ngx_palloc(pool,
                                      sizeof(ngx_rtc_sfu_info_mimes));
    codecs = ngx_palloc(pool, rtc_nelts(ngx_rtc_sfu_info_mimes)
                              * sizeof(Livekit__Codec));

    if (info->enabled_codecs == NULL || codecs == NULL) {
        return NULL;
    }

    for (i = 0; i < rtc_nelts(ngx_rtc_sfu_info_mimes); i++) {
        livekit__codec__init(&codecs[i]);
        codecs[i].mime = (char *) ngx_rtc_sfu_info_mimes[i];
        info->enabled_codecs[i] = &codecs[i];
    }

    info->n_enabled_codecs = rtc_nelts(ngx_rtc_sfu_info_mimes);

    return info;
}
