/* Finding schemas for the command line: the option that adds folders, and what is said where a name means none. */
#ifndef CLI_FIND_H
#define CLI_FIND_H

#include "lib/find.h"

/* For a command's table of options. */
#define FIND_OPTION                                                                                \
    { 'I', "include", "DIR", "look for schemas and imports in DIR first; may be\nrepeated" }

/* What find_file gives; NULL was told. */
const char *find_path(const struct find_folders *folders, struct arena *arena,
                      const char *argument);

#endif
