
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What a worker process has once, and the module's configuration.  It hangs
 * off the main configuration; nothing else is global.
 */


#ifndef NGX_RTC_SFU_WORKER_H_INCLUDED
#define NGX_RTC_SFU_WORKER_H_INCLUDED


#include <ngx_config.h>
#include <ngx_core.h>
#include "ngx_rtc_ice_servers.h"
#include "ngx_rtc_keys.h"
#include "ngx_rtc_redis.h"
#include "ngx_rtc_watch.h"
#include "ngx_rtc_sfu_data_track.h"
#include "ngx_rtc_sfu_link.h"
#include "ngx_rtc_sfu_media.h"
#include "ngx_rtc_sfu_registry.h"
#include "ngx_rtc_sfu_room.h"
#include "ngx_rtc_sfu_variables.h"
#include "ngx_rtc_sfu_ws.h"
#include "ngx_rtc_sfu_zone.h"
#include "rtc_jwt.h"
#include "rtc_transport.h"


typedef struct ngx_rtc_sfu_drain_s    ngx_rtc_sfu_drain_t;
typedef struct ngx_rtc_sfu_metrics_s  ngx_rtc_sfu_metrics_t;
typedef struct ngx_rtc_sfu_webhook_s  ngx_rtc_sfu_webhook_t;


typedef struct {
    ngx_rtc_redis_conf_t        *redis;         /* rtc_sfu_redis */
    rtc_jwt_keys_t               keys;          /* rtc_sfu_key_file */
    ngx_str_t                    secret;        /* rtc_sfu_secret_file */
    ngx_rtc_ice_servers_t        ice_servers;   /* rtc_sfu_turn_... */
    ngx_rtc_sfu_media_conf_t     media;         /* _ports, _address, ... */
    ngx_rtc_sfu_link_conf_t      node;          /* rtc_sfu_node_address */
    ngx_uint_t                   enabled;       /* some location has rtc_sfu */

    ngx_uint_t                   metrics;       /* one has rtc_sfu_metrics */
    ngx_flag_t                   auto_create;   /* rtc_sfu_auto_create */
    ngx_int_t                    replicas;      /* rtc_sfu_replicas */
    ngx_flag_t                   remote_unmute; /* rtc_sfu_remote_unmute */
    ngx_flag_t                   webhook_local; /* rtc_sfu_webhook_local */

    rtc_dtls_cert_t             *cert;          /* one for all workers */
    ngx_rtc_sfu_zone_t          *zone;
    ngx_int_t                    variables[NGX_RTC_SFU_VARIABLES];  /* index */
    ngx_rtc_sfu_worker_t        *worker;        /* of this process */
} ngx_rtc_sfu_main_conf_t;


struct ngx_rtc_sfu_worker_s {
    ngx_rtc_sfu_main_conf_t     *conf;
    ngx_log_t                   *log;

    ngx_rtc_redis_t             *redis;
    ngx_rtc_redis_t             *store;         /* for the server API, or the
                                                   same */
    ngx_rtc_watch_t             *watch;         /* of the settings */
    ngx_rtc_keys_t               keys;          /* of access tokens, now */
    ngx_rtc_sfu_registry_t      *registry;
    ngx_rtc_sfu_media_t         *media;
    ngx_rtc_sfu_ws_worker_t      sockets;
    rtc_transport_worker_t      *transports;
    rtc_fingerprint_t            fingerprint;   /* of conf->cert */

    ngx_rbtree_t                 rooms;         /* ngx_rtc_sfu_room_t by id */
    ngx_rbtree_node_t            rooms_sentinel;

    ngx_queue_t                  early;         /* requests before keys */
    ngx_uint_t                   early_count;
    ngx_queue_t                  joins;         /* that wait for Redis */

    ngx_rtc_sfu_links_t         *links;         /* to other workers */
    ngx_queue_t                  relays;        /* ngx_rtc_sfu_relay_t */
    ngx_uint_t                   legs;          /* our tracks to them */
    ngx_uint_t                   passes;        /* requests to sessions there */
    uint32_t                     pass;          /* the last number of these */
    ngx_uint_t                   carries;       /* resumes that wait */
    uint32_t                     carry;         /* the last number of these */
    ngx_queue_t                  twirps;        /* requests that wait */
    ngx_queue_t                  errands;       /* commands to members */
    ngx_uint_t                   nerrands;
    uint32_t                     errand;        /* the last number of these */

    ngx_rtc_sfu_data_stat_t      data;          /* of data tracks */
    u_char                      *data_frame;    /* scratch; NULL: not yet */

    ngx_rtc_sfu_drain_t         *drain;         /* of this host */

    ngx_rtc_sfu_webhook_t       *webhook;       /* deliveries */
    ngx_rtc_sfu_metrics_t       *metrics;
    ngx_uint_t                   nrooms;
    ngx_uint_t                   participants;
    ngx_uint_t                   tracks;
    ngx_uint_t                   subscriptions;

    ngx_uint_t                   link_port;     /* what was announced */
    unsigned                     announced:1;   /* its addresses, in Redis */
};


extern ngx_module_t  ngx_rtc_sfu_module;


/* in init_process and exit_process */

ngx_int_t ngx_rtc_sfu_worker_init(ngx_cycle_t *cycle,
    ngx_rtc_sfu_main_conf_t *conf);
void ngx_rtc_sfu_worker_exit(ngx_rtc_sfu_worker_t *worker);

/* whether it can take participants: it has a media port */

ngx_uint_t ngx_rtc_sfu_worker_ready(ngx_rtc_sfu_worker_t *worker);

#endif /* NGX_RTC_SFU_WORKER_H_INCLUDED */
