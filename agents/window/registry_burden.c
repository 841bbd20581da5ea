#include <stdio.h>
#include <unistd.h>

#include "agents/window/registry_filed.h"
#include "agents/window/registry_look.h"
#include "schemas/codes.h"

/* Which list of a title a risk stands in; what is not named here lies on no unit. */
static const struct {
    const char *risk;
    enum look_list list;
    const char *type; /* 查封类型 */
} lists[] = {{"seizure", LOOK_SEIZURES, "1"},
             {"waiting_seizure", LOOK_SEIZURES, "2"},
             {"objection", LOOK_OBJECTIONS, NULL},
             {"lock", LOOK_LOCKS, NULL},
             {"residence", LOOK_RESIDENCES, NULL}};

/* ---- told ---- */

static void burden_write(struct registry *registry, const char *lane, const struct risk_alert *alert)
{
    bool has_ended = alert->has_ended.is_present && alert->has_ended.value != 0;
    sqlite3_stmt *query = base_query(
        &registry->base, "INSERT INTO burden VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(unit, risk, document)"
                         " DO UPDATE SET has_ended = excluded.has_ended");
    book_bind_text(query, 1, text_of(lane));
    book_bind_text(query, 2, alert->risk);
    book_bind_text(query, 3, alert->document);
    book_bind_text(query, 4, alert->authority);
    book_bind_number(query, 5, alert->time.value);
    book_bind_number(query, 6, has_ended);
    base_run(&registry->base, query);
}

enum status registry_tell(const char *data_path, const struct risk_alert *alert, char *why, size_t why_size)
{
    static const struct registry_settings settings = {0};
    struct registry *registry = NULL;
    char path[4096];
    char lane[UNIT_NUMBER_SIZE + 1];
    snprintf(path, sizeof path, "%s/registry.db", data_path);
    if (access(path, F_OK) != 0 || !alert->unit.data || !unit_lane_key(alert->unit, lane))
        return STATUS_OK;
    enum status status = registry_open(path, &settings, &registry, why, why_size);
    if (status != STATUS_OK)
        return status;
    base_begin(&registry->base);
    burden_write(registry, lane, alert);
    status = base_commit(&registry->base);
    if (status != STATUS_OK)
        snprintf(why, why_size, "%s", book_why(registry->base.book));
    registry_close(&registry);
    return status;
}

/* ---- looked up ---- */

static void burden_read(struct look *look, sqlite3_stmt *query, struct title_unit *unit)
{
    struct text risk = book_text(query, 0);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (!text_is(risk, lists[i].risk))
            continue;
        struct title_burden burden = {.document = look_keep(look, book_text(query, 1)),
                                      .authority = look_keep(look, book_text(query, 2)),
                                      .type = text_of(lists[i].type),
                                      .start = look_date(look, base_number(query, 3)),
                                      .is_present = true};
        look_add(look, unit, lists[i].list, &burden);
    }
}

void look_burdens(struct look *look, const char *lane, struct title_unit *unit)
{
    sqlite3_stmt *query =
        base_query(&look->registry->base, "SELECT risk, document, authority, told_at FROM burden WHERE unit = ?1"
                                          " AND has_ended = 0 ORDER BY told_at, document");
    book_bind_text(query, 1, text_of(lane));
    while (base_next(&look->registry->base, query))
        burden_read(look, query, unit);
}
