
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Which addresses belong to the public Internet.
 */


#ifndef RTC_NET_H_INCLUDED
#define RTC_NET_H_INCLUDED


#include <sys/socket.h>

#include "rtc_core.h"


/*
 * Whether it is one of the IANA registries' globally reachable addresses, and
 * no multicast; IPv6 addresses that stand for one of IPv4 count as that.
 */

int rtc_net_is_public(const struct sockaddr *sa);


#endif /* RTC_NET_H_INCLUDED */
