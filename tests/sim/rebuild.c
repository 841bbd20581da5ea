#include <stdio.h>

#include "broker/keep/keeper.h"
#include "tests/sim/world.h"

/* Rows are a function of the journal alone: not of how many records one portion of them covers, not of where the
 * broker was stopped and read its rows again, not of what stayed in memory meanwhile. */

enum { ALL_RECORDS = 1 << 30 };

/* Another size than that of the run. */
static uint32_t portion_of_rows(void)
{
    const uint32_t before = (uint32_t)world->settings.checkpoint_records_max;

    switch (random_below(&world->random, 3)) {
    case 0:
        return 1;
    case 1:
        return before + 1 + random_below(&world->random, 500);
    default:
        return ALL_RECORDS;
    }
}

static enum status make_rows(struct disk *disk, uint32_t portion, char *why)
{
    struct keeper_settings settings = server_keeper_settings(&world->settings);
    struct keeper *keeper = NULL;

    settings.checkpoint_records_max = portion;
    disk_insert(disk);
    enum status status = keeper_open(&settings, &keeper, why);
    if (status == STATUS_OK)
        status = keeper_checkpoint(keeper, true, why);
    keeper_close(&keeper, false);
    return status;
}

/* It dies once at one of its portions and goes on with the rows it has. */
static enum status make_rows_with_a_stop(struct disk *disk, uint32_t portion, char *why)
{
    disk->loses_tail = true;
    disk->effects_left = 1 + random_below(&world->random, disk->record_count / portion + 2);
    const enum status status = make_rows(disk, portion, why);
    if (!disk->is_dead)
        return status;
    disk_crash(disk);
    disk_revive(disk);
    return make_rows(disk, portion, why);
}

void rebuild_judge(const struct disk *kept)
{
    char why[KEEPER_WHY_SIZE];
    struct disk again;
    const uint32_t portion = portion_of_rows();
    const bool has_stop = random_once_in(&world->random, 2);

    disk_copy_journal(kept, &again);
    const enum status status = has_stop ? make_rows_with_a_stop(&again, portion, why) : make_rows(&again, portion, why);
    if (status != STATUS_OK)
        oracle_fails(&world->oracle, "", "P9: the journal cannot be stepped again: %s", why);
    disk_insert(&world->disk);
    if (status == STATUS_OK && !disk_rows_equal(kept, &again, why, sizeof why))
        oracle_fails(&world->oracle, "", "P9: made anew from the journal in portions of %u records, %s", portion, why);
    disk_fini(&again);
}
