/* Alignment: which items of one sequence stand for which of another, by longest common subsequence or by keys.
 *
 * Items are told apart by 64-bit hashes alone; that equal hashes mean equal items is for the caller to confirm. */
#ifndef ASK_ALIGN_H
#define ASK_ALIGN_H

#include <stdbool.h>
#include <stdint.h>

#define ALIGN_NONE UINT32_MAX

/* The most items of a sequence, those that both begin or end with not counted. */
#define ALIGN_MAX (1u << 22)

/* Finds a longest common subsequence of the n items of a and the m of b: to[i] becomes the index in b of what a's i-th is
 * equal to, or ALIGN_NONE; what is not NONE ascends. False where that would take too much: to[] then only has the items
 * that both begin and end with.
 *
 * By differences first (Myers, "An O(ND) difference algorithm and its variations", 1986, in linear space), which is fast
 * where there are few; where there are many, by the pairs of equal items (Hunt and Szymanski, "A fast algorithm for
 * computing longest common subsequences", 1977), which is fast where few items occur often. Both give a longest one.
 * Memory: some 30 bytes an item, or 50 MiB more for the pairs. */
bool align_sequences(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m, uint32_t *to);

/* Aligns by keys: to[i] becomes the index of the item of b with the same key, the k-th of several in a for the k-th in b;
 * moved[i] whether it is not among the most that stand in the same order in both. Memory: some 40 bytes an item. */
void align_keys(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m, uint32_t *to,
                bool *moved);

#endif
