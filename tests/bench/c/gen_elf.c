/* gen_elf FOLDER N: makes N object files (ELF, 64 bits, x86-64), FOLDER/00000.o and so on, the same ones each time: about 140
 * sections, as compilers make them for a function each, and 460 symbols. There is nothing in most sections. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "random.h"

enum { SECTIONS_MAX = 280, SYMBOLS_MAX = 920, NAME_LEN_MAX = 40, CONTENT = 16 };

/* Names one behind the other, each with a NUL at its end; the first one is empty. */
struct names {
    char text[(SECTIONS_MAX + SYMBOLS_MAX) * (NAME_LEN_MAX + 1)];
    uint32_t len;
};

struct object {
    struct object_header header;
    struct object_section sections[SECTIONS_MAX];
    struct object_symbol symbols[SYMBOLS_MAX];
    struct names section_names;
    struct names symbol_names;
};

static uint32_t add_name(struct names *names, const char *name) {
    uint32_t at = names->len;
    size_t len = strlen(name);
    memcpy(names->text + at, name, len + 1);
    names->len += (uint32_t)len + 1;
    return at;
}

static uint32_t add_random_name(struct names *names, const char *prefix, uint64_t *random) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_01234";
    char name[NAME_LEN_MAX + 1];
    size_t len = strlen(prefix);
    size_t end = len + 4 + random_below(random, 24);
    memcpy(name, prefix, len);
    while (len < end) {
        uint64_t bits = random_next(random);
        for (int n = 0; n < 12 && len < end; n++, bits >>= 5) {
            name[len++] = letters[bits & 31];
        }
    }
    name[len] = '\0';
    return add_name(names, name);
}

static struct object_section make_section(struct object *object, uint32_t number,
                                          uint64_t *random) {
    static const struct {
        const char *prefix;
        uint32_t type;
        uint32_t flags;
    } kinds[] = {{".text.", 1, 6}, {".data.", 1, 3}, {".rodata.", 1, 2}, {".bss.", 8, 3}};
    uint32_t kind = random_below(random, 4);
    return (struct object_section){
        .name_offset = add_random_name(&object->section_names, kinds[kind].prefix, random),
        .type = kinds[kind].type,
        .flags = kinds[kind].flags,
        .offset = sizeof(struct object_header) + number % 2 * 8,
        .size = random_below(random, CONTENT + 1 - 8),
        .alignment = (uint64_t)1 << random_below(random, 5),
    };
}

static struct object_symbol make_symbol(struct object *object, uint32_t local, uint32_t number,
                                        uint32_t sections, uint64_t *random) {
    static const uint8_t types[] = {0, 1, 1, 2, 2, 2, 2, 6};
    uint32_t binding = number < local ? 0 : 1 + random_below(random, 2);
    return (struct object_symbol){
        .name_offset = add_random_name(&object->symbol_names, "", random),
        .info = (uint8_t)(binding << 4 | types[random_below(random, 8)]),
        .other = random_below(random, 8) ? 0 : 2,
        .section_index = (uint16_t)random_below(random, sections + 1),
        .value = 8 * random_below(random, 1000),
        .size = random_below(random, 2000),
    };
}

/* The tables behind the sections of content, in the file in this order: their places follow from their sizes. */
static void make_tables(struct object *object, uint32_t sections, uint32_t symbols,
                        uint32_t local) {
    struct object_section *tables = object->sections + sections + 1;
    uint64_t at = sizeof object->header + CONTENT;
    tables[0] = (struct object_section){.name_offset = add_name(&object->section_names, ".symtab"),
                                        .type = OBJECT_SYMTAB,
                                        .size = (symbols + 1) * sizeof(struct object_symbol),
                                        .link = sections + 2,
                                        .info = local + 1,
                                        .alignment = 8,
                                        .entry_size = sizeof(struct object_symbol)};
    tables[1] = (struct object_section){.name_offset = add_name(&object->section_names, ".strtab"),
                                        .type = OBJECT_STRTAB,
                                        .size = object->symbol_names.len,
                                        .alignment = 1};
    tables[2] =
        (struct object_section){.name_offset = add_name(&object->section_names, ".shstrtab"),
                                .type = OBJECT_STRTAB,
                                .alignment = 1};
    tables[2].size = object->section_names.len;
    for (int i = 0; i < 3; i++) {
        tables[i].offset = at;
        at += tables[i].size;
    }
    object->header = (struct object_header){.magic = {0x7f, 'E', 'L', 'F'},
                                            .class = 2,
                                            .order = 1,
                                            .ident_version = 1,
                                            .kind = 1,
                                            .machine = 62,
                                            .version = 1,
                                            .sections_offset = (at + 7) / 8 * 8,
                                            .size = sizeof(struct object_header),
                                            .section_size = sizeof(struct object_section),
                                            .section_count = (uint16_t)(sections + 4),
                                            .names_section = (uint16_t)(sections + 3)};
}

static void write_object(const char *folder, uint32_t number, const struct object *object,
                         uint32_t symbols) {
    static const uint8_t content[CONTENT];
    char path[4096];
    snprintf(path, sizeof path, "%s/%05u.o", folder, number);
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    uint64_t at = sizeof object->header + sizeof content +
                  (symbols + 1) * sizeof(struct object_symbol) + object->symbol_names.len +
                  object->section_names.len;
    fwrite(&object->header, sizeof object->header, 1, file);
    fwrite(content, sizeof content, 1, file);
    fwrite(object->symbols, sizeof(struct object_symbol), symbols + 1, file);
    fwrite(object->symbol_names.text, 1, object->symbol_names.len, file);
    fwrite(object->section_names.text, 1, object->section_names.len, file);
    fwrite(content, 1, object->header.sections_offset - at, file);
    fwrite(object->sections, sizeof(struct object_section), object->header.section_count, file);
    if (fclose(file)) {
        perror(path);
        exit(1);
    }
}

static void make_object(struct object *object, const char *folder, uint32_t number,
                        uint64_t *random) {
    uint32_t sections = 2 + random_below(random, SECTIONS_MAX - 6);
    uint32_t symbols = 10 + random_below(random, SYMBOLS_MAX - 10);
    uint32_t local = random_below(random, symbols);
    object->section_names.len = object->symbol_names.len = 1;
    for (uint32_t i = 1; i <= sections; i++) {
        object->sections[i] = make_section(object, i, random);
    }
    for (uint32_t i = 1; i <= symbols; i++) {
        object->symbols[i] = make_symbol(object, local + 1, i, sections, random);
    }
    make_tables(object, sections, symbols, local);
    write_object(folder, number, object, symbols);
}

int main(int argc, char **argv) {
    static struct object object;
    uint64_t random = 6;
    uint32_t n = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    for (uint32_t i = 0; i < n; i++) {
        make_object(&object, argv[1], i, &random);
    }
    return 0;
}
