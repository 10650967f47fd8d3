
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Certificates for the shell, as the API sees them:
 *
 *   ngx-conf-cert check CHAIN KEY [NAME ...]
 *       whether they would be taken for all of the names
 *   ngx-conf-cert record SECRET CHAIN KEY TYPE [NAME ...]
 *       the same, then prints the record of Redis
 *   ngx-conf-cert open SECRET < RECORD
 *       prints chain and key of a record
 *
 * CHAIN and KEY are files in PEM, SECRET is the installation's secret
 * (conf_api_secret_file), TYPE is SSL_TYPE_CUSTOM or SSL_TYPE_LETSENCRYPT.
 * Of the latter the end of the chain is what the ACME server says.
 *
 * Ends with 1 and a sentence on standard error, with 2 after a wrong call.
 */


#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "rtc_cert.h"


#define CERT_FILE_MAX  (4 * RTC_CERT_MAX)
#define CERT_ROOTS     "/etc/ssl/certs"


static void __attribute__((noreturn, format(printf, 1, 2)))
fail(const char *format, ...)
{
    va_list  args;

    va_start(args, format);
    (void) vfprintf(stderr, format, args);
    va_end(args);

    (void) fputc('\n', stderr);
    exit(1);
}


static rtc_str_t
read_stream(FILE *file, const char *name)
{
    char      *text;
    rtc_str_t  s;

    text = malloc(CERT_FILE_MAX + 1);

    if (text == NULL) {
        fail("There is no memory.");
    }

    s.data = (uint8_t *) text;
    s.len = fread(text, 1, CERT_FILE_MAX + 1, file);

    if (ferror(file)) {
        fail("%s cannot be read.", name);
    }

    if (s.len > CERT_FILE_MAX) {
        fail("%s is too large.", name);
    }

    return s;
}


static rtc_str_t
read_file(const char *name)
{
    FILE       *file;
    rtc_str_t   s;

    file = fopen(name, "r");
    if (file == NULL) {
        fail("%s cannot be read.", name);
    }

    s = read_stream(file, name);
    (void) fclose(file);

    return s;
}


static void
read_seal(uint8_t seal[RTC_SEAL_KEY], const char *name)
{
    rtc_str_t  secret;

    secret = read_file(name);

    while (secret.len && (secret.data[secret.len - 1] == '\n'
                          || secret.data[secret.len - 1] == '\r'))
    {
        secret.len--;
    }

    if (secret.len < 32 || rtc_seal_key(seal, secret) != RTC_OK) {
        fail("%s has no secret of 32 bytes or more.", name);
    }
}


static void
read_cert(rtc_cert_t *cert, const char *chain, const char *key, int acme,
    char **names)
{
    char         error[RTC_CERT_ERROR];
    rtc_str_t    name;
    const char  *roots;

    roots = acme || access(CERT_ROOTS, R_OK) != 0 ? NULL : CERT_ROOTS;

    if (rtc_cert_read(cert, read_file(chain), read_file(key), roots,
                      time(NULL), error) != RTC_OK)
    {
        fail("%s", error);
    }

    for ( /* void */ ; *names; names++) {
        name.data = (uint8_t *) *names;
        name.len = strlen(*names);

        if (!rtc_cert_covers(cert, name)) {
            fail("certificate is not for %s.", *names);
        }
    }
}


static void
print_record(const char *secret, const char *chain, const char *key,
    const char *type, char **names)
{
    char        *text;
    uint8_t      seal[RTC_SEAL_KEY];
    rtc_cert_t   cert;

    read_seal(seal, secret);
    read_cert(&cert, chain, key, strcmp(type, "SSL_TYPE_LETSENCRYPT") == 0,
              names);

    text = rtc_cert_record(&cert, type, time(NULL), seal);

    if (text == NULL || fputs(text, stdout) == EOF || fflush(stdout) != 0) {
        fail("The record cannot be written.");
    }
}


static void
print_open(const char *secret)
{
    uint8_t     seal[RTC_SEAL_KEY];
    rtc_cert_t  cert;

    read_seal(seal, secret);

    if (rtc_cert_open(&cert, read_stream(stdin, "the record"), seal)
        != RTC_OK)
    {
        fail("The record is damaged, or it is of another installation.");
    }

    if (printf("%s%s", cert.chain, cert.key) < 0 || fflush(stdout) != 0) {
        fail("The certificate cannot be written.");
    }
}


int
main(int argc, char **argv)
{
    rtc_cert_t  cert;

    if (argc >= 4 && strcmp(argv[1], "check") == 0) {
        read_cert(&cert, argv[2], argv[3], 0, argv + 4);

    } else if (argc >= 6 && strcmp(argv[1], "record") == 0
               && (strcmp(argv[5], "SSL_TYPE_CUSTOM") == 0
                   || strcmp(argv[5], "SSL_TYPE_LETSENCRYPT") == 0))
    {
        print_record(argv[2], argv[3], argv[4], argv[5], argv + 6);

    } else if (argc == 3 && strcmp(argv[1], "open") == 0) {
        print_open(argv[2]);

    } else {
        (void) fputs("usage: ngx-conf-cert check CHAIN KEY [NAME ...]\n"
                     "       ngx-conf-cert record SECRET CHAIN KEY TYPE "
                     "[NAME ...]\n"
                     "       ngx-conf-cert open SECRET < RECORD\n", stderr);
        return 2;
    }

    return 0;
}
