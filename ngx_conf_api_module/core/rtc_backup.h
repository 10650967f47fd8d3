
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The document of exportDb and importDb:
 *
 *   {"format":"conference","version":1,"exported":TIME,"settings":{...},
 *    "users":[...],"rooms":[...],"certificates":[...]}
 *
 * It is checked wholly before anything of it is used, and becomes parts of
 * text that lua/stage.lua reads.  Rooms come in the order of getAll.  A
 * document with "certificates" has all that is secret: their keys, and the
 * LiveKit pair and keys in "settings", not sealed.
 */


#ifndef RTC_BACKUP_H_INCLUDED
#define RTC_BACKUP_H_INCLUDED


#include "rtc_room.h"
#include "rtc_seal.h"
#include "rtc_user.h"


#define RTC_BACKUP_FORMAT    "conference"
#define RTC_BACKUP_VERSION   1

#define RTC_BACKUP_ROOMS     25000
#define RTC_BACKUP_USERS     RTC_USER_NAMES_MAX
#define RTC_BACKUP_CERTS     64
#define RTC_BACKUP_BATCH     250        /* rooms or users of a part */
#define RTC_BACKUP_PARTS                                                      \
    (RTC_BACKUP_ROOMS / RTC_BACKUP_BATCH + RTC_BACKUP_USERS / RTC_BACKUP_BATCH \
     + 4)


typedef struct {
    size_t     rooms;
    size_t     users;
    int        keys;                    /* it has all that is secret */
    size_t     nparts;                  /* those of rooms are the last */
    size_t     nother;                  /* parts before them */
    char      *parts[RTC_BACKUP_PARTS]; /* terminated */
    char       error[256];              /* a sentence, after RTC_ERROR */
} rtc_backup_t;


/* seal closes what is secret; rtc_backup_free() in any case */

int rtc_backup_read(rtc_backup_t *backup, const uint8_t *text, size_t len,
    const uint8_t seal[RTC_SEAL_KEY]);
void rtc_backup_free(rtc_backup_t *backup);

#endif /* RTC_BACKUP_H_INCLUDED */
