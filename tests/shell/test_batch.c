#include <criterion/criterion.h>

#include "broker/batch.h"

/* When a batch ends because of who is in it. */

#define FLOOD "B:105451099995"
#define QUIET "B:105452099997"

static bool is_over_after(struct batch *batch, struct batch_part *flood, uint32_t count, const char *other)
{
    struct batch_part quiet = {0};
    batch_begin(batch);
    for (uint32_t i = 0; i < count; i++)
        batch_note(batch, text_of(FLOOD), flood, true);
    if (other != NULL)
        batch_note(batch, text_of(other), &quiet, false);
    return batch_is_over(batch);
}

Test(batch, is_over_when_one_branch_has_begun_its_share_and_another_peer_waits)
{
    struct batch batch = {0};
    struct batch_part flood = {0};
    cr_expect(is_over_after(&batch, &flood, BATCH_SHARE_MAX, QUIET));
}

Test(batch, goes_on_while_a_flood_is_alone)
{
    struct batch batch = {0};
    struct batch_part flood = {0};
    cr_expect_not(is_over_after(&batch, &flood, 10 * BATCH_SHARE_MAX, NULL));
}

Test(batch, goes_on_while_nobody_has_begun_its_share)
{
    struct batch batch = {0};
    struct batch_part flood = {0};
    cr_expect_not(is_over_after(&batch, &flood, BATCH_SHARE_MAX - 1, QUIET));
    cr_expect_not(is_over_after(&batch, &flood, BATCH_SHARE_MAX - 1, QUIET), "each batch counts anew");
}
