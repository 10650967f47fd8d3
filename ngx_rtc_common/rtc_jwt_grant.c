
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_jwt_internal.h"


/* where the strings of a grant go */

typedef struct {
    uint8_t                 *pos;
    uint8_t                 *end;
} rtc_jwt_mem_t;

typedef struct {
    const char              *name;
    uint32_t                 value;
} rtc_jwt_enum_t;

typedef struct {
    const char              *name;
    size_t                   offset;
    int                      value;     /* if it is absent */
} rtc_jwt_flag_t;


static int rtc_jwt_read_video(rtc_grant_t *grant, json_t *video,
    rtc_jwt_mem_t *mem);
static int rtc_jwt_read_flag(rtc_grant_t *grant, json_t *video,
    const rtc_jwt_flag_t *flag);
static int rtc_jwt_read_sources(uint32_t *sources, json_t *list);
static int rtc_jwt_read_bits(uint32_t *bits, json_t *list,
    const rtc_jwt_enum_t *names, size_t n);
static int rtc_jwt_read_attrs(rtc_grant_t *grant, json_t *attrs,
    rtc_jwt_mem_t *mem);
static int rtc_jwt_read_config(rtc_str_t *config, json_t *item,
    rtc_jwt_mem_t *mem);
static int rtc_jwt_read_kind(uint32_t *kind, json_t *item);
static int rtc_jwt_read_string(rtc_str_t *s, json_t *object, const char *name,
    rtc_jwt_mem_t *mem);
static int rtc_jwt_copy(rtc_str_t *s, const char *data, size_t len,
    rtc_jwt_mem_t *mem);
static int rtc_jwt_is_absent(const json_t *item);

static json_t *rtc_jwt_write_video(const rtc_grant_t *grant);
static json_t *rtc_jwt_write_sources(uint32_t sources);
static json_t *rtc_jwt_write_bits(uint32_t bits, const rtc_jwt_enum_t *names,
    size_t n);
static json_t *rtc_jwt_write_attrs(const rtc_grant_t *grant);


static const rtc_jwt_enum_t  rtc_jwt_kinds[] = {
    { "standard",           0 },
    { "ingress",            1 },
    { "egress",             2 },
    { "sip",                3 },
    { "agent",              4 },
    { "connector",          7 },
    { "bridge",             8 }
};


static const rtc_jwt_enum_t  rtc_jwt_kind_details[] = {
    { "cloud_agent",        1 << 0 },
    { "forwarded",          1 << 1 },
    { "connector_whatsapp", 1 << 2 },
    { "connector_twilio",   1 << 3 },
    { "bridge_rtsp",        1 << 4 },
    { "simulation",         1 << 5 }
};

static const rtc_jwt_enum_t  rtc_jwt_sources[] = {
    { "unknown",            RTC_SOURCE_UNKNOWN },
    { "camera",             RTC_SOURCE_CAMERA },
    { "microphone",         RTC_SOURCE_MICROPHONE },
    { "screen_share",       RTC_SOURCE_SCREEN_SHARE },
    { "screen_share_audio", RTC_SOURCE_SCREEN_SHARE_AUDIO }
};


/* value of canPublishData: whoever may publish may also send data */

#define RTC_JWT_AS_PUBLISH  2

#define rtc_jwt_flag(name, member, value)                                     \
    { name, offsetof(rtc_grant_t, member), value }

static const rtc_jwt_flag_t  rtc_jwt_flags[] = {
    rtc_jwt_flag("roomJoin", room_join, 0),
    rtc_jwt_flag("canPublish", can_publish, 1),
    rtc_jwt_flag("canSubscribe", can_subscribe, 1),
    rtc_jwt_flag("canPublishData", can_publish_data, RTC_JWT_AS_PUBLISH),
    rtc_jwt_flag("canUpdateOwnMetadata", can_update_metadata, 0),
    rtc_jwt_flag("canSubscribeMetrics", can_subscribe_metrics, 0),
    rtc_jwt_flag("canManageAgentSession", can_manage_agent_session, 0),
    rtc_jwt_flag("hidden", hidden, 0),
    rtc_jwt_flag("recorder", recorder, 0),
    rtc_jwt_flag("agent", agent, 0),
    rtc_jwt_flag("roomCreate", room_create, 0),
    rtc_jwt_flag("roomList", room_list, 0),
    rtc_jwt_flag("roomRecord", room_record, 0),
    rtc_jwt_flag("roomAdmin", room_admin, 0),
    rtc_jwt_flag("ingressAdmin", ingress_admin, 0)
};


int
rtc_jwt_read_grant(rtc_grant_t *grant, json_t *claims, uint8_t *mem,
    size_t size)
{
    json_t         *video;
    rtc_jwt_mem_t   m;

    m.pos = mem;
    m.end = mem + size;

    if (rtc_jwt_read_string(&grant->key, claims, "iss", &m) != RTC_OK
        || rtc_jwt_read_string(&grant->identity, claims, "sub", &m) != RTC_OK
        || rtc_jwt_read_string(&grant->name, claims, "name", &m) != RTC_OK
        || rtc_jwt_read_string(&grant->metadata, claims, "metadata", &m)
           != RTC_OK
        || rtc_jwt_read_attrs(grant, json_object_get(claims, "attributes"), &m)
           != RTC_OK
        || rtc_jwt_read_kind(&grant->kind, json_object_get(claims, "kind"))
           != RTC_OK
        || rtc_jwt_read_bits(&grant->kind_details,
                             json_object_get(claims, "kindDetails"),
                             rtc_jwt_kind_details,
                             rtc_nelts(rtc_jwt_kind_details))
           != RTC_OK
        || rtc_jwt_read_config(&grant->room_config,
                               json_object_get(claims, "roomConfig"), &m)
           != RTC_OK)
    {
        return RTC_ERROR;
    }

    if (grant->identity.len == 0
        && rtc_jwt_read_string(&grant->identity, claims, "jti", &m) != RTC_OK)
    {
        return RTC_ERROR;
    }

    if (grant->identity.len > RTC_JWT_IDENTITY_MAX) {
        return RTC_ERROR;
    }

    video = json_object_get(claims, "video");

    if (rtc_jwt_is_absent(video)) {
        return RTC_DECLINED;
    }

    return rtc_jwt_read_video(grant, video, &m);
}


static int
rtc_jwt_read_video(rtc_grant_t *grant, json_t *video, rtc_jwt_mem_t *mem)
{
    size_t  i;

    if (!json_is_object(video)
        || rtc_jwt_read_string(&grant->room, video, "room", mem) != RTC_OK
        || rtc_jwt_read_string(&grant->destination_room, video,
                               "destinationRoom", mem) != RTC_OK)
    {
        return RTC_ERROR;
    }

    for (i = 0; i < rtc_nelts(rtc_jwt_flags); i++) {
        if (rtc_jwt_read_flag(grant, video, &rtc_jwt_flags[i]) != RTC_OK) {
            return RTC_ERROR;
        }
    }

    return rtc_jwt_read_sources(&grant->sources,
                                json_object_get(video, "canPublishSources"));
}


static int
rtc_jwt_read_flag(rtc_grant_t *grant, json_t *video,
    const rtc_jwt_flag_t *flag)
{
    json_t   *item;
    uint8_t  *value;

    value = (uint8_t *) grant + flag->offset;
    item = json_object_get(video, flag->name);

    if (rtc_jwt_is_absent(item)) {
        *value = flag->value == RTC_JWT_AS_PUBLISH ? grant->can_publish
                                                   : flag->value;
        return RTC_OK;
    }

    if (!json_is_boolean(item)) {
        return RTC_ERROR;
    }

    *value = json_is_true(item);

    return RTC_OK;
}


/* an empty list means every source, a list of unknown names none */

static int
rtc_jwt_read_sources(uint32_t *sources, json_t *list)
{
    if (json_array_size(list) == 0 && (rtc_jwt_is_absent(list)
                                       || json_is_array(list)))
    {
        *sources = RTC_SOURCE_ALL;
        return RTC_OK;
    }

    return rtc_jwt_read_bits(sources, list, rtc_jwt_sources,
                             rtc_nelts(rtc_jwt_sources));
}


/* names that this version does not know are none */

static int
rtc_jwt_read_bits(uint32_t *bits, json_t *list, const rtc_jwt_enum_t *names,
    size_t n)
{
    size_t       i, j;
    json_t      *item;
    const char  *name;

    if (!rtc_jwt_is_absent(list) && !json_is_array(list)) {
        return RTC_ERROR;
    }

    json_array_foreach(list, i, item) {

        name = json_string_value(item);
        if (name == NULL) {
            return RTC_ERROR;
        }

        for (j = 0; j < n; j++) {
            if (strcmp(names[j].name, name) == 0) {
                *bits |= names[j].value;
            }
        }
    }

    return RTC_OK;
}


static int
rtc_jwt_read_attrs(rtc_grant_t *grant, json_t *attrs, rtc_jwt_mem_t *mem)
{
    json_t            *value;
    const char        *name;
    rtc_grant_attr_t  *attr;

    if (rtc_jwt_is_absent(attrs)) {
        return RTC_OK;
    }

    if (!json_is_object(attrs)
        || json_object_size(attrs) > RTC_JWT_ATTRS_MAX)
    {
        return RTC_ERROR;
    }

    json_object_foreach(attrs, name, value) {

        attr = &grant->attrs[grant->nattrs++];

        if (!json_is_string(value)
            || rtc_jwt_copy(&attr->name, name, strlen(name), mem) != RTC_OK
            || rtc_jwt_copy(&attr->value, json_string_value(value),
                            json_string_length(value), mem) != RTC_OK)
        {
            return RTC_ERROR;
        }
    }

    return RTC_OK;
}


/* what it means is for whoever makes the room */

static int
rtc_jwt_read_config(rtc_str_t *config, json_t *item, rtc_jwt_mem_t *mem)
{
    int    rc;
    char  *text;

    if (rtc_jwt_is_absent(item)) {
        return RTC_OK;
    }

    if (!json_is_object(item)) {
        return RTC_ERROR;
    }

    text = json_dumps(item, JSON_COMPACT);
    if (text == NULL) {
        return RTC_ERROR;
    }

    rc = rtc_jwt_copy(config, text, strlen(text), mem);

    free(text);

    return rc;
}


/* a kind that this version does not know is a standard participant */

static int
rtc_jwt_read_kind(uint32_t *kind, json_t *item)
{
    size_t       i;
    const char  *name;

    if (rtc_jwt_is_absent(item)) {
        return RTC_OK;
    }

    name = json_string_value(item);
    if (name == NULL) {
        return RTC_ERROR;
    }

    for (i = 0; i < rtc_nelts(rtc_jwt_kinds); i++) {
        if (strcmp(rtc_jwt_kinds[i].name, name) == 0) {
            *kind = rtc_jwt_kinds[i].value;
        }
    }

    return RTC_OK;
}


static int
rtc_jwt_read_string(rtc_str_t *s, json_t *object, const char *name,
    rtc_jwt_mem_t *mem)
{
    json_t  *item;

    item = json_object_get(object, name);

    if (rtc_jwt_is_absent(item)) {
        return RTC_OK;
    }

    if (!json_is_string(item)) {
        return RTC_ERROR;
    }

    return rtc_jwt_copy(s, json_string_value(item), json_string_length(item),
                        mem);
}


static int
rtc_jwt_copy(rtc_str_t *s, const char *data, size_t len, rtc_jwt_mem_t *mem)
{
    if ((size_t) (mem->end - mem->pos) < len + 1) {
        return RTC_ERROR;
    }

    s->data = mem->pos;
    s->len = len;

    memcpy(mem->pos, data, len);
    mem->pos[len] = '\0';
    mem->pos += len + 1;

    return RTC_OK;
}


static int
rtc_jwt_is_absent(const json_t *item)
{
    return item == NULL || json_is_null(item);
}


json_t *
rtc_jwt_write_grant(const rtc_grant_t *grant)
{
    size_t   i;
    json_t  *claims;

    claims = json_pack("{s:o}", "video", rtc_jwt_write_video(grant));

    if (claims == NULL
        || rtc_jwt_write_string(claims, "sub", grant->identity) != RTC_OK
        || rtc_jwt_write_string(claims, "name", grant->name) != RTC_OK
        || rtc_jwt_write_string(claims, "metadata", grant->metadata) != RTC_OK)
    {
        goto failed;
    }

    if (grant->nattrs != 0
        && json_object_set_new(claims, "attributes",
                               rtc_jwt_write_attrs(grant)) != 0)
    {
        goto failed;
    }

    if (grant->room_config.len != 0
        && json_object_set_new(claims, "roomConfig",
                               json_loadb((const char *)
                                          grant->room_config.data,
                                          grant->room_config.len, 0, NULL))
           != 0)
    {
        goto failed;
    }

    for (i = 1; i < rtc_nelts(rtc_jwt_kinds); i++) {
        if (rtc_jwt_kinds[i].value == grant->kind
            && json_object_set_new(claims, "kind",
                                   json_string(rtc_jwt_kinds[i].name)) != 0)
        {
            goto failed;
        }
    }

    if (grant->kind_details
        && json_object_set_new(claims, "kindDetails",
                               rtc_jwt_write_bits(grant->kind_details,
                                             rtc_jwt_kind_details,
                                             rtc_nelts(rtc_jwt_kind_details)))
           != 0)
    {
        goto failed;
    }

    return claims;

failed:

    json_decref(claims);

    return NULL;
}


/* flags that say what their absence says are left out, the tri-states never */

static json_t *
rtc_jwt_write_video(const rtc_grant_t *grant)
{
    size_t                 i;
    json_t                *video;
    const uint8_t         *value;
    const rtc_jwt_flag_t  *flag;

    video = json_object();

    if (video == NULL
        || rtc_jwt_write_string(video, "room", grant->room) != RTC_OK
        || rtc_jwt_write_string(video, "destinationRoom",
                                grant->destination_room) != RTC_OK)
    {
        goto failed;
    }

    for (i = 0; i < rtc_nelts(rtc_jwt_flags); i++) {

        flag = &rtc_jwt_flags[i];
        value = (const uint8_t *) grant + flag->offset;

        if ((flag->value || *value)
            && json_object_set_new(video, flag->name, json_boolean(*value))
               != 0)
        {
            goto failed;
        }
    }

    if (grant->sources != RTC_SOURCE_ALL
        && json_object_set_new(video, "canPublishSources",
                               rtc_jwt_write_sources(grant->sources)) != 0)
    {
        goto failed;
    }

    return video;

failed:

    json_decref(video);

    return NULL;
}


/* an empty list would mean every source: "none" is no name of a source */

static json_t *
rtc_jwt_write_sources(uint32_t sources)
{
    if (sources == 0) {
        return json_pack("[s]", "none");
    }

    return rtc_jwt_write_bits(sources, rtc_jwt_sources,
                              rtc_nelts(rtc_jwt_sources));
}


static json_t *
rtc_jwt_write_bits(uint32_t bits, const rtc_jwt_enum_t *names, size_t n)
{
    size_t   i;
    json_t  *list;

    list = json_array();

    for (i = 0; i < n; i++) {
        if ((bits & names[i].value)
            && json_array_append_new(list, json_string(names[i].name)) != 0)
        {
            json_decref(list);
            return NULL;
        }
    }

    return list;
}


static json_t *
rtc_jwt_write_attrs(const rtc_grant_t *grant)
{
    size_t                   i;
    json_t                  *attrs;
    const rtc_grant_attr_t  *attr;

    attrs = json_object();

    for (i = 0; i < grant->nattrs; i++) {

        attr = &grant->attrs[i];

        if (json_object_setn_new(attrs, (const char *) attr->name.data,
                                 attr->name.len,
                                 json_stringn((const char *) attr->value.data,
                                              attr->value.len))
            != 0)
        {
            json_decref(attrs);
            return NULL;
        }
    }

    return attrs;
}


/* an empty string is left out */

int
rtc_jwt_write_string(json_t *object, const char *name, rtc_str_t s)
{
    if (s.len == 0) {
        return RTC_OK;
    }

    if (json_object_set_new(object, name,
                            json_stringn((const char *) s.data, s.len))
        != 0)
    {
        return RTC_ERROR;
    }

    return RTC_OK;
}
