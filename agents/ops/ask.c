#include "agents/ops/ask.h"

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
