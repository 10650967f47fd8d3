
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Stands in for libgupnp-igd, which brings libsoup 3 into every process with
 * libnice.  Debian's whip-client has libsoup 2.4, and the two refuse each
 * other at the start; nobody here maps ports by UPnP.
 */


#include <stddef.h>


void *gupnp_simple_igd_thread_new(void);
size_t gupnp_simple_igd_get_type(void);
void gupnp_simple_igd_add_port(void);
void gupnp_simple_igd_remove_port_local(void);


void *
gupnp_simple_igd_thread_new(void)
{
    return NULL;
}


size_t
gupnp_simple_igd_get_type(void)
{
    return 0;
}


void
gupnp_simple_igd_add_port(void)
{
}


void
gupnp_simple_igd_remove_port_local(void)
{
}
