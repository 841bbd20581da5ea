#include <string.h>

#include "schemas/checks/book.h"
#include "schemas/codes.h"
#include "schemas/mask.h"

/* What the registry's book says, held against the application: Q01 the unit,
 * Q02 and Q03 its owners, Q10 its facts, Q12 the mortgagee in the book, Q14 the
 * pre-notice. Q11 and Q15 need no result. Each unit is held against the result
 * it stands on, its own or the application's. */

/* ---- Q15: what is stood on, before anything is compared ---- */

/* The title result of a unit: its own, or the application's. */
struct stand {
    const struct title_result *result; /* NULL: there is nothing to compare with */
    int64_t valid_until_us;
    bool is_foreign;
    struct path path; /* of the field that names it */
};

static struct stand stand_of_application(const struct counter *counter)
{
    const struct check_input *input = counter->input;
    return (struct stand){input->title, input->title_valid_until_us,
                          counter->application->title.is_present && input->is_title_foreign, path_of("title")};
}

static struct stand stand_of_unit(const struct counter *counter, uint32_t index)
{
    const struct check_input *input = counter->input;
    int64_t query = counter->application->units.items[index].title.value;
    struct stand stand = {.is_foreign = true, .path = path_of("units/%u/title", index)};
    for (uint32_t i = 0; i < input->title_count && stand.result == NULL; i++)
        if (input->titles[i].query == query && input->titles[i].result != NULL)
            stand = (struct stand){input->titles[i].result, input->titles[i].valid_until_us, false, stand.path};
    return stand;
}

/* Where nobody knows the journal, at the branch's own counter, no result is there and none is foreign. */
static bool knows_titles(const struct counter *counter)
{
    return counter->input->now_us != 0;
}

static void check_missing(struct counter *counter)
{
    const struct check_input *input = counter->input;
    const struct case_submit *application = counter->application;
    uint32_t own_count = 0;
    bool is_needed =
        input->rules != NULL && input->rules->needs_title.is_present && input->rules->needs_title.value != 0;
    for (uint32_t i = 0; i < application->units.count; i++)
        own_count += application->units.items[i].title.is_present;
    if (!is_needed || application->title.is_present || counter_was_named(counter, "title"))
        return;
    if (own_count == 0)
        counter_add(counter, FINDING_Q15_MISSING, "title");
    for (uint32_t i = 0; i < application->units.count && own_count > 0; i++)
        if (!application->units.items[i].title.is_present)
            counter_add(counter, FINDING_Q15_MISSING, path_of("units/%u/title", i).text);
}

static void check_use(struct counter *counter, const struct stand *stand)
{
    if (stand->is_foreign)
        counter_add(counter, FINDING_Q15_FOREIGN, stand->path.text);
    if (stand->result != NULL && counter->input->now_us > stand->valid_until_us)
        counter_add(counter, FINDING_Q15_OLD, stand->path.text);
}

/* What the registry could say; false when there are no units to compare with. */
static bool check_result_word(struct counter *counter, const struct stand *stand)
{
    struct text result = stand->result->result;
    if (text_is(result, "match"))
        return true;
    if (text_is(result, "none"))
        counter_add(counter, FINDING_Q01_NONE, stand->path.text);
    else if (text_is(result, "unavailable"))
        counter_add(counter, FINDING_Q15_UNAVAILABLE, stand->path.text);
    else
        counter_add(counter, FINDING_Q02_RESULT, stand->path.text);
    return false;
}

/* Can units be held against it? Says what is wrong with it. */
static bool check_stand(struct counter *counter, const struct stand *stand)
{
    check_use(counter, stand);
    return stand->result != NULL && check_result_word(counter, stand);
}

/* ---- Q01 ---- */

static bool units_equal(struct text filed, struct text book)
{
    char filed_key[UNIT_NUMBER_SIZE + 1];
    char book_key[UNIT_NUMBER_SIZE + 1];
    return unit_lane_key(filed, filed_key) && unit_lane_key(book, book_key) && strcmp(filed_key, book_key) == 0;
}

const struct title_unit *book_unit(const struct title_result *title, struct text number)
{
    for (uint32_t i = 0; i < title->units.count; i++)
        if (units_equal(number, title->units.items[i].number))
            return &title->units.items[i];
    return NULL;
}

/* One query asks for one property: the other units that stand on it may go untold, one that stands on a query of its
 * own may not. */
static bool may_be_untold(const struct counter *counter, uint32_t index)
{
    const struct unit_list *units = &counter->application->units;
    for (uint32_t i = 0; i < units->count && !units->items[index].title.is_present; i++)
        if (!units->items[i].title.is_present && book_unit(counter->input->title, units->items[i].number) != NULL)
            return true;
    return false;
}

static void check_unit_found(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    struct path path = path_of("units/%u/bdcdyh", index);
    if (counter_was_named(counter, path.text))
        return;
    if (book == NULL)
        counter_add(counter, may_be_untold(counter, index) ? FINDING_Q01_NOT_TOLD : FINDING_Q01_OTHER, path.text);
    else if (!text_is(book->status, "1"))
        counter_add(counter, FINDING_Q01_NOT_CURRENT, path.text);
}

/* ---- Q02, Q03: names and ids in the book are masked ---- */

static bool names_agree(struct text filed, struct text book)
{
    char masked[MASK_SIZE_MAX];
    return text_equal(filed, book) || text_is(book, mask_name(filed, masked, sizeof masked));
}

static bool ids_agree(struct text filed, struct text book)
{
    char masked[MASK_SIZE_MAX];
    return book.data == NULL || text_equal(filed, book) || text_is(book, mask_id(filed, masked, sizeof masked));
}

static bool certificates_agree(struct text filed, struct text book)
{
    char filed_form[CERTIFICATE_NUMBER_SIZE_MAX];
    char book_form[CERTIFICATE_NUMBER_SIZE_MAX];
    char masked[MASK_SIZE_MAX];
    if (text_equal(filed, book) || text_is(book, mask_certificate(filed, masked, sizeof masked)))
        return true;
    return certificate_number_normalise(filed, filed_form) && certificate_number_normalise(book, book_form) &&
           strcmp(filed_form, book_form) == 0;
}

static bool owners_agree(const struct mortgagor *filed, const struct title_owner *book)
{
    return names_agree(filed->name, book->name) && ids_agree(filed->id, book->id);
}

static void check_certificate_found(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    struct text filed = counter->application->units.items[index].certificate;
    if (filed.data != NULL && book->certificate.data != NULL && !certificates_agree(filed, book->certificate))
        counter_add(counter, FINDING_Q02_CERTIFICATE, path_of("units/%u/bdcqzh", index).text);
}

/* Whoever is in the book now: the sellers where the property passes on, nobody of the application where a buyer
 * mortgages what is still the developer's. */
struct owners {
    const char *field;
    const struct mortgagor *items;
    uint32_t count;
};

static struct owners owners_filed(const struct counter *counter)
{
    const struct case_submit *application = counter->application;
    if (application->sellers.count > 0)
        return (struct owners){"sellers", application->sellers.items, application->sellers.count};
    if (counter->kind != NULL && counter->kind->needs_certificate)
        return (struct owners){"mortgagors", application->mortgagors.items, application->mortgagors.count};
    return (struct owners){"mortgagors", NULL, 0};
}

static bool book_names(const struct title_unit *book, const struct mortgagor *filed)
{
    for (uint32_t i = 0; i < book->owners.count; i++)
        if (owners_agree(filed, &book->owners.items[i]))
            return true;
    return false;
}

static bool owners_name(const struct owners *owners, const struct title_owner *book)
{
    for (uint32_t i = 0; i < owners->count; i++)
        if (owners_agree(&owners->items[i], book))
            return true;
    return false;
}

static void check_owners(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    struct owners owners = owners_filed(counter);
    if (owners.count == 0 || book->owners.count == 0)
        return;
    for (uint32_t i = 0; i < owners.count; i++)
        if (!book_names(book, &owners.items[i]))
            counter_add(counter, FINDING_Q02_OWNER, path_of("%s/%u", owners.field, i).text);
    for (uint32_t i = 0; i < book->owners.count; i++) {
        char masked[MASK_SIZE_MAX];
        struct text name = book->owners.items[i].name;
        if (!owners_name(&owners, &book->owners.items[i]))
            counter_add_detail(counter, FINDING_Q03_CO_OWNER, path_of("units/%u", index).text, "%s",
                               mask_name(name, masked, sizeof masked));
    }
}

/* ---- Q10 ---- */

/* "118.420" and "118.42", "100." and "100" are one number: zeros at the end of the decimals say nothing. */
static struct text area_trimmed(struct text area)
{
    if (area.size == 0 || memchr(area.data, '.', area.size) == NULL)
        return area;
    while (area.size > 1 && area.data[area.size - 1] == '0')
        area.size--;
    if (area.data[area.size - 1] == '.')
        area.size--;
    return area;
}

static bool areas_agree(struct text filed, struct text book)
{
    return text_equal(area_trimmed(filed), area_trimmed(book));
}

static void check_facts(struct counter *counter, uint32_t index, const struct title_unit *book)
{
    const struct unit *filed = &counter->application->units.items[index];
    if (filed->location.data != NULL && book->location.data != NULL && !text_equal(filed->location, book->location))
        counter_add(counter, FINDING_Q10_DIFFERS, path_of("units/%u/zl", index).text);
    if (filed->area.data != NULL && book->area.data != NULL && !areas_agree(filed->area, book->area))
        counter_add(counter, FINDING_Q10_DIFFERS, path_of("units/%u/mj", index).text);
    if (filed->use.data != NULL && book->use.data != NULL && !text_equal(filed->use, book->use))
        counter_add(counter, FINDING_Q10_DIFFERS, path_of("units/%u/use", index).text);
}

/* ---- Q12, Q14 ---- */

bool proofs_agree(struct text filed, struct text book)
{
    return filed.data != NULL && book.data != NULL && certificates_agree(filed, book);
}

/* Who holds the mortgage that changes, passes on or ends. */
static struct text holder_filed(const struct case_submit *application)
{
    if (application->old_mortgagee.is_present)
        return application->old_mortgagee.name;
    return application->transferor.is_present ? application->transferor.name : application->mortgagee.name;
}

static const struct title_mortgage *book_mortgage(const struct title_unit *book, struct text proof)
{
    for (uint32_t i = 0; i < book->mortgages.count; i++)
        if (proofs_agree(proof, book->mortgages.items[i].proof))
            return &book->mortgages.items[i];
    return NULL;
}

static void check_followed(struct counter *counter, const struct title_unit *book)
{
    const struct case_submit *application = counter->application;
    if (application->ended_proof.data == NULL)
        return;
    const struct title_mortgage *mortgage = book_mortgage(book, application->ended_proof);
    if (mortgage == NULL)
        counter_add(counter, FINDING_Q12_NO_MORTGAGE, "bdcdjzmh");
    else if (!names_agree(holder_filed(application), mortgage->mortgagee))
        counter_add(counter, FINDING_Q12_MORTGAGEE, "bdcdjzmh");
}

/* A pre-notice that turns into the mortgage stands on this very unit. */
static void check_prenotice(struct counter *counter, const struct title_unit *book)
{
    struct text proof = counter->application->prenotice_proof;
    bool turns = proof.data != NULL && counter->kind != NULL && counter->kind->needs_certificate;
    for (uint32_t i = 0; turns && i < book->prenotices.count; i++)
        turns = !proofs_agree(proof, book->prenotices.items[i].document);
    if (turns)
        counter_add(counter, FINDING_Q14_OTHER_UNIT, "prenotice_zmh");
}

/* ---- the run ---- */

static void check_unit(struct counter *counter, uint32_t index, const struct title_result *title)
{
    const struct unit *filed = &counter->application->units.items[index];
    const struct title_unit *book = filed->number.data != NULL ? book_unit(title, filed->number) : NULL;
    check_unit_found(counter, index, book);
    if (book == NULL)
        return;
    check_certificate_found(counter, index, book);
    check_owners(counter, index, book);
    check_facts(counter, index, book);
    check_followed(counter, book);
    check_prenotice(counter, book);
    check_burdens(counter, index, book);
}

void check_book(struct counter *counter)
{
    const struct unit_list *units = &counter->application->units;
    struct stand common = stand_of_application(counter);
    check_missing(counter);
    if (counter->input->others_are_open)
        counter_add(counter, FINDING_Q11_OPEN, "units");
    bool has_common = check_stand(counter, &common);
    for (uint32_t i = 0; i < units->count; i++) {
        bool has_own = units->items[i].title.is_present;
        if (has_own && !knows_titles(counter))
            continue;
        struct stand own = has_own ? stand_of_unit(counter, i) : common;
        if (has_own ? check_stand(counter, &own) : has_common)
            check_unit(counter, i, own.result);
    }
}
