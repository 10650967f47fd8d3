
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The ICE user name of a worker begins with the worker's media port, so that
 * a port which all workers share can find it.
 */


#ifndef RTC_UFRAG_H_INCLUDED
#define RTC_UFRAG_H_INCLUDED


#include "rtc_core.h"


#define RTC_UFRAG_PORT  5               /* decimal digits */
#define RTC_UFRAG_LEN   17              /* with the random rest */


/* RTC_UFRAG_PORT characters */
void rtc_ufrag_write_port(char *ufrag, uint16_t port);

/* the port in a ufrag of ours, 0 if it is none */
uint16_t rtc_ufrag_port(rtc_str_t ufrag);


#endif /* RTC_UFRAG_H_INCLUDED */
