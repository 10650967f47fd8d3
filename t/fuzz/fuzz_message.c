
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The bytes as each message that is unpacked: of clients, of Redis and of
 * other workers.  The first byte chooses; memory is bounded as in
 * ngx_rtc_sfu_signal.c.  What was read is looked through for strings that are
 * no UTF-8, written, and read again.
 */


#include <stdlib.h>

#include "link.pb-c.h"
#include "livekit.pb-c.h"
#include "rtc_core.h"
#include "rtc_pbjson.h"


#define FUZZ_MEMORY   65536
#define FUZZ_GROWTH   8


static const ProtobufCMessageDescriptor  *fuzz_types[] = {
    &livekit__signal_request__descriptor,
    &livekit__signal_response__descriptor,
    &livekit__data_packet__descriptor,
    &livekit__member__descriptor,
    &livekit__participant_info__descriptor,
    &conference__hello__descriptor,
    &conference__subscribe__descriptor,
    &conference__track__descriptor,
    &conference__layer__descriptor,
    &conference__unsubscribe__descriptor,
    &conference__gone__descriptor,
    &conference__data__descriptor,
    &conference__signal__descriptor,
    &conference__request__descriptor,
    &conference__answer__descriptor,
    &conference__resume__descriptor,
    &conference__resumed__descriptor,
    &conference__piece__descriptor,
    &conference__hangup__descriptor,
    &livekit__join_request__descriptor,
    &conference__command__descriptor,
    &conference__outcome__descriptor,
    &livekit__update_participant_request__descriptor,
    &livekit__update_subscriptions_request__descriptor,
    &livekit__send_data_request__descriptor
};


static void *
fuzz_alloc(void *data, size_t size)
{
    size_t  *left = data;

    if (size > *left) {
        return NULL;
    }

    *left -= size;

    return malloc(size);
}


static void
fuzz_free(void *data, void *p)
{
    (void) data;

    free(p);
}


static ProtobufCMessage *
fuzz_unpack(const ProtobufCMessageDescriptor *type, const uint8_t *p,
    size_t len)
{
    size_t              left;
    ProtobufCAllocator  allocator;

    left = FUZZ_MEMORY + FUZZ_GROWTH * len;

    allocator.alloc = fuzz_alloc;
    allocator.free = fuzz_free;
    allocator.allocator_data = &left;

    return protobuf_c_message_unpack(type, &allocator, len, p);
}


static void
fuzz_done(ProtobufCMessage *message)
{
    size_t              left;
    ProtobufCAllocator  allocator;

    left = 0;

    allocator.alloc = fuzz_alloc;
    allocator.free = fuzz_free;
    allocator.allocator_data = &left;

    protobuf_c_message_free_unpacked(message, &allocator);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t                             len;
    uint8_t                           *packed;
    ProtobufCMessage                  *message, *again;
    const ProtobufCMessageDescriptor  *type;

    if (size == 0) {
        return 0;
    }

    type = fuzz_types[data[0] % rtc_nelts(fuzz_types)];
    message = fuzz_unpack(type, data + 1, size - 1);

    if (message == NULL) {
        return 0;
    }

    (void) rtc_pbjson_is_text(message);

    len = protobuf_c_message_get_packed_size(message);
    packed = malloc(len + 1);

    if (packed == NULL || protobuf_c_message_pack(message, packed) != len) {
        abort();
    }

    again = protobuf_c_message_unpack(type, NULL, len, packed);

    if (again) {
        protobuf_c_message_free_unpacked(again, NULL);
    }

    free(packed);
    fuzz_done(message);

    return 0;
}
