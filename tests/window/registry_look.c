#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/window/registry.h"
#include "schemas/checks/check.h"
#include "tests/window/house.h"

/* Title queries against the sandbox's book. */

static const char unit[] = "370102999001GB00001F00010203";
static const char certificate[] = "鲁（2026）济南市不动产权第0012345号";
enum { SECOND_US = 1000000, BODY_COUNT_MAX = 8 };

struct office {
    char folder[64];
    struct registry *registry;
    int64_t now_us;
    int64_t query;
    uint8_t *body;
    struct arena arena;
};

static struct office office_open(void)
{
    static const struct registry_settings settings = {.seed = 1, .accept_ms = 1, .book_ms = 1, .certify_ms = 1};
    struct office office = {.folder = "/tmp/onevisit-look-XXXXXX", .now_us = INT64_C(1790000000) * SECOND_US};
    char path[96];
    char why[256];
    cr_assert_not_null(mkdtemp(office.folder));
    snprintf(path, sizeof path, "%s/registry.db", office.folder);
    cr_assert_eq(registry_open(path, &settings, &office.registry, why, sizeof why), STATUS_OK, "%s", why);
    office.body = malloc(MESSAGE_SIZE_MAX);
    office.arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    return office;
}

static void office_close(struct office *office)
{
    char command[96];
    registry_close(&office->registry);
    free(office->body);
    free(office->arena.memory);
    snprintf(command, sizeof command, "rm -r %s", office->folder);
    cr_assert_eq(system(command), 0);
}

static void hand(struct office *office, uint32_t serial, struct bytes body)
{
    char id[31];
    char why[ADAPTER_WHY_SIZE_MAX];
    const struct adapter_task task = {.window = text_of("W:370102"),
                                      .case_id = text_of(house_case_id(serial, id)),
                                      .number = 1,
                                      .origin_type = text_of("CASE_SUBMIT"),
                                      .origin = body};
    cr_assert_eq(registry_hand(office->registry, &task, office->now_us, why), ADAPTER_TAKEN, "%s", why);
    cr_assert_eq(registry_commit(office->registry), STATUS_OK);
}

/* One step of everything on file: accepted, then booked, then certified. */
static void work(struct office *office)
{
    struct registry_news news[REGISTRY_NEWS_COUNT_MAX];
    office->now_us += SECOND_US;
    (void)registry_work(office->registry, office->now_us, news);
    cr_assert_eq(registry_commit(office->registry), STATUS_OK);
}

/* The example as another application; `change` sets what is its own. */
static void book(struct office *office, uint32_t serial, const char *number, void (*change)(struct case_submit *))
{
    char contract[16];
    struct case_submit application;
    struct problems problems = {0};
    snprintf(contract, sizeof contract, "DY-%u", serial);
    struct bytes body = house_application(contract, number);
    arena_reset(&office->arena);
    cr_assert_eq(record_decode(&record_case_submit, body, &office->arena, &application, &problems), STATUS_OK);
    if (change)
        change(&application);
    hand(office, serial, house_encode(MESSAGE_CASE_SUBMIT, &application));
    work(office);
    work(office);
}

static struct title_query question(const char *number)
{
    return (struct title_query){.purpose = text_of("mortgage"),
                                .consent = text_of("C-1"),
                                .district = text_of("370102"),
                                .unit = text_of(number),
                                .owner_name = text_of("张某"),
                                .owner_id_type = text_of("1"),
                                .owner_id = text_of("370116198506150003"),
                                .is_present = true};
}

static struct title_result ask_as(struct office *office, const char *window, const struct title_query *query)
{
    struct title_result result;
    struct problems problems = {0};
    size_t size = 0;
    const struct adapter_question asked = {
        .query = ++office->query, .window = text_of(window), .body = house_encode(MESSAGE_TITLE_QUERY, query)};
    cr_assert_eq(registry_look(office->registry, &asked, office->now_us, office->body, &size), STATUS_OK);
    arena_reset(&office->arena);
    cr_assert_eq(record_decode(&record_title_result, bytes_of(office->body, size), &office->arena, &result, &problems),
                 STATUS_OK, "%s", problems.count > 0 ? problems.items[0].path : "");
    cr_assert_eq(result.query.value, office->query);
    return result;
}

static struct title_result ask(struct office *office, const char *number)
{
    const struct title_query query = question(number);
    return ask_as(office, "W:370102", &query);
}

static struct title_unit unit_of(struct title_result result)
{
    cr_assert(text_is(result.result, "match"), "%.*s", TEXT_ARGS(result.result));
    cr_assert_eq(result.units.count, 1);
    return result.units.items[0];
}

Test(registry_look, a_unit_nobody_has_booked_is_current_and_free)
{
    struct office office = office_open();
    struct title_unit found = unit_of(ask(&office, unit));
    cr_expect(text_is(found.number, unit));
    cr_expect(text_is(found.status, "1"));
    cr_expect_eq(found.mortgages.count + found.seizures.count + found.prenotices.count + found.locks.count, 0);
    office_close(&office);
}

Test(registry_look, what_was_booked_stands_in_the_title_with_owners_masked)
{
    struct office office = office_open();
    book(&office, 1, unit, NULL);
    struct title_unit found = unit_of(ask(&office, unit));
    cr_assert_eq(found.mortgages.count, 1);
    cr_expect(text_is(found.mortgages.items[0].mortgagee, "示例银行济南历下支行"));
    cr_expect_eq(found.mortgages.items[0].amount.value, 80210700);
    cr_expect_eq(found.mortgages.items[0].rank.value, 1);
    cr_expect_not_null(found.mortgages.items[0].proof.data);
    cr_assert_eq(found.owners.count, 1);
    cr_expect(text_is(found.owners.items[0].name, "张*"));
    cr_expect(text_is(found.owners.items[0].id, "370116********0003"));
    cr_expect(text_is(found.certificate, certificate));
    cr_expect(text_is(found.area, "118.42"));
    office_close(&office);
}

Test(registry_look, ranks_follow_the_acceptance_and_what_is_only_in_work_is_not_told)
{
    struct office office = office_open();
    book(&office, 1, unit, NULL);
    hand(&office, 2, house_application("DY-2", unit));
    work(&office); /* accepted */
    cr_expect_eq(unit_of(ask(&office, unit)).mortgages.count, 1);
    work(&office);
    struct title_unit found = unit_of(ask(&office, unit));
    cr_assert_eq(found.mortgages.count, 2);
    cr_expect_eq(found.mortgages.items[1].rank.value, 2);
    office_close(&office);
}

Test(registry_look, a_stranger_is_told_nothing)
{
    struct office office = office_open();
    book(&office, 1, unit, NULL);
    struct title_query query = question(unit);
    query.owner_name = text_of("赵某");
    struct title_result result = ask_as(&office, "W:370102", &query);
    cr_expect(text_is(result.result, "mismatch"));
    cr_expect_eq(result.units.count, 0);
    query = question(unit);
    query.certificate = text_of("鲁（2026）济南市不动产权第0099999号");
    cr_expect(text_is(ask_as(&office, "W:370102", &query).result, "mismatch"));
    office_close(&office);
}

Test(registry_look, a_certificate_finds_its_unit)
{
    struct office office = office_open();
    struct title_query query = question(NULL);
    query.certificate = text_of("鲁(2026)济南市不动产权第0012345号");
    cr_expect(text_is(ask_as(&office, "W:370102", &query).result, "none"));
    book(&office, 1, unit, NULL);
    cr_expect(text_is(unit_of(ask_as(&office, "W:370102", &query)).number, unit));
    office_close(&office);
}

Test(registry_look, a_window_answers_for_its_own_district_only)
{
    struct office office = office_open();
    struct title_query query = question(unit);
    cr_expect(text_is(ask_as(&office, "W:370103", &query).result, "none"));
    office_close(&office);
}

static void change_to_sale(struct case_submit *application)
{
    static const struct mortgagor buyer = {.name = {"李某", 6},
                                           .id_type = {"1", 1},
                                           .id = {"370614199002280006", 18},
                                           .sharing = {"0", 1},
                                           .is_present = true};
    application->kind = text_of("M12");
    application->sellers = application->mortgagors;
    application->mortgagors = (struct mortgagor_list){(struct mortgagor *)(uintptr_t)&buyer, 1, true};
    application->sale = (struct sale){
        .contract = text_of("MM-1"), .price = number_of(90000000), .tax_proof = text_of("WS-1"), .is_present = true};
}

Test(registry_look, after_a_transfer_the_buyer_is_the_owner_and_has_a_new_certificate)
{
    struct office office = office_open();
    book(&office, 1, unit, change_to_sale);
    cr_expect(text_is(ask(&office, unit).result, "mismatch"), "the seller");
    struct title_query query = question(unit);
    query.owner_name = text_of("李某");
    query.owner_id = text_of("370614199002280006");
    struct title_unit found = unit_of(ask_as(&office, "W:370102", &query));
    cr_expect(text_is(found.owners.items[0].name, "李*"));
    cr_expect_not(text_is(found.certificate, certificate));
    office_close(&office);
}

static void change_to_prenotice(struct case_submit *application)
{
    application->kind = text_of("M05");
    application->prenotice_proof = text_of("鲁（2026）济南市不动产证明第0000001号");
    application->prenotice_number = text_of("YG-1");
    application->units.items[0].certificate = (struct text){0};
}

Test(registry_look, a_prenotice_is_no_mortgage_and_names_its_holder_masked)
{
    struct office office = office_open();
    book(&office, 1, unit, change_to_prenotice);
    struct title_unit found = unit_of(ask(&office, unit));
    cr_expect_eq(found.mortgages.count, 0);
    cr_assert_eq(found.prenotices.count, 1);
    cr_expect(text_is(found.prenotices.items[0].type, "3"));
    cr_expect(text_is(found.prenotices.items[0].holder, "张*"));
    cr_expect_eq(found.owners.count, 0);
    office_close(&office);
}

static struct text proof_to_end;

static void change_to_cancellation(struct case_submit *application)
{
    application->kind = text_of("M04");
    application->ended_proof = proof_to_end;
    application->end_reason = text_of("主债权已清偿");
}

Test(registry_look, a_mortgage_that_ended_is_gone)
{
    struct office office = office_open();
    char proof[129];
    book(&office, 1, unit, NULL);
    snprintf(proof, sizeof proof, "%.*s", TEXT_ARGS(unit_of(ask(&office, unit)).mortgages.items[0].proof));
    proof_to_end = text_of(proof);
    book(&office, 2, unit, change_to_cancellation);
    cr_expect_eq(unit_of(ask(&office, unit)).mortgages.count, 0);
    office_close(&office);
}

/* ---- what the window has told ---- */

static void tell(const struct office *office, const char *risk, bool has_ended)
{
    char why[256] = "";
    const struct risk_alert alert = {.unit = text_of(unit),
                                     .risk = text_of(risk),
                                     .authority = text_of("示例人民法院"),
                                     .document = text_of("（2026）鲁测执1号"),
                                     .time = number_of(office->now_us),
                                     .has_ended = {has_ended, true},
                                     .is_present = true};
    cr_assert_eq(registry_tell(office->folder, &alert, why, sizeof why), STATUS_OK, "%s", why);
}

Test(registry_look, a_seizure_that_was_told_stands_in_the_title_until_it_ends)
{
    struct office office = office_open();
    tell(&office, "seizure", false);
    tell(&office, "objection", false);
    struct title_unit found = unit_of(ask(&office, unit));
    cr_assert_eq(found.seizures.count, 1);
    cr_expect(text_is(found.seizures.items[0].type, "1"));
    cr_expect(text_is(found.seizures.items[0].document, "（2026）鲁测执1号"));
    cr_expect(text_is(found.seizures.items[0].authority, "示例人民法院"));
    cr_expect(text_is(found.seizures.items[0].start, "2026-09-21"));
    cr_expect_eq(found.objections.count, 1);
    tell(&office, "seizure", true);
    cr_expect_eq(unit_of(ask(&office, unit)).seizures.count, 0);
    office_close(&office);
}

Test(registry_look, a_folder_without_a_sandbox_is_told_nothing)
{
    char why[256] = "";
    const struct risk_alert alert = {.unit = text_of(unit), .risk = text_of("seizure"), .is_present = true};
    cr_expect_eq(registry_tell("/nonexistent", &alert, why, sizeof why), STATUS_OK);
}

/* ---- test properties ---- */

struct marked {
    const char *number;
    const char *result; /* where it is not a match */
    enum finding_name finding;
};

/* The application the counter would judge by this title. */
static bool is_found(struct office *office, const struct marked *marked)
{
    static struct check_result found;
    struct case_submit application;
    struct problems problems = {0};
    const struct title_result title = ask(office, marked->number);
    uint8_t memory[16384];
    struct arena arena = arena_over(memory, sizeof memory);
    struct bytes body = house_application("DY-1", marked->number);
    if (marked->result)
        cr_expect(text_is(title.result, marked->result), "%s: %.*s", marked->number, TEXT_ARGS(title.result));
    cr_assert_eq(record_decode(&record_case_submit, body, &arena, &application, &problems), STATUS_OK);
    application.rank = number_of(1);
    application.title = number_of(1);
    const struct check_input input = {.application = &application,
                                      .problems = &problems,
                                      .today = {2026, 9, 21},
                                      .now_us = office->now_us,
                                      .title = &title,
                                      .title_valid_until_us = office->now_us};
    check_application(&input, &found);
    for (uint32_t i = 0; i < found.count; i++)
        if (found.items[i].name == marked->finding)
            return true;
    return false;
}

Test(registry_look, the_number_of_a_test_property_says_what_the_counter_finds)
{
    static const struct marked marks[] = {
        {"370102999901GB00001F00010203", NULL, FINDING_Q04_SEIZED},
        {"370102999902GB00001F00010203", NULL, FINDING_Q04_WAITING},
        {"370102999903GB00001F00010203", NULL, FINDING_Q05_LOCKED},
        {"370102999904GB00001F00010203", NULL, FINDING_Q06_OBJECTION},
        {"370102999905GB00001F00010203", NULL, FINDING_Q07_OF_ANOTHER},
        {"370102999906GB00001F00010203", NULL, FINDING_Q08_RANK},
        {"370102999907GB00001F00010203", NULL, FINDING_Q09_RESIDENCE},
        {"370102999908GB00001F00010203", NULL, FINDING_Q13_ALLOCATED},
        {"370102999909GB00001F00010203", NULL, FINDING_Q01_NOT_CURRENT},
        {"370102999910GB00001F00010203", "mismatch", FINDING_Q02_RESULT},
        {"370102999911GB00001F00010203", "none", FINDING_Q01_NONE},
    };
    struct office office = office_open();
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const struct marked plain = {unit, NULL, marks[i].finding};
        cr_expect(is_found(&office, &marks[i]), "%s", marks[i].number);
        cr_expect_not(is_found(&office, &plain), "an ordinary unit: %s", finding_row(marks[i].finding)->id);
    }
    office_close(&office);
}

Test(registry_look, a_mortgage_on_a_test_property_that_has_one_is_booked_behind_it)
{
    struct office office = office_open();
    static const char mortgaged[] = "370102999906GB00001F00010203";
    book(&office, 1, mortgaged, NULL);
    struct title_unit found = unit_of(ask(&office, mortgaged));
    cr_assert_eq(found.mortgages.count, 2);
    cr_expect_eq(found.mortgages.items[0].rank.value, 1);
    cr_expect_eq(found.mortgages.items[1].rank.value, 2);
    office_close(&office);
}
