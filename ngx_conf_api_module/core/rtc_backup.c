
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "rtc_backup_internal.h"


/* what the largest document may hold, before memory is given to it */

#define RTC_BACKUP_OBJECTS  (RTC_BACKUP_ROOMS + RTC_BACKUP_USERS + 1000)
#define RTC_BACKUP_VALUES   (RTC_BACKUP_OBJECTS * (rtc_room_n + 2))


/* items of one kind while they are read */

typedef struct {
    rtc_backup_t        *backup;
    const char          *name;
    size_t               i;
    json_t              *ids;           /* that were seen */
    json_t              *names;         /* of users, whose they are */
    json_t              *part;
    int                  named;         /* ids may be any text */
    int                  admins;
} rtc_backup_items_t;


static int rtc_backup_document(rtc_backup_t *backup, json_t *document,
    const uint8_t seal[RTC_SEAL_KEY]);
static int rtc_backup_measure(rtc_backup_t *backup, const uint8_t *p,
    size_t len);
static int rtc_backup_items(rtc_backup_t *backup, const char *name,
    json_t *array, size_t max,
    int (*read)(rtc_backup_items_t *items, rtc_args_t *args, json_t *out));
static int rtc_backup_item(rtc_backup_items_t *items, json_t *item,
    int (*read)(rtc_backup_items_t *items, rtc_args_t *args, json_t *out));
static int rtc_backup_id(rtc_backup_items_t *items, rtc_args_t *args,
    json_t *out);
static int rtc_backup_room(rtc_backup_items_t *items, rtc_args_t *args,
    json_t *out);
static int rtc_backup_room_field(rtc_args_t *args, rtc_room_field_e i,
    uint8_t number[RTC_ROOM_NUMBER], rtc_str_t *value);
static int rtc_backup_user(rtc_backup_items_t *items, rtc_args_t *args,
    json_t *out);
static int rtc_backup_item_known(rtc_backup_items_t *items, rtc_args_t *args,
    const char *const *names);
static int rtc_backup_claim(rtc_backup_items_t *items, rtc_args_t *args,
    rtc_str_t name);
static int rtc_backup_append(json_t *out, rtc_str_t text);
static int rtc_backup_has(rtc_backup_items_t *items, rtc_args_t *args, int rc,
    const char *name);


static const char *const  rtc_backup_members[] = {
    "format", "version", "exported", "settings", "users", "rooms",
    "certificates", NULL
};

static const char *const  rtc_backup_user_members[] = {
    "_id", "name", "email", "role", "password", "created", NULL
};


int
rtc_backup_read(rtc_backup_t *backup, const uint8_t *text, size_t len,
    const uint8_t seal[RTC_SEAL_KEY])
{
    int            rc;
    json_t        *document;
    json_error_t   error;

    memset(backup, 0, sizeof(rtc_backup_t));

    if (rtc_backup_measure(backup, text, len) != RTC_OK) {
        return RTC_ERROR;
    }

    document = json_loadb((const char *) text, len, JSON_REJECT_DUPLICATES,
                          &error);
    if (document == NULL) {
        return rtc_backup_refuse(backup, "The document is not valid JSON "
                                 "(line %d, column %d).", error.line,
                                 error.column);
    }

    rc = rtc_backup_document(backup, document, seal);

    if (rc != RTC_OK && backup->error[0] == '\0') {
        (void) rtc_backup_refuse(backup, "There is no memory.");
    }

    json_decref(document);

    return rc;
}


void
rtc_backup_free(rtc_backup_t *backup)
{
    size_t  i;

    for (i = 0; i < backup->nparts; i++) {
        free(backup->parts[i]);
    }

    backup->nparts = 0;
}


static int
rtc_backup_document(rtc_backup_t *backup, json_t *document,
    const uint8_t seal[RTC_SEAL_KEY])
{
    const char  *format;

    format = json_string_value(json_object_get(document, "format"));

    if (format == NULL || strcmp(format, RTC_BACKUP_FORMAT) != 0) {
        return rtc_backup_refuse(backup, "This is no document of exportDb: "
                                 "format must be \"%s\".", RTC_BACKUP_FORMAT);
    }

    if (json_integer_value(json_object_get(document, "version"))
        != RTC_BACKUP_VERSION)
    {
        return rtc_backup_refuse(backup, "version must be %d.",
                                 RTC_BACKUP_VERSION);
    }

    backup->keys = json_object_get(document, "certificates") != NULL;

    if (rtc_backup_known(backup, "The document", document, rtc_backup_members)
        != RTC_OK
        || rtc_backup_settings(backup, json_object_get(document, "settings"),
                               seal) != RTC_OK
        || rtc_backup_certificates(backup, json_object_get(document,
                                                           "certificates"),
                                   seal) != RTC_OK
        || rtc_backup_items(backup, "users",
                            json_object_get(document, "users"),
                            RTC_BACKUP_USERS, rtc_backup_user) != RTC_OK)
    {
        return RTC_ERROR;
    }

    backup->nother = backup->nparts;
    backup->users = json_array_size(json_object_get(document, "users"));
    backup->rooms = json_array_size(json_object_get(document, "rooms"));

    return rtc_backup_items(backup, "rooms",
                            json_object_get(document, "rooms"),
                            RTC_BACKUP_ROOMS, rtc_backup_room);
}


/* a small value costs jansson a hundred times its text */

static int
rtc_backup_measure(rtc_backup_t *backup, const uint8_t *p, size_t len)
{
    int             string;
    size_t          objects, values;
    const uint8_t  *last;

    string = 0;
    objects = 0;
    values = 0;

    for (last = p + len; p < last; p++) {

        if (*p == '"') {
            string = !string;

        } else if (string) {
            p += *p == '\\';

        } else if (*p == '{' || *p == '[') {
            objects++;

        } else if (*p == ',') {
            values++;
        }
    }

    if (objects > RTC_BACKUP_OBJECTS || values > RTC_BACKUP_VALUES) {
        return rtc_backup_refuse(backup, "The document has more than %d rooms, "
                                 "%d users and their members.",
                                 RTC_BACKUP_ROOMS, RTC_BACKUP_USERS);
    }

    return RTC_OK;
}


static int
rtc_backup_items(rtc_backup_t *backup, const char *name, json_t *array,
    size_t max,
    int (*read)(rtc_backup_items_t *items, rtc_args_t *args, json_t *out))
{
    int                  rc;
    json_t              *item;
    rtc_backup_items_t   items;

    if (!json_is_array(array) || json_array_size(array) > max) {
        return rtc_backup_refuse(backup, "%s must be an array of at most %zu.",
                                 name, max);
    }

    memset(&items, 0, sizeof(rtc_backup_items_t));

    items.backup = backup;
    items.name = name;
    items.ids = json_object();
    items.names = json_object();
    items.named = read == rtc_backup_room;

    rc = items.ids && items.names ? RTC_OK : RTC_ERROR;

    json_array_foreach(array, items.i, item) {

        if (rc == RTC_OK) {
            rc = rtc_backup_item(&items, item, read);
        }

        if (rc == RTC_OK && json_array_size(items.part) == RTC_BACKUP_BATCH) {
            rc = rtc_backup_part(backup, name, items.part);
            items.part = NULL;
        }

        if (rc != RTC_OK) {
            break;
        }
    }

    if (rc == RTC_OK && items.part != NULL) {
        rc = rtc_backup_part(backup, name, items.part);
        items.part = NULL;
    }

    if (rc == RTC_OK && read == rtc_backup_user && !items.admins) {
        rc = rtc_backup_refuse(backup, "users has no administrator.");
    }

    json_decref(items.part);
    json_decref(items.ids);
    json_decref(items.names);

    return rc;
}


static int
rtc_backup_item(rtc_backup_items_t *items, json_t *item,
    int (*read)(rtc_backup_items_t *items, rtc_args_t *args, json_t *out))
{
    int         rc;
    json_t     *out;
    rtc_args_t  args;

    if (!json_is_object(item)) {
        return rtc_backup_refuse(items->backup, "%s[%zu] must be an object.",
                                 items->name, items->i);
    }

    if (items->part == NULL) {
        items->part = json_array();
    }

    out = json_array();

    if (items->part == NULL || json_array_append(items->part, out) != 0) {
        json_decref(out);
        return RTC_ERROR;
    }

    rtc_args_init(&args);
    args.json = json_incref(item);

    rc = rtc_backup_id(items, &args, out);

    if (rc == RTC_OK) {
        rc = read(items, &args, out);
    }

    if (rc != RTC_OK && args.error[0] != '\0') {
        (void) rtc_backup_refuse(items->backup, "%s[%zu]: %s", items->name,
                                 items->i, args.error);
    }

    rtc_args_free(&args);
    json_decref(out);

    return rc;
}


static int
rtc_backup_id(rtc_backup_items_t *items, rtc_args_t *args, json_t *out)
{
    int        rc;
    rtc_str_t  id;

    rc = items->named ? rtc_args_bytes(args, "_id", 1, RTC_ARGS_ROOM, &id)
                      : rtc_args_named_id(args, "_id", &id);

    if (rtc_backup_has(items, args, rc, "_id") != RTC_OK) {
        return RTC_ERROR;
    }

    if (json_object_get(items->ids, (const char *) id.data) != NULL) {
        return rtc_args_refuse(args, "_id is there twice.");
    }

    if (json_object_set_new(items->ids, (const char *) id.data, json_true())
        != 0)
    {
        return RTC_ERROR;
    }

    return rtc_backup_append(out, id);
}


/* its id, then the fields in their order */

static int
rtc_backup_room(rtc_backup_items_t *items, rtc_args_t *args, json_t *out)
{
    int                      rc;
    size_t                   i;
    uint8_t                  number[RTC_ROOM_NUMBER];
    rtc_str_t                value;
    const char              *names[rtc_room_n + 2];
    const rtc_room_field_t  *field;

    if (json_object_get(items->ids, RTC_ROOM_TEST) != NULL) {
        return rtc_args_refuse(args, "this _id is not for rooms.");
    }

    for (i = 0; i < rtc_room_n; i++) {

        field = &rtc_room_fields[i];
        names[i] = field->name;

        rc = rtc_backup_room_field(args, i, number, &value);

        if (field->required) {
            rc = rtc_backup_has(items, args, rc, field->name);
        }

        if (rc == RTC_ERROR) {
            return RTC_ERROR;
        }

        if (rc == RTC_DECLINED) {
            value.data = (const uint8_t *) field->value;
            value.len = strlen(field->value);
        }

        if (rtc_backup_append(out, value) != RTC_OK) {
            return RTC_ERROR;
        }
    }

    names[rtc_room_n] = "_id";
    names[rtc_room_n + 1] = NULL;

    return rtc_backup_item_known(items, args, names);
}


/*
 * What LiveKit's server API and tokens make is not as strict: a room's name is
 * its id, and as many as like may come
 */

static int
rtc_backup_room_field(rtc_args_t *args, rtc_room_field_e i,
    uint8_t number[RTC_ROOM_NUMBER], rtc_str_t *value)
{
    json_t  *item;

    item = rtc_args_get(args, rtc_room_fields[i].name);

    switch (i) {

    case rtc_room_name:
        return json_is_string(item)
               && json_equal(item, rtc_args_get(args, "_id"))
               ? rtc_args_bytes(args, "name", 1, RTC_ARGS_ROOM, value)
               : rtc_room_arg(args, i, number, value);

    case rtc_room_max_participants:

        if (json_is_integer(item) && json_integer_value(item) == 0
            && rtc_args_get(args, "departure_timeout"))
        {
            value->data = (const uint8_t *) "0";
            value->len = 1;
            return RTC_OK;
        }

        /* fall through */

    default:
        return rtc_room_arg(args, i, number, value);
    }
}


/* id, name, address, hash, role, time */

static int
rtc_backup_user(rtc_backup_items_t *items, rtc_args_t *args, json_t *out)
{
    char       number[RTC_ROOM_NUMBER];
    int64_t    created;
    rtc_str_t  name, email, role, hash, time;

    email.data = (const uint8_t *) "";
    email.len = 0;
    created = 0;

    if (rtc_backup_has(items, args, rtc_user_name(args, &name), "name")
        != RTC_OK
        || rtc_user_email(args, &email) == RTC_ERROR
        || rtc_backup_has(items, args, rtc_user_role(args, &role), "role")
           != RTC_OK
        || rtc_backup_has(items, args, rtc_user_hash(args, &hash), "password")
           != RTC_OK
        || rtc_args_integer(args, "created", 0, RTC_ARGS_TIME_MAX, &created)
           == RTC_ERROR)
    {
        return RTC_ERROR;
    }

    time.data = (const uint8_t *) number;
    time.len = snprintf(number, sizeof(number), "%" PRId64, created);

    items->admins |= rtc_str_eq(role, "admin");

    if (rtc_backup_claim(items, args, name) != RTC_OK
        || rtc_backup_claim(items, args, email) != RTC_OK
        || rtc_backup_append(out, name) != RTC_OK
        || rtc_backup_append(out, email) != RTC_OK
        || rtc_backup_append(out, hash) != RTC_OK
        || rtc_backup_append(out, role) != RTC_OK
        || rtc_backup_append(out, time) != RTC_OK)
    {
        return RTC_ERROR;
    }

    return rtc_backup_item_known(items, args, rtc_backup_user_members);
}


static int
rtc_backup_item_known(rtc_backup_items_t *items, rtc_args_t *args,
    const char *const *names)
{
    char  where[64];

    snprintf(where, sizeof(where), "%s[%zu]", items->name, items->i);

    return rtc_backup_known(items->backup, where, args->json, names);
}


/* a name and an address are the same to people who sign in */

static int
rtc_backup_claim(rtc_backup_items_t *items, rtc_args_t *args, rtc_str_t name)
{
    char     key[RTC_USER_EMAIL_MAX + 1];
    size_t   i;
    json_t  *owner;

    if (name.len == 0) {
        return RTC_OK;
    }

    for (i = 0; i < name.len; i++) {
        key[i] = tolower(name.data[i]);
    }

    key[i] = '\0';

    owner = json_object_get(items->names, key);

    if (owner != NULL && json_integer_value(owner) != (json_int_t) items->i) {
        return rtc_args_refuse(args, "another user has this name or address.");
    }

    return json_object_set_new(items->names, key, json_integer(items->i)) == 0
           ? RTC_OK : RTC_ERROR;
}


static int
rtc_backup_append(json_t *out, rtc_str_t text)
{
    return json_array_append_new(out, json_stringn_nocheck(
                                          (const char *) text.data, text.len))
           == 0 ? RTC_OK : RTC_ERROR;
}


/* a member that has to be there */

static int
rtc_backup_has(rtc_backup_items_t *items, rtc_args_t *args, int rc,
    const char *name)
{
    return rc == RTC_DECLINED ? rtc_args_missing(args, name) : rc;
}


int
rtc_backup_part(rtc_backup_t *backup, const char *name, json_t *value)
{
    char    *text;
    json_t  *part;

    part = json_pack("{s:o}", name, value);
    text = part ? json_dumps(part, JSON_COMPACT) : NULL;

    json_decref(part);

    if (text == NULL || backup->nparts == RTC_BACKUP_PARTS) {
        free(text);
        return RTC_ERROR;
    }

    backup->parts[backup->nparts++] = text;

    return RTC_OK;
}


int
rtc_backup_known(rtc_backup_t *backup, const char *where, json_t *object,
    const char *const *names)
{
    size_t       i;
    json_t      *value;
    const char  *key;

    json_object_foreach(object, key, value) {

        for (i = 0; names[i] != NULL && strcmp(names[i], key) != 0; i++) {
            /* void */
        }

        if (names[i] == NULL) {
            return rtc_backup_unknown(backup, where, key);
        }
    }

    return RTC_OK;
}


/* a name may be anything, the sentence is ASCII */

int
rtc_backup_unknown(rtc_backup_t *backup, const char *where, const char *name)
{
    char    shown[64];
    size_t  i;

    for (i = 0; i < sizeof(shown) - 1 && name[i] != '\0'; i++) {
        shown[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    }

    shown[i] = '\0';

    return rtc_backup_refuse(backup, "%s has an unknown member \"%s\".", where,
                             shown);
}


int
rtc_backup_refuse(rtc_backup_t *backup, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(backup->error, sizeof(backup->error), format, args);
    va_end(args);

    return RTC_ERROR;
}
