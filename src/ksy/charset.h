/* Names of encodings as specifications write them. */
#ifndef KSY_CHARSET_H
#define KSY_CHARSET_H

#include <stdbool.h>

/* The name that specifications are to use for the encoding called so (charset.def); NULL: there is none. */
const char *ksy_charset(const char *name);

/* Whether text in the encoding of that name can be read here. */
bool ksy_charset_is_known(const char *name);

#endif
