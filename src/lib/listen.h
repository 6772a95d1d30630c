/* Listening: a sink that tells a program's events to a listener of the library. */
#ifndef LIB_LISTEN_H
#define LIB_LISTEN_H

#include "lib/internal.h"

struct listen;

/* For one run; all of it is borrowed. vm is asked to stop where the listener wants no more. */
struct listen *listen_new(const struct sonde_question *question, sonde_listener *listener,
                          void *context, struct vm *vm);
struct vm_sink *listen_sink(struct listen *listen);

/* Ends what is open: the machine has ended, early where given_up, which is told as a fault. */
void listen_end(struct listen *listen, bool given_up);

/* Rows, and values that a path leads to. */
uint64_t listen_answers(const struct listen *listen);
bool listen_stopped(const struct listen *listen);
void listen_free(struct listen *listen);

#endif
