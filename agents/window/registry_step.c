#include <stdio.h>
#include <string.h>

#include "agents/client/log.h"
#include "agents/window/application.h"
#include "agents/window/registry_decision.h"
#include "agents/window/registry_filed.h"
#include "schemas/calendar.h"
#include "schemas/codes.h"
#include "schemas/kind.h"

static enum status step_accept(struct registry *registry, struct filed *filed, const struct case_submit *application,
                               int64_t now_us, struct registry_answer *answer)
{
    filed->accepted_at = now_us;
    filed->accepted_order = registry_serial(registry, "", "accepted");
    registry_number(filed->window, registry_serial(registry, filed->window, "number"), now_us, filed->number);
    enum status status = registry_answer_accepted(filed->number, now_us, application, &registry->answers, answer);
    if (fee_is_asked(registry, filed, application))
        filed_move(registry, filed, "BILLING", now_us);
    else
        filed_move(registry, filed, "ACCEPTED", now_us + registry->settings.book_ms * 1000);
    return status;
}

static enum status step_bill(struct registry *registry, struct filed *filed, const struct case_submit *application,
                             int64_t now_us, struct registry_answer *answer)
{
    enum status status = fee_tell(registry, filed, application, answer);
    filed_move(registry, filed, "ACCEPTED", now_us + registry->settings.book_ms * 1000);
    return status;
}

/* What ended unbooked leaves a bill behind. */
static enum status step_fee_end(struct registry *registry, struct filed *filed, struct registry_answer *answer)
{
    char state[sizeof filed->state];
    memcpy(state, filed->state, sizeof state);
    enum status status = fee_end(registry, filed, answer);
    filed_move(registry, filed, state, 0);
    return status;
}

static enum status step_archive(struct registry *registry, struct filed *filed, struct registry_answer *answer)
{
    enum status status = registry_answer_archived(filed->number, &registry->answers, answer);
    filed_move(registry, filed, "ARCHIVED", 0);
    return status;
}

/* "KEPT": the proof is ready and told to nobody; "ASKED": it was asked for often enough. */
static enum status step_certify(struct registry *registry, struct filed *filed, struct registry_answer *answer)
{
    if (registry->settings.withhold > 0 && strcmp(filed->state, "ASKED") != 0) {
        filed_move(registry, filed, "KEPT", 0);
        return STATUS_OK;
    }
    enum status status = registry_answer_certificate(filed->window, filed->case_id, filed->number, filed->proof,
                                                     registry->digest, &registry->answers, answer);
    filed_move(registry, filed, "CERTIFIED", 0);
    return status;
}

/* The rank on a unit: one more than the mortgages accepted before that are in work or in force. */
static int64_t rank_on(struct registry *registry, const struct filed *filed, struct text unit)
{
    char lane[UNIT_NUMBER_SIZE + 1];
    int64_t rank = 0;
    if (!unit_lane_key(unit, lane))
        return 0;
    sqlite3_stmt *query =
        base_query(&registry->base, "SELECT count(*) FROM unit u JOIN application a ON a.id = u.application"
                                    " WHERE u.unit = ?1 AND a.accepted_order < ?2 AND a.is_live = 1 AND a.kind <> 'M04'"
                                    " AND a.ended_at IS NULL");
    book_bind_text(query, 1, text_of(lane));
    book_bind_number(query, 2, filed->accepted_order);
    if (base_next(&registry->base, query))
        rank = estate_rank_first(lane) + base_number(query, 0);
    book_end(query);
    return rank > 99 ? 99 : rank;
}

/* The proof of the entry that this one ends (M04) or stands in the place of. */
static struct text earlier_proof(const struct case_submit *application)
{
    return text_is(application->kind, "M06") ? application->prenotice_proof : application->ended_proof;
}

/* A mortgage counts from the day of the prenotice it comes from: it takes that
 * one's place in the order, where this registry booked it. */
static void take_place(struct registry *registry, struct filed *filed, struct text earlier)
{
    sqlite3_stmt *query = base_query(&registry->base, "SELECT accepted_order FROM application WHERE proof = ?1"
                                                      " AND kind <> 'M04' AND ended_at IS NULL");
    book_bind_text(query, 1, earlier);
    if (!base_next(&registry->base, query))
        return;
    filed->accepted_order = base_number(query, 0);
    book_end(query);
}

static void end_earlier(struct registry *registry, struct text earlier, int64_t now_us)
{
    sqlite3_stmt *query = base_query(&registry->base, "UPDATE application SET ended_at = ?2, is_live = 0"
                                                      " WHERE proof = ?1 AND kind <> 'M04' AND ended_at IS NULL");
    book_bind_text(query, 1, earlier);
    book_bind_number(query, 2, now_us);
    base_run(&registry->base, query);
}

/* A cancellation leaves nothing that counts. */
static void end_self(struct registry *registry, const struct filed *filed, int64_t now_us)
{
    sqlite3_stmt *query =
        base_query(&registry->base, "UPDATE application SET ended_at = ?2, is_live = 0 WHERE id = ?1");
    book_bind_number(query, 1, filed->id);
    book_bind_number(query, 2, now_us);
    base_run(&registry->base, query);
}

/* Where the old mortgage ends with a transfer, the new one does not take its place. */
static bool is_of_parts(const struct case_submit *application)
{
    const struct kind *kind = kind_find(application->kind);
    return kind && kind->parts[0] != '\0';
}

static enum status step_book(struct registry *registry, struct filed *filed, const struct case_submit *application,
                             int64_t now_us, struct registry_answer *answer)
{
    char serial[24];
    int64_t ranks[UNIT_COUNT_MAX] = {0};
    char title[129] = "";
    bool is_ending = booking_is_ending(application);
    bool is_combined = is_of_parts(application);
    struct text earlier = earlier_proof(application);
    if (earlier.data && !is_ending && !is_combined)
        take_place(registry, filed, earlier);
    if (earlier.data)
        end_earlier(registry, earlier, now_us);
    for (uint32_t i = 0; i < application->units.count && i < UNIT_COUNT_MAX && !is_ending; i++)
        ranks[i] = rank_on(registry, filed, application->units.items[i].number);
    filed->booked_at = now_us;
    snprintf(serial, sizeof serial, "proof-%04d", date_of_time(now_us).year); /* starts again each year */
    registry_proof(filed->window, registry_serial(registry, filed->window, serial), now_us, filed->proof);
    snprintf(serial, sizeof serial, "title-%04d", date_of_time(now_us).year);
    if (is_combined)
        registry_title(filed->window, registry_serial(registry, filed->window, serial), now_us, title);
    struct booking booking = {.number = text_of(filed->number),
                              .title = text_of(is_combined ? title : NULL),
                              .proof = text_of(filed->proof),
                              .registrar = text_of("T0002"),
                              .booked_at = now_us,
                              .ranks = ranks};
    enum status status = registry_answer_booked(application, &booking, &registry->answers, answer, filed->proof);
    filed_move(registry, filed, "BOOKED", now_us + registry->settings.certify_ms * 1000);
    estate_book(registry, filed->id, application, booking.title);
    if (is_ending)
        end_self(registry, filed, now_us);
    return status;
}

static enum status step_supplement(struct registry *registry, struct filed *filed, const char *state,
                                   struct registry_answer *answer)
{
    bool needs_citizen = registry_asks_citizen(&registry->settings, text_of(filed->case_id));
    filed->round++;
    enum status status = registry_answer_supplement(filed->round, needs_citizen, &registry->answers, answer);
    filed_move(registry, filed, state, 0);
    return status;
}

static enum status step_received(struct registry *registry, struct filed *filed, const struct case_submit *application,
                                 int64_t now_us, struct registry_answer *answer)
{
    enum decision decision = registry_decide(&registry->settings, text_of(filed->case_id));
    if (decision == DECISION_SUPPLEMENT_PRE && filed->round == 0)
        return step_supplement(registry, filed, "SUPP_PRE", answer);
    if (decision != DECISION_NOT_ACCEPTED)
        return step_accept(registry, filed, application, now_us, answer);
    enum status status = registry_answer_not_accepted(&registry->answers, answer);
    filed_move(registry, filed, "NOT_ACCEPTED", 0);
    return status;
}

static enum status step_accepted(struct registry *registry, struct filed *filed, const struct case_submit *application,
                                 int64_t now_us, struct registry_answer *answer)
{
    enum decision decision = registry_decide(&registry->settings, text_of(filed->case_id));
    if (decision == DECISION_SUPPLEMENT_POST && filed->round == 0)
        return step_supplement(registry, filed, "SUPP_POST", answer);
    if (decision != DECISION_REFUSE && fee_is_awaited(registry, filed)) {
        filed_move(registry, filed, "UNPAID", 0); /* says nothing; the payment brings it back */
        return STATUS_OK;
    }
    if (decision != DECISION_REFUSE)
        return step_book(registry, filed, application, now_us, answer);
    enum status status = registry_answer_refused(filed->number, &registry->answers, answer);
    filed_move(registry, filed, "REFUSED", filed->bill[0] ? now_us : 0);
    return status;
}

static enum status step(struct registry *registry, struct filed *filed, int64_t now_us, struct registry_answer *answer)
{
    struct case_submit application;
    struct bytes body;
    arena_reset(&registry->arena);
    if (!filed_body(registry, filed->id, &body))
        return STATUS_LIMIT;
    enum status status = application_read(body, &registry->arena, &application);
    if (status != STATUS_OK)
        return status;
    if (strcmp(filed->state, "RECEIVED") == 0)
        return step_received(registry, filed, &application, now_us, answer);
    if (strcmp(filed->state, "ACCEPTED") == 0)
        return step_accepted(registry, filed, &application, now_us, answer);
    if (strcmp(filed->state, "BILLING") == 0)
        return step_bill(registry, filed, &application, now_us, answer);
    if (strcmp(filed->state, "WITHDRAWN") == 0 || strcmp(filed->state, "REFUSED") == 0)
        return step_fee_end(registry, filed, answer);
    if (strcmp(filed->state, "CERTIFIED") == 0)
        return step_archive(registry, filed, answer);
    return step_certify(registry, filed, answer);
}

bool registry_asked(struct registry *registry, struct text window, struct text case_id, int64_t now_us)
{
    struct filed filed;
    char name[48];
    if (!filed_find(registry, window, case_id, &filed) || strcmp(filed.state, "KEPT") != 0)
        return false;
    base_begin(&registry->base);
    snprintf(name, sizeof name, "asked %s", filed.case_id);
    if (registry_serial(registry, filed.window, name) < registry->settings.withhold)
        return false;
    filed_move(registry, &filed, "ASKED", now_us);
    return true;
}

static uint32_t load_due(struct registry *registry, int64_t now_us, struct filed *out, uint32_t count_max)
{
    uint32_t count = 0;
    sqlite3_stmt *query = base_query(&registry->base, FILED_COLUMNS " WHERE due_at IS NOT NULL AND due_at <= ?1"
                                                                    " ORDER BY due_at, id LIMIT ?2");
    book_bind_number(query, 1, now_us);
    book_bind_number(query, 2, count_max);
    while (count < count_max && base_next(&registry->base, query))
        filed_read(query, &out[count++]);
    book_end(query);
    return count;
}

uint32_t registry_work(struct registry *registry, int64_t now_us, struct registry_news out[REGISTRY_NEWS_COUNT_MAX])
{
    struct filed due[REGISTRY_NEWS_COUNT_MAX];
    uint32_t news = 0;
    uint32_t count = load_due(registry, now_us, due, REGISTRY_NEWS_COUNT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct registry_answer answer = {0};
        struct filed *filed = &due[i];
        int64_t position = filed->answers;
        base_begin(&registry->base);
        if (step(registry, filed, now_us, &answer) != STATUS_OK) {
            log_warning("sandbox %s %s: the case cannot go on from %s", filed->window, filed->case_id, filed->state);
            filed_move(registry, filed, "STUCK", 0);
            continue;
        }
        if (!answer.body.data)
            continue;
        filed_answer(registry, filed, &answer, now_us);
        out[news].position = position;
        memcpy(out[news].window, filed->window, sizeof out[news].window);
        memcpy(out[news].case_id, filed->case_id, sizeof out[news].case_id);
        news++;
    }
    return news;
}

int64_t registry_due_at(struct registry *registry)
{
    int64_t due = INT64_MAX;
    sqlite3_stmt *query = base_query(&registry->base, "SELECT min(due_at) FROM application WHERE due_at IS NOT NULL");
    if (base_next(&registry->base, query) && book_number(query, 0).is_present)
        due = base_number(query, 0);
    book_end(query);
    return due;
}
