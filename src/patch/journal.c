#include "config.h"

#include "patch/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/mem.h"
#include "base/number.h"
#include "patch/sum.h"
#include "patch/window.h"

enum {
    JOURNAL_PLAIN = 1, /* versions */
    JOURNAL_COMBS = 2, /* there are records of combs */
    HEADER = 80,
    RECORD = 16, /* in front of its bytes */
    COMB = 16,   /* behind that, of a comb */
};

#define COMB_LENGTH ((uint64_t)1 << 63)

static const char magic[8] = {'s', 'n', 'd', 'j', 'r', 'n', 'l', '\n'};

/* Offsets in the header. */
enum header_field {
    AT_VERSION = 8,
    AT_INODE = 16,
    AT_OLD_SIZE = 24,
    AT_NEW_SIZE = 32,
    AT_RECORDS = 40,
    AT_LENGTH = 48,
    AT_SUM = 56,
    AT_HEADER_SUM = 72,
};

static uint64_t load(const uint8_t *header, enum header_field field) {
    return number_load64(header + field, false);
}

static void store(uint8_t *header, enum header_field field, uint64_t value) {
    number_store(header + field, 8, false, value);
}

/* --- writing */

struct writer {
    const struct patch_target *target;
    struct patch_window window;
    struct crc_table table;
    uint64_t reg; /* of the CRC */
    uint64_t at;  /* where the next record goes */
    uint64_t records;
    uint64_t from, to; /* the stretch that waits to become a record; empty: none */
    bool combs;        /* some records are of combs */
    struct buf bytes;  /* of one */
};

static bool append(struct writer *writer, struct bytes bytes) {
    writer->reg = crc_update(&writer->table, writer->reg, bytes);
    bool fine = patch_window_put(&writer->window, writer->at, bytes.at, bytes.len);
    writer->at += bytes.len;
    return fine;
}

static bool write_record(struct writer *writer) {
    if (writer->from == writer->to) {
        return true;
    }
    uint8_t front[RECORD];
    uint64_t len = writer->to - writer->from;
    number_store(front, 8, false, writer->from);
    number_store(front + 8, 8, false, len);
    writer->records++;
    const uint8_t *old = input_data(writer->target->input) + writer->from;
    return append(writer, bytes_of(front, sizeof front)) &&
           append(writer, bytes_of(old, (size_t)len));
}

/* A stretch that will be written over, behind those before. Near ones become one record. */
static bool keep(struct writer *writer, uint64_t from, uint64_t to) {
    if (writer->from < writer->to && from - writer->to <= RECORD) {
        writer->to = to;
        return true;
    }
    if (!write_record(writer)) {
        return false;
    }
    writer->from = from;
    writer->to = to;
    return true;
}

/* One bit for each of n bytes that are 0 or 1, the lowest first. */
static void put_bits(const uint8_t *held, uint32_t n, uint8_t *out) {
    uint32_t i = 0;
    /* the product has in its highest byte a bit of each, and nothing runs over into it */
    for (; i + 8 <= n; i += 8) {
        out[i / 8] = (uint8_t)(number_load64(held + i, false) * UINT64_C(0x0102040810204080) >> 56);
    }
    if (i < n) {
        out[i / 8] = 0;
    }
    for (; i < n; i++) {
        out[i / 8] |= (uint8_t)(held[i] << i % 8);
    }
}

/* The fields of one tooth of a comb, of which some are held. */
static bool keep_tooth(struct writer *writer, const struct comb *comb, uint32_t at) {
    const struct comb_tooth *tooth = &comb->teeth[at];
    size_t bits = (comb->n + 7) / 8;
    buf_clear(&writer->bytes);
    uint8_t *front =
        (uint8_t *)buf_reserve(&writer->bytes, RECORD + COMB + bits + (size_t)comb->n * tooth->len);
    uint8_t *held = front + RECORD + COMB;
    put_bits(tooth->held, comb->n, held);
    uint64_t len = COMB + bits + comb_gather(comb, at, held + bits);
    number_store(front, 8, false, comb->base + tooth->rel);
    number_store(front + 8, 8, false, COMB_LENGTH + len);
    number_store(front + 16, 8, false, comb->stride);
    number_store(front + 24, 4, false, tooth->len);
    number_store(front + 28, 4, false, comb->n);
    writer->records++;
    writer->combs = true;
    return append(writer, bytes_of(front, RECORD + (size_t)len));
}

static bool keep_comb(struct writer *writer, const struct comb *comb) {
    bool fine = write_record(writer);
    writer->from = writer->to = 0;
    for (uint32_t i = 0; i < comb->teeth_n && fine; i++) {
        fine = keep_tooth(writer, comb, i);
    }
    return fine;
}

static bool write_records(struct writer *writer, const struct patch_edits *edits) {
    uint64_t old_size = patch_edits_old_size(edits), new_size = patch_edits_new_size(edits);
    struct patch_pieces pieces =
        patch_edits_move(edits) ? patch_pieces_begin(edits) : patch_pieces_begin_combs(edits);
    struct patch_piece piece;
    while (patch_pieces_next_written(&pieces, &piece) && piece.new_off < old_size) {
        uint64_t end = piece.new_off + piece.len;
        bool fine = piece.comb ? keep_comb(writer, piece.comb)
                               : keep(writer, piece.new_off, end < old_size ? end : old_size);
        if (!fine) {
            return false;
        }
    }
    return (new_size >= old_size || keep(writer, new_size, old_size)) && write_record(writer) &&
           patch_window_flush(&writer->window);
}

static bool write_header(const struct writer *writer, const struct patch_edits *edits) {
    uint8_t header[HEADER] = {0};
    memcpy(header, magic, sizeof magic);
    number_store(header + AT_VERSION, 4, false, writer->combs ? JOURNAL_COMBS : JOURNAL_PLAIN);
    store(header, AT_INODE, writer->target->identity.inode);
    store(header, AT_OLD_SIZE, patch_edits_old_size(edits));
    store(header, AT_NEW_SIZE, patch_edits_new_size(edits));
    store(header, AT_RECORDS, writer->records);
    store(header, AT_LENGTH, writer->at - HEADER);
    store(header, AT_SUM, crc_end(crc_named(CRC_64_XZ), writer->reg));
    store(header, AT_HEADER_SUM, patch_sum(bytes_of(header, AT_HEADER_SUM)));
    return sys_write_all(writer->window.sys, writer->window.fd, header, sizeof header, 0);
}

/* Fills the journal and makes it durable; false with errno set. */
static bool fill(int fd, const struct patch_target *target, const struct patch_edits *edits) {
    const struct sys *sys = target->request.sys;
    const struct crc_model *model = crc_named(CRC_64_XZ);
    struct writer *writer = mem_zalloc(1, sizeof *writer);
    writer->target = target;
    writer->at = HEADER;
    writer->reg = crc_begin(model);
    crc_table_make(&writer->table, model);
    patch_window_begin(&writer->window, sys, fd, bytes_of(NULL, 0));
    bool fine = write_records(writer, edits) && write_header(writer, edits) &&
                sys->fsync(fd) == 0 && sys_sync_folder(sys, target->folder);
    int error = errno;
    patch_window_end(&writer->window);
    buf_free(&writer->bytes);
    mem_free(writer);
    errno = error;
    return fine;
}

bool patch_journal_write(const struct patch_target *target, const struct patch_edits *edits,
                         struct patch_problem *problem) {
    const struct sys *sys = target->request.sys;
    int fd = sys->open(target->journal, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return patch_fail(problem, PATCH_JOURNAL_WRITE, target->request.path, errno);
    }
    bool fine = fill(fd, target, edits);
    int error = errno;
    if (!fine) {
        sys->unlink(target->journal);
    }
    close(fd);
    return fine || patch_fail(problem, PATCH_JOURNAL_WRITE, target->request.path, error);
}

static bool remove_journal(const struct sys *sys, const char *journal, const char *folder,
                           const char *path, struct patch_problem *problem) {
    if (sys->unlink(journal) != 0) {
        return patch_fail(problem, PATCH_JOURNAL_REMOVE, path, errno);
    }
    return sys_sync_folder(sys, folder) || patch_fail(problem, PATCH_SYNC, path, errno);
}

bool patch_journal_remove(const struct patch_target *target, struct patch_problem *problem) {
    return remove_journal(target->request.sys, target->journal, target->folder,
                          target->request.path, problem);
}

/* --- rolling back */

/* Bytes that go back: n times len, stride apart; which of them there are tells a bit of each, or NULL: all. */
struct record {
    uint64_t off, stride, len, n;
    const uint8_t *held;
    struct bytes old;
};

static bool is_held(const struct record *record, uint64_t i) {
    return !record->held || (record->held[i / 8] >> i % 8 & 1);
}

/* What stands behind the front of a comb's record; false where that is nothing that a file of that size could have. */
static bool read_comb(struct record *record, struct bytes body, uint64_t size) {
    if (body.len < COMB) {
        return false;
    }
    record->stride = number_load64(body.at, false);
    record->len = number_load32(body.at + 8, false);
    record->n = number_load32(body.at + 12, false);
    uint64_t bits = (record->n + 7) / 8, held = 0;
    if (record->n == 0 || record->len == 0 || record->stride < record->len ||
        bits > body.len - COMB || record->len > size || record->off > size - record->len ||
        record->n - 1 > (size - record->len - record->off) / record->stride) {
        return false;
    }
    record->held = body.at + COMB;
    for (uint64_t i = 0; i < record->n; i++) {
        held += is_held(record, i);
    }
    record->old = bytes_of(body.at + COMB + bits, (size_t)(body.len - COMB - bits));
    return record->old.len == held * record->len;
}

/* Takes the next record off the front; false where there is none that a file of that size could have. */
static bool next_record(struct bytes *left, uint64_t size, struct record *record) {
    if (left->len < RECORD) {
        return false;
    }
    *record = (struct record){.off = number_load64(left->at, false), .n = 1};
    uint64_t stored = number_load64(left->at + 8, false), len = stored & ~COMB_LENGTH;
    if (len > left->len - RECORD) {
        return false;
    }
    record->len = len;
    record->old = bytes_of(left->at + RECORD, (size_t)len);
    *left = bytes_of(left->at + RECORD + len, left->len - RECORD - (size_t)len);
    return stored != len ? read_comb(record, record->old, size)
                         : len <= size && record->off <= size - len;
}

static bool is_known(struct bytes journal) {
    uint64_t version = number_load32(journal.at + AT_VERSION, false);
    return version == JOURNAL_PLAIN || version == JOURNAL_COMBS;
}

/* Whether all of the journal was written. If not, nothing was to the file. The records of a version that is not known are
 * not looked at. */
static bool is_whole(struct bytes journal) {
    if (journal.len < HEADER || memcmp(journal.at, magic, sizeof magic) != 0 ||
        load(journal.at, AT_HEADER_SUM) != patch_sum(bytes_of(journal.at, AT_HEADER_SUM))) {
        return false;
    }
    uint64_t len = load(journal.at, AT_LENGTH);
    if (len > journal.len - HEADER) {
        return false;
    }
    struct bytes records = bytes_of(journal.at + HEADER, (size_t)len);
    if (patch_sum(records) != load(journal.at, AT_SUM)) {
        return false;
    }
    if (!is_known(journal)) {
        return true;
    }
    uint64_t n = 0;
    struct record record;
    while (next_record(&records, load(journal.at, AT_OLD_SIZE), &record)) {
        n++;
    }
    return records.len == 0 && n == load(journal.at, AT_RECORDS);
}

/* Whether the journal is this file's: the same inode, and a size that the change had on its way. */
static bool is_files(const uint8_t *header, const struct stat *status) {
    uint64_t size = (uint64_t)status->st_size;
    uint64_t before = load(header, AT_OLD_SIZE), after = load(header, AT_NEW_SIZE);
    bool fits =
        size >= (before < after ? before : after) && size <= (before < after ? after : before);
    return status->st_ino == load(header, AT_INODE) && (S_ISBLK(status->st_mode) || fits);
}

/* Puts back what lies in front of the limit. */
static bool write_back(const struct sys *sys, int fd, const struct record *record, uint64_t limit) {
    const uint8_t *old = record->old.at;
    uint64_t off = record->off;
    for (uint64_t i = 0; i < record->n && off < limit; i++, off += record->stride) {
        uint64_t len = record->len < limit - off ? record->len : limit - off;
        if (is_held(record, i)) {
            if (!sys_write_all(sys, fd, old, (size_t)len, off)) {
                return false;
            }
            old += record->len;
        }
    }
    return true;
}

/* Puts the old bytes and the old size back; false with errno set. */
static bool put_back(const struct sys *sys, int fd, struct bytes journal, bool has_size,
                     uint64_t limit) {
    uint64_t size = load(journal.at, AT_OLD_SIZE);
    struct bytes records = bytes_of(journal.at + HEADER, (size_t)load(journal.at, AT_LENGTH));
    struct record record;
    while (next_record(&records, size, &record)) {
        if (!write_back(sys, fd, &record, limit)) {
            return false;
        }
    }
    return (!has_size || sys->ftruncate(fd, (off_t)size) == 0) && sys->fsync(fd) == 0;
}

/* Puts back what a whole journal says. */
static bool apply(struct patch_left *left, struct bytes journal, struct patch_problem *problem) {
    if (!is_known(journal)) {
        return patch_fail(problem, PATCH_JOURNAL_VERSION, left->path, 0);
    }
    int fd = left->sys->open(left->real, O_RDWR | O_CLOEXEC | O_NOCTTY, 0);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        patch_fail(problem, PATCH_ROLL_BACK, left->path, errno);
    } else if (left->act == PATCH_ROLL_BACK_OWN && !is_files(journal.at, &status)) {
        patch_fail(problem, PATCH_JOURNAL_OTHER, left->path, 0);
    } else if (!put_back(left->sys, fd, journal, S_ISREG(status.st_mode),
                         left->untouched ? left->untouched : UINT64_MAX)) {
        patch_fail(problem, PATCH_ROLL_BACK, left->path, errno);
    } else {
        left->was_half = true;
    }
    if (fd >= 0) {
        close(fd);
    }
    return left->was_half;
}

/* Whether the journal was written by one who may write the file: in a folder that all can write to, anybody can put one. */
static bool is_owners(int fd, const char *real) {
    struct stat journal, file;
    return fstat(fd, &journal) == 0 && stat(real, &file) == 0 &&
           (journal.st_uid == 0 || journal.st_uid == geteuid() || journal.st_uid == file.st_uid);
}

/* What is to be done with the contents of a journal. */
static bool settle(struct patch_left *left, struct bytes journal, struct patch_problem *problem) {
    if (!is_whole(journal)) {
        return true;
    }
    if (left->act == PATCH_DISCARD) {
        left->was_half = true;
        return true;
    }
    return apply(left, journal, problem);
}

bool patch_journal_roll_back(struct patch_left *left, struct patch_problem *problem) {
    left->was_half = false;
    int fd = left->sys->open(left->journal, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0) {
        return errno == ENOENT || patch_fail(problem, PATCH_JOURNAL_READ, left->path, errno);
    }
    bool is_trusted = is_owners(fd, left->real);
    struct input *input = is_trusted ? input_descriptor(left->journal, fd) : NULL;
    int error = errno;
    close(fd);
    if (!is_trusted) {
        return patch_fail(problem, PATCH_JOURNAL_OWNER, left->path, 0);
    }
    if (!input) {
        return patch_fail(problem, PATCH_JOURNAL_READ, left->path, error);
    }
    struct bytes journal = bytes_of(input_data(input), (size_t)input_size(input));
    bool fine = settle(left, journal, problem);
    uint64_t lost;
    if (input_lost(input, &lost)) {
        fine = patch_fail(problem, PATCH_JOURNAL_READ, left->path, EIO);
    }
    input_close(input);
    return fine && remove_journal(left->sys, left->journal, left->folder, left->path, problem);
}
