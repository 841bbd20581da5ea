/* Records out of a data folder that stands still, or a copy of one. It is only read. */
#include <stdint.h>

#include "agents/ops/export_source.h"
#include "agents/ops/gauge.h"
#include "broker/keep/rebuild.h"
#include "broker/store/why.h"

struct folder {
    struct export_job *job;
    struct keeper *keeper; /* NULL: the rows are not needed */
    struct journal *journal;
    struct journal *own; /* NULL: the keeper's */
    struct journal_reader *reader;
    struct selector *selector;
    struct journal_copier *copier;
    struct gauge gauge;
    uint64_t last;
    enum status status;
};

enum exit_code export_complain(const struct export_job *job, enum status status)
{
    if (status != STATUS_OK)
        complain("%s", job->why[0] != '\0' ? job->why : status_english(status));
    return exit_code_of(status);
}

/* Sealed records of a range need neither keys nor rows; all else needs the cases. */
static enum status open_journal(struct folder *folder)
{
    struct export_job *job = folder->job;
    const struct journal_options options = {.folder = job->folder, .read_only = true};
    enum status status;

    if (job->is_compact && !selection_needs_cases(&job->selection)) {
        status = journal_open(&options, &folder->own, job->why);
        folder->journal = folder->own;
        return status;
    }
    status = rebuild_look(job->folder, &folder->keeper, job->why);
    if (status == STATUS_OK)
        folder->journal = keeper_journal(folder->keeper);
    return status;
}

static enum status judge_range(struct folder *folder)
{
    struct export_job *job = folder->job;
    const uint64_t end = journal_last_sequence(folder->journal);

    folder->last = job->selection.last < end ? job->selection.last : end;
    if (job->selection.first <= end)
        return STATUS_OK;
    why_set(job->why, "%s: the journal ends at record %llu, and the range begins with %llu", job->folder,
            (unsigned long long)end, (unsigned long long)job->selection.first);
    return STATUS_NOT_FOUND;
}

static enum status open_folder(struct folder *folder)
{
    struct export_job *job = folder->job;
    enum status status = open_journal(folder);

    if (status == STATUS_OK)
        status = judge_range(folder);
    if (status == STATUS_OK)
        status = journal_reader_new(folder->journal, &folder->reader);
    if (status == STATUS_OK)
        status = selector_new(&job->selection, folder->keeper, &folder->selector);
    if (status == STATUS_OK)
        status = journal_copier_new(&folder->copier);
    if (status == STATUS_OK)
        status = export_out_open(&job->out_settings, &job->out, job->why);
    if (status == STATUS_OK)
        export_out_name_broker(job->out, journal_broker_id(folder->journal), journal_is_test(folder->journal));
    return status;
}

static void close_folder(struct folder *folder)
{
    selector_free(&folder->selector);
    journal_copier_free(&folder->copier);
    journal_reader_free(&folder->reader);
    keeper_close(&folder->keeper, false);
    journal_close(&folder->own);
}

/* ---- walking ---- */

static bool goes_on(struct folder *folder, uint64_t sequence)
{
    if (folder->status != STATUS_OK)
        return false;
    folder->job->looked_at = sequence;
    gauge_set(&folder->gauge, sequence);
    folder->job->is_stopped = gauge_is_stopped() && sequence < folder->last;
    return sequence < folder->last && !folder->job->is_stopped;
}

static bool take_entry(const struct journal_entry *entry, void *context)
{
    struct folder *folder = context;
    struct export_job *job = folder->job;
    struct selected record;
    struct journal_copy copy;
    bool is_taken;

    folder->status = selector_judge(folder->selector, entry, &record, &is_taken, job->why);
    if (folder->status == STATUS_OK && is_taken) {
        folder->status = journal_copy_make(folder->copier, &record, true, &copy, job->why);
        if (folder->status == STATUS_OK)
            folder->status = export_out_line(job->out, &copy, job->why);
    }
    return goes_on(folder, entry->sequence);
}

static bool is_asked_for(struct folder *folder, uint64_t sequence, struct bytes bytes)
{
    struct journal_entry entry;
    struct selected record;
    bool is_taken = true;

    if (!selection_is_filtered(&folder->job->selection))
        return true;
    folder->status = journal_parse(folder->reader, sequence, bytes, &entry, folder->job->why);
    if (folder->status == STATUS_OK)
        folder->status = selector_judge(folder->selector, &entry, &record, &is_taken, folder->job->why);
    return folder->status == STATUS_OK && is_taken;
}

static bool take_stored(uint64_t sequence, struct bytes bytes, void *context)
{
    struct folder *folder = context;

    if (is_asked_for(folder, sequence, bytes))
        folder->status = export_out_stored(folder->job->out, sequence, bytes, folder->job->why);
    return goes_on(folder, sequence);
}

static enum status walk(struct folder *folder)
{
    struct export_job *job = folder->job;
    const uint64_t first = job->selection.first;
    uint64_t bad = 0;

    if (first > folder->last)
        return STATUS_OK;
    const enum status status =
        job->is_compact ? store_each_record(journal_store(folder->journal), first, take_stored, folder, job->why)
                        : journal_walk(folder->reader, first, take_entry, folder, &bad, job->why);
    return status == STATUS_OK ? folder->status : status;
}

enum exit_code export_from_folder(struct export_job *job)
{
    struct folder folder = {.job = job};
    enum status status = open_folder(&folder);

    if (status == STATUS_OK) {
        gauge_start(&folder.gauge, "records", job->selection.first, folder.last);
        status = walk(&folder);
        gauge_end(&folder.gauge);
    }
    if (status == STATUS_OK && !job->is_stopped)
        status = export_out_finish(job->out, folder.last, job->why);
    close_folder(&folder);
    return export_complain(job, status);
}
