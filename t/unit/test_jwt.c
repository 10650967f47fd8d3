
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "rtc_base64.h"
#include "rtc_crypto.h"
#include "rtc_jwt.h"
#include "tap.h"


#define NOW     1700000000
#define HS256   "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define SECRET  "secret-of-thirty-two-characters-"

#define CLAIMS(video)                                                         \
    "{\"iss\":\"APIa\",\"sub\":\"ann\",\"exp\":1700000600,\"video\":" video "}"


static uint8_t         token[RTC_JWT_MAX * 2], mem[RTC_JWT_MAX];
static rtc_grant_t     grant;
static rtc_jwt_keys_t  keys;
static const char     *reason;


/* a token of any header and payload */

static size_t
sign(const char *header, const char *payload, const char *secret)
{
    uint8_t  *p, digest[RTC_SHA256_LEN];

    p = rtc_base64url_encode(token, (uint8_t *) header, strlen(header));
    *p++ = '.';
    p = rtc_base64url_encode(p, (uint8_t *) payload, strlen(payload));

    rtc_hmac_sha256(digest, secret, strlen(secret), token, p - token);

    *p++ = '.';
    p = rtc_base64url_encode(p, digest, sizeof(digest));

    return p - token;
}


/* verifies in memory of the exact size, so that a sanitizer sees an overrun */

static int
verify(size_t len, uint64_t now)
{
    int       rc;
    uint8_t  *copy;

    reason = NULL;

    copy = malloc(len + 1);
    memcpy(copy, token, len);

    rc = rtc_jwt_verify_access(&grant, mem, copy, len, &keys, now, &reason);

    free(copy);

    return rc;
}


static int
verify_claims(const char *payload)
{
    return verify(sign(HS256, payload, SECRET), NOW);
}


static void
test_base64(void)
{
    size_t          i, n;
    uint8_t         buf[16], out[16];
    static uint8_t  src[] = { 0xff, 0xfe, 0xfd, 0x00, 0x3f, 0xbe };

    static const char *const  want[] = {
        "", "_w", "__4", "__79", "__79AA", "__79AD8", "__79AD--"
    };

    for (i = 0; i <= sizeof(src); i++) {
        n = rtc_base64url_encode(buf, src, i) - buf;

        ok(n == strlen(want[i]) && memcmp(buf, want[i], n) == 0, want[i]);
        is_int(n, rtc_base64url_encoded_len(i), "encoded length");
        is_int(rtc_base64url_decoded_len(n), i, "decoded length");
        is_int(rtc_base64url_decode(out, buf, n), RTC_OK, "decoded");
        is_mem(out, src, i, "the same bytes");
    }

    is_int(rtc_base64url_decode(out, (uint8_t *) "A", 1), RTC_ERROR,
           "impossible length");
    is_int(rtc_base64url_decode(out, (uint8_t *) "_x", 2), RTC_ERROR,
           "pad bits");
    is_int(rtc_base64url_decode(out, (uint8_t *) "AA+/", 4), RTC_ERROR,
           "the other alphabet");
    is_int(rtc_base64url_decode(out, (uint8_t *) "AA==", 4), RTC_ERROR,
           "padding");
}


static void
test_crypto(void)
{
    uint8_t               digest[RTC_SHA256_LEN];
    static const uint8_t  want[] = {    /* RFC 4231, test case 2 */
        0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e,
        0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
        0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83,
        0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43
    };
    static const uint8_t  abc[] = {     /* FIPS 180-4, "abc" */
        0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
        0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
        0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
        0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad
    };

    is_int(rtc_hmac_sha256(digest, "Jefe", 4, "what do ya want for nothing?",
                           28), RTC_OK, "HMAC");
    ok(rtc_equal(digest, want, sizeof(want)), "RFC 4231");

    is_int(rtc_sha256(digest, "abc", 3), RTC_OK, "SHA-256");
    ok(rtc_equal(digest, abc, sizeof(abc)), "FIPS 180-4");

    digest[31] ^= 1;
    ok(!rtc_equal(digest, abc, sizeof(abc)), "one bit");
    is_int(rtc_random(digest, sizeof(digest)), RTC_OK, "random");
}


static void
test_keys(void)
{
    int             rc;
    size_t          i;
    char            many[RTC_JWT_KEYS_FILE * 8 + 16];
    rtc_jwt_keys_t  k;

    static const char  text[] =
        "# keys\n\nAPIa: " SECRET "\r\n  \"APIb\" :'other: secret'  \nAPIc:c";

    is_int(rtc_jwt_parse_keys(&keys, (uint8_t *) text, sizeof(text) - 1,
                              &reason), RTC_OK, "key file");
    is_int(keys.nelts, 3, "three keys");
    ok(rtc_str_eq(keys.elts[0].name, "APIa"), "a name");
    ok(rtc_str_eq(keys.elts[0].secret, SECRET), "a secret");
    ok(rtc_str_eq(keys.elts[1].name, "APIb"), "a name in quotes");
    ok(rtc_str_eq(keys.elts[1].secret, "other: secret"), "a secret in quotes");
    ok(rtc_str_eq(keys.elts[2].secret, "c"), "no line feed at the end");

    for (i = 0; i < sizeof(text) - 1; i++) {
        rc = rtc_jwt_parse_keys(&k, (uint8_t *) text, i, &reason);
        ok(rc == RTC_OK || rc == RTC_ERROR, "cut key file");
    }

    is_int(rtc_jwt_parse_keys(&k, (uint8_t *) "", 0, &reason), RTC_ERROR,
           "no key");
    is_int(rtc_jwt_parse_keys(&k, (uint8_t *) "APIa:", 5, &reason), RTC_ERROR,
           "empty secret");
    is_int(rtc_jwt_parse_keys(&k, (uint8_t *) ":x", 2, &reason), RTC_ERROR,
           "empty name");
    is_int(rtc_jwt_parse_keys(&k, (uint8_t *) "key", 3, &reason), RTC_ERROR,
           "no colon");

    for (i = 0; i <= RTC_JWT_KEYS_FILE; i++) {
        memcpy(many + i * 4, "a:b\n", 4);
    }

    is_int(rtc_jwt_parse_keys(&k, (uint8_t *) many, i * 4, &reason), RTC_ERROR,
           "too many keys");
}


static void
test_grant(void)
{
    is_int(verify_claims(CLAIMS("{\"roomJoin\":true,\"room\":\"r\"}")), RTC_OK,
           "a plain token");
    ok(rtc_str_eq(grant.identity, "ann"), "identity");
    ok(rtc_str_eq(grant.room, "r"), "room");
    ok(rtc_str_eq(grant.key, "APIa"), "key");
    is_int(grant.exp, NOW + 600, "exp");
    ok(grant.room_join && grant.can_publish && grant.can_subscribe
       && grant.can_publish_data, "defaults that allow");
    ok(!grant.can_update_metadata && !grant.hidden && !grant.room_admin,
       "defaults that forbid");
    is_int(grant.sources, RTC_SOURCE_ALL, "every source");

    is_int(verify_claims(CLAIMS("{\"canPublish\":false}")), RTC_OK, "viewer");
    ok(!grant.can_publish && !grant.can_publish_data && !grant.room_join,
       "canPublishData is as canPublish");

    is_int(verify_claims(CLAIMS("{\"canPublish\":false,\"canPublishData\":true,"
                                "\"canPublishSources\":[\"camera\",\"x\"],"
                                "\"canSubscribe\":null,\"hidden\":true}")),
           RTC_OK, "tri-states");
    ok(grant.can_publish_data && grant.can_subscribe && grant.hidden,
       "explicit and null");
    is_int(grant.sources, RTC_SOURCE_CAMERA, "one source");

    is_int(verify_claims(CLAIMS("{\"canPublishSources\":[\"x\"]}")), RTC_OK,
           "unknown sources");
    is_int(grant.sources, 0, "are no sources");

    is_int(verify_claims("{\"iss\":\"APIa\",\"jti\":\"bob\",\"exp\":1700000600,"
                         "\"sub\":\"\",\"name\":\"B \\u20ac\",\"metadata\":"
                         "\"{}\",\"attributes\":{\"a\":\"1\",\"b\":\"\"},"
                         "\"kind\":\"agent\",\"kindDetails\":["
                         "\"cloud_agent\",\"simulation\",\"x\"],"
                         "\"video\":{}}"),
           RTC_OK, "everything else");
    ok(rtc_str_eq(grant.identity, "bob"), "identity of jti");
    ok(rtc_str_eq(grant.name, "B \xe2\x82\xac"), "name");
    ok(rtc_str_eq(grant.metadata, "{}"), "metadata");
    is_int(grant.nattrs, 2, "attributes");
    is_int(grant.kind, 4, "kind");
    is_int(grant.kind_details, 1 | 1 << 5, "its details");
    is_int(grant.issued, 0, "it does not say when it was issued");
    is_int(grant.room_config.len, 0, "nor what a room is like");

    is_int(verify_claims("{\"iss\":\"APIa\",\"sub\":\"bob\",\"exp\":1700000600,"
                         "\"iat\":1699999999,\"nbf\":1,\"roomConfig\":{"
                         "\"emptyTimeout\": 5},\"video\":{}}"),
           RTC_OK, "a token with both");
    is_int(grant.issued, 1699999999, "when");
    ok(rtc_str_eq(grant.room_config, "{\"emptyTimeout\":5}"), "what");
    is_int(verify_claims("{\"iss\":\"APIa\",\"sub\":\"bob\",\"exp\":1700000600,"
                         "\"kindDetails\":[7],\"video\":{}}"),
           RTC_ERROR, "no details");
    is_int(verify_claims("{\"iss\":\"APIa\",\"sub\":\"bob\",\"exp\":1700000600,"
                         "\"roomConfig\":7,\"video\":{}}"),
           RTC_ERROR, "no such configuration");

    is_int(verify_claims(CLAIMS("null")), RTC_ERROR, "no video grant");
    is_str(reason, "no permissions to access the room", "says so");
    is_int(verify_claims(CLAIMS("[]")), RTC_ERROR, "video is an array");
    is_int(verify_claims(CLAIMS("{\"roomJoin\":1}")), RTC_ERROR, "no bool");
    is_int(verify_claims(CLAIMS("{\"room\":1}")), RTC_ERROR, "1 is no room");
    is_int(verify_claims(CLAIMS("{\"canPublishSources\":[1]}")), RTC_ERROR,
           "1 is no source");
    is_int(verify_claims(CLAIMS("{\"room\":\"\\u0000\"}")), RTC_ERROR,
           "NUL in a string");
}


static void
test_refused(void)
{
    size_t  n, i;
    char    long_id[RTC_JWT_IDENTITY_MAX + 128];

    static const char  video[] = CLAIMS("{\"room\":\"r\"}");

    n = sign(HS256, video, "wrong");
    is_int(verify(n, NOW), RTC_ERROR, "wrong secret");
    is_str(reason, "invalid authorization token: the signature is wrong",
           "says so");

    n = sign("{\"alg\":\"none\"}", video, SECRET);
    is_int(verify(n, NOW), RTC_ERROR, "alg none with a signature");
    is_int(verify(n - 43, NOW), RTC_ERROR, "alg none without");

    n = sign("{\"alg\":\"HS512\",\"typ\":\"JWT\"}", video, SECRET);
    is_int(verify(n, NOW), RTC_ERROR, "HS512 in the header");

    is_int(verify_claims("{\"iss\":\"APIx\",\"exp\":1700000600}"), RTC_ERROR,
           "unknown key");
    is_str(reason, "invalid API key", "says so");
    is_int(verify_claims("{\"exp\":1700000600}"), RTC_ERROR, "no key");
    is_int(verify_claims("{\"iss\":\"APIa\",\"video\":{}}"), RTC_ERROR,
           "no exp");
    is_int(verify_claims("{\"iss\":\"APIa\",\"exp\":\"1\",\"video\":{}}"),
           RTC_ERROR, "exp is a string");
    is_int(verify_claims("{\"iss\":\"APIa\",\"exp\":-1,\"video\":{}}"),
           RTC_ERROR, "exp before 1970");
    is_int(verify_claims("{\"iss\":\"APIa\",\"exp\":1e300,\"video\":{}}"),
           RTC_ERROR, "exp beyond all years");
    is_int(verify_claims("{\"iss\":\"APIa\",\"exp\":1700000600,\"exp\":1}"),
           RTC_ERROR, "exp twice");

    n = sign(HS256, video, SECRET);
    is_int(verify(n, NOW + 659), RTC_OK, "within the leeway");
    is_int(verify(n, NOW + 660), RTC_ERROR, "expired");
    is_str(reason, "invalid authorization token: the token is expired",
           "says so");

    n = sign(HS256, "{\"iss\":\"APIa\",\"exp\":1700009999,\"nbf\":1700000000,"
                    "\"video\":{}}", SECRET);
    is_int(verify(n, NOW - 60), RTC_OK, "nbf within the leeway");
    is_int(verify(n, NOW - 61), RTC_ERROR, "nbf not reached");

    snprintf(long_id, sizeof(long_id), "{\"iss\":\"APIa\",\"exp\":1700009999,"
             "\"video\":{},\"sub\":\"%0256d\"}", 0);
    is_int(verify_claims(long_id), RTC_OK, "longest identity");

    snprintf(long_id, sizeof(long_id), "{\"iss\":\"APIa\",\"exp\":1700009999,"
             "\"video\":{},\"sub\":\"%0257d\"}", 0);
    is_int(verify_claims(long_id), RTC_ERROR, "longer");

    n = sign(HS256, video, SECRET);

    for (i = 0; i < n; i++) {
        is_int(verify(i, NOW), RTC_ERROR, "cut");
    }

    for (i = 0; i < n; i++) {
        token[i] ^= 1;
        is_int(verify(n, NOW), RTC_ERROR, "a changed bit");
        token[i] ^= 1;
    }

    token[n] = '=';
    is_int(verify(n + 1, NOW), RTC_ERROR, "one byte more");
    token[n] = '\0';
    is_int(verify(n + 1, NOW), RTC_ERROR, "a zero more");

    memset(token, 'A', sizeof(token));
    is_int(verify(sizeof(token), NOW), RTC_ERROR, "huge");
    token[10] = token[20] = '.';
    is_int(verify(sizeof(token), NOW), RTC_ERROR, "huge with dots");
    memset(token, '.', 100);
    is_int(verify(100, NOW), RTC_ERROR, "dots");
}


static void
test_deep(void)
{
    size_t  n;
    char    deep[16384];

    n = sprintf(deep, "{\"iss\":\"APIa\",\"exp\":1700000600,\"video\":");
    memset(deep + n, '[', sizeof(deep) - n - 1);
    deep[sizeof(deep) - 1] = '\0';

    is_int(verify_claims(deep), RTC_ERROR, "deep nesting");
}


static void
test_access(void)
{
    ssize_t      n, m;
    rtc_grant_t  g;

    memset(&g, 0, sizeof(g));

    g.identity = (rtc_str_t) rtc_string("ann");
    g.name = (rtc_str_t) rtc_string("Ann \"\n\xc3\xa9");
    g.metadata = (rtc_str_t) rtc_string("{\"a\":1}");
    g.room = (rtc_str_t) rtc_string("65380ec8a33be4cd87d03e4f");
    g.attrs[0].name = (rtc_str_t) rtc_string("k");
    g.attrs[0].value = (rtc_str_t) rtc_string("v");
    g.nattrs = 1;
    g.kind = 4;
    g.kind_details = 2;
    g.exp = NOW + 600;
    g.room_join = 1;
    g.can_publish = 1;
    g.can_update_metadata = 1;
    g.sources = RTC_SOURCE_MICROPHONE;

    n = rtc_jwt_sign_access(token, sizeof(token), &g, &keys.elts[1], NOW);

    ok(n > 0, "signed");
    is_int(verify(n, NOW), RTC_OK, "verified");
    ok(rtc_str_eq(grant.key, "APIb"), "by the second key");
    ok(rtc_str_eq(grant.identity, "ann"), "identity");
    ok(rtc_str_eq(grant.name, "Ann \"\n\xc3\xa9"), "name");
    ok(rtc_str_eq(grant.metadata, "{\"a\":1}"), "metadata");
    ok(rtc_str_eq(grant.room, "65380ec8a33be4cd87d03e4f"), "room");
    is_int(grant.nattrs, 1, "attributes");
    ok(rtc_str_eq(grant.attrs[0].name, "k"), "attribute's name");
    ok(rtc_str_eq(grant.attrs[0].value, "v"), "attribute's value");
    is_int(grant.kind, 4, "kind");
    is_int(grant.kind_details, 2, "its details");
    is_int(grant.exp, NOW + 600, "exp");
    is_int(grant.sources, RTC_SOURCE_MICROPHONE, "sources");
    ok(grant.room_join && grant.can_publish && grant.can_update_metadata,
       "allowed");
    ok(!grant.can_subscribe && !grant.can_publish_data && !grant.hidden,
       "forbidden");

    for (m = 0; m < n; m++) {
        is_int(rtc_jwt_sign_access(token, m, &g, &keys.elts[1], NOW),
               RTC_ERROR, "does not fit");
    }

    g.sources = 0;
    n = rtc_jwt_sign_access(token, sizeof(token), &g, &keys.elts[0], NOW);
    is_int(verify(n, NOW), RTC_OK, "no sources");
    is_int(grant.sources, 0, "stay none");

    g.name = (rtc_str_t) rtc_string("\xff");
    is_int(rtc_jwt_sign_access(token, sizeof(token), &g, &keys.elts[0], NOW),
           RTC_ERROR, "a name that is not UTF-8");
}


static void
test_api(void)
{
    ssize_t               i, n;
    rtc_jwt_api_t         api;
    static const uint8_t  id[] = "652ecb03a33be4cd87cfd990";

    static const char  want[] =
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
        "eyJpZCI6IjY1MmVjYjAzYTMzYmU0Y2Q4N2NmZDk5MCIsImlhdCI6MTcwMDAwMDAwMCwi"
        "ZXhwIjoxNzAyNTkyMDAwfQ.";

    n = rtc_jwt_sign_api(token, sizeof(token), id, (uint8_t *) "key", 3, NOW);

    is_int(n, sizeof(want) - 1 + 43, "length");
    is_mem(token, want, sizeof(want) - 1, "header and payload as documented");

    is_int(rtc_jwt_read_api(&api, token, n, NOW, &reason), RTC_OK, "read");
    is_mem(api.id, id, RTC_JWT_API_ID, "id");
    is_int(api.exp - api.iat, 2592000, "thirty days");

    is_int(rtc_jwt_verify_api(token, n, (uint8_t *) "key", 3, &reason), RTC_OK,
           "verified");
    is_int(rtc_jwt_verify_api(token, n, (uint8_t *) "kex", 3, &reason),
           RTC_ERROR, "another key");
    is_int(rtc_jwt_verify_api(token, n, NULL, 0, &reason), RTC_ERROR,
           "no key at all");

    is_int(rtc_jwt_read_api(&api, token, n, NOW + 2591999, &reason), RTC_OK,
           "the last second");
    is_int(rtc_jwt_read_api(&api, token, n, NOW + 2592000, &reason), RTC_ERROR,
           "expired");
    is_str(reason, "is expired", "says so");

    for (i = 0; i < n; i++) {
        ok(rtc_jwt_verify_api(token, i, (uint8_t *) "key", 3, &reason)
           == RTC_ERROR, "cut");
        rtc_jwt_read_api(&api, token, i, NOW, &reason);
    }

    n = sign(HS256, "{\"id\":\"652ecb03a33be4cd87cfd99\",\"iat\":1,\"exp\":"
                    "1800000000}", "key");
    is_int(rtc_jwt_read_api(&api, token, n, NOW, &reason), RTC_ERROR,
           "short id");

    n = sign(HS256, "{\"id\":\"652ecb03a33be4cd87cfd99*\",\"iat\":1,\"exp\":"
                    "1800000000}", "key");
    is_int(rtc_jwt_read_api(&api, token, n, NOW, &reason), RTC_ERROR,
           "hostile id");

    n = sign(HS256, "{\"id\":\"652ecb03a33be4cd87cfd990\",\"iat\":1}", "key");
    is_int(rtc_jwt_read_api(&api, token, n, NOW, &reason), RTC_ERROR,
           "no exp");

    memset(token, 'A', sizeof(token));
    is_int(rtc_jwt_read_api(&api, token, sizeof(token), NOW, &reason),
           RTC_ERROR, "huge");
}


int
main(void)
{
    test_base64();
    test_crypto();
    test_keys();
    test_grant();
    test_refused();
    test_deep();
    test_access();
    test_api();

    return done();
}
