
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <stdlib.h>

#include "rtc_transport_internal.h"


rtc_transport_worker_t *
rtc_transport_worker_create(const rtc_dtls_cert_t *cert,
    size_t max_associations)
{
    void                    *mem;
    rtc_transport_worker_t  *w;

    w = calloc(1, sizeof(rtc_transport_worker_t));
    if (w == NULL) {
        return NULL;
    }

    mem = malloc(rtc_stun_size());
    if (mem) {
        w->stun = rtc_stun_init(mem);
    }

    w->srtp = rtc_srtp_library_init() == RTC_OK;
    w->dtls = rtc_dtls_worker_create(cert);
    w->sctp = rtc_sctp_worker_create(max_associations);

    if (w->stun == NULL || !w->srtp || w->dtls == NULL || w->sctp == NULL) {
        rtc_transport_worker_destroy(w);
        return NULL;
    }

    return w;
}


void
rtc_transport_worker_destroy(rtc_transport_worker_t *w)
{
    if (w == NULL) {
        return;
    }

    rtc_sctp_worker_destroy(w->sctp);
    rtc_dtls_worker_destroy(w->dtls);

    if (w->srtp) {
        rtc_srtp_library_shutdown();
    }

    free(w->stun);
    free(w);
}


void
rtc_transport_worker_tick(rtc_transport_worker_t *w, uint32_t elapsed_ms)
{
    rtc_sctp_worker_tick(w->sctp, elapsed_ms);
}


size_t
rtc_transport_worker_associations(const rtc_transport_worker_t *w)
{
    return rtc_sctp_worker_count(w->sctp);
}
