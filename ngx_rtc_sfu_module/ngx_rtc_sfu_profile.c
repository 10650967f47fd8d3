
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_profile.h"
#include "ngx_rtc_sfu_worker.h"


typedef Livekit__ParticipantInfo__AttributesEntry  ngx_rtc_sfu_attr_t;


static ngx_int_t ngx_rtc_sfu_profile_open(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_profile_t *profile, size_t nattrs);
static ngx_int_t ngx_rtc_sfu_profile_set_attr(ngx_rtc_sfu_profile_t *profile,
    const char *name, size_t name_len, const char *value, size_t value_len);
static ngx_int_t ngx_rtc_sfu_profile_check(
    const ngx_rtc_sfu_profile_t *profile);


ngx_int_t
ngx_rtc_sfu_profile_init(ngx_rtc_sfu_participant_t *p)
{
    size_t                  i;
    const rtc_grant_t      *grant;
    ngx_rtc_sfu_profile_t  *profile;

    grant = p->grant;
    profile = &p->profile;

    if (ngx_rtc_sfu_profile_open(p, profile, grant->nattrs) != NGX_OK) {
        return NGX_ERROR;
    }

    profile->name = ngx_rtc_sfu_signal_string(profile->pool, grant->name.data,
                                              grant->name.len);
    profile->metadata = ngx_rtc_sfu_signal_string(profile->pool,
                                                  grant->metadata.data,
                                                  grant->metadata.len);

    if (profile->name == NULL || profile->metadata == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < grant->nattrs; i++) {
        if (ngx_rtc_sfu_profile_set_attr(profile,
                                         (char *) grant->attrs[i].name.data,
                                         grant->attrs[i].name.len,
                                         (char *) grant->attrs[i].value.data,
                                         grant->attrs[i].value.len)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* the attributes of both messages are made alike */

ngx_int_t
ngx_rtc_sfu_profile_join(ngx_rtc_sfu_participant_t *p)
{
    Livekit__JoinRequest                *request;
    Livekit__UpdateParticipantMetadata   update =
                                    LIVEKIT__UPDATE_PARTICIPANT_METADATA__INIT;

    request = p->client.request;

    if (request == NULL
        || (request->metadata[0] == '\0'
            && request->n_participant_attributes == 0))
    {
        return NGX_OK;
    }

    update.metadata = request->metadata;
    update.n_attributes = request->n_participant_attributes;
    update.attributes =
                  (Livekit__UpdateParticipantMetadata__AttributesEntry **)
                      request->participant_attributes;

    return ngx_rtc_sfu_profile_update(p, &update);
}


ngx_int_t
ngx_rtc_sfu_profile_update(ngx_rtc_sfu_participant_t *p,
    const Livekit__UpdateParticipantMetadata *update)
{
    size_t                  i;
    ngx_int_t               rc;
    const char             *name, *metadata;
    ngx_rtc_sfu_attr_t     *attr;
    ngx_rtc_sfu_profile_t   profile, *old;

    old = &p->profile;

    if (update->n_attributes > RTC_JWT_ATTRS_MAX) {
        return NGX_DECLINED;
    }

    /* a new profile replaces the old one, so memory does not grow */

    if (ngx_rtc_sfu_profile_open(p, &profile,
                                 old->nattrs + update->n_attributes)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    name = update->name[0] ? update->name : old->name;
    metadata = update->metadata[0] ? update->metadata : old->metadata;

    profile.name = ngx_rtc_sfu_signal_string(profile.pool, (u_char *) name,
                                             ngx_strlen(name));
    profile.metadata = ngx_rtc_sfu_signal_string(profile.pool,
                                                 (u_char *) metadata,
                                                 ngx_strlen(metadata));

    if (profile.name == NULL || profile.metadata == NULL) {
        goto failed;
    }

    for (i = 0; i < old->nattrs + update->n_attributes; i++) {

        attr = i < old->nattrs
               ? old->attrs[i]
               : (ngx_rtc_sfu_attr_t *) update->attributes[i - old->nattrs];

        if (ngx_rtc_sfu_profile_set_attr(&profile, attr->key,
                                         ngx_strlen(attr->key), attr->value,
                                         ngx_strlen(attr->value))
            != NGX_OK)
        {
            goto failed;
        }
    }

    rc = ngx_rtc_sfu_profile_check(&profile);
    if (rc != NGX_OK) {
        goto failed;
    }

    ngx_destroy_pool(old->pool);
    *old = profile;

    return NGX_OK;

failed:

    ngx_destroy_pool(profile.pool);

    return rc;
}


static ngx_int_t
ngx_rtc_sfu_profile_open(ngx_rtc_sfu_participant_t *p,
    ngx_rtc_sfu_profile_t *profile, size_t nattrs)
{
    ngx_memzero(profile, sizeof(ngx_rtc_sfu_profile_t));

    profile->pool = ngx_create_pool(1024, p->room->worker->log);
    if (profile->pool == NULL) {
        return NGX_ERROR;
    }

    profile->attrs = ngx_pcalloc(profile->pool,
                             ngx_max(nattrs, 1) * sizeof(ngx_rtc_sfu_attr_t *));
    if (profile->attrs == NULL) {
        ngx_destroy_pool(profile->pool);
        profile->pool = NULL;
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* attrs has room for one more; an empty value removes */

static ngx_int_t
ngx_rtc_sfu_profile_set_attr(ngx_rtc_sfu_profile_t *profile, const char *name,
    size_t name_len, const char *value, size_t value_len)
{
    size_t               i;
    ngx_rtc_sfu_attr_t  *attr;

    for (i = 0; i < profile->nattrs; i++) {
        if (ngx_strcmp(profile->attrs[i]->key, name) == 0) {
            break;
        }
    }

    if (value_len == 0) {
        if (i < profile->nattrs) {
            profile->attrs[i] = profile->attrs[--profile->nattrs];
        }

        return NGX_OK;
    }

    attr = ngx_palloc(profile->pool, sizeof(ngx_rtc_sfu_attr_t));
    if (attr == NULL) {
        return NGX_ERROR;
    }

    livekit__participant_info__attributes_entry__init(attr);

    attr->key = ngx_rtc_sfu_signal_string(profile->pool, (u_char *) name,
                                          name_len);
    attr->value = ngx_rtc_sfu_signal_string(profile->pool, (u_char *) value,
                                            value_len);

    if (attr->key == NULL || attr->value == NULL) {
        return NGX_ERROR;
    }

    if (i == profile->nattrs) {
        profile->nattrs++;
    }

    profile->attrs[i] = attr;

    return NGX_OK;
}


static ngx_int_t
ngx_rtc_sfu_profile_check(const ngx_rtc_sfu_profile_t *profile)
{
    size_t  i, len;

    len = 0;

    for (i = 0; i < profile->nattrs; i++) {
        len += ngx_strlen(profile->attrs[i]->key)
               + ngx_strlen(profile->attrs[i]->value);
    }

    if (profile->nattrs > RTC_JWT_ATTRS_MAX
        || len > NGX_RTC_SFU_MAX_METADATA
        || ngx_strlen(profile->metadata) > NGX_RTC_SFU_MAX_METADATA
        || ngx_strlen(profile->name) > NGX_RTC_SFU_MAX_NAME)
    {
        return NGX_DECLINED;
    }

    return NGX_OK;
}
