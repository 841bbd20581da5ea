#include "schemas/status.h"

#include <assert.h>
#include <string.h>

struct status_row {
    const char *code;
    const char *english;
    const char *chinese;
    bool may_retry;
};

#define ERROR(name, code, retry, english, chinese) [STATUS_##name] = {code, english, chinese, retry},
static const struct status_row status_rows[STATUS_COUNT] = {
#include "schemas/errors.def"
};
#undef ERROR

static const struct status_row *status_row(enum status status)
{
    assert((unsigned)status < STATUS_COUNT);
    return &status_rows[status];
}

const char *status_code(enum status status)
{
    return status_row(status)->code;
}

const char *status_english(enum status status)
{
    return status_row(status)->english;
}

const char *status_chinese(enum status status)
{
    return status_row(status)->chinese;
}

bool status_may_retry(enum status status)
{
    return status_row(status)->may_retry;
}

enum status status_of_code(const char *code, unsigned size)
{
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        if (strlen(status_rows[i].code) == size && memcmp(status_rows[i].code, code, size) == 0)
            return (enum status)i;
    }
    return STATUS_COUNT;
}
