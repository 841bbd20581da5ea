#include "agents/ops/export_out.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/store/journal_record.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"
#include "schemas/calendar.h"

enum { MOMENT_SIZE = 32, AT_PREVIOUS = 32 /* of the chain before, in a stored record */ };

struct export_out {
    struct export_out_settings settings;
    struct journal_file_head head;
    struct journal_file_writer *writer; /* made with the first record, whose chain field says what is before it */
    FILE *lines;
    char fresh[SMALL_FILE_PATH_SIZE]; /* path.new of the lines; "" for none */
    uint64_t count;
};

/* ---- opening ---- */

static enum status open_lines(struct export_out *out, char *why)
{
    const int size = snprintf(out->fresh, sizeof out->fresh, "%s.new", out->settings.path);

    if (size < 0 || (size_t)size >= sizeof out->fresh) {
        out->fresh[0] = '\0';
        why_set(why, "the name of the file is too long");
        return STATUS_CONFIG;
    }
    const int file = open(out->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    out->lines = file >= 0 ? fdopen(file, "w") : NULL;
    if (out->lines != NULL)
        return STATUS_OK;
    const enum status status = file_error(errno, out->fresh, "cannot open for writing", why);
    if (file >= 0)
        close(file);
    out->fresh[0] = '\0';
    return status;
}

enum status export_out_open(const struct export_out_settings *settings, struct export_out **out, char *why)
{
    struct export_out *made = calloc(1, sizeof *made);
    enum status status = STATUS_OK;

    *out = made;
    if (made == NULL)
        return STATUS_NO_MEMORY;
    made->settings = *settings;
    made->head = (struct journal_file_head){.is_filtered = settings->is_filtered, .first = settings->first};
    if (settings->path == NULL)
        made->lines = stdout;
    else if (!settings->is_compact)
        status = open_lines(made, why);
    if (status != STATUS_OK)
        export_out_close(out);
    return status;
}

/* ---- lines ---- */

static json_t *json_of_body(struct bytes bytes)
{
    json_t *json = NULL;
    if (bytes.data == NULL || msgpack_to_json(bytes, &json) != STATUS_OK)
        return json_null();
    return json;
}

/* The record's own fields, the time for people too, and no sizes of frames. */
static json_t *line_of(const struct journal_copy *copy)
{
    char moment[MOMENT_SIZE];
    json_t *line = record_to_json(&record_exported, &copy->about);

    json_object_del(line, "envelope");
    json_object_del(line, "body");
    json_object_set_new(line, "at", json_string(time_show(copy->about.time.value, moment, sizeof moment)));
    json_object_set_new(line, "envelope", json_of_body(copy->envelope));
    json_object_set_new(line, "body", json_of_body(copy->body));
    return line;
}

static enum status write_error(const struct export_out *out, char *why)
{
    return file_error(errno, out->fresh[0] != '\0' ? out->fresh : "standard output", "cannot write", why);
}

enum status export_out_line(struct export_out *out, const struct journal_copy *copy, char *why)
{
    json_t *line = line_of(copy);

    if (line == NULL)
        return STATUS_NO_MEMORY;
    const bool is_written = json_dumpf(line, out->lines, JSON_COMPACT) == 0 && putc('\n', out->lines) != EOF;
    json_decref(line);
    out->count++;
    return is_written ? STATUS_OK : write_error(out, why);
}

/* ---- records as they are stored ---- */

void export_out_name_broker(struct export_out *out, const uint8_t broker_id[BROKER_ID_SIZE], bool is_test)
{
    memcpy(out->head.broker_id, broker_id, BROKER_ID_SIZE);
    out->head.is_test = is_test;
}

static enum status make_writer(struct export_out *out, uint64_t sequence, struct bytes record, char *why)
{
    if (sequence == out->settings.first && record.size >= RECORD_HEADER_SIZE)
        memcpy(out->head.previous, record.data + AT_PREVIOUS, CHAIN_SIZE);
    return journal_file_create(out->settings.path, &out->head, &out->writer, why);
}

enum status export_out_stored(struct export_out *out, uint64_t sequence, struct bytes record, char *why)
{
    enum status status = STATUS_OK;

    if (out->writer == NULL)
        status = make_writer(out, sequence, record, why);
    out->count++;
    return status == STATUS_OK ? journal_file_put(out->writer, sequence, record, why) : status;
}

uint64_t export_out_count(const struct export_out *out)
{
    return out->count;
}

/* ---- the end ---- */

static enum status finish_compact(struct export_out *out, uint64_t last, char *why)
{
    enum status status = STATUS_OK;

    if (out->writer == NULL)
        status = make_writer(out, 0, bytes_of(NULL, 0), why);
    return status == STATUS_OK ? journal_file_finish(out->writer, last, why) : status;
}

enum status export_out_finish(struct export_out *out, uint64_t last, char *why)
{
    if (out->settings.is_compact)
        return finish_compact(out, last, why);
    if (fflush(out->lines) != 0)
        return write_error(out, why);
    if (out->fresh[0] == '\0')
        return STATUS_OK;
    if (fsync(fileno(out->lines)) != 0)
        return write_error(out, why);
    if (rename(out->fresh, out->settings.path) != 0)
        return file_error(errno, out->settings.path, "cannot rename into place", why);
    out->fresh[0] = '\0';
    return STATUS_OK;
}

void export_out_close(struct export_out **out)
{
    if (*out == NULL)
        return;
    journal_file_close(&(*out)->writer);
    if ((*out)->lines != NULL && (*out)->lines != stdout)
        fclose((*out)->lines);
    if ((*out)->fresh[0] != '\0')
        unlink((*out)->fresh);
    free(*out);
    *out = NULL;
}
