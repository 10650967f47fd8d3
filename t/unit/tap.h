
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The Test Anything Protocol for unit tests: ok(), is_int(), is_str(),
 * is_mem(), and at the end return done().
 */


#ifndef TAP_H_INCLUDED
#define TAP_H_INCLUDED


#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static int  tap_count, tap_failed;


static inline int
tap_ok(int pass, const char *file, int line, const char *name)
{
    tap_count++;

    printf("%sok %d - %s\n", pass ? "" : "not ", tap_count, name);

    if (!pass) {
        tap_failed++;
        printf("#   failed at %s line %d\n", file, line);
    }

    return pass;
}


static inline int
tap_is_int(int64_t got, int64_t want, const char *file, int line,
    const char *name)
{
    if (!tap_ok(got == want, file, line, name)) {
        printf("#   got %" PRId64 ", expected %" PRId64 "\n", got, want);
        return 0;
    }

    return 1;
}


static inline int
tap_is_mem(const void *got, const void *want, size_t len, const char *file,
    int line, const char *name)
{
    size_t  i;

    if (!tap_ok(memcmp(got, want, len) == 0, file, line, name)) {
        for (i = 0; i < len; i++) {
            if (((uint8_t *) got)[i] != ((uint8_t *) want)[i]) {
                printf("#   first difference at byte %zu\n", i);
                break;
            }
        }

        return 0;
    }

    return 1;
}


#define ok(pass, name)            tap_ok(!!(pass), __FILE__, __LINE__, name)
#define is_int(got, want, name)                                              \
    tap_is_int((int64_t) (got), (int64_t) (want), __FILE__, __LINE__, name)
#define is_str(got, want, name)                                              \
    tap_ok(strcmp(got, want) == 0, __FILE__, __LINE__, name)
#define is_mem(got, want, len, name)                                         \
    tap_is_mem(got, want, len, __FILE__, __LINE__, name)


static inline int
done(void)
{
    printf("1..%d\n", tap_count);

    return tap_failed ? 1 : 0;
}


#endif /* TAP_H_INCLUDED */
