#include "agents/branch/booked.h"

#include <stdlib.h>

#include "agents/branch/outbox.h"

/* An application and nine rounds of supplements, each at most a message. */
enum { BOOKED_ARENA_SIZE = 4 << 20, SUPPLEMENT_COUNT_MAX = 16 };

struct filing {
    struct arena arena;
    struct problems problems;
    const struct case_submit *application;
    const struct supplement_submit *supplements[SUPPLEMENT_COUNT_MAX];
    uint32_t supplement_count;
};

/* Decoded, in the arena together with its bytes: a row's body goes with the next row. */
static const void *keep_body(struct filing *filing, const struct record *record, struct bytes body)
{
    uint8_t *copy = arena_take(&filing->arena, body.size);
    void *out = copy ? arena_take(&filing->arena, record->struct_size) : NULL;
    if (!out)
        return NULL;
    memcpy(copy, body.data, body.size);
    filing->problems.count = 0;
    enum status status = record_decode(record, bytes_of(copy, body.size), &filing->arena, out, &filing->problems);
    return status == STATUS_OK ? out : NULL;
}

static enum status keep_row(struct filing *filing, const struct outbox_row *row)
{
    if (row->state == OUTBOX_REJECTED)
        return STATUS_OK;
    if (row->type == MESSAGE_CASE_SUBMIT) {
        filing->application = keep_body(filing, &record_case_submit, row->body);
        return filing->application ? STATUS_OK : STATUS_BAD_BODY;
    }
    if (row->type != MESSAGE_SUPPLEMENT_SUBMIT)
        return STATUS_OK;
    const struct supplement_submit *supplement = keep_body(filing, &record_supplement_submit, row->body);
    if (!supplement || filing->supplement_count == SUPPLEMENT_COUNT_MAX)
        return STATUS_BAD_BODY;
    filing->supplements[filing->supplement_count++] = supplement;
    return STATUS_OK;
}

static enum status read_filing(struct book *book, struct text case_id, struct filing *filing)
{
    struct outbox_row row = {0};
    enum status status = outbox_case_next(book, case_id, 0, &row);
    while (status == STATUS_OK) {
        status = keep_row(filing, &row);
        if (status == STATUS_OK)
            status = outbox_case_next(book, case_id, row.id, &row);
    }
    outbox_row_fini(&row);
    if (status != STATUS_NOT_FOUND)
        return status;
    return filing->application ? STATUS_OK : STATUS_NOT_FOUND;
}

enum status booked_compare(struct book *book, const struct event_row *booked, struct echo *out)
{
    struct filing *filing = calloc(1, sizeof *filing);
    void *memory = malloc(BOOKED_ARENA_SIZE);
    enum status status = filing && memory ? STATUS_OK : STATUS_NO_MEMORY;
    *out = (struct echo){.count = 0};
    if (status != STATUS_OK)
        goto done;
    filing->arena = arena_over(memory, BOOKED_ARENA_SIZE);
    const struct case_booked *body = keep_body(filing, &record_case_booked, booked->body);
    status = body ? read_filing(book, booked->case_id, filing) : STATUS_BAD_BODY;
    if (status != STATUS_OK)
        goto done;
    const struct echo_filed filed = {filing->application, filing->supplements, filing->supplement_count};
    echo_compare(&filed, body, out);
done:
    free(memory);
    free(filing);
    return status;
}
