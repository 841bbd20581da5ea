#include "tests/shell/house.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

char folder[64];
char why[KEEPER_WHY_SIZE];

void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/onevisit-keeper-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    cr_assert_eq(system(command), 0);
}

struct keeper_settings keeper_settings_of_test(uint32_t checkpoint_records_max)
{
    return (struct keeper_settings){
        .journal = {.folder = folder, .make_new = true, .is_test = true},
        .core = {.lease_ms = 1000,
                 .lease_ms_max = 300000,
                 .doubt_attempts = 3,
                 .delivery_attempts_max = 20,
                 .feed_in_flight_max = 256,
                 .feed_retry_ms = 5000,
                 .silence_ms_max = 5000,
                 .title_timeout_ms = 10000,
                 .proof_pull_ms = 1800000,
                 .proof_pull_ms_max = 7200000,
                 .proof_pull_count_max = 5,
                 .archive_ms = 1000,
                 .queue_count_max = 1000,
                 .open_count_max = 1000},
        .checkpoint_records_max = checkpoint_records_max,
    };
}

struct keeper *open_keeper(uint32_t checkpoint_records_max)
{
    const struct keeper_settings settings = keeper_settings_of_test(checkpoint_records_max);
    struct keeper *keeper = NULL;

    cr_assert_eq(keeper_open(&settings, &keeper, why), STATUS_OK, "%s", why);
    return keeper;
}
