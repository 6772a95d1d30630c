/* The parts of an ELF object of 64 bits that elf.sonde shows, as they lie in the file: little-endian, without gaps. */
#ifndef BENCH_OBJECT_H
#define BENCH_OBJECT_H

#include <stdint.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the numbers are copied as they are");

struct object_header {
    uint8_t magic[4];
    uint8_t class; /* 2 */
    uint8_t order; /* 1 */
    uint8_t ident_version;
    uint8_t abi;
    uint8_t padding[8];
    uint16_t kind;
    uint16_t machine;
    uint32_t version;
    uint64_t entry;
    uint64_t segments_offset;
    uint64_t sections_offset;
    uint32_t flags;
    uint16_t size;
    uint16_t segment_size;
    uint16_t segment_count;
    uint16_t section_size;
    uint16_t section_count;
    uint16_t names_section;
};

struct object_section {
    uint32_t name_offset;
    uint32_t type;
    uint64_t flags;
    uint64_t address;
    uint64_t offset;
    uint64_t size;
    uint32_t link;
    uint32_t info;
    uint64_t alignment;
    uint64_t entry_size;
};

struct object_symbol {
    uint32_t name_offset;
    uint8_t info; /* binding above, type below */
    uint8_t other;
    uint16_t section_index;
    uint64_t value;
    uint64_t size;
};

enum { OBJECT_SYMTAB = 2, OBJECT_STRTAB = 3, OBJECT_DYNSYM = 11 };

_Static_assert(sizeof(struct object_header) == 64, "");
_Static_assert(sizeof(struct object_section) == 64, "");
_Static_assert(sizeof(struct object_symbol) == 24, "");

#endif
