/* A block while it is made (gen_block.c): fields at fixed places, with the text that stands in front of each. */
#ifndef CODE_GEN_BLOCK_H
#define CODE_GEN_BLOCK_H

#include "code/gen_internal.h"

struct block_builder {
    struct gen *g;
    struct buf text; /* what stands before the next value */
    struct program_block block;
    uint32_t stretch; /* of the fields that are added */
    bool first;       /* nothing of the struct at hand was written yet */
};

struct block_builder gen_block_begin(struct gen *g, bool whole);
uint32_t gen_block_end(struct block_builder *b, int64_t bit_size); /* the block's index */
/* What stands before a member's value; the value; the member of a type that is one value or a struct of such. */
void gen_block_name(struct block_builder *b, const struct sema_member *m);
struct program_field *gen_block_value(struct block_builder *b, uint32_t type, uint32_t member,
                                      uint64_t bit_off);
void gen_block_decl(struct block_builder *b, const struct sema_member *m, struct sema_decl *decl,
                    uint64_t bit_off);
/* Whether a value is of a type that fields of blocks have, with no clauses. */
bool gen_block_is_bare(struct gen *g, const struct sema_decl *decl);

#endif
