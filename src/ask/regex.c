#include "config.h"

#include "ask/regex.h"

#define MISSING "this sonde has no pcre2"

#ifdef HAVE_PCRE2

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/library.h"
#include "base/mem.h"

#define CALLS(CALL)                                                                                \
    CALL(pcre2_code_free)                                                                          \
    CALL(pcre2_compile)                                                                            \
    CALL(pcre2_compile_context_create)                                                             \
    CALL(pcre2_compile_context_free)                                                               \
    CALL(pcre2_get_error_message)                                                                  \
    CALL(pcre2_get_ovector_pointer)                                                                \
    CALL(pcre2_jit_compile)                                                                        \
    CALL(pcre2_jit_stack_assign)                                                                   \
    CALL(pcre2_jit_stack_create)                                                                   \
    CALL(pcre2_jit_stack_free)                                                                     \
    CALL(pcre2_match)                                                                              \
    CALL(pcre2_match_context_create)                                                               \
    CALL(pcre2_match_context_free)                                                                 \
    CALL(pcre2_match_data_create)                                                                  \
    CALL(pcre2_match_data_free)                                                                    \
    CALL(pcre2_set_newline)
LIBRARY_CALLS(pcre2, CALLS)

/* What matching may use to remember where it can go back to, in bytes: at first, and at most. */
enum { STACK_MIN = 32 * 1024, STACK_MAX = 16 * 1024 * 1024 };

struct regex {
    const struct pcre2_calls *lib;
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

struct regex *regex_new(const char *text, bool fold, struct arena *arena, const char **why) {
    const struct pcre2_calls *lib = pcre2_calls();
    int error;
    PCRE2_SIZE at;
    if (!lib) {
        *why = MISSING;
        return NULL;
    }
    uint32_t options = PCRE2_NEVER_UTF | (fold ? PCRE2_CASELESS : 0);
    pcre2_compile_context *context = lib->pcre2_compile_context_create(NULL);
    if (!context) {
        mem_exhausted();
    }
    lib->pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    pcre2_code *code =
        lib->pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &error, &at, context);
    lib->pcre2_compile_context_free(context);
    if (!code) {
        PCRE2_UCHAR message[160];
        lib->pcre2_get_error_message(error, message, sizeof message);
        *why = arena_printf(arena, "'%s' is no regular expression: %s (at character %zu)", text,
                            (const char *)message, (size_t)at + 1);
        return NULL;
    }
    lib->pcre2_jit_compile(code,
                           PCRE2_JIT_COMPLETE); /* where there is none, matching is only slower */
    struct regex *regex = mem_alloc(sizeof *regex);
    *regex = (struct regex){
        .lib = lib,
        .code = code,
        .match = lib->pcre2_match_data_create(1, NULL),
        .context = lib->pcre2_match_context_create(NULL),
        .stack = lib->pcre2_jit_stack_create(STACK_MIN, STACK_MAX, NULL),
    };
    if (!regex->match || !regex->context) {
        mem_exhausted();
    }
    if (regex->stack) { /* else there is no JIT */
        lib->pcre2_jit_stack_assign(regex->context, NULL, regex->stack);
    }
    return regex;
}

void regex_free(struct regex *regex) {
    if (regex) {
        const struct pcre2_calls *lib = regex->lib;
        lib->pcre2_match_data_free(regex->match);
        lib->pcre2_match_context_free(regex->context);
        lib->pcre2_jit_stack_free(regex->stack);
        lib->pcre2_code_free(regex->code);
        mem_free(regex);
    }
}

enum regex_found regex_next(struct regex *regex, const uint8_t *data, uint64_t from, uint64_t to,
                            bool after_empty, uint64_t *off, uint64_t *len) {
    uint32_t options = after_empty ? PCRE2_NOTEMPTY_ATSTART : 0;
    int n =
        regex->lib->pcre2_match(regex->code, data, to, from, options, regex->match, regex->context);
    if (n == PCRE2_ERROR_NOMATCH) {
        return REGEX_NONE;
    }
    if (n == PCRE2_ERROR_NOMEMORY) {
        mem_exhausted();
    }
    if (n < 0) {
        *off = from;
        return REGEX_GIVEN_UP;
    }
    const PCRE2_SIZE *ends = regex->lib->pcre2_get_ovector_pointer(regex->match);
    *off = ends[0] < ends[1] ? ends[0] : ends[1]; /* \K in a lookahead may turn them around */
    *len = ends[0] < ends[1] ? ends[1] - ends[0] : 0;
    return REGEX_HIT;
}

#else

struct regex *regex_new(const char *text, bool fold, struct arena *arena, const char **why) {
    (void)text;
    (void)fold;
    (void)arena;
    *why = MISSING;
    return NULL;
}

void regex_free(struct regex *regex) {
    (void)regex;
}

enum regex_found regex_next(struct regex *regex, const uint8_t *data, uint64_t from, uint64_t to,
                            bool after_empty, uint64_t *off, uint64_t *len) {
    (void)regex;
    (void)data;
    (void)from;
    (void)to;
    (void)after_empty;
    (void)off;
    (void)len;
    return REGEX_NONE;
}

#endif
