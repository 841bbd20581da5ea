#include "agents/ops/file_verify.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agents/ops/gauge.h"
#include "agents/ops/hex.h"
#include "agents/ops/show.h"
#include "broker/store/journal_file.h"
#include "broker/store/why.h"

struct verified {
    struct journal_file_head head;
    struct journal_file_end end;
    uint64_t first_seen; /* 0: the file holds no record */
    uint64_t last_seen;
    bool is_stopped;
};

static enum status read_all(struct journal_file_reader *reader, struct verified *out, char *why)
{
    struct journal_file_record record;
    struct gauge gauge;
    enum status status = STATUS_OK;

    gauge_start(&gauge, "bytes", 0, journal_file_size(reader));
    while (status == STATUS_OK && !(out->is_stopped = gauge_is_stopped())) {
        status = journal_file_next(reader, &record, why);
        if (status != STATUS_OK)
            break;
        out->last_seen = record.sequence;
        if (out->first_seen == 0)
            out->first_seen = record.sequence;
        gauge_set(&gauge, journal_file_place(reader));
    }
    gauge_end(&gauge);
    out->end = *journal_file_end(reader);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* ---- beside the folder it is said to be of ---- */

static enum status judge_last(const struct verified *file, const char *path, struct journal *journal, char *why)
{
    struct journal_reader *reader;
    struct journal_entry entry;
    enum status status = journal_reader_new(journal, &reader);

    if (status != STATUS_OK)
        return status;
    status = journal_read(reader, file->last_seen, &entry, why);
    if (status == STATUS_OK && memcmp(entry.chain, file->end.chain, CHAIN_SIZE) != 0) {
        why_set(why, "%s: its record %" PRIu64 " is not the one in the folder: one of the two was altered", path,
                file->last_seen);
        status = STATUS_CORRUPT;
    }
    journal_reader_free(&reader);
    return status;
}

static enum status judge_folder(const struct verified *file, const char *path, const char *folder, char *why)
{
    const struct journal_options options = {.folder = folder, .read_only = true};
    struct journal *journal;
    enum status status = journal_open(&options, &journal, why);

    if (status != STATUS_OK)
        return status;
    if (memcmp(file->head.broker_id, journal_broker_id(journal), BROKER_ID_SIZE) != 0 ||
        file->head.is_test != journal_is_test(journal)) {
        char id[HEX_SIZE(BROKER_ID_SIZE)];
        why_set(why, "%s: of another broker, %s (%s), not of the one in %s", path,
                hex_show(file->head.broker_id, BROKER_ID_SIZE, id), file->head.is_test ? "test" : "production", folder);
        status = STATUS_SEALED_OTHERWISE;
    } else if (file->last_seen > 0) {
        status = judge_last(file, path, journal, why);
    }
    journal_close(&journal);
    return status;
}

/* ---- what is said ---- */

static void print_for_people(const struct verified *file, const char *id, const char *chain)
{
    printf("broker   %s (%s)\n", id, file->head.is_test ? "test" : "production");
    printf("records  %" PRIu64 " verified, %" PRIu64 " to %" PRIu64 ": checksum, order, place in the chain, digest\n",
           file->end.count, file->head.first, file->end.last);
    if (file->end.gaps > 0)
        printf("gaps     %" PRIu64 ": %" PRIu64 " records of the range were left out\n", file->end.gaps,
               file->end.left_out);
    else
        printf("gaps     none%s\n", file->head.first == 1 ? ": a journal from its first record on" : "");
    printf("chain    %s\n", chain);
}

static void print_verified(const struct settings *settings, const struct verified *file)
{
    char id[HEX_SIZE(BROKER_ID_SIZE)];
    char chain[HEX_SIZE(CHAIN_SIZE)];

    hex_show(file->head.broker_id, BROKER_ID_SIZE, id);
    hex_show(file->end.chain, CHAIN_SIZE, chain);
    if (!settings->is_json) {
        print_for_people(file, id, chain);
        return;
    }
    print_json(json_pack("{s:s, s:b, s:I, s:I, s:I, s:b, s:I, s:I, s:s}", "broker", id, "test", file->head.is_test,
                         "records", (json_int_t)file->end.count, "first", (json_int_t)file->head.first, "last",
                         (json_int_t)file->end.last, "filtered", file->head.is_filtered, "gaps",
                         (json_int_t)file->end.gaps, "left_out", (json_int_t)file->end.left_out, "chain", chain));
}

enum exit_code file_verify(const struct settings *settings, const char *path, const char *folder)
{
    struct journal_file_reader *reader;
    struct verified file = {.first_seen = 0};
    char why[STORE_WHY_SIZE] = "";
    enum status status = journal_file_open(path, &reader, why);

    if (status == STATUS_OK) {
        file.head = *journal_file_head(reader);
        status = read_all(reader, &file, why);
        journal_file_reader_free(&reader);
    }
    if (status == STATUS_OK && !file.is_stopped && folder != NULL)
        status = judge_folder(&file, path, folder, why);
    if (status != STATUS_OK) {
        complain("%s", why[0] != '\0' ? why : status_english(status));
        return exit_code_of(status);
    }
    if (file.is_stopped) {
        complain("broken off: the file was not verified to its end");
        return EXIT_CODE_NO;
    }
    print_verified(settings, &file);
    return EXIT_CODE_DONE;
}
