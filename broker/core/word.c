#include "broker/core/word.h"

#include "broker/core/course.h"
#include "broker/core/index.h"

bool word_counts(enum lifecycle_outcome outcome)
{
    return outcome != OUTCOME_NOTHING && outcome != OUTCOME_CONTRADICTION;
}

void word_contradict(struct turn *turn)
{
    case_flag(turn->file, CASE_CONTRADICTION);
    turn->contradicts = true;
}

void word_differ(struct turn *turn)
{
    case_flag(turn->file, CASE_ECHO_DIFF);
    turn->differs = true;
}

struct text word_number(enum message_type type, const void *body)
{
    if (type == MESSAGE_CASE_ACCEPTED)
        return ((const struct case_accepted *)body)->number;
    if (type == MESSAGE_CASE_BOOKED)
        return ((const struct case_booked *)body)->number;
    if (type == MESSAGE_CERT_ISSUED)
        return ((const struct cert_issued *)body)->number;
    return (struct text){0};
}

/* One 业务号 is one case of the window, and one case has one. */
static bool number_fits(struct core *core, const struct case_file *file, struct text number)
{
    if (number.data == NULL)
        return true;
    if (file->row.number.data != NULL)
        return text_equal(file->row.number, number);
    struct row_key key = row_key_number(file->row.window, number);
    return core_small(core, &key).data == NULL;
}

static void number_keep(struct core *core, struct case_file *file, struct text number)
{
    if (number.data == NULL || file->row.number.data != NULL)
        return;
    case_set_number(file, number);
    struct row_key key = row_key_number(file->row.window, number);
    struct number_row row = {.case_id = file->row.case_id, .is_present = true};
    core_put(core, &key, &record_number_row, &row);
    index_put(core, file, INDEX_NUMBER, key_of_text(number));
}

static bool word_can_be(struct turn *turn, const struct word *word)
{
    const struct case_file *file = turn->file;
    bool is_again = lifecycle_event(word->event)->is_once && case_has_applied(file, word->event);
    return file->row.is_dispatched.value != 0 && !word->is_impossible && !is_again &&
           number_fits(turn->core, file, word->number);
}

static enum lifecycle_outcome word_apply(struct turn *turn, const struct word *word)
{
    struct case_file *file = turn->file;
    if (!word_can_be(turn, word)) {
        case_flag(file, CASE_CONTRADICTION);
        return OUTCOME_CONTRADICTION;
    }
    if (word->is_late) {
        case_flag(file, CASE_OUT_OF_ORDER);
        return OUTCOME_LATE;
    }
    return word->is_part ? OUTCOME_STAY : course_apply(turn, file, word->event);
}

/* A proof or a correction was kept for a booking, and the case ends without one. */
static bool is_orphaned(const struct case_file *file)
{
    return !lifecycle_is_open(file->base) && !file->row.booked_at.is_present &&
           (case_has_applied(file, LIFE_CERT_ISSUED) || case_has_applied(file, LIFE_CORRECTION));
}

enum lifecycle_outcome word_take(struct turn *turn, const struct word *word)
{
    struct case_file *file = turn->file;
    if (case_has_heard(file, word->event, turn->event->digest)) {
        turn->is_repeat = true;
        return OUTCOME_NOTHING;
    }
    enum lifecycle_outcome outcome = word_apply(turn, word);
    case_hear(file, word->event, turn->event->digest, outcome != OUTCOME_CONTRADICTION);
    if (outcome == OUTCOME_CONTRADICTION) {
        turn->told = TOLD_FACT;
        turn->fact = "CONTRADICTION";
        return outcome;
    }
    turn->told = TOLD_MESSAGE;
    number_keep(turn->core, file, word->number);
    if (is_orphaned(file))
        word_contradict(turn);
    return outcome;
}
