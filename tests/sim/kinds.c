#include "tests/sim/kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/kind.h"
#include "tests/sim/heard.h"
#include "tests/sim/world.h"

enum { MATERIAL_LIST_MAX = 20, SIGNER_MAX = 4, KIND_MEMORY_SIZE = 1 << 16, FORGED_COUNT_MAX = 64 };

/* What each kind has besides the fields of the example, or in place of them. */
static const struct shape {
    const char *code;
    const char *fields;  /* JSON */
    const char *follows; /* the kinds of mortgage it may follow, one word each; "" for a first registration */
} shapes[] = {
    {"M01", "{}", ""},
    {"M07", "{\"dyfs\":\"2\",\"zgzqse\":90000000,\"bdbzzqse\":null}", ""},
    {"M12",
     "{\"sellers\":[{\"name\":\"李某\",\"idt\":\"1\",\"id\":\"370117200105248145\",\"gyfs\":\"0\"}],"
     "\"sale\":{\"htbh\":\"MM-1\",\"price\":120000000,\"wspz\":\"WS-1\"}}",
     ""},
    {"M13",
     "{\"sellers\":[{\"name\":\"李某\",\"idt\":\"1\",\"id\":\"370117200105248145\",\"gyfs\":\"0\"}],"
     "\"sale\":{\"htbh\":\"MM-1\",\"price\":120000000,\"wspz\":\"WS-1\",\"zjjg\":\"JG-1\"},"
     "\"old_mortgagee\":{\"name\":\"示例农商银行\",\"uscc\":\"91370100MAQQQQ027E\",\"cnaps\":\"402451099999\","
     "\"agent\":{\"name\":\"赵某\",\"idt\":\"1\",\"id\":\"371681199501277945\"}}}",
     ""},
    {"M02", "{\"changes\":[{\"item\":\"zwlxjssj\",\"before\":\"2055-09-30\",\"after\":\"2056-09-30\"}]}",
     "M01 M02 M03"},
    {"M03",
     "{\"transferor\":{\"name\":\"示例农商银行\",\"uscc\":\"91370100MAQQQQ027E\",\"cnaps\":\"402451099999\","
     "\"agent\":{\"name\":\"赵某\",\"idt\":\"1\",\"id\":\"371681199501277945\"}}}",
     "M01 M02 M03"},
    {"M04", "{\"zxdyyy\":\"主债权已清偿，债权消灭\"}", "M01 M02 M03 M07 M08 M09 M12 M13"},
    {"M08",
     "{\"dyfs\":\"2\",\"zgzqse\":90000000,\"bdbzzqse\":null,"
     "\"changes\":[{\"item\":\"zwlxjssj\",\"before\":\"2055-09-30\",\"after\":\"2056-09-30\"}]}",
     "M07 M08"},
    {"M09",
     "{\"dyfs\":\"2\",\"zgzqse\":90000000,\"bdbzzqse\":null,\"zgzqqdss\":\"债权确定期间届满\",\"zgzqqdse\":80000000}",
     "M07 M08"},
};

enum { SHAPE_COUNT = sizeof shapes / sizeof shapes[0], SHAPE_M13 = 3 };

const char *kinds_code(uint32_t kind)
{
    return shapes[kind].code;
}

bool kinds_is_cancellation(uint32_t kind)
{
    return strcmp(shapes[kind].code, "M04") == 0;
}

bool kinds_is_first(uint32_t kind)
{
    return kind < 2;
}

/* ---- the form of each, made once ---- */

static bool is_one_of(const char *code, const char *const *codes)
{
    for (; *codes != NULL; codes++)
        if (strcmp(code, *codes) == 0)
            return true;
    return false;
}

struct signers {
    const char *paths[SIGNER_MAX];
    uint32_t count;
};

static void sign(struct signers *signers, const char *path)
{
    signers->paths[signers->count++] = path;
}

/* Who signs a material: owners and bank, sellers where it is theirs too, the bank alone where it files alone. */
static struct signers signers_of(const char *code, const json_t *form)
{
    static const char *const of_sellers[] = {"SQS", "XWBL", "MMHT", "SFXY", NULL};
    static const char *const of_owners[] = {"SQS", "XWBL", "MMHT", "HTB", "ZGEHT", "BGXY", "ZQZR", "SFXY", NULL};
    static const char *const of_bank[] = {"SQS", "HTB", "ZGEHT", "BGXY", "ZQZR", "SFXY", NULL};
    const char *kind = json_string_value(json_object_get(form, "kind"));
    const bool is_alone = strcmp(kind, "M04") == 0 || strcmp(kind, "M09") == 0;
    struct signers signers = {.count = 0};

    if (json_object_get(form, "sellers") != NULL && is_one_of(code, of_sellers))
        sign(&signers, "sellers/0");
    if (!is_alone && is_one_of(code, of_owners))
        sign(&signers, json_object_get(form, "transferor") != NULL ? "transferor/agent" : "mortgagors/0");
    if (is_one_of(code, of_bank) || (is_alone && strcmp(code, "XWBL") == 0))
        sign(&signers, "mortgagee/agent");
    if (strcmp(code, "QDYHTY") == 0)
        sign(&signers, "old_mortgagee/agent");
    return signers;
}

static void add_material(json_t *materials, const char *code, const struct signers *signers)
{
    static const char digest[] = "aed7b506e34ef74e5c9cf470dea70a93500b472a0e94bc0af0495f5d06ffdfb1";
    json_t *material =
        json_pack("{s:s, s:i, s:s}", "code", code, "pages", strcmp(code, "ID") == 0 ? 4 : 2, "sm3", digest);
    json_t *signed_by = json_array();

    for (uint32_t i = 0; i < signers->count; i++)
        json_array_append_new(signed_by, json_string(signers->paths[i]));
    if (signers->count > 0)
        json_object_set(material, "signed_by", signed_by);
    json_decref(signed_by);
    json_array_append_new(materials, material);
}

static void add_mandates(json_t *materials, const json_t *form)
{
    static const char *const banks[] = {"mortgagee", "transferor", "old_mortgagee"};

    for (size_t i = 0; i < sizeof banks / sizeof banks[0]; i++) {
        const struct signers signers = {{banks[i]}, 1};
        if (json_object_get(form, banks[i]) != NULL)
            add_material(materials, "SQWT", &signers);
    }
}

static json_t *materials_of(const json_t *form, const char *kind)
{
    json_t *materials = json_array();
    char list[128];
    char *next = list;

    snprintf(list, sizeof list, "SQS ID XWBL %s", kind_find(text_of(kind))->materials);
    while (*next != '\0') {
        char *code = next;
        next += strcspn(next, " ");
        if (*next != '\0')
            *next++ = '\0';
        const struct signers signers = signers_of(code, form);
        add_material(materials, code, &signers);
    }
    add_mandates(materials, form);
    return materials;
}

static json_t *form_of(const struct shape *shape)
{
    json_t *form = record_to_json(&record_case_submit, application_example());
    json_t *fields = json_loads(shape->fields, 0, NULL);
    const char *key;
    json_t *value;

    if (fields == NULL || form == NULL)
        abort();
    json_object_set_new(form, "kind", json_string(shape->code));
    json_object_foreach(fields, key, value) if (json_is_null(value)) json_object_del(form, key);
    else json_object_set(form, key, value);
    json_object_set_new(form, "materials", materials_of(form, shape->code));
    json_decref(fields);
    return form;
}

static const struct case_submit *form_made(uint32_t kind)
{
    static struct case_submit forms[SHAPE_COUNT];
    static uint8_t memory[SHAPE_COUNT][KIND_MEMORY_SIZE];
    static json_t *kept[SHAPE_COUNT]; /* their texts are borrowed for ever */
    struct arena arena = arena_over(memory[kind], sizeof memory[kind]);
    struct problems problems = {.count = 0};

    if (kind == 0)
        return application_example();
    if (kept[kind] != NULL)
        return &forms[kind];
    kept[kind] = form_of(&shapes[kind]);
    if (record_from_json(&record_case_submit, kept[kind], &arena, &forms[kind], &problems) != STATUS_OK) {
        fprintf(stderr, "sim: the form of %s cannot be read: %s\n", shapes[kind].code,
                problems.count > 0 ? problems.items[0].path : "no JSON");
        abort();
    }
    return &forms[kind];
}

struct case_submit kinds_application(const struct kind_chosen *chosen)
{
    struct case_submit application = *form_made(chosen->kind);

    if (chosen->ended[0] != '\0')
        application.ended_proof = text_of(chosen->ended);
    if (chosen->earlier[0] != '\0' && !kinds_is_cancellation(chosen->kind) && chosen->kind != SHAPE_M13)
        application.earlier_number = text_of(chosen->earlier);
    if (chosen->old != 0)
        application.old_mortgagee.cnaps = text_of(peer_name(chosen->old - 1) + 2);
    return application;
}

/* ---- choosing ---- */

static bool follows(uint32_t kind, uint32_t earlier)
{
    return words_hold(shapes[kind].follows, text_of(shapes[earlier].code));
}

static void choose_old(const struct peer *branch, struct kind_chosen *chosen)
{
    const uint32_t others = world->options.branch_count - 1;

    snprintf(chosen->ended, sizeof chosen->ended, "鲁（2025）济南市不动产证明第%07u号",
             1 + random_below(&world->random, 9999999));
    chosen->old = 1 + (branch->index + 1 + random_below(&world->random, others)) % world->options.branch_count;
}

struct kind_chosen kinds_choose(const struct peer *branch, const struct mortgage *mortgage, uint32_t mortgage_kind)
{
    struct kind_chosen chosen = {0};

    if (!world_has(FEATURE_KINDS))
        return chosen;
    chosen.kind = random_below(&world->random, SHAPE_COUNT);
    if (mortgage == NULL || !follows(chosen.kind, mortgage_kind))
        chosen.kind %= SHAPE_M13 + 1;
    if (chosen.kind > SHAPE_M13) {
        snprintf(chosen.ended, sizeof chosen.ended, "%s", mortgage->proof);
        snprintf(chosen.earlier, sizeof chosen.earlier, "%s", mortgage->number);
    }
    if (chosen.kind == SHAPE_M13 && world->options.branch_count < 2)
        chosen.kind = 0;
    if (chosen.kind == SHAPE_M13)
        choose_old(branch, &chosen);
    return chosen;
}

/* ---- the old mortgagee's branch ---- */

bool kinds_is_of_another(struct text fact)
{
    return fact.data != NULL &&
           (text_is(fact, "PART_ASKED") || text_is(fact, "PART_BOOKED") || text_is(fact, "PART_ENDED"));
}

static void answer_part(struct peer *branch, struct text case_id, struct text proof, bool agrees, bool is_forged)
{
    const struct part_confirm answer = {
        .proof = proof, .agrees = number_of(agrees), .user = text_of("0012"), .is_present = true};
    char id[CASE_ID_SIZE + 1];

    snprintf(id, sizeof id, "%.*s", TEXT_ARGS(case_id));
    struct owed *owed = peer_owe(branch, MESSAGE_PART_CONFIRM, id, &answer, (struct bytes){NULL, 0});
    owed->is_forged = is_forged;
}

void kinds_heard(struct peer *branch, struct text case_id, const struct case_event *event)
{
    if (!text_is(event->fact, "PART_ASKED"))
        return;
    /* somebody else would like to answer for it */
    struct peer *other = &world->peers[random_below(&world->random, world->options.branch_count)];
    if (other != branch && random_once_in(&world->random, 3))
        answer_part(other, case_id, event->detail, true, true);
    const bool agrees = !random_once_in(&world->random, 4);
    answer_part(branch, case_id, event->detail, agrees, false);
    struct told_case *told = oracle_case(&world->oracle, case_id);
    world_say("%s %s to the transfer %.*s", branch->name, agrees ? "agrees" : "does not agree", TEXT_ARGS(case_id));
    if (told != NULL && told->filed->old != branch->index + 1)
        oracle_fails(&world->oracle, told->id, "P10: %s is asked about a mortgage that is another's", branch->name);
    oracle_sees_agreed(&world->oracle, case_id, agrees);
}

/* ---- at the end ---- */

static uint32_t times_told(const struct told_case *told, const char *fact, uint32_t branch)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < world->hearing.count; i++) {
        const struct heard *heard = &world->hearing.items[i];
        count += strcmp(heard->fact, fact) == 0 && heard->branch == branch && strcmp(heard->case_id, told->id) == 0;
    }
    return count;
}

static bool judge_told(const struct told_case *told, const char *fact, uint32_t expected, bool is_end)
{
    const uint32_t times = times_told(told, fact, told->filed->old - 1);

    if (is_end && times != expected)
        oracle_fails(&world->oracle, told->id, "P1: the old mortgagee of %s heard %s %u times, not %u", told->id, fact,
                     times, expected);
    return times == expected;
}

bool kinds_judge(bool is_end)
{
    const struct oracle *oracle = &world->oracle;
    bool is_whole = true;

    for (uint32_t i = 0; i < oracle->case_count; i++) {
        const struct told_case *told = oracle->in_order[i];
        if (told->filed->old == 0)
            continue;
        const bool is_booked = heard_word(&world->hearing, told->id, "CASE_BOOKED") != 0;
        const bool is_declined = times_told(told, "PART_DECLINED", told->filed->branch) > 0;
        const bool is_ended = heard_is_unbooked_end(heard_state_before(&world->hearing, told->id, UINT64_MAX));
        is_whole &= judge_told(told, "PART_ASKED", 1, is_end);
        is_whole &= judge_told(told, "PART_BOOKED", is_booked, is_end);
        is_whole &= judge_told(told, "PART_ENDED", is_ended && !is_declined, is_end);
    }
    return is_whole;
}
