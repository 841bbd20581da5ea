#include "agents/ops/ask.h"

#include "agents/ops/show.h"

enum exit_code ask_and_print(const struct settings *settings, const struct question *question, ask_print *print,
                             void *context)
{
    struct session *session;
    struct link_message answer;
    enum exit_code code = session_open(settings, &session);
    if (code != EXIT_CODE_DONE)
        return code;
    code = session_ask(session, question, &answer);
    if (code == EXIT_CODE_DONE)
        print(&answer, settings, context);
    session_close(&session);
    return code;
}

struct shown {
    const struct record *record;
    ask_show *show;
};

static void print_body(const struct link_message *answer, const struct settings *settings, void *context)
{
    const struct shown *shown = context;
    if (settings->is_json)
        print_record_json(shown->record, answer->body);
    else
        shown->show(answer->body);
}

enum exit_code ask_and_show(const struct settings *settings, const struct question *question, ask_show *show)
{
    struct shown shown = {.record = message_kind(question->answer)->record, .show = show};
    return ask_and_print(settings, question, print_body, &shown);
}
