
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Delivery of webhooks.  The scripts of the registry append what changed to a
 * stream in Redis; one worker of the installation at a time, the owner of a
 * lease, reads it and posts the events.
 *
 * Events of a room are delivered in order, rooms beside each other.  An event
 * is posted to each URL of the installation and the room's own until one
 * answers 2xx, six times at most within 80 s, then it is given up.  When an
 * owner dies, the next one posts again what was under way, with the same id.
 * A room that is empty for less than its departure timeout has not finished.
 */


#ifndef NGX_RTC_SFU_WEBHOOK_H_INCLUDED
#define NGX_RTC_SFU_WEBHOOK_H_INCLUDED


#include "ngx_rtc_sfu_worker.h"


/* in init_process, after the registry; NULL: logged */

ngx_rtc_sfu_webhook_t *ngx_rtc_sfu_webhook_create(
    ngx_rtc_sfu_worker_t *worker);

/* in exit_process, before the registry: gives the lease back */

void ngx_rtc_sfu_webhook_destroy(ngx_rtc_sfu_webhook_t *webhook);


/*
 * The field webhooks of conf:settings, a JSON object: urls, and the name of
 * the key that signs in api_key (absent: the installation's own).  An empty
 * string or what is malformed: there are none.
 */

void ngx_rtc_sfu_webhook_settings(ngx_rtc_sfu_webhook_t *webhook,
    const ngx_str_t *json);


#endif /* NGX_RTC_SFU_WEBHOOK_H_INCLUDED */
