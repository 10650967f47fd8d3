
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#include "ngx_rtc_sfu_far.h"
#include "ngx_rtc_sfu_line.h"


void
ngx_rtc_sfu_line_send(ngx_rtc_sfu_line_t *line, const u_char *p, size_t len)
{
    if (line->ws) {
        (void) ngx_rtc_sfu_ws_send(line->ws, 0, p, len);

    } else if (line->far) {
        ngx_rtc_sfu_far_send(line->far, p, len);
    }
}


void
ngx_rtc_sfu_line_close(ngx_rtc_sfu_line_t *line, ngx_uint_t code)
{
    ngx_rtc_sfu_line_t  closing;

    closing = *line;

    line->ws = NULL;
    line->far = NULL;

    if (closing.ws) {
        ngx_rtc_sfu_ws_close(closing.ws, code);

    } else if (closing.far) {
        ngx_rtc_sfu_far_close(closing.far, code);
    }
}
