
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * JSON as each request of the server API; what was read is written, read
 * again, and the same then.  The first byte chooses the message.
 */


#include <stdlib.h>

#include "livekit.pb-c.h"
#include "rtc_pbjson.h"


#define FUZZ_MEMORY  1048576


static const ProtobufCMessageDescriptor  *fuzz_types[] = {
    &livekit__create_room_request__descriptor,
    &livekit__room_configuration__descriptor,
    &livekit__list_rooms_request__descriptor,
    &livekit__room_participant_identity__descriptor,
    &livekit__mute_room_track_request__descriptor,
    &livekit__update_participant_request__descriptor,
    &livekit__update_subscriptions_request__descriptor,
    &livekit__send_data_request__descriptor,
    &livekit__perform_rpc_request__descriptor,
    &livekit__data_packet__descriptor,
    &livekit__participant_info__descriptor
};


static uint8_t  fuzz_arena[2][FUZZ_MEMORY];
static size_t   fuzz_used[2];


static void *
fuzz_alloc(void *data, size_t size)
{
    int    i;
    void  *p;

    i = *(int *) data;

    size = (size + 15) & ~(size_t) 15;

    if (size > FUZZ_MEMORY - fuzz_used[i]) {
        return NULL;
    }

    p = fuzz_arena[i] + fuzz_used[i];
    fuzz_used[i] += size;

    return p;
}


static void
fuzz_free(void *data, void *p)
{
    (void) data;
    (void) p;
}


static ProtobufCMessage *
fuzz_read(const ProtobufCMessageDescriptor *type, const json_t *json, int i)
{
    const char          *reason;
    ProtobufCAllocator   mem;

    mem.alloc = fuzz_alloc;
    mem.free = fuzz_free;
    mem.allocator_data = &i;

    fuzz_used[i] = 0;

    return rtc_pbjson_read(type, json, &mem, &reason);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t                            *json, *again;
    json_error_t                       error;
    ProtobufCMessage                  *message;
    const ProtobufCMessageDescriptor  *type;

    if (size == 0) {
        return 0;
    }

    type = fuzz_types[data[0] % rtc_nelts(fuzz_types)];
    json = json_loadb((const char *) data + 1, size - 1, JSON_REJECT_DUPLICATES,
                      &error);

    if (json == NULL) {
        return 0;
    }

    message = fuzz_read(type, json, 0);
    json_decref(json);

    if (message == NULL) {
        return 0;
    }

    if (!rtc_pbjson_is_text(message)) {
        abort();
    }

    json = rtc_pbjson_write(message, RTC_PBJSON_SNAKE);

    if (json == NULL) {
        abort();
    }

    message = fuzz_read(type, json, 1);

    if (message == NULL) {
        abort();
    }

    again = rtc_pbjson_write(message, RTC_PBJSON_SNAKE);

    if (!json_equal(json, again)) {
        abort();
    }

    json_decref(again);
    json_decref(json);

    return 0;
}
