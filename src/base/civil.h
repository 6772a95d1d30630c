/* The calendar: days and dates (Gregorian, also before it was), and moments as people write them. UTC; no leap seconds. */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

#define CIVIL_DAY 86400 /* seconds */

struct civil_date {
    int64_t year;
    unsigned month, day; /* from 1 */
};

/* The date so many days after 1970-01-01, and back; |days| below 2^50, |year| below 2^40. */
struct civil_date civil_from_days(int64_t days);
int64_t civil_days(struct civil_date date);

/* How many days the month has, from 1 to 12. */
unsigned civil_month_days(int64_t year, unsigned month);

struct civil_moment {
    int64_t second; /* since 1970-01-01 00:00:00 UTC; of a time without a date, since midnight */
    uint32_t nanos; /* below 1,000,000,000 */
    bool dated, timed, zoned; /* whether the text has a date, a time, a time zone */
};

/* What a text says: "2026-11-23 19:05:00.5 UTC" (RFC 3339 with a ' ' or 'T' in the middle) or less of it: the zone ("UTC",
 * "Z", "+01:00") left out is UTC, the seconds, the time are 0; a time may stand alone. Years from 1 to 9999, up to nine digits
 * of a fraction. False: it is no moment. */
bool civil_read(struct bytes text, struct civil_moment *moment);

#endif
