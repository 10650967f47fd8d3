
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The claims of an access token as JSON: what rtc_jwt.c and rtc_jwt_grant.c
 * share.
 */


#ifndef RTC_JWT_INTERNAL_H_INCLUDED
#define RTC_JWT_INTERNAL_H_INCLUDED


#include <jansson.h>

#include "rtc_jwt.h"


/*
 * Fills the grant but for exp; strings go to size bytes of mem.
 * RTC_ERROR: a claim has a wrong type or is too long; RTC_DECLINED: there is
 * no video grant.
 */

int rtc_jwt_read_grant(rtc_grant_t *grant, json_t *claims, uint8_t *mem,
    size_t size);

/* a new object of the claims but for iss and the times, or NULL */

json_t *rtc_jwt_write_grant(const rtc_grant_t *grant);

int rtc_jwt_write_string(json_t *object, const char *name, rtc_str_t s);


#endif /* RTC_JWT_INTERNAL_H_INCLUDED */
