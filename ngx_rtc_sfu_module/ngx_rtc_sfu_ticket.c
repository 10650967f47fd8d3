
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <jansson.h>
#include "ngx_rtc_sfu_rooms.h"
#include "ngx_rtc_sfu_signal.h"
#include "ngx_rtc_sfu_ticket.h"


const char *
ngx_rtc_sfu_ticket_read(ngx_rtc_sfu_ticket_t *ticket, ngx_pool_t *pool,
    const rtc_grant_t *grant, ngx_uint_t create)
{
    json_t                      *json;
    const char                  *reason;
    Livekit__RoomConfiguration  *config;

    ngx_memzero(ticket, sizeof(ngx_rtc_sfu_ticket_t));

    ticket->issued = grant->issued;
    ticket->create = create ? 1 : 0;

    if (!create || grant->room_config.len == 0) {
        return NULL;
    }

    json = json_loadb((const char *) grant->room_config.data,
                      grant->room_config.len, 0, NULL);

    config = ngx_rtc_sfu_signal_read_json(pool,
                                     &livekit__room_configuration__descriptor,
                                     json, grant->room_config.len, &reason);
    json_decref(json);

    if (config == NULL
        || ngx_strlen(config->metadata) > NGX_RTC_SFU_MAX_ROOM_METADATA)
    {
        return "invalid authorization token: roomConfig is malformed";
    }

    ticket->metadata.data = (u_char *) config->metadata;
    ticket->metadata.len = ngx_strlen(config->metadata);
    ticket->empty_timeout = config->empty_timeout;
    ticket->departure_timeout = config->departure_timeout;
    ticket->max_participants = config->max_participants;

    return NULL;
}
