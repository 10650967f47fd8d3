
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * SRTP and SRTCP of one peer (RFC 3711, RFC 7714), both directions: AES-CM by
 * libsrtp2, AES-GCM by rtc_srtp_gcm.  The index of what goes out is kept here,
 * that of what comes in under AES-GCM in rtc_srtp_recv.
 */


#ifndef RTC_SRTP_H_INCLUDED
#define RTC_SRTP_H_INCLUDED


#include "rtc_core.h"


#define RTC_SRTP_KEY            16
#define RTC_SRTP_MASTER         30      /* key and salt of up to 14 bytes */

/* the most that protection adds: tag, and of SRTCP the index */
#define RTC_SRTP_OVERHEAD       20

#define RTC_SRTP_RECEIVERS      64      /* received SSRCs at once */
#define RTC_SRTP_SENDERS        2048
#define RTC_SRTP_RETIRED        256     /* SSRCs given up that stay refused */
#define RTC_SRTP_WINDOW         1024    /* of replay, and of late packets */


/* the numbers of RFC 5764 and RFC 7714 */

typedef enum {
    RTC_SRTP_AES128_CM_SHA1_80 = 0x0001,
    RTC_SRTP_AEAD_AES_128_GCM = 0x0007
} rtc_srtp_profile_e;


/* master key and master salt of a direction, one behind the other */

typedef struct {
    rtc_srtp_profile_e  profile;
    uint8_t             tx[RTC_SRTP_MASTER];
    uint8_t             rx[RTC_SRTP_MASTER];
} rtc_srtp_keys_t;


typedef enum {
    RTC_SRTP_OK = 0,
    RTC_SRTP_MALFORMED,
    RTC_SRTP_FORGED,                    /* authentication failed */
    RTC_SRTP_REPLAYED,                  /* known, or behind the window */
    RTC_SRTP_SSRC                       /* given up, or one too many */
} rtc_srtp_result_e;


/*
 * A packet in parts, in this order; prefix, payload and padding get encrypted.
 * The header has to tell of padding.
 */

typedef struct {
    const uint8_t      *header;         /* with CSRCs and extensions */
    size_t              header_len;
    const uint8_t      *prefix;         /* rewritten start of the payload */
    size_t              prefix_len;
    const uint8_t      *payload;
    size_t              payload_len;
    uint8_t             pad;            /* bytes of RTP padding behind it */
    unsigned            resend:1;       /* bit-identical to one sent before */
    unsigned            expendable:1;   /* the first to be dropped if need be */
} rtc_srtp_packet_t;


typedef struct rtc_srtp_s  rtc_srtp_t;


/* once per process, in the process that uses it: the library's NSS forbids a
   fork in between */
int rtc_srtp_library_init(void);
void rtc_srtp_library_shutdown(void);

rtc_srtp_t *rtc_srtp_create(void);
void rtc_srtp_destroy(rtc_srtp_t *s);

/* once; nothing can be protected before */
int rtc_srtp_set_keys(rtc_srtp_t *s, const rtc_srtp_keys_t *keys);

/*
 * The number of the sender, or RTC_ERROR: too many, or the SSRC has one.  An
 * SSRC must not come back after its removal, its indexes are used up.
 */
int rtc_srtp_add_sender(rtc_srtp_t *s, uint32_t ssrc);
void rtc_srtp_remove_sender(rtc_srtp_t *s, int sender);

/* packets of the SSRC are refused from now on */
void rtc_srtp_remove_receiver(rtc_srtp_t *s, uint32_t ssrc);

/*
 * Writes the parts' lengths and up to RTC_SRTP_OVERHEAD bytes to out.
 * RTC_DECLINED: the index is used up or too old, or the header is not one of
 * this sender; RTC_ERROR: no keys, no sender, or the library refuses.
 */
int rtc_srtp_protect(rtc_srtp_t *s, int sender, const rtc_srtp_packet_t *pkt,
    uint8_t *out, size_t *out_len);

/* a compound packet; its first SSRC has to be a sender's */
int rtc_srtp_protect_rtcp(rtc_srtp_t *s, const uint8_t *p, size_t len,
    uint8_t *out, size_t *out_len);

/* in place; *len becomes shorter */
rtc_srtp_result_e rtc_srtp_unprotect(rtc_srtp_t *s, uint8_t *p, size_t *len);
rtc_srtp_result_e rtc_srtp_unprotect_rtcp(rtc_srtp_t *s, uint8_t *p,
    size_t *len);


#endif /* RTC_SRTP_H_INCLUDED */
