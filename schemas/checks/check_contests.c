#include "schemas/checks/counter.h"

/* A contest says why a warning does not hold, so it must name one that stands;
 * an error is corrected, not contested. */

static bool names(const struct contest *contest, const struct found *found)
{
    return text_is(contest->finding, finding_row(found->name)->id) &&
           (!contest->path.data || text_is(contest->path, found->path));
}

/* What only the registry's answer shows cannot be judged by who has no broker. */
static bool is_judged_elsewhere(const struct counter *counter, const struct contest *contest)
{
    return contest->finding.data && contest->finding.data[0] == 'Q' && counter->input->now_us == 0;
}

static void check_contest(struct counter *counter, uint32_t index, uint32_t found_count)
{
    const struct contest *contest = &counter->application->contests.items[index];
    struct path path = path_of("contest/%u", index);
    bool is_error = false;
    if (!contest->finding.data || is_judged_elsewhere(counter, contest))
        return;
    for (uint32_t each = 0; each < found_count; each++) {
        const struct found *found = &counter->out->items[each];
        if (names(contest, found) && finding_row(found->name)->level[0] == 'W')
            return;
        is_error = is_error || names(contest, found);
    }
    counter_add(counter, is_error ? FINDING_F02_CONTEST_ERROR : FINDING_F02_CONTEST_NOTHING, path.text);
}

void check_contests(struct counter *counter)
{
    uint32_t found_count = counter->out->count;
    for (uint32_t index = 0; index < counter->application->contests.count; index++)
        check_contest(counter, index, found_count);
}
