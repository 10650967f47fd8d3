
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Messages of the Data Channel Establishment Protocol (RFC 8832).
 */


#ifndef RTC_DCEP_H_INCLUDED
#define RTC_DCEP_H_INCLUDED


#include "rtc_core.h"


#define RTC_DCEP_ACK         0x02
#define RTC_DCEP_OPEN        0x03

#define RTC_DCEP_OPEN_LEN    12         /* without label and protocol */

/* RFC 8832, 8.1: SCTP payload protocol identifiers, with those of RFC 8831 */

#define RTC_DCEP_PPID             50
#define RTC_DCEP_PPID_TEXT        51
#define RTC_DCEP_PPID_BINARY      53
#define RTC_DCEP_PPID_TEXT_EMPTY  56
#define RTC_DCEP_PPID_EMPTY       57


typedef enum {
    RTC_DCEP_RELIABLE = 0x00,
    RTC_DCEP_RETRANSMITS = 0x01,
    RTC_DCEP_LIFETIME = 0x02
} rtc_dcep_reliability_e;


typedef struct {
    rtc_dcep_reliability_e  reliability;
    unsigned                ordered:1;
    uint16_t                priority;
    uint32_t                limit;      /* retransmissions or milliseconds */
    rtc_str_t               label;
    rtc_str_t               protocol;
} rtc_dcep_open_t;


/* the type, or RTC_ERROR: malformed; open is set for RTC_DCEP_OPEN */
int rtc_dcep_parse(rtc_dcep_open_t *open, const uint8_t *p, size_t len);

/* answers the length, 0 if size is not enough */
size_t rtc_dcep_write_open(const rtc_dcep_open_t *open, uint8_t *p,
    size_t size);
size_t rtc_dcep_write_ack(uint8_t *p, size_t size);


#endif /* RTC_DCEP_H_INCLUDED */
