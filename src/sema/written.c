#include "config.h"

#include "sema/internal.h"

#include <math.h>
#include <string.h>

#include "base/address.h"
#include "base/civil.h"
#include "sema/builtins.h"

/* Values written as display forms show them: beside a field `as ipv6` the literal "2001:db8::1" is these 16 bytes, beside one
 * `as unixtime` "2026-11-23 19:05" is that number of seconds. */

enum form {
#define FORM(name, text, bytes, number) FORM_##name,
#include "sema/form.def"
#undef FORM
    FORM_COUNT
};

/* What is written otherwise than plain, with an example. */
static const char *const examples[FORM_COUNT] = {
    [FORM_UNIXTIME] = "2026-11-23 19:05:00",
    [FORM_UNIXTIME_MS] = "2026-11-23 19:05:00.5",
    [FORM_UNIXTIME_US] = "2026-11-23 19:05:00.5",
    [FORM_UNIXTIME_NS] = "2026-11-23 19:05:00.5",
    [FORM_FILETIME] = "2026-11-23 19:05:00.5",
    [FORM_WEBKITTIME] = "2026-11-23 19:05:00.5",
    [FORM_MACTIME] = "2026-11-23 19:05:00",
    [FORM_COCOATIME] = "2026-11-23 19:05:00",
    [FORM_OLETIME] = "2026-11-23 19:05:00.5",
    [FORM_DOSTIME] = "19:05:02",
    [FORM_DOSDATE] = "2026-11-23",
    [FORM_DOSDATETIME] = "2026-11-23 19:05:02",
    [FORM_IPV4] = "192.0.2.1",
    [FORM_IPV6] = "2001:db8::1",
    [FORM_MAC] = "00:11:22:33:44:55",
    [FORM_EUI64] = "00-11-22-33-44-55-66-77",
    [FORM_UUID] = "00112233-4455-6677-8899-aabbccddeeff",
    [FORM_GUID] = "00112233-4455-6677-8899-aabbccddeeff",
    [FORM_FOURCC] = "RIFF",
};

static const uint8_t form_bytes[FORM_COUNT] = {
#define FORM(name, text, bytes, number) bytes,
#include "sema/form.def"
#undef FORM
};

static enum form form_named(const char *name) {
    static const char *const names[FORM_COUNT] = {
#define FORM(name, text, bytes, number) text,
#include "sema/form.def"
#undef FORM
    };
    enum form form = name ? FORM_COUNT : FORM_PLAIN;
    while (form > 0 && strcmp(names[--form], name) != 0) {
    }
    return form;
}

/* -- addresses --------------------------------------------------------------------------------- */

#define ADDRESS_MAX 16

/* The bytes that a text is in an address form, in the order in which they are stored. */
static size_t address_of(enum form form, struct bytes text, uint8_t at[ADDRESS_MAX]) {
    static const uint8_t little[8] = {3, 2, 1, 0, 5, 4, 7, 6};
    switch (form) {
    case FORM_IPV4:
        return address_ipv4(text, at) ? 4 : 0;
    case FORM_IPV6:
        return address_ipv6(text, at) ? 16 : 0;
    case FORM_MAC:
        return address_octets(text, at, 6) ? 6 : 0;
    case FORM_EUI64:
        return address_octets(text, at, 8) ? 8 : 0;
    case FORM_UUID:
        return address_uuid(text, at) ? 16 : 0;
    case FORM_GUID: {
        uint8_t shown[ADDRESS_MAX];
        if (!address_uuid(text, shown)) {
            return 0;
        }
        for (unsigned i = 0; i < 16; i++) {
            at[i < 8 ? little[i] : i] = shown[i];
        }
        return 16;
    }
    default: /* FORM_FOURCC */
        memcpy(at, text.at, text.len == 4 ? 4 : 0);
        return text.len == 4 ? 4 : 0;
    }
}

/* Forms that take a number's bytes as they lie, whatever its byte order. */
static bool is_stored(enum form form) {
    return form == FORM_UUID || form == FORM_GUID || form == FORM_FOURCC;
}

static void become_bytes(struct arena *arena, struct sema_expr *e, const uint8_t *at, size_t len) {
    e->kind = E_TEXT;
    e->vtype = sema_vtype_simple(SEMA_V_TEXT);
    e->text = bytes_of(arena_strndup(arena, (const char *)at, len), len);
    e->flag = true;
}

/* A number as address bytes, the first the highest; false where it has 128 bits. */
static bool become_number(struct sema_expr *e, const uint8_t *at, size_t len) {
    uint128 value = 0;
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | at[i];
    }
    e->kind = E_INT;
    e->vtype = sema_vtype_simple(SEMA_V_INT);
    e->integer = (int128)value;
    return e->integer >= 0;
}

static bool write_address(struct arena *arena, const struct sema_vtype *beside, enum form form,
                          struct sema_expr *e) {
    bool bytes = beside->kind == SEMA_V_BYTES || beside->kind == SEMA_V_TEXT;
    if (bytes && form == FORM_FOURCC) {
        return true; /* it is what it says */
    }
    uint8_t at[ADDRESS_MAX];
    size_t len = address_of(form, e->text, at);
    if (len == 0 || (!bytes && !is_stored(form))) {
        return len > 0 && become_number(e, at, len);
    }
    become_bytes(arena, e, at, len);
    return true;
}

/* -- times ------------------------------------------------------------------------------------- */

static const struct clock {
    int64_t epoch;
    uint32_t ticks;
    bool no_sign;
} clocks[FORM_COUNT] = {
#define CLOCK(name, epoch, ticks, digits, no_sign) [FORM_##name] = {epoch, ticks, no_sign},
#include "sema/clock.def"
#undef CLOCK
};

static void become_real(struct sema_expr *e, double value) {
    e->kind = E_FLOAT;
    e->vtype = sema_vtype_simple(SEMA_V_FLOAT);
    e->number = value;
}

static bool become_int(struct sema_expr *e, int128 value) {
    e->kind = E_INT;
    e->vtype = sema_vtype_simple(SEMA_V_INT);
    e->integer = value;
    return true;
}

static bool write_clock(const struct clock *clock, bool real, const struct civil_moment *m,
                        struct sema_expr *e) {
    uint32_t tick = 1000000000 / clock->ticks; /* in nanoseconds */
    int128 seconds = m->second - clock->epoch;
    if (!m->dated || (clock->no_sign && seconds < 0)) {
        return false;
    }
    if (real) {
        become_real(e, ((double)seconds + m->nanos / 1e9) * clock->ticks);
        return true;
    }
    return m->nanos % tick == 0 && become_int(e, seconds * clock->ticks + m->nanos / tick);
}

/* Days since 1899-12-30, the time of day counted up also before it. */
static bool write_oletime(bool real, const struct civil_moment *m, struct sema_expr *e) {
    int64_t seconds = m->second + INT64_C(25569) * CIVIL_DAY;
    int64_t day = seconds / CIVIL_DAY - (seconds % CIVIL_DAY < 0);
    double part = ((double)(seconds - day * CIVIL_DAY) + m->nanos / 1e9) / CIVIL_DAY;
    if (!m->dated || (!real && part > 0)) {
        return false;
    }
    if (!real) {
        return become_int(e, day);
    }
    become_real(e, day < 0 ? (double)day - part : (double)day + part);
    return true;
}

/* Date and time of day in 16 bits each, of two seconds a tick. */
static bool write_dos(enum form form, const struct civil_moment *m, struct sema_expr *e) {
    int64_t day = m->second / CIVIL_DAY, second = m->second % CIVIL_DAY;
    struct civil_date date = civil_from_days(day);
    bool dated = form != FORM_DOSTIME;
    if (m->zoned || m->nanos || m->dated != dated || (m->timed && form == FORM_DOSDATE) ||
        second % 2 || (dated && (date.year < 1980 || date.year > 2107))) {
        return false;
    }
    int64_t time = second / 3600 << 11 | second / 60 % 60 << 5 | second % 60 / 2;
    int64_t days = dated ? (date.year - 1980) << 9 | date.month << 5 | date.day : 0;
    return become_int(e, form == FORM_DOSDATETIME ? days << 16 | time : dated ? days : time);
}

static bool write_time(const struct sema_vtype *beside, enum form form, struct sema_expr *e) {
    struct civil_moment m;
    bool real = beside->kind == SEMA_V_FLOAT;
    if (!civil_read(e->text, &m)) {
        return false;
    }
    return clocks[form].ticks     ? write_clock(&clocks[form], real, &m, e)
           : form == FORM_OLETIME ? write_oletime(real, &m, e)
                                  : !real && write_dos(form, &m, e);
}

/* -- literals ---------------------------------------------------------------------------------- */

const struct sema_enum *sema_wanted_names(const struct sema_scope *scope) {
    return scope->wanted && scope->wanted->kind == SEMA_V_INT ? scope->wanted->names : NULL;
}

/* A text with bytes that no form writes is those bytes. */
static bool is_plain(const struct sema_expr *e) {
    bool plain = !e->flag;
    for (size_t i = 0; plain && i < e->text.len; i++) {
        plain = e->text.at[i] >= ' ' && e->text.at[i] < 0x7f;
    }
    return plain;
}

static struct sema_expr *refuse(struct sema *sema, const struct sema_vtype *beside, enum form form,
                                const struct sema_expr *e) {
    struct diag *d =
        diag_report(sema->diags, DIAG_WRITTEN, e->span,
                    "what stands beside this is shown as %s, which is written like \"%s\"",
                    beside->as, examples[form]);
    if (beside->kind == SEMA_V_BYTES && e->kind == E_TEXT) {
        diag_note(sema->diags, d, span_none(), "'bytes(…)' around a text stands for its own bytes");
    }
    return sema_wrong(sema, e->span);
}

/* 10.0.0.1: a number, but beside bytes. */
static struct sema_expr *write_quad(struct sema *sema, const struct sema_vtype *beside,
                                    enum form form, struct sema_expr *e) {
    if (beside->kind != SEMA_V_BYTES) {
        return e;
    }
    if (examples[form] && form != FORM_IPV4) {
        return refuse(sema, beside, form, e);
    }
    uint8_t at[4];
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(e->integer >> (24 - 8 * i));
    }
    become_bytes(sema->arena, e, at, sizeof at);
    return e;
}

/* A text as what it says beside such a value; false where it says nothing that can be. */
static bool write_literal(struct arena *arena, const struct sema_vtype *beside, enum form form,
                          struct sema_expr *e) {
    bool number = beside->kind == SEMA_V_INT || beside->kind == SEMA_V_FLOAT;
    bool bytes = beside->kind == SEMA_V_BYTES || beside->kind == SEMA_V_TEXT;
    bool address = form_bytes[form] > 0;
    if (!examples[form] || (!number && !(bytes && address))) {
        return true;
    }
    return address ? beside->kind != SEMA_V_FLOAT && write_address(arena, beside, form, e)
                   : write_time(beside, form, e);
}

struct sema_expr *sema_written(struct sema *sema, const struct sema_vtype *beside,
                               struct sema_expr *e) {
    enum form form = beside ? form_named(beside->as) : FORM_PLAIN;
    if (beside && e->kind == E_INT && e->flag) {
        return write_quad(sema, beside, form, e);
    }
    bool fits =
        !beside || e->kind != E_TEXT || !is_plain(e) || write_literal(sema->arena, beside, form, e);
    return fits ? e : refuse(sema, beside, form, e);
}

bool sema_read_form(struct arena *arena, const char *as, enum sema_vkind kind, struct bytes text,
                    struct sema_expr *out) {
    const struct sema_vtype beside = {.kind = kind, .as = as};
    *out = (struct sema_expr){.kind = E_TEXT, .text = text};
    return write_literal(arena, &beside, form_named(as), out);
}

struct sema_expr *sema_beside_written(struct sema *sema, struct sema_expr *e,
                                      const struct sema_expr *literal) {
    if (e->vtype.kind != SEMA_V_INT || literal->kind != E_TEXT ||
        !is_stored(form_named(e->vtype.as)) || !builtin_is_stored(e)) {
        return e;
    }
    struct sema_expr *stored =
        sema_expr_new(sema, E_BUILTIN, e->span, sema_vtype_simple(SEMA_V_BYTES));
    stored->builtin = BUILTIN_BYTES;
    *vec_push(&stored->args, sema->arena) = e;
    return stored;
}
