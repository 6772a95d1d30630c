/* Adds up a column of the elements for which a condition holds:
 *
 *     sum FILE SCHEMA ARRAY COLUMN [CONDITION]
 *
 *     sum capture.pcap pcap packets incl_len "incl_len > 60" */
#include <inttypes.h>
#include <stdio.h>
#include <sonde.h>

struct sum {
    uint64_t rows;
    uint64_t total;
};

static int add(void *context, const struct sonde_event *event) {
    struct sum *sum = context;
    uint64_t number;
    if (event->kind == SONDE_ROW_END) {
        sum->rows++;
    } else if (event->kind == SONDE_VALUE && event->value->kind != SONDE_ABSENT) {
        if (!sonde_value_uint64(event->value, &number) || number > UINT64_MAX - sum->total) {
            fprintf(stderr, "row %" PRIu64 " has no number that could be added\n", sum->rows);
            return 1; /* ends the run */
        }
        sum->total += number;
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 5 || argc > 6) {
        fprintf(stderr, "usage: sum FILE SCHEMA ARRAY COLUMN [CONDITION]\n");
        return SONDE_USAGE;
    }
    struct sonde_request request = {
        .size = sizeof request,
        .ask = SONDE_SELECT,
        .path = argv[3],
        .columns = argv[4],
        .where = argc > 5 ? argv[5] : NULL,
    };
    int status = SONDE_SYSTEM;
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_question *question = NULL;
    struct sonde_input *input = sonde_input_open(argv[1], SONDE_INPUT_MAPPED, errors);
    struct sonde_schema *schema = input ? sonde_schema_open(NULL, argv[2], errors) : NULL;
    if (schema) {
        question = sonde_ask(schema, &request, errors);
    }
    if (question) {
        struct sum sum = {0, 0};
        status = sonde_run(question, input, add, &sum);
        printf("%" PRIu64 " in %" PRIu64 " rows\n", sum.total, sum.rows);
    } else {
        fputs(sonde_errors_text(errors), stderr);
        status = sonde_errors_at(errors, 0)->status;
    }
    sonde_question_free(question);
    sonde_schema_close(schema);
    sonde_input_close(input);
    sonde_errors_free(errors);
    return status;
}
