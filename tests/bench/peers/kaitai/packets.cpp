// packets JOB MODE FILE [N]: the jobs on packets, with Kaitai's classes.
#include "bench_packets.h"
#include "kaitai.h"

typedef bench_packets_t::packet_t packet;

static void put_json(packet &p) {
    char *at = out_room(&out, LINE_MAX_LEN);
    at = text_u32(TEXT_LITERAL(at, "{\"ts_sec\":"), p.ts_sec());
    at = text_u32(TEXT_LITERAL(at, ",\"ts_usec\":"), p.ts_usec());
    at = text_u32(TEXT_LITERAL(at, ",\"captured\":"), p.captured());
    at = text_u32(TEXT_LITERAL(at, ",\"length\":"), p.length());
    out.at = TEXT_LITERAL(at, "}\n");
}

template <class Function>
static void each(const std::string &mode, const char *path, Function function) {
    for_each<bench_packets_t, packet, bench_packets_t::header_t>(
        mode, path, [](bench_packets_t &root) { return root.packets(); }, function);
}

int main(int argc, char **argv) {
    if (argc < 4) {
        return 2;
    }
    std::string job = argv[1];
    unsigned long long count = 0;
    out.at = out.buffer;
    if (job == "jsonl") {
        each(argv[2], argv[3], put_json);
    } else if (job == "count") {
        each(argv[2], argv[3], [&](packet &) { count++; });
        printf("%llu\n", count);
    } else if (job == "nth" && argc == 5) {
        unsigned long long wanted = std::stoull(argv[4]);
        std::ifstream file(argv[3], std::ifstream::binary);
        kaitai::kstream stream(&file);
        bench_packets_t::header_t header(&stream);
        for (; count < wanted; count++) {
            packet skipped(&stream);
        }
        printf("%u\n", packet(&stream).captured());
    }
    out_flush(&out);
    return 0;
}
