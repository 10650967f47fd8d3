
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What reading and writing of messages as JSON share.
 */


#ifndef RTC_PBJSON_INTERNAL_H_INCLUDED
#define RTC_PBJSON_INTERNAL_H_INCLUDED


#include "rtc_pbjson.h"


#define RTC_PBJSON_NAME  64         /* bytes of the longest member's name */


/* the name in lowerCamelCase, terminated; a longer one is cut */

void rtc_pbjson_camel(char camel[RTC_PBJSON_NAME], const char *name);

/* the size of one value in a message or in the array of a repeated field */

size_t rtc_pbjson_size(ProtobufCType type);

/* the message type of the entries, if the field is a map; else NULL */

const ProtobufCMessageDescriptor *rtc_pbjson_map(
    const ProtobufCFieldDescriptor *field);


#endif /* RTC_PBJSON_INTERNAL_H_INCLUDED */
