#include "broker/core/attempts.h"

#include <stddef.h>

#include "broker/core/table.h"

/* Where the row counts each class. */
static const size_t counts[FAILURE_COUNT] = {
    [FAILURE_TRANSIENT] = offsetof(struct case_row, failed_transient),
    [FAILURE_BUSY] = offsetof(struct case_row, failed_busy),
    [FAILURE_PERMANENT] = offsetof(struct case_row, failed_permanent),
    [FAILURE_POISON] = offsetof(struct case_row, failed_poison),
};

static int64_t failed_of(const struct case_row *row, int failure)
{
    return ((const struct number *)(const void *)((const char *)row + counts[failure]))->value;
}

static struct number *count_of(struct case_row *row, enum failure failure)
{
    return (struct number *)(void *)((char *)row + counts[failure]);
}

/* "silent" is no word of a window: whoever says it cannot be digested itself. */
static enum failure failure_meant(struct text word)
{
    enum failure failure = failure_of(word);
    return failure != FAILURE_COUNT ? failure : FAILURE_POISON;
}

void attempts_fail(struct case_file *file, uint32_t index, const struct delivery_failed *failed)
{
    struct case_row *row = &file->row;
    if (row->failed_number.value != (int64_t)index + 1)
        case_forget_failures(file);
    row->failed_number = number_of((int64_t)index + 1);
    enum failure failure = failure_meant(failed->class);
    struct number *count = count_of(row, failure);
    int64_t made = failed->is_returned.value != 0 && failed->attempts.is_present ? failed->attempts.value : 1;
    *count = number_of(count->value + made < UINT16_MAX ? count->value + made : UINT16_MAX);
    if (failed->is_returned.value != 0)
        row->is_returned = number_of(true);
    case_keep_text(&row->failed_class, text_of(failure_row(failure)->word));
    case_keep_text(&row->failed_cause, failed->cause);
}

bool attempts_are_spent(const struct case_file *file, uint32_t index)
{
    const struct case_row *row = &file->row;
    if (row->failed_number.value != (int64_t)index + 1)
        return false;
    for (int failure = 0; failure < FAILURE_COUNT; failure++)
        if (failed_of(row, failure) >= failure_row((enum failure)failure)->attempts_max)
            return true;
    return row->is_returned.value != 0;
}

int64_t attempts_failed(const struct case_file *file)
{
    int64_t count = 0;
    for (int failure = 0; failure < FAILURE_COUNT; failure++)
        count += failed_of(&file->row, failure);
    return count < UINT16_MAX ? count : UINT16_MAX;
}

int64_t attempts_wait_us(const struct case_file *file, struct number retry_ms)
{
    enum failure failure = failure_meant(file->row.failed_class);
    int64_t attempt = failed_of(&file->row, (int)failure);
    uint64_t spread = table_hash(bytes_of(file->case_id, CASE_ID_SIZE)) ^ (uint64_t)attempt;
    int64_t wait_ms = failure_wait_ms(failure, attempt, table_hash(bytes_of(&spread, sizeof spread)));
    return us_of_ms(retry_ms.is_present && retry_ms.value > wait_ms ? retry_ms.value : wait_ms);
}
