#include "broker/core/clock.h"

#include <assert.h>

#include "broker/core/parts.h"
#include "broker/core/pull.h"
#include "broker/core/rules.h"
#include "broker/core/timer.h"
#include "schemas/working_time.h"

enum { STAGE_HALF = 50, STAGE_LATE = 80, STAGE_OVER = 100, STATUTORY_DAYS_MAX = 30, CLAIM_DAYS = 1 };

static const int64_t MINUTE_US = INT64_C(60000000);
/* No clock is shorter than a minute, so nothing can be told before; most cases go on sooner, and nothing is reckoned.
 */
static const int64_t FIRST_LOOK_US = INT64_C(30000000);
static const int64_t DAY_US = INT64_C(86400000000);

/* A clock before its end is reckoned: cheap, and all that the end rests on. */
struct running {
    enum clock_name name;
    int64_t started_us;
    int64_t given; /* the alarm given last */
    int64_t basis; /* a date or moment somebody set for it; 0 for none */
    int64_t pulls; /* how often the window was asked for what it waits for */
};

static struct working_time time_of(const struct core *core, const struct case_row *row)
{
    return (struct working_time){.calendar = core_calendar(core), .rules = core_rules(core, row->window)};
}

/* ---- which clock runs ---- */

static bool row_is_prenotice(const struct case_row *row)
{
    return row->registrable_at.is_present && (text_is(row->kind, "M05") || text_is(row->kind, "M11"));
}

static enum clock_name name_in_book(const struct case_row *row, enum lifecycle_state state)
{
    if (row_is_prenotice(row))
        return CLOCK_PRENOTICE;
    if (state == STATE_BOOKED)
        return CLOCK_CERTIFICATE;
    return (row->flags.value & CASE_PROOF_VERIFIED) != 0 ? CLOCK_ARCHIVE : CLOCK_PROOF;
}

static enum clock_name name_of_state(const struct case_row *row, enum lifecycle_state state)
{
    switch (state) {
    case STATE_SUBMITTED:
        return parts_are_awaited(row) ? CLOCK_CONFIRM : CLOCK_DELIVERY;
    case STATE_QUEUED:
    case STATE_SENT:
        return CLOCK_DELIVERY;
    case STATE_DELIVERED:
        return CLOCK_DECISION;
    case STATE_SUPP_PRE:
    case STATE_SUPP_POST:
        return CLOCK_SUPPLEMENT;
    case STATE_ACCEPTED:
    case STATE_REVIEW:
        return CLOCK_EXAMINATION;
    case STATE_SUSPENDED:
        return CLOCK_SUSPENSION;
    case STATE_WITHDRAWING:
        return CLOCK_WITHDRAWAL;
    case STATE_PARKED:
    case STATE_HELD:
        return CLOCK_PARKED;
    case STATE_BOOKED:
    case STATE_CERTIFIED:
        return name_in_book(row, state);
    case STATE_ARCHIVED:
    case STATE_NOT_ACCEPTED:
    case STATE_REFUSED:
    case STATE_WITHDRAWN:
    case STATE_EXPIRED:
    case STATE_COUNT:
        break;
    }
    return CLOCK_COUNT;
}

/* The examination goes on from the acceptance, whatever came between. */
static int64_t started_us_of(const struct case_row *row, enum clock_name name)
{
    if (name == CLOCK_PRENOTICE)
        return row->registrable_at.value;
    bool is_older = row->accepted_here.is_present && row->accepted_here.value < row->since.value;
    return name == CLOCK_EXAMINATION && is_older ? row->accepted_here.value : row->since.value;
}

static int64_t given_of(const struct case_row *row, enum clock_name name, int64_t started_us)
{
    if (name == CLOCK_EXAMINATION)
        return row->examination_started.value == started_us ? row->examination_stage.value : 0;
    bool is_same = text_is(row->clock, clock_row(name)->name) && row->clock_started.value == started_us;
    return is_same ? row->clock_stage.value : 0;
}

/* Noon of the promised day, or the deadline of the round. */
static int64_t basis_of(const struct case_row *row, enum clock_name name)
{
    struct date promised;
    if (name == CLOCK_SUPPLEMENT)
        return row->deadline.value;
    if (name == CLOCK_EXAMINATION && row->promised.data != NULL && date_parse(row->promised, &promised))
        return date_days(promised) * DAY_US + DAY_US / 6;
    return 0;
}

static bool running_of(const struct case_row *row, struct running *out)
{
    enum lifecycle_state state = row_state(row);
    enum clock_name name = name_of_state(row, state);
    if (name == CLOCK_COUNT)
        return false;
    int64_t started_us = started_us_of(row, name);
    *out = (struct running){name, started_us, given_of(row, name, started_us), basis_of(row, name), row->pulls.value};
    return true;
}

/* ---- when it is due ---- */

static struct rule_clock length_of(const struct window_rules *rules, const struct case_row *row, enum clock_name name)
{
    struct rule_clock found = {.amount = {0, false}};
    for (uint32_t i = 0; rules != NULL && i < rules->clocks.count; i++) {
        const struct rule_clock *rule = &rules->clocks.items[i];
        bool is_of_kind = rule->kind.data != NULL;
        if (!text_is(rule->clock, clock_row(name)->name) || (is_of_kind && !text_equal(rule->kind, row->kind)))
            continue;
        if (is_of_kind || found.kind.data == NULL)
            found = *rule;
    }
    return found;
}

static int64_t after_us(const struct working_time *time, int64_t from_us, int64_t amount, enum clock_unit unit)
{
    switch (unit) {
    case CLOCK_UNIT_WORKING_MINUTES:
        return working_time_after_minutes(time, from_us, amount);
    case CLOCK_UNIT_WORKING_DAYS:
        return working_time_after_days(time, from_us, amount);
    case CLOCK_UNIT_MINUTES:
        return from_us + amount * MINUTE_US;
    case CLOCK_UNIT_DAYS:
        return from_us + amount * DAY_US;
    case CLOCK_UNIT_COUNT:
        break;
    }
    return from_us;
}

static enum clock_unit unit_of(const struct core *core, const struct case_row *row, enum clock_name name)
{
    struct rule_clock length = length_of(core_rules(core, row->window), row, name);
    return length.amount.is_present ? clock_unit_of(length.unit) : clock_row(name)->unit;
}

/* A promise holds within what the law leaves: 30 working days (S1 art. 20). */
static int64_t due_of_examination(const struct working_time *time, const struct running *running, int64_t due_us)
{
    int64_t ceiling_us = working_time_after_days(time, running->started_us, STATUTORY_DAYS_MAX);
    if (running->basis != 0)
        due_us = working_time_after_days(time, running->basis, 0);
    return due_us < ceiling_us ? due_us : ceiling_us;
}

static int64_t due_us_of(const struct core *core, const struct case_row *row, const struct running *running)
{
    struct working_time time = time_of(core, row);
    struct rule_clock length = length_of(time.rules, row, running->name);
    int64_t amount = length.amount.is_present ? length.amount.value : clock_row(running->name)->amount;
    if (running->name == CLOCK_SUPPLEMENT && running->basis != 0)
        return running->basis > running->started_us ? running->basis : running->started_us;
    if (running->name == CLOCK_ARCHIVE)
        return running->started_us + us_of_ms(core->settings.archive_ms);
    int64_t due_us = after_us(&time, running->started_us, amount, unit_of(core, row, running->name));
    return running->name == CLOCK_EXAMINATION ? due_of_examination(&time, running, due_us) : due_us;
}

bool clock_of_case(const struct core *core, const struct case_row *row, struct case_clock *out)
{
    struct running running;
    if (!running_of(row, &running))
        return false;
    const struct fact_calendar *calendar = core_calendar(core);
    const struct window_rules *rules = core_rules(core, row->window);
    *out = (struct case_clock){.name = text_of(clock_row(running.name)->name),
                               .owner = text_of(core_waits_for(core, row)),
                               .started_at = number_of(running.started_us),
                               .due_at = number_of(due_us_of(core, row, &running)),
                               .stage = number_of(running.given),
                               .calendar = calendar != NULL ? calendar->version : (struct text){0},
                               .is_present = true};
    if (rules != NULL)
        out->rules_version = rules->version;
    return true;
}

int64_t clock_prenotice_end_us(const struct core *core, const struct case_row *row)
{
    struct running running;
    if (!running_of(row, &running) || running.name != CLOCK_PRENOTICE)
        return 0;
    return due_us_of(core, row, &running);
}

/* ---- alarms ---- */

/* Of the way in opening hours where the clock counts them, else of the time. */
static int64_t stage_us(const struct core *core, const struct case_row *row, const struct running *running,
                        int64_t due_us, int64_t stage)
{
    enum clock_unit unit = unit_of(core, row, running->name);
    int64_t started_us = running->started_us;
    if (stage == STAGE_OVER)
        return due_us;
    if (unit != CLOCK_UNIT_WORKING_MINUTES && unit != CLOCK_UNIT_WORKING_DAYS)
        return started_us + (due_us - started_us) / STAGE_OVER * stage;
    struct working_time time = time_of(core, row);
    int64_t minutes = working_time_minutes(&time, started_us, due_us);
    return working_time_after_minutes(&time, started_us, minutes * stage / STAGE_OVER);
}

static int64_t stage_after(int64_t given)
{
    if (given < STAGE_HALF)
        return STAGE_HALF;
    return given < STAGE_LATE ? STAGE_LATE : STAGE_OVER;
}

/* Nobody answered within a working day (DOMAIN 2.1): a claim, once in the life of a case. */
static int64_t claim_us_of(const struct core *core, const struct case_row *row, const struct running *running)
{
    if (running->name != CLOCK_DECISION || (row->flags.value & CASE_DEEMED_CLAIM) != 0)
        return INT64_MAX;
    struct working_time time = time_of(core, row);
    return working_time_after_days(&time, running->started_us, CLAIM_DAYS);
}

/* What a window owes past its time is asked for. */
static int64_t pull_us_of(const struct core *core, const struct case_row *row, const struct running *running)
{
    if (running->name != CLOCK_CERTIFICATE)
        return INT64_MAX;
    return pull_us(core, row, due_us_of(core, row, running));
}

/* The archive is the broker's own affair: nobody is told. */
static int64_t alarm_us_of(const struct core *core, const struct case_row *row, const struct running *running)
{
    int64_t claim_us = claim_us_of(core, row, running);
    if (running->name == CLOCK_ARCHIVE || running->given >= STAGE_OVER)
        return claim_us;
    int64_t due_us = due_us_of(core, row, running);
    int64_t next_us = stage_us(core, row, running, due_us, stage_after(running->given));
    return next_us < claim_us ? next_us : claim_us;
}

static bool running_is_reckoned(const struct case_file *file, const struct running *running)
{
    return file->clock_is_reckoned && file->clock_name == running->name &&
           file->clock_started_us == running->started_us && file->clock_given == running->given &&
           file->clock_basis == running->basis && file->clock_pulls == running->pulls;
}

static void clock_note(struct case_file *file, const struct running *running)
{
    file->clock_is_reckoned = true;
    file->clock_name = running->name;
    file->clock_started_us = running->started_us;
    file->clock_given = running->given;
    file->clock_basis = running->basis;
    file->clock_pulls = running->pulls;
}

static void clock_reckon(struct core *core, struct case_file *file, const struct running *running)
{
    int64_t alarm_us = alarm_us_of(core, &file->row, running);
    int64_t look_us = pull_us_of(core, &file->row, running);
    if (alarm_us < look_us)
        look_us = alarm_us;
    if (look_us == INT64_MAX)
        timer_clear(&core->timers, &file->clock_timer);
    else
        timer_set(&core->timers, &file->clock_timer, look_us > 0 ? look_us : 0);
}

void clock_settle(struct core *core, struct case_file *file)
{
    struct running running;
    if (!running_of(&file->row, &running)) {
        timer_clear(&core->timers, &file->clock_timer);
        return;
    }
    if ((file->due & DUE_ALARM) != 0 || running_is_reckoned(file, &running))
        return;
    clock_note(file, &running);
    int64_t look_us = running.started_us + FIRST_LOOK_US;
    if (running.given == 0 && core->meta.time.value < look_us)
        timer_set(&core->timers, &file->clock_timer, look_us);
    else
        clock_reckon(core, file, &running);
}

static void propose_alarm(const struct core *core, const struct case_file *file, const char *name, int64_t stage,
                          struct fact *out)
{
    struct case_clock clock = {.is_present = false};
    (void)clock_of_case(core, &file->row, &clock);
    out->message = MESSAGE_FACT_ALARM;
    out->body.alarm = (struct fact_alarm){.clock = text_of(name),
                                          .stage = number_of(stage),
                                          .owner = clock.owner,
                                          .started_at = clock.started_at,
                                          .due_at = clock.due_at,
                                          .is_present = true};
}

/* The last stage that was reached: whoever was away hears of it once. */
static int64_t stage_reached(const struct core *core, const struct case_row *row, const struct running *running,
                             int64_t now_us)
{
    int64_t due_us = due_us_of(core, row, running);
    int64_t reached = running->given;
    while (reached < STAGE_OVER && stage_us(core, row, running, due_us, stage_after(reached)) <= now_us)
        reached = stage_after(reached);
    return reached;
}

bool clock_propose(struct core *core, struct case_file *file, int64_t now_us, struct fact *out)
{
    struct running running;
    file->clock_is_reckoned = false;
    bool runs = running_of(&file->row, &running);
    assert(runs); /* what closes ends all that is due */
    int64_t reached = running.name != CLOCK_ARCHIVE ? stage_reached(core, &file->row, &running, now_us) : running.given;
    if (reached > running.given)
        propose_alarm(core, file, clock_row(running.name)->name, reached, out);
    else if (claim_us_of(core, &file->row, &running) <= now_us)
        propose_alarm(core, file, CLOCK_CLAIM, STAGE_OVER, out);
    else if (pull_us_of(core, &file->row, &running) <= now_us)
        pull_propose(&file->row, due_us_of(core, &file->row, &running), out);
    else {
        clock_note(file, &running);
        clock_reckon(core, file, &running);
        return false;
    }
    return true;
}

void clock_recompute_window(struct core *core, struct window_file *window)
{
    for (const struct list_node *node = window->cases.first; node != NULL; node = node->next) {
        struct case_file *file = node->owner;
        file->clock_is_reckoned = false;
        clock_settle(core, file);
    }
}

void clock_recompute_all(struct core *core)
{
    uint32_t cursor = 0;
    for (struct window_file *window; (window = table_next(&core->windows, &cursor)) != NULL;)
        clock_recompute_window(core, window);
}
