
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A branch of a room: its members in one other worker.  What a member here
 * says to the room goes there once.
 */


#ifndef NGX_RTC_SFU_BRANCH_H_INCLUDED
#define NGX_RTC_SFU_BRANCH_H_INCLUDED


#include "ngx_rtc_sfu_relay.h"
#include "ngx_rtc_sfu_room.h"


struct ngx_rtc_sfu_branch_s {
    ngx_queue_t                  queue;         /* in room->branches */
    ngx_rtc_sfu_room_t          *room;
    ngx_rtc_sfu_relay_t         *relay;
    ngx_uint_t                   members;
    unsigned                     grown:1;       /* since quality was told */
};


/* a member of that worker came, and is counted; NULL: no memory */

ngx_rtc_sfu_branch_t *ngx_rtc_sfu_branch_add(ngx_rtc_sfu_room_t *room,
    const ngx_str_t *wid);

/* one has gone */

void ngx_rtc_sfu_branch_remove(ngx_rtc_sfu_branch_t *branch);


/* a packed DataPacket of a member here */

void ngx_rtc_sfu_branch_send_data(ngx_rtc_sfu_room_t *room, ngx_uint_t kind,
    const u_char *data, size_t len);

/*
 * A packed SignalResponse of which nothing depends: it is dropped if a link
 * is busy.
 */

void ngx_rtc_sfu_branch_send_signal(ngx_rtc_sfu_branch_t *branch,
    const ngx_str_t *packed);


/* messages of another worker */

void ngx_rtc_sfu_branch_data(ngx_rtc_sfu_relay_t *relay,
    const Conference__Data *message);
void ngx_rtc_sfu_branch_signal(ngx_rtc_sfu_relay_t *relay,
    const Conference__Signal *message);


#endif /* NGX_RTC_SFU_BRANCH_H_INCLUDED */
