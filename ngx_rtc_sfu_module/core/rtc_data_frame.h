
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The header of LiveKit's data track packets, on the channel "_data_track":
 *
 *   version (3 bits) | marker (2) | extensions (1) | reserved (10)
 *   handle (16) | sequence (16) | frame number (16) | timestamp, 90 kHz (32)
 *   extensions: their length in words minus 1 (16), then as many bytes
 */


#ifndef RTC_DATA_FRAME_H_INCLUDED
#define RTC_DATA_FRAME_H_INCLUDED


#include "rtc_core.h"


#define RTC_DATA_FRAME_HEADER  12

/* bits of the marker: both in a frame of one packet */

#define RTC_DATA_FRAME_FINAL   1
#define RTC_DATA_FRAME_START   2


typedef struct {
    uint8_t              marker;        /* RTC_DATA_FRAME_* */
    uint16_t             handle;        /* of the track, never 0 */
    uint16_t             sequence;
    uint16_t             frame;
    uint32_t             timestamp;
    size_t               header_len;    /* with extensions */
} rtc_data_frame_t;


int rtc_data_frame_parse(rtc_data_frame_t *frame, const uint8_t *p,
    size_t len);

/* in a packet that was parsed */

void rtc_data_frame_set_handle(uint8_t *p, uint16_t handle);


#endif /* RTC_DATA_FRAME_H_INCLUDED */
