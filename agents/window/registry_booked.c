#include <stdlib.h>

#include "agents/window/application.h"
#include "agents/window/registry_look.h"
#include "agents/window/registry_mark.h"
#include "schemas/codes.h"
#include "schemas/kind.h"
#include "schemas/mask.h"

/* What was booked on a unit: the estate it leaves behind, and the mortgages and prenotices of a title. */

/* ---- at the booking ---- */

static void estate_write(struct registry *registry, int64_t application, const char *lane, struct text certificate)
{
    char number[CERTIFICATE_NUMBER_SIZE_MAX];
    bool has_number = certificate.data && certificate_number_normalise(certificate, number);
    sqlite3_stmt *query = base_query(&registry->base, "INSERT OR REPLACE INTO estate VALUES(?1, ?2, ?3)");
    book_bind_text(query, 1, text_of(lane));
    book_bind_number(query, 2, application);
    book_bind_text(query, 3, text_of(has_number ? number : NULL));
    base_run(&registry->base, query);
}

void estate_book(struct registry *registry, int64_t id, const struct case_submit *application, struct text title)
{
    for (uint32_t i = 0; i < application->units.count; i++) {
        const struct unit *unit = &application->units.items[i];
        char lane[UNIT_NUMBER_SIZE + 1];
        if (unit_lane_key(unit->number, lane))
            estate_write(registry, id, lane, title.data ? title : unit->certificate);
    }
}

int64_t estate_rank_first(const char *lane)
{
    return registry_mark_of(text_of(lane)) == MARK_MORTGAGED ? 2 : 1;
}

/* ---- in a title ---- */

static void add_mortgage(struct look *look, struct title_unit *unit, const struct title_mortgage *mortgage)
{
    struct title_mortgage_list *list = &unit->mortgages;
    if (!list->items)
        list->items = arena_take(look->arena, TITLE_BURDEN_COUNT_MAX * sizeof *list->items);
    look->is_full |= !list->items;
    if (!list->items || list->count == TITLE_BURDEN_COUNT_MAX)
        return;
    list->items[list->count++] = *mortgage;
    list->is_present = true;
}

static bool is_prenotice(const struct case_submit *application)
{
    const struct kind *kind = kind_find(application->kind);
    return kind && text_is(text_of(kind->registration), "700");
}

static void add_prenotice(struct look *look, struct title_unit *unit, const struct case_submit *application,
                          struct text proof)
{
    char masked[MASK_SIZE_MAX] = "";
    if (application->mortgagors.count > 0)
        mask_name(application->mortgagors.items[0].name, masked, sizeof masked);
    struct title_burden burden = {.document = proof,
                                  .type = text_of("3"), /* 预售商品房抵押权 */
                                  .holder = look_keep(look, text_of(masked[0] ? masked : NULL)),
                                  .is_present = true};
    look_add(look, unit, LOOK_PRENOTICES, &burden);
}

static void add_booked(struct look *look, struct title_unit *unit, const struct case_submit *application,
                       struct text proof, int64_t rank)
{
    bool has_maximum = text_is(application->method, "2");
    if (is_prenotice(application)) {
        add_prenotice(look, unit, application, proof);
        return;
    }
    struct title_mortgage mortgage = {.proof = proof,
                                      .mortgagee = application->mortgagee.name,
                                      .method = application->method,
                                      .amount = has_maximum ? application->maximum_amount : application->amount,
                                      .rank = number_of(rank > 99 ? 99 : rank),
                                      .transfer_barred = application->transfer_barred,
                                      .is_present = true};
    add_mortgage(look, unit, &mortgage);
}

static void add_marked(struct look *look, struct title_unit *unit)
{
    struct title_mortgage mortgage = {.proof = text_of("鲁（2020）测试市不动产证明第0000906号"),
                                      .mortgagee = text_of("示例农商银行测试支行"),
                                      .method = text_of("1"),
                                      .amount = number_of(50000000),
                                      .rank = number_of(1),
                                      .transfer_barred = number_of(1),
                                      .is_present = true};
    add_mortgage(look, unit, &mortgage);
}

void look_booked(struct look *look, const char *lane, struct title_unit *unit)
{
    int64_t rank = estate_rank_first(lane);
    if (rank > 1)
        add_marked(look, unit);
    /* Those in work have a place in the order already, but do not stand in the book. */
    sqlite3_stmt *query = base_query(&look->registry->base,
                                     "SELECT a.proof, a.body, a.booked_at IS NOT NULL FROM unit u JOIN application a"
                                     " ON a.id = u.application WHERE u.unit = ?1 AND a.window = ?2 AND a.is_live = 1"
                                     " AND a.accepted_order IS NOT NULL AND a.kind <> 'M04' AND a.ended_at IS NULL"
                                     " ORDER BY a.accepted_order, a.id");
    book_bind_text(query, 1, text_of(lane));
    book_bind_text(query, 2, look->window);
    for (; base_next(&look->registry->base, query); rank++) {
        struct case_submit application;
        struct bytes body = book_bytes(query, 1);
        if (!base_number(query, 2))
            continue;
        struct text kept = look_keep(look, (struct text){(const char *)body.data, (uint32_t)body.size});
        if (kept.data && application_read(bytes_of(kept.data, kept.size), look->arena, &application) == STATUS_OK)
            add_booked(look, unit, &application, look_keep(look, book_text(query, 0)), rank);
    }
}
