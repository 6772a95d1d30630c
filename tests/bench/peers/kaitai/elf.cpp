// elf FILE...: objects, with Kaitai's classes.
#include "bench_elf.h"
#include "kaitai.h"

static const char *const abis[] = {"sysv",  "hpux",    "netbsd",  "gnu",     NULL,
                                   NULL,    "solaris", "aix",     "irix",    "freebsd",
                                   "tru64", "modesto", "openbsd", "openvms", "nonstop"};
static const char *const kinds[] = {"none", "relocatable", "executable", "shared", "core"};
static const char *const section_types[] = {
    "null",       "progbits",   "symtab",        "strtab", "rela",        "hash", "dynamic",
    "note",       "nobits",     "rel",           "shlib",  "dynsym",      NULL,   NULL,
    "init_array", "fini_array", "preinit_array", "group",  "symtab_shndx"};
static const char *const bindings[] = {"local", "global", "weak"};
static const char *const symbol_types[] = {"none", "object", "func", "section",
                                           "file", "common", "tls"};

/* A name goes behind what was put at a place; there may be little room left there for it. */
static void put_long(char *at, const std::string &name) {
    out.at = at;
    out.at = put_string(out_room(&out, 2 * name.size() + LINE_MAX_LEN), name);
}

static void put_header(bench_elf_t::header_t &h) {
    char *at = out_room(&out, LINE_MAX_LEN);
    at = TEXT_LITERAL(
        at, "{\"header\":{\"ident\":{\"class\":\"elf64\",\"order\":\"lsb\",\"version\":1,\"abi\":");
    at = put_name(at, abis, h.abi());
    at = put_name(TEXT_LITERAL(at, "},\"kind\":"), kinds, h.kind());
    at = TEXT_LITERAL(at, ",\"machine\":\"x86_64\"");
    at = text_u32(TEXT_LITERAL(at, ",\"version\":"), h.version());
    at = text_u64(TEXT_LITERAL(at, ",\"entry\":"), h.entry());
    at = text_u64(TEXT_LITERAL(at, ",\"segments_offset\":"), h.segments_offset());
    at = text_u64(TEXT_LITERAL(at, ",\"sections_offset\":"), h.sections_offset());
    at = text_u32(TEXT_LITERAL(at, ",\"flags\":"), h.flags());
    at = text_u32(TEXT_LITERAL(at, ",\"size\":"), h.size());
    at = text_u32(TEXT_LITERAL(at, ",\"segment_size\":"), h.segment_size());
    at = text_u32(TEXT_LITERAL(at, ",\"segment_count\":"), h.segment_count());
    at = text_u32(TEXT_LITERAL(at, ",\"section_size\":"), h.section_size());
    at = text_u32(TEXT_LITERAL(at, ",\"section_count\":"), h.section_count());
    at = text_u32(TEXT_LITERAL(at, ",\"names_section\":"), h.names_section());
    out.at = TEXT_LITERAL(at, "},\"sections\":[");
}

static void put_symbol(bench_elf_t::symbol_t &s) {
    char *at = out_room(&out, LINE_MAX_LEN);
    at = text_u32(TEXT_LITERAL(at, "{\"name_offset\":"), s.name_offset());
    at = put_name(TEXT_LITERAL(at, ",\"binding\":"), bindings, s.binding());
    at = put_name(TEXT_LITERAL(at, ",\"type\":"), symbol_types, s.type());
    at = text_u32(TEXT_LITERAL(at, ",\"other\":"), s.other());
    at = text_u32(TEXT_LITERAL(at, ",\"section_index\":"), s.section_index());
    at = text_u64(TEXT_LITERAL(at, ",\"value\":"), s.value());
    at = text_u64(TEXT_LITERAL(at, ",\"size\":"), s.size());
    put_long(TEXT_LITERAL(at, ",\"name\":"), s.name());
    out.at = TEXT_LITERAL(out.at, "}");
}

static void put_symbols(bench_elf_t::symbols_t &symbols) {
    bool first = true;
    out.at = TEXT_LITERAL(out_room(&out, LINE_MAX_LEN), ",\"symbols\":[");
    for (bench_elf_t::symbol_t *symbol : *symbols.items()) {
        if (!first) {
            *out.at++ = ',';
        }
        first = false;
        put_symbol(*symbol);
    }
    out.at = TEXT_LITERAL(out_room(&out, LINE_MAX_LEN), "]");
}

static void put_section(bench_elf_t::section_t &s) {
    char *at = out_room(&out, LINE_MAX_LEN);
    at = text_u32(TEXT_LITERAL(at, "{\"name_offset\":"), s.name_offset());
    at = put_name(TEXT_LITERAL(at, ",\"type\":"), section_types, s.type());
    at = text_u64(TEXT_LITERAL(at, ",\"flags\":"), s.flags());
    at = text_u64(TEXT_LITERAL(at, ",\"address\":"), s.address());
    at = text_u64(TEXT_LITERAL(at, ",\"offset\":"), s.offset());
    at = text_u64(TEXT_LITERAL(at, ",\"size\":"), s.size());
    at = text_u32(TEXT_LITERAL(at, ",\"link\":"), s.link());
    at = text_u32(TEXT_LITERAL(at, ",\"info\":"), s.info());
    at = text_u64(TEXT_LITERAL(at, ",\"alignment\":"), s.alignment());
    at = text_u64(TEXT_LITERAL(at, ",\"entry_size\":"), s.entry_size());
    put_long(TEXT_LITERAL(at, ",\"name\":"), s.name());
    if (s.type() == bench_elf_t::SECTION_TYPE_SYMTAB ||
        s.type() == bench_elf_t::SECTION_TYPE_DYNSYM) {
        put_symbols(*s.symbols());
    }
    *out.at++ = '}';
}

int main(int argc, char **argv) {
    out.at = out.buffer;
    for (int i = 1; i < argc; i++) {
        std::ifstream file(argv[i], std::ifstream::binary);
        kaitai::kstream stream(&file);
        bench_elf_t root(&stream);
        bool first = true;
        put_header(*root.header());
        for (bench_elf_t::section_t *section : *root.sections()) {
            if (!first) {
                *out.at++ = ',';
            }
            first = false;
            put_section(*section);
        }
        out.at = TEXT_LITERAL(out_room(&out, LINE_MAX_LEN), "]}\n");
    }
    out_flush(&out);
    return 0;
}
