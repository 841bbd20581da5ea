#include "schemas/kind.h"

#include <stdio.h>
#include <string.h>

#include "schemas/message.h"

/* The generated row holds yes and no as text; a comparison of literals folds. */
#define YES(text)     (sizeof(text) == sizeof "yes")
#define NEEDED(text)  (sizeof(text) == sizeof "needed")
#define BANK(text)    (sizeof(text) == sizeof "bank")
#define BANKS(text)   (sizeof(text) == sizeof "banks")
#define RECENT(text)  (sizeof(text) == sizeof "recent")
#define COMPANY(text) (sizeof(text) == sizeof "company")

#define ROW(code, chinese, english, taken, registration, methods, certificate, fields, optional, materials, signers,   \
            start, estates, parcels, owner, parts)                                                                     \
    {code,    chinese,        english,   YES(taken),    registration,   methods,       NEEDED(certificate),            \
     fields,  optional,       materials, BANK(signers), BANKS(signers), RECENT(start), estates,                        \
     parcels, COMPANY(owner), parts},
static const struct kind kinds[] = {
#include "kinds.inc"
};
#undef ROW

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

const struct kind *kind_find(struct text code)
{
    for (uint32_t index = 0; index < KIND_COUNT; index++)
        if (text_is(code, kinds[index].code))
            return &kinds[index];
    return NULL;
}

/* A mortgage under construction passes on, ends, or becomes one on the building that stands by now. */
static const char *shape_under_construction(const struct case_submit *application)
{
    if (application->transferor.is_present)
        return "M10b/200";
    if (application->end_reason.data)
        return "M10b/400";
    bool is_built = application->estate_type.data && !text_is(application->estate_type, "4");
    return is_built && !application->alterations.is_present ? "M10b/100" : "M10b";
}

const struct kind *kind_shape(const struct kind *kind, const struct case_submit *application)
{
    if (kind && strcmp(kind->code, "M10b") == 0)
        return kind_find(text_of(shape_under_construction(application)));
    bool is_transfer = kind && application->transferor.is_present && strcmp(kind->code, "M08") == 0;
    return is_transfer ? kind_find(text_of("M08/200")) : kind;
}

const char *part_registration(struct text part)
{
    static const char *const registrations[][2] = {{"prenotice", "700"},
                                                   {"prenotice_mortgage", "700"},
                                                   {"transfer", "200"},
                                                   {"mortgage", "100"},
                                                   {"cancellation", "400"}};
    for (size_t index = 0; index < sizeof registrations / sizeof registrations[0]; index++)
        if (text_is(part, registrations[index][0]))
            return registrations[index][1];
    return NULL;
}

const struct kind *kind_taken(struct text code)
{
    const struct kind *kind = kind_find(code);
    return kind && kind->is_taken ? kind : NULL;
}

const char *kinds_taken(char *out, uint32_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t index = 0; index < KIND_COUNT; index++) {
        if (!kinds[index].is_taken || used >= size)
            continue;
        int added = snprintf(out + used, size - used, "%s%s", used ? " " : "", kinds[index].code);
        used += added > 0 ? (size_t)added : 0;
    }
    return out;
}

bool letters_hold(const char *letters, char letter)
{
    return letters[0] == '*' || (letter && strchr(letters, letter) != NULL);
}

bool word_next(const char **list, struct text *word)
{
    while (**list == ' ')
        (*list)++;
    uint32_t size = (uint32_t)strcspn(*list, " ");
    *word = (struct text){*list, size};
    *list += size;
    return size > 0;
}

bool words_hold(const char *list, struct text word)
{
    struct text each;
    while (word_next(&list, &each))
        if (text_equal(each, word))
            return true;
    return false;
}
