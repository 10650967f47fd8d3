
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * LiveKit keys beside the installation's own, the field livekit_keys of
 * conf:settings:
 *
 *   {"KEY":{"secret":SEALED,"label":TEXT,"created":TIME},...}
 *
 * A backup has the same with secrets that are not sealed.
 */


#ifndef RTC_RING_H_INCLUDED
#define RTC_RING_H_INCLUDED


#include <jansson.h>

#include "rtc_seal.h"


#define RTC_RING_KEYS    32
#define RTC_RING_NAME    64             /* bytes of a key */
#define RTC_RING_SECRET  128            /* bytes of its secret */
#define RTC_RING_LABEL   100            /* characters */
#define RTC_RING_MAX     65536          /* bytes of the text */

#define RTC_RING_SEALED  rtc_seal_text_len(RTC_RING_SECRET)


/* a key and its secret, sealed or not, as its ring has them */

typedef struct {
    rtc_str_t      name;
    rtc_str_t      secret;
    rtc_str_t      label;
    int64_t        created;             /* Unix seconds */
} rtc_ring_key_t;


/* an object, without keys if the text is empty; NULL: it is damaged */

json_t *rtc_ring_parse(rtc_str_t text);

/*
 * A member of a ring, or of anything.  RTC_ERROR: it is no key, or its secret
 * is longer than max bytes.
 */

int rtc_ring_key(rtc_ring_key_t *key, const char *name, json_t *value,
    size_t max);

/* the same ring with the secrets opened, without those that do not open */

json_t *rtc_ring_open(json_t *ring, const uint8_t seal[RTC_SEAL_KEY]);

/* the other way; NULL: a key or a secret is not what rtc_ring_is_pair() says */

json_t *rtc_ring_seal(json_t *ring, const uint8_t seal[RTC_SEAL_KEY]);


/* whether they are visible characters of ASCII, not too many */

int rtc_ring_is_name(rtc_str_t name);
int rtc_ring_is_pair(rtc_str_t name, rtc_str_t secret);


#endif /* RTC_RING_H_INCLUDED */
