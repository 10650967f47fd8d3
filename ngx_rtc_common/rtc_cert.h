
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A certificate of a server, its chain and its private key, in PEM: whether
 * browsers would take it, and as a record of Redis.
 */


#ifndef RTC_CERT_H_INCLUDED
#define RTC_CERT_H_INCLUDED


#include "rtc_core.h"
#include "rtc_seal.h"


#define RTC_CERT_MAX     65536          /* bytes of a chain, of a key */
#define RTC_CERT_CHAIN   10             /* certificates of a chain */
#define RTC_CERT_NAMES   100            /* names of a certificate */
#define RTC_CERT_ISSUER  128
#define RTC_CERT_ERROR   256


typedef struct {
    char     *chain;                    /* PEM, the server's comes first */
    char     *key;                      /* PEM */
    char     *names[RTC_CERT_NAMES];    /* DNS names, wildcards among them */
    size_t    nnames;
    char      issuer[RTC_CERT_ISSUER];
    int64_t   not_before;               /* Unix seconds */
    int64_t   not_after;

    void     *leaf;                     /* X509 */
} rtc_cert_t;


/*
 * Reads what an operator gives, and writes it anew without what does not
 * belong there.  RTC_ERROR: error is a sentence that names what is wrong, of
 * "certificate" or "private_key"; nothing is to be freed then.
 *
 * The chain has to lead from each certificate to the next, and to its end: a
 * certificate that signed itself, or one whose issuer is in the folder of
 * trusted roots (names by hash, as OpenSSL wants them).  Without a folder the
 * end is not looked at.
 */

int rtc_cert_read(rtc_cert_t *cert, rtc_str_t chain, rtc_str_t key,
    const char *roots, int64_t now, char error[RTC_CERT_ERROR]);

/* whether it is good for a host name (RFC 6125) */

int rtc_cert_covers(const rtc_cert_t *cert, rtc_str_t name);

void rtc_cert_free(rtc_cert_t *cert);


/*
 * The record of a certificate in Redis, JSON, the key sealed: see rtc_keys.h.
 * NULL: no memory.  The caller frees it.
 */

char *rtc_cert_record(const rtc_cert_t *cert, const char *type, int64_t now,
    const uint8_t seal[RTC_SEAL_KEY]);

/*
 * Reads a record; nothing is checked, and leaf is NULL.  RTC_ERROR: it is
 * damaged, or of another installation.
 */

int rtc_cert_open(rtc_cert_t *cert, rtc_str_t record,
    const uint8_t seal[RTC_SEAL_KEY]);


#endif /* RTC_CERT_H_INCLUDED */
