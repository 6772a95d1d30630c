/* Which strings YAML's readers would take for something else, as Psych tells them. */
#ifndef SINK_KSDUMP_SCALAR_H
#define SINK_KSDUMP_SCALAR_H

#include "base/bytes.h"

enum ksdump_style { KSDUMP_PLAIN, KSDUMP_SINGLE, KSDUMP_DOUBLE, KSDUMP_LITERAL };

/* How Psych wants a string (UTF-8) to be written. */
enum ksdump_style ksdump_style(struct bytes text);

#endif
