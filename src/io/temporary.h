/* Temporary files without a name: they are gone when the last descriptor and map of them are, whatever happens. */
#ifndef IO_TEMPORARY_H
#define IO_TEMPORARY_H

/* A new file, open for reading and writing, in a folder (NULL: $TMPDIR, else /tmp). -1 with errno set. */
int temporary_open(const char *folder);

#endif
