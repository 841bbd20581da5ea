#include "broker/core/attempts.h"

#include "broker/core/table.h"

static int64_t failed_of(const struct case_row *row, enum failure failure)
{
    switch (failure) {
    case FAILURE_TRANSIENT:
        return row->failed_transient.value;
    case FAILURE_BUSY:
        return row->failed_busy.value;
    case FAILURE_PERMANENT:
        return row->failed_permanent.value;
    case FAILURE_POISON:
    case FAILURE_COUNT: /* "silent" is no word of a window: whoever says it cannot be digested itself */
        break;
    }
    return row->failed_poison.value;
}

static struct number *count_of(struct case_row *row, enum failure failure)
{
    switch (failure) {
    case FAILURE_TRANSIENT:
        return &row->failed_transient;
    case FAILURE_BUSY:
        return &row->failed_busy;
    case FAILURE_PERMANENT:
        return &row->failed_permanent;
    case FAILURE_POISON:
    case FAILURE_COUNT:
        break;
    }
    return &row->failed_poison;
}

void attempts_fail(struct case_file *file, uint32_t index, const struct delivery_failed *failed)
{
    struct case_row *row = &file->row;
    if (row->failed_number.value != (int64_t)index + 1)
        case_forget_failures(file);
    row->failed_number = number_of((int64_t)index + 1);
    struct number *count = count_of(row, failure_of(failed->class));
    int64_t made = failed->is_returned.value != 0 && failed->attempts.is_present ? failed->attempts.value : 1;
    *count = number_of(count->value + made < UINT16_MAX ? count->value + made : UINT16_MAX);
    if (failed->is_returned.value != 0)
        row->is_returned = number_of(true);
    case_keep_text(&row->failed_class, failed->class);
    case_keep_text(&row->failed_cause, failed->cause);
}

bool attempts_are_spent(const struct case_file *file, uint32_t index)
{
    const struct case_row *row = &file->row;
    if (row->failed_number.value != (int64_t)index + 1)
        return false;
    for (int failure = 0; failure < FAILURE_COUNT; failure++)
        if (failed_of(row, (enum failure)failure) >= failure_row((enum failure)failure)->attempts_max)
            return true;
    return row->is_returned.value != 0;
}

int64_t attempts_failed(const struct case_file *file)
{
    int64_t count = 0;
    for (int failure = 0; failure < FAILURE_COUNT; failure++)
        count += failed_of(&file->row, (enum failure)failure);
    return count < UINT16_MAX ? count : UINT16_MAX;
}

int64_t attempts_wait_us(const struct case_file *file, struct number retry_ms)
{
    enum failure failure = failure_of(file->row.failed_class);
    if (failure == FAILURE_COUNT)
        failure = FAILURE_POISON;
    int64_t attempt = failed_of(&file->row, failure);
    uint64_t spread = table_hash(bytes_of(file->case_id, CASE_ID_SIZE)) ^ (uint64_t)attempt;
    int64_t wait_ms = failure_wait_ms(failure, attempt, table_hash(bytes_of(&spread, sizeof spread)));
    return us_of_ms(retry_ms.is_present && retry_ms.value > wait_ms ? retry_ms.value : wait_ms);
}
