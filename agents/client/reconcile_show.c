#include "agents/client/reconcile_show.h"

#include <jansson.h>

#include "schemas/dictionary.h"

static void show_fields(json_t *difference, FILE *out)
{
    size_t index;
    json_t *field;
    json_array_foreach(json_object_get(difference, "fields"), index, field)
    {
        const char *name = "";
        const char *ours = "-";
        const char *theirs = "-";
        (void)json_unpack(field, "{s:s, s?s, s?s}", "field", &name, "ours", &ours, "theirs", &theirs);
        fprintf(out, "      %s: broker %s, here %s\n", name, ours, theirs);
    }
}

static void show_difference(json_t *difference, FILE *out)
{
    const char *case_id = "";
    const char *class = "";
    const char *owner = "";
    (void)json_unpack(difference, "{s:s, s:s, s:s}", "cid", &case_id, "class", &class, "owner", &owner);
    const struct dictionary_entry *words = dictionary_find(DICTIONARY_RECON_CLASS, text_of(class));
    fprintf(out, "  %s  %s %s  (owner %s)\n", case_id, words ? words->chinese : "", words ? words->english : class,
            owner);
    show_fields(difference, out);
}

static void show_day(json_t *json, json_t *differences, FILE *out)
{
    const char *day = "";
    json_int_t here = 0;
    json_int_t there = 0;
    size_t index;
    json_t *difference;
    (void)json_unpack(json, "{s:s, s:I, s:I}", "day", &day, "bookings", &here, "broker_bookings", &there);
    fprintf(out, "%s: %lld booked by this book, %lld by the broker's\n", day, (long long)here, (long long)there);
    json_array_foreach(differences, index, difference) show_difference(difference, out);
}

int64_t reconcile_show(const char *answer, FILE *out)
{
    json_t *json = json_loads(answer, 0, NULL);
    json_t *differences = NULL;
    json_int_t count = -1;
    if (json && json_unpack(json, "{s:I, s:o}", "count", &count, "differences", &differences) == 0 && out) {
        show_day(json, differences, out);
        if (count == 0)
            fprintf(out, "一致 / the same\n");
        else
            fprintf(out, "%lld 处不一致 / differences\n", (long long)count);
    }
    json_decref(json);
    return count;
}
