
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_stream.h>


static ngx_command_t  ngx_rtc_turn_module_commands[] = {

      ngx_null_command
};


static ngx_stream_module_t  ngx_rtc_turn_module_ctx = {
    NULL,                                  /* preconfiguration */
    NULL,                                  /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL                                  /* merge server configuration */
};


ngx_module_t  ngx_rtc_turn_module = {
    NGX_MODULE_V1,
    &ngx_rtc_turn_module_ctx,
    ngx_rtc_turn_module_commands,
    NGX_STREAM_MODULE,
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};
