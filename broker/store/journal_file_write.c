#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "broker/store/journal_file_form.h"
#include "broker/store/journal_record.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

enum { WRITE_BUFFER_SIZE = 1 << 18 };

struct journal_file_writer {
    struct journal_file_line line;
    bool is_filtered;
    FILE *file;
    bool is_finished;
    char path[SMALL_FILE_PATH_SIZE];
    char fresh[SMALL_FILE_PATH_SIZE]; /* path.new */
};

static enum status write_bytes(struct journal_file_writer *writer, const void *data, size_t size, char *why)
{
    if (fwrite(data, 1, size, writer->file) == size)
        return STATUS_OK;
    return file_error(errno, writer->fresh, "cannot write", why);
}

static void frame_make(const struct journal_file_writer *writer, char tag, uint64_t first, uint64_t second,
                       uint8_t out[FRAME_SIZE])
{
    out[0] = (uint8_t)tag;
    be64_put(out + FRAME_AT_FIRST, first);
    be64_put(out + FRAME_AT_SECOND, second);
    be32_put(out + FRAME_AT_CRC, crc32c_of(&writer->line.crc, out, FRAME_AT_CRC));
}

/* ---- the beginning ---- */

static enum status write_header(struct journal_file_writer *writer, const struct journal_file_head *head, char *why)
{
    uint8_t header[FILE_HEADER_SIZE] = {0};

    memcpy(header, FILE_MAGIC, FILE_MAGIC_SIZE);
    be32_put(header + FILE_AT_FORMAT, JOURNAL_FILE_FORMAT);
    header[FILE_AT_TEST] = head->is_test;
    header[FILE_AT_FILTERED] = head->is_filtered;
    memcpy(header + FILE_AT_BROKER, head->broker_id, BROKER_ID_SIZE);
    be64_put(header + FILE_AT_FIRST, head->first);
    memcpy(header + FILE_AT_PREVIOUS, head->previous, CHAIN_SIZE);
    be32_put(header + FILE_AT_CRC, crc32c_of(&writer->line.crc, header, FILE_AT_CRC));
    journal_file_fold(&writer->line, header, sizeof header);
    return write_bytes(writer, header, sizeof header, why);
}

static enum status open_fresh(struct journal_file_writer *writer, const char *path, char *why)
{
    const int size = snprintf(writer->path, sizeof writer->path, "%s", path);
    const int fresh_size = snprintf(writer->fresh, sizeof writer->fresh, "%s.new", path);

    if (size <= 0 || fresh_size < 0 || (size_t)fresh_size >= sizeof writer->fresh) {
        writer->fresh[0] = '\0';
        why_set(why, "the name of the file is empty or too long");
        return STATUS_CONFIG;
    }
    const int file = open(writer->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    writer->file = file >= 0 ? fdopen(file, "wb") : NULL;
    if (writer->file == NULL) {
        const enum status status = file_error(errno, writer->fresh, "cannot open for writing", why);
        if (file >= 0)
            close(file);
        return status;
    }
    setvbuf(writer->file, NULL, _IOFBF, WRITE_BUFFER_SIZE);
    return STATUS_OK;
}

enum status journal_file_create(const char *path, const struct journal_file_head *head,
                                struct journal_file_writer **out, char *why)
{
    struct journal_file_writer *writer = calloc(1, sizeof *writer);

    *out = NULL;
    if (writer == NULL)
        return STATUS_NO_MEMORY;
    writer->is_filtered = head->is_filtered;
    writer->line.next = head->first;
    writer->line.has_before = !head->is_filtered || head->first == 1;
    memcpy(writer->line.chain, head->previous, CHAIN_SIZE);
    crc32c_init(&writer->line.crc);
    enum status status = sm3_init(&writer->line.sm3);
    if (status == STATUS_OK)
        status = open_fresh(writer, path, why);
    if (status == STATUS_OK)
        status = write_header(writer, head, why);
    if (status != STATUS_OK)
        journal_file_close(&writer);
    *out = writer;
    return status;
}

/* ---- records ---- */

static enum status write_gap(struct journal_file_writer *writer, uint64_t until, char *why)
{
    static const uint8_t no_chain[CHAIN_SIZE] = {0};
    uint8_t frame[FRAME_SIZE];

    if (writer->line.next >= until)
        return STATUS_OK;
    if (!writer->is_filtered) {
        why_set(why, "record %llu is missing", (unsigned long long)writer->line.next);
        return STATUS_CORRUPT;
    }
    frame_make(writer, FRAME_GAP, writer->line.next, until - 1, frame);
    journal_file_fold_frame(&writer->line, frame, no_chain);
    writer->line.next = until;
    writer->line.has_before = false;
    return write_bytes(writer, frame, sizeof frame, why);
}

enum status journal_file_put(struct journal_file_writer *writer, uint64_t sequence, struct bytes record, char *why)
{
    struct journal_record parts;
    uint8_t frame[FRAME_SIZE];

    if (sequence < writer->line.next) {
        why_set(why, "record %llu comes twice", (unsigned long long)sequence);
        return STATUS_CORRUPT;
    }
    enum status status = journal_record_read(&writer->line.crc, sequence, record, &parts, why);
    if (status == STATUS_OK)
        status = write_gap(writer, sequence, why);
    if (status != STATUS_OK)
        return status;
    if (writer->line.has_before && memcmp(parts.previous, writer->line.chain, CHAIN_SIZE) != 0) {
        why_set(why, "record %llu does not follow the one before it: one of the two was altered",
                (unsigned long long)sequence);
        return STATUS_CORRUPT;
    }
    sm3_of(&writer->line.sm3, record, (struct bytes){0}, writer->line.chain);
    frame_make(writer, FRAME_RECORD, sequence, record.size, frame);
    journal_file_fold_frame(&writer->line, frame, writer->line.chain);
    writer->line.has_before = true;
    writer->line.next = sequence + 1;
    writer->line.count++;
    status = write_bytes(writer, frame, sizeof frame, why);
    return status == STATUS_OK ? write_bytes(writer, record.data, record.size, why) : status;
}

uint64_t journal_file_count(const struct journal_file_writer *writer)
{
    return writer->line.count;
}

/* ---- the end ---- */

static enum status write_end(struct journal_file_writer *writer, uint64_t last, char *why)
{
    uint8_t end[FRAME_SIZE + CHAIN_SIZE + SM3_SIZE];

    frame_make(writer, FRAME_END, writer->line.count, last, end);
    journal_file_fold_frame(&writer->line, end, writer->line.chain);
    memcpy(end + FRAME_SIZE, writer->line.chain, CHAIN_SIZE);
    memcpy(end + FRAME_SIZE + CHAIN_SIZE, writer->line.digest, SM3_SIZE);
    return write_bytes(writer, end, sizeof end, why);
}

static enum status sync_parent_of(const char *path, char *why)
{
    char folder[SMALL_FILE_PATH_SIZE];

    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        return folder_sync(".", why);
    slash[slash == folder] = '\0';
    return folder_sync(folder, why);
}

enum status journal_file_finish(struct journal_file_writer *writer, uint64_t last, char *why)
{
    enum status status = write_gap(writer, last + 1, why);

    if (status == STATUS_OK)
        status = write_end(writer, last, why);
    if (status == STATUS_OK && (fflush(writer->file) != 0 || fsync(fileno(writer->file)) != 0))
        status = file_error(errno, writer->fresh, "cannot write", why);
    if (status == STATUS_OK && rename(writer->fresh, writer->path) != 0)
        status = file_error(errno, writer->path, "cannot rename into place", why);
    if (status != STATUS_OK)
        return status;
    writer->is_finished = true;
    return sync_parent_of(writer->path, why);
}

void journal_file_close(struct journal_file_writer **writer)
{
    if (*writer == NULL)
        return;
    if ((*writer)->file != NULL)
        fclose((*writer)->file);
    if ((*writer)->file != NULL && !(*writer)->is_finished)
        unlink((*writer)->fresh);
    sm3_fini(&(*writer)->line.sm3);
    free(*writer);
    *writer = NULL;
}
