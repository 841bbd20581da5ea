#include "broker/keep/filing.h"

#include <stdlib.h>
#include <string.h>

#include "broker/core/row.h"
#include "schemas/echo.h"
#include "schemas/envelope.h"

/* An application and nine rounds of supplements, each at most a message. */
enum { FILING_ARENA_SIZE = 4 << 20, FILING_SUPPLEMENT_COUNT_MAX = 16 };

struct filing {
    struct journal_reader *reader;
    struct arena arena;
    struct problems problems;
    const struct case_submit *application;
    const struct supplement_submit *supplements[FILING_SUPPLEMENT_COUNT_MAX];
    uint32_t supplement_count;
    uint64_t unread;
};

enum status filing_new(struct journal *journal, struct filing **out)
{
    struct filing *filing = calloc(1, sizeof *filing);

    *out = filing;
    if (filing == NULL)
        return STATUS_NO_MEMORY;
    filing->arena = arena_over(malloc(FILING_ARENA_SIZE), FILING_ARENA_SIZE);
    if (filing->arena.memory == NULL)
        return STATUS_NO_MEMORY;
    return journal_reader_new(journal, &filing->reader);
}

void filing_free(struct filing **filing)
{
    if (*filing == NULL)
        return;
    journal_reader_free(&(*filing)->reader);
    free((*filing)->arena.memory);
    free(*filing);
    *filing = NULL;
}

/* The body decoded, in the arena together with its bytes; NULL when it does not fit or cannot be read. */
static const void *keep_body(struct filing *filing, const struct record *record, struct bytes body)
{
    uint8_t *copy = body.data != NULL ? arena_take(&filing->arena, body.size) : NULL;
    void *out = copy != NULL ? arena_take(&filing->arena, record->struct_size) : NULL;

    if (out == NULL)
        return NULL;
    memcpy(copy, body.data, body.size);
    filing->problems.count = 0;
    return record_decode(record, bytes_of(copy, body.size), &filing->arena, out, &filing->problems) == STATUS_OK ? out
                                                                                                                 : NULL;
}

static bool keep_filing(struct filing *filing, enum message_type type, struct bytes body)
{
    if (type == MESSAGE_CASE_SUBMIT) {
        filing->application = keep_body(filing, &record_case_submit, body);
        return filing->application != NULL;
    }
    if (type != MESSAGE_SUPPLEMENT_SUBMIT)
        return true; /* a withdrawal or a CERT_ACK files nothing */
    const struct supplement_submit *supplement = keep_body(filing, &record_supplement_submit, body);
    if (supplement == NULL || filing->supplement_count == FILING_SUPPLEMENT_COUNT_MAX)
        return false;
    filing->supplements[filing->supplement_count++] = supplement;
    return true;
}

static enum status read_filing(struct filing *filing, uint64_t sequence, char *why)
{
    struct journal_entry entry;
    struct envelope envelope;
    enum message_type type;
    enum status status = journal_read(filing->reader, sequence, &entry, why);

    if (status != STATUS_OK)
        return status;
    filing->problems.count = 0;
    status = envelope_judge(entry.envelope, &filing->arena, &envelope, &type, &filing->problems);
    if (status == STATUS_OK && !keep_filing(filing, type, entry.body))
        status = STATUS_NOT_FOUND;
    return status;
}

static enum status filing_compare(struct filing *filing, const struct case_row *row, const struct case_booked *booked,
                                  struct echo *out, char *why)
{
    arena_reset(&filing->arena);
    filing->application = NULL;
    filing->supplement_count = 0;
    for (uint32_t i = 0; i < row->deliveries.count; i++) {
        filing->unread = (uint64_t)row->deliveries.items[i].sequence.value;
        const enum status status = read_filing(filing, filing->unread, why);
        if (status != STATUS_OK)
            return status;
    }
    if (filing->application == NULL)
        return STATUS_NOT_FOUND;
    const struct echo_filed filed = {filing->application, filing->supplements, filing->supplement_count};
    echo_compare(&filed, booked, out);
    return STATUS_OK;
}

/* Is the booking compared at all: does it come from the case's window, for the first time, and is nothing journaled
 * of a filing that cannot be read? */
static const struct case_row *row_to_compare(const struct core *core, const struct event *event)
{
    const struct case_row *row = core_case(core, event->envelope->case_id);

    if (row == NULL || (row->flags.value & CASE_ECHO_UNKNOWN) != 0 || !text_equal(row->window, event->participant))
        return NULL;
    if (!event->is_replay && core_knows(core, event->participant, event->envelope->message_id.data))
        return NULL;
    return row;
}

enum status filing_judge(struct filing *filing, const struct core *core, struct event *event, uint64_t *unread,
                         char *why)
{
    const struct case_row *row = row_to_compare(core, event);
    struct echo echo = {.count = 0};

    event->booked_differs = event->rank_differs = false;
    *unread = 0;
    if (row == NULL)
        return STATUS_OK;
    const enum status status = filing_compare(filing, row, event->body, &echo, why);
    if (status == STATUS_NOT_FOUND)
        *unread = filing->unread;
    if (status == STATUS_OK)
        event->booked_differs = echo.count > 0;
    for (uint32_t i = 0; i < echo.count; i++)
        event->rank_differs |= strcmp(echo.items[i].path, "sw") == 0;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status filing_lacks(struct filing *filing, uint64_t asked, const struct supplement_submit *answer,
                         struct problems *out, char *why)
{
    struct journal_entry entry;
    const enum status status = journal_read(filing->reader, asked, &entry, why);

    if (status != STATUS_OK)
        return status;
    arena_reset(&filing->arena);
    const struct supplement_req *request = keep_body(filing, &record_supplement_req, entry.body);
    if (request == NULL)
        return STATUS_NOT_FOUND;
    supplement_check(request, answer, out);
    return STATUS_OK;
}
