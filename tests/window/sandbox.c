#include <criterion/criterion.h>
#include <stdio.h>

#include "schemas/calendar.h"
#include "tests/window/house.h"

static const char *const one_window[] = {"W:370102"};
static const char unit[] = "370102999001GB00001F00010203";

static struct registry_settings quick(void)
{
    return (struct registry_settings){.seed = 1, .accept_ms = 1, .book_ms = 1, .certify_ms = 1};
}

static struct house house;

static void submit(const char *case_id, const char *contract, const char *number)
{
    struct house_delivery delivery = {
        one_window[0], case_id, 1, MESSAGE_CASE_SUBMIT, house_application(contract, number), false};
    house_deliver(&house, &delivery);
}

static void start(struct registry_settings settings)
{
    struct adapter adapter = house_sandbox(&house, &settings);
    uint32_t count = house_count(&house, MESSAGE_WINDOW_STATE, "");
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", count + 1); /* through the new connection */
}

Test(sandbox, takes_a_case_to_its_certificate_in_order)
{
    char id[31];
    struct case_booked booked;
    struct cert_issued certificate;
    house_open(&house, one_window, 1);
    start(quick());
    submit(house_case_id(1, id), "DY-1", unit);
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    cr_assert_eq(house_count(&house, MESSAGE_DELIVERED, id), 1);
    cr_assert_eq(house_count(&house, MESSAGE_CASE_ACCEPTED, id), 1);
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, id, 1), &booked);
    cr_assert_eq(booked.amount.value, 80210700);
    cr_assert_eq(booked.units.items[0].rank.value, 1);
    cr_assert(text_is(booked.units.items[0].number, unit));
    cr_assert(text_is(booked.office, "济南市历下区不动产登记中心"));
    const struct heard *heard = house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_decode(&house, heard, &certificate);
    cr_assert_eq(certificate.file_size.value, heard->chunk_size);
    cr_assert(digest_holds(house.digest, bytes_of(heard->chunk, heard->chunk_size), certificate.file_digest));
    cr_assert_eq(memcmp(heard->chunk, "%PDF-1.4", 8), 0);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM docket WHERE state = 'CERTIFIED'"), 1);
    house_close(&house);
}

Test(sandbox, ranks_two_mortgages_on_one_unit_in_the_order_of_acceptance)
{
    char first[31];
    char second[31];
    struct case_booked booked;
    house_open(&house, one_window, 1);
    start(quick());
    submit(house_case_id(1, first), "DY-1", unit);
    submit(house_case_id(2, second), "DY-2", unit);
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, first, 1), &booked);
    cr_assert_eq(booked.units.items[0].rank.value, 1);
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, second, 1), &booked);
    cr_assert_eq(booked.units.items[0].rank.value, 2);
    house_close(&house);
}

/* ---- other kinds: what the book says of them ---- */

/* The example as another kind; `change` sets what belongs to it. */
static void book_as(uint32_t serial, const char *kind, void (*change)(struct case_submit *, const char *),
                    const char *proof, struct case_booked *booked)
{
    char id[31];
    char contract[16];
    struct case_submit application;
    struct problems problems = {0};
    snprintf(contract, sizeof contract, "DY-%u", serial);
    struct bytes body = house_application(contract, unit);
    arena_reset(&house.arena);
    cr_assert_eq(record_decode(&record_case_submit, body, &house.arena, &application, &problems), STATUS_OK);
    application.kind = text_of(kind);
    change(&application, proof);
    body = house_encode(MESSAGE_CASE_SUBMIT, &application);
    house_deliver(&house, &(struct house_delivery){one_window[0], house_case_id(serial, id), 1, MESSAGE_CASE_SUBMIT,
                                                   body, false});
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, id, 1), booked);
}

static void change_nothing(struct case_submit *application, const char *proof)
{
    (void)proof;
    application->rank = (struct number){0};
}

static void change_prenotice(struct case_submit *application, const char *proof)
{
    application->prenotice_proof = text_of(proof);
    application->prenotice_number = text_of("YG-2026-000123");
}

static void change_transfer(struct case_submit *application, const char *proof)
{
    change_nothing(application, NULL);
    application->ended_proof = text_of(proof);
    application->earlier_number = text_of("YW-1");
    application->transferor = application->mortgagee;
}

static void change_fixing(struct case_submit *application, const char *proof)
{
    change_nothing(application, NULL);
    application->ended_proof = text_of(proof);
    application->earlier_number = text_of("YW-1");
    application->fixing_fact = text_of("债权确定期间届满");
    application->fixed_amount = number_of(61234500);
}

static void change_building(struct case_submit *application, const char *proof)
{
    change_nothing(application, proof);
    application->estate_type = text_of("4");
    application->building_location = text_of("示例路1号1幢至6幢");
    application->building_scope = text_of("地上部分");
}

Test(sandbox, books_a_prenotice_turned_into_a_mortgage_in_the_place_of_the_prenotice)
{
    char proof[129];
    struct case_booked booked;
    house_open(&house, one_window, 1);
    start(quick());
    book_as(1, "M05", change_nothing, NULL, &booked);
    cr_assert(text_is(booked.registration, "700"));
    cr_assert_eq(booked.units.items[0].rank.value, 1);
    snprintf(proof, sizeof proof, "%.*s", TEXT_ARGS(booked.proof));
    book_as(2, "M01", change_nothing, NULL, &booked);
    cr_assert_eq(booked.units.items[0].rank.value, 2);
    book_as(3, "M06", change_prenotice, proof, &booked);
    cr_assert(text_is(booked.registration, "100"));
    cr_assert_eq(booked.units.items[0].rank.value, 1);
    cr_assert_not(text_is(booked.proof, proof));
    book_as(4, "M01", change_nothing, NULL, &booked);
    cr_assert_eq(booked.units.items[0].rank.value, 3);
    house_close(&house);
}

Test(sandbox, ranks_a_mortgage_whose_prenotice_it_does_not_know_by_its_own_acceptance)
{
    struct case_booked booked;
    house_open(&house, one_window, 1);
    start(quick());
    book_as(1, "M01", change_nothing, NULL, &booked);
    book_as(2, "M06", change_prenotice, "鲁（2026）济南市不动产证明第0054321号", &booked);
    cr_assert_eq(booked.units.items[0].rank.value, 2);
    house_close(&house);
}

Test(sandbox, books_a_transfer_and_a_fixing_in_the_place_of_the_mortgage_they_follow)
{
    static const char *const types[][3] = {{"M03", "200", "抵押权转移登记"},
                                           {"M08", "200", "最高额抵押权转移登记"},
                                           {"M02", "300", "抵押权变更登记"},
                                           {"M09", "300", "最高额抵押权确定登记"}};
    char proof[129];
    struct case_booked booked;
    house_open(&house, one_window, 1);
    start(quick());
    book_as(1, "M07", change_nothing, NULL, &booked);
    snprintf(proof, sizeof proof, "%.*s", TEXT_ARGS(booked.proof));
    book_as(2, "M01", change_nothing, NULL, &booked);
    for (uint32_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        book_as(3 + i, types[i][0], i < 2 ? change_transfer : change_fixing, proof, &booked);
        cr_assert(text_is(booked.registration, types[i][1]), "%s", types[i][0]);
        cr_assert(text_is(booked.cause, types[i][2]), "%s", types[i][0]);
        cr_assert_eq(booked.units.items[0].rank.value, 1, "%s", types[i][0]);
        cr_assert(text_is(booked.status, "1"));
        cr_assert_not(text_is(booked.proof, proof), "a proof of its own");
        snprintf(proof, sizeof proof, "%.*s", TEXT_ARGS(booked.proof));
    }
    cr_assert(text_is(booked.fixing_fact, "债权确定期间届满"));
    cr_assert_eq(booked.fixed_amount.value, 61234500);
    book_as(9, "M01", change_nothing, NULL, &booked);
    cr_assert_eq(booked.units.items[0].rank.value, 3, "the four replaced one another");
    house_close(&house);
}

Test(sandbox, books_a_building_under_construction_with_its_place_and_extent)
{
    struct case_booked booked;
    house_open(&house, one_window, 1);
    start(quick());
    book_as(1, "M10", change_building, NULL, &booked);
    cr_assert(text_is(booked.registration, "100"));
    cr_assert(text_is(booked.building_location, "示例路1号1幢至6幢"));
    cr_assert(text_is(booked.building_scope, "地上部分"));
    cr_assert_null(booked.note.data);
    house_close(&house);
}

static void change_sale(struct case_submit *application, const char *proof)
{
    change_nothing(application, NULL);
    application->ended_proof = text_of(proof);
}

Test(sandbox, books_all_parts_of_a_combined_registration_at_once)
{
    char proof[129];
    struct case_booked booked;
    house_open(&house, one_window, 1);
    start(quick());
    book_as(1, "M01", change_nothing, NULL, &booked);
    snprintf(proof, sizeof proof, "%.*s", TEXT_ARGS(booked.proof));
    cr_assert_eq(booked.parts.count, 0);
    book_as(2, "M01", change_nothing, NULL, &booked);
    book_as(3, "M13", change_sale, proof, &booked);
    cr_assert_eq(booked.parts.count, 3);
    const struct booked_part *parts = booked.parts.items;
    cr_assert(text_is(parts[0].part, "transfer") && text_is(parts[0].registration, "200"));
    cr_assert_not_null(parts[0].certificate.data, "the buyer has a certificate of title");
    cr_assert(text_is(parts[1].part, "mortgage") && text_equal(parts[1].proof, booked.proof));
    cr_assert(text_is(parts[2].part, "cancellation") && text_is(parts[2].proof, proof));
    cr_assert_eq(parts[0].booked_at.value, parts[2].booked_at.value);
    cr_assert_eq(booked.units.items[0].rank.value, 2, "behind the second mortgage; the first has ended");
    house_close(&house);
}

Test(sandbox, says_of_a_rural_security_that_it_is_older_than_its_entry)
{
    struct case_booked booked;
    house_open(&house, one_window, 1);
    start(quick());
    book_as(1, "M14", change_nothing, NULL, &booked);
    cr_assert(text_is(booked.registration, "100"));
    cr_assert_not_null(booked.note.data);
    cr_assert_not_null(memmem(booked.note.data, booked.note.size, "合同生效时设立", strlen("合同生效时设立")));
    house_close(&house);
}

static int64_t registry_number_of(const char *sql)
{
    char path[128];
    sqlite3 *file = NULL;
    sqlite3_stmt *query = NULL;
    snprintf(path, sizeof path, "%s/registry.db", house.data);
    cr_assert_eq(sqlite3_open_v2(path, &file, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(file, sql, -1, &query, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(file);
    return value;
}

Test(sandbox, files_the_same_business_under_another_case_never)
{
    char first[31];
    char second[31];
    house_open(&house, one_window, 1);
    start(quick());
    submit(house_case_id(1, first), "DY-1", unit);
    house_await(&house, MESSAGE_CERT_ISSUED, first, 1);
    submit(house_case_id(2, second), "DY-1", unit);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'held'", 1);
    cr_assert_eq(registry_number_of("SELECT count(*) FROM application"), 1);
    cr_assert_eq(registry_number_of("SELECT count(*) FROM attempt"), 1);
    house_close(&house);
}

/* Killed right after the registry has the case and before the agent wrote so: find, and no second filing. */
Test(sandbox, finds_after_a_kill_instead_of_handing_again)
{
    char id[31];
    house_open(&house, one_window, 1);
    start(quick());
    submit(house_case_id(1, id), "DY-1", unit);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handing'", 1);
    cr_assert_eq(house.adapter.work(house.adapter.context, clock_now_us()), STATUS_OK);
    house_kill(&house);
    cr_assert_eq(registry_number_of("SELECT count(*) FROM application"), 1);
    start(quick());
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    cr_assert_eq(house_count(&house, MESSAGE_CASE_ACCEPTED, id), 1);
    cr_assert_eq(registry_number_of("SELECT count(*) FROM attempt"), 0);
    house_close(&house);
}

/* Killed with the intent on disk and nothing handed: the registry says so, and the case is handed once. */
Test(sandbox, hands_again_what_the_registry_does_not_know)
{
    char id[31];
    house_open(&house, one_window, 1);
    start(quick());
    submit(house_case_id(1, id), "DY-1", unit);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'handing'", 1);
    house_kill(&house); /* the registry's group was never committed */
    cr_assert_eq(registry_number_of("SELECT count(*) FROM application"), 0);
    start(quick());
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    cr_assert_eq(registry_number_of("SELECT count(*) FROM application"), 1);
    cr_assert_eq(registry_number_of("SELECT count(*) FROM attempt"), 0);
    house_close(&house);
}

Test(sandbox, keeps_its_timers_over_a_restart)
{
    char id[31];
    struct registry_settings settings = quick();
    settings.book_ms = 300;
    house_open(&house, one_window, 1);
    start(settings);
    submit(house_case_id(1, id), "DY-1", unit);
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    house_kill(&house);
    start(settings);
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL"), 3);
    house_close(&house);
}

Test(sandbox, asks_for_a_supplement_and_goes_on_when_it_comes)
{
    char id[31];
    struct registry_settings settings = quick();
    struct supplement_req request;
    struct case_booked booked;
    settings.supplement = 10000;
    house_open(&house, one_window, 1);
    start(settings);
    submit(house_case_id(1, id), "DY-1", unit);
    house_decode(&house, house_await(&house, MESSAGE_SUPPLEMENT_REQ, id, 1), &request);
    cr_assert_eq(request.round.value, 1);
    struct change change = {.path = text_of("bdbzzqse"), .new_value = text_of("90000000"), .is_present = true};
    struct supplement_submit supplement = {.round = number_of(1), .changes = {&change, 1, true}};
    struct house_delivery delivery = {
        one_window[0], id, 2, MESSAGE_SUPPLEMENT_SUBMIT, house_encode(MESSAGE_SUPPLEMENT_SUBMIT, &supplement), false};
    house_deliver(&house, &delivery);
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    cr_assert_eq(house_count(&house, MESSAGE_SUPPLEMENT_REQ, id), 1);
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, id, 1), &booked);
    cr_assert_eq(booked.amount.value, 90000000);
    house_close(&house);
}

static void withdraw(const char *id)
{
    struct withdraw_req request = {.reason = text_of("不办了"), .agreement = text_of("A-1")};
    struct house_delivery delivery = {
        one_window[0], id, 2, MESSAGE_WITHDRAW_REQ, house_encode(MESSAGE_WITHDRAW_REQ, &request), false};
    house_deliver(&house, &delivery);
}

Test(sandbox, lets_a_case_be_withdrawn_until_it_is_booked)
{
    char id[31];
    struct withdraw_result result;
    struct registry_settings settings = quick();
    settings.book_ms = 3600000;
    house_open(&house, one_window, 1);
    start(settings);
    submit(house_case_id(1, id), "DY-1", unit);
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    withdraw(id);
    house_decode(&house, house_await(&house, MESSAGE_WITHDRAW_RESULT, id, 1), &result);
    cr_assert(text_is(result.result, "ok"));
    house_close(&house);
}

Test(sandbox, says_too_late_to_a_withdrawal_after_booking)
{
    char id[31];
    struct withdraw_result result;
    house_open(&house, one_window, 1);
    start(quick());
    submit(house_case_id(1, id), "DY-1", unit);
    house_await(&house, MESSAGE_CERT_ISSUED, id, 1);
    withdraw(id);
    house_decode(&house, house_await(&house, MESSAGE_WITHDRAW_RESULT, id, 1), &result);
    cr_assert(text_is(result.result, "too_late"));
    cr_assert(result.booked_at.is_present);
    house_close(&house);
}

Test(sandbox, says_too_late_to_a_withdrawal_of_what_it_did_not_accept)
{
    char id[31];
    struct withdraw_result result;
    struct registry_settings settings = quick();
    settings.not_accepted = 10000;
    house_open(&house, one_window, 1);
    start(settings);
    submit(house_case_id(1, id), "DY-1", unit);
    house_await(&house, MESSAGE_CASE_NOT_ACCEPTED, id, 1);
    withdraw(id);
    house_decode(&house, house_await(&house, MESSAGE_WITHDRAW_RESULT, id, 1), &result);
    cr_assert(text_is(result.result, "too_late"));
    cr_assert(!result.booked_at.is_present);
    house_close(&house);
}

Test(sandbox, refuses_and_does_not_accept_by_its_shares)
{
    char id[31];
    struct registry_settings settings = quick();
    settings.not_accepted = 10000;
    house_open(&house, one_window, 1);
    start(settings);
    submit(house_case_id(1, id), "DY-1", unit);
    house_await(&house, MESSAGE_CASE_NOT_ACCEPTED, id, 1);
    house_kill(&house);
    settings.not_accepted = 0;
    settings.refuse = 10000;
    start(settings);
    submit(house_case_id(2, id), "DY-1", unit); /* free again: the first was never accepted */
    house_await(&house, MESSAGE_CASE_REFUSED, id, 1);
    house_close(&house);
}

Test(sandbox, takes_300_cases_without_losing_or_doubling_one)
{
    char id[31];
    char contract[32];
    char number[40];
    enum { COUNT = 300 };
    house_open(&house, one_window, 1);
    start(quick());
    for (uint32_t i = 0; i < COUNT; i++) {
        snprintf(contract, sizeof contract, "DY-%u", i);
        snprintf(number, sizeof number, "370102999001GB00001F%08u", i + 1);
        submit(house_case_id(i, id), contract, number);
    }
    house_await(&house, MESSAGE_CERT_ISSUED, "", COUNT);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE state = 'owed'", 0);
    cr_assert_eq(house_number(&house, "SELECT count(DISTINCT number) FROM docket WHERE state = 'CERTIFIED'"), COUNT);
    cr_assert_eq(house_number(&house, "SELECT count(DISTINCT proof) FROM docket"), COUNT);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL"), 3 * COUNT);
    house_close(&house);
}

Test(sandbox, reads_its_shares_and_delays)
{
    char why[256];
    struct registry_settings settings = {0};
    cr_assert(sandbox_read_shares("not-accepted=1,supplement=6,refuse=0.5", &settings, why, sizeof why));
    cr_assert_eq(settings.supplement, 600);
    cr_assert_eq(settings.refuse, 50);
    cr_assert(sandbox_read_delays("cert=7", &settings, why, sizeof why));
    cr_assert_eq(settings.certify_ms, 7);
    cr_assert_not(sandbox_read_shares("supplement=101", &settings, why, sizeof why));
    cr_assert_not(sandbox_read_shares("supplement=60,refuse=60", &settings, why, sizeof why));
    cr_assert_not(sandbox_read_shares("supplements=1", &settings, why, sizeof why));
    cr_assert_not(sandbox_read_shares("supplement", &settings, why, sizeof why));
    cr_assert_not(sandbox_read_delays("accept=-1", &settings, why, sizeof why));
    cr_assert_not(sandbox_read_delays("accept=nan", &settings, why, sizeof why));
}
