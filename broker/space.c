#include "broker/space.h"

#include <sys/statvfs.h>

bool space_free(const char *folder, int64_t *out)
{
    struct statvfs about;

    if (statvfs(folder, &about) != 0)
        return false;
    *out = (int64_t)about.f_bavail * (int64_t)about.f_frsize;
    return true;
}
