/* Where values lie: the answers of a program that tells places (gen.h).
 *
 *   text   PATH, offset and size, between tabs, a line for each piece of the input that it lies in: "0x1b" and "4"; of
 *          what does not begin and end with a byte "0x1b:3" (bits counted as the format counts them) and "5 bits"; of
 *          what is not in the input a fourth column says what it is in: "made by zlib"; "-" stands for what there is not
 *   JSON   {"path":…,"offset":27,"size":4} on a line; "bit" and "bits" are there where the value is not whole bytes,
 *          "in" is the transform that made the bytes, "pieces" stands for offset and size where there are several;
 *          of a computed value there is the path alone
 *   raw    its bytes as they are stored */
#ifndef SINK_PLACE_H
#define SINK_PLACE_H

#include "io/out.h"
#include "vm/event.h"

/* A place as a table of values has it: offset, tab, size; of gathered bytes the first piece's offset, of made ones
 * "zlib:0x1b". */
void place_put(struct out *out, const struct vm_event *event);

/* The members of the JSON object, from the path on, without its braces. */
void place_put_json(struct out *out, const struct vm_event *event, const char *path);

enum place_format { PLACE_TEXT, PLACE_JSON, PLACE_RAW };

struct place_options {
    enum place_format format;
    const char *file; /* text, JSON: the input's name in front of each; NULL: of one alone */
    const char *path; /* as it was asked for: of values that have none */
    /* raw: takes the bytes of a value, with its path, in place of out; NULL: out does */
    void (*take)(void *context, const struct vm_event *event, const char *path, struct bytes bytes);
    void *context;
};

struct place_sink;

/* out and the texts are borrowed. */
struct place_sink *place_new(struct out *out, const struct place_options *options);
struct vm_sink *place_sink(struct place_sink *places);
void place_free(struct place_sink *places); /* NULL is fine */

/* How many were told, and how many there were in all: PLACE_RAW leaves out those that have no bytes of their own,
 * numbers that are computed or part of a byte. */
uint64_t place_told(const struct place_sink *places);
uint64_t place_met(const struct place_sink *places);

#endif
