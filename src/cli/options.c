#include "config.h"

#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/talk.h"
#include "text/diag.h"

/* Where help begins to say what an option is about. */
#define HELP_COLUMN 24u

static const struct option help_option = {'h', "help", NULL, "show this and exit"};

struct options options_begin(struct option_table table, char **words) {
    return (struct options){.table = table, .next = words, .operands = words};
}

static void show(struct options *options, const char *dashes, const char *text, size_t len) {
    snprintf(options->shown, sizeof options->shown, "%s%.*s", dashes,
             (int)(len < 1000 ? len : 1000), text);
}

static int unknown(const struct options *options) {
    struct buf near = {0};
    const char **names = mem_alloc((options->table.n + 1) * sizeof *names);
    for (uint32_t i = 0; i < options->table.n; i++) {
        names[i] = options->table.at[i].name;
    }
    names[options->table.n] = help_option.name;
    const char *said = "";
    struct buf shown = {0};
    if (options->shown[1] == '-') {
        said = diag_suggestion(&near, options->shown + 2, names, options->table.n + 1);
        /* the suggestion shows the option as it is to be written */
        const char *quote = strchr(said, '\'');
        if (quote) {
            buf_put(&shown, said, (size_t)(quote + 1 - said));
            buf_printf(&shown, "--%s", quote + 1);
            said = buf_text(&shown);
        }
    }
    talk("unknown option '%s'%s", options->shown, said);
    mem_free(names);
    buf_free(&near);
    buf_free(&shown);
    return OPTIONS_WRONG;
}

/* The value of an option that takes one: attached (NULL: it is not), else the next word. */
static int take_value(struct options *options, int id, const char *attached) {
    const char *wanted = options->table.at[id].value;
    options->value = attached;
    if (!attached) {
        if (!*options->next) {
            talk("the option '%s' needs a value: %s", options->shown, wanted);
            return OPTIONS_WRONG;
        }
        options->value = *options->next++;
    }
    return id;
}

static int next_long(struct options *options, const char *word) {
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    show(options, "--", word, len);
    if (len == strlen(help_option.name) && strncmp(word, help_option.name, len) == 0 && !equals) {
        return OPTIONS_HELP;
    }
    for (uint32_t i = 0; i < options->table.n; i++) {
        const struct option *option = &options->table.at[i];
        if (strncmp(option->name, word, len) != 0 || option->name[len] != '\0') {
            continue;
        }
        if (option->value) {
            return take_value(options, (int)i, equals ? equals + 1 : NULL);
        }
        if (equals) {
            talk("the option '%s' takes no value", options->shown);
            return OPTIONS_WRONG;
        }
        return (int)i;
    }
    return unknown(options);
}

static int next_short(struct options *options) {
    char letter = *options->cluster++;
    const char *rest = options->cluster;
    show(options, "-", &letter, 1);
    if (*rest == '\0') {
        options->cluster = NULL;
    }
    if (letter == help_option.letter) {
        return OPTIONS_HELP;
    }
    for (uint32_t i = 0; i < options->table.n; i++) {
        if (options->table.at[i].letter != letter) {
            continue;
        }
        if (!options->table.at[i].value) {
            return (int)i;
        }
        options->cluster = NULL;
        return take_value(options, (int)i, *rest == '\0' ? NULL : rest + (*rest == '='));
    }
    return unknown(options);
}

int options_next(struct options *options) {
    options->value = NULL;
    if (options->cluster) {
        return next_short(options);
    }
    while (*options->next) {
        char *word = *options->next++;
        if (options->plain || word[0] != '-' || word[1] == '\0') {
            options->operands[options->operand_count++] = word;
        } else if (word[1] != '-') {
            options->cluster = word + 1;
            return next_short(options);
        } else if (word[2] == '\0') {
            options->plain = true;
        } else {
            return next_long(options, word + 2);
        }
    }
    return OPTIONS_DONE;
}

int options_all(struct options *options,
                bool (*take)(void *of, const struct options *options, int id), void *of) {
    int id;
    while ((id = options_next(options)) >= 0) {
        if (!take(of, options, id)) {
            return OPTIONS_WRONG;
        }
    }
    return id;
}

bool options_number(const struct options *options, uint64_t min, uint64_t max, uint64_t *out) {
    const char *text = options->value;
    char *end;
    errno = 0;
    uintmax_t n = strtoumax(text, &end, 10);
    /* strtoumax also takes blanks and signs */
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || n < min || n > max) {
        talk("the option '%s' takes a number from %" PRIu64 " to %" PRIu64 ", not '%s'",
             options->shown, min, max, text);
        return false;
    }
    *out = n;
    return true;
}

int options_choice(const struct options *options, const char *const *words, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(words[i], options->value) == 0) {
            return (int)i;
        }
    }
    struct buf list = {0};
    struct buf near = {0};
    for (uint32_t i = 0; i < n; i++) {
        buf_printf(&list, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ", words[i]);
    }
    talk("the option '%s' takes %s, not '%s'%s", options->shown, buf_text(&list), options->value,
         diag_suggestion(&near, options->value, words, n));
    buf_free(&list);
    buf_free(&near);
    return -1;
}

static void help_line(const struct option *option, struct buf *out) {
    size_t start = out->len;
    if (option->letter) {
        buf_printf(out, "  -%c, --%s", option->letter, option->name);
    } else {
        buf_printf(out, "      --%s", option->name);
    }
    if (option->value) {
        buf_printf(out, " %s", option->value);
    }
    for (const char *about = option->about; about;) {
        const char *end = strchr(about, '\n');
        size_t column = out->len - start;
        if (column + 2 > HELP_COLUMN) {
            buf_putc(out, '\n');
            column = 0;
        }
        buf_fill(out, ' ', HELP_COLUMN - column);
        buf_put(out, about, end ? (size_t)(end - about) : strlen(about));
        buf_putc(out, '\n');
        start = out->len;
        about = end ? end + 1 : NULL;
    }
}

void options_help(struct option_table table, struct buf *out) {
    for (uint32_t i = 0; i < table.n; i++) {
        help_line(&table.at[i], out);
    }
    help_line(&help_option, out);
}
