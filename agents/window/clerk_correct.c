#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/window/clerk.h"
#include "agents/window/clerk_act.h"
#include "schemas/field_path.h"

/* What comes after the booking: a correction of the book (更正登记), and papers that are filed away (归档). */

/* A value as its field has it, as JSON text in the arena; false when the field can hold no such value. */
static bool value_json(struct clerk_act *act, const struct field *field, struct text value, struct text *out)
{
    char digits[24];
    int64_t number = 0;
    snprintf(digits, sizeof digits, "%.*s", TEXT_ARGS(value));
    bool is_number = value.size < sizeof digits && number_parse(digits, field->minimum, field->maximum, &number);
    bool is_text = field->type == FIELD_TEXT && value.size >= field->minimum && value.size <= field->maximum &&
                   rule_holds(field->rule, value);
    json_t *json = is_text ? json_stringn(value.data, value.size)
                   : is_number && (field->type == FIELD_INTEGER || field->type == FIELD_FEN) ? json_integer(number)
                                                                                             : NULL;
    char *text = json ? json_dumps(json, JSON_ENCODE_ANY) : NULL;
    char *kept = text ? arena_take(&act->arena, strlen(text) + 1) : NULL;
    if (kept)
        memcpy(kept, text, strlen(text) + 1);
    free(text);
    json_decref(json);
    *out = text_of(kept);
    return kept != NULL;
}

static enum status read_change(struct clerk_act *act, const char *item, struct change *out)
{
    const char *at = item;
    char path[RECORD_PATH_SIZE_MAX];
    bool is_item = false;
    const struct record *record = &record_case_booked;
    *out = (struct change){.path = clerk_part(&at), .is_present = true};
    struct text before = clerk_part(&at);
    struct text after = clerk_part(&at);
    if (at || after.size == 0 || out->path.size == 0) {
        snprintf(act->why, sizeof act->why,
                 "--item \"%s\": 应为“字段|更正前|更正后” / \"field|before|after\" is meant; before may be empty",
                 item);
        return STATUS_USAGE;
    }
    snprintf(path, sizeof path, "%.*s", TEXT_ARGS(out->path));
    const struct field *field = field_path_find(&record, path, &is_item);
    if (!field || is_item) {
        snprintf(act->why, sizeof act->why, "--item \"%s\": 登簿内容没有此字段 / %s is no field of what is booked",
                 item, path);
        return STATUS_USAGE;
    }
    if ((before.size > 0 && !value_json(act, field, before, &out->old_value)) ||
        !value_json(act, field, after, &out->new_value)) {
        snprintf(act->why, sizeof act->why, "--item \"%s\": %s 不能是这个值 / no value of that field; money is in fen",
                 item, path);
        return STATUS_USAGE;
    }
    return STATUS_OK;
}

static enum status fill_correct(struct clerk_act *act, void *body)
{
    struct change *changes = arena_take(&act->arena, act->item_count * sizeof *changes);
    enum status status = changes ? STATUS_OK : STATUS_LIMIT;
    if (!clerk_want(act, WORD_NUMBER, "ywh") || !clerk_want(act, WORD_GROUND, "ground"))
        return STATUS_USAGE;
    if (act->item_count == 0) {
        snprintf(act->why, sizeof act->why, "须用 --item 填写更正内容 / say what is corrected, one --item each");
        return STATUS_USAGE;
    }
    for (uint32_t i = 0; i < act->item_count && status == STATUS_OK; i++)
        status = read_change(act, act->items[i], &changes[i]);
    *(struct correction *)body = (struct correction){.number = clerk_text(act, WORD_NUMBER),
                                                     .booked_at = number_of(act->now_us),
                                                     .ground = clerk_text(act, WORD_GROUND),
                                                     .changes = {changes, act->item_count, true},
                                                     .is_present = true};
    return status;
}

CLERK_COMMAND(correct, CORRECTION, "Tells that the book was corrected (更正登记); the case stays what it is.",
              CLERK_WORD(NUMBER, "ywh", "N", "业务号 of the correction (needed)"),
              CLERK_WORD(GROUND, "ground", "T", "更正理由 (needed)"),
              CLERK_WORD(ITEM, "item", "ITEM",
                         "\"field of the booking|before|after\", as \"dbfw|旧|新\"; once for each"))

static enum status fill_archive(struct clerk_act *act, void *body)
{
    if (!clerk_want(act, WORD_NUMBER, "number"))
        return STATUS_USAGE;
    *(struct archived *)body = (struct archived){.number = clerk_text(act, WORD_NUMBER), .is_present = true};
    return STATUS_OK;
}

CLERK_COMMAND(archive, ARCHIVED, "Tells that the papers are filed away (归档).",
              CLERK_WORD(NUMBER, "number", "N", "档案号 (needed)"))
