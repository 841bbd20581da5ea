#include "schemas/checks/counter.h"

/* F10 amounts, F11 dates, F12 method against amount, F13 the transfer clause. */

static const int64_t AMOUNT_FEN_MIN = INT64_C(1000000);       /* 1 万元 */
static const int64_t AMOUNT_FEN_MAX = INT64_C(1000000000000); /* 100 亿元 */

enum wanted { WANTED_YES, WANTED_NO, WANTED_UNKNOWN };

static void check_band(struct counter *counter, const char *key, int64_t fen)
{
    if (fen <= 0)
        counter_add(counter, FINDING_F10_NOT_POSITIVE, key);
    else if (fen < AMOUNT_FEN_MIN)
        counter_add(counter, FINDING_F10_TOO_SMALL, key);
    else if (fen > AMOUNT_FEN_MAX)
        counter_add(counter, FINDING_F10_TOO_LARGE, key);
}

/* What decoding said about an amount that is asked for, or may be. */
static void check_amount_problem(struct counter *counter, const char *key, enum problem_kind kind)
{
    switch (kind) {
    case PROBLEM_NULL:
    case PROBLEM_MISSING:
        counter_add(counter, FINDING_F12_AMOUNT_MISSING, key);
        return;
    case PROBLEM_SIZE:
    case PROBLEM_RANGE:
    case PROBLEM_RULE:
        counter_add(counter, FINDING_F10_TOO_LARGE, key);
        return;
    case PROBLEM_REPEATED:
        counter_add(counter, FINDING_F02_REPEATED, key);
        return;
    case PROBLEM_TYPE:
    case PROBLEM_UNKNOWN:
    case PROBLEM_ENCODING:
        break;
    }
    counter_add(counter, FINDING_F02_TYPE, key);
}

static void check_amount(struct counter *counter, const char *key, struct number amount, enum wanted wanted)
{
    const struct problem *problem = counter_problem(counter, key);
    if (wanted == WANTED_NO) {
        if (amount.is_present || problem)
            counter_add(counter, FINDING_F12_AMOUNT_OTHER, key);
    } else if (problem) {
        check_amount_problem(counter, key, problem->kind);
    } else if (amount.is_present) {
        check_band(counter, key, amount.value);
    } else if (wanted == WANTED_YES) {
        counter_add(counter, FINDING_F12_AMOUNT_MISSING, key);
    }
}

/* Do the amounts stand as this method asks? */
static bool amounts_suit(const struct counter *counter, char method)
{
    bool has_ordinary = counter->application->amount.is_present;
    bool has_maximum = counter->application->maximum_amount.is_present;
    return method == '1' ? has_ordinary && !has_maximum : has_maximum && !has_ordinary;
}

/* The method the amounts are judged by; '\0' when both stay open. One that the
 * kind does not take is named by itself, so that the amounts follow it only
 * where they go with it: then the method, or the kind, is the one thing wrong. */
static char method_of(const struct counter *counter)
{
    struct text written = counter->application->method;
    const char *allowed = counter->kind ? counter->kind->methods : "12";
    bool is_allowed = written.data && strchr(allowed, written.data[0]);
    if (is_allowed || (written.data && amounts_suit(counter, written.data[0])))
        return written.data[0];
    if (allowed[1] != '\0')
        return '\0';
    return allowed[0];
}

static void check_method(struct counter *counter)
{
    struct text written = counter->application->method;
    char method = method_of(counter);
    if (written.data && counter->kind && !strchr(counter->kind->methods, written.data[0]))
        counter_add(counter, FINDING_F12_METHOD, "dyfs");
    enum wanted ordinary = method == '\0' ? WANTED_UNKNOWN : method == '1' ? WANTED_YES : WANTED_NO;
    enum wanted maximum = method == '\0' ? WANTED_UNKNOWN : method == '2' ? WANTED_YES : WANTED_NO;
    check_amount(counter, "bdbzzqse", counter->application->amount, ordinary);
    check_amount(counter, "zgzqse", counter->application->maximum_amount, maximum);
}

/* What is above the maximum is owed, but not secured (M09). */
static void check_fixed_amount(struct counter *counter)
{
    struct number fixed = counter->application->fixed_amount;
    struct number maximum = counter->application->maximum_amount;
    if (fixed.is_present && fixed.value <= 0)
        counter_add(counter, FINDING_F10_NOT_POSITIVE, "zgzqqdse");
    else if (fixed.is_present && maximum.is_present && fixed.value > maximum.value)
        counter_add(counter, FINDING_F10_ABOVE_MAXIMUM, "zgzqqdse");
}

/* A loan for a purchase is rarely larger than the price (M11, M12, M13). */
static void check_price(struct counter *counter)
{
    struct number price = counter->application->sale.price;
    struct number amount = counter->application->amount;
    if (!price.is_present)
        return;
    if (price.value <= 0)
        counter_add(counter, FINDING_F10_NOT_POSITIVE, "sale/price");
    else if (amount.is_present && amount.value > price.value)
        counter_add(counter, FINDING_F10_ABOVE_PRICE, "sale/price");
}

/* The property is thought to be worth less than the claim it secures. */
static void check_appraisal(struct counter *counter)
{
    const struct case_submit *application = counter->application;
    struct number claim = application->amount.is_present ? application->amount : application->maximum_amount;
    if (!application->appraisal.is_present)
        return;
    if (application->appraisal.value <= 0)
        counter_add(counter, FINDING_F10_NOT_POSITIVE, "appraisal");
    else if (claim.is_present && claim.value > application->appraisal.value)
        counter_add(counter, FINDING_F10_ABOVE_APPRAISAL, "appraisal");
}

static bool check_date(struct counter *counter, const char *key, struct text text, struct date *out)
{
    if (!text.data)
        return false;
    if (date_parse(text, out))
        return true;
    counter_add(counter, FINDING_F11_NO_DATE, key);
    return false;
}

/* NULL for `end`: the term cannot be read, the date is judged alone. */
static void check_land_use(struct counter *counter, const struct date *end)
{
    const struct unit_list *units = &counter->application->units;
    for (uint32_t index = 0; index < units->count; index++) {
        struct path path = path_of("units/%u/tdsyjssj", index);
        struct date land_use_end;
        bool is_known = check_date(counter, path.text, units->items[index].land_use_end, &land_use_end);
        if (is_known && end && date_compare(*end, land_use_end) > 0)
            counter_add(counter, FINDING_F11_LAND_USE, path.text);
    }
}

static void check_dates(struct counter *counter)
{
    struct date start;
    struct date end;
    bool has_start = check_date(counter, "zwlxqssj", counter->application->term_start, &start);
    bool has_end = check_date(counter, "zwlxjssj", counter->application->term_end, &end);
    if (has_start && has_end && date_compare(end, start) <= 0)
        counter_add(counter, FINDING_F11_ORDER, "zwlxjssj");
    bool is_recent_kind = counter->kind && counter->kind->starts_recently;
    if (has_start && is_recent_kind && date_compare(start, date_add_years(counter->today, -1)) < 0)
        counter_add(counter, FINDING_F11_LONG_PAST, "zwlxqssj");
    check_land_use(counter, has_end ? &end : NULL);
}

static void check_transfer_clause(struct counter *counter)
{
    struct number barred = counter->application->transfer_barred;
    bool is_answered = barred.is_present && (barred.value == 0 || barred.value == 1);
    if (!is_answered && !counter_was_named(counter, "sfczjzhxz"))
        counter_add(counter, FINDING_F13_NOT_ANSWERED, "sfczjzhxz");
}

void check_terms(struct counter *counter)
{
    check_method(counter);
    check_fixed_amount(counter);
    check_price(counter);
    check_appraisal(counter);
    check_dates(counter);
    check_transfer_clause(counter);
}
