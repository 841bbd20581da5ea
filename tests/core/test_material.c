#include <criterion/criterion.h>
#include <stdio.h>

#include "broker/core/material.h"
#include "tests/core/house.h"

/* Stories of files that travel before the application that names them. */

enum { PIECE = MESSAGE_CHUNK_SIZE_MAX };

static const int64_t three_pieces = 2 * PIECE + 100;

static struct house *open_house(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    window_comes(house, WINDOW, 4);
    window_comes(house, OTHER_WINDOW, 4);
    return house;
}

static const uint8_t *digest_of(uint8_t name)
{
    static uint8_t digests[256][DIGEST_SIZE];
    memset(digests[name], name, DIGEST_SIZE);
    return digests[name];
}

static const char *hex_of(uint8_t name)
{
    static char texts[256][2 * DIGEST_SIZE + 1];
    for (int i = 0; i < DIGEST_SIZE; i++)
        snprintf(texts[name] + 2 * i, 3, "%02x", name);
    return texts[name];
}

static enum status send_piece(struct house *house, const char *branch, uint8_t name, uint32_t index, int64_t size)
{
    const struct material_chunk chunk = {.file_digest = bytes_of(digest_of(name), DIGEST_SIZE),
                                         .size = number_of(size),
                                         .offset = number_of((int64_t)index * PIECE),
                                         .digest = bytes_of(digest_of(0), DIGEST_SIZE),
                                         .is_present = true};
    say(house, &(struct said){.who = branch, .type = MESSAGE_MATERIAL_CHUNK, .body = &chunk});
    return rejection(house);
}

/* The record of the last piece. */
static uint64_t send_file(struct house *house, const char *branch, uint8_t name)
{
    for (uint32_t i = 0; i < 3; i++)
        cr_assert_eq(send_piece(house, branch, name, i, three_pieces), STATUS_OK);
    return effect_of(house, EFFECT_RECEIPT, 0)->sequence;
}

static struct material carried(uint8_t name, int64_t size)
{
    return (struct material){.code = text_of("SQS"),
                             .pages = number_of(1),
                             .size = number_of(size),
                             .sm3 = text_of(hex_of(name)),
                             .is_carried = number_of(true),
                             .is_present = true};
}

static enum status submit_with(struct house *house, const char *contract, struct material *materials, uint32_t count)
{
    struct case_submit *body = application(UNIT, contract);
    body->materials = (struct material_list){materials, count, true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = body});
    return rejection(house);
}

static enum status get(struct house *house, const char *window, const char *case_id, uint8_t name, int64_t offset)
{
    const struct material_get body = {
        .file_digest = bytes_of(digest_of(name), DIGEST_SIZE), .offset = number_of(offset), .is_present = true};
    say(house, &(struct said){.who = window, .type = MESSAGE_MATERIAL_GET, .case_id = case_id, .body = &body});
    return rejection(house);
}

/* A case at its window that carries the file 1. */
static const char *case_with_file(struct house *house)
{
    static char id[CASE_ID_SIZE + 1];
    struct material material = carried(1, three_pieces);
    send_file(house, BRANCH, 1);
    cr_assert_eq(submit_with(house, "DY-1", &material, 1), STATUS_OK);
    memcpy(id, house->step.case_id, sizeof id);
    return id;
}

Test(material, each_piece_gets_a_receipt_and_the_case_goes_when_all_is_there)
{
    struct house *house = open_house();
    struct material material = carried(1, three_pieces);
    cr_expect_eq(send_piece(house, BRANCH, 1, 0, three_pieces), STATUS_OK);
    cr_expect_eq(count_effects(house, EFFECT_RECEIPT), 1);
    cr_expect_eq(send_piece(house, BRANCH, 1, 1, three_pieces), STATUS_OK);
    cr_expect_eq(submit_with(house, "DY-1", &material, 1), STATUS_MATERIAL_MISSING);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "materials/0");
    cr_expect(status_may_retry(STATUS_MATERIAL_MISSING), "the same application goes again when the file is there");
    cr_expect_eq(send_piece(house, BRANCH, 1, 2, three_pieces), STATUS_OK);
    cr_expect_eq(submit_with(house, "DY-1", &material, 1), STATUS_OK);
    cr_expect_eq(count_effects(house, EFFECT_DELIVER), 1);
    cr_expect_not(has_flag(house, house->step.case_id, CASE_DECLARED_ONLY));
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(material, what_is_only_declared_is_said_of_the_case)
{
    struct house *house = open_house();
    struct material materials[2] = {carried(1, three_pieces), carried(2, three_pieces)};
    materials[1].is_carried = number_of(false);
    send_file(house, BRANCH, 1);
    cr_expect_eq(submit_with(house, "DY-1", materials, 2), STATUS_OK);
    cr_expect(has_flag(house, house->step.case_id, CASE_DECLARED_ONLY));
    house_free(house);
}

Test(material, pieces_come_in_order_and_the_first_begins_anew)
{
    struct house *house = open_house();
    cr_expect_eq(send_piece(house, BRANCH, 1, 1, three_pieces), STATUS_MATERIAL_ORDER, "nothing is there yet");
    cr_expect_eq(send_piece(house, BRANCH, 1, 0, three_pieces), STATUS_OK);
    cr_expect_eq(send_piece(house, BRANCH, 1, 2, three_pieces), STATUS_MATERIAL_ORDER, "a gap");
    cr_expect_eq(send_piece(house, BRANCH, 1, 1, three_pieces + 1), STATUS_MATERIAL_ORDER, "another size");
    cr_expect_eq(send_piece(house, BRANCH, 1, 0, three_pieces), STATUS_OK);
    cr_expect_eq(send_piece(house, BRANCH, 1, 1, three_pieces), STATUS_OK);
    cr_expect_eq(send_piece(house, BRANCH, 1, 1, three_pieces), STATUS_MATERIAL_ORDER, "twice");
    cr_expect_eq(send_piece(house, BRANCH, 1, 2, three_pieces), STATUS_OK);
    cr_expect_eq(send_piece(house, BRANCH, 1, 0, three_pieces), STATUS_MATERIAL_ORDER, "whole is whole");
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(material, goes_on_after_a_restart_where_it_stood)
{
    struct house *house = open_house();
    struct material material = carried(1, three_pieces);
    send_piece(house, BRANCH, 1, 0, three_pieces);
    house_checkpoint(house);
    send_piece(house, BRANCH, 1, 1, three_pieces);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    cr_expect_eq(send_piece(house, BRANCH, 1, 2, three_pieces), STATUS_OK);
    cr_expect_eq(submit_with(house, "DY-1", &material, 1), STATUS_OK);
    house_free(house);
}

Test(material, is_known_again_by_the_next_case_of_the_branch_and_by_no_other_branch)
{
    struct house *house = open_house();
    struct material material = carried(1, three_pieces);
    case_with_file(house);
    house_checkpoint(house);
    house_restart(house);
    branch_comes(house, BRANCH, 0);
    branch_comes(house, OTHER_BRANCH, 0);
    cr_expect_eq(submit_with(house, "DY-2", &material, 1), STATUS_OK);
    struct case_submit *other = application(UNIT_2, "DY-3");
    other->materials = (struct material_list){&material, 1, true};
    say(house, &(struct said){.who = OTHER_BRANCH, .type = MESSAGE_CASE_SUBMIT, .body = other});
    cr_expect_eq(rejection(house), STATUS_MATERIAL_MISSING);
    house_free(house);
}

Test(material, of_another_size_than_the_application_says_is_refused_for_good)
{
    struct house *house = open_house();
    struct material material = carried(1, three_pieces + 1);
    send_file(house, BRANCH, 1);
    cr_expect_eq(submit_with(house, "DY-1", &material, 1), STATUS_BAD_BODY);
    house_free(house);
}

Test(material, only_the_window_of_the_case_gets_the_pieces)
{
    struct house *house = open_house();
    uint64_t last_piece = send_file(house, BRANCH, 1);
    struct material material = carried(1, three_pieces);
    cr_assert_eq(submit_with(house, "DY-1", &material, 1), STATUS_OK);
    char id[CASE_ID_SIZE + 1];
    memcpy(id, house->step.case_id, sizeof id);
    send_file(house, BRANCH, 2);
    cr_expect_eq(get(house, WINDOW, id, 1, 2 * PIECE), STATUS_OK);
    const struct effect *part = effect_of(house, EFFECT_MATERIAL, 0);
    cr_assert_not_null(part);
    cr_expect_str_eq(part->to, WINDOW);
    cr_expect_eq(part->sequence, last_piece);
    cr_expect_eq(get(house, OTHER_WINDOW, id, 1, 0), STATUS_NOT_YOURS);
    cr_expect_eq(get(house, WINDOW, id, 2, 0), STATUS_NOT_FOUND,
                 "a file of the same branch that is none of the case's");
    cr_expect_eq(get(house, WINDOW, id, 1, three_pieces), STATUS_BAD_BODY);
    cr_expect_eq(get(house, WINDOW, id, 1, 1), STATUS_BAD_BODY);
    house_checkpoint(house);
    house_restart(house);
    window_comes(house, WINDOW, 4);
    cr_expect_eq(get(house, WINDOW, id, 1, 0), STATUS_OK, "after a restart too");
    house_free(house);
}

Test(material, a_window_that_fetches_is_not_in_doubt)
{
    struct house *house = open_house();
    const char *id = case_with_file(house);
    for (int i = 0; i < 20; i++) {
        house_wait(house, SECOND / 2);
        cr_expect_eq(count_effects(house, EFFECT_DELIVER), 0, "it is at work");
        cr_assert_eq(get(house, WINDOW, id, 1, 0), STATUS_OK);
    }
    cr_expect_not(has_flag(house, id, CASE_IN_DOUBT));
    house_wait(house, 20 * SECOND);
    cr_expect(has_flag(house, id, CASE_IN_DOUBT), "it fell silent");
    house_free(house);
}

Test(material, a_supplement_carries_files_as_an_application_does)
{
    struct house *house = open_house();
    const char *id = case_with_file(house);
    struct material material = carried(2, three_pieces);
    struct supplement_submit answer = {.round = number_of(1), .materials = {&material, 1, true}, .is_present = true};
    const struct said said = {.who = BRANCH, .type = MESSAGE_SUPPLEMENT_SUBMIT, .case_id = id, .body = &answer};
    deliver(house, id, 1);
    ask_supplement(house, id, 1);
    say(house, &said);
    cr_expect_eq(rejection(house), STATUS_MATERIAL_MISSING);
    send_file(house, BRANCH, 2);
    say(house, &said);
    cr_expect_eq(rejection(house), STATUS_OK);
    cr_expect_eq(get(house, WINDOW, id, 2, 0), STATUS_OK);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

Test(material, the_oldest_file_without_a_case_makes_room_and_those_of_cases_stay)
{
    struct house *house = open_house();
    const char *id = case_with_file(house);
    for (uint32_t i = 0; i <= MATERIAL_WAITING_COUNT_MAX; i++)
        cr_assert_eq(send_piece(house, BRANCH, (uint8_t)(2 + i), 0, three_pieces), STATUS_OK);
    cr_expect_eq(send_piece(house, BRANCH, 2, 1, three_pieces), STATUS_MATERIAL_ORDER, "it had to go");
    cr_expect_eq(send_piece(house, BRANCH, 3, 1, three_pieces), STATUS_OK);
    cr_expect_eq(get(house, WINDOW, id, 1, 0), STATUS_OK);
    cr_expect(house_replays_the_same(house));
    house_free(house);
}

/* ---- what an older journal holds, and who may ask ---- */

Test(material, of_an_older_journal_that_lacks_its_beginning_takes_no_more_pieces_than_a_file_has)
{
    struct house *house = open_house();
    const struct material_chunk chunk = {.file_digest = bytes_of(digest_of(1), DIGEST_SIZE),
                                         .size = number_of(MATERIAL_SIZE_MAX),
                                         .offset = number_of(PIECE),
                                         .digest = bytes_of(digest_of(0), DIGEST_SIZE),
                                         .is_present = true};
    for (int i = 0; i <= MATERIAL_PIECE_COUNT_MAX; i++)
        say(house, &(struct said){.who = BRANCH, .type = MESSAGE_MATERIAL_CHUNK, .body = &chunk, .is_old = true});
    struct material_row row;
    cr_assert(material_find(house->core, text_of(BRANCH), bytes_of(digest_of(1), DIGEST_SIZE), &row));
    cr_expect_eq(row.pieces.count, MATERIAL_PIECE_COUNT_MAX);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(material, is_got_for_a_case_and_not_without_one)
{
    struct house *house = open_house();
    const char *id = case_with_file(house);
    cr_expect_eq(get(house, WINDOW, id, 1, 0), STATUS_OK);
    cr_expect_eq(get(house, WINDOW, NULL, 1, 0), STATUS_UNKNOWN_CASE);
    cr_expect_str_eq(effect_of(house, EFFECT_REJECT, 0)->path, "cid");
    cr_expect_eq(get(house, WINDOW, "SD370102-20260930-105-00001A-G", 1, 0), STATUS_UNKNOWN_CASE);
    house_free(house);
}

Test(material, that_was_read_when_its_case_has_gone_on_is_given_and_changes_nothing)
{
    struct house *house = open_house();
    const char *id = case_with_file(house);
    deliver(house, id, 1);
    cr_expect_eq(get(house, WINDOW, id, 1, 0), STATUS_OK);
    cr_expect_eq(count_effects(house, EFFECT_MATERIAL), 1);
    expect_state(house, id, "DELIVERED");
    house_free(house);
}

Test(material, is_asked_about_by_its_digest)
{
    struct house *house = open_house();
    const struct material_query query = {.file_digest = bytes_of(digest_of(1), DIGEST_SIZE), .is_present = true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_MATERIAL_QUERY, .body = &query});
    const struct effect *answer = effect_of(house, EFFECT_ANSWER, 0);
    cr_assert_not_null(answer);
    cr_expect_eq(answer->message, MESSAGE_MATERIAL_ACK);
    cr_expect_eq(memcmp(answer->digest, digest_of(1), DIGEST_SIZE), 0);
    house_free(house);
}

Test(material, of_a_supplement_that_carries_all_it_names_is_not_only_declared)
{
    struct house *house = open_house();
    const char *id = case_with_file(house);
    deliver(house, id, 1);
    ask_supplement(house, id, 1);
    send_file(house, BRANCH, 0xab);
    struct material material = carried(0xab, three_pieces);
    struct supplement_submit *body = body_of(MESSAGE_SUPPLEMENT_SUBMIT);
    body->round = number_of(1);
    body->materials = (struct material_list){&material, 1, true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_SUPPLEMENT_SUBMIT, .case_id = id, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    cr_expect_not(has_flag(house, id, CASE_DECLARED_ONLY));
    cr_expect_eq(get(house, WINDOW, id, 0xab, 0), STATUS_OK);
    cr_assert(house_replays_the_same(house));
    house_free(house);
}

Test(material, of_a_supplement_that_is_only_declared_is_said_of_the_case)
{
    struct house *house = open_house();
    const char *id = case_with_file(house);
    deliver(house, id, 1);
    ask_supplement(house, id, 1);
    cr_expect_not(has_flag(house, id, CASE_DECLARED_ONLY));
    struct material material = carried(2, three_pieces);
    material.is_carried = number_of(false);
    struct supplement_submit *body = body_of(MESSAGE_SUPPLEMENT_SUBMIT);
    body->round = number_of(1);
    body->materials = (struct material_list){&material, 1, true};
    say(house, &(struct said){.who = BRANCH, .type = MESSAGE_SUPPLEMENT_SUBMIT, .case_id = id, .body = body});
    cr_assert_eq(house->step.verdict, VERDICT_STORE);
    cr_expect(has_flag(house, id, CASE_DECLARED_ONLY));
    house_free(house);
}
