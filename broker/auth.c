#include "broker/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/log.h"

struct auth {
    const struct core *core; /* borrowed */
    struct auth_refusal refusals[AUTH_REFUSAL_COUNT_MAX];
    uint32_t refusal_count;
};

enum status auth_new(const struct core *core, struct auth **out)
{
    struct auth *auth = calloc(1, sizeof *auth);

    *out = auth;
    if (auth == NULL)
        return STATUS_NO_MEMORY;
    auth->core = core;
    return STATUS_OK;
}

void auth_free(struct auth **auth)
{
    free(*auth);
    *auth = NULL;
}

enum status auth_judge(const struct auth *auth, struct text key, struct text *participant)
{
    const struct directory_row *row = core_participant_of_key(auth->core, key);

    *participant = (struct text){NULL, 0};
    if (row == NULL)
        return STATUS_UNKNOWN_KEY;
    *participant = row->participant;
    return row->revoked_at.is_present ? STATUS_REVOKED_KEY : STATUS_OK;
}

int64_t auth_valid_until(const struct auth *auth, struct text key)
{
    const struct directory_row *row = core_participant_of_key(auth->core, key);

    return row != NULL && row->valid_until.is_present ? row->valid_until.value : INT64_MAX;
}

static struct auth_refusal *refusal_of(struct auth *auth, struct text key, enum status status)
{
    struct auth_refusal *oldest = &auth->refusals[0];

    for (uint32_t i = 0; i < auth->refusal_count; i++) {
        struct auth_refusal *refusal = &auth->refusals[i];
        if (refusal->status == status && text_is(key, refusal->key))
            return refusal;
        if (refusal->last_us < oldest->last_us)
            oldest = refusal;
    }
    if (auth->refusal_count < AUTH_REFUSAL_COUNT_MAX)
        oldest = &auth->refusals[auth->refusal_count++];
    memset(oldest, 0, sizeof *oldest);
    snprintf(oldest->key, sizeof oldest->key, "%.*s", TEXT_ARGS(key));
    oldest->status = status;
    return oldest;
}

static bool is_power_of_ten(int64_t count)
{
    while (count % 10 == 0)
        count /= 10;
    return count == 1;
}

void auth_refuse(struct auth *auth, struct text participant, struct text key, const char *address, enum status status,
                 int64_t now_us)
{
    struct auth_refusal *refusal = refusal_of(auth, key, status);

    snprintf(refusal->participant, sizeof refusal->participant, "%.*s", TEXT_ARGS(participant));
    snprintf(refusal->address, sizeof refusal->address, "%s", address);
    refusal->last_us = now_us;
    refusal->count++;
    if (is_power_of_ten(refusal->count))
        log_line(LOG_WARNING, "refused", "code=%s participant=%s key=%s address=%s count=%lld why=\"%s\"",
                 status_code(status), refusal->participant[0] != '\0' ? refusal->participant : "?", refusal->key,
                 address, (long long)refusal->count, status_english(status));
}

uint32_t auth_refusals(const struct auth *auth, const struct auth_refusal **out)
{
    *out = auth->refusals;
    return auth->refusal_count;
}
