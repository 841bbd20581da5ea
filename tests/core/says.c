#include <criterion/criterion.h>
#include <stdlib.h>

#include "schemas/example.h"
#include "tests/core/house.h"

/* What branches, windows and operators do in the stories. */

static void fake_digest(struct bytes bytes, uint8_t out[32])
{
    uint64_t hash = table_hash(bytes);
    for (int i = 0; i < 32; i++) {
        if (i % 8 == 0)
            hash = table_hash(bytes_of(&hash, sizeof hash));
        out[i] = (uint8_t)(hash >> (i % 8 * 8));
    }
}

void *body_of(enum message_type type)
{
    static uint8_t memory[2][BODY_MEMORY];
    static uint8_t bodies[2][1 << 14];
    static int turn;
    turn = !turn;
    struct arena arena = arena_over(memory[turn], sizeof memory[turn]);
    memset(bodies[turn], 0, sizeof bodies[turn]);
    cr_assert_leq(message_kind(type)->record->struct_size, sizeof bodies[turn]);
    cr_assert_eq(example_make(message_kind(type)->record, EXAMPLE_MINIMAL, &arena, bodies[turn]), STATUS_OK);
    return bodies[turn];
}

static void id_of(uint64_t number, uint8_t out[16])
{
    memset(out, 0, 16);
    memcpy(out, &number, sizeof number);
}

static void come(struct house *house, const char *who, struct hello *hello)
{
    uint8_t mid[16];
    id_of(++house->message_count, mid);
    struct envelope envelope = {.message_id = bytes_of(mid, 16), .is_present = true};
    struct event event = {.type = EVENT_SESSION_UP,
                          .participant = text_of(who),
                          .message = MESSAGE_HELLO,
                          .envelope = &envelope,
                          .body = hello};
    house->effects.count = 0;
    house->step = house_step(house, &event);
    house_propose(house);
}

void window_comes(struct house *house, const char *window, int64_t credit)
{
    struct hello *hello = body_of(MESSAGE_HELLO);
    hello->credit = number_of(credit);
    come(house, window, hello);
}

void branch_comes(struct house *house, const char *branch, int64_t event_number)
{
    struct hello *hello = body_of(MESSAGE_HELLO);
    hello->event_number = number_of(event_number);
    come(house, branch, hello);
}

void operator_comes(struct house *house, const char *operator)
{
    come(house, operator, body_of(MESSAGE_HELLO));
}

void leaves(struct house *house, const char *participant)
{
    house->effects.count = 0;
    house_step(house, &(struct event){.type = EVENT_SESSION_DOWN, .participant = text_of(participant)});
    house_propose(house);
}

struct step say(struct house *house, const struct said *said)
{
    static uint8_t buffer[1 << 18];
    const struct message_kind *kind = message_kind(said->type);
    const void *body = said->body != NULL ? said->body : body_of(said->type);
    uint8_t mid[16];
    id_of(said->message_id != 0 ? said->message_id : ++house->message_count, mid);
    struct event event = {.type = EVENT_MESSAGE,
                          .participant = text_of(said->who),
                          .message = said->type,
                          .body = body,
                          .is_replay = said->is_old,
                          .booked_differs = said->booked_differs || said->rank_differs,
                          .rank_differs = said->rank_differs};
    size_t size = 0;
    cr_assert_eq(record_encode(kind->record, body, buffer, sizeof buffer, &size), STATUS_OK);
    fake_digest(bytes_of(buffer, size), event.digest);
    struct envelope envelope = {.version = number_of(1),
                                .message_id = bytes_of(mid, 16),
                                .type = text_of(kind->name),
                                .source = text_of(said->who),
                                .destination = text_of("K"),
                                .sent_at = number_of(house->now_us),
                                .digest = bytes_of(event.digest, 32),
                                .is_present = true};
    if (said->case_id != NULL)
        envelope.case_id = text_of(said->case_id);
    if (said->group != NULL)
        envelope.group = text_of(said->group);
    if (said->expires_at != 0)
        envelope.expires_at = number_of(said->expires_at);
    if (said->revision != 0)
        envelope.revision = number_of(said->revision);
    envelope.group = text_of(said->group);
    if (said->priority != 0)
        envelope.priority = number_of(said->priority);
    event.envelope = &envelope;
    if (said->type == MESSAGE_CASE_SUBMIT) {
        cr_assert_eq(core_business_key(body, buffer, sizeof buffer, &size), STATUS_OK);
        fake_digest(bytes_of(buffer, size), event.business_key);
        cr_assert_eq(core_contract_key(body, buffer, sizeof buffer, &size), STATUS_OK);
        fake_digest(bytes_of(buffer, size), event.contract_key);
    }
    house->effects.count = 0;
    house->step = house_step(house, &event);
    if (!said->is_busy)
        house_propose(house);
    return house->step;
}

struct case_submit *application(const char *unit, const char *contract)
{
    struct case_submit *body = body_of(MESSAGE_CASE_SUBMIT);
    body->kind = text_of("M01");
    body->district = (struct text){unit, 6};
    body->units.items[0].number = text_of(unit);
    body->contract = text_of(contract);
    return body;
}

const char *submit(struct house *house, const char *branch, const char *unit, const char *contract)
{
    say(house, &(struct said){.who = branch, .type = MESSAGE_CASE_SUBMIT, .body = application(unit, contract)});
    cr_assert_eq(house->step.verdict, VERDICT_STORE, "refused: %s", status_code(rejection(house)));
    static char ids[1024][CASE_ID_SIZE + 1];
    static unsigned turn;
    return memcpy(ids[turn++ % 1024], house->step.case_id, CASE_ID_SIZE + 1);
}

const char *submit_with_old(struct house *house, const char *branch, const char *cnaps, const char *unit,
                            const char *contract)
{
    struct case_submit *body = application(unit, contract);
    body->kind = text_of("M13");
    body->ended_proof = text_of(OLD_PROOF);
    body->old_mortgagee = body->mortgagee;
    body->old_mortgagee.cnaps = text_of(cnaps);
    say(house, &(struct said){.who = branch, .type = MESSAGE_CASE_SUBMIT, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE, "refused: %s", status_code(rejection(house)));
    static char ids[64][CASE_ID_SIZE + 1];
    static unsigned turn;
    return memcpy(ids[turn++ % 64], house->step.case_id, CASE_ID_SIZE + 1);
}

void answer_part(struct house *house, const char *branch, const char *case_id, const char *proof, bool agrees)
{
    const struct part_confirm body = {
        .proof = text_of(proof), .agrees = number_of(agrees), .user = text_of("0012"), .is_present = true};
    say(house, &(struct said){.who = branch, .type = MESSAGE_PART_CONFIRM, .case_id = case_id, .body = &body});
}

static const char *window_of(struct house *house, const char *case_id)
{
    static char name[33];
    const struct case_row *row = the_case(house, case_id);
    cr_assert_not_null(row, "no case %s", case_id);
    memcpy(name, row->window.data, row->window.size);
    name[row->window.size] = '\0';
    return name;
}

static void window_says(struct house *house, enum message_type type, const char *case_id, const void *body)
{
    say(house, &(struct said){.who = window_of(house, case_id), .type = type, .case_id = case_id, .body = body});
}

void deliver(struct house *house, const char *case_id, int64_t number)
{
    struct delivered body = {.number = number_of(number), .is_present = true};
    window_says(house, MESSAGE_DELIVERED, case_id, &body);
}

void fail_delivery(struct house *house, const char *case_id, int64_t number, const char *class, bool is_returned)
{
    struct delivery_failed body = {.number = number_of(number),
                                   .class = text_of(class),
                                   .cause = text_of("the registry says so"),
                                   .is_returned = number_of(is_returned),
                                   .is_present = true};
    window_says(house, MESSAGE_DELIVERY_FAILED, case_id, &body);
}

void accept(struct house *house, const char *case_id, const char *number)
{
    struct case_accepted *body = body_of(MESSAGE_CASE_ACCEPTED);
    body->number = text_of(number);
    body->accepted_at = number_of(1000);
    window_says(house, MESSAGE_CASE_ACCEPTED, case_id, body);
}

void book(struct house *house, const char *case_id, const char *number, const char *unit, const char *proof)
{
    struct case_booked *body = body_of(MESSAGE_CASE_BOOKED);
    body->number = text_of(number);
    body->booked_at = number_of(2000);
    body->units.items[0].number = text_of(unit);
    body->proof = text_of(proof);
    window_says(house, MESSAGE_CASE_BOOKED, case_id, body);
}

void certify(struct house *house, const char *case_id, const char *number, const char *proof)
{
    struct cert_issued *body = body_of(MESSAGE_CERT_ISSUED);
    body->number = text_of(number);
    body->proof = text_of(proof);
    window_says(house, MESSAGE_CERT_ISSUED, case_id, body);
}

void progress(struct house *house, const char *case_id, const char *step)
{
    struct progress *body = body_of(MESSAGE_STATUS);
    body->step = text_of(step);
    window_says(house, MESSAGE_STATUS, case_id, body);
}

void ask_supplement(struct house *house, const char *case_id, int64_t round)
{
    struct supplement_req *body = body_of(MESSAGE_SUPPLEMENT_REQ);
    body->round = number_of(round);
    window_says(house, MESSAGE_SUPPLEMENT_REQ, case_id, body);
}

void supplement(struct house *house, const char *case_id, int64_t round)
{
    struct supplement_submit *body = body_of(MESSAGE_SUPPLEMENT_SUBMIT);
    body->round = number_of(round);
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_SUPPLEMENT_SUBMIT, .case_id = case_id, .body = body});
}

void withdraw(struct house *house, const char *case_id)
{
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_WITHDRAW_REQ, .case_id = case_id});
}

void answer_withdrawal(struct house *house, const char *case_id, const char *result)
{
    struct withdraw_result *body = body_of(MESSAGE_WITHDRAW_RESULT);
    body->result = text_of(result);
    window_says(house, MESSAGE_WITHDRAW_RESULT, case_id, body);
}

void notify_fee(struct house *house, const char *case_id, const char *bill, int64_t amount)
{
    struct fee_notice body = {.bill = text_of(bill), .amount = number_of(amount), .is_present = true};
    window_says(house, MESSAGE_FEE_NOTICE, case_id, &body);
}

void confirm_fee(struct house *house, const char *case_id, const char *bill, const char *state)
{
    struct fee_confirmed body = {.bill = text_of(bill), .state = text_of(state), .is_present = true};
    window_says(house, MESSAGE_FEE_CONFIRMED, case_id, &body);
}

void refund_fee(struct house *house, const char *case_id, const char *bill, const char *state)
{
    struct fee_refund body = {
        .bill = text_of(bill), .state = text_of(state), .amount = number_of(8000), .is_present = true};
    window_says(house, MESSAGE_FEE_REFUND, case_id, &body);
}

void pay_fee(struct house *house, const char *case_id, const char *bill, int64_t amount)
{
    struct fee_paid body = {
        .bill = text_of(bill), .amount = number_of(amount), .payment = text_of("P-1"), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_FEE_PAID, .case_id = case_id, .body = &body});
}

void simply(struct house *house, const char *who, enum message_type type, const char *case_id)
{
    say(house, &(struct said){.who = who, .type = type, .case_id = case_id});
}

/* ---- what there is to see ---- */

const struct case_row *the_case(struct house *house, const char *case_id)
{
    if (core_case(house->core, text_of(case_id)) == NULL) {
        struct row_key key = row_key_case(text_of(case_id));
        const struct stored *row = table_find(&house->rows, bytes_of(key.bytes, key.size));
        if (row != NULL && row->value.data != NULL)
            cr_assert_eq(core_offer(house->core, &key, row->value), STATUS_OK);
    }
    return core_case(house->core, text_of(case_id));
}

const char *state_of(struct house *house, const char *case_id)
{
    const struct case_row *row = the_case(house, case_id);
    return row != NULL ? row->state.data : "";
}

bool has_flag(struct house *house, const char *case_id, enum case_flag flag)
{
    return (the_case(house, case_id)->flags.value & (int64_t)flag) != 0;
}

const struct effect *effect_of(const struct house *house, enum effect_type type, uint32_t index)
{
    for (uint32_t i = 0; i < house->effects.count; i++)
        if (house->effects.items[i].type == type && index-- == 0)
            return &house->effects.items[i];
    return NULL;
}

uint32_t count_effects(const struct house *house, enum effect_type type)
{
    uint32_t count = 0;
    while (effect_of(house, type, count) != NULL)
        count++;
    return count;
}

enum status rejection(const struct house *house)
{
    const struct effect *reject = effect_of(house, EFFECT_REJECT, 0);
    cr_assert_null(effect_of(house, EFFECT_REJECT, 1));
    return reject != NULL ? reject->status : STATUS_OK;
}

static struct bytes value_of(struct house *house, const struct row_key *key)
{
    struct bytes value;
    if (core_row(house->core, key, &value))
        return value;
    const struct stored *row = table_find(&house->rows, bytes_of(key->bytes, key->size));
    return row != NULL ? row->value : (struct bytes){0};
}

static bool row_at(struct house *house, const struct row_key *key, const struct record *record, void *out)
{
    static uint8_t memory[1 << 14];
    static struct problems problems;
    static uint8_t copy[1 << 14];
    struct arena arena = arena_over(memory, sizeof memory);
    struct bytes value = value_of(house, key);
    if (value.data == NULL)
        return false;
    memcpy(copy, value.data, value.size);
    cr_assert_eq(row_decode(record, bytes_of(copy, value.size), &arena, out, &problems), STATUS_OK);
    return true;
}

int64_t feed_last(struct house *house, const char *branch)
{
    struct branch_row row;
    struct row_key key = row_key_branch(text_of(branch));
    return row_at(house, &key, &record_branch_row, &row) ? row.event_last.value : 0;
}

struct feed_row feed_at(struct house *house, const char *branch, uint64_t number)
{
    struct feed_row row = {0};
    struct row_key key = row_key_feed(text_of(branch), number);
    cr_assert(row_at(house, &key, &record_feed_row, &row), "no event %llu", (unsigned long long)number);
    return row;
}

const char *feed_says(struct house *house, const char *branch, uint64_t number)
{
    static char fact[32];
    struct feed_row row = feed_at(house, branch, number);
    if (row.fact.data == NULL)
        return message_kind(house->journal[row.sequence.value - 1].type)->name;
    memcpy(fact, row.fact.data, row.fact.size);
    fact[row.fact.size] = '\0';
    return fact;
}
