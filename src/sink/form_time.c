#include "config.h"

#include "sink/form_time.h"

#include <math.h>

#include "base/civil.h"

#define UNIX_MIN (-62135596800) /* 0001-01-01 00:00:00 */
#define UNIX_MAX 253402300799   /* 9999-12-31 23:59:59 */

/* parts of a second, digits of them; none shown when 0 */
static bool put_time(struct buf *out, int64_t seconds, unsigned parts, unsigned digits) {
    if (seconds < UNIX_MIN || seconds > UNIX_MAX) {
        return false;
    }
    int64_t day = seconds / CIVIL_DAY - (seconds % CIVIL_DAY < 0);
    unsigned second = (unsigned)(seconds - day * CIVIL_DAY);
    struct civil_date date = civil_from_days(day);
    buf_printf(out, "%04u-%02u-%02u %02u:%02u:%02u", (unsigned)date.year, date.month, date.day,
               second / 3600, second / 60 % 60, second % 60);
    if (parts) {
        buf_printf(out, ".%0*u", (int)digits, parts);
    }
    buf_puts(out, " UTC");
    return true;
}

static const struct clock {
    int64_t epoch;
    uint32_t ticks;
    uint8_t digits; /* of a fraction */
    bool no_sign;
} clocks[FORM_COUNT] = {
#define CLOCK(name, epoch, ticks, digits, no_sign) [FORM_##name] = {epoch, ticks, digits, no_sign},
#include "sema/clock.def"
#undef CLOCK
};

#define OLE_EPOCH (-2209161600) /* 1899-12-30 */

static bool put_ticks(struct buf *out, const struct clock *clock, int128 value) {
    if (value < (clock->no_sign ? 0 : INT64_MIN) || value > INT64_MAX) {
        return false;
    }
    int64_t ticks = (int64_t)value, second = ticks / clock->ticks;
    int64_t part = ticks - second * clock->ticks;
    if (part < 0) {
        part += clock->ticks;
        second--;
    }
    return second <= UNIX_MAX - clock->epoch && second >= UNIX_MIN - clock->epoch &&
           put_time(out, second + clock->epoch, (unsigned)part, clock->digits);
}

static bool put_seconds(struct buf *out, double seconds) {
    if (!(seconds >= (double)UNIX_MIN && seconds < (double)UNIX_MAX)) {
        return false;
    }
    double whole = floor(seconds);
    unsigned micros = (unsigned)((seconds - whole) * 1e6 + 0.5);
    return micros < 1000000 ? put_time(out, (int64_t)whole, micros, 6)
                            : put_time(out, (int64_t)whole + 1, 0, 6);
}

/* Before the epoch days count down, and the time of day still up. */
static double ole_seconds(double days) {
    double whole = trunc(days);
    return (whole + fabs(days - whole)) * CIVIL_DAY + OLE_EPOCH;
}

static bool put_dostime(struct buf *out, unsigned v) {
    unsigned hour = v >> 11, minute = v >> 5 & 63, second = (v & 31) * 2;
    if (hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    buf_printf(out, "%02u:%02u:%02u", hour, minute, second);
    return true;
}

static bool put_dosdate(struct buf *out, unsigned v) {
    unsigned year = 1980 + (v >> 9), month = v >> 5 & 15, day = v & 31;
    if (month < 1 || month > 12 || day < 1 || day > civil_month_days(year, month)) {
        return false;
    }
    buf_printf(out, "%04u-%02u-%02u", year, month, day);
    return true;
}

bool form_time_of_float(struct buf *out, enum type_form form, double value) {
    const struct clock *clock = &clocks[form];
    if (form == FORM_OLETIME) {
        return put_seconds(out, ole_seconds(value));
    }
    return clock->ticks && !(clock->no_sign && value < 0) &&
           put_seconds(out, value / clock->ticks + (double)clock->epoch);
}

bool form_time(struct buf *out, enum type_form form, int128 value) {
    bool dos = form == FORM_DOSTIME || form == FORM_DOSDATE || form == FORM_DOSDATETIME;
    size_t start = out->len;
    if (dos && (value < 0 || value > (form == FORM_DOSDATETIME ? UINT32_MAX : UINT16_MAX))) {
        return false;
    }
    if (form == FORM_DOSDATETIME) {
        unsigned v = (unsigned)value;
        if (put_dosdate(out, v >> 16)) {
            buf_putc(out, ' ');
            if (put_dostime(out, v & 0xffff)) {
                return true;
            }
        }
        out->len = start;
        return false;
    }
    if (dos) {
        return (form == FORM_DOSTIME ? put_dostime : put_dosdate)(out, (unsigned)value);
    }
    if (form == FORM_OLETIME) {
        return form_time_of_float(out, form, (double)value);
    }
    return clocks[form].ticks && put_ticks(out, &clocks[form], value);
}
