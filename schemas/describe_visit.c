#include <ctype.h>
#include <string.h>

#include "schemas/checks/check.h"
#include "schemas/clocks.h"
#include "schemas/describe.h"
#include "schemas/kind.h"

/* docs/single-visit.md: what is checked and why, from the tables the checks
 * themselves read. */

struct reason_row {
    const char *id;
    char source;
    const char *question;
    const char *why;
};

#define CHECK(id, source, question, why) {id, source[0], question, why},
static const struct reason_row reasons[] = {
#include "schemas/checks/reasons.def"
};
#undef CHECK

enum { REASON_COUNT = sizeof reasons / sizeof reasons[0] };

static const char *source_name(char source)
{
    switch (source) {
    case 'F':
        return "form";
    case 'D':
        return "lists of the field";
    case 'R':
        return "rules of the window";
    case 'Q':
        return "title query";
    case 'B':
        return "the bank";
    }
    return "";
}

static bool has_findings(const char *id)
{
    for (unsigned name = 0; name < FINDING_COUNT; name++)
        if (strcmp(finding_row((enum finding_name)name)->id, id) == 0)
            return true;
    return false;
}

static void print_findings(FILE *page, const char *id)
{
    for (unsigned name = 0; name < FINDING_COUNT; name++) {
        const struct finding_row *row = finding_row((enum finding_name)name);
        if (strcmp(row->id, id) != 0)
            continue;
        fprintf(page, "| %s | %s<br>%s | %s<br>%s |\n", strcmp(row->level, "E") == 0 ? "blocks" : "warns", row->chinese,
                row->english, row->fix_chinese, row->fix_english);
    }
}

static void print_index(FILE *page, const struct reason_row *reason)
{
    char anchor[16];
    size_t size = 0;
    for (; reason->id[size] != '\0' && size < sizeof anchor - 1; size++)
        anchor[size] = (char)tolower((unsigned char)reason->id[size]);
    anchor[size] = '\0';
    fprintf(page, "| [%s](#%s) | %s | %s |\n", reason->id, anchor, reason->question, source_name(reason->source));
}

static void print_checks(FILE *page)
{
    fputs("## The checks\n\n| check | asks | rests on |\n|---|---|---|\n", page);
    for (unsigned i = 0; i < REASON_COUNT; i++)
        if (has_findings(reasons[i].id))
            print_index(page, &reasons[i]);
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        if (!has_findings(reasons[i].id))
            continue;
        fprintf(page, "\n### %s\n\n%s %s\n\n| | finding | what to do |\n|---|---|---|\n", reasons[i].id,
                reasons[i].question, reasons[i].why);
        print_findings(page, reasons[i].id);
    }
}

static void print_codes(FILE *page, const char *list)
{
    struct text code;
    while (word_next(&list, &code)) {
        const struct dictionary_entry *entry = dictionary_find(DICTIONARY_MATERIAL, code);
        fprintf(page, " %.*s%s%s", TEXT_ARGS(code), entry != NULL ? " " : "", entry != NULL ? entry->chinese : "");
    }
}

#define ROW(code, ...) code,
static const char *const kind_codes[] = {
#include "kinds.inc"
};
#undef ROW

static const char *who_files(const struct kind *kind)
{
    if (kind->is_between_banks)
        return "old and new mortgagee";
    return kind->is_alone ? "the mortgagee alone may" : "owners and mortgagee";
}

static void print_kinds(FILE *page)
{
    fputs("\n## The kinds of registration, and what each asks for\n\nBesides SQS 申请书, ID 身份证明, XWBL 询问笔录 "
          "and SQWT 授权委托书 "
          "for every agent. A window's rule file may ask for more, never for less.\n\n"
          "| kind | | in the book | who files | papers |\n|---|---|---|---|---|\n",
          page);
    for (unsigned i = 0; i < sizeof kind_codes / sizeof kind_codes[0]; i++) {
        const struct kind *kind = kind_find(text_of(kind_codes[i]));
        if (kind == NULL || kind->materials[0] == '\0')
            continue;
        fprintf(page, "| %s | %s<br>%s | %s | %s |", kind->code, kind->chinese, kind->english, kind->registration,
                who_files(kind));
        print_codes(page, kind->materials);
        fputs(" |\n", page);
    }
}

struct risk_line {
    const char *code, *chinese, *english, *blocks;
};

#define ROW(code, chinese, english, blocks) {code, chinese, english, blocks},
static const struct risk_line risks[] = {
#include "risk.inc"
};
#undef ROW

static const char *block_sentence(const char *blocks)
{
    if (strcmp(blocks, "ended") == 0)
        return "until the window says that it ended";
    return strcmp(blocks, "read") == 0 ? "until a named person has read it" : "never: it informs";
}

static void print_risks(FILE *page)
{
    fputs("\n## Alerts on a property\n\nAn alert reaches every open case of the unit and every mortgage in force on "
          "it, by a feed of its "
          "own, and asks for the name of the person who read it.\n\n| alert | | stands against disbursing "
          "|\n|---|---|---|\n",
          page);
    for (unsigned i = 0; i < sizeof risks / sizeof risks[0]; i++)
        fprintf(page, "| %s | %s, %s | %s |\n", risks[i].code, risks[i].chinese, risks[i].english,
                block_sentence(risks[i].blocks));
}

static const char *unit_words(enum clock_unit unit)
{
    switch (unit) {
    case CLOCK_UNIT_WORKING_MINUTES:
        return "minutes of opening hours";
    case CLOCK_UNIT_WORKING_DAYS:
        return "working days";
    case CLOCK_UNIT_MINUTES:
        return "minutes";
    case CLOCK_UNIT_DAYS:
    case CLOCK_UNIT_COUNT:
        break;
    }
    return "days";
}

static void print_clocks(FILE *page)
{
    fputs("\n## Clocks\n\nEvery open case has one owner of the next step and one clock, in the working time of its "
          "window. It tells at 50, "
          "80 and 100 per cent; it never decides. A window's rule file may give it another length.\n\n"
          "| clock | waits for | runs, unless the window says otherwise |\n|---|---|---|\n",
          page);
    for (unsigned name = 0; name < CLOCK_COUNT; name++) {
        const struct clock_row *row = clock_row((enum clock_name)name);
        fprintf(page, "| %s | %s, %s | %lld %s |\n", row->name, row->chinese, row->english, (long long)row->amount,
                unit_words(row->unit));
    }
}

void describe_visit(FILE *page)
{
    fputs("# The single visit: what is checked, and why\n\n"
          "Made by `make describe` from the tables the programs themselves read.\n\n"
          "Everything that can be found at the counter is found at the counter, all at once and in this order, before "
          "the citizen "
          "leaves. A finding that *blocks* must be mended. One that *warns* may be contested with a reason, which "
          "travels to the "
          "window with the application.\n\n",
          page);
    print_checks(page);
    print_kinds(page);
    print_risks(page);
    print_clocks(page);
}
