/* Names of encodings as specifications write them. */
#ifndef KSY_CHARSET_H
#define KSY_CHARSET_H

/* The name that specifications are to use for the encoding called so (charset.def); NULL: there is none. */
const char *ksy_charset(const char *name);

#endif
