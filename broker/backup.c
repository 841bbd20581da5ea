#include "broker/backup.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "broker/log.h"
#include "broker/store/small_file.h"

enum status backup_init(struct backup *backup, struct keeper *keeper, const char *data_folder, char *why)
{
    char absolute[PATH_MAX];

    *backup = (struct backup){.keeper = keeper};
    /* An operator's tool may stand in another folder than we do. */
    const bool is_absolute = realpath(data_folder, absolute) != NULL;
    const enum status status = small_file_path(backup->folder, is_absolute ? absolute : data_folder, "snapshot", why);
    return status == STATUS_OK ? folder_remove(backup->folder, why) : status;
}

enum status backup_snapshot(struct backup *backup, const struct ops_snapshot *asked, int64_t now_us,
                            struct snapshot *out, char *why)
{
    struct journal *journal = keeper_journal(backup->keeper);
    const struct number newest = core_meta(keeper_core(backup->keeper))->backup_asked;

    if (!newest.is_present || newest.value != asked->backup.value)
        return STATUS_STALE;
    enum status status = folder_remove(backup->folder, why);
    if (status == STATUS_OK)
        status = keeper_checkpoint(backup->keeper, true, why);
    if (status == STATUS_OK)
        status = journal_snapshot(journal, backup->folder, why);
    if (status != STATUS_OK)
        return status;
    memcpy(backup->broker_id, journal_broker_id(journal), BROKER_ID_SIZE);
    memcpy(backup->chain, journal_last_chain(journal), CHAIN_SIZE);
    *out = (struct snapshot){.folder = text_of(backup->folder),
                             .sequence = number_of((int64_t)journal_last_sequence(journal)),
                             .chain = bytes_of(backup->chain, CHAIN_SIZE),
                             .time = number_of(now_us),
                             .broker = bytes_of(backup->broker_id, BROKER_ID_SIZE),
                             .is_test = number_of(journal_is_test(journal)),
                             .is_present = true};
    log_line(LOG_INFO, "snapshot", "backup=%lld seq=%llu", (long long)asked->backup.value,
             (unsigned long long)journal_last_sequence(journal));
    return STATUS_OK;
}

void backup_end(struct backup *backup, const struct ops_backup_done *done)
{
    char why[KEEPER_WHY_SIZE];

    if (core_meta(keeper_core(backup->keeper))->backup_asked.value != done->backup.value)
        return;
    if (folder_remove(backup->folder, why) != STATUS_OK)
        log_line(LOG_WARNING, "snapshot-left", "%s; the next start removes it", why);
}
