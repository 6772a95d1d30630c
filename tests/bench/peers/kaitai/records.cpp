// records JOB MODE FILE [N]: the jobs on records, with Kaitai's classes.
#include "bench_records.h"
#include "kaitai.h"

typedef bench_records_t::record_t record;

static void put_json(record &r) {
    static const char *const kinds[] = {"reading",   "setpoint",    "alarm", "acknowledge",
                                        "heartbeat", "calibration", "reset", "fault"};
    char *at = out_room(&out, LINE_MAX_LEN);
    at = text_u64(TEXT_LITERAL(at, "{\"id\":"), r.id());
    at = text_u32(TEXT_LITERAL(at, ",\"time\":"), r.time());
    at = put_name(TEXT_LITERAL(at, ",\"kind\":"), kinds, r.kind());
    at = text_u32(TEXT_LITERAL(at, ",\"channel\":"), r.channel());
    at = text_u32(TEXT_LITERAL(at, ",\"level\":"), r.level());
    at = text_u32(TEXT_LITERAL(at, ",\"sequence\":"), static_cast<uint32_t>(r.sequence()));
    at = numtext_double(TEXT_LITERAL(at, ",\"value\":"), r.value());
    at = numtext_float(TEXT_LITERAL(at, ",\"ratio\":"), r.ratio());
    at = text_i32(TEXT_LITERAL(at, ",\"delta\":"), r.delta());
    at = text_u32(TEXT_LITERAL(at, ",\"port\":"), r.port());
    at = text_i32(TEXT_LITERAL(at, ",\"temperature\":"), r.temperature());
    at = text_i64(TEXT_LITERAL(at, ",\"balance\":"), r.balance());
    at = put_string(TEXT_LITERAL(at, ",\"name\":"), r.name());
    out.at = TEXT_LITERAL(at, "}\n");
}

static void put_csv(record &r) {
    char *at = out_room(&out, LINE_MAX_LEN);
    at = text_u64(at, r.id());
    at = text_u32(TEXT_LITERAL(at, ","), r.time());
    at = numtext_double(TEXT_LITERAL(at, ","), r.value());
    at = text_u32(TEXT_LITERAL(at, ","), r.port());
    out.at = TEXT_LITERAL(at, "\n");
}

template <class Function>
static void each(const std::string &mode, const char *path, Function function) {
    for_each<bench_records_t, record>(
        mode, path, [](bench_records_t &root) { return root.records(); }, function);
}

static void last(const char *path) {
    std::ifstream file(path, std::ifstream::binary);
    kaitai::kstream stream(&file);
    stream.seek(stream.size() - 64);
    record r(&stream);
    printf("%u\n", r.port());
}

int main(int argc, char **argv) {
    if (argc < 4) {
        return 2;
    }
    std::string job = argv[1];
    unsigned long long count = 0, sum = 0;
    uint32_t greatest = 0;
    out.at = out.buffer;
    if (job == "jsonl") {
        each(argv[2], argv[3], put_json);
    } else if (job == "csv") {
        out.at = TEXT_LITERAL(out.at, "id,time,value,port\n");
        each(argv[2], argv[3], put_csv);
    } else if (job == "count") {
        each(argv[2], argv[3], [&](record &r) { count += r.port() >= 1024 && r.level() < 50; });
        printf("%llu\n", count);
    } else if (job == "sum") {
        each(argv[2], argv[3], [&](record &r) {
            sum += r.port();
            greatest = r.port() > greatest ? r.port() : greatest;
        });
        printf("sum(port),max(port)\n%llu,%u\n", sum, greatest);
    } else if (job == "last") {
        last(argv[3]);
    }
    out_flush(&out);
    return 0;
}
