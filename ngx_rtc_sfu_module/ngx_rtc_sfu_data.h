
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * DataPackets: from a participant's data channel to those of the others.
 */


#ifndef NGX_RTC_SFU_DATA_H_INCLUDED
#define NGX_RTC_SFU_DATA_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


#define NGX_RTC_SFU_MAX_DESTINATIONS  512
#define NGX_RTC_SFU_MAX_BACKLOG       8388608   /* bytes waiting for one */
#define NGX_RTC_SFU_MAX_EARLY         262144    /* .. with no channel yet */
#define NGX_RTC_SFU_NONCES            64        /* that a room remembers */
#define NGX_RTC_SFU_NONCE_LEN         16


/* DataPacket.Kind; also the index of a peer connection's channels */

#define NGX_RTC_SFU_RELIABLE          0
#define NGX_RTC_SFU_LOSSY             1

/* another channel, of packets that are no DataPacket */

#define NGX_RTC_SFU_DATA_TRACK        2


/*
 * What waits for a channel of one receiver.  Reliable packets wait for the
 * channel to open and for room in its buffer, lossy ones never wait.  A
 * receiver whose backlog would pass its bound is not sent what would not fit,
 * as by LiveKit's server: its call goes on.  One that has no channel, since its
 * client has never opened one, gets the last packets once it has: older ones
 * go.
 */

typedef struct {
    ngx_queue_t                  packets;
    size_t                       size;
    unsigned                     full:1;        /* since it was empty */
} ngx_rtc_sfu_backlog_t;

/*
 * A packed DataPacket from a channel of p: stamped with its sender, checked
 * against what the sender may do, and sent to all it is meant for on the same
 * kind of channel.
 */

void ngx_rtc_sfu_data_receive(ngx_rtc_sfu_participant_t *p, ngx_uint_t kind,
    const u_char *data, size_t len);


/* the same from a member of another worker, which has checked and stamped it */

void ngx_rtc_sfu_data_deliver(ngx_rtc_sfu_room_t *room, ngx_uint_t kind,
    const u_char *data, size_t len);


/* the server's own, to one participant, on its reliable channel */

void ngx_rtc_sfu_data_send_to(ngx_rtc_sfu_participant_t *p,
    const Livekit__DataPacket *packet);


void ngx_rtc_sfu_data_init(ngx_rtc_sfu_backlog_t *backlog);
void ngx_rtc_sfu_data_free(ngx_rtc_sfu_backlog_t *backlog);

/* there is room, or the channel has opened */

void ngx_rtc_sfu_data_flush(ngx_rtc_sfu_participant_t *p);


#endif /* NGX_RTC_SFU_DATA_H_INCLUDED */
