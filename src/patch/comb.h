/* Comb: bytes over the same fields of many elements that lie one behind the other, at even distances. A field is a tooth.
 *
 * Where an element has a field that is written over, its tooth is held; else the field's bytes are of no meaning. So a
 * number in a million records takes its own bytes twice and one more for each record, held or not. In order, the first
 * element's teeth come first. Its memory is the store's. */
#ifndef PATCH_COMB_H
#define PATCH_COMB_H

#include <stdbool.h>
#include <stdint.h>

#include "patch/splice.h"
#include "patch/store.h"

#define COMB_ELEMENTS 1024u
#define COMB_TEETH    8u

struct comb_tooth {
    uint64_t rel; /* bytes from an element's start */
    uint32_t len;
    uint32_t n;     /* none of the elements behind so many is held */
    uint8_t *held;  /* 0 or 1 for each of COMB_ELEMENTS */
    uint8_t *bytes; /* len for each */
    uint8_t *old;   /* likewise: what the file had when they were put */
};

struct comb {
    uint64_t base;   /* where the first element lies */
    uint64_t stride; /* bytes from one element to the next; no tooth reaches further */
    uint32_t n;      /* elements */
    uint32_t teeth_n;
    struct comb_tooth teeth[COMB_TEETH]; /* in order of place, none over another */
};

/* Whether a comb can be made of many fields: those held must be worth the room. */
bool comb_suits(const struct patch_many *many);

/* Makes a comb without elements. False with errno set. */
bool comb_begin(struct comb *comb, struct store *store, const struct patch_many *many);

/* How many of the first elements a comb can take, if nothing else lies between it and them. */
uint32_t comb_takes(const struct comb *comb, const struct patch_many *many);

/* Takes so many. *more: how many teeth are held that were not. False with errno set. */
bool comb_put(struct comb *comb, struct store *store, const struct patch_many *many, uint32_t n,
              uint64_t *more);

/* Its splices: the first tooth held from `slot` on, (element * teeth + tooth), and the slot behind it; false: none. */
bool comb_next(const struct comb *comb, uint32_t *slot, struct patch_splice *splice);

/* The last one. False: none is held. */
bool comb_last(const struct comb *comb, struct patch_splice *splice);

/* The first slot whose tooth touches the byte at off or lies behind it. */
uint32_t comb_slot(const struct comb *comb, uint64_t off);

/* From where its first splice begins to where its last one ends. Some tooth must be held. */
struct comb_extent {
    uint64_t off, end;
};
struct comb_extent comb_extent(const struct comb *comb);

/* Puts what is held in the elements [first, first + n) over old bytes, those of [from, to) at `at`. No tooth that is held in them
 * lies outside. Whether all that goes is what the file had when it was put; where not, it is put over all the same. */
bool comb_lay_over(const struct comb *comb, uint32_t first, uint32_t n, uint64_t from, uint64_t to,
                   uint8_t *at);

/* The bytes that the file had for a tooth, where it is held, one behind the other in out, which has room for all. How many that
 * makes. */
uint64_t comb_gather(const struct comb *comb, uint32_t tooth, uint8_t *out);

/* Whether the file still has the old bytes of all that is held. */
bool comb_is_same(const struct comb *comb, const uint8_t *file);

#endif
