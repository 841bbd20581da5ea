#include "broker/open_files.h"

#include <inttypes.h>
#include <sys/resource.h>

#include "broker/log.h"

uint64_t open_files_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    const struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

/* While one rotates its connection the old one may stand beside the new. */
uint64_t open_files_wanted(int64_t participant_count)
{
    return OPEN_FILES_OWN + 2 * (uint64_t)participant_count;
}

void open_files_warn(uint64_t limit, int64_t participant_count)
{
    if (limit >= open_files_wanted(participant_count))
        return;
    log_line(LOG_WARNING, "few-files",
             "limit=%" PRIu64 " wanted=%" PRIu64 " for %" PRId64
             " participants: raise LimitNOFILE of the unit, or ulimit -n",
             limit, open_files_wanted(participant_count), participant_count);
}
