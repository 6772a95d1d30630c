/* Prints the path, place and value of every field of a file:
 *
 *     fields FILE [SCHEMA]
 *
 * SCHEMA is a schema's file or name; without one, the schema is found by what is in the file. */
#include <inttypes.h>
#include <stdio.h>
#include <sonde.h>

static void print_value(const struct sonde_value *value) {
    char text[64];
    size_t length = sonde_value_print(value, text, sizeof text);
    printf("%s%s\n", text, length < sizeof text ? "" : "...");
}

/* Called for each event. */
static int print(void *context, const struct sonde_event *event) {
    (void)context;
    switch (event->kind) {
    case SONDE_VALUE:
        if (event->computed) {
            printf("%10s  ", "");
        } else {
            printf("%#10" PRIx64 "  ", event->place.offset);
        }
        printf("%s = ", sonde_event_path(event));
        print_value(event->value);
        break;
    case SONDE_FAULT:
    case SONDE_FINDING:
        fprintf(stderr, "%s: %s\n", sonde_event_path(event), event->message);
        break;
    default: /* begins and ends, and what later versions may tell */
        break;
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: fields FILE [SCHEMA]\n");
        return SONDE_USAGE;
    }
    int status = SONDE_SYSTEM;
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_schema *schema = NULL;
    struct sonde_question *question = NULL;
    struct sonde_input *input = sonde_input_open(argv[1], SONDE_INPUT_MAPPED, errors);
    if (input) {
        schema = argc > 2 ? sonde_schema_open(NULL, argv[2], errors)
                          : sonde_schema_detect(NULL, input, errors);
    }
    if (schema) {
        question = sonde_ask(schema, NULL, errors);
    }
    if (question) {
        status = sonde_run(question, input, print, NULL);
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
