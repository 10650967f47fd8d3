
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "rtc_cert.h"


#define RTC_CERT_RSA_BITS  2048
#define RTC_CERT_RSA_MOST  8192         /* more than that takes a second */


static int rtc_cert_error(char *error, const char *format, ...);
static int rtc_cert_read_chain(STACK_OF(X509) *chain, rtc_str_t text,
    char *error);
static EVP_PKEY *rtc_cert_read_key(rtc_str_t text, char *error);
static int rtc_cert_no_password(char *buf, int size, int rwflag, void *data);
static int rtc_cert_check(STACK_OF(X509) *chain, EVP_PKEY *key,
    const char *roots, int64_t now, char *error);
static int rtc_cert_check_kind(EVP_PKEY *key, char *error);
static int rtc_cert_check_key(STACK_OF(X509) *chain, EVP_PKEY *key,
    char *error);
static int rtc_cert_check_time(X509 *x509, int n, int64_t now, char *error);
static int rtc_cert_check_order(STACK_OF(X509) *chain, char *error);
static int rtc_cert_check_end(X509 *last, const char *roots, char *error);
static int rtc_cert_check_use(X509 *leaf, char *error);
static int rtc_cert_describe(rtc_cert_t *cert, STACK_OF(X509) *chain,
    EVP_PKEY *key);
static int rtc_cert_names(rtc_cert_t *cert);
static char *rtc_cert_write(STACK_OF(X509) *chain, EVP_PKEY *key);
static void rtc_cert_name(X509_NAME *name, char *text, size_t size);
static int64_t rtc_cert_time(const ASN1_TIME *time);


int
rtc_cert_read(rtc_cert_t *cert, rtc_str_t chain, rtc_str_t key,
    const char *roots, int64_t now, char error[RTC_CERT_ERROR])
{
    int              rc;
    EVP_PKEY        *pkey;
    STACK_OF(X509)  *stack;

    memset(cert, 0, sizeof(rtc_cert_t));

    pkey = NULL;
    stack = sk_X509_new_null();
    rc = RTC_ERROR;

    if (stack == NULL) {
        (void) rtc_cert_error(error, "There is no memory.");
        return RTC_ERROR;
    }

    if (rtc_cert_read_chain(stack, chain, error) != RTC_OK) {
        goto done;
    }

    pkey = rtc_cert_read_key(key, error);

    if (pkey == NULL
        || rtc_cert_check(stack, pkey, roots, now, error) != RTC_OK)
    {
        goto done;
    }

    rc = rtc_cert_describe(cert, stack, pkey);

    if (rc != RTC_OK) {
        (void) rtc_cert_error(error, "There is no memory.");
        rtc_cert_free(cert);
    }

done:

    EVP_PKEY_free(pkey);
    sk_X509_pop_free(stack, X509_free);
    ERR_clear_error();

    return rc;
}


static int
rtc_cert_error(char *error, const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    (void) vsnprintf(error, RTC_CERT_ERROR, format, args);
    va_end(args);

    return RTC_ERROR;
}


static int
rtc_cert_read_chain(STACK_OF(X509) *chain, rtc_str_t text, char *error)
{
    BIO   *bio;
    X509  *x509;

    if (text.len > RTC_CERT_MAX) {
        return rtc_cert_error(error, "certificate has more than %d bytes.",
                              RTC_CERT_MAX);
    }

    bio = BIO_new_mem_buf(text.data, (int) text.len);
    if (bio == NULL) {
        return rtc_cert_error(error, "There is no memory.");
    }

    for ( ;; ) {
        x509 = PEM_read_bio_X509(bio, NULL, rtc_cert_no_password, NULL);

        if (x509 == NULL) {
            break;
        }

        if (sk_X509_push(chain, x509) == 0) {
            X509_free(x509);
            break;
        }

        if (sk_X509_num(chain) > RTC_CERT_CHAIN) {
            break;
        }
    }

    BIO_free(bio);

    if (sk_X509_num(chain) > RTC_CERT_CHAIN) {
        return rtc_cert_error(error, "certificate has more than %d "
                              "certificates.", RTC_CERT_CHAIN);
    }

    /* the end of the text is "no start line", anything else is damage */

    if (sk_X509_num(chain) == 0
        || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    {
        return rtc_cert_error(error, "certificate is not a certificate in PEM "
                              "(-----BEGIN CERTIFICATE-----), or it is "
                              "damaged.");
    }

    return RTC_OK;
}


static EVP_PKEY *
rtc_cert_read_key(rtc_str_t text, char *error)
{
    int        encrypted;
    BIO       *bio;
    EVP_PKEY  *key;

    if (text.len > RTC_CERT_MAX) {
        (void) rtc_cert_error(error, "private_key has more than %d bytes.",
                              RTC_CERT_MAX);
        return NULL;
    }

    encrypted = 0;

    bio = BIO_new_mem_buf(text.data, (int) text.len);
    if (bio == NULL) {
        (void) rtc_cert_error(error, "There is no memory.");
        return NULL;
    }

    key = PEM_read_bio_PrivateKey(bio, NULL, rtc_cert_no_password, &encrypted);

    BIO_free(bio);

    if (key == NULL) {
        (void) rtc_cert_error(error, encrypted
                              ? "private_key is encrypted with a password; "
                                "give it without one."
                              : "private_key is not a private key in PEM "
                                "(-----BEGIN PRIVATE KEY-----), or it is "
                                "damaged.");
    }

    return key;
}


/* OpenSSL would ask on the terminal */

static int
rtc_cert_no_password(char *buf, int size, int rwflag, void *data)
{
    int  *encrypted = data;

    if (encrypted) {
        *encrypted = 1;
    }

    return -1;
}


static int
rtc_cert_check(STACK_OF(X509) *chain, EVP_PKEY *key, const char *roots,
    int64_t now, char *error)
{
    int    i, n;
    X509  *leaf;

    n = sk_X509_num(chain);
    leaf = sk_X509_value(chain, 0);

    if (rtc_cert_check_key(chain, key, error) != RTC_OK) {
        return RTC_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (rtc_cert_check_time(sk_X509_value(chain, i), i, now, error)
            != RTC_OK)
        {
            return RTC_ERROR;
        }
    }

    if (rtc_cert_check_use(leaf, error) != RTC_OK
        || rtc_cert_check_order(chain, error) != RTC_OK)
    {
        return RTC_ERROR;
    }

    return rtc_cert_check_end(sk_X509_value(chain, n - 1), roots, error);
}


/*
 * What browsers take in a handshake.  A curve that is written as numbers has no
 * name.
 */

static int
rtc_cert_check_kind(EVP_PKEY *key, char *error)
{
    int     bits;
    char    curve[32];
    size_t  len;

    switch (EVP_PKEY_get_base_id(key)) {

    case EVP_PKEY_EC:
        if (EVP_PKEY_get_group_name(key, curve, sizeof(curve), &len) == 1
            && (strcmp(curve, SN_X9_62_prime256v1) == 0
                || strcmp(curve, SN_secp384r1) == 0))
        {
            return RTC_OK;
        }

        return rtc_cert_error(error, "private_key is of a curve that browsers "
                              "do not take; make one of P-256 or P-384.");

    case EVP_PKEY_RSA:
        bits = EVP_PKEY_get_bits(key);

        if (bits >= RTC_CERT_RSA_BITS && bits <= RTC_CERT_RSA_MOST) {
            return RTC_OK;
        }

        return rtc_cert_error(error, "private_key has %d bits; browsers want "
                              "%d at least, and no server more than %d.", bits,
                              RTC_CERT_RSA_BITS, RTC_CERT_RSA_MOST);

    default:
        return rtc_cert_error(error, "private_key is neither RSA nor EC, which "
                              "is what browsers take.");
    }
}


static int
rtc_cert_check_key(STACK_OF(X509) *chain, EVP_PKEY *key, char *error)
{
    int  i;

    if (rtc_cert_check_kind(key, error) != RTC_OK) {
        return RTC_ERROR;
    }

    if (X509_check_private_key(sk_X509_value(chain, 0), key) == 1) {
        return RTC_OK;
    }

    for (i = 1; i < sk_X509_num(chain); i++) {
        if (X509_check_private_key(sk_X509_value(chain, i), key) == 1) {
            return rtc_cert_error(error, "certificate is in the wrong order: "
                                  "the server's own comes first, then the one "
                                  "that signed it.");
        }
    }

    return rtc_cert_error(error, "private_key does not belong to the "
                          "certificate.");
}


static int
rtc_cert_check_time(X509 *x509, int n, int64_t now, char *error)
{
    char        subject[RTC_CERT_ISSUER], day[32];
    time_t      t;
    struct tm   tm;
    const char *what;

    if (now < rtc_cert_time(X509_get0_notBefore(x509))) {
        t = (time_t) rtc_cert_time(X509_get0_notBefore(x509));
        what = "is not valid before";

    } else if (now > rtc_cert_time(X509_get0_notAfter(x509))) {
        t = (time_t) rtc_cert_time(X509_get0_notAfter(x509));
        what = "has expired on";

    } else {
        return RTC_OK;
    }

    (void) strftime(day, sizeof(day), "%Y-%m-%d", gmtime_r(&t, &tm));

    if (n == 0) {
        return rtc_cert_error(error, "certificate %s %s.", what, day);
    }

    rtc_cert_name(X509_get_subject_name(x509), subject, sizeof(subject));

    return rtc_cert_error(error, "certificate \"%s\" of the chain %s %s.",
                          subject, what, day);
}


static int
rtc_cert_check_use(X509 *leaf, char *error)
{
    int  md, bits;

    /* OpenSSL counts a name of the subject, browsers do not */

    if (X509_get_ext_by_NID(leaf, NID_subject_alt_name, -1) < 0) {
        return rtc_cert_error(error, "certificate has no names (extension "
                              "subjectAltName).");
    }

    if (X509_check_purpose(leaf, X509_PURPOSE_SSL_SERVER, 0) != 1) {
        return rtc_cert_error(error, "certificate is not one of a server.");
    }

    if (X509_get_signature_info(leaf, &md, NULL, &bits, NULL) == 1
        && (md == NID_md5 || md == NID_sha1))
    {
        return rtc_cert_error(error, "certificate is signed with %s, which "
                              "browsers refuse.", OBJ_nid2sn(md));
    }

    return RTC_OK;
}


static int
rtc_cert_check_order(STACK_OF(X509) *chain, char *error)
{
    int        i;
    char       issuer[RTC_CERT_ISSUER];
    X509      *x509, *next;
    EVP_PKEY  *key;

    for (i = 0; i + 1 < sk_X509_num(chain); i++) {
        x509 = sk_X509_value(chain, i);
        next = sk_X509_value(chain, i + 1);
        key = X509_get0_pubkey(next);

        if (X509_check_issued(next, x509) == X509_V_OK
            && key != NULL && X509_verify(x509, key) == 1)
        {
            continue;
        }

        rtc_cert_name(X509_get_issuer_name(x509), issuer, sizeof(issuer));

        return rtc_cert_error(error, "certificate is not a chain: behind "
                              "number %d comes not its issuer \"%s\".", i + 1,
                              issuer);
    }

    return RTC_OK;
}


static int
rtc_cert_check_end(X509 *last, const char *roots, char *error)
{
    int              found;
    char             issuer[RTC_CERT_ISSUER];
    X509            *root;
    X509_STORE      *store;
    X509_STORE_CTX  *ctx;

    if (roots == NULL || X509_check_issued(last, last) == X509_V_OK) {
        return RTC_OK;
    }

    root = NULL;
    found = 0;
    store = X509_STORE_new();
    ctx = X509_STORE_CTX_new();

    if (store != NULL && ctx != NULL
        && X509_STORE_load_path(store, roots) == 1
        && X509_STORE_CTX_init(ctx, store, last, NULL) == 1)
    {
        found = X509_STORE_CTX_get1_issuer(&root, ctx, last) == 1;
    }

    X509_free(root);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);

    if (found) {
        return RTC_OK;
    }

    rtc_cert_name(X509_get_issuer_name(last), issuer, sizeof(issuer));

    return rtc_cert_error(error, "certificate is incomplete: the certificate "
                          "of the issuer \"%s\" is missing at its end.",
                          issuer);
}


static int
rtc_cert_describe(rtc_cert_t *cert, STACK_OF(X509) *chain, EVP_PKEY *key)
{
    X509  *leaf;

    leaf = sk_X509_value(chain, 0);

    if (X509_up_ref(leaf) != 1) {
        return RTC_ERROR;
    }

    cert->leaf = leaf;
    cert->not_before = rtc_cert_time(X509_get0_notBefore(leaf));
    cert->not_after = rtc_cert_time(X509_get0_notAfter(leaf));

    rtc_cert_name(X509_get_issuer_name(leaf), cert->issuer,
                  sizeof(cert->issuer));

    cert->chain = rtc_cert_write(chain, NULL);
    cert->key = rtc_cert_write(NULL, key);

    if (cert->chain == NULL || cert->key == NULL) {
        return RTC_ERROR;
    }

    return rtc_cert_names(cert);
}


static int
rtc_cert_names(rtc_cert_t *cert)
{
    int             i, len;
    char           *text;
    ASN1_STRING    *s;
    GENERAL_NAME   *name;
    GENERAL_NAMES  *names;

    names = X509_get_ext_d2i(cert->leaf, NID_subject_alt_name, NULL, NULL);

    for (i = 0; i < sk_GENERAL_NAME_num(names)
                && cert->nnames < RTC_CERT_NAMES; i++)
    {
        name = sk_GENERAL_NAME_value(names, i);

        if (name->type != GEN_DNS) {
            continue;
        }

        s = name->d.dNSName;
        len = ASN1_STRING_length(s);

        if (len < 1 || len > 253) {
            continue;
        }

        text = strndup((const char *) ASN1_STRING_get0_data(s), len);

        if (text == NULL) {
            GENERAL_NAMES_free(names);
            return RTC_ERROR;
        }

        cert->names[cert->nnames++] = text;
    }

    GENERAL_NAMES_free(names);

    return RTC_OK;
}


static char *
rtc_cert_write(STACK_OF(X509) *chain, EVP_PKEY *key)
{
    int    i, ok;
    long   len;
    BIO   *bio;
    char  *data, *text;

    bio = BIO_new(BIO_s_mem());
    if (bio == NULL) {
        return NULL;
    }

    text = NULL;
    ok = 1;

    for (i = 0; chain != NULL && i < sk_X509_num(chain); i++) {
        ok &= PEM_write_bio_X509(bio, sk_X509_value(chain, i)) == 1;
    }

    if (key != NULL) {
        ok &= PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)
              == 1;
    }

    len = BIO_get_mem_data(bio, &data);

    if (ok && len > 0) {
        text = strndup(data, len);
    }

    if (key != NULL && len > 0) {
        OPENSSL_cleanse(data, len);
    }

    BIO_free(bio);

    return text;
}


/* what people call an issuer: its common name, or else its organization */

static void
rtc_cert_name(X509_NAME *name, char *text, size_t size)
{
    size_t  i, nids[] = { NID_commonName, NID_organizationName,
                          NID_organizationalUnitName };

    text[0] = '\0';

    for (i = 0; i < rtc_nelts(nids); i++) {
        if (X509_NAME_get_text_by_NID(name, (int) nids[i], text, (int) size)
            > 0)
        {
            break;
        }
    }

    /* it goes into sentences and JSON: printable ASCII */

    for (i = 0; text[i]; i++) {
        if (text[i] < ' ' || text[i] > '~' || text[i] == '"') {
            text[i] = '?';
        }
    }
}


static int64_t
rtc_cert_time(const ASN1_TIME *time)
{
    struct tm  tm;

    if (ASN1_TIME_to_tm(time, &tm) != 1) {
        return 0;
    }

    return timegm(&tm);
}


int
rtc_cert_covers(const rtc_cert_t *cert, rtc_str_t name)
{
    /* to OpenSSL a dot at the front means all names below */

    if (name.len == 0 || name.data[0] == '.') {
        return 0;
    }

    return X509_check_host(cert->leaf, (const char *) name.data, name.len,
                           X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
                           |X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL)
           == 1;
}


void
rtc_cert_free(rtc_cert_t *cert)
{
    size_t  i;

    for (i = 0; i < cert->nnames; i++) {
        free(cert->names[i]);
    }

    if (cert->key != NULL) {
        OPENSSL_cleanse(cert->key, strlen(cert->key));
    }

    free(cert->chain);
    free(cert->key);
    X509_free(cert->leaf);

    memset(cert, 0, sizeof(rtc_cert_t));
}
