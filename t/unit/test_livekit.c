
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The LiveKit messages on the wire, against bytes put together by hand.
 */


#include "rtc_core.h"
#include "tap.h"
#include "livekit.pb-c.h"


static void
test_request(void)
{
    Livekit__SignalRequest  *r;

    /* SignalRequest { ping_req (16) { timestamp: 1000, rtt: 5 } } */

    static const uint8_t  ping[] = {
        0x82, 0x01, 0x05, 0x08, 0xe8, 0x07, 0x10, 0x05
    };

    /* SignalRequest { add_track (4) { cid: "c", type: VIDEO, source: 1,
     * layers: [ { quality: HIGH, rid: "f" } ] } } */

    static const uint8_t  track[] = {
        0x22, 0x0e, 0x0a, 0x01, 'c', 0x18, 0x01, 0x40, 0x01,
        0x4a, 0x05, 0x08, 0x02, 0x3a, 0x01, 'f'
    };

    r = livekit__signal_request__unpack(NULL, sizeof(ping), ping);

    ok(r != NULL
       && r->message_case == LIVEKIT__SIGNAL_REQUEST__MESSAGE_PING_REQ
       && r->ping_req->timestamp == 1000 && r->ping_req->rtt == 5, "ping");

    livekit__signal_request__free_unpacked(r, NULL);

    r = livekit__signal_request__unpack(NULL, sizeof(track), track);

    ok(r != NULL
       && r->message_case == LIVEKIT__SIGNAL_REQUEST__MESSAGE_ADD_TRACK
       && strcmp(r->add_track->cid, "c") == 0
       && r->add_track->type == LIVEKIT__TRACK_TYPE__VIDEO
       && r->add_track->source == LIVEKIT__TRACK_SOURCE__CAMERA
       && r->add_track->n_layers == 1
       && r->add_track->layers[0]->quality == LIVEKIT__VIDEO_QUALITY__HIGH
       && strcmp(r->add_track->layers[0]->rid, "f") == 0, "add_track");

    livekit__signal_request__free_unpacked(r, NULL);

    ok(livekit__signal_request__unpack(NULL, sizeof(track) - 1, track) == NULL,
       "a message that is cut");
}


static void
test_response(void)
{
    uint8_t                             buf[64];
    size_t                              len;
    Livekit__SignalResponse             r = LIVEKIT__SIGNAL_RESPONSE__INIT;
    Livekit__SessionDescription         s = LIVEKIT__SESSION_DESCRIPTION__INIT;
    Livekit__SessionDescription__MidToTrackIdEntry
        e = LIVEKIT__SESSION_DESCRIPTION__MID_TO_TRACK_ID_ENTRY__INIT;
    Livekit__SessionDescription__MidToTrackIdEntry  *entries[1];

    /* SignalResponse { offer (3) { type: "offer", sdp: "v", id: 7,
     * mid_to_track_id: { "1": "TR_x" } } } */

    static const uint8_t  want[] = {
        0x1a, 0x17, 0x0a, 0x05, 'o', 'f', 'f', 'e', 'r', 0x12, 0x01, 'v',
        0x18, 0x07, 0x22, 0x09, 0x0a, 0x01, '1', 0x12, 0x04, 'T', 'R', '_', 'x'
    };

    e.key = "1";
    e.value = "TR_x";
    entries[0] = &e;

    s.type = "offer";
    s.sdp = "v";
    s.id = 7;
    s.mid_to_track_id = entries;
    s.n_mid_to_track_id = 1;

    r.message_case = LIVEKIT__SIGNAL_RESPONSE__MESSAGE_OFFER;
    r.offer = &s;

    len = livekit__signal_response__pack(&r, buf);

    is_int(len, sizeof(want), "offer with a map: length");
    is_mem(buf, want, sizeof(want), "offer with a map: bytes");
}


static void
test_data(void)
{
    uint8_t               buf[64];
    size_t                len;
    Livekit__DataPacket  *p;

    /* DataPacket { user (2) { payload: "hi", topic (4, optional): "" },
     * participant_identity (4): "a", 1000: 1 } */

    static const uint8_t  packet[] = {
        0x12, 0x06, 0x12, 0x02, 'h', 'i', 0x22, 0x00,
        0x22, 0x01, 'a', 0xc0, 0x3e, 0x01
    };

    p = livekit__data_packet__unpack(NULL, sizeof(packet), packet);

    ok(p != NULL && p->value_case == LIVEKIT__DATA_PACKET__VALUE_USER
       && p->user->payload.len == 2
       && p->user->has_topic_case
          == LIVEKIT__USER_PACKET__HAS_TOPIC_TOPIC
       && p->user->has_id_case == LIVEKIT__USER_PACKET__HAS_ID__NOT_SET,
       "an optional member that is there, and one that is not");

    len = livekit__data_packet__pack(p, buf);

    is_int(len, sizeof(packet), "packed again: length");
    is_mem(buf, packet, sizeof(packet), "packed again: unknown field kept");

    livekit__data_packet__free_unpacked(p, NULL);
}


int
main(void)
{
    test_request();
    test_response();
    test_data();

    return done();
}
