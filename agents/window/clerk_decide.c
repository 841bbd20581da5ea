#include <stdio.h>
#include <string.h>

#include "agents/window/clerk.h"
#include "agents/window/clerk_act.h"
#include "agents/window/inbox.h"

static const struct argp_option options[] = {
    {"filed", KEY_WORD + WORD_FILED, NULL, 0, "the registry has it: go on, never hand it again", 1},
    {"not-filed", KEY_WORD + WORD_NOT_FILED, NULL, 0, "the registry surely does not have it: hand it", 1},
    {"ask-again", KEY_WORD + WORD_ASK_AGAIN, NULL, 0, "ask the registry (find) once more", 1},
    {"reason", KEY_WORD + WORD_REASON, "T", 0, "how you know (needed)", 1},
    {"window", KEY_WORD + WORD_WINDOW, "W", 0, "which window's case, where the folder has several", 1},
    {0},
};

/* The first delivery of the case that is held; 0 for none. */
static int64_t held_delivery(struct clerk_act *act)
{
    int64_t id = 0;
    sqlite3_stmt *query = base_query(&act->folder.base, "SELECT id FROM delivery WHERE window = ?1 AND case_id = ?2"
                                                        " AND state = 'held' ORDER BY number LIMIT 1");
    book_bind_text(query, 1, text_of(act->row.window));
    book_bind_text(query, 2, text_of(act->row.case_id));
    if (base_next(&act->folder.base, query))
        id = base_number(query, 0);
    book_end(query);
    return id;
}

static enum status decide(struct clerk_act *act)
{
    struct base *base = &act->folder.base;
    int64_t id = held_delivery(act);
    int count =
        (act->words[WORD_FILED] != NULL) + (act->words[WORD_NOT_FILED] != NULL) + (act->words[WORD_ASK_AGAIN] != NULL);
    if (count != 1) {
        snprintf(act->why, sizeof act->why, "say one of --filed, --not-filed, --ask-again");
        return STATUS_USAGE;
    }
    if (!clerk_want(act, WORD_REASON, "reason"))
        return STATUS_USAGE;
    if (id == 0 && !act->row.held[0]) {
        snprintf(act->why, sizeof act->why, "%s is not held: there is nothing to decide", act->row.case_id);
        return STATUS_WRONG_STATE;
    }
    if (id != 0 && act->words[WORD_FILED])
        inbox_set_handed(base, id, act->now_us);
    else if (id != 0)
        inbox_set_state(base, id, act->words[WORD_NOT_FILED] ? "new" : "doubt", 0, NULL);
    docket_hold(base, &act->row, NULL);
    if (id == 0 || act->words[WORD_FILED])
        docket_poll_at(base, &act->row, number_of(act->now_us));
    clerk_note(act,
               act->words[WORD_FILED]       ? "decide filed"
               : act->words[WORD_NOT_FILED] ? "decide not filed"
                                            : "decide ask again",
               act->words[WORD_REASON]);
    return base_commit(base);
}

int clerk_decide(int argc, char **argv)
{
    struct clerk_act act;
    clerk_parse(&act, options,
                "Decides about a case that is held, because nobody but a person can know whether the registry has "
                "it. A wrong --not-filed files it twice.\v" EXIT_CODES_TEXT,
                argc, argv);
    enum exit_code code = clerk_open(&act);
    if (code == EXIT_DONE) {
        enum status status = decide(&act);
        if (status == STATUS_OK)
            printf("%s: decided\n", act.row.case_id);
        else
            code = complain(status, act.why[0] ? act.why : status_english(status));
    }
    clerk_close(&act);
    return (int)code;
}
