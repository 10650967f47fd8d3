
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_backup.h"
#include "tap.h"


#define ID(n)    "\"_id\":\"65380ec8a33be4cd87d03e4" n "\""
#define HASH     "$y$j9T$pdnQQ3ECEwNgvTaPz2fZk/"                              \
                 "$viz2L6of.o62utqEQldjVEpFycEw7GsvNj3g9M0e4YB"
#define OWNER    "\"user_id\":\"65380ec8a33be4cd87d03e4f\""
#define HEAD     "{\"format\":\"conference\",\"version\":1"

#define KEY(secret)                                                           \
    "{\"secret\":\"" secret "\",\"label\":\"l\",\"created\":1}"

#define ADMIN                                                                 \
    "{" ID("a") ",\"name\":\"Admin\",\"role\":\"admin\",\"password\":\""     \
    HASH "\"}"

#define ROOM(n)  "{" ID(n) "," OWNER ",\"name\":\"r" n "\"}"


static const uint8_t  seal[RTC_SEAL_KEY];
static rtc_backup_t   backup;


static int
read_text(const char *text, size_t len)
{
    int    rc;
    char  *copy;

    rtc_backup_free(&backup);

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);

    rc = rtc_backup_read(&backup, (uint8_t *) copy, len, seal);

    free(copy);

    return rc;
}


static int
document(const char *settings, const char *users, const char *rooms)
{
    char  text[8192];

    snprintf(text, sizeof(text),
             HEAD ",\"settings\":%s,\"users\":%s,\"rooms\":%s}", settings,
             users, rooms);

    return read_text(text, strlen(text));
}


static void
refused(const char *settings, const char *users, const char *rooms,
    const char *error)
{
    is_int(document(settings, users, rooms), RTC_ERROR, "refused");
    is_str(backup.error, error, "and says why");
}


static void
test_parts(void)
{
    size_t  i;

    static const char  text[] =
        HEAD ",\"exported\":1,"
        "\"settings\":{\"domain_name\":\"Meet.Example.com\"},"
        "\"users\":[" ADMIN "],\"rooms\":[" ROOM("1") "," ROOM("2") "],"
        "\"certificates\":[]}";

    is_int(read_text(text, sizeof(text) - 1), RTC_OK, "a document");
    is_int(backup.rooms, 2, "rooms");
    is_int(backup.users, 1, "users");
    is_int(backup.keys, 1, "all that is secret");
    is_int(backup.nparts, 4, "parts");
    is_int(backup.nother, 3, "without rooms");
    is_str(backup.parts[0],
           "{\"settings\":[\"domain_name\",\"meet.example.com\"]}", "settings");
    is_str(backup.parts[1], "{\"certificates\":[]}", "certificates");
    is_str(backup.parts[2], "{\"users\":[[\"65380ec8a33be4cd87d03e4a\","
           "\"Admin\",\"\",\"" HASH "\",\"admin\",\"0\"]]}", "users");
    is_str(backup.parts[3],
           "{\"rooms\":[[\"65380ec8a33be4cd87d03e41\",\"r1\","
           "\"65380ec8a33be4cd87d03e4f\",\"MEDIA_TYPE_VIDEO_AUDIO\",\"50\","
           "\"1\",\"0\",\"1\",\"1\",\"0\",\"ROOM_COMPOSITE_GRID\",\"\","
           "\"0\",\"0\",\"\",\"\",\"\"],[\"65380ec8a33be4cd87d03e42\",\"r2\","
           "\"65380ec8a33be4cd87d03e4f\",\"MEDIA_TYPE_VIDEO_AUDIO\",\"50\","
           "\"1\",\"0\",\"1\",\"1\",\"0\",\"ROOM_COMPOSITE_GRID\",\"\","
           "\"0\",\"0\",\"\",\"\",\"\"]]}", "rooms with what they do not say");

    for (i = 0; i < sizeof(text) - 1; i++) {
        if (read_text(text, i) != RTC_ERROR) {
            break;
        }
    }

    is_int(i, sizeof(text) - 1, "nothing shorter is a document");
}


static void
test_named(void)
{
    is_int(document("{}", "[" ADMIN "]",
                    "[{\"_id\":\"a/\\n:rev\"," OWNER
                    ",\"name\":\"a/\\n:rev\",\"max_participants\":0,"
                    "\"metadata\":\"\\u0001\",\"empty_timeout\":300,"
                    "\"departure_timeout\":20}]"),
           RTC_OK, "a room that an application named");
    is_str(backup.parts[2],
           "{\"rooms\":[[\"a/\\n:rev\",\"a/\\n:rev\","
           "\"65380ec8a33be4cd87d03e4f\",\"MEDIA_TYPE_VIDEO_AUDIO\",\"0\","
           "\"1\",\"0\",\"1\",\"1\",\"0\",\"ROOM_COMPOSITE_GRID\",\"\","
           "\"0\",\"0\",\"\\u0001\",\"300\",\"20\"]]}", "as it is");
}


static void
test_refused(void)
{
    is_int(read_text("[]", 2), RTC_ERROR, "an array");
    is_int(read_text("{}", 2), RTC_ERROR, "nothing");
    is_str(backup.error, "This is no document of exportDb: format must be "
           "\"conference\".", "says so");

    refused("{}", "[]", "[]", "users has no administrator.");
    refused("{}", "{}", "[]", "users must be an array of at most 4000.");
    refused("[]", "[" ADMIN "]", "[]", "settings must be an object.");
    refused("{}", "[" ADMIN "]", "[1]", "rooms[0] must be an object.");
    refused("{}", "[" ADMIN "]", "[{" ID("1") "," OWNER "}]",
            "rooms[0]: name is required.");
    refused("{}", "[" ADMIN "]", "[{" ID("1") ",\"name\":\"x\"}]",
            "rooms[0]: user_id is required.");
    refused("{}", "[" ADMIN "]", "[" ROOM("1") "," ROOM("1") "]",
            "rooms[1]: _id is there twice.");
    refused("{}", "[{" ID("G") "}]", "[]",
            "users[0]: _id must be a string of 24 hexadecimal digits in lower "
            "case.");
    refused("{}", "[" ADMIN "]", "[{\"_id\":\"\"}]",
            "rooms[0]: _id must be a string of 1 to 256 bytes.");
    refused("{}", "[" ADMIN "]",
            "[{\"_id\":\"a\"," OWNER ",\"name\":\"a\\n\"}]",
            "rooms[0]: name must be a string of 1 to 200 characters without "
            "control characters.");
    refused("{}", "[" ADMIN "]",
            "[{\"_id\":\"a\"," OWNER ",\"name\":\"a\",\"metadata\":1}]",
            "rooms[0]: metadata must be a string of 0 to 65536 bytes.");
    refused("{}", "[" ADMIN "]", "[{\"_id\":\"" RTC_ROOM_TEST "\"}]",
            "rooms[0]: this _id is not for rooms.");
    refused("{}", "[" ADMIN "]",
            "[{" ID("1") "," OWNER ",\"name\":\"x\",\"max_participants\":0}]",
            "rooms[0]: max_participants must be an integer from 1 to 10000.");
    refused("{}", "[" ADMIN "]",
            "[{" ID("1") "," OWNER ",\"name\":\"x\",\"ho\u00e9\\n\":0}]",
            "rooms[0] has an unknown member \"ho???\".");
    refused("{}", "[" ADMIN ",{" ID("b") ",\"name\":\"b\",\"email\":\"x@y\","
            "\"role\":\"member\",\"password\":\"" HASH "\"},{" ID("c")
            ",\"name\":\"X@Y\",\"role\":\"member\",\"password\":\"" HASH
            "\"}]", "[]", "users[2]: another user has this name or address.");
    refused("{}", "[{" ID("a") ",\"name\":\"a\",\"role\":\"admin\","
            "\"password\":\"$6$rounds=999999999$x$y\"}]", "[]",
            "users[0]: password must be a hash that this server has made "
            "(yescrypt).");
    refused("{\"x\":1}", "[" ADMIN "]", "[]",
            "settings has an unknown member \"x\".");
    refused("{\"livekit_key\":\"a\",\"livekit_secret\":\"b\"}",
            "[" ADMIN "]", "[]", "settings: livekit_key and livekit_secret "
            "need certificates beside them, be it an empty array.");
}


/* keys beside the pair, and webhooks */

static void
test_keys(void)
{
    size_t       i;
    char         text[1024];
    const char  *settings;

    static const struct {
        const char  *settings;
        const char  *error;                 /* how it begins; "": none */
    } cases[] = {
        { "\"livekit_keys\":{}", "" },
        { "\"livekit_keys\":{\"a\":" KEY("s") "},\"webhooks\":"
          "{\"urls\":[\"http://a\"],\"api_key\":\"a\"}", "" },
        { "\"livekit_keys\":[]", "settings: livekit_keys must be an object" },
        { "\"livekit_keys\":{\"a b\":" KEY("s") "}",
          "settings: livekit_keys must have keys" },
        { "\"livekit_keys\":{\"a\":" KEY("") "}",
          "settings: livekit_keys must have keys" },
        { "\"livekit_keys\":{\"a\":{\"secret\":\"s\",\"label\":\"\\n\","
          "\"created\":1}}", "settings: livekit_keys must have keys" },
        { "\"webhooks\":{\"urls\":[\"ftp://a\"]}",
          "settings: webhooks must have urls" },
        { "\"webhooks\":[]", "settings: webhooks must have urls" }
    };

    for (i = 0; i < rtc_nelts(cases); i++) {
        settings = cases[i].settings;

        snprintf(text, sizeof(text), HEAD ",\"settings\":{%s},\"users\":["
                 ADMIN "],\"rooms\":[],\"certificates\":[]}", settings);

        is_int(read_text(text, strlen(text)),
               cases[i].error[0] ? RTC_ERROR : RTC_OK, settings);
        ok(strncmp(backup.error, cases[i].error, strlen(cases[i].error)) == 0,
           cases[i].error);

        if (backup.nparts) {
            ok(strstr(backup.parts[0], "secret\\\":\\\"s\\") == NULL,
               "no secret is open");
        }
    }

    refused("{\"livekit_keys\":{}}", "[" ADMIN "]", "[]",
            "settings: livekit_keys needs certificates beside it, be it an "
            "empty array.");
}


static void
test_large(void)
{
    char    *text;
    size_t   i, n;

    /* a small value costs much memory */

    n = 8 * 1024 * 1024;
    text = malloc(n);

    for (i = 0; i + 3 <= n; i += 3) {
        memcpy(text + i, "{},", 3);
    }

    is_int(rtc_backup_read(&backup, (uint8_t *) text, n, seal), RTC_ERROR,
           "millions of objects");
    is_str(backup.error, "The document has more than 25000 rooms, 4000 users "
           "and their members.", "are refused before they are read");

    free(text);
}


int
main(void)
{
    test_parts();
    test_named();
    test_refused();
    test_keys();
    test_large();

    rtc_backup_free(&backup);

    return done();
}
