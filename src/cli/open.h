/* Opening files to read. */
#ifndef CLI_OPEN_H
#define CLI_OPEN_H

#include "io/input.h"

/* Opens the file at path ("-": standard input); NULL: it can't be opened, which was told. */
struct input *open_input(const char *path);

/* Tells that a change in place left the file half done, or is being made, where that is so. open_input does that. */
void open_note(const char *path);

#endif
