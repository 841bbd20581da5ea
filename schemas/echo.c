#include "schemas/echo.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#include "schemas/codes.h"
#include "schemas/kind.h"
#include "schemas/windows.h"

struct comparison {
    const struct echo_filed *filed;
    const struct case_booked *booked;
    struct echo *echo;
};

static void differs(const struct comparison *comparison, const char *path, struct text booked)
{
    struct echo *echo = comparison->echo;

    if (echo->count == ECHO_DIFFERENCE_COUNT_MAX) {
        echo->has_more = true;
        return;
    }
    struct echo_difference *difference = &echo->items[echo->count++];
    snprintf(difference->path, sizeof difference->path, "%s", path);
    snprintf(difference->booked, sizeof difference->booked, "%.*s", TEXT_ARGS(booked));
}

/* The newest value a supplement gave for the path, without its quotes; else what the application says. */
static struct text expected(const struct comparison *comparison, const char *path, struct text filed)
{
    for (uint32_t s = comparison->filed->supplement_count; s-- > 0;) {
        const struct change_list *changes = &comparison->filed->supplements[s]->changes;
        for (uint32_t i = changes->count; i-- > 0;) {
            const struct text value = changes->items[i].new_value;
            if (!text_is(changes->items[i].path, path))
                continue;
            if (value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"')
                return (struct text){value.data + 1, value.size - 2};
            return value;
        }
    }
    return filed;
}

static void compare_text(const struct comparison *comparison, const char *path, struct text filed, struct text booked)
{
    const struct text wanted = expected(comparison, path, filed);

    if (wanted.data != NULL && !text_equal(wanted, booked))
        differs(comparison, path, booked);
}

static void compare_number(const struct comparison *comparison, const char *path, struct number filed,
                           struct number booked)
{
    char filed_text[24];
    char booked_text[24];

    snprintf(filed_text, sizeof filed_text, "%" PRId64, filed.value);
    snprintf(booked_text, sizeof booked_text, "%" PRId64, booked.value);
    compare_text(comparison, path, text_of(filed.is_present ? filed_text : NULL),
                 text_of(booked.is_present ? booked_text : NULL));
}

/* ---- fields that are compared as they stand ---- */

enum compared { COMPARED_ALWAYS, COMPARED_IF_BOOKED };

struct echo_row {
    const char *path;
    bool is_number;
    enum compared when;
    size_t filed_offset;
    size_t booked_offset;
};

#define ROW(path, is_number, when, member)                                                                             \
    {                                                                                                                  \
        path, is_number, when, offsetof(struct case_submit, member), offsetof(struct case_booked, member)              \
    }
static const struct echo_row echo_rows[] = {
    ROW("dybdclx", false, COMPARED_ALWAYS, estate_type),
    ROW("dyfs", false, COMPARED_ALWAYS, method),
    ROW("bdbzzqse", true, COMPARED_ALWAYS, amount),
    ROW("zgzqse", true, COMPARED_ALWAYS, maximum_amount),
    ROW("zwlxqssj", false, COMPARED_ALWAYS, term_start),
    ROW("zwlxjssj", false, COMPARED_ALWAYS, term_end),
    ROW("zjjzwzl", false, COMPARED_ALWAYS, building_location),
    ROW("zjjzwdyfw", false, COMPARED_ALWAYS, building_scope),
    ROW("zgzqqdss", false, COMPARED_ALWAYS, fixing_fact),
    ROW("zgzqqdse", true, COMPARED_IF_BOOKED, fixed_amount),
    ROW("dbfw", false, COMPARED_IF_BOOKED, scope),
    ROW("sfczjzhxz", true, COMPARED_IF_BOOKED, transfer_barred),
};
#undef ROW

static struct text text_at(const void *record, size_t offset)
{
    struct text value;
    memcpy(&value, (const char *)record + offset, sizeof value);
    return value;
}

static struct number number_at(const void *record, size_t offset)
{
    struct number value;
    memcpy(&value, (const char *)record + offset, sizeof value);
    return value;
}

static void compare_row(const struct comparison *comparison, const struct echo_row *row)
{
    const void *filed = comparison->filed->application;
    const void *booked = comparison->booked;
    const bool is_booked = row->is_number ? number_at(booked, row->booked_offset).is_present
                                          : text_at(booked, row->booked_offset).data != NULL;

    if (row->when == COMPARED_IF_BOOKED && !is_booked)
        return;
    if (row->is_number)
        compare_number(comparison, row->path, number_at(filed, row->filed_offset),
                       number_at(booked, row->booked_offset));
    else
        compare_text(comparison, row->path, text_at(filed, row->filed_offset), text_at(booked, row->booked_offset));
}

/* ---- who and where ---- */

static bool contains(struct text whole, struct text part)
{
    for (uint32_t at = 0; at + part.size <= whole.size; at++)
        if (memcmp(whole.data + at, part.data, part.size) == 0)
            return true;
    return false;
}

static bool ends_with(struct text whole, const char *end)
{
    const struct text wanted = text_of(end);
    return whole.size >= wanted.size && memcmp(whole.data + whole.size - wanted.size, wanted.data, wanted.size) == 0;
}

/* The book joins the names; 等 at the end stands for those that did not fit. A
 * name is never repeated in a difference. */
static void compare_mortgagors(const struct comparison *comparison)
{
    const struct mortgagor_list *mortgagors = &comparison->filed->application->mortgagors;
    const struct text booked = comparison->booked->mortgagor;

    for (uint32_t i = 0; i < mortgagors->count && !ends_with(booked, "等"); i++) {
        char path[32];
        snprintf(path, sizeof path, "mortgagors/%u/name", i);
        const struct text name = expected(comparison, path, mortgagors->items[i].name);
        if (name.data != NULL && !contains(booked, name))
            differs(comparison, path, text_of(""));
    }
}

static bool is_same_unit(struct text a, struct text b)
{
    char key_a[UNIT_NUMBER_SIZE + 1];
    char key_b[UNIT_NUMBER_SIZE + 1];

    return unit_lane_key(a, key_a) && unit_lane_key(b, key_b) && strcmp(key_a, key_b) == 0;
}

static struct text unit_filed(const struct comparison *comparison, uint32_t index, char path[40])
{
    snprintf(path, 40, "units/%u/bdcdyh", index);
    return expected(comparison, path, comparison->filed->application->units.items[index].number);
}

static void compare_filed_units(const struct comparison *comparison)
{
    const struct case_submit *application = comparison->filed->application;
    const struct booked_unit_list *booked = &comparison->booked->units;

    for (uint32_t i = 0; i < application->units.count; i++) {
        char path[40];
        const struct text number = unit_filed(comparison, i, path);
        uint32_t place = 0;
        while (place < booked->count && !is_same_unit(booked->items[place].number, number))
            place++;
        if (place == booked->count)
            differs(comparison, path, text_of(""));
        else if (booked->items[place].rank.is_present)
            compare_number(comparison, "sw", application->rank, booked->items[place].rank);
    }
}

static void compare_booked_units(const struct comparison *comparison)
{
    const uint32_t filed_count = comparison->filed->application->units.count;

    for (uint32_t place = 0; place < comparison->booked->units.count; place++) {
        const struct text number = comparison->booked->units.items[place].number;
        char path[40];
        uint32_t i = 0;
        while (i < filed_count && !is_same_unit(unit_filed(comparison, i, path), number))
            i++;
        if (i == filed_count)
            differs(comparison, "units", number);
    }
}

static void compare_district(const struct comparison *comparison)
{
    const char *filed = district_current(comparison->filed->application->district);
    const char *booked = district_current(comparison->booked->district);

    if (filed == NULL || booked == NULL || strcmp(filed, booked) != 0)
        differs(comparison, "district", comparison->booked->district);
}

static bool is_same_proof(struct text a, struct text b)
{
    char normal_a[CERTIFICATE_NUMBER_SIZE_MAX];
    char normal_b[CERTIFICATE_NUMBER_SIZE_MAX];

    return text_equal(a, b) || (certificate_number_normalise(a, normal_a) &&
                                certificate_number_normalise(b, normal_b) && strcmp(normal_a, normal_b) == 0);
}

/* Only the proof of a mortgage that ends stays the same: a change, a transfer,
 * a fixing and a conversion give a new one, and a combined registration names
 * the old one in its own part. */
static bool gives_new_proof(const struct kind *kind)
{
    static const char conversion[] = "M10b/100";
    return kind != NULL && (strcmp(kind->registration, "200") == 0 || strcmp(kind->registration, "300") == 0 ||
                            strcmp(kind->code, conversion) == 0 || kind->parts[0] != '\0');
}

static void compare_ended_proof(const struct comparison *comparison)
{
    const struct case_submit *application = comparison->filed->application;
    if (gives_new_proof(kind_shape(kind_find(application->kind), application)))
        return;
    const struct text filed = expected(comparison, "bdcdjzmh", comparison->filed->application->ended_proof);
    const struct text booked = comparison->booked->proof;

    if (filed.data != NULL && booked.data != NULL && !is_same_proof(filed, booked))
        differs(comparison, "bdcdjzmh", booked);
}

/* ---- parts of a combined registration ---- */

/* All parts of the kind, each after the one before it, and the mortgage that ends is the one that was named. */
static bool part_is_right(const struct comparison *comparison, uint32_t index, struct text wanted)
{
    const struct booked_part *part = &comparison->booked->parts.items[index];
    const char *registration = part_registration(wanted);
    if (!text_equal(part->part, wanted) || registration == NULL || !text_is(part->registration, registration))
        return false;
    if (index > 0 && part->booked_at.value < part[-1].booked_at.value)
        return false;
    if (text_is(wanted, "cancellation"))
        return is_same_proof(expected(comparison, "bdcdjzmh", comparison->filed->application->ended_proof),
                             part->proof);
    return !text_is(wanted, "mortgage") || part->proof.data == NULL || comparison->booked->proof.data == NULL ||
           is_same_proof(part->proof, comparison->booked->proof);
}

static void compare_parts(const struct comparison *comparison)
{
    const struct case_submit *application = comparison->filed->application;
    const struct booked_part_list *booked = &comparison->booked->parts;
    const struct kind *kind = kind_shape(kind_find(application->kind), application);
    const char *list = kind != NULL ? kind->parts : "";
    uint32_t index = 0;
    struct text wanted;

    for (; word_next(&list, &wanted); index++) {
        char path[24];
        snprintf(path, sizeof path, "parts/%u", index);
        if (index >= booked->count)
            differs(comparison, path, text_of(""));
        else if (!part_is_right(comparison, index, wanted))
            differs(comparison, path, booked->items[index].part);
    }
    for (; index < booked->count; index++) {
        char path[24];
        snprintf(path, sizeof path, "parts/%u", index);
        differs(comparison, path, booked->items[index].part);
    }
}

void echo_compare(const struct echo_filed *filed, const struct case_booked *booked, struct echo *out)
{
    const struct comparison comparison = {filed, booked, out};

    out->count = 0;
    out->has_more = false;
    compare_district(&comparison);
    compare_filed_units(&comparison);
    compare_booked_units(&comparison);
    compare_mortgagors(&comparison);
    for (size_t i = 0; i < sizeof echo_rows / sizeof echo_rows[0]; i++)
        compare_row(&comparison, &echo_rows[i]);
    compare_ended_proof(&comparison);
    compare_parts(&comparison);
}
