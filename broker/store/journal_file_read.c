#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "broker/store/journal_file_form.h"
#include "broker/store/journal_record.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum { READ_BUFFER_SIZE = 1 << 18, RECORD_CAPACITY_FIRST = 1 << 14 };

struct journal_file_reader {
    struct journal_file_line line;
    struct journal_file_head head;
    struct journal_file_end end;
    FILE *file;
    uint64_t size;
    uint64_t place;
    uint8_t *record;
    uint32_t capacity;
    char path[SMALL_FILE_PATH_SIZE];
};

/* ---- bytes ---- */

static enum status damaged(const struct journal_file_reader *reader, const char *what, char *why)
{
    why_set(why, "%s: at record %llu, byte %llu: %s", reader->path, (unsigned long long)reader->line.next,
            (unsigned long long)reader->place, what);
    return STATUS_CORRUPT;
}

static enum status read_bytes(struct journal_file_reader *reader, void *out, size_t size, char *why)
{
    if (size > reader->size - reader->place) {
        why_set(why, "%s: cut short: it breaks off at record %llu, byte %llu, and its end is not there", reader->path,
                (unsigned long long)reader->line.next, (unsigned long long)reader->size);
        return STATUS_CORRUPT;
    }
    if (fread(out, 1, size, reader->file) != size)
        return file_error(ferror(reader->file) ? errno : EIO, reader->path, "cannot read", why);
    reader->place += size;
    return STATUS_OK;
}

/* ---- the header ---- */

/* Magic and version stay where they are in every version. */
static enum status judge_version(const struct journal_file_reader *reader, const uint8_t *header, char *why)
{
    const uint32_t format = be32_get(header + FILE_AT_FORMAT);

    if (memcmp(header, FILE_MAGIC, FILE_MAGIC_SIZE) != 0) {
        why_set(why, "%s: no file of journal records", reader->path);
        return STATUS_CORRUPT;
    }
    if (format <= JOURNAL_FILE_FORMAT)
        return STATUS_OK;
    why_set(why, "%s: format version %u, this program knows %d: take a newer program", reader->path, format,
            JOURNAL_FILE_FORMAT);
    return STATUS_NEWER;
}

static enum status take_header(struct journal_file_reader *reader, const uint8_t *header, char *why)
{
    const bool is_good = crc32c_of(&reader->line.crc, header, FILE_AT_CRC) == be32_get(header + FILE_AT_CRC) &&
                         header[FILE_AT_TEST] <= 1 && header[FILE_AT_FILTERED] <= 1 &&
                         be64_get(header + FILE_AT_FIRST) > 0;

    if (!is_good) {
        why_set(why, "%s: its header was altered: the checksum does not match", reader->path);
        return STATUS_CORRUPT;
    }
    reader->head.is_test = header[FILE_AT_TEST] == 1;
    reader->head.is_filtered = header[FILE_AT_FILTERED] == 1;
    reader->head.first = be64_get(header + FILE_AT_FIRST);
    memcpy(reader->head.broker_id, header + FILE_AT_BROKER, BROKER_ID_SIZE);
    memcpy(reader->head.previous, header + FILE_AT_PREVIOUS, CHAIN_SIZE);
    reader->line.next = reader->head.first;
    reader->line.has_before = !reader->head.is_filtered || reader->head.first == 1;
    memcpy(reader->line.chain, reader->head.previous, CHAIN_SIZE);
    journal_file_fold(&reader->line, header, FILE_HEADER_SIZE);
    return STATUS_OK;
}

static enum status read_header(struct journal_file_reader *reader, char *why)
{
    uint8_t header[FILE_HEADER_SIZE];
    enum status status = STATUS_OK;

    if (reader->size < FILE_AT_TEST) {
        why_set(why, "%s: no file of journal records", reader->path);
        return STATUS_CORRUPT;
    }
    status = read_bytes(reader, header, FILE_AT_TEST, why);
    if (status == STATUS_OK)
        status = judge_version(reader, header, why);
    if (status == STATUS_OK)
        status = read_bytes(reader, header + FILE_AT_TEST, sizeof header - FILE_AT_TEST, why);
    return status == STATUS_OK ? take_header(reader, header, why) : status;
}

static enum status open_file(struct journal_file_reader *reader, const char *path, char *why)
{
    struct stat about;
    const int size = snprintf(reader->path, sizeof reader->path, "%s", path);

    if (size <= 0 || (size_t)size >= sizeof reader->path) {
        why_set(why, "the name of the file is empty or too long");
        return STATUS_CONFIG;
    }
    reader->file = fopen(path, "rbe");
    if (reader->file == NULL)
        return file_error(errno, path, "cannot open", why);
    if (fstat(fileno(reader->file), &about) != 0)
        return file_error(errno, path, "cannot look at", why);
    if (!S_ISREG(about.st_mode)) {
        why_set(why, "%s: no file", path);
        return STATUS_CONFIG;
    }
    reader->size = (uint64_t)about.st_size;
    setvbuf(reader->file, NULL, _IOFBF, READ_BUFFER_SIZE);
    return STATUS_OK;
}

enum status journal_file_open(const char *path, struct journal_file_reader **out, char *why)
{
    struct journal_file_reader *reader = calloc(1, sizeof *reader);
    uint8_t *record = malloc(RECORD_CAPACITY_FIRST);

    *out = NULL;
    if (reader == NULL || record == NULL) {
        free(reader);
        free(record);
        return STATUS_NO_MEMORY;
    }
    reader->record = record;
    reader->capacity = RECORD_CAPACITY_FIRST;
    crc32c_init(&reader->line.crc);
    enum status status = sm3_init(&reader->line.sm3);
    if (status == STATUS_OK)
        status = open_file(reader, path, why);
    if (status == STATUS_OK)
        status = read_header(reader, why);
    if (status != STATUS_OK)
        journal_file_reader_free(&reader);
    *out = reader;
    return status;
}

void journal_file_reader_free(struct journal_file_reader **reader)
{
    if (*reader == NULL)
        return;
    if ((*reader)->file != NULL)
        fclose((*reader)->file);
    sm3_fini(&(*reader)->line.sm3);
    free((*reader)->record);
    free(*reader);
    *reader = NULL;
}

const struct journal_file_head *journal_file_head(const struct journal_file_reader *reader)
{
    return &reader->head;
}

uint64_t journal_file_size(const struct journal_file_reader *reader)
{
    return reader->size;
}

uint64_t journal_file_place(const struct journal_file_reader *reader)
{
    return reader->place;
}

const struct journal_file_end *journal_file_end(const struct journal_file_reader *reader)
{
    return &reader->end;
}

/* ---- frames ---- */

static enum status make_room(struct journal_file_reader *reader, uint64_t size)
{
    if (size <= reader->capacity)
        return STATUS_OK;
    free(reader->record); /* what it held is no longer wanted */
    reader->record = malloc(JOURNAL_RECORD_SIZE_MAX);
    reader->capacity = reader->record != NULL ? JOURNAL_RECORD_SIZE_MAX : 0;
    return reader->record != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status judge_place(const struct journal_file_reader *reader, uint64_t sequence, char *why)
{
    if (sequence == reader->line.next)
        return STATUS_OK;
    why_set(why,
            "%s: at byte %llu: record %llu stands where record %llu is next: records were swapped, or some taken out",
            reader->path, (unsigned long long)reader->place, (unsigned long long)sequence,
            (unsigned long long)reader->line.next);
    return STATUS_CORRUPT;
}

static enum status take_record(struct journal_file_reader *reader, const uint8_t *frame,
                               struct journal_file_record *out, char *why)
{
    const uint64_t sequence = be64_get(frame + FRAME_AT_FIRST);
    const uint64_t size = be64_get(frame + FRAME_AT_SECOND);
    struct journal_record parts;
    enum status status = judge_place(reader, sequence, why);

    if (status == STATUS_OK && size > JOURNAL_RECORD_SIZE_MAX)
        status = damaged(reader, "larger than a record can be", why);
    if (status == STATUS_OK)
        status = make_room(reader, size);
    if (status == STATUS_OK)
        status = read_bytes(reader, reader->record, size, why);
    if (status != STATUS_OK)
        return status;
    out->sequence = sequence;
    out->stored = bytes_of(reader->record, (uint32_t)size);
    status = journal_record_read(&reader->line.crc, sequence, out->stored, &parts, why);
    if (status == STATUS_CORRUPT)
        return damaged(reader, "the record's checksum or form does not hold, bytes were altered", why);
    if (status != STATUS_OK)
        return status;
    if (reader->line.has_before && memcmp(parts.previous, reader->line.chain, CHAIN_SIZE) != 0)
        return damaged(reader, "the record does not follow the one before it: one of the two was altered", why);
    out->time_us = parts.time_us;
    out->day = parts.day;
    sm3_of(&reader->line.sm3, out->stored, (struct bytes){0}, out->chain);
    memcpy(reader->line.chain, out->chain, CHAIN_SIZE);
    journal_file_fold_frame(&reader->line, frame, out->chain);
    reader->line.has_before = true;
    reader->line.next = sequence + 1;
    reader->line.count++;
    return STATUS_OK;
}

static enum status take_gap(struct journal_file_reader *reader, const uint8_t *frame, char *why)
{
    static const uint8_t no_chain[CHAIN_SIZE] = {0};
    const uint64_t first = be64_get(frame + FRAME_AT_FIRST);
    const uint64_t last = be64_get(frame + FRAME_AT_SECOND);
    const enum status status = judge_place(reader, first, why);

    if (status != STATUS_OK)
        return status;
    if (!reader->head.is_filtered || last < first || last == UINT64_MAX)
        return damaged(reader, "a gap that cannot be", why);
    reader->end.gaps++;
    reader->end.left_out += last - first + 1;
    reader->line.next = last + 1;
    reader->line.has_before = false;
    journal_file_fold_frame(&reader->line, frame, no_chain);
    return STATUS_OK;
}

/* STATUS_NOT_FOUND: all is well, and there is no more. */
static enum status take_end(struct journal_file_reader *reader, const uint8_t *frame, char *why)
{
    uint8_t end[CHAIN_SIZE + SM3_SIZE];
    const enum status status = read_bytes(reader, end, sizeof end, why);

    if (status != STATUS_OK)
        return status;
    journal_file_fold_frame(&reader->line, frame, reader->line.chain);
    if (be64_get(frame + FRAME_AT_FIRST) != reader->line.count ||
        be64_get(frame + FRAME_AT_SECOND) + 1 != reader->line.next ||
        memcmp(end, reader->line.chain, CHAIN_SIZE) != 0 ||
        memcmp(end + CHAIN_SIZE, reader->line.digest, SM3_SIZE) != 0)
        return damaged(reader, "the digest at its end is not that of what stands before it", why);
    if (reader->place != reader->size)
        return damaged(reader, "bytes stand behind its end", why);
    reader->end.count = reader->line.count;
    reader->end.last = reader->line.next - 1;
    memcpy(reader->end.chain, reader->line.chain, CHAIN_SIZE);
    return STATUS_NOT_FOUND;
}

enum status journal_file_next(struct journal_file_reader *reader, struct journal_file_record *out, char *why)
{
    uint8_t frame[FRAME_SIZE];
    enum status status = STATUS_OK;

    while (status == STATUS_OK) {
        status = read_bytes(reader, frame, sizeof frame, why);
        if (status != STATUS_OK)
            return status;
        if (crc32c_of(&reader->line.crc, frame, FRAME_AT_CRC) != be32_get(frame + FRAME_AT_CRC))
            return damaged(reader, "the checksum does not match, bytes were altered", why);
        if (frame[0] == FRAME_RECORD)
            return take_record(reader, frame, out, why);
        if (frame[0] == FRAME_END)
            return take_end(reader, frame, why);
        status = frame[0] == FRAME_GAP ? take_gap(reader, frame, why) : damaged(reader, "a frame nobody knows", why);
    }
    return status;
}
