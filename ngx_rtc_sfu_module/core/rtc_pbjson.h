
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The JSON mapping of proto3 for any message of protobuf-c, by its descriptor:
 * 64-bit integers are strings, bytes are base64, enums are names, maps are
 * objects.  The well-known types (google.protobuf.*) have no forms of their
 * own here.  The only unit that knows both libraries.
 */


#ifndef RTC_PBJSON_H_INCLUDED
#define RTC_PBJSON_H_INCLUDED


#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

#include "rtc_core.h"


#define RTC_PBJSON_DEPTH  32        /* of messages in messages */


/*
 * The message of an object.  Members may have the names of the proto file or
 * these in lowerCamelCase; null is as good as absent, unknown members are
 * ignored, and so are unknown names of enums.  Integers may be strings, enums
 * numbers, base64 of either alphabet with or without padding.
 *
 * All memory is mem's and nothing of it is freed, whatever the outcome: mem
 * bounds it, and frees it as a whole.  Strings are copied.  NULL: the object
 * does not fit the message, or mem gave nothing; reason is a constant.
 */

ProtobufCMessage *rtc_pbjson_read(const ProtobufCMessageDescriptor *type,
    const json_t *json, ProtobufCAllocator *mem, const char **reason);


/* flags of write */

#define RTC_PBJSON_SNAKE  0x01      /* names as in the proto file */
#define RTC_PBJSON_ALL    0x02      /* members with their default value, too */

/*
 * A new object, or NULL: no memory, or the message is too deep.  Bytes of a
 * string that are no UTF-8 become U+FFFD.
 */

json_t *rtc_pbjson_write(const ProtobufCMessage *message, unsigned flags);

/*
 * Whether all strings of the message are UTF-8, as proto3 wants it; protobuf-c
 * takes any bytes.
 */

int rtc_pbjson_is_text(const ProtobufCMessage *message);


#endif /* RTC_PBJSON_H_INCLUDED */
