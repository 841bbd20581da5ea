/* Records of the live broker's journal, page by page over the operator's own connection. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/ops/export_source.h"
#include "agents/ops/gauge.h"
#include "agents/ops/session.h"
#include "broker/store/why.h"

enum { CONTENT_SIZE_FIRST = 1 << 20 };

struct live {
    struct export_job *job;
    struct session *session;
    struct gauge gauge;
    bool is_begun;
    uint64_t next;
    uint64_t last; /* what the broker's first answer said: an export does not run after a journal that grows */
    uint8_t *content;
    size_t capacity;
    uint8_t broker_id[BROKER_ID_SIZE];
};

static enum exit_code confused(const struct live *live)
{
    complain("the broker's page behind record %" PRIu64 " makes no sense", live->next - 1);
    return EXIT_CODE_DAMAGE;
}

/* The chunk frames are one run. */
static enum exit_code join_content(struct live *live, const struct link_message *answer, size_t *size)
{
    size_t all = 0;

    for (uint32_t i = 0; i < answer->chunk_count; i++)
        all += answer->chunks[i].size;
    if (live->content == NULL || all > live->capacity) {
        free(live->content);
        live->capacity = all > CONTENT_SIZE_FIRST ? all : CONTENT_SIZE_FIRST;
        live->content = malloc(live->capacity);
    }
    if (live->content == NULL) {
        complain("out of memory");
        return EXIT_CODE_DAMAGE;
    }
    *size = 0;
    for (uint32_t i = 0; i < answer->chunk_count; i++) {
        memcpy(live->content + *size, answer->chunks[i].data, answer->chunks[i].size);
        *size += answer->chunks[i].size;
    }
    return EXIT_CODE_DONE;
}

/* The next `size` bytes of the content; false when there are not so many. */
static bool take_bytes(struct bytes *content, int64_t size, struct bytes *out)
{
    if (size < 0 || size > (int64_t)content->size)
        return false;
    *out = bytes_of(content->data, (uint32_t)size);
    *content = bytes_of(content->data + size, content->size - (uint32_t)size);
    return true;
}

/* ---- one page ---- */

static enum exit_code put_line(struct live *live, const struct exported *about, struct bytes *content)
{
    struct journal_copy copy = {.about = *about, .body = bytes_of(NULL, 0)};

    if (!about->envelope_size.is_present || !take_bytes(content, about->envelope_size.value, &copy.envelope) ||
        (about->body_size.is_present && !take_bytes(content, about->body_size.value, &copy.body)))
        return confused(live);
    return export_complain(live->job, export_out_line(live->job->out, &copy, live->job->why));
}

static enum exit_code put_stored(struct live *live, const struct exported *about, struct bytes *content)
{
    struct bytes stored;

    if (!take_bytes(content, about->stored_size.value, &stored))
        return confused(live);
    return export_complain(live->job,
                           export_out_stored(live->job->out, (uint64_t)about->sequence.value, stored, live->job->why));
}

static enum exit_code put_records(struct live *live, const struct export_page *page, struct bytes content)
{
    enum exit_code code = EXIT_CODE_DONE;

    for (uint32_t i = 0; i < page->records.count && code == EXIT_CODE_DONE; i++) {
        const struct exported *about = &page->records.items[i];
        if ((uint64_t)about->sequence.value > live->last)
            break; /* stored since the export began */
        code = live->job->is_compact ? put_stored(live, about, &content) : put_line(live, about, &content);
    }
    return code;
}

static enum exit_code begin(struct live *live, const struct export_page *page)
{
    struct export_job *job = live->job;

    live->last = (uint64_t)page->last.value < job->selection.last ? (uint64_t)page->last.value : job->selection.last;
    live->is_begun = true;
    memcpy(live->broker_id, page->broker.data, BROKER_ID_SIZE);
    const enum status status = export_out_open(&job->out_settings, &job->out, job->why);
    if (status == STATUS_OK)
        export_out_name_broker(job->out, live->broker_id, page->is_test.value != 0);
    gauge_start(&live->gauge, "records", live->next, live->last);
    return export_complain(job, status);
}

/* A broker that was changed for another one under way would give a file of two journals. */
static enum exit_code judge_page(struct live *live, const struct export_page *page)
{
    if (!live->is_begun)
        return begin(live, page);
    if (memcmp(page->broker.data, live->broker_id, BROKER_ID_SIZE) == 0)
        return EXIT_CODE_DONE;
    complain("another broker answers now than the one the export began with");
    return EXIT_CODE_DAMAGE;
}

static enum exit_code take_page(struct live *live, const struct link_message *answer)
{
    const struct export_page *page = answer->body;
    size_t size = 0;
    enum exit_code code = judge_page(live, page);

    if (code == EXIT_CODE_DONE)
        code = join_content(live, answer, &size);
    if (code == EXIT_CODE_DONE)
        code = put_records(live, page, bytes_of(live->content, (uint32_t)size));
    if (code != EXIT_CODE_DONE)
        return code;
    if ((uint64_t)page->next.value <= live->next)
        return confused(live);
    live->next = (uint64_t)page->next.value;
    live->job->looked_at = live->next - 1 < live->last ? live->next - 1 : live->last;
    gauge_set(&live->gauge, live->job->looked_at);
    return EXIT_CODE_DONE;
}

/* ---- asking ---- */

static enum exit_code ask_page(struct live *live)
{
    const struct selection *selection = &live->job->selection;
    const struct ops_export body = {.first = number_of((int64_t)live->next),
                                    .last = {(int64_t)selection->last, selection->last <= INT64_MAX},
                                    .since = selection->since,
                                    .until = selection->until,
                                    .case_id = selection->case_id,
                                    .unit = selection->unit,
                                    .window = selection->window,
                                    .branch = selection->branch,
                                    .type = selection->type,
                                    .is_stored = {1, live->job->is_compact},
                                    .scope = live->job->scope,
                                    .is_present = true};
    const struct question question = {.type = MESSAGE_OPS_EXPORT, .body = &body, .answer = MESSAGE_EXPORT_PAGE};
    struct link_message answer;
    const enum exit_code code = session_ask(live->session, &question, &answer);

    return code == EXIT_CODE_DONE ? take_page(live, &answer) : code;
}

enum exit_code export_from_broker(struct export_job *job)
{
    struct live live = {.job = job, .next = job->selection.first};
    enum exit_code code = session_open(job->settings, &live.session);

    if (code != EXIT_CODE_DONE)
        return code;
    do {
        code = ask_page(&live);
        job->is_stopped = gauge_is_stopped() && live.next <= live.last;
    } while (code == EXIT_CODE_DONE && live.next <= live.last && !job->is_stopped);
    if (live.is_begun)
        gauge_end(&live.gauge);
    if (code == EXIT_CODE_DONE && !job->is_stopped)
        code = export_complain(job, export_out_finish(job->out, live.last, job->why));
    session_close(&live.session);
    free(live.content);
    return code;
}
