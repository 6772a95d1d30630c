/* Nearby: what lies around the gaps that an extent has found, and which fields overlap. It takes a second run over the file,
 * so that the first one need not remember where every field lies. */
#ifndef ASK_NEARBY_H
#define ASK_NEARBY_H

#include "ask/extent.h"
#include "vm/event.h"

struct nearby;

/* For another run of the same program over the same bytes. */
struct nearby *nearby_new(const struct program *program, struct extent *extent);
struct vm_sink *nearby_sink(struct nearby *nearby);
/* Behind the run; data is the file. */
void nearby_end(struct nearby *nearby, const uint8_t *data);
void nearby_free(struct nearby *nearby);

#endif
