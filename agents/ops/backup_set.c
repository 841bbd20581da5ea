#include "agents/ops/backup_set.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/ops/gauge.h"
#include "agents/ops/hex.h"
#include "broker/store/small_file.h"
#include "broker/store/why.h"

static const char ABOUT_NAME[] = "backup.json";

/* ---- finding ---- */

bool backup_is_name(const char *name)
{
    return strlen(name) == BACKUP_NAME_SIZE - 1 && strspn(name, "0123456789") == BACKUP_NAME_SIZE - 1;
}

enum status backup_find(const char *folder, uint64_t sequence, char name[BACKUP_NAME_SIZE], char *why)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;

    name[0] = '\0';
    if (directory == NULL)
        return file_error(errno, folder, "cannot read the folder", why);
    while ((entry = readdir(directory)) != NULL)
        if (backup_is_name(entry->d_name) &&
            (sequence != 0 ? strtoull(entry->d_name, NULL, 10) == sequence : strcmp(entry->d_name, name) > 0))
            snprintf(name, BACKUP_NAME_SIZE, "%.20s", entry->d_name);
    closedir(directory);
    if (name[0] != '\0')
        return STATUS_OK;
    if (sequence != 0)
        why_set(why, "%s: no backup there ends at record %llu", folder, (unsigned long long)sequence);
    else
        why_set(why, "%s: no backup there", folder);
    return STATUS_NOT_FOUND;
}

/* ---- backup.json ---- */

enum status backup_read(const char *backup, json_t **out, char *why)
{
    char path[SMALL_FILE_PATH_SIZE];
    json_error_t error;
    const char *broker = NULL;
    const char *chain = NULL;
    json_int_t format = 0;
    json_int_t sequence = 0;
    json_t *files = NULL;
    const enum status status = small_file_path(path, backup, ABOUT_NAME, why);

    *out = NULL;
    if (status != STATUS_OK)
        return status;
    *out = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (*out == NULL) {
        why_set(why, "%s: line %d: %s", path, error.line, error.text);
        return STATUS_CORRUPT;
    }
    if (json_unpack(*out, "{s:I, s:s, s:s, s:I, s:o}", "format", &format, "broker", &broker, "chain", &chain,
                    "sequence", &sequence, "files", &files) == 0 &&
        format == BACKUP_FORMAT && json_is_array(files) && sequence > 0)
        return STATUS_OK;
    why_set(why,
            format > BACKUP_FORMAT ? "%s: made by a newer program (format %lld)"
                                   : "%s: not what a backup says of itself",
            path, (long long)format);
    json_decref(*out);
    *out = NULL;
    return format > BACKUP_FORMAT ? STATUS_NEWER : STATUS_CORRUPT;
}

enum status backup_write(const char *backup, const json_t *about, char *why)
{
    char *text = json_dumps(about, JSON_INDENT(1));

    if (text == NULL)
        return STATUS_NO_MEMORY;
    const enum status status = small_file_write(backup, ABOUT_NAME, bytes_of(text, strlen(text)), why);
    free(text);
    return status;
}

json_t *backup_file(const json_t *about, const char *name)
{
    size_t index;
    json_t *file;

    json_array_foreach(json_object_get(about, "files"), index, file)
    {
        const char *its_name = json_string_value(json_object_get(file, "name"));
        if (its_name != NULL && strcmp(its_name, name) == 0)
            return file;
    }
    return NULL;
}

enum status backup_add_file(json_t *about, const char *name, const struct file_sum *sum)
{
    char hex[HEX_SIZE(SM3_SIZE)];
    json_t *file = json_pack("{s:s, s:I, s:s}", "name", name, "size", (json_int_t)sum->size, "sm3",
                             hex_show(sum->digest, SM3_SIZE, hex));

    return json_array_append_new(json_object_get(about, "files"), file) == 0 ? STATUS_OK : STATUS_NO_MEMORY;
}

enum status backup_judge_file(const json_t *file, const struct file_sum *sum, char *why)
{
    char hex[HEX_SIZE(SM3_SIZE)];
    const char *name = json_string_value(json_object_get(file, "name"));
    const char *digest = json_string_value(json_object_get(file, "sm3"));
    const json_int_t size = json_integer_value(json_object_get(file, "size"));

    if (digest != NULL && (json_int_t)sum->size == size && strcmp(digest, hex_show(sum->digest, SM3_SIZE, hex)) == 0)
        return STATUS_OK;
    why_set(why, "%s: is not the file that was backed up (%lld bytes then, %llu now, or another digest)",
            name != NULL ? name : "a file", (long long)size, (unsigned long long)sum->size);
    return STATUS_CORRUPT;
}

/* ---- the folder as a whole ---- */

struct judging {
    json_t *days;
    uint32_t last_day;
    int64_t last_time_us;
    uint64_t sequence;
    uint8_t chain[CHAIN_SIZE];
    struct gauge gauge;
};

static bool add_day(struct judging *judging, uint32_t day)
{
    size_t index;
    const json_t *known;

    if (day == judging->last_day)
        return true;
    judging->last_day = day;
    json_array_foreach(judging->days, index, known) if (json_integer_value(known) == (json_int_t)day) return true;
    return index < BACKUP_KEY_COUNT_MAX && json_array_append_new(judging->days, json_integer(day)) == 0;
}

static bool judge_entry(const struct journal_entry *entry, void *context)
{
    struct judging *judging = context;

    if (!add_day(judging, entry->day) || gauge_is_stopped())
        return false;
    judging->sequence = entry->sequence;
    judging->last_time_us = entry->time_us;
    memcpy(judging->chain, entry->chain, CHAIN_SIZE);
    gauge_set(&judging->gauge, entry->sequence);
    return true;
}

static enum status judge_end(const struct judging *judging, const json_t *about, char *why)
{
    char hex[HEX_SIZE(SM3_SIZE)];
    const json_int_t sequence = json_integer_value(json_object_get(about, "sequence"));
    const char *chain = json_string_value(json_object_get(about, "chain"));

    if (gauge_is_stopped())
        return STATUS_TIMEOUT;
    if ((json_int_t)judging->sequence == sequence && chain != NULL &&
        strcmp(chain, hex_show(judging->chain, SM3_SIZE, hex)) == 0)
        return STATUS_OK;
    why_set(why, "the copy ends at record %llu with another chain than record %lld of the broker",
            (unsigned long long)judging->sequence, (long long)sequence);
    return STATUS_CORRUPT;
}

enum status backup_judge_folder(const char *folder, json_t *about, char *why)
{
    const struct journal_options options = {.folder = folder, .read_only = true};
    struct judging judging = {.days = json_array()};
    struct journal *journal = NULL;
    struct journal_reader *reader = NULL;
    uint64_t bad = 0;
    enum status status = journal_open(&options, &journal, why);

    if (status == STATUS_OK)
        status = journal_reader_new(journal, &reader);
    if (status == STATUS_OK) {
        gauge_start(&judging.gauge, "records", 0, journal_last_sequence(journal));
        status = journal_walk(reader, 1, judge_entry, &judging, &bad, why);
        gauge_end(&judging.gauge);
    }
    if (status == STATUS_OK)
        status = judge_end(&judging, about, why);
    if (status == STATUS_OK)
        json_object_set(about, "keys", judging.days);
    if (status == STATUS_OK)
        json_object_set_new(about, "last_time", json_integer(judging.last_time_us));
    json_decref(judging.days);
    journal_reader_free(&reader);
    if (journal != NULL)
        journal_close(&journal);
    return status;
}
