
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * The version of the suite, that of the first line of CHANGES.
 */


#ifndef RTC_VERSION_H_INCLUDED
#define RTC_VERSION_H_INCLUDED


#define RTC_VERSION  "0.1"


#endif /* RTC_VERSION_H_INCLUDED */
