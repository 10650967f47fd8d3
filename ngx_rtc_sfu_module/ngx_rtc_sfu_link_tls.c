
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * TLS 1.3 of links between hosts: nginx's, with an external key (RFC 8446,
 * 4.2.11) that both ends derive from the installation's secret, and fresh
 * Diffie-Hellman values (psk_dhe_ke).  There are no certificates: who does not
 * have the key gets no further than a ServerHello.
 */


#include "ngx_rtc_sfu_link_internal.h"


/* what is left of the log while strangers may have caused it */

#define NGX_RTC_SFU_LINK_TLS_LOG  NGX_LOG_ALERT


static int ngx_rtc_sfu_link_tls_use(SSL *ssl, const EVP_MD *md,
    const unsigned char **id, size_t *len, SSL_SESSION **session);
static int ngx_rtc_sfu_link_tls_find(SSL *ssl, const unsigned char *id,
    size_t len, SSL_SESSION **session);
static SSL_SESSION *ngx_rtc_sfu_link_tls_session(SSL *ssl);
static void ngx_rtc_sfu_link_tls_done(ngx_connection_t *c);


static const u_char  ngx_rtc_sfu_link_tls_id[] = "conference";

/* RFC 8446, B.4: TLS_AES_128_GCM_SHA256, whose hash is that of the key */

static const u_char  ngx_rtc_sfu_link_tls_cipher[] = { 0x13, 0x01 };


ngx_int_t
ngx_rtc_sfu_link_tls_init(ngx_rtc_sfu_links_t *links)
{
    SSL_CTX  *ctx;

    links->quiet = *links->log;
    links->quiet.log_level = NGX_RTC_SFU_LINK_TLS_LOG;

    links->ssl.log = links->log;

    if (ngx_ssl_create(&links->ssl, NGX_SSL_TLSv1_3, links) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx = links->ssl.ctx;

    if (SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 0
        || SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256") == 0
        || SSL_CTX_set_num_tickets(ctx, 0) == 0
        || SSL_CTX_set_session_id_context(ctx, ngx_rtc_sfu_link_tls_id,
                                          sizeof(ngx_rtc_sfu_link_tls_id) - 1)
           == 0)
    {
        ngx_ssl_error(NGX_LOG_CRIT, links->log, 0, "sfu: no TLS for links");
        ngx_ssl_cleanup_ctx(&links->ssl);
        return NGX_ERROR;
    }

    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE
                          |SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);

    /* a server that shows a certificate instead is none of ours */

    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);

    SSL_CTX_set_psk_use_session_callback(ctx, ngx_rtc_sfu_link_tls_use);
    SSL_CTX_set_psk_find_session_callback(ctx, ngx_rtc_sfu_link_tls_find);

    return NGX_OK;
}


void
ngx_rtc_sfu_link_tls_cleanup(ngx_rtc_sfu_links_t *links)
{
    if (links->ssl.ctx) {
        ngx_ssl_cleanup_ctx(&links->ssl);
    }
}


static int
ngx_rtc_sfu_link_tls_use(SSL *ssl, const EVP_MD *md, const unsigned char **id,
    size_t *len, SSL_SESSION **session)
{
    *session = ngx_rtc_sfu_link_tls_session(ssl);
    *id = ngx_rtc_sfu_link_tls_id;
    *len = sizeof(ngx_rtc_sfu_link_tls_id) - 1;

    return *session != NULL;
}


static int
ngx_rtc_sfu_link_tls_find(SSL *ssl, const unsigned char *id, size_t len,
    SSL_SESSION **session)
{
    *session = NULL;

    if (len == sizeof(ngx_rtc_sfu_link_tls_id) - 1
        && ngx_memcmp(id, ngx_rtc_sfu_link_tls_id, len) == 0)
    {
        *session = ngx_rtc_sfu_link_tls_session(ssl);
    }

    /* the handshake fails without one, since there is no certificate */

    return 1;
}


static SSL_SESSION *
ngx_rtc_sfu_link_tls_session(SSL *ssl)
{
    SSL_SESSION              *session;
    ngx_connection_t         *c;
    const SSL_CIPHER         *cipher;
    ngx_rtc_sfu_link_conn_t  *conn;

    c = ngx_ssl_get_connection(ssl);
    conn = c->data;

    cipher = SSL_CIPHER_find(ssl, ngx_rtc_sfu_link_tls_cipher);
    session = SSL_SESSION_new();

    if (cipher == NULL || session == NULL
        || !SSL_SESSION_set1_master_key(session, conn->links->secret.psk,
                                        RTC_LINK_PSK_LEN)
        || !SSL_SESSION_set_cipher(session, cipher)
        || !SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION)
        || !SSL_SESSION_set1_id_context(session, ngx_rtc_sfu_link_tls_id,
                                        sizeof(ngx_rtc_sfu_link_tls_id) - 1))
    {
        SSL_SESSION_free(session);
        return NULL;
    }

    return session;
}


void
ngx_rtc_sfu_link_tls_start(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_int_t          rc;
    ngx_connection_t  *c;

    c = conn->connection;

    if (ngx_ssl_create_connection(&conn->links->ssl, c,
                                  conn->accepted ? 0 : NGX_SSL_CLIENT)
        != NGX_OK)
    {
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    rc = ngx_ssl_handshake(c);

    if (rc == NGX_AGAIN) {
        c->ssl->handler = ngx_rtc_sfu_link_tls_done;
        return;
    }

    ngx_rtc_sfu_link_tls_done(c);
}


static void
ngx_rtc_sfu_link_tls_done(ngx_connection_t *c)
{
    ngx_rtc_sfu_link_conn_t  *conn;

    conn = c->data;

    /* "reused": by the key, and not by anything else */

    if (!c->ssl->handshaked || !SSL_session_reused(c->ssl->connection)) {
        ngx_rtc_sfu_link_conn_violation(conn, "no TLS with our secret");
        ngx_rtc_sfu_link_conn_fail(conn);
        return;
    }

    ngx_rtc_sfu_link_conn_secured(conn);
}


void
ngx_rtc_sfu_link_tls_end(ngx_rtc_sfu_link_conn_t *conn)
{
    ngx_connection_t  *c;

    c = conn->connection;

    if (c->ssl == NULL) {
        return;
    }

    /* at once: the end of the socket tells enough */

    c->ssl->no_wait_shutdown = 1;
    c->ssl->no_send_shutdown = 1;

    (void) ngx_ssl_shutdown(c);
}
