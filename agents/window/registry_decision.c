#include "agents/window/registry_decision.h"

enum { WHOLE = 10000 };

/* FNV-1a over the case id, then the finalizer of splitmix64. */
static uint64_t mix(uint64_t seed, struct text text)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ seed;
    for (uint32_t i = 0; i < text.size; i++)
        hash = (hash ^ (uint8_t)text.data[i]) * UINT64_C(1099511628211);
    hash ^= hash >> 30;
    hash *= UINT64_C(0xbf58476d1ce4e5b9);
    hash ^= hash >> 27;
    hash *= UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

enum decision registry_decide(const struct registry_settings *settings, struct text case_id)
{
    uint64_t hash = mix(settings->seed, case_id);
    uint64_t place = hash % WHOLE;
    if (place < settings->not_accepted)
        return DECISION_NOT_ACCEPTED;
    place -= settings->not_accepted;
    if (place < settings->refuse)
        return DECISION_REFUSE;
    place -= settings->refuse;
    if (place < settings->supplement)
        return hash >> 63 ? DECISION_SUPPLEMENT_POST : DECISION_SUPPLEMENT_PRE;
    return DECISION_PASS;
}

bool registry_asks_citizen(const struct registry_settings *settings, struct text case_id)
{
    return mix(~settings->seed, case_id) % DECISION_CITIZEN_OF == 0;
}

bool registry_tells_fee(const struct registry_settings *settings, struct text case_id)
{
    static const uint64_t fee_salt = UINT64_C(0x9e3779b97f4a7c15); /* apart from the other decisions */
    return mix(settings->seed ^ fee_salt, case_id) % WHOLE < settings->fee;
}

enum failure registry_fails(const struct registry_settings *settings, const struct adapter_task *task)
{
    static const uint64_t failure_salt = UINT64_C(0xd1b54a32d192ed03); /* apart from the other decisions */
    static const int64_t failed_max[FAILURE_COUNT] = {
        [FAILURE_TRANSIENT] = 2, [FAILURE_BUSY] = 1, [FAILURE_PERMANENT] = INT64_MAX, [FAILURE_POISON] = INT64_MAX};
    uint64_t place = mix(settings->seed ^ failure_salt, task->case_id) % WHOLE;
    if (!text_is(task->origin_type, "CASE_SUBMIT"))
        return FAILURE_COUNT;
    for (int failure = 0; failure < FAILURE_COUNT; failure++) {
        if (place < settings->failed[failure])
            return task->failed < failed_max[failure] ? (enum failure)failure : FAILURE_COUNT;
        place -= settings->failed[failure];
    }
    return FAILURE_COUNT;
}
