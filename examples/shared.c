/* A child process fills a buffer that it shares with its parent, which decodes it by a schema that stands in this program. */
#include <stdio.h>
#include <string.h>
#include <sonde.h>
#include <sys/wait.h>
#include <unistd.h>

static const char schema_text[] = "endian little;\n"
                                  "enum state : uint8 { idle = 0, busy = 1 }\n"
                                  "struct worker { uint32 job; state state; }\n"
                                  "struct report {\n"
                                  "    magic \"REP1\";\n"
                                  "    uint16 count;\n"
                                  "    worker workers[count];\n"
                                  "}\n";

/* What the child says: two workers, without any library. */
static void fill(unsigned char *at) {
    static const unsigned char report[] = {'R',  'E',  'P',  '1',  2, 0, /* count */
                                           0x39, 0x30, 0,    0,    1,    /* 12345, busy */
                                           0xff, 0xff, 0xff, 0xff, 0};   /* 4294967295, idle */
    memcpy(at, report, sizeof report);
}

static int print(void *context, const struct sonde_event *event) {
    (void)context;
    if (event->kind == SONDE_VALUE) {
        char text[32];
        sonde_value_print(event->value, text, sizeof text);
        printf("%s = %s\n", sonde_event_path(event), text);
    }
    return 0;
}

int main(void) {
    struct sonde_errors *errors = sonde_errors_new();
    struct sonde_question *question = NULL;
    struct sonde_input *input = sonde_input_shared("report", 4096, errors);
    struct sonde_schema *schema =
        sonde_schema_compile(NULL, "report.sonde", schema_text, strlen(schema_text), errors);
    int status = SONDE_SYSTEM;
    if (schema) {
        question = sonde_ask(schema, NULL, errors);
    }
    if (!input || !question) {
        fputs(sonde_errors_text(errors), stderr);
    } else {
        pid_t child = fork();
        if (child == 0) {
            fill(sonde_input_writable(input));
            _exit(0);
        }
        int ended = -1;
        if (child > 0 && waitpid(child, &ended, 0) == child && ended == 0) {
            status = sonde_run(question, input, print, NULL);
        }
    }
    sonde_question_free(question);
    sonde_schema_close(schema);
    sonde_input_close(input);
    sonde_errors_free(errors);
    return status;
}
