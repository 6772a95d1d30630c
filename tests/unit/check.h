/* A thin layer over CUnit: comparisons that print both values, and a main that fails when a test does.
 *
 *     static void test_adds(void) { CHECK_INT(1 + 1, 2); }
 *     CHECK_MAIN("adder", {"adds", test_adds}, {"more", test_more}) */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        bool check_ok = (condition);                                                               \
        if (!check_ok) {                                                                           \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
        }                                                                                          \
        CU_ASSERT(check_ok);                                                                       \
    } while (0)

static inline void check_int(const char *file, int line, long long got, long long want) {
    if (got != want) {
        fprintf(stderr, "%s:%d: got %lld (0x%llx), want %lld (0x%llx)\n", file, line, got,
                (unsigned long long)got, want, (unsigned long long)want);
    }
    CU_ASSERT(got == want);
}
#define CHECK_INT(got, want) check_int(__FILE__, __LINE__, (long long)(got), (long long)(want))

static inline void check_text(const char *file, int line, const char *got, const char *want) {
    bool same = got == want || (got && want && strcmp(got, want) == 0);
    if (!same) {
        fprintf(stderr, "%s:%d:\n  got  \"%s\"\n  want \"%s\"\n", file, line, got ? got : "(null)",
                want ? want : "(null)");
    }
    CU_ASSERT(same);
}
#define CHECK_TEXT(got, want) check_text(__FILE__, __LINE__, (got), (want))

static inline void check_bytes(const char *file, int line, const void *got, size_t got_len,
                               const void *want, size_t want_len) {
    bool same = got_len == want_len && (got_len == 0 || memcmp(got, want, got_len) == 0);
    if (!same) {
        fprintf(stderr, "%s:%d:\n  got  (%zu)", file, line, got_len);
        for (size_t i = 0; i < got_len && i < 64; i++) {
            fprintf(stderr, " %02x", ((const unsigned char *)got)[i]);
        }
        fprintf(stderr, "\n  want (%zu)", want_len);
        for (size_t i = 0; i < want_len && i < 64; i++) {
            fprintf(stderr, " %02x", ((const unsigned char *)want)[i]);
        }
        fprintf(stderr, "\n");
    }
    CU_ASSERT(same);
}
#define CHECK_BYTES(got, got_len, want, want_len)                                                  \
    check_bytes(__FILE__, __LINE__, (got), (got_len), (want), (want_len))

struct check_test {
    const char *name;
    void (*run)(void);
};

static inline int check_main(const char *suite_name, const struct check_test *tests, size_t n) {
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 2;
    }
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    for (size_t i = 0; suite && i < n; i++) {
        CU_add_test(suite, tests[i].name, tests[i].run);
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    bool failed = !suite || CU_get_number_of_tests_run() != n || CU_get_number_of_failures() > 0;
    CU_cleanup_registry();
    return failed ? 1 : 0;
}

#define CHECK_MAIN(suite_name, ...)                                                                \
    int main(void) {                                                                               \
        static const struct check_test tests[] = {__VA_ARGS__};                                    \
        return check_main(suite_name, tests, sizeof tests / sizeof *tests);                        \
    }

#endif
