#include "broker/directory.h"

#include <stdio.h>
#include <stdlib.h>

#include "broker/log.h"
#include "broker/store/directory_file.h"

static int64_t count_revoked(const struct fact_directory *directory)
{
    int64_t count = 0;
    for (uint32_t i = 0; i < directory->rows.count; i++)
        if (directory->rows.items[i].revoked_at.is_present)
            count++;
    return count;
}

static bool is_in_force(const struct meta_row *meta, const struct fact_directory *directory)
{
    return meta->directory_digest.data != NULL && bytes_equal(meta->directory_digest, directory->digest);
}

enum status directory_judge(const char *path, char *why)
{
    void *memory = malloc(DIRECTORY_ARENA_SIZE);
    struct arena arena = arena_over(memory, DIRECTORY_ARENA_SIZE);
    struct fact_directory directory;
    const enum status status = memory != NULL ? directory_file_read(path, &arena, &directory, why) : STATUS_NO_MEMORY;

    free(memory);
    return status;
}

enum status directory_load(struct keeper *keeper, const char *path, int64_t now_us, struct effects *effects,
                           struct directory_result *out, char *why)
{
    void *memory = malloc(DIRECTORY_ARENA_SIZE);
    struct arena arena = arena_over(memory, DIRECTORY_ARENA_SIZE);
    struct fact_directory directory;

    enum status status = memory != NULL ? directory_file_read(path, &arena, &directory, why) : STATUS_NO_MEMORY;
    if (status != STATUS_OK)
        goto done;
    *out = (struct directory_result){.participants = number_of(directory.rows.count),
                                     .revoked = number_of(count_revoked(&directory)),
                                     .has_changed = number_of(!is_in_force(core_meta(keeper_core(keeper)), &directory)),
                                     .is_present = true};
    if (out->has_changed.value != 0)
        status = keeper_step_fact(keeper, MESSAGE_FACT_DIRECTORY, "", &directory, now_us, effects, why);
    if (status != STATUS_OK)
        goto done;
    out->sequence = number_of(core_meta(keeper_core(keeper))->directory_sequence.value);
    log_line(LOG_INFO, "directory", "participants=%lld revoked=%lld changed=%lld seq=%lld",
             (long long)out->participants.value, (long long)out->revoked.value, (long long)out->has_changed.value,
             (long long)out->sequence.value);
done:
    free(memory);
    return status;
}
