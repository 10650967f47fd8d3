
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * A bump arena over the caller's memory, for models that are built once and
 * freed whole.  It never grows: NULL means that the memory is used up.
 */


#ifndef RTC_ARENA_H_INCLUDED
#define RTC_ARENA_H_INCLUDED


#include "rtc_core.h"


typedef struct {
    uint8_t        *pos;
    uint8_t        *end;
} rtc_arena_t;


#define RTC_ARENA_ALIGN  16

/* what an allocation of size bytes takes from an arena */
#define rtc_arena_cost(size)                                                  \
    (((size_t) (size) + RTC_ARENA_ALIGN - 1) & ~((size_t) RTC_ARENA_ALIGN - 1))


static inline void
rtc_arena_init(rtc_arena_t *a, void *mem, size_t size)
{
    size_t  skip;

    a->pos = mem;
    a->end = a->pos + size;

    skip = (size_t) -(uintptr_t) mem & (RTC_ARENA_ALIGN - 1);
    a->pos += rtc_min(skip, size);
}


/* zeroed and aligned memory, or NULL */

static inline void *
rtc_arena_alloc(rtc_arena_t *a, size_t size)
{
    void    *p;
    size_t   room;

    room = a->end - a->pos;

    if (size > room) {
        return NULL;
    }

    p = memset(a->pos, 0, size);
    a->pos += rtc_min(rtc_arena_cost(size), room);

    return p;
}


/* n zeroed elements, or NULL; n may be 0 */

static inline void *
rtc_arena_array(rtc_arena_t *a, size_t n, size_t size)
{
    if (n > SIZE_MAX / size) {
        return NULL;
    }

    return rtc_arena_alloc(a, n * size);
}


/* a copy of len bytes, or NULL */

static inline void *
rtc_arena_copy(rtc_arena_t *a, const void *data, size_t len)
{
    void  *p;

    p = rtc_arena_alloc(a, len);

    if (p != NULL && len != 0) {
        memcpy(p, data, len);
    }

    return p;
}


#endif /* RTC_ARENA_H_INCLUDED */
