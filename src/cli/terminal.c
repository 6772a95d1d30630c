#include "config.h"

#include "cli/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* A wider terminal is a mistake in COLUMNS. */
#define WIDTH_MAX 10000

const char *const terminal_when_texts[TERMINAL_WHEN_COUNT] = {"auto", "always", "never"};

bool terminal_colour(enum terminal_when when, int fd) {
    if (when != TERMINAL_AUTO) {
        return when == TERMINAL_ALWAYS;
    }
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(fd) && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

unsigned terminal_width(void) {
#ifdef TIOCGWINSZ
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
#endif
    const char *columns = getenv("COLUMNS");
    char *end = NULL;
    long n = columns ? strtol(columns, &end, 10) : 0;
    return end && end != columns && *end == '\0' && n > 0 && n <= WIDTH_MAX ? (unsigned)n : 0;
}

void terminal_take_locale(void) {
    setlocale(LC_CTYPE, "");
}

bool terminal_is_utf8(void) {
    terminal_take_locale();
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool terminal_is_same(int a, int b) {
    struct stat of_a, of_b;
    return isatty(a) && isatty(b) && fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 &&
           of_a.st_rdev == of_b.st_rdev;
}
