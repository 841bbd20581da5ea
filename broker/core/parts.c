#include "broker/core/parts.h"

#include "broker/core/feed.h"
#include "schemas/kind.h"

static const int64_t DAY_US = INT64_C(86400000000);

static bool ends_a_mortgage(const struct case_submit *application)
{
    const struct kind *kind = kind_find(application->kind);
    return kind != NULL && words_hold(kind->parts, text_of("cancellation"));
}

/* "B:" and the bank number; false where that is no branch. */
static bool branch_of_bank(struct text cnaps, char out[PARTICIPANT_SIZE_MAX + 1])
{
    if (cnaps.data == NULL || cnaps.size + 2 > PARTICIPANT_SIZE_MAX)
        return false;
    memcpy(out, "B:", 2);
    memcpy(out + 2, cnaps.data, cnaps.size);
    out[2 + cnaps.size] = '\0';
    return rule_holds(RULE_PARTICIPANT, text_of(out));
}

enum status parts_judge(struct turn *turn, const struct case_submit *application)
{
    char branch[PARTICIPANT_SIZE_MAX + 1];
    if (!ends_a_mortgage(application))
        return STATUS_OK;
    if (application->ended_proof.data == NULL)
        turn->path = "bdcdjzmh";
    else if (!branch_of_bank(application->old_mortgagee.cnaps, branch))
        turn->path = "old_mortgagee/cnaps";
    else
        return STATUS_OK;
    return STATUS_BAD_BODY;
}

static struct number wait_ends(const struct case_file *file)
{
    return number_of(file->row.submitted_at.value + PART_WAIT_DAYS_MAX * DAY_US);
}

bool parts_ask(struct turn *turn, struct case_file *file, const struct case_submit *application)
{
    char branch[PARTICIPANT_SIZE_MAX + 1];
    if (!ends_a_mortgage(application) || application->ended_proof.data == NULL ||
        !branch_of_bank(application->old_mortgagee.cnaps, branch))
        return false;
    case_keep_text(&file->row.old_mortgagee, text_of(branch));
    if (!file->row.expires_at.is_present)
        file->row.expires_at = wait_ends(file);
    feed_tell(turn, core_branch(turn->core, text_of(branch)), file, "PART_ASKED", file->row.ended_proof);
    return true;
}

void parts_agree(struct case_file *file)
{
    file->row.is_confirmed = number_of(true);
    if (file->row.expires_at.value == wait_ends(file).value)
        file->row.expires_at = (struct number){0};
}

static const char *parts_news(const struct turn *turn, const struct case_file *file)
{
    if (file->row.booked_sequence.is_present)
        return file->row.booked_sequence.value == (int64_t)turn->event->sequence ? "PART_BOOKED" : NULL;
    bool ends_now = file->is_open && !lifecycle_is_open(file->base);
    return ends_now && turn->event->message != MESSAGE_PART_CONFIRM ? "PART_ENDED" : NULL;
}

void parts_tell(struct turn *turn, struct case_file *file)
{
    if (file->row.old_mortgagee.data == NULL || text_equal(file->row.old_mortgagee, file->row.branch))
        return;
    const char *news = parts_news(turn, file);
    if (news != NULL)
        feed_tell(turn, core_branch(turn->core, file->row.old_mortgagee), file, news, file->row.ended_proof);
}

bool parts_are_awaited(const struct case_row *row)
{
    return row->old_mortgagee.data != NULL && row->is_confirmed.value == 0 && text_is(row->state, "SUBMITTED");
}
