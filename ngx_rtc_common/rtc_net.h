
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is known of addresses: networks of special use, and addresses inside of
 * others.
 */


#ifndef RTC_NET_H_INCLUDED
#define RTC_NET_H_INCLUDED


#include "rtc_core.h"


/* whether the first bits of two addresses are the same */

int rtc_net_match(const uint8_t *a, const uint8_t *b, unsigned bits);

/*
 * The bits of the network of special use (RFC 6890, RFC 8190 and their
 * registries, multicast) that the address is in, or 0: it is in none.
 */

unsigned rtc_net_special(const rtc_addr_t *addr);

/* IPv4 addresses inside of IPv6 ones (mapped, NAT64, 6to4) become what they
   are */

void rtc_net_canonical(rtc_addr_t *addr);

/* 6to4 and Teredo: IPv4 in which IPv6 comes and goes */

int rtc_net_is_tunnel(const rtc_addr_t *addr);

/*
 * Whether the address can be one of the public Internet: globally reachable,
 * and no multicast; one that is mapped or behind NAT64 counts as what is inside
 * of it, the end of a tunnel is none.
 */

int rtc_net_is_public(const rtc_addr_t *addr);


#endif /* RTC_NET_H_INCLUDED */
