#include "agents/window/booking.h"

#include <stdio.h>

#include "schemas/codes.h"
#include "schemas/kind.h"
#include "schemas/windows.h"

#define RIGHT_MORTGAGE  "37" /* 权利类型 QLLX */
#define RIGHT_PRENOTICE "96"

enum { MORTGAGOR_SIZE_MAX = 512, OFFICE_SIZE_MAX = 200, PART_NUMBER_SIZE_MAX = 50 };

const char *booking_office(struct text district, char *out, size_t size)
{
    const struct window *window = window_serving(district);
    snprintf(out, size, "%s%s不动产登记中心", window ? window->city_name : "", window ? window->name : "");
    return out;
}

static struct text keep_text(struct arena *arena, const char *string)
{
    size_t size = strlen(string);
    char *copy = arena_take(arena, size + 1);
    if (!copy)
        return (struct text){0};
    memcpy(copy, string, size + 1);
    return (struct text){copy, (uint32_t)size};
}

/* Joined with 、; where they do not all fit, the rest is 等. */
static struct text join_mortgagors(const struct case_submit *application, struct arena *arena)
{
    static const char others[] = "等";
    char joined[MORTGAGOR_SIZE_MAX + 1] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < application->mortgagors.count; i++) {
        struct text name = application->mortgagors.items[i].name;
        if (used + name.size + 3 + sizeof others > sizeof joined) {
            snprintf(joined + used, sizeof joined - used, "%s", others);
            break;
        }
        used += (size_t)snprintf(joined + used, sizeof joined - used, "%s%.*s", i ? "、" : "", TEXT_ARGS(name));
    }
    return keep_text(arena, joined);
}

static enum status fill_units(const struct case_submit *application, const int64_t *ranks, struct arena *arena,
                              struct case_booked *out)
{
    uint32_t count = application->units.count;
    struct booked_unit *items = arena_take(arena, count * sizeof *items);
    if (!items)
        return STATUS_LIMIT;
    for (uint32_t i = 0; i < count; i++) {
        char *number = arena_take(arena, UNIT_NUMBER_SIZE + 1);
        if (!number)
            return STATUS_LIMIT;
        if (!unit_number_normalise(application->units.items[i].number, number))
            number[0] = 0;
        items[i] = (struct booked_unit){.number = text_of(number), .is_present = true};
        if (ranks && ranks[i] > 0)
            items[i].rank = number_of(ranks[i]);
    }
    out->units = (struct booked_unit_list){items, count, true};
    return STATUS_OK;
}

static struct text date_or_none(struct text text)
{
    return rule_holds(RULE_DATE, text) ? text : (struct text){0};
}

static struct number in_range(struct number number, int64_t minimum, int64_t maximum)
{
    return number.is_present && number.value >= minimum && number.value <= maximum ? number : (struct number){0};
}

static void fill_secured(const struct case_submit *application, struct case_booked *out)
{
    out->estate_type = application->estate_type;
    out->method = application->method;
    out->fixing_fact = application->fixing_fact;
    out->fixed_amount = in_range(application->fixed_amount, 0, INT64_C(999999999999999));
    out->building_location = application->building_location;
    out->building_scope = application->building_scope;
    out->amount = in_range(application->amount, 0, INT64_C(999999999999999));
    out->maximum_amount = in_range(application->maximum_amount, 0, INT64_C(999999999999999));
    out->term_start = date_or_none(application->term_start);
    out->term_end = date_or_none(application->term_end);
    out->scope = application->scope;
    out->transfer_barred = in_range(application->transfer_barred, 0, 1);
}

bool booking_is_ending(const struct case_submit *application)
{
    const struct kind *kind = kind_shape(kind_find(application->kind), application);
    return kind && strcmp(kind->registration, "400") == 0;
}

static void fill_ending(const struct case_submit *application, const struct booking *booking, struct case_booked *out)
{
    bool is_ending = booking_is_ending(application);
    out->status = text_of(is_ending ? "2" : "1"); /* 历史, 现势 */
    out->proof = booking->proof;
    if (!is_ending)
        return;
    out->ended_number = booking->number;
    out->end_reason = application->end_reason;
    out->ended_at = number_of(booking->booked_at);
    if (rule_holds(RULE_PROOF_NUMBER, application->ended_proof))
        out->proof = application->ended_proof;
}

/* A rural security is there since the contract; who reads the entry must not
 * take the day of booking for its beginning (DOMAIN 1.7). */
static void fill_note(const struct case_submit *application, struct case_booked *out)
{
    static const char rural[] = "土地经营权、林权担保自合同生效时设立，本次登记后可以对抗善意第三人";
    if (text_is(application->kind, "M14"))
        out->note = text_of(rural);
}

/* ---- combined registrations: all parts in one moment, or none ---- */

static struct booked_part part_of(const struct case_submit *application, const struct booking *booking,
                                  struct text name, struct text number)
{
    struct booked_part part = {.part = name,
                               .registration = text_of(part_registration(name)),
                               .number = number,
                               .booked_at = number_of(booking->booked_at),
                               .is_present = true};
    if (text_is(name, "transfer"))
        part.certificate = booking->title;
    else if (text_is(name, "cancellation"))
        part.proof = application->ended_proof;
    else if (!text_is(name, "prenotice"))
        part.proof = booking->proof;
    return part;
}

static enum status fill_parts(const struct case_submit *application, const struct booking *booking, struct arena *arena,
                              struct case_booked *out)
{
    const struct kind *kind = kind_find(application->kind);
    const char *list = kind ? kind->parts : "";
    struct booked_part *items = arena_take(arena, PART_COUNT_MAX * sizeof *items);
    struct text name;
    uint32_t count = 0;
    if (!items)
        return STATUS_LIMIT;
    while (count < PART_COUNT_MAX && word_next(&list, &name)) {
        char number[PART_NUMBER_SIZE_MAX + 1];
        snprintf(number, sizeof number, "%.*s-%u", TEXT_ARGS(booking->number), count + 1);
        struct text kept = keep_text(arena, number);
        if (!kept.data)
            return STATUS_LIMIT;
        items[count++] = part_of(application, booking, name, kept);
    }
    if (count > 0)
        out->parts = (struct booked_part_list){items, count, true};
    return STATUS_OK;
}

static bool is_prenotice(const struct kind *kind)
{
    return kind && strcmp(kind->registration, "700") == 0;
}

enum status booking_fill(const struct case_submit *application, const struct booking *booking, struct arena *arena,
                         struct case_booked *out)
{
    char office[OFFICE_SIZE_MAX + 1];
    const struct kind *kind = kind_shape(kind_find(application->kind), application);
    const char *district = district_current(application->district);
    *out = (struct case_booked){.number = booking->number,
                                .booked_at = number_of(booking->booked_at),
                                .registration = text_of(kind ? kind->registration : "900"),
                                .right = text_of(is_prenotice(kind) ? RIGHT_PRENOTICE : RIGHT_MORTGAGE),
                                .cause = text_of(kind ? kind->chinese : NULL),
                                .district = district ? text_of(district) : application->district,
                                .registrar = booking->registrar,
                                .is_present = true};
    out->mortgagor = join_mortgagors(application, arena);
    out->office = keep_text(arena, booking_office(application->district, office, sizeof office));
    fill_secured(application, out);
    fill_ending(application, booking, out);
    fill_note(application, out);
    if (!out->mortgagor.data || !out->office.data)
        return STATUS_LIMIT;
    enum status status = fill_parts(application, booking, arena, out);
    return status == STATUS_OK ? fill_units(application, booking->ranks, arena, out) : status;
}
