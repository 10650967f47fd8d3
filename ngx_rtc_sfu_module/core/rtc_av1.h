
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * AV1 payloads and the dependency descriptor ("RTP Payload Format For AV1",
 * section 4.4 and Appendix A): where a keyframe begins.
 */


#ifndef RTC_AV1_H_INCLUDED
#define RTC_AV1_H_INCLUDED


#include "rtc_core.h"


#define RTC_DD_MAX  255                 /* of an extension element */


/* the mandatory fields and whether a template structure follows */

typedef struct {
    uint8_t         template_id;
    uint16_t        frame_number;
    unsigned        start:1;
    unsigned        end:1;
    unsigned        structure:1;
} rtc_dd_t;


/* whether the payload begins a coded video sequence (the N bit) */
int rtc_av1_keyframe(rtc_str_t payload);

int rtc_dd_parse(rtc_dd_t *dd, rtc_str_t ext);

/* in place; ext was parsed before */
void rtc_dd_set_frame_number(uint8_t *ext, uint16_t number);


#endif /* RTC_AV1_H_INCLUDED */
