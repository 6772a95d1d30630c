#include "config.h"

#include <stdlib.h>

#include "ask/search.h"
#include "check.h"

/* A pattern compared at each offset. */
static bool is_hit(const struct pattern *pattern, const uint8_t *at) {
    for (size_t i = 0; i < pattern->value.len; i++) {
        uint8_t mask = pattern->mask ? pattern->mask[i] : 0xff;
        if ((at[i] & mask) != (pattern->value.at[i] & mask)) {
            return false;
        }
    }
    return true;
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

/* All hits, in windows of so many bytes, and whether they are those that a comparison finds. */
static void check_search(const struct pattern *pattern, const uint8_t *data, uint64_t from,
                         uint64_t to, uint64_t window, bool back) {
    struct search search;
    search_begin(&search, pattern, data, from, to, back);
    search.window = window;
    size_t len = pattern->value.len;
    uint64_t end = to - from < len ? from : to - len + 1;
    for (uint64_t i = from; i < end; i++) {
        uint64_t want = back ? end - 1 - (i - from) : i, got = UINT64_MAX;
        if (!is_hit(pattern, data + want)) {
            continue;
        }
        enum search_found found;
        do {
            found = back ? search_previous(&search, &got) : search_next(&search, &got);
        } while (found == SEARCH_MORE);
        CHECK_INT(found, SEARCH_HIT);
        CHECK_INT(got, want);
    }
    uint64_t got;
    enum search_found found;
    do {
        found = back ? search_previous(&search, &got) : search_next(&search, &got);
    } while (found == SEARCH_MORE);
    CHECK_INT(found, SEARCH_END);
    search_free(&search);
}

static void test_windows(void) {
    static const char *const texts[] = {"a",     "aa",       "ab",          "aba",          "abab",
                                        "aabaa", "ababa",    "aaaaaaaaaaa", "abcabcabcabc", "61 6?",
                                        "?1 62", "61 ?? 61", "?? ??"};
    struct arena arena = {0};
    uint32_t state = 1;
    for (unsigned round = 0; round < 300; round++) {
        uint8_t data[64];
        for (unsigned i = 0; i < sizeof data; i++) {
            data[i] = (uint8_t)('a' + next_random(&state) % (1 + round % 3));
        }
        struct pattern pattern;
        const char *why;
        const char *text = texts[next_random(&state) % (sizeof texts / sizeof *texts)];
        CHECK(pattern_read(&pattern, &arena, text, false, &why));
        uint64_t to = next_random(&state) % (sizeof data + 1);
        uint64_t from = next_random(&state) % (to + 1);
        uint64_t window = 1 + next_random(&state) % 9;
        check_search(&pattern, data, from, to, window, false);
        check_search(&pattern, data, from, to, window, true);
    }
    arena_free(&arena);
}

/* Shortest periods, by hand. */
static void test_periods(void) {
    static const struct {
        const char *text;
        size_t period;
    } all[] = {{"a", 1},     {"ab", 2},    {"aaaa", 1}, {"abab", 2},
               {"ababa", 2}, {"abcab", 3}, {"abac", 4}};
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct pattern pattern;
        const char *why;
        CHECK(pattern_read(&pattern, &arena, all[i].text, false, &why));
        CHECK_INT(pattern.period, all[i].period);
    }
    arena_free(&arena);
}

CHECK_MAIN("search", {"windows", test_windows}, {"periods", test_periods})
