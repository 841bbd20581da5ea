#include <criterion/criterion.h>
#include <glob.h>
#include <string.h>

#include "tests/scenarios/story.h"

/* Each event of reality that the house holds is a story here, played on the real core. */

static bool play_text(const char *text, char why[STORY_WHY_SIZE])
{
    uint32_t count = 0;
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    cr_assert_not_null(in);
    bool is_true = story_play(in, "told", why, &count);
    fclose(in);
    return is_true;
}

Test(scenarios, every_story_holds, .timeout = 300)
{
    glob_t found;
    char why[STORY_WHY_SIZE];
    cr_assert_eq(glob("tests/scenarios/[0-9][0-9]-*.story", 0, NULL, &found), 0, "no story was found");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        uint32_t count = 0;
        FILE *in = fopen(found.gl_pathv[i], "r");
        cr_assert_not_null(in, "%s", found.gl_pathv[i]);
        cr_expect(story_play(in, found.gl_pathv[i], why, &count), "%s", why);
        fclose(in);
    }
    globfree(&found);
}

Test(scenarios, a_sentence_that_nobody_knows_fails)
{
    char why[STORY_WHY_SIZE];
    cr_expect_not(play_text("# title\nwhen the clerk drinks tea\n", why));
    cr_expect_str_eq(why, "told:2: when the clerk drinks tea: nobody knows this sentence");
}

Test(scenarios, a_claim_that_does_not_hold_fails_with_what_is_seen)
{
    char why[STORY_WHY_SIZE];
    cr_expect_not(play_text("when branch A submits unit-1 as first\nthen first is BOOKED\n", why));
    cr_expect_str_eq(why, "told:2: then first is BOOKED: it is QUEUED");
}

Test(scenarios, each_kind_of_claim_can_fail)
{
    static const char *const claims[] = {
        "then first reads 已登簿",
        "then first is flagged IN_DOUBT",
        "then first is not flagged NOTHING",
        "then the answer is the receipt of first",
        "then the answer is a refusal for DUP_CASE",
        "then first has the number Y-1",
        "then first has the proof proof-1",
        "then branch A hears CASE_BOOKED of first once",
        "then the bank may disburse on first",
        "then the acceptance of first is kept as stated, 3 hours ahead",
        "then the alert order-1 on first was read by 1042",
        "then branch A is alerted 1 times of first",
        "then branch A is advised M09 for first",
        "then branch A hears at 50 per cent of CERTIFICATE of first",
        "then 5 working days after 2026-09-30 end on 2026-10-12",
        "then the clock of first is DECISION until 2026-09-30",
        "then the clock of first is DELIVERY until 2026-10-01",
        "then the clock of first is reckoned with the calendar changed",
        "when 5 days pass\nthen branch A hears no alarm of PARKED of first",
        "then the window was asked 1 times for the proof of first",
        "then window-2 got first",
        "then no window got first",
        "then first was sent before first",
        "when the window fails to take first as permanent\nthen first is set aside as poison after 1 attempts",
        "when the window fails to take first as permanent\nthen first is set aside as permanent after 2 attempts",
        "then nobody is QUEUED",
        "then first stands on that title",
        "then the question is refused at the door for its consent",
        "then the question goes to window-1",
        "then the journal holds 1 questions of branch A",
        "then operations are alarmed about branch A",
        "then operations were alarmed 1 times",
        "when the counter looks at an application over 800000 yuan\nthen the counter finds F10",
        "when the counter looks at an application over 80 yuan\nthen the counter finds nothing against the amount",
        "shown by tests/system/test_kill.py::test_nothing",
        "shown by tests/system/test_nothing.py::test_nothing",
    };
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        char why[STORY_WHY_SIZE];
        char text[256];
        snprintf(text, sizeof text, "when branch A submits unit-1 as first\n%s\n", claims[i]);
        cr_expect_not(play_text(text, why), "%s", claims[i]);
    }
}

Test(scenarios, a_story_without_a_sentence_fails)
{
    char why[STORY_WHY_SIZE];
    cr_expect_not(play_text("# a title\nWhy: nothing\n", why));
}
