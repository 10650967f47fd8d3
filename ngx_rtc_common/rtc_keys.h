
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Every Redis key and channel of the installation.  ID is a room's id, WID a
 * worker's random id, SID a participant's session id.
 *
 *   conf:room:ID             hash of a room: name, user_id, mediaType,
 *                            max_participants, active ("1" or "0"), created
 *                            (Unix seconds), epoch (random, made with the
 *                            room), allow_webinar_mode, allow_chat,
 *                            allow_share_screen, record ("1" or "0"),
 *                            record_mode, webhook_url (besides those of
 *                            the installation, or empty), extended ("1": the
 *                            newer fields belong to its answers), metadata; of
 *                            a room that ends by itself empty_timeout,
 *                            departure_timeout (seconds)
 *   conf:room:ID:rev         counter of changes in the room
 *   conf:room:ID:members     hash SID -> "WID\n" and the packed Member message
 *   conf:room:ID:identities  hash identity -> SID
 *   conf:room:ID:revoked     hash identity -> Unix time before which its tokens
 *                            were revoked, expires
 *   conf:room:ID             is also the name of the room's channel
 *   conf:rooms               sorted set of room ids by conf:rooms:seq
 *   conf:rooms:seq           counter that orders the rooms
 *   conf:rooms:ends          sorted set of room ids by when they end if they
 *                            are empty then (ms of Redis' TIME)
 *
 *   conf:protocol:LEN:ID:IDENTITY
 *                            what the identity's next session is to be offered
 *                            (CandidateProtocol of LiveKit, a number), LEN is
 *                            that of ID; expires
 *
 *   conf:user:ID             hash of a user: name, email, password (crypt),
 *                            role (admin or member), tokens (generation of
 *                            its API tokens), created (Unix seconds)
 *   conf:users               hash name or address in lower case -> user id
 *   conf:import:ID           parts of a document that is about to replace
 *                            everything: a list, expires
 *   conf:import:ID:rooms     its rooms: id, DUMP, "new" or ""
 *   conf:import:ID:index     what will be conf:rooms, likewise
 *   conf:revoked:HASH        a signed-out API token (SHA-256, hex), expires
 *                            with it
 *   conf:limit:KIND:WHO      failures of a sliding minute, expires
 *
 *   conf:settings            hash of the installation's settings: domain_name,
 *                            cdn_domain_name, streaming_domain_name,
 *                            webrtc_domain_name, turn_domain_name, http_modes
 *                            ("HTTPS,HTTP"), ssl_type, ssl_email, acme_server,
 *                            custom_settings (JSON), livekit_key,
 *                            livekit_secret (sealed, see rtc_seal.h),
 *                            livekit_keys (JSON, see rtc_ring.h), webhooks
 *                            (JSON, see rtc_webhooks.h)
 *   conf:settings            is also a channel: empty, they changed
 *
 *   conf:agent:jobs          list of what the agent of the host has to do, at
 *                            most 16: "ID KIND", where KIND is http,
 *                            letsencrypt, keep or dns
 *   conf:agent:job:KIND      hash of the last one: id, state (queued, running,
 *                            done, failed), message, time (Unix seconds)
 *   conf:agent:alive         the agent's host, expires when it is gone
 *   conf:agent:dns           hash host in lower case -> whether it points here,
 *                            "ok", "wrong" or "none", and its addresses
 *
 *   conf:certs               hash host in lower case -> its certificate: JSON,
 *                            type ("SSL_TYPE_CUSTOM", "SSL_TYPE_LETSENCRYPT"),
 *                            chain (PEM), key (PEM, sealed, see rtc_seal.h),
 *                            names, issuer, not_before, not_after and stored
 *                            (Unix seconds)
 *   conf:certs               is also a channel: empty, they changed
 *
 *   conf:webhooks            stream of what members of rooms were and are, for
 *                            webhooks: kind (started, finished, member, left),
 *                            room, participants, before, after (packed Member
 *                            messages), reason, and fields of the room; at most
 *                            20000 entries of 64 MiB
 *   conf:webhooks            is also a channel: empty, the stream has grown
 *   conf:webhooks:bytes      how much that is
 *   conf:webhooks:dropped    counter of changes that found it full
 *   conf:webhooks:owner      WID of the worker that delivers, expires after 6 s
 *
 *   conf:worker:WID          where a worker is, expires after 6 s: JSON, host
 *                            (boot and network namespace), media (addresses),
 *                            link (where other hosts connect to, if they may)
 *   conf:workers             channel: a worker came or is leaving
 *   conf:drain:HOST          workers of this host (16 hexadecimal digits, see
 *                            ngx_rtc_host.h) take nobody in: "AFTER OVER",
 *                            seconds until the first member is moved, or "-",
 *                            and until the last one is; until that is ended
 *   conf:drain               channel: empty, some of these changed
 *   conf:probe               channel that stays silent: a client subscribes to
 *                            it again to hear whether the server is there
 *
 * An event on a room's channel is one line and a payload:
 *
 *   "EPOCH REV KIND SID WID\n" PAYLOAD
 *
 * REV is the counter after the change.  SID and WID are "-" where they mean
 * nothing.  KIND and PAYLOAD:
 *
 *   member    a member came or changed: the packed Member message
 *   left      a member left: its LiveKit DisconnectReason in decimal
 *   room      the room's settings changed: the hash as a JSON object of
 *             strings; active "0" ends every session
 *   removed   the room is gone: empty
 */


#ifndef RTC_KEYS_H_INCLUDED
#define RTC_KEYS_H_INCLUDED


#include "rtc_core.h"


#define RTC_KEY_ROOM             "conf:room:"
#define RTC_KEY_ROOM_REV         ":rev"
#define RTC_KEY_ROOM_MEMBERS     ":members"
#define RTC_KEY_ROOM_IDENTITIES  ":identities"
#define RTC_KEY_ROOM_REVOKED     ":revoked"
#define RTC_KEY_ROOMS            "conf:rooms"
#define RTC_KEY_ROOMS_SEQ        "conf:rooms:seq"
#define RTC_KEY_ROOMS_ENDS       "conf:rooms:ends"
#define RTC_KEY_PROTOCOL         "conf:protocol:"
#define RTC_KEY_USER             "conf:user:"
#define RTC_KEY_USERS            "conf:users"
#define RTC_KEY_IMPORT           "conf:import:"
#define RTC_KEY_IMPORT_ROOMS     ":rooms"
#define RTC_KEY_IMPORT_INDEX     ":index"
#define RTC_KEY_REVOKED          "conf:revoked:"
#define RTC_KEY_LIMIT            "conf:limit:"
#define RTC_KEY_SETTINGS         "conf:settings"
#define RTC_KEY_AGENT_JOBS       "conf:agent:jobs"
#define RTC_KEY_AGENT_JOB        "conf:agent:job:"
#define RTC_KEY_AGENT_ALIVE      "conf:agent:alive"
#define RTC_KEY_AGENT_DNS        "conf:agent:dns"
#define RTC_KEY_CERTS            "conf:certs"
#define RTC_KEY_WEBHOOKS         "conf:webhooks"
#define RTC_KEY_WEBHOOKS_OWNER   "conf:webhooks:owner"
#define RTC_KEY_WORKER           "conf:worker:"
#define RTC_KEY_WORKERS          "conf:workers"
#define RTC_KEY_DRAIN            "conf:drain"
#define RTC_KEY_DRAIN_HOST       "conf:drain:"
#define RTC_KEY_PROBE            "conf:probe"


/*
 * A room that was named by a token may end as ":rev" and the others do, so that
 * its key were that of a part of another room.  Whether its key has one more
 * ":" for that; no key of a room ends as a part does then.
 */

static inline int
rtc_key_room_guard(const uint8_t *id, size_t len)
{
    size_t  i, n;

    static const rtc_str_t  parts[] = {
        rtc_string(RTC_KEY_ROOM_REV),
        rtc_string(RTC_KEY_ROOM_MEMBERS),
        rtc_string(RTC_KEY_ROOM_IDENTITIES),
        rtc_string(RTC_KEY_ROOM_REVOKED)
    };

    while (len && id[len - 1] == ':') {
        len--;
    }

    for (i = 0; i < rtc_nelts(parts); i++) {
        n = parts[i].len;

        if (len >= n && memcmp(id + len - n, parts[i].data, n) == 0) {
            return 1;
        }
    }

    return 0;
}


#endif /* RTC_KEYS_H_INCLUDED */
