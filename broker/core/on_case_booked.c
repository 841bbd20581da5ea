#include "broker/core/course.h"
#include "broker/core/handler.h"
#include "broker/core/lane.h"
#include "broker/core/proof.h"
#include "broker/core/unit.h"
#include "broker/core/word.h"
#include "schemas/recon.h"

/* Are the units booked those that were filed (DOMAIN I12)? */
static bool units_are_filed(const struct case_file *file, const struct case_booked *booked)
{
    char key[UNIT_NUMBER_SIZE + 1];
    uint32_t found_count = 0;
    for (uint32_t i = 0; i < booked->units.count; i++) {
        struct text number = booked->units.items[i].number;
        struct text lane = unit_lane_key(number, key) ? text_of(key) : number;
        bool is_filed = false;
        for (uint32_t place = 0; place < file->row.lanes.count && !is_filed; place++)
            is_filed = text_equal(file->row.lanes.items[place], lane);
        if (!is_filed)
            return false;
        found_count++;
    }
    return found_count == file->row.lanes.count;
}

/* A proof came before the booking and was kept: it counts now, unless the book
 * names another one. Then the book stands and the proof does not. */
static void take_kept_proof(struct turn *turn, const struct case_booked *booked)
{
    struct case_file *file = turn->file;
    if (booked->proof.data != NULL && !proof_is_same(file->row.proof, booked->proof)) {
        case_disown(file, LIFE_CERT_ISSUED);
        file->row.certified_here = (struct number){0};
        file->row.certified_sequence = (struct number){0};
        case_set_proof(file, booked->proof);
        word_contradict(turn);
        return;
    }
    course_apply(turn, file, LIFE_CERT_ISSUED);
}

void on_case_booked(struct turn *turn)
{
    const struct case_booked *booked = turn->event->body;
    struct word word = {.event = LIFE_BOOKED, .number = booked->number};
    if (!word_counts(word_take(turn, &word)))
        return;
    struct case_file *file = turn->file;
    file->row.booked_at = booked->booked_at;
    file->row.booked_amount = recon_amount_of(booked);
    file->row.booked_here = number_of(turn->event->time_us);
    file->row.booked_sequence = number_of((int64_t)turn->event->sequence);
    bool is_early = file->row.accepted_at.is_present && booked->booked_at.value < file->row.accepted_at.value;
    if (is_early || turn->event->booked_differs || !units_are_filed(file, booked))
        word_differ(turn);
    if (turn->event->rank_differs)
        case_flag(file, CASE_RANK_DIFF);
    if (case_has_applied(file, LIFE_CERT_ISSUED))
        take_kept_proof(turn, booked);
    else if (booked->proof.data != NULL)
        case_set_proof(file, booked->proof);
    if (booked->proof.data != NULL)
        proof_keep(turn->core, file);
    unit_booked(turn->core, file);
}
