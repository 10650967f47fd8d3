
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What an operator may upload, and each way in which it can be wrong.
 */


#include <sys/stat.h>
#include <unistd.h>

#include "cert_maker.h"
#include "cut.h"
#include "rtc_cert.h"
#include "tap.h"


static cert_made_t  root, middle, leaf;
static rtc_str_t    good, good_key;
static char         roots[] = "/tmp/test_cert_XXXXXX";


static int
take(rtc_str_t chain, rtc_str_t key, const char *folder, char *error)
{
    int         rc;
    rtc_cert_t  cert;

    error[0] = '\0';
    rc = rtc_cert_read(&cert, chain, key, folder, time(NULL), error);

    if (rc == RTC_OK) {
        rtc_cert_free(&cert);
    }

    return rc;
}


static void
refused(rtc_str_t chain, rtc_str_t key, const char *sentence)
{
    char  error[RTC_CERT_ERROR];

    is_int(take(chain, key, roots, error), RTC_ERROR, sentence);

    if (!ok(strstr(error, sentence) != NULL, "and says so")) {
        printf("# \"%s\"\n", error);
    }
}


/* a certificate of the middle one, with what comes behind it */

static void
refuse_leaf(cert_make_t make, const char *sentence)
{
    rtc_str_t    chain, key;
    cert_made_t  made;

    make.name = make.name ? make.name : "x";
    make.san = make.san ? make.san : "DNS:x.test";
    make.issuer = &middle;

    made = cert_make(make);
    chain = cert_chain_text(&made, &middle, NULL);
    key = cert_key_text(&made, NULL);

    refused(chain, key, sentence);

    free((void *) chain.data);
    free((void *) key.data);
    cert_made_free(&made);
}


static void
test_good(void)
{
    char         error[RTC_CERT_ERROR];
    rtc_cert_t   cert;
    rtc_str_t    wild = rtc_string("a.wild.test"), two = rtc_string(
                     "a.b.wild.test"), other = rtc_string("meet.tes"),
                 name = rtc_string("MEET.test"), subject = rtc_string("leaf"),
                 below = rtc_string(".test");

    is_int(rtc_cert_read(&cert, good, good_key, roots, time(NULL), error),
           RTC_OK, "a chain up to a trusted root");
    is_str(cert.issuer, "Middle", "its issuer");
    is_int(cert.nnames, 2, "its names");
    is_str(cert.names[1], "*.wild.test", "one of them");
    ok(cert.not_after > time(NULL) + 89 * 86400, "its end");
    ok(rtc_cert_covers(&cert, name), "covers a name in any case");
    ok(rtc_cert_covers(&cert, wild), "and by a wildcard");
    ok(!rtc_cert_covers(&cert, two), "which is one label");
    ok(!rtc_cert_covers(&cert, other), "and no other name");
    ok(!rtc_cert_covers(&cert, subject), "nor that of the subject");
    ok(!rtc_cert_covers(&cert, below), "nor all that are below one");

    rtc_cert_free(&cert);
}


static void
test_chains(void)
{
    char         error[RTC_CERT_ERROR];
    rtc_str_t    chain, key;
    cert_made_t  other;

    chain = cert_chain_text(&leaf, &middle, &root);
    is_int(take(chain, good_key, roots, error), RTC_OK, "with its root");
    is_int(take(chain, good_key, "/nowhere", error), RTC_OK,
           "which need not be trusted here");
    free((void *) chain.data);

    chain = cert_chain_text(&leaf, NULL, NULL);
    refused(chain, good_key, "the issuer \"Middle\" is missing");
    is_int(take(chain, good_key, NULL, error), RTC_OK,
           "unless nobody looks at the end");
    free((void *) chain.data);

    refused(good, (rtc_str_t) { good.data, good.len }, "is not a private key");

    chain = cert_chain_text(&leaf, &root, NULL);
    refused(chain, good_key, "comes not its issuer \"Middle\"");
    free((void *) chain.data);

    chain = cert_chain_text(&middle, &leaf, NULL);
    refused(chain, good_key, "wrong order");
    free((void *) chain.data);

    other = cert_make((cert_make_t) { .name = "x", .san = "DNS:x.test" });
    chain = cert_chain_text(&other, NULL, NULL);
    key = cert_key_text(&other, NULL);

    refused(chain, good_key, "does not belong to the certificate");
    is_int(take(chain, key, roots, error), RTC_OK, "one that signed itself");

    free((void *) chain.data);
    free((void *) key.data);
    cert_made_free(&other);
}


static void
test_texts(void)
{
    char       *text, error[RTC_CERT_ERROR];
    rtc_str_t   key, s, none = { (const uint8_t *) "", 0 };

    refused(none, good_key, "certificate is not a certificate");
    refused(good, none, "private_key is not a private key");

    key = cert_key_text(&leaf, "secret");
    refused(good, key, "encrypted with a password");
    free((void *) key.data);

    /* what comes from an editor or a mail */

    text = malloc(good.len + good_key.len + 32);
    s.data = (uint8_t *) text;
    s.len = sprintf(text, "Subject: x\r\n%s\n\n%s", (char *) good_key.data,
                    (char *) good.data);

    is_int(take(s, s, roots, error), RTC_OK, "all in one text");

    s.len = sprintf(text, "%s", (char *) good.data);
    memcpy(strstr(text, "-----END") - 20, "????", 4);
    refused(s, good_key, "or it is damaged");

    free(text);
}


static void
test_leaves(void)
{
    refuse_leaf((cert_make_t) { .from = -30, .days = 29 }, "has expired on");
    refuse_leaf((cert_make_t) { .from = 2 }, "is not valid before");
    refuse_leaf((cert_make_t) { .rsa = 1024 }, "has 1024 bits");
    refuse_leaf((cert_make_t) { .rsa = 8200 }, "has 8200 bits");
    refuse_leaf((cert_make_t) { .ec = "secp256k1" }, "of a curve that");
    refuse_leaf((cert_make_t) { .ec = "P-521" }, "of a curve that");
    refuse_leaf((cert_make_t) { .curve = "ED25519", .md = NULL },
                "neither RSA nor EC");
    refuse_leaf((cert_make_t) { .md = EVP_sha1() }, "signed with");
    refuse_leaf((cert_make_t) { .usage = "clientAuth" }, "not one of a server");
}


static void
cut_chain(const uint8_t *p, size_t len)
{
    char       error[RTC_CERT_ERROR];
    rtc_str_t  s = { p, len };

    (void) take(s, good_key, NULL, error);
}


static void
cut_record(const uint8_t *p, size_t len)
{
    uint8_t     seal[RTC_SEAL_KEY] = { 7 };
    rtc_str_t   s = { p, len };
    rtc_cert_t  cert;

    if (rtc_cert_open(&cert, s, seal) == RTC_OK) {
        rtc_cert_free(&cert);
    }
}


static void
test_record(void)
{
    char        *text, error[RTC_CERT_ERROR];
    uint8_t      seal[RTC_SEAL_KEY] = { 7 }, other[RTC_SEAL_KEY] = { 8 };
    rtc_str_t    s;
    rtc_cert_t   cert, back;

    (void) rtc_cert_read(&cert, good, good_key, NULL, time(NULL), error);

    text = rtc_cert_record(&cert, "SSL_TYPE_CUSTOM", 5, seal);

    ok(strstr(text, "PRIVATE") == NULL, "a record shows no key");

    s.data = (uint8_t *) text;
    s.len = strlen(text);

    is_int(rtc_cert_open(&back, s, seal), RTC_OK, "it opens");
    is_str(back.chain, cert.chain, "the chain");
    is_str(back.key, cert.key, "the key");
    is_str(back.issuer, "Middle", "the issuer");
    is_int(back.nnames, 2, "the names");
    is_int(back.not_after, cert.not_after, "the end");

    rtc_cert_free(&back);

    is_int(rtc_cert_open(&back, s, other), RTC_ERROR, "not for another secret");

    cut_every_byte(cut_record, s.data, s.len);

    free(text);
    rtc_cert_free(&cert);
}


/* a folder as OpenSSL wants it: the name is a hash of the subject */

static void
make_roots(void)
{
    FILE  *file;
    char   name[64];

    if (mkdtemp(roots) == NULL) {
        exit(1);
    }

    sprintf(name, "%s/%08lx.0", roots, X509_subject_name_hash(root.x509));

    file = fopen(name, "w");
    PEM_write_X509(file, root.x509);
    fclose(file);
}


static void
drop_roots(void)
{
    char  name[64];

    sprintf(name, "%s/%08lx.0", roots, X509_subject_name_hash(root.x509));

    unlink(name);
    rmdir(roots);
}


int
main(void)
{
    root = cert_make((cert_make_t) { .name = "Root", .ca = 1 });
    middle = cert_make((cert_make_t) { .name = "Middle", .ca = 1,
                                       .issuer = &root });
    leaf = cert_make((cert_make_t) { .name = "leaf", .issuer = &middle,
                                     .san = "DNS:meet.test,DNS:*.wild.test" });

    good = cert_chain_text(&leaf, &middle, NULL);
    good_key = cert_key_text(&leaf, NULL);

    make_roots();

    test_good();
    test_chains();
    test_texts();
    test_leaves();
    test_record();

    cut_every_byte(cut_chain, good.data, good.len);

    drop_roots();

    free((void *) good.data);
    free((void *) good_key.data);
    cert_made_free(&root);
    cert_made_free(&middle);
    cert_made_free(&leaf);

    return done();
}
