#include "config.h"

#include "cli/pass.h"

#include <errno.h>
#include <inttypes.h>

#include "cli/command.h"
#include "cli/open.h"
#include "cli/talk.h"

bool pass_number(const char *text, uint64_t *number) {
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = text + (hex ? 2 : 0);
    char *end;
    errno = 0;
    uintmax_t n = strtoumax(digits, &end, hex ? 16 : 10);
    /* strtoumax also takes blanks, signs and a second 0x */
    bool begins = (digits[0] >= '0' && digits[0] <= '9') ||
                  (hex && ((digits[0] | 0x20) >= 'a' && (digits[0] | 0x20) <= 'f'));
    *number = n;
    return begins && (digits[1] | 0x20) != 'x' && *end == '\0' && errno == 0;
}

bool pass_place(const char *text, const char *name, uint64_t size, uint64_t *place) {
    bool back = text[0] == '-';
    uint64_t n;
    if (!pass_number(text + back, &n)) {
        talk(
            "'%s' is no offset: it is a number of bytes, as digits or as 0x and hexadecimal digits",
            text);
        return false;
    }
    if (n > size) {
        talk("%s: there is no offset %s: the file has %" PRIu64 " bytes", name, text, size);
        return false;
    }
    *place = back ? size - n : n;
    return true;
}

static bool find_range(struct pass *pass, const struct pass_range *range) {
    const char *name = input_name(pass->input);
    pass->from = 0;
    pass->to = pass->size;
    if ((range->from && !pass_place(range->from, name, pass->size, &pass->from)) ||
        (range->to && !pass_place(range->to, name, pass->size, &pass->to))) {
        return false;
    }
    if (pass->from > pass->to) {
        talk("%s: the range ends at 0x%" PRIx64 ", in front of its start at 0x%" PRIx64, name,
             pass->to, pass->from);
        return false;
    }
    return true;
}

int pass_begin(struct pass *pass, const char *path, const struct pass_range *range,
               const struct out *out) {
    *pass = (struct pass){.input = open_input(path)};
    if (!pass->input) {
        return CLI_ENVIRONMENT;
    }
    pass->data = input_data(pass->input);
    pass->size = input_size(pass->input);
    if (!find_range(pass, range)) {
        input_close(pass->input);
        return CLI_USAGE;
    }
    input_advise(pass->input, INPUT_SEQUENTIAL);
    watch_begin(&pass->watch, pass->input, out);
    pass->watch.forgotten = pass->from;
    return CLI_FINE;
}

int pass_end(struct pass *pass, int status) {
    watch_end(&pass->watch);
    if (watch_lost(pass->input)) {
        status = CLI_ENVIRONMENT;
    }
    input_close(pass->input);
    return status;
}
