#include "agents/window/registry_look.h"

#include <stdio.h>
#include <string.h>

#include "agents/window/application.h"
#include "agents/window/registry_mark.h"
#include "schemas/calendar.h"
#include "schemas/codes.h"
#include "schemas/kind.h"
#include "schemas/mask.h"
#include "schemas/windows.h"

/* ---- what is kept until the answer has left ---- */

struct text look_keep(struct look *look, struct text text)
{
    if (!text.data)
        return text;
    char *copy = arena_take(look->arena, text.size + 1);
    look->is_full |= !copy;
    if (!copy)
        return (struct text){0};
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return (struct text){copy, text.size};
}

struct text look_date(struct look *look, int64_t time_us)
{
    char text[24];
    struct date date = date_of_time(time_us);
    snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
    return look_keep(look, text_of(text));
}

static struct text keep_masked(struct look *look, struct text text, const char *(*mask)(struct text, char *, size_t))
{
    char masked[MASK_SIZE_MAX];
    return text.data ? look_keep(look, text_of(mask(text, masked, sizeof masked))) : text;
}

static struct title_burden_list *list_of(struct title_unit *unit, enum look_list list)
{
    switch (list) {
    case LOOK_SEIZURES:
        return &unit->seizures;
    case LOOK_OBJECTIONS:
        return &unit->objections;
    case LOOK_PRENOTICES:
        return &unit->prenotices;
    case LOOK_RESIDENCES:
        return &unit->residences;
    case LOOK_LOCKS:
        return &unit->locks;
    }
    return &unit->locks;
}

void look_add(struct look *look, struct title_unit *unit, enum look_list list, const struct title_burden *burden)
{
    struct title_burden_list *burdens = list_of(unit, list);
    if (!burdens->items)
        burdens->items = arena_take(look->arena, TITLE_BURDEN_COUNT_MAX * sizeof *burdens->items);
    look->is_full |= !burdens->items;
    if (!burdens->items || burdens->count == TITLE_BURDEN_COUNT_MAX)
        return;
    burdens->items[burdens->count++] = *burden;
    burdens->is_present = true;
}

/* ---- the last booking that spoke of the unit ---- */

/* Who has it since then: the buyers of a transfer; else who mortgages it, or the developer it was bought from; a unit
 * that is only pre-noticed is still somebody's nobody has named. */
static struct mortgagor_list owners_of(const struct case_submit *application)
{
    const struct kind *kind = kind_find(application->kind);
    if (kind && words_hold(kind->parts, text_of("transfer")))
        return application->mortgagors;
    if (application->sellers.count > 0)
        return application->sellers;
    return kind && kind->needs_certificate ? application->mortgagors : (struct mortgagor_list){0};
}

static const struct unit *unit_filed(const struct case_submit *application, const char *lane)
{
    char filed[UNIT_NUMBER_SIZE + 1];
    for (uint32_t i = 0; i < application->units.count; i++)
        if (unit_lane_key(application->units.items[i].number, filed) && strcmp(filed, lane) == 0)
            return &application->units.items[i];
    return NULL;
}

static void fill_owners(struct look *look, const struct mortgagor_list *owners, struct title_unit *out)
{
    struct title_owner *items = arena_take(look->arena, MORTGAGOR_COUNT_MAX * sizeof *items);
    look->is_full |= !items;
    for (uint32_t i = 0; items && i < owners->count && i < MORTGAGOR_COUNT_MAX; i++) {
        const struct mortgagor *owner = &owners->items[i];
        items[i] = (struct title_owner){.name = keep_masked(look, owner->name, mask_name),
                                        .id_type = owner->id_type,
                                        .id = keep_masked(look, owner->id, mask_id),
                                        .sharing = owner->sharing,
                                        .is_present = true};
        out->owners = (struct title_owner_list){items, i + 1, true};
    }
}

static void fill_facts(struct look *look, const struct unit *filed, struct text certificate, struct title_unit *out)
{
    char number[UNIT_NUMBER_SIZE + 1];
    if (unit_number_normalise(filed->number, number))
        out->number = look_keep(look, text_of(number));
    out->certificate = certificate;
    out->location = filed->location;
    out->area = filed->area;
    out->use = filed->use;
    if (rule_holds(RULE_DATE, filed->land_use_end))
        out->land_use_end = filed->land_use_end;
}

static bool is_named(const struct title_query *query, const struct mortgagor_list *owners)
{
    for (uint32_t i = 0; i < owners->count; i++)
        if (text_equal(owners->items[i].name, query->owner_name) && text_equal(owners->items[i].id, query->owner_id))
            return true;
    return owners->count == 0; /* the book names nobody */
}

static bool is_certificate(struct text asked, struct text book)
{
    char asked_form[CERTIFICATE_NUMBER_SIZE_MAX];
    char book_form[CERTIFICATE_NUMBER_SIZE_MAX];
    if (!asked.data || !book.data)
        return true;
    return certificate_number_normalise(asked, asked_form) && certificate_number_normalise(book, book_form) &&
           strcmp(asked_form, book_form) == 0;
}

/* The row of the unit at this window; false when no booking ever spoke of it. */
static bool find_estate(struct look *look, const char *lane, struct text *certificate, struct case_submit *out)
{
    sqlite3_stmt *query =
        base_query(&look->registry->base, "SELECT e.certificate, a.body FROM estate e JOIN application a"
                                          " ON a.id = e.application WHERE e.unit = ?1 AND a.window = ?2");
    book_bind_text(query, 1, text_of(lane));
    book_bind_text(query, 2, look->window);
    if (!base_next(&look->registry->base, query))
        return false;
    struct bytes body = book_bytes(query, 1);
    struct text kept = look_keep(look, (struct text){(const char *)body.data, (uint32_t)body.size});
    *certificate = look_keep(look, book_text(query, 0));
    book_end(query);
    return kept.data && application_read(bytes_of(kept.data, kept.size), look->arena, out) == STATUS_OK;
}

/* ---- what lies on it ---- */

static void look_mark(struct look *look, enum registry_mark mark, struct title_unit *unit)
{
    struct title_burden burden = {
        .authority = text_of("示例人民法院"), .document = text_of("TEST"), .is_present = true};
    switch (mark) {
    case MARK_SEIZED:
    case MARK_WAITING:
        burden.type = text_of(mark == MARK_SEIZED ? "1" : "2");
        look_add(look, unit, LOOK_SEIZURES, &burden);
        break;
    case MARK_LOCKED:
        look_add(look, unit, LOOK_LOCKS, &burden);
        break;
    case MARK_OBJECTION:
        look_add(look, unit, LOOK_OBJECTIONS, &burden);
        break;
    case MARK_PRENOTICE:
        burden = (struct title_burden){.type = text_of("1"), .holder = text_of("测*"), .is_present = true};
        look_add(look, unit, LOOK_PRENOTICES, &burden);
        break;
    case MARK_RESIDENCE:
        burden = (struct title_burden){.holder = text_of("测*"), .is_present = true};
        look_add(look, unit, LOOK_RESIDENCES, &burden);
        break;
    case MARK_ALLOCATED:
        unit->land_nature = text_of("划拨");
        break;
    case MARK_ENDED:
        unit->status = text_of("2");
        break;
    case MARK_NONE:
    case MARK_MORTGAGED: /* with those that were booked */
    case MARK_STRANGER:
    case MARK_NOBODY:
        break;
    }
}

/* As it was asked for, an old district code in it or not. */
static struct text number_asked(struct look *look, const char *lane)
{
    char number[UNIT_NUMBER_SIZE + 1];
    bool is_asked = look->query->unit.data && unit_number_normalise(look->query->unit, number);
    return look_keep(look, text_of(is_asked ? number : lane));
}

/* The word about one unit; "match" with the unit filled. */
static const char *look_unit(struct look *look, const char *lane, struct title_unit *out)
{
    struct case_submit application;
    struct text certificate = look->query->certificate;
    enum registry_mark mark = registry_mark_of(text_of(lane));
    *out = (struct title_unit){.status = text_of("1"), .number = number_asked(look, lane), .is_present = true};
    if (mark == MARK_NOBODY)
        return "none";
    if (mark == MARK_STRANGER)
        return "mismatch";
    if (find_estate(look, lane, &certificate, &application)) {
        struct mortgagor_list owners = owners_of(&application);
        const struct unit *filed = unit_filed(&application, lane);
        if (!is_named(look->query, &owners) || !is_certificate(look->query->certificate, certificate))
            return "mismatch";
        if (filed)
            fill_facts(look, filed, certificate, out);
        fill_owners(look, &owners, out);
    }
    look_booked(look, lane, out);
    look_burdens(look, lane, out);
    look_mark(look, mark, out);
    return "match";
}

/* ---- which units are meant ---- */

struct lane {
    char key[UNIT_NUMBER_SIZE + 1];
};

static bool is_of_window(const struct look *look, const char *lane)
{
    const struct window *window = window_serving((struct text){lane, DISTRICT_SIZE});
    return window && text_is(look->window, window->participant);
}

static uint32_t lanes_of_certificate(struct look *look, struct lane lanes[TITLE_UNIT_COUNT_MAX])
{
    char number[CERTIFICATE_NUMBER_SIZE_MAX];
    uint32_t count = 0;
    if (!certificate_number_normalise(look->query->certificate, number))
        return 0;
    sqlite3_stmt *query =
        base_query(&look->registry->base, "SELECT unit FROM estate WHERE certificate = ?1 ORDER BY unit LIMIT ?2");
    book_bind_text(query, 1, text_of(number));
    book_bind_number(query, 2, TITLE_UNIT_COUNT_MAX);
    while (count < TITLE_UNIT_COUNT_MAX && base_next(&look->registry->base, query)) {
        base_copy_text(query, 0, lanes[count].key, sizeof lanes[count].key);
        count += is_of_window(look, lanes[count].key);
    }
    book_end(query);
    return count;
}

static uint32_t lanes_asked(struct look *look, struct lane lanes[TITLE_UNIT_COUNT_MAX])
{
    if (!look->query->unit.data)
        return lanes_of_certificate(look, lanes);
    return unit_lane_key(look->query->unit, lanes[0].key) && is_of_window(look, lanes[0].key);
}

/* One word for all: units stand in the answer only where the owner matches. */
static void look_all(struct look *look, struct title_result *result)
{
    struct lane lanes[TITLE_UNIT_COUNT_MAX];
    const char *word = "match";
    uint32_t count = lanes_asked(look, lanes);
    struct title_unit *units = arena_take(look->arena, TITLE_UNIT_COUNT_MAX * sizeof *units);
    look->is_full |= !units;
    for (uint32_t i = 0; units && i < count && strcmp(word, "match") == 0; i++)
        word = look_unit(look, lanes[i].key, &units[i]);
    result->result = text_of(count == 0 ? "none" : word);
    if (look->is_full)
        result->result = text_of("unavailable");
    if (text_is(result->result, "match"))
        result->units = (struct title_unit_list){units, count, true};
}

enum status registry_look(struct registry *registry, const struct adapter_question *question, int64_t now_us,
                          uint8_t *body, size_t *size)
{
    struct title_query query;
    struct problems problems = {0};
    struct look look = {.registry = registry, .query = &query, .window = question->window, .arena = &registry->answers};
    struct title_result result = {.query = number_of(question->query),
                                  .result = text_of("unavailable"),
                                  .as_of = number_of(now_us),
                                  .is_present = true};
    arena_reset(look.arena);
    if (record_decode(&record_title_query, question->body, look.arena, &query, &problems) == STATUS_OK)
        look_all(&look, &result);
    *size = 0;
    return record_encode(&record_title_result, &result, body, MESSAGE_SIZE_MAX, size);
}
