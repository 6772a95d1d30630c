/* Splices: byte changes shown, as a hex patch or as JSON. */
#ifndef CLI_SPLICES_H
#define CLI_SPLICES_H

#include "cli/change.h"

/* Shows what changes on standard output, where that is wanted; status, or what is worse. */
int splices_show(const struct change *change, int status);

/* The file that takes the change back once it is made, in a file that must not be there yet; CLI_FINE, or what was told. */
int splices_save_undo(struct change *change, const char *path);

#endif
