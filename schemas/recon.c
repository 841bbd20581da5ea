#include "schemas/recon.h"

#include "schemas/calendar.h"
#include "schemas/codes.h"

void recon_day_of(int64_t booked_at, char out[RECON_DAY_SIZE + 1])
{
    char time[24];
    memcpy(out, time_show(booked_at, time, sizeof time), RECON_DAY_SIZE);
    out[RECON_DAY_SIZE] = '\0';
}

struct number recon_amount_of(const struct case_booked *booked)
{
    return booked->amount.is_present ? booked->amount : booked->maximum_amount;
}

struct text recon_proof_of(struct text proof, char out[RECON_PROOF_SIZE_MAX])
{
    _Static_assert((int)RECON_PROOF_SIZE_MAX == (int)CERTIFICATE_NUMBER_SIZE_MAX, "room for the canonical form");
    return proof.data != NULL && certificate_number_normalise(proof, out) ? text_of(out) : proof;
}

static int text_compare(struct text a, struct text b)
{
    const uint32_t common = a.size < b.size ? a.size : b.size;
    const int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int names_compare(const struct text a[3], const struct text b[3])
{
    for (int i = 0; i < 3; i++) {
        const int order = text_compare(a[i], b[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

int recon_group_compare(const struct recon_group *a, const struct recon_group *b)
{
    const struct text left[] = {a->window, a->branch, a->kind};
    const struct text right[] = {b->window, b->branch, b->kind};
    return names_compare(left, right);
}

int recon_row_compare(const struct recon_row *a, const struct recon_row *b)
{
    const struct text left[] = {a->window, a->branch, a->kind};
    const struct text right[] = {b->window, b->branch, b->kind};
    const int order = names_compare(left, right);
    return order != 0 ? order : text_compare(a->case_id, b->case_id);
}

bool recon_row_is_of(const struct recon_row *row, const struct recon_group *group)
{
    return text_equal(row->window, group->window) && text_equal(row->branch, group->branch) &&
           text_equal(row->kind, group->kind);
}

/* The limit of recon_group.amount. */
static const int64_t AMOUNT_MAX = INT64_C(9007199254740991);

enum status recon_sum_add(struct recon_sum *sum, const struct recon_row *row, recon_digest *digest, void *context)
{
    uint8_t both[RECON_ROOT_SIZE + RECON_ROW_SIZE_MAX];
    struct recon_row told = *row;
    size_t size = 0;
    told.is_waiting = (struct number){0};
    memcpy(both, sum->root, RECON_ROOT_SIZE);
    enum status status = record_encode(&record_recon_row, &told, both + RECON_ROOT_SIZE, RECON_ROW_SIZE_MAX, &size);
    if (status != STATUS_OK)
        return status;
    if (!digest(bytes_of(both, RECON_ROOT_SIZE + size), sum->root, context))
        return STATUS_NO_MEMORY;
    sum->count++;
    sum->amount = row->amount.value > AMOUNT_MAX - sum->amount ? AMOUNT_MAX : sum->amount + row->amount.value;
    return STATUS_OK;
}

struct recon_group recon_group_of(const struct recon_row *row, const struct recon_sum *sum)
{
    return (struct recon_group){.window = row->window,
                                .branch = row->branch,
                                .kind = row->kind,
                                .count = number_of(sum->count),
                                .amount = number_of(sum->amount),
                                .root = bytes_of(sum->root, RECON_ROOT_SIZE),
                                .is_present = true};
}

bool recon_group_is_equal(const struct recon_group *a, const struct recon_group *b)
{
    return a->count.value == b->count.value && a->amount.value == b->amount.value && bytes_equal(a->root, b->root);
}
