
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Subscription permissions: whom a publisher lets have its tracks.  They are
 * part of what other workers know of a member, because the worker of a
 * subscriber decides: a track comes to it once for all of its subscribers.
 */


#ifndef NGX_RTC_SFU_PERMISSION_H_INCLUDED
#define NGX_RTC_SFU_PERMISSION_H_INCLUDED


#include "ngx_rtc_sfu_room.h"


#define NGX_RTC_SFU_MAX_PERMISSION   65536      /* bytes, packed */


/*
 * SubscriptionPermission of the client: everybody, or those in the list.
 * Nobody is let have anything by one that is too long.
 */

void ngx_rtc_sfu_permission_set(ngx_rtc_sfu_participant_t *p,
    const Livekit__SubscriptionPermission *permission);

/* the member's, in its pool, NULL: everybody; NGX_ERROR: no memory */

ngx_int_t ngx_rtc_sfu_permission_copy(ngx_pool_t *pool,
    const Livekit__SubscriptionPermission *from,
    Livekit__SubscriptionPermission **to);

/* whether p may have a track of the member, for data as for media */

ngx_uint_t ngx_rtc_sfu_permission_allows(ngx_rtc_sfu_participant_t *p,
    const ngx_str_t *publisher, const ngx_str_t *track);

/*
 * A member changed, and the others were told of its tracks: subscriptions end
 * or return by what it permits now, and their clients learn that.
 */

void ngx_rtc_sfu_permission_apply(ngx_rtc_sfu_room_t *room,
    ngx_rtc_sfu_member_t *member);

/* SubscriptionPermissionUpdate */

void ngx_rtc_sfu_permission_tell(ngx_rtc_sfu_participant_t *p,
    const ngx_str_t *publisher, const ngx_str_t *track, ngx_uint_t allowed);


#endif /* NGX_RTC_SFU_PERMISSION_H_INCLUDED */
