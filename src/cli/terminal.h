/* Terminal: what is known of where the output goes. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>

enum terminal_when { TERMINAL_AUTO, TERMINAL_ALWAYS, TERMINAL_NEVER };

/* "auto", "always", "never": the values of --colour. */
extern const char *const terminal_when_texts[];
#define TERMINAL_WHEN_COUNT 3

/* Whether to colour what goes to fd. AUTO: on a terminal that is not "dumb", unless NO_COLOR is set and not empty
 * (no-color.org). */
bool terminal_colour(enum terminal_when when, int fd);

/* Columns of the terminal on standard output, else those that COLUMNS says, else 0. */
unsigned terminal_width(void);

/* Takes over how the locale encodes text, and nothing else of it: numbers look the same everywhere. */
void terminal_take_locale(void);

/* Whether the locale's text is UTF-8. Takes the locale over. */
bool terminal_is_utf8(void);

/* Whether both descriptors are the same terminal. */
bool terminal_is_same(int a, int b);

#endif
