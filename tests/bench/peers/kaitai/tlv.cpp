// tlv jsonl MODE FILE: entries with tags, with Kaitai's classes.
#include "bench_tlv.h"
#include "kaitai.h"

static void put_json(bench_tlv_t::entry_t &e) {
    char *at = out_room(&out, LINE_MAX_LEN);
    at = text_u32(TEXT_LITERAL(at, "{\"tag\":"), e.tag());
    at = text_u32(TEXT_LITERAL(at, ",\"length\":"), e.length());
    at = TEXT_LITERAL(at, ",\"value\":");
    if (e.tag() == 1) {
        at = text_u32(at, static_cast<bench_tlv_t::number_t *>(e.value())->value());
    } else if (e.tag() == 2) {
        at = text_i64(at, static_cast<bench_tlv_t::wide_t *>(e.value())->value());
    } else {
        at = put_string(at, static_cast<bench_tlv_t::text_t *>(e.value())->value());
    }
    out.at = TEXT_LITERAL(at, "}\n");
}

int main(int argc, char **argv) {
    if (argc < 4) {
        return 2;
    }
    out.at = out.buffer;
    for_each<bench_tlv_t, bench_tlv_t::entry_t>(
        argv[2], argv[3], [](bench_tlv_t &root) { return root.entries(); }, put_json);
    out_flush(&out);
    return 0;
}
