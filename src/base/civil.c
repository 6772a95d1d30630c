#include "config.h"

#include "base/civil.h"

#include <string.h>

/* Years are counted from March, so that the leap day ends them, in eras of 400 (Hinnant, "chrono-compatible low-level date
 * algorithms"). */

#define ERA_DAYS   146097
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

struct civil_date civil_from_days(int64_t days) {
    days += EPOCH_DAYS;
    int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
    unsigned doe = (unsigned)(days - era * ERA_DAYS);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    unsigned month = mp < 10 ? mp + 3 : mp - 9;
    return (struct civil_date){(int64_t)yoe + era * 400 + (month <= 2), month,
                               doy - (153 * mp + 2) / 5 + 1};
}

int64_t civil_days(struct civil_date date) {
    int64_t year = date.year - (date.month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    unsigned yoe = (unsigned)(year - era * 400);
    unsigned mp = date.month > 2 ? date.month - 3 : date.month + 9;
    unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + (153 * mp + 2) / 5 + date.day - 1;
    return era * ERA_DAYS + (int64_t)doe - EPOCH_DAYS;
}

unsigned civil_month_days(int64_t year, unsigned month) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (unsigned)(month == 2 && leap);
}

/* -- reading ----------------------------------------------------------------------------------- */

/* What is left to read. */
struct rest {
    const unsigned char *at, *end;
};

static bool take(struct rest *r, const char *text) {
    size_t len = strlen(text);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0) {
        return false;
    }
    r->at += len;
    return true;
}

/* Exactly so many decimal digits. */
static bool take_number(struct rest *r, unsigned digits, unsigned *out) {
    *out = 0;
    for (unsigned i = 0; i < digits; i++, r->at++) {
        if (r->at == r->end || *r->at < '0' || *r->at > '9') {
            return false;
        }
        *out = *out * 10 + (*r->at - '0');
    }
    return true;
}

/* YYYY-MM-DD */
static bool take_date(struct rest *r, int64_t *second) {
    unsigned year, month, day;
    if (!take_number(r, 4, &year) || !take(r, "-") || !take_number(r, 2, &month) || !take(r, "-") ||
        !take_number(r, 2, &day) || year < 1 || month < 1 || month > 12 || day < 1 ||
        day > civil_month_days(year, month)) {
        return false;
    }
    *second += civil_days((struct civil_date){year, month, day}) * CIVIL_DAY;
    return true;
}

/* The digits behind the point. */
static bool take_fraction(struct rest *r, uint32_t *nanos) {
    unsigned digit, n = 0;
    for (; n < 9 && take_number(r, 1, &digit); n++) {
        *nanos = *nanos * 10 + digit;
    }
    for (unsigned i = n; i < 9; i++) {
        *nanos *= 10;
    }
    return n > 0;
}

/* HH:MM[:SS[.FRACTION]] */
static bool take_time(struct rest *r, struct civil_moment *m) {
    unsigned hour, minute, second = 0;
    if (!take_number(r, 2, &hour) || !take(r, ":") || !take_number(r, 2, &minute) || hour > 23 ||
        minute > 59) {
        return false;
    }
    if (take(r, ":") && (!take_number(r, 2, &second) || second > 59 ||
                         (take(r, ".") && !take_fraction(r, &m->nanos)))) {
        return false;
    }
    m->second += hour * 3600 + minute * 60 + second;
    return true;
}

/* Z, UTC or +HH:MM; nothing is fine. */
static bool take_zone(struct rest *r, struct civil_moment *m) {
    m->zoned = r->at < r->end;
    take(r, " ");
    if (!m->zoned || take(r, "Z") || take(r, "UTC")) {
        return true;
    }
    unsigned hour, minute;
    bool east = take(r, "+");
    if ((!east && !take(r, "-")) || !take_number(r, 2, &hour) || !take(r, ":") ||
        !take_number(r, 2, &minute) || hour > 23 || minute > 59) {
        return false;
    }
    int64_t seconds = hour * 3600 + minute * 60;
    m->second += east ? -seconds : seconds;
    return true;
}

bool civil_read(struct bytes text, struct civil_moment *moment) {
    struct rest r = {text.at, text.at + text.len};
    *moment = (struct civil_moment){0};
    moment->dated = text.len > 2 && text.at[2] != ':';
    if (moment->dated && !take_date(&r, &moment->second)) {
        return false;
    }
    if (!moment->dated || take(&r, "T") || (r.end - r.at > 1 && r.at[1] <= '9' && take(&r, " "))) {
        moment->timed = true;
        if (!take_time(&r, moment)) {
            return false;
        }
    }
    return take_zone(&r, moment) && r.at == r.end;
}
