
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What travels on a link between two workers, W being an id, N a nonce:
 *
 *   hello    "conf", version, W of who connects, W of who is meant,
 *            attempt, seen, N
 *   answer   W, N, MAC
 *   proof    MAC
 *
 * and from then on, in both directions, frames: the length of the body (32
 * bits), a type (8 bits), the body.  The first one is "accept", by which the
 * one that was connected to makes the connection the link's.
 *
 * Between hosts all of it is inside TLS 1.3, with a key from the secret and no
 * certificates.  There a port may have got another worker since it was told of:
 * this one answers a hello that is not for it with its own W, and closes.
 *
 * The MACs are HMAC-SHA-256 over the role, the hello and the answer's nonce,
 * with a key from the installation's secret.  So each end knows that the other
 * one has the secret, means this very connection, and is who it says.
 */


#ifndef RTC_LINK_H_INCLUDED
#define RTC_LINK_H_INCLUDED


#include "rtc_core.h"


#define RTC_LINK_VERSION       1

#define RTC_LINK_WID_LEN       16       /* lower-case hexadecimal digits */
#define RTC_LINK_NONCE_LEN     32
#define RTC_LINK_MAC_LEN       32

#define RTC_LINK_HELLO_LEN     (4 + 1 + 2 * RTC_LINK_WID_LEN + 2 * 8          \
                                + RTC_LINK_NONCE_LEN)
#define RTC_LINK_ANSWER_LEN    (RTC_LINK_WID_LEN + RTC_LINK_NONCE_LEN         \
                                + RTC_LINK_MAC_LEN)
#define RTC_LINK_PROOF_LEN     RTC_LINK_MAC_LEN

#define RTC_LINK_MAX_STEP      RTC_LINK_HELLO_LEN

#define RTC_LINK_HEADER_LEN    5
#define RTC_LINK_MAX_BODY      (512 * 1024)
#define RTC_LINK_MAX_LABEL     64       /* of a key */
#define RTC_LINK_PSK_LEN       32       /* of TLS */
#define RTC_LINK_ADDRESS_LEN   54       /* "[" IPv6 "]:65535" */

/* types of frames; 1..127 are messages of whoever uses the link */

#define RTC_LINK_PING          0        /* a byte of flags */
#define RTC_LINK_MAX_TYPE      127
#define RTC_LINK_ACCEPT        128      /* a byte of flags */

#define RTC_LINK_HELD          0x01     /* flag: the sender needs the link */


/* keys that come from the installation's secret */

typedef struct {
    uint8_t                mac[32];
    uint8_t                keys[32];
    uint8_t                psk[RTC_LINK_PSK_LEN];
} rtc_link_secret_t;

int rtc_link_secret_init(rtc_link_secret_t *secret, rtc_str_t text);

int rtc_link_is_wid(const uint8_t *p, size_t len);

/* where a worker listens for other hosts: 192.0.2.1:7946, [2001:db8::1]:7946 */

int rtc_link_parse_address(rtc_addr_t *addr, const uint8_t *p, size_t len);


typedef struct {
    uint8_t                from[RTC_LINK_WID_LEN];
    uint8_t                to[RTC_LINK_WID_LEN];
    uint64_t               attempt;     /* number of this one, from 1 on */
    uint64_t               seen;        /* the other's last that was accepted */
    uint8_t                nonce[RTC_LINK_NONCE_LEN];
} rtc_link_hello_t;


typedef enum {
    RTC_LINK_HELLO = 0,                 /* waits for this step */
    RTC_LINK_ANSWER,
    RTC_LINK_PROOF,
    RTC_LINK_DONE,
    RTC_LINK_FAILED
} rtc_link_state_e;


/* one end's view of a handshake; the secret outlives it */

typedef struct {
    const rtc_link_secret_t  *secret;
    rtc_link_state_e          state;
    uint8_t                   wid[RTC_LINK_WID_LEN];
    rtc_link_hello_t          hello;    /* of who connected */
    uint8_t                   nonce[RTC_LINK_NONCE_LEN];    /* the answer's */
} rtc_link_handshake_t;

/* writes the hello, RTC_LINK_HELLO_LEN bytes */

void rtc_link_connect(rtc_link_handshake_t *hs,
    const rtc_link_secret_t *secret, const rtc_link_hello_t *hello,
    uint8_t *out);

/* the end that was connected to; wid and nonce are its own */

void rtc_link_accept(rtc_link_handshake_t *hs, const rtc_link_secret_t *secret,
    const uint8_t *wid, const uint8_t *nonce);

/* the length of the step that comes next, 0: there is none */

size_t rtc_link_want(const rtc_link_handshake_t *hs);

/*
 * A step as it came.  RTC_OK: the other end has proved itself; RTC_AGAIN: not
 * yet; RTC_ERROR: it has not, *reason says why; RTC_DECLINED: it has proved
 * that it is another worker.  In any case *out_len bytes of out, up to
 * RTC_LINK_MAX_STEP, are to be sent.
 */

int rtc_link_input(rtc_link_handshake_t *hs, const uint8_t *p, size_t len,
    uint8_t *out, size_t *out_len, const char **reason);

/*
 * A key that both ends of a finished handshake know, another one for each
 * label and direction.  connector: of what the one sends that connected.
 */

int rtc_link_key(const rtc_link_handshake_t *hs, const char *label,
    int connector, uint8_t *key, size_t len);


/*
 * One link per pair, though both may connect at once.  What this end has at
 * the moment when the other one's connection has proved itself:
 */

typedef enum {
    RTC_LINK_NONE = 0,
    RTC_LINK_OURS_TRIED,                /* it has not been accepted yet */
    RTC_LINK_OURS,
    RTC_LINK_THEIRS
} rtc_link_current_e;

typedef struct {
    rtc_link_current_e     current;
    uint64_t               attempt;     /* its number, if it is ours */
    uint64_t               seen;        /* their last that was accepted */
} rtc_link_choice_t;

/* whether theirs becomes the link, and ends what there is */

int rtc_link_takes(const rtc_link_choice_t *choice,
    const rtc_link_hello_t *hello);


typedef struct {
    uint32_t               len;         /* of the body */
    uint8_t                type;
} rtc_link_header_t;

uint8_t *rtc_link_write_header(uint8_t *p, uint8_t type, size_t len);

/* RTC_AGAIN: too short; RTC_ERROR: no type of ours, or too long for it */

int rtc_link_parse_header(rtc_link_header_t *header, const uint8_t *p,
    size_t len);


#endif /* RTC_LINK_H_INCLUDED */
