
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * Runs a parser over every prefix of valid input, each in memory of its exact
 * size, so that a sanitizer sees any read behind it.
 */


#ifndef CUT_H_INCLUDED
#define CUT_H_INCLUDED


#include <stdint.h>
#include <stdlib.h>
#include <string.h>


typedef void (*cut_pt)(const uint8_t *p, size_t len);


static inline void
cut_every_byte(cut_pt parse, const uint8_t *p, size_t len)
{
    size_t    n;
    uint8_t  *copy;

    for (n = 0; n <= len; n++) {
        copy = malloc(n ? n : 1);
        if (copy == NULL) {
            abort();
        }

        memcpy(copy, p, n);
        parse(copy, n);
        free(copy);
    }
}


#endif /* CUT_H_INCLUDED */
