#include "config.h"

#include "sink/ksdump_scalar.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

/* Matching one line, from left to right. */
struct scan {
    const char *at, *end;
};

static bool done(const struct scan *s) {
    return s->at == s->end;
}

/* Steps over so many characters of a set, most at most; false where there are fewer than least. */
static bool take(struct scan *s, const char *set, unsigned least, unsigned most) {
    unsigned n = 0;
    while (n < most && !done(s) && *s->at && strchr(set, *s->at)) {
        s->at++;
        n++;
    }
    return n >= least;
}

#define DIGITS "0123456789"
#define MANY   UINT32_MAX

static bool take_char(struct scan *s, char c) {
    if (done(s) || *s->at != c) {
        return false;
    }
    s->at++;
    return true;
}

/* A number of at most two digits with its value; false where there is none. */
static bool take_small(struct scan *s, unsigned *value) {
    const char *from = s->at;
    if (!take(s, DIGITS, 1, 2)) {
        return false;
    }
    *value = 0;
    for (; from < s->at; from++) {
        *value = *value * 10 + (unsigned)(*from - '0');
    }
    return true;
}

/* 0b101, 017, 1_000, 0xff; commas and underscores between digits. */
static bool is_integer(struct scan s) {
    if (*s.at != '0') {
        if (!take(&s, "123456789", 1, 1)) {
            return false;
        }
        while (!done(&s)) {
            take(&s, ",_", 0, 1);
            if (!take(&s, DIGITS, 1, 1)) {
                return false;
            }
        }
        return true;
    }
    s.at++;
    if (take_char(&s, 'b')) {
        return take(&s, "01_,", 1, MANY) && done(&s);
    }
    if (take_char(&s, 'x')) {
        return take(&s, DIGITS "abcdefABCDEF_,", 1, MANY) && done(&s);
    }
    take(&s, "01234567_,", 0, MANY);
    return done(&s);
}

/* 1.5, 1., 1_000.5e+3 */
static bool is_float(struct scan s) {
    take(&s, DIGITS "_,", 1, MANY);
    if (!take_char(&s, '.')) {
        return false;
    }
    take(&s, DIGITS, 0, MANY);
    if (take(&s, "eE", 1, 1) && !(take(&s, "+-", 1, 1) && take(&s, DIGITS, 1, MANY))) {
        return false;
    }
    return done(&s);
}

/* 190:20:30, 190:20.5: to the base of 60. */
static bool is_sexagesimal(struct scan s) {
    unsigned parts = 0;
    take(&s, DIGITS "_", 1, MANY);
    while (parts < 2 && take_char(&s, ':')) {
        const char *part = s.at;
        if (!take(&s, DIGITS, 1, 2) || (s.at - part == 2 && *part > '5')) {
            return false;
        }
        parts++;
    }
    if (parts > 0 && take_char(&s, '.')) {
        take(&s, DIGITS "_", 0, MANY);
    }
    return parts > 0 && done(&s);
}

static bool is_leap(unsigned year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* 2001-02-03, if there is such a day. */
static bool is_date(struct scan s) {
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, low, month, day;
    const char *from = s.at;
    if (!take_small(&s, &year) || !take_small(&s, &low) || s.at - from != 4 ||
        !take_char(&s, '-') || !take_small(&s, &month) || !take_char(&s, '-') ||
        !take_small(&s, &day) || !done(&s)) {
        return false;
    }
    year = year * 100 + low;
    if (month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= days[month - 1] + (unsigned)(month == 2 && is_leap(year));
}

/* 2001-02-03 04:05:06, with a fraction and a zone or without. */
static bool is_time(struct scan s) {
    unsigned month, day, hour, minute, second, zone;
    if (!take(&s, DIGITS, 4, 4) || !take_char(&s, '-') || !take_small(&s, &month) ||
        !take_char(&s, '-') || !take_small(&s, &day)) {
        return false;
    }
    if (!take(&s, "Tt", 1, 1) && !take(&s, " \t\r\f\v", 1, MANY)) {
        return false;
    }
    const char *at;
    if (!take_small(&s, &hour) || !take_char(&s, ':') || (at = s.at, !take_small(&s, &minute)) ||
        s.at - at != 2 || !take_char(&s, ':') || (at = s.at, !take_small(&s, &second)) ||
        s.at - at != 2) {
        return false;
    }
    if (take_char(&s, '.')) {
        take(&s, DIGITS, 0, MANY);
    }
    struct scan behind = s;
    take(&s, " \t\r\f\v", 0, MANY);
    if (!take_char(&s, 'Z')) {
        if (take(&s, "+-", 1, 1)) {
            if (!take_small(&s, &zone)) {
                return false;
            }
            take_char(&s, ':');
            take_small(&s, &zone);
        } else {
            s = behind;
        }
    }
    return done(&s) && month >= 1 && month <= 12 && day >= 1 && day <= 31 && minute < 60 &&
           second <= 60 && (hour < 24 || (hour == 24 && minute == 0 && second == 0));
}

static bool is_any_of(struct scan s, const char *const *words) {
    for (; *words; words++) {
        size_t len = strlen(*words);
        if ((size_t)(s.end - s.at) == len && strncasecmp(s.at, *words, len) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a line is read as something that is no string. One that begins with a sign is quoted anyway. */
static bool is_no_string(struct scan s) {
    static const char *const words[] = {"null", "yes", "true", "on", "no", "false", "off", NULL};
    if (*s.at == ':') {
        return s.end - s.at > 1; /* a symbol */
    }
    if (*s.at < '0' || *s.at > '9') {
        return is_any_of(s, words);
    }
    return is_time(s) || is_date(s) || is_sexagesimal(s) || is_float(s) || is_integer(s);
}

/* Whether a code point is a letter, mark, digit or connecting punctuation to Ruby; beyond ASCII only blocks of
 * punctuation and symbols are not. */
static bool is_word(uint32_t code) {
    static const struct {
        uint32_t low, high;
    } no_words[] = {
        {0x80, 0xa9},     {0xab, 0xb4},       {0xb6, 0xb9},       {0xbb, 0xbf},
        {0xd7, 0xd7},     {0xf7, 0xf7},       {0x2000, 0x203e},   {0x2041, 0x2053},
        {0x2055, 0x2070}, {0x20a0, 0x20cf},   {0x2190, 0x24b5},   {0x24ea, 0x2bff},
        {0x3000, 0x3004}, {0x3008, 0x3020},   {0x3030, 0x3030},   {0xe000, 0xf8ff},
        {0xfff0, 0xffff}, {0x1f000, 0x1f12f}, {0x1f190, 0x1faff},
    };
    if (code < 0x80) {
        return isalnum((int)code) || code == '_';
    }
    for (size_t i = 0; i < sizeof no_words / sizeof *no_words; i++) {
        if (code >= no_words[i].low && code <= no_words[i].high) {
            return false;
        }
    }
    return true;
}

/* Whether the line that starts here begins with a sign and has no quote behind it. */
static bool is_signed_line(const unsigned char *at, const unsigned char *end) {
    uint32_t code;
    int len = utf8_decode(at, (size_t)(end - at), &code);
    at += len < 0 ? -len : len;
    while (at < end && *at != '\n' && *at != '"') {
        at++;
    }
    return !is_word(code) && (at == end || *at == '\n');
}

enum ksdump_style ksdump_style(struct bytes text) {
    const unsigned char *at = text.at, *end = at + text.len;
    size_t len = text.len;
    if (len == 0) {
        return KSDUMP_SINGLE;
    }
    const unsigned char *feed = memchr(at, '\n', len);
    /* a line feed other than the last ones */
    if (feed && feed + 1 != end && !(feed + 2 == end && feed[1] == '\n')) {
        return KSDUMP_LITERAL;
    }
    if (len == 1 && (*at == 'y' || *at == 'n')) {
        return KSDUMP_DOUBLE;
    }
    for (const unsigned char *line = at; line && line < end;) {
        if (is_signed_line(line, end)) {
            return KSDUMP_DOUBLE;
        }
        line = memchr(line, '\n', (size_t)(end - line));
        line = line ? line + 1 : NULL;
    }
    /* with a line feed only the short words are no strings */
    size_t line = feed ? (size_t)(feed - at) : len;
    bool may_be_none = !feed || (line + 1 == len && len <= 5 && isalpha(*at));
    size_t zeros = 1;
    while (zeros < len && at[zeros] >= '0' && at[zeros] <= '7') {
        zeros++;
    }
    bool octal = at[0] == '0' && zeros < len && (at[zeros] == '8' || at[zeros] == '9');
    const char *from = (const char *)at;
    return octal || (may_be_none && is_no_string((struct scan){from, from + line})) ? KSDUMP_SINGLE
                                                                                    : KSDUMP_PLAIN;
}
