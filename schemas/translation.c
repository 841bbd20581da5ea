#include "schemas/translation.h"

enum direction { TO_WINDOW, FROM_WINDOW };

static bool is_of(const struct rule_translation *row, enum dictionary dictionary)
{
    enum dictionary named;
    return dictionary_of_name(row->dictionary, &named) && named == dictionary;
}

/* The same code on both sides, if the house has it. */
static bool keep(enum dictionary dictionary, struct text code, struct text *out)
{
    const struct dictionary_entry *entry = dictionary_find(dictionary, code);
    if (entry != NULL)
        *out = text_of(entry->code);
    return entry != NULL;
}

static bool translate(const struct window_rules *rules, enum dictionary dictionary, enum direction direction,
                      struct text code, struct text *out)
{
    bool is_translated = false;
    for (uint32_t i = 0; rules != NULL && i < rules->translations.count; i++) {
        const struct rule_translation *row = &rules->translations.items[i];
        if (!is_of(row, dictionary))
            continue;
        is_translated = true;
        if (!text_equal(direction == TO_WINDOW ? row->code : row->local, code))
            continue;
        *out = direction == TO_WINDOW ? row->local : row->code;
        return true;
    }
    return !is_translated && keep(dictionary, code, out);
}

bool translation_to_window(const struct window_rules *rules, enum dictionary dictionary, struct text code,
                           struct text *local)
{
    return translate(rules, dictionary, TO_WINDOW, code, local);
}

bool translation_from_window(const struct window_rules *rules, enum dictionary dictionary, struct text local,
                             struct text *code)
{
    return translate(rules, dictionary, FROM_WINDOW, local, code);
}

bool translation_covers(const struct window_rules *rules, enum dictionary dictionary)
{
    for (uint32_t i = 0; rules != NULL && i < rules->translations.count; i++)
        if (is_of(&rules->translations.items[i], dictionary))
            return true;
    return false;
}
