/* libsonde: what is in binary files, by schemas that read like C structs.
 *
 * A schema is opened, a question to it is made, and run over an input; a listener is told what there is. doc/library.md
 * tells how, with examples.
 *
 * Nothing here prints, and nothing ends the process but an exhausted memory (sonde_memory_exhausted below). There is no
 * state but that of the handles, and of SONDE_INPUT_GUARDED. Handles of different threads have nothing to do with each
 * other; which of them threads may share stands with their functions. Texts are UTF-8 and end with NUL unless a length is
 * given. Structs that functions hand out may get more members behind those there are; of those that are handed in, `size`
 * says how many the program knows. */
#ifndef SONDE_H
#define SONDE_H

#include <stddef.h>
#include <stdint.h>

#if defined __GNUC__
#define SONDE_API __attribute__((visibility("default")))
#else
#define SONDE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* "0.1.0": of the library that is there when the program runs. */
SONDE_API const char *sonde_version(void);

/* How things went. The first six are what the program `sonde` exits with. */
enum sonde_status {
    SONDE_OK = 0,
    SONDE_FINDINGS =
        1,            /* something in the data is not as the schema says; or no schema is for it */
    SONDE_USAGE = 2,  /* what was handed in can't be */
    SONDE_SCHEMA = 3, /* the schema or the question is wrong */
    SONDE_DATA = 4,   /* some of the data can't be decoded */
    SONDE_SYSTEM = 5, /* the system failed: errno says how */
    SONDE_STOPPED = 6 /* the listener ended the run */
};

/* Where there is no number. */
#define SONDE_NONE UINT64_MAX

/* When memory is exhausted: what grows with the data (copies of inputs, what transforms make, gathered bytes) then fails like
 * anything else, with SONDE_SYSTEM and ENOMEM, or as a fault of the field at hand. Where a small thing finds no memory, this
 * function is called, which a program may define for itself, else abort. It must not return. */
SONDE_API void sonde_memory_exhausted(void);

/* ---- errors ---------------------------------------------------------------------------------------------------------- */

/* What went wrong in a call, as records. Functions that may fail take one (NULL: of no interest) and empty it first; it is
 * for one call at a time, may be used again and again, and owns all its texts. */
struct sonde_errors;

enum sonde_severity {
    SONDE_ERROR,
    SONDE_WARNING,
    SONDE_NOTE /* about the error or warning before it */
};

struct sonde_error {
    enum sonde_status status; /* USAGE, SCHEMA, SYSTEM; FINDINGS: no schema is for an input */
    enum sonde_severity severity;
    const char *code;    /* of a schema's diagnostic: "E0201"; else "" */
    const char *message; /* a sentence: lower case, no full stop */
    const char
        *file; /* the schema's, or "<path>" and the like for a question's text; "" for no place */
    uint32_t line, column;   /* from 1, columns in characters; 0 for no place */
    uint64_t offset, length; /* in bytes, within the file */
    const char *
        quote; /* the source line and a line of carets below, each ended by '\n'; "" for no place */
    int system_error; /* SYSTEM: errno's value */
};

SONDE_API struct sonde_errors *sonde_errors_new(void);
SONDE_API void sonde_errors_free(
    struct sonde_errors *errors); /* NULL is fine, for this as for all _free and _close */
SONDE_API size_t sonde_errors_count(const struct sonde_errors *errors);

/* The i-th, in order of place; NULL beyond the last. Valid until the next call that takes these errors. */
SONDE_API const struct sonde_error *sonde_errors_at(const struct sonde_errors *errors, size_t i);

/* All of them as text for people, as `sonde check` prints them; "" where there are none. Valid as long. */
SONDE_API const char *sonde_errors_text(const struct sonde_errors *errors);

/* ---- schemas --------------------------------------------------------------------------------------------------------- */

/* Where schemas, and those that they import, are looked for: the folders added here, then those of the environment's
 * SONDE_PATH and KSPATH, then the one that schemas are installed in. Threads may share one that is not added to any more.
 * Where functions take folders, NULL stands for the known ones alone. */
struct sonde_folders;

SONDE_API struct sonde_folders *sonde_folders_new(void);
SONDE_API void sonde_folders_free(struct sonde_folders *folders);
SONDE_API void sonde_folders_add(struct sonde_folders *folders, const char *folder);

/* Calls each for every schema in them, by name, until it returns other than 0, which this then returns; else 0. */
SONDE_API int sonde_folders_each(const struct sonde_folders *folders,
                                 int (*each)(void *context, const char *name, const char *path),
                                 void *context);

/* A compiled schema: sonde's own, or a specification of Kaitai Struct's (.ksy). Threads may share one. It stays until it and
 * all questions to it are closed. */
struct sonde_schema;

struct sonde_input; /* see below */

/* Opens the schema of a file (a name with a slash, one that ends in ".sonde" or ".ksy", or "-": standard input), or of that name
 * in the folders. NULL on failure. */
SONDE_API struct sonde_schema *sonde_schema_open(const struct sonde_folders *folders,
                                                 const char *name, struct sonde_errors *errors);

/* Compiles text. It is called name, which says what it is: text of a name that ends in ".ksy" is a specification. What it
 * imports is looked for beside that name, too. NULL on failure. */
SONDE_API struct sonde_schema *sonde_schema_compile(const struct sonde_folders *folders,
                                                    const char *name, const char *text,
                                                    size_t length, struct sonde_errors *errors);

/* Opens the schema that is for an input, by its bytes or else by its name. NULL on failure: SONDE_FINDINGS where none is. */
SONDE_API struct sonde_schema *sonde_schema_detect(const struct sonde_folders *folders,
                                                   const struct sonde_input *input,
                                                   struct sonde_errors *errors);

SONDE_API void sonde_schema_close(struct sonde_schema *schema);

SONDE_API const char *sonde_schema_name(const struct sonde_schema *schema);  /* "png" */
SONDE_API const char *sonde_schema_title(const struct sonde_schema *schema); /* or "" */
SONDE_API const char *sonde_schema_path(const struct sonde_schema *schema);

/* ---- inputs ---------------------------------------------------------------------------------------------------------- */

/* The bytes that questions are asked about. Threads may share one; the bytes must not change while they are read. */
enum sonde_input_way {
    SONDE_INPUT_MAPPED, /* a file is mapped; one that is cut short meanwhile ends the process by SIGBUS, as with any map */
    SONDE_INPUT_COPIED, /* it is read (what is larger than 8 MiB, into a temporary file), and may change behind that */
    SONDE_INPUT_GUARDED /* it is mapped, and what gets lost reads as zeros: sonde_input_lost tells. The first one installs a
                           handler of SIGBUS for the process, which hands on to the one before it what is not its own */
};

/* Opens the file at path; "-" is standard input. Pipes and the like are copied whatever the way. NULL on failure:
 * SONDE_SYSTEM. */
SONDE_API struct sonde_input *sonde_input_open(const char *path, enum sonde_input_way way,
                                               struct sonde_errors *errors);

/* Bytes that the caller owns and keeps until the input is closed; name is for messages and for detection. */
SONDE_API struct sonde_input *sonde_input_memory(const char *name, const void *bytes, size_t size);

/* A buffer of size bytes, zeros at first, without a file: a process that is forked behind this has the same one, not a copy.
 * Each of the two closes its own handle. NULL on failure: SONDE_SYSTEM. */
SONDE_API struct sonde_input *sonde_input_shared(const char *name, size_t size,
                                                 struct sonde_errors *errors);

/* Where the bytes of a shared input are written; NULL for others. */
SONDE_API void *sonde_input_writable(struct sonde_input *input);

SONDE_API void sonde_input_close(struct sonde_input *input);

SONDE_API const char *sonde_input_name(const struct sonde_input *input);
SONDE_API const void *sonde_input_bytes(const struct sonde_input *input);
SONDE_API uint64_t sonde_input_size(const struct sonde_input *input);

/* Whether bytes of a mapped file are gone, and where (NULL: of no interest) the first of them was. */
SONDE_API int sonde_input_lost(const struct sonde_input *input, uint64_t *offset);

/* ---- questions ------------------------------------------------------------------------------------------------------- */

enum sonde_ask {
    SONDE_EVERYTHING, /* all fields and computed values, in order */
    SONDE_PATH, /* what a path leads to: chunks[*].length; the elements of an array are values of their own */
    SONDE_SELECT, /* rows: of each element for which a condition holds, some columns */
    SONDE_VERIFY  /* nothing but faults and findings */
};

/* What is asked; all members but size may be 0:
 *     struct sonde_request request = {.size = sizeof request};
 * Expressions are those of the schema language. */
struct sonde_request {
    size_t size; /* sizeof the struct */
    enum sonde_ask ask;
    const char
        *path; /* PATH: any expression; SELECT: whose elements, NULL for the only array there is */
    const char *where; /* SELECT: the condition; NULL: all */
    const char *
        columns; /* SELECT: expressions, with commas; NULL: the fields that are single numbers or texts */
    const char
        *aggregates; /* SELECT, in place of columns: count, sum(EXPR) and the like, with commas */
    const char *by;  /* SELECT with aggregates: those of each value that this has */
    uint64_t skip, limit;          /* SELECT: rows left out; rows told then, 0 for all */
    const char *const *parameters; /* NAME=VALUE: of the schema's root struct; or NULL */
    size_t parameter_count;
    uint32_t depth_limit; /* structs within each other; 0: 1,024 */
    uint64_t
        expansion_limit; /* bytes that one transform may make; 0: 16 MiB and 1,032 for each byte of the input */
    uint64_t work_limit; /* steps; 0: 2^20 and 1,024 for each byte of the input */
};

/* A question, compiled into a program for itself: it may be run any number of times, and by several threads at once. It stays
 * valid when its schema is closed. */
struct sonde_question;

/* Makes a question; request NULL is one for everything. Threads may ask one schema at once, and wait for each other then. NULL
 * on failure. */
SONDE_API struct sonde_question *sonde_ask(struct sonde_schema *schema,
                                           const struct sonde_request *request,
                                           struct sonde_errors *errors);
SONDE_API void sonde_question_free(struct sonde_question *question);

/* Of a SELECT: how many columns its rows have, and what the i-th is called ("" beyond the last). */
SONDE_API uint32_t sonde_question_columns(const struct sonde_question *question);
SONDE_API const char *sonde_question_column(const struct sonde_question *question, uint32_t i);

/* ---- answers --------------------------------------------------------------------------------------------------------- */

enum sonde_kind {
    SONDE_ABSENT, /* there is no value: of a condition that does not hold, an empty minimum, … */
    SONDE_BOOL,
    SONDE_INT,   /* -2^127 … 2^127-1 */
    SONDE_WIDE,  /* an unsigned number of 2^127 or more */
    SONDE_FLOAT, /* binary64, or narrower ones widened */
    SONDE_TEXT,
    SONDE_BYTES,
    SONDE_REFERENCE /* a computed value that is a struct or array elsewhere: text is its path */
};

/* An integer of 128 bits, in two's complement. */
struct sonde_integer {
    uint64_t low, high;
};

struct sonde_run { /* of bytes; NUL does not end it */
    const unsigned char *at;
    size_t length;
};

struct sonde_value {
    enum sonde_kind kind;
    uint32_t bits; /* width of a stored number, or 0 */
    int boolean;
    struct sonde_integer integer; /* INT, WIDE */
    double number;                /* FLOAT */
    struct sonde_run text;        /* TEXT, REFERENCE: UTF-8 */
    struct sonde_run bytes;       /* BYTES */
    const char
        *name; /* INT of an enum: what it is called; of flags: "read|write|0x80"; else NULL */
};

/* The number where the value is an integer or a bool that fits (1), else nothing (0). */
SONDE_API int sonde_value_int64(const struct sonde_value *value, int64_t *out);
SONDE_API int sonde_value_uint64(const struct sonde_value *value, uint64_t *out);

/* The number, or the nearest double to it, where the value is one. */
SONDE_API int sonde_value_double(const struct sonde_value *value, double *out);

/* Writes the value as `sonde get` prints it: names for numbers that have them, bytes as hexadecimal digits. At most size
 * bytes are written, the last of them NUL; returns how many it has without that, as snprintf does. */
SONDE_API size_t sonde_value_print(const struct sonde_value *value, char *out, size_t size);

enum sonde_event_kind {
    SONDE_STRUCT_BEGIN,
    SONDE_STRUCT_END,
    SONDE_ARRAY_BEGIN,
    SONDE_ARRAY_END,
    SONDE_VALUE,
    SONDE_FAULT, /* what is wrong with the data; some of it is left out then. In the struct where it was met */
    SONDE_FINDING,   /* what the schema wants of the data does not hold; decoding does not mind */
    SONDE_ROW_BEGIN, /* of SELECT; a value or struct for each column follows */
    SONDE_ROW_END
};

/* Where something is. */
struct sonde_place {
    const char *
        space; /* NULL: in the input; else what made the bytes that it is in: "zlib"; "" where it is nowhere: computed */
    uint64_t offset; /* bytes from the start of that; SONDE_NONE for nowhere */
    uint32_t bit;    /* and so many bits, 0 … 7 */
    uint64_t size;   /* bytes, or SONDE_NONE while it is not known: at a beginning */
    uint64_t bits;   /* all of it in bits, likewise */
    uint32_t
        pieces; /* it lies in so many stretches of the input, the first of which begins here; else 1 */
};

struct sonde_event {
    enum sonde_event_kind kind;
    uint32_t depth;   /* structs and arrays around it */
    const char *name; /* of the field or column; "" for the root struct and for elements */
    uint64_t index;   /* of an element in its array; of a row; else SONDE_NONE */
    uint32_t cell;    /* in a row: the number of the column; else UINT32_MAX */
    uint64_t count;   /* ARRAY_BEGIN: how many elements, or SONDE_NONE */
    const struct sonde_value *value; /* VALUE, else NULL */
    struct sonde_place place;        /* of a struct, array, value, fault or finding */
    int computed;                    /* VALUE, ARRAY_BEGIN: it is worked out, not stored */
    const char *problem;             /* FAULT: what kind: "truncated", "magic", …; else NULL */
    const char *message;             /* FAULT, FINDING: a sentence; else NULL */
    const char *file;      /* FAULT, FINDING: the schema's text that it goes back to, or NULL */
    uint32_t line, column; /* in that */
    void *inner;           /* private */
};

/* The way to what the event is about: "chunks[3].length"; "" for the root struct. Valid during the call. */
SONDE_API const char *sonde_event_path(const struct sonde_event *event);

/* Told of each event, in order; what an event points to lives until it returns. Begins and ends are always in pairs, also
 * where data is damaged. Other than 0 ends the run. It may use other handles in any way, but not throw exceptions. */
typedef int sonde_listener(void *context, const struct sonde_event *event);

/* Runs a question over an input: SONDE_OK; SONDE_FINDINGS where nothing worse than findings was met, or nothing
 * answers a path or selection; SONDE_DATA for a fault; SONDE_SYSTEM where a part of the input got lost; SONDE_STOPPED. */
SONDE_API enum sonde_status sonde_run(const struct sonde_question *question,
                                      const struct sonde_input *input, sonde_listener *listener,
                                      void *context);

/* ---- reading without a schema ---------------------------------------------------------------------------------------- */

/* A cursor over bytes; what it reads never leaves them. It is the caller's, who leaves its members alone; a copy is a cursor of
 * its own. Functions that read give 1 and move on, or give 0 where there is not as much left, and leave all as it was. */
struct sonde_cursor {
    const unsigned char *bytes;
    uint64_t size;
    uint64_t at;  /* of the next byte */
    uint32_t bit; /* bits of it that sonde_cursor_bits has taken */
};

enum sonde_order { SONDE_LITTLE, SONDE_BIG };

SONDE_API struct sonde_cursor sonde_cursor_over(const void *bytes, uint64_t size);
SONDE_API struct sonde_cursor sonde_cursor_of(const struct sonde_input *input);

/* To that byte, the end included; over so many; how many are left. What is left of a byte whose bits were taken is passed
 * over first. */
SONDE_API int sonde_cursor_seek(struct sonde_cursor *cursor, uint64_t offset);
SONDE_API int sonde_cursor_skip(struct sonde_cursor *cursor, uint64_t count);
SONDE_API uint64_t sonde_cursor_tell(const struct sonde_cursor *cursor);
SONDE_API uint64_t sonde_cursor_left(const struct sonde_cursor *cursor);

/* An integer of 1 to 8 bytes; of 1 to 16. */
SONDE_API int sonde_cursor_uint(struct sonde_cursor *cursor, unsigned width, enum sonde_order order,
                                uint64_t *out);
SONDE_API int sonde_cursor_int(struct sonde_cursor *cursor, unsigned width, enum sonde_order order,
                               int64_t *out);
SONDE_API int sonde_cursor_wide(struct sonde_cursor *cursor, unsigned width, enum sonde_order order,
                                int is_signed, struct sonde_integer *out);

/* The next 1 to 64 bits: those of a byte from its top and the first on top of the number (BIG), or from its bottom and the first
 * at the bottom (LITTLE). */
SONDE_API int sonde_cursor_bits(struct sonde_cursor *cursor, unsigned count, enum sonde_order order,
                                uint64_t *out);

/* IEEE 754 binary16, 32 or 64: width 2, 4 or 8. */
SONDE_API int sonde_cursor_float(struct sonde_cursor *cursor, unsigned width,
                                 enum sonde_order order, double *out);

/* LEB128, where it fits 64 bits. */
SONDE_API int sonde_cursor_uleb128(struct sonde_cursor *cursor, uint64_t *out);
SONDE_API int sonde_cursor_sleb128(struct sonde_cursor *cursor, int64_t *out);

/* So many bytes as they lie there; text up to a NUL, which is stepped over and no part of it. */
SONDE_API int sonde_cursor_bytes(struct sonde_cursor *cursor, uint64_t count,
                                 struct sonde_run *out);
SONDE_API int sonde_cursor_text(struct sonde_cursor *cursor, struct sonde_run *out);

/* sonde_cursor_bytes without moving on. */
SONDE_API int sonde_cursor_peek(const struct sonde_cursor *cursor, uint64_t count,
                                struct sonde_run *out);

#ifdef __cplusplus
}
#endif

#endif
