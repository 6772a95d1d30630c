#include "config.h"

#include "sink/crew.h"

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Text of about so many bytes is a part, ... */
#define PART_TEXT ((size_t)128 * 1024)

/* ... unless its records are so short that there would be more of them than this. */
#define PART_RECORDS 4096u

/* So many parts are on their way for each thread: one in its hands, one that waits to be written. */
#define PARTS_FOR_EACH 2u

/* Records of one kind, one behind the other. */
struct stretch {
    const struct program *program;
    const struct program_block *block; /* NULL: they are of several */
    struct vm_ambient ambient;
    const uint8_t *safe;
    uint32_t first, n; /* among those of the part */
    size_t before;     /* the bytes of the part's own text that stand before it */
};

struct part {
    struct buf text; /* what the machine's sink wrote */
    struct stretch *stretches;
    uint32_t stretch_n, stretch_cap;
    const uint8_t **at;              /* where the records begin: PART_RECORDS; */
    const struct program_block **of; /* of which block each is, in stretches of several */
    uint32_t n;
    struct out out; /* what it came to; what does not fit its buffer waits for the part's turn */
    bool done;      /* all is in out */
};

/* A thread's own sink, which writes to `out`; that is the part's while it writes. */
struct hand {
    struct crew *crew;
    struct vm_sink *sink;
    struct out out;
    uint64_t number; /* of the part */
    pthread_t thread;
};

/* The parts are a ring: those from `written` up to `filled` are on their way, of which those below `taken` are in a thread's
 * hands, or done. The one behind them is being filled. The lock is for these numbers, `done`, `failed` and `is_over`; who
 * has set `is_writing` has the output. */
struct crew {
    struct crew_options options;
    struct crew_sinks sinks;
    struct out front; /* of the machine's sink */
    struct vm_sink *sink;
    const struct vm_sink_ops *inner; /* the sink's own */
    struct vm_sink_ops ops;          /* what it has meanwhile */
    /* what the part at hand is filled with */
    const void *measured; /* what the text was looked at of, */
    uint32_t enough;      /* and how many of it are a part */
    uint64_t records;     /* in parts so far */
    struct part *parts;
    uint32_t size;
    struct hand *hands; /* one a thread, the caller's first */
    uint32_t hand_n;
    bool begun; /* there are threads */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t filled, taken, written;
    bool is_writing, is_over;
    int failed; /* errno of writing */
};

static struct part *part_at(const struct crew *crew, uint64_t number) {
    return &crew->parts[number % crew->size];
}

/* writing */

/* Asks for the cache lines of records: it was another thread that has looked at them. */
static void look_ahead(const struct part *part, const struct stretch *s, uint32_t i) {
    uint64_t last = s->block && s->block->bit_size > 8 ? s->block->bit_size / 8 - 1 : 0;
    for (uint32_t end = s->n - i < VM_BLOCKS_MAX ? s->n : i + VM_BLOCKS_MAX; i < end; i++) {
        const uint8_t *at = part->at[s->first + i];
        __builtin_prefetch(at);
        __builtin_prefetch(at + last);
    }
}

static void write_stretch(struct hand *hand, const struct part *part, const struct stretch *s) {
    struct vm_blocks blocks = {.program = s->program,
                               .block = s->block,
                               .ambient = s->ambient,
                               .records = true,
                               .safe = s->safe};
    for (uint32_t i = 0; i < s->n; i += blocks.n) {
        blocks.n = s->n - i < VM_BLOCKS_MAX ? s->n - i : VM_BLOCKS_MAX;
        memcpy(blocks.at, part->at + s->first + i, blocks.n * sizeof blocks.at[0]);
        memcpy(blocks.of, part->of + s->first + i, s->block ? 0 : blocks.n * sizeof blocks.of[0]);
        look_ahead(part, s, i + blocks.n);
        hand->sink->ops->blocks(hand->sink, &blocks);
    }
}

/* The buffer is full: what is in it goes out in turn. All parts in front are in some hand, or done. */
static int write_in_turn(void *taker, const char *at, size_t len) {
    const struct hand *hand = taker;
    struct crew *crew = hand->crew;
    pthread_mutex_lock(&crew->lock);
    while (crew->written != hand->number) {
        pthread_cond_wait(&crew->changed, &crew->lock);
    }
    pthread_mutex_unlock(&crew->lock);
    out_put(crew->options.out, at, len);
    int failed = out_error(crew->options.out);
    pthread_mutex_lock(&crew->lock);
    crew->failed = failed;
    pthread_mutex_unlock(&crew->lock);
    return failed;
}

/* Puts what the machine's sink wrote between two places. */
static void put_told(struct hand *hand, const struct part *part, size_t from, size_t to) {
    out_put(&hand->out, buf_bytes_from(&part->text, from).at, to - from);
}

/* Writes a part into its buffer. */
static void write_part(struct hand *hand, struct part *part) {
    size_t told = 0;
    hand->out = part->out;
    hand->out.taker = hand;
    for (uint32_t i = 0; i < part->stretch_n; i++) {
        const struct stretch *s = &part->stretches[i];
        put_told(hand, part, told, s->before);
        told = s->before;
        write_stretch(hand, part, s);
    }
    put_told(hand, part, told, part->text.len);
    part->out = hand->out;
}

static void empty_part(struct part *part) {
    buf_clear(&part->text);
    part->stretch_n = part->n = 0;
    part->out.len = 0;
    part->done = false;
}

/* With the lock held: hands on the parts whose turn it is, for as long as they are done. */
static void hand_on(struct crew *crew) {
    while (!crew->is_writing && crew->written < crew->taken && part_at(crew, crew->written)->done) {
        struct part *part = part_at(crew, crew->written);
        crew->is_writing = true;
        pthread_mutex_unlock(&crew->lock);
        out_put(crew->options.out, part->out.at, part->out.len);
        empty_part(part);
        pthread_mutex_lock(&crew->lock);
        crew->failed = out_error(crew->options.out);
        crew->is_writing = false;
        crew->written++;
        pthread_cond_broadcast(&crew->changed);
    }
}

/* With the lock held: writes the next part that nobody has. */
static void work_one(struct hand *hand) {
    struct crew *crew = hand->crew;
    struct part *part = part_at(crew, crew->taken);
    hand->number = crew->taken++;
    bool in_vain = crew->failed != 0;
    pthread_mutex_unlock(&crew->lock);
    if (!in_vain) {
        write_part(hand, part);
    }
    pthread_mutex_lock(&crew->lock);
    part->done = true;
    hand_on(crew);
}

static void *work(void *context) {
    struct hand *hand = context;
    struct crew *crew = hand->crew;
    pthread_mutex_lock(&crew->lock);
    while (crew->taken < crew->filled || !crew->is_over) {
        if (crew->taken < crew->filled) {
            work_one(hand);
        } else {
            pthread_cond_wait(&crew->changed, &crew->lock);
        }
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* Where the system has no more threads, those there are do. */
static void begin(struct crew *crew) {
    crew->begun = true;
    for (; crew->hand_n < crew->options.threads; crew->hand_n++) {
        struct hand *hand = &crew->hands[crew->hand_n];
        hand->crew = crew;
        hand->sink = crew->sinks.make(crew->sinks.maker, &hand->out);
        if (pthread_create(&hand->thread, NULL, work, hand) != 0) {
            crew->sinks.free(hand->sink);
            break;
        }
    }
}

/* With the lock held: helps until no more than so many parts are on their way. */
static void help(struct crew *crew, uint64_t most) {
    while (crew->filled - crew->written > most) {
        if (crew->taken < crew->filled) {
            work_one(&crew->hands[0]);
        } else {
            pthread_cond_wait(&crew->changed, &crew->lock);
        }
    }
}

/* The part at hand is full, and the next one empty. */
static void end_part(struct crew *crew) {
    if (!crew->begun) {
        begin(crew);
    }
    pthread_mutex_lock(&crew->lock);
    crew->filled++;
    pthread_cond_broadcast(&crew->changed);
    help(crew, crew->size - 1);
    if (crew->failed) {
        crew->front.error = crew->failed;
    }
    pthread_mutex_unlock(&crew->lock);
}

/* filling */

/* The machine's sink has written something. */
static int take_text(void *taker, const char *at, size_t len) {
    struct crew *crew = taker;
    struct part *part = part_at(crew, crew->filled);
    buf_put(&part->text, at, len);
    if (part->text.len >= PART_TEXT) {
        end_part(crew);
    }
    return crew->front.error;
}

static struct stretch *add_stretch(struct part *part, const struct vm_blocks *b) {
    if (part->stretch_n == part->stretch_cap) {
        part->stretch_cap = part->stretch_cap ? 2 * part->stretch_cap : 8;
        part->stretches = mem_realloc(part->stretches, part->stretch_cap, sizeof *part->stretches);
    }
    struct stretch *s = &part->stretches[part->stretch_n++];
    *s = (struct stretch){.program = b->program,
                          .block = b->block,
                          .ambient = b->ambient,
                          .safe = b->safe,
                          .first = part->n,
                          .before = part->text.len};
    return s;
}

static bool goes_on(const struct part *part, const struct vm_blocks *b) {
    const struct stretch *s = part->stretch_n ? &part->stretches[part->stretch_n - 1] : NULL;
    return s && s->block == b->block && s->safe == b->safe && s->before == part->text.len &&
           s->ambient.endian == b->ambient.endian && s->ambient.bitorder == b->ambient.bitorder &&
           s->ambient.encoding == b->ambient.encoding;
}

static void add(struct crew *crew, const struct vm_blocks *b) {
    struct part *part = part_at(crew, crew->filled);
    struct stretch *s = goes_on(part, b) ? &part->stretches[part->stretch_n - 1] : NULL;
    s = s ? s : add_stretch(part, b);
    memcpy(part->at + part->n, b->at, b->n * sizeof b->at[0]);
    memcpy(part->of + part->n, b->of, b->block ? 0 : b->n * sizeof b->of[0]);
    part->n += b->n;
    s->n += b->n;
    crew->records += b->n;
    if (part->n >= crew->enough) {
        end_part(crew);
    }
}

/* Records of one block, or of several. */
static const void *kind_of(const struct vm_blocks *b) {
    return b->block ? (const void *)b->block : (const void *)b->program;
}

/* The sink writes the first ones of each kind, and it is seen how long they become. */
static void measure(struct crew *crew, const struct vm_blocks *b) {
    size_t before = crew->front.len + crew->front.total;
    crew->inner->blocks(crew->sink, b);
    size_t each = (crew->front.len + crew->front.total - before) / b->n;
    size_t n = PART_TEXT / (each ? each : 1);
    n = n < PART_RECORDS - VM_BLOCKS_MAX ? n : PART_RECORDS - VM_BLOCKS_MAX;
    crew->enough = n ? (uint32_t)n : 1;
    crew->measured = kind_of(b);
}

static struct crew *crew_of(const struct vm_sink *sink) {
    return sink->ops->taker;
}

/* Whether they can be written later, by what is known of them here: records that lie in the input. */
static bool can_wait(const struct crew *crew, const struct vm_blocks *b) {
    struct bytes input = crew->options.input;
    return b->records && b->n > 0 && (!b->block || b->block->placed == PROGRAM_NONE) &&
           b->at[0] >= input.at && b->at[0] < input.at + input.len;
}

static void on_blocks(struct vm_sink *sink, const struct vm_blocks *b) {
    struct crew *crew = crew_of(sink);
    if (!can_wait(crew, b)) {
        crew->inner->blocks(sink, b);
    } else if (kind_of(b) != crew->measured) {
        measure(crew, b);
    } else {
        out_flush(&crew->front);
        add(crew, b);
    }
}

/* making and ending */

struct crew *crew_new(const struct crew_options *options) {
    struct crew *crew = mem_zalloc(1, sizeof *crew);
    crew->options = *options;
    crew->options.threads = options->threads < CREW_MAX ? options->threads : CREW_MAX;
    out_function(&crew->front, take_text, crew);
    crew->size = crew->options.threads * PARTS_FOR_EACH;
    crew->parts = mem_zalloc(crew->size, sizeof *crew->parts);
    for (uint32_t i = 0; i < crew->size; i++) {
        crew->parts[i].at = mem_alloc(PART_RECORDS * sizeof *crew->parts[i].at);
        crew->parts[i].of = mem_alloc(PART_RECORDS * sizeof *crew->parts[i].of);
        out_function(&crew->parts[i].out, write_in_turn, NULL);
    }
    crew->hands = mem_zalloc(crew->options.threads, sizeof *crew->hands);
    crew->hands[0].crew = crew;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->changed, NULL);
    return crew;
}

struct out *crew_out(struct crew *crew) {
    return &crew->front;
}

void crew_take(struct crew *crew, struct vm_sink *sink, const struct crew_sinks *sinks) {
    crew->sinks = *sinks;
    crew->hands[0].sink = sinks->make(sinks->maker, &crew->hands[0].out);
    crew->hand_n = 1;
    crew->sink = sink;
    crew->inner = sink->ops;
    crew->ops = *sink->ops;
    crew->ops.blocks = crew->inner->blocks ? on_blocks : NULL;
    /* two threads, one of which finds and looks through what the other writes, are slower than one that does both */
    crew->ops.flats = crew->options.threads > 2 ? NULL : crew->inner->flats;
    crew->ops.taker = crew;
    sink->ops = &crew->ops;
}

void crew_give(struct crew *crew) {
    crew->sink->ops = crew->inner;
}

uint64_t crew_records(const struct crew *crew) {
    return crew->records;
}

/* All parts are written, the last one as it is, by the caller's thread alone where there are no others. */
static void finish(struct crew *crew) {
    pthread_mutex_lock(&crew->lock);
    crew->filled++;
    crew->is_over = true;
    pthread_cond_broadcast(&crew->changed);
    help(crew, 0);
    pthread_mutex_unlock(&crew->lock);
    for (uint32_t i = 1; i < crew->hand_n; i++) {
        pthread_join(crew->hands[i].thread, NULL);
    }
}

void crew_end(struct crew *crew) {
    out_close(&crew->front);
    finish(crew);
    for (uint32_t i = 0; i < crew->hand_n; i++) {
        crew->sinks.free(crew->hands[i].sink);
    }
    for (uint32_t i = 0; i < crew->size; i++) {
        struct part *part = &crew->parts[i];
        buf_free(&part->text);
        mem_free(part->stretches);
        mem_free(part->at);
        mem_free(part->of);
        part->out.len = 0; /* it is written */
        out_close(&part->out);
    }
    pthread_cond_destroy(&crew->changed);
    pthread_mutex_destroy(&crew->lock);
    mem_free(crew->hands);
    mem_free(crew->parts);
    mem_free(crew);
}
