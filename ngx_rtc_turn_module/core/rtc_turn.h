
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Numbers of TURN: RFC 8656 (UDP), RFC 6062 (TCP), RFC 8489 (STUN).  Those of
 * libnice are of an old draft.
 */


#ifndef RTC_TURN_H_INCLUDED
#define RTC_TURN_H_INCLUDED


#include "rtc_stun.h"


#define RTC_TURN_ALLOCATE              0x003
#define RTC_TURN_REFRESH               0x004
#define RTC_TURN_SEND                  0x006
#define RTC_TURN_DATA                  0x007
#define RTC_TURN_CREATE_PERMISSION     0x008
#define RTC_TURN_CHANNEL_BIND          0x009
#define RTC_TURN_CONNECT               0x00a
#define RTC_TURN_CONNECTION_BIND       0x00b
#define RTC_TURN_CONNECTION_ATTEMPT    0x00c

#define RTC_TURN_A_CHANNEL_NUMBER      0x000c
#define RTC_TURN_A_LIFETIME            0x000d
#define RTC_TURN_A_XOR_PEER_ADDRESS    0x0012
#define RTC_TURN_A_DATA                0x0013
#define RTC_TURN_A_REALM               0x0014
#define RTC_TURN_A_NONCE               0x0015
#define RTC_TURN_A_XOR_RELAYED         0x0016
#define RTC_TURN_A_FAMILY              0x0017
#define RTC_TURN_A_EVEN_PORT           0x0018
#define RTC_TURN_A_TRANSPORT           0x0019
#define RTC_TURN_A_DONT_FRAGMENT       0x001a
#define RTC_TURN_A_ALGORITHM           0x001d
#define RTC_TURN_A_USERHASH            0x001e
#define RTC_TURN_A_RESERVATION_TOKEN   0x0022
#define RTC_TURN_A_CONNECTION_ID       0x002a
#define RTC_TURN_A_ADDITIONAL_FAMILY   0x8000
#define RTC_TURN_A_ADDRESS_ERROR       0x8001
#define RTC_TURN_A_ALGORITHMS          0x8002
#define RTC_TURN_A_ICMP                0x8004

#define RTC_TURN_FAMILY_IPV4           0x01
#define RTC_TURN_FAMILY_IPV6           0x02

#define RTC_TURN_PROTO_TCP             6
#define RTC_TURN_PROTO_UDP             17


/*
 * Channels: RFC 8656, 12 gives 0x4000 - 0x4fff; clients of RFC 5766 take up
 * to 0x7fff.
 */

#define RTC_TURN_CHANNEL_MIN           0x4000
#define RTC_TURN_CHANNEL_MAX           0x7fff
#define RTC_TURN_CHANNEL_HEADER        4

#define rtc_turn_is_channel(p)         (((p)[0] & 0xc0) == 0x40)


/* times: RFC 8656, 3.2, 9, 12, 7.2 */

#define RTC_TURN_LIFETIME              600          /* s */
#define RTC_TURN_LIFETIME_MAX          3600
#define RTC_TURN_PERMISSION_LIFE       300000       /* ms */
#define RTC_TURN_CHANNEL_LIFE          600000
#define RTC_TURN_CHANNEL_QUARANTINE    300000
#define RTC_TURN_RESERVATION_LIFE      30000


/* the longest message that is no data, and the longest answer */

#define RTC_TURN_REQUEST_MAX           2048
#define RTC_TURN_ANSWER_MAX            512

/* of a peer: a Data indication has 16 bits for its length, 28 + 65504 */

#define RTC_TURN_DATA_MAX              65504

/*
 * What the server writes in front of a peer's data: the header of a Data
 * indication with an IPv6 address, or of ChannelData.
 */

#define RTC_TURN_HEADROOM              48


#endif /* RTC_TURN_H_INCLUDED */
