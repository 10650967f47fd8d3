
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A table from SSRC to an object: open addressing, at most half full.
 */


#ifndef RTC_SSRC_H_INCLUDED
#define RTC_SSRC_H_INCLUDED


#include "rtc_core.h"


typedef struct {
    uint32_t            ssrc;
    uint8_t             rtx;            /* its retransmission stream */
    void               *data;           /* NULL: the place is free */
} rtc_ssrc_entry_t;


typedef struct {
    rtc_ssrc_entry_t   *entries;
    uint32_t            mask;
    uint32_t            n;
    uint32_t            max;
} rtc_ssrc_table_t;


int rtc_ssrc_init(rtc_ssrc_table_t *t, uint32_t max);
void rtc_ssrc_done(rtc_ssrc_table_t *t);

/* RTC_DECLINED: known already, or max are in it; data is not NULL */
int rtc_ssrc_add(rtc_ssrc_table_t *t, uint32_t ssrc, void *data, int rtx);
void rtc_ssrc_remove(rtc_ssrc_table_t *t, uint32_t ssrc);
const rtc_ssrc_entry_t *rtc_ssrc_find(const rtc_ssrc_table_t *t,
    uint32_t ssrc);


#endif /* RTC_SSRC_H_INCLUDED */
