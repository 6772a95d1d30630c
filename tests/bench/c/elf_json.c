/* elf_json FILE...: writes what elf.sonde shows of each object, a JSON document on a line of its own, as one would do it by
 * hand. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "map.h"
#include "object.h"
#include "out.h"
#include "text.h"

/* More than a header, a section or a symbol takes, but for its name, and the longest name. */
#define ITEM_MAX_LEN 1024
#define NAME_LEN_MAX (OUT_SIZE / 2 - ITEM_MAX_LEN)
/* Files up to here are read, larger ones mapped. */
#define READ_MAX (256 * 1024)

#define NAME(text)                                                                                 \
    { sizeof "\"" text "\"" - 1, "\"" text "\"" }

struct name {
    uint8_t len; /* 0: there is none */
    char text[31];
};

static const struct name abis[] = {
    NAME("sysv"),  NAME("hpux"),    NAME("netbsd"),  NAME("gnu"),     {0, ""},
    {0, ""},       NAME("solaris"), NAME("aix"),     NAME("irix"),    NAME("freebsd"),
    NAME("tru64"), NAME("modesto"), NAME("openbsd"), NAME("openvms"), NAME("nonstop"),
};
static const struct name kinds[] = {NAME("none"), NAME("relocatable"), NAME("executable"),
                                    NAME("shared"), NAME("core")};
static const struct name section_types[] = {
    NAME("null"),
    NAME("progbits"),
    NAME("symtab"),
    NAME("strtab"),
    NAME("rela"),
    NAME("hash"),
    NAME("dynamic"),
    NAME("note"),
    NAME("nobits"),
    NAME("rel"),
    NAME("shlib"),
    NAME("dynsym"),
    {0, ""},
    {0, ""},
    NAME("init_array"),
    NAME("fini_array"),
    NAME("preinit_array"),
    NAME("group"),
    NAME("symtab_shndx"),
};
static const struct name bindings[] = {NAME("local"), NAME("global"), NAME("weak")};
static const struct name symbol_types[] = {NAME("none"),    NAME("object"), NAME("func"),
                                           NAME("section"), NAME("file"),   NAME("common"),
                                           NAME("tls")};

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static char *put_name(char *out, const struct name *names, size_t count, uint32_t number) {
    if (number >= count || !names[number].len) {
        return text_u32(out, number);
    }
    memcpy(out, names[number].text, sizeof names[number].text);
    return out + names[number].len;
}

#define PUT_NAME(out, names, number) put_name(out, names, sizeof(names) / sizeof *(names), number)

/* The text at an offset of a section of names, as JSON; what lies outside the file ends the program. */
static void put_text(struct out *out, struct map map, const struct object_section *names,
                     uint64_t offset) {
    if (names->offset > map.len || offset > map.len - names->offset) {
        fail("a name lies behind the file");
    }
    const uint8_t *text = map.at + names->offset + offset;
    size_t left = map.len - names->offset - offset;
    const uint8_t *end = memchr(text, 0, left);
    if (!end || end - text > NAME_LEN_MAX) {
        fail("a name has no end");
    }
    out->at = text_string(out_room(out, 2 * (size_t)(end - text) + ITEM_MAX_LEN), text,
                          (size_t)(end - text));
}

static void put_header(struct out *out, const struct object_header *header) {
    char *at = out_room(out, ITEM_MAX_LEN);
    at = TEXT_LITERAL(
        at, "{\"header\":{\"ident\":{\"class\":\"elf64\",\"order\":\"lsb\",\"version\":1,\"abi\":");
    at = PUT_NAME(at, abis, header->abi);
    at = PUT_NAME(TEXT_LITERAL(at, "},\"kind\":"), kinds, header->kind);
    at = TEXT_LITERAL(at, ",\"machine\":\"x86_64\"");
    at = text_u32(TEXT_LITERAL(at, ",\"version\":"), header->version);
    at = text_u64(TEXT_LITERAL(at, ",\"entry\":"), header->entry);
    at = text_u64(TEXT_LITERAL(at, ",\"segments_offset\":"), header->segments_offset);
    at = text_u64(TEXT_LITERAL(at, ",\"sections_offset\":"), header->sections_offset);
    at = text_u32(TEXT_LITERAL(at, ",\"flags\":"), header->flags);
    at = text_u32(TEXT_LITERAL(at, ",\"size\":"), header->size);
    at = text_u32(TEXT_LITERAL(at, ",\"segment_size\":"), header->segment_size);
    at = text_u32(TEXT_LITERAL(at, ",\"segment_count\":"), header->segment_count);
    at = text_u32(TEXT_LITERAL(at, ",\"section_size\":"), header->section_size);
    at = text_u32(TEXT_LITERAL(at, ",\"section_count\":"), header->section_count);
    at = text_u32(TEXT_LITERAL(at, ",\"names_section\":"), header->names_section);
    out->at = TEXT_LITERAL(at, "},\"sections\":[");
}

static void put_symbol(struct out *out, struct map map, const struct object_section *names,
                       const uint8_t *from) {
    struct object_symbol symbol;
    memcpy(&symbol, from, sizeof symbol);
    char *at = out_room(out, ITEM_MAX_LEN);
    at = text_u32(TEXT_LITERAL(at, "{\"name_offset\":"), symbol.name_offset);
    at = PUT_NAME(TEXT_LITERAL(at, ",\"binding\":"), bindings, symbol.info >> 4);
    at = PUT_NAME(TEXT_LITERAL(at, ",\"type\":"), symbol_types, symbol.info & 15);
    at = text_u32(TEXT_LITERAL(at, ",\"other\":"), symbol.other);
    at = text_u32(TEXT_LITERAL(at, ",\"section_index\":"), symbol.section_index);
    at = text_u64(TEXT_LITERAL(at, ",\"value\":"), symbol.value);
    at = text_u64(TEXT_LITERAL(at, ",\"size\":"), symbol.size);
    out->at = TEXT_LITERAL(at, ",\"name\":");
    put_text(out, map, names, symbol.name_offset);
    *out->at++ = '}';
}

static void put_symbols(struct out *out, struct map map, const struct object_section *sections,
                        uint32_t count, const struct object_section *table) {
    if (table->link >= count || table->offset > map.len || table->size > map.len - table->offset) {
        fail("symbols lie behind the file");
    }
    out->at = TEXT_LITERAL(out_room(out, ITEM_MAX_LEN), ",\"symbols\":[");
    for (uint64_t i = 0; table->size - i >= sizeof(struct object_symbol);
         i += sizeof(struct object_symbol)) {
        if (i > 0) {
            *out->at++ = ',';
        }
        put_symbol(out, map, &sections[table->link], map.at + table->offset + i);
    }
    *out->at++ = ']';
}

static void put_section(struct out *out, const struct object_section *section) {
    char *at = out_room(out, ITEM_MAX_LEN);
    at = text_u32(TEXT_LITERAL(at, "{\"name_offset\":"), section->name_offset);
    at = PUT_NAME(TEXT_LITERAL(at, ",\"type\":"), section_types, section->type);
    at = text_u64(TEXT_LITERAL(at, ",\"flags\":"), section->flags);
    at = text_u64(TEXT_LITERAL(at, ",\"address\":"), section->address);
    at = text_u64(TEXT_LITERAL(at, ",\"offset\":"), section->offset);
    at = text_u64(TEXT_LITERAL(at, ",\"size\":"), section->size);
    at = text_u32(TEXT_LITERAL(at, ",\"link\":"), section->link);
    at = text_u32(TEXT_LITERAL(at, ",\"info\":"), section->info);
    at = text_u64(TEXT_LITERAL(at, ",\"alignment\":"), section->alignment);
    at = text_u64(TEXT_LITERAL(at, ",\"entry_size\":"), section->entry_size);
    out->at = TEXT_LITERAL(at, ",\"name\":");
}

static void put_object(struct out *out, struct map map) {
    struct object_header header;
    if (map.len < sizeof header) {
        fail("there is no header");
    }
    memcpy(&header, map.at, sizeof header);
    if (memcmp(header.magic,
               "\x7f"
               "ELF\2\1\1",
               7) != 0 ||
        header.machine != 62 || header.sections_offset % 8 || header.sections_offset > map.len ||
        header.section_count * sizeof(struct object_section) > map.len - header.sections_offset ||
        (header.section_count && header.names_section >= header.section_count)) {
        fail("this is no object for x86-64 with sections");
    }
    const struct object_section *sections = (const void *)(map.at + header.sections_offset);
    put_header(out, &header);
    for (uint32_t i = 0; i < header.section_count; i++) {
        if (i > 0) {
            *out->at++ = ',';
        }
        put_section(out, &sections[i]);
        put_text(out, map, &sections[header.names_section], sections[i].name_offset);
        if (sections[i].type == OBJECT_SYMTAB || sections[i].type == OBJECT_DYNSYM) {
            put_symbols(out, map, sections, header.section_count, &sections[i]);
        }
        *out->at++ = '}';
    }
    out->at = TEXT_LITERAL(out_room(out, ITEM_MAX_LEN), "]}\n");
}

/* Shows a file: a small one is read into a buffer of READ_MAX bytes, which is faster than a map. */
static void show_file(struct out *out, const char *path, uint8_t *buffer) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        perror(path);
        exit(1);
    }
    size_t len = (size_t)status.st_size;
    if (len <= READ_MAX) {
        if (read(fd, buffer, len) != (ssize_t)len) {
            fail("the file can't be read");
        }
        put_object(out, (struct map){buffer, len});
    } else {
        void *at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at == MAP_FAILED) {
            fail("the file can't be mapped");
        }
        put_object(out, (struct map){at, len});
        munmap(at, len);
    }
    close(fd);
}

int main(int argc, char **argv) {
    static struct out out;
    static _Alignas(struct object_section) uint8_t buffer[READ_MAX];
    out.at = out.buffer;
    for (int i = 1; i < argc; i++) {
        show_file(&out, argv[i], buffer);
    }
    out_flush(&out);
    return 0;
}
