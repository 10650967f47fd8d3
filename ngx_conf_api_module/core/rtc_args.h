
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The arguments of an API request: a JSON object or a form in its body, and
 * its query string.  The body wins.  In JSON a value must have the right
 * type; in a form and a query all values are text and are read as the type
 * that is asked for.
 */


#ifndef RTC_ARGS_H_INCLUDED
#define RTC_ARGS_H_INCLUDED


#include <jansson.h>

#include "rtc_core.h"


#define RTC_ARGS_MAX  64                /* of a form, of a query */
#define RTC_ARGS_ID   24                /* characters of an id */

#define RTC_ARGS_TIME_MAX  253402300799 /* the end of 9999, Unix seconds */


typedef struct {
    json_t      *json;                  /* an object, or NULL */
    json_t      *form;                  /* an object of strings, or NULL */
    char         error[256];            /* a sentence, after RTC_ERROR */
} rtc_args_t;


void rtc_args_init(rtc_args_t *args);
void rtc_args_free(rtc_args_t *args);

/*
 * A body without a telling content type is JSON if it looks like that.  The
 * query comes after the body.
 */

int rtc_args_parse_body(rtc_args_t *args, rtc_str_t type, const uint8_t *body,
    size_t len);
int rtc_args_parse_query(rtc_args_t *args, const uint8_t *query, size_t len);


/*
 * Each answers RTC_OK, RTC_DECLINED if there is no such argument, which leaves
 * value alone, or RTC_ERROR if it is not what is accepted.
 */

/*
 * Valid UTF-8 of min to max characters, none of them a control character.  The
 * value lives as long as args, and is terminated.
 */

int rtc_args_string(rtc_args_t *args, const char *name, size_t min, size_t max,
    rtc_str_t *value);

/* the same of 1 to max bytes, tabs and ends of lines among them */

int rtc_args_text(rtc_args_t *args, const char *name, size_t max,
    rtc_str_t *value);

int rtc_args_integer(rtc_args_t *args, const char *name, int64_t min,
    int64_t max, int64_t *value);

int rtc_args_bool(rtc_args_t *args, const char *name, int *value);

/* one of n names; value is its index */

int rtc_args_enum(rtc_args_t *args, const char *name, const char *const *names,
    size_t n, size_t *value);

/* "id" or "_id", in lower case; its absence is an error */

int rtc_args_id(rtc_args_t *args, uint8_t id[RTC_ARGS_ID]);

/*
 * The same of a room, which LiveKit's server API or a token may have given any
 * name: that is its id then.  Answers its length, or RTC_ERROR.
 */

#define RTC_ARGS_ROOM  256              /* bytes of the longest name */

int rtc_args_room(rtc_args_t *args, uint8_t id[RTC_ARGS_ROOM]);

/* any text of min to max bytes */

int rtc_args_bytes(rtc_args_t *args, const char *name, size_t min, size_t max,
    rtc_str_t *value);

/* an id in lower case that is not of the thing itself; terminated */

int rtc_args_named_id(rtc_args_t *args, const char *name, rtc_str_t *value);

/*
 * Each sets the error and answers RTC_ERROR: "NAME is required.", "NAME is too
 * long.", or the sentence
 */

int rtc_args_missing(rtc_args_t *args, const char *name);
int rtc_args_too_long(rtc_args_t *args, const char *name);
int rtc_args_refuse(rtc_args_t *args, const char *sentence);

/* a value of the body, or of form and query; lives as long as args */

json_t *rtc_args_get(rtc_args_t *args, const char *name);

/*
 * Counts the characters of valid UTF-8; 0 if there is a control character
 * (Unicode's category Cc)
 */

int rtc_args_is_plain(const uint8_t *p, size_t len, size_t *chars);


#endif /* RTC_ARGS_H_INCLUDED */
