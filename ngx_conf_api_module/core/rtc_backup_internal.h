
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 */


#ifndef RTC_BACKUP_INTERNAL_H_INCLUDED
#define RTC_BACKUP_INTERNAL_H_INCLUDED


#include "rtc_backup.h"


/* writes the error, answers RTC_ERROR */

int rtc_backup_refuse(rtc_backup_t *backup, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* an error unless all members of the object are known; names ends with NULL */

int rtc_backup_known(rtc_backup_t *backup, const char *where, json_t *object,
    const char *const *names);

int rtc_backup_unknown(rtc_backup_t *backup, const char *where,
    const char *name);

/* {"NAME":VALUE} as the next part; the value is taken over */

int rtc_backup_part(rtc_backup_t *backup, const char *name, json_t *value);


/* rtc_backup_settings.c: "settings" and "certificates" */

int rtc_backup_settings(rtc_backup_t *backup, json_t *settings,
    const uint8_t seal[RTC_SEAL_KEY]);
int rtc_backup_certificates(rtc_backup_t *backup, json_t *certificates,
    const uint8_t seal[RTC_SEAL_KEY]);


#endif /* RTC_BACKUP_INTERNAL_H_INCLUDED */
