#include "config.h"

#include "ask/search.h"

#include <string.h>

#include "base/mem.h"

void search_begin(struct search *search, const struct pattern *pattern, const uint8_t *data,
                  uint64_t from, uint64_t to, bool back) {
    *search = (struct search){
        .pattern = pattern,
        .data = data,
        .pos = back ? to : from,
        .from = from,
        .to = to,
        .window = SEARCH_WINDOW,
    };
}

void search_free(struct search *search) {
    mem_free(search->hits);
    search->hits = NULL;
}

static bool fits(const struct pattern *pattern, const uint8_t *at) {
    const uint8_t *value = pattern->value.at, *mask = pattern->mask;
    for (size_t i = 0; i < pattern->value.len; i++) {
        if ((at[i] ^ value[i]) & mask[i]) {
            return false;
        }
    }
    return true;
}

/* The first place in start..end where the pattern fits, or end. All of data[start..end + length - 1] is there. */
static uint64_t first_fit(const struct search *search, uint64_t start, uint64_t end) {
    const struct pattern *pattern = search->pattern;
    const uint8_t *literal = pattern->value.at + pattern->literal_off;
    size_t skip = pattern->literal_off, len = pattern->literal_len;
    for (; start < end; start++) {
        if (len > 0) {
            const uint8_t *p =
                memmem(search->data + start + skip, end - start + len - 1, literal, len);
            if (!p) {
                return end;
            }
            start = (uint64_t)(p - search->data) - skip;
        } else {
            uint8_t value = pattern->value.at[0], mask = pattern->mask[0];
            while (start < end && ((search->data[start] ^ value) & mask)) {
                start++;
            }
            if (start == end) {
                return end;
            }
        }
        if (!pattern->mask || fits(pattern, search->data + start)) {
            return start;
        }
    }
    return end;
}

/* Two hits less than half a length apart are a whole number of periods apart, and then there is one a period behind the
 * first, too (Fine and Wilf, 1965): only its end is new. */
static bool has_follower(struct search *search) {
    const struct pattern *pattern = search->pattern;
    size_t len = pattern->value.len, period = pattern->period;
    if (search->pos > search->to - len) {
        return false;
    }
    const uint8_t *new = search->data + search->pos + (len - period);
    return memcmp(new, pattern->value.at + (len - period), period) == 0;
}

static enum search_found hit(struct search *search, uint64_t at, uint64_t *off) {
    const struct pattern *pattern = search->pattern;
    *off = at;
    search->pos = at + pattern->period;
    search->follows = !pattern->mask && pattern->period <= pattern->value.len / 2;
    return SEARCH_HIT;
}

enum search_found search_next(struct search *search, uint64_t *off) {
    size_t len = search->pattern->value.len;
    if (search->to - search->from < len || search->pos > search->to - len) {
        return SEARCH_END;
    }
    if (search->follows) {
        search->follows = false;
        if (has_follower(search)) {
            return hit(search, search->pos, off);
        }
        search->pos += len / 2 + 1 - search->pattern->period;
    }
    uint64_t starts = search->to - len + 1;
    if (search->pos >= starts) {
        return SEARCH_END;
    }
    uint64_t end = starts - search->pos > search->window ? search->pos + search->window : starts;
    uint64_t at = first_fit(search, search->pos, end);
    if (at < end) {
        return hit(search, at, off);
    }
    search->pos = end;
    return SEARCH_MORE;
}

/* All hits that start in start..end, remembered. */
static void gather(struct search *search, uint64_t start, uint64_t end) {
    struct search part = *search;
    part.pos = part.from = start;
    part.to = end + search->pattern->value.len - 1;
    part.follows = false;
    uint64_t off;
    enum search_found found;
    search->n = 0;
    while ((found = search_next(&part, &off)) != SEARCH_END) {
        if (found == SEARCH_MORE) {
            continue;
        }
        if (search->n == search->cap) {
            search->cap = search->cap ? search->cap * 2 : 64;
            search->hits = mem_realloc(search->hits, search->cap, sizeof *search->hits);
        }
        search->hits[search->n++] = off;
    }
}

enum search_found search_previous(struct search *search, uint64_t *off) {
    if (search->n > 0) {
        *off = search->hits[--search->n];
        return SEARCH_HIT;
    }
    size_t len = search->pattern->value.len;
    uint64_t size = search->to - search->from;
    uint64_t starts = size < len ? search->from : search->to - len + 1;
    uint64_t end = search->pos < starts ? search->pos : starts;
    if (end <= search->from) {
        return SEARCH_END;
    }
    search->pos = end - search->from > search->window ? end - search->window : search->from;
    gather(search, search->pos, end);
    return SEARCH_MORE;
}
