/* Talk: what the command line says on standard error.
 *
 * Standard output is data and never comes through here. Names and messages may come from files, so that what could do
 * anything to a terminal (controls, bytes that are no UTF-8) is shown as U+FFFD. */
#ifndef CLI_TALK_H
#define CLI_TALK_H

#include <stdint.h>

#include "base/buf.h"

/* Says "sonde: " and the message, on one line. */
void talk(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says a further line about the message before: indented, without "sonde: ". */
void talk_more(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says that an operation on something failed: "can't open 'x': No such file or directory"; error is errno's value. */
void talk_failed(const char *operation, const char *name, int error);

/* Appends text with U+FFFD in place of what could do anything to a terminal. */
void talk_put_safe(struct buf *out, struct bytes text);

/* Writes text that is fit for a terminal as it is (rendered diagnostics). */
void talk_text(const struct buf *text);

#endif
