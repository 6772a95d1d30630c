/* Patch files: hex patches, IPS and BPS, put into the edits of a file under way. */
#ifndef CLI_PATCHFILE_H
#define CLI_PATCHFILE_H

#include "cli/change.h"

/* Puts what the patch does into the change's edits; name is the patch's, for messages. CLI_FINE; CLI_FINDINGS: it is not
 * for that file; CLI_DATA: it is none or damaged. */
int patchfile_put(struct change *change, struct bytes patch, const char *name);

/* Changes the file at path as the patch says, from change_begin to change_end; the status to end with. */
int patchfile_apply(struct change *change, const char *path, struct input *patch);

#endif
