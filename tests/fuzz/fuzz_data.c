/* Fuzzes decoding with the shipped schemas: the first byte chooses the schema, the rest is the file. */
#include "config.h"

#include "base/buf.h"
#include "io/out.h"
#include "sink/json.h"

#include "nesting.h"
#include "shipped.h"

#define SCHEMAS_MAX 256u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    struct {
        const struct program *events; /* an event for every field */
        const struct program *text;   /* blocks with the text of JSON */
    } at[SCHEMAS_MAX];
    uint32_t n;
} all;

static void take(struct compiled *compiled) {
    struct gen_request request = compile_asks(compiled);
    if (all.n == SCHEMAS_MAX || compiled->schema->root->params.n > 0) {
        return;
    }
    all.at[all.n].events = shipped_program(compiled, &request);
    request.style = json_style();
    all.at[all.n++].text = shipped_program(compiled, &request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (all.n == 0) {
        shipped_each(take);
    }
    if (size == 0 || all.n == 0) {
        return 0;
    }
    uint32_t chosen = data[0] % all.n;
    struct nesting *events = nesting_new();
    shipped_run(all.at[chosen].events, data + 1, size - 1, &events->sink);
    nesting_free(events);

    struct buf memory = {0};
    struct out out;
    out_memory(&out, &memory);
    struct vm_sink *json = json_new(&out, &(struct json_options){0});
    shipped_run(all.at[chosen].text, data + 1, size - 1, json);
    json_finish(json);
    json_free(json);
    out_close(&out);
    buf_free(&memory);
    return 0;
}
