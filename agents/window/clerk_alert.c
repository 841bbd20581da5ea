#include <stdio.h>
#include <string.h>

#include "agents/client/link.h"
#include "agents/window/clerk.h"
#include "agents/window/clerk_act.h"
#include "agents/window/outbox.h"
#include "agents/window/registry.h"

/* alert: something hits a property (查封, 异议 ...). It is of no case: the broker knows which cases it reaches. */

enum { KEY_WINDOW = 0x500, KEY_UNIT, KEY_RISK, KEY_DOCUMENT, KEY_AUTHORITY, KEY_PROOF, KEY_TEXT, KEY_ENDED };
enum { ALERT_SIZE_MAX = 4096 };

struct alert {
    struct settings settings;
    const char *window;
    struct risk_alert body;
};

static const struct argp_option alert_options[] = {
    {"window", KEY_WINDOW, "W", 0, "the window that says it", 1},
    {"unit", KEY_UNIT, "N", 0, "the property unit's number", 1},
    {"risk", KEY_RISK, "R", 0, "which: seizure, waiting_seizure, objection, transfer, lock ...", 1},
    {"document", KEY_DOCUMENT, "N", 0, "the document's number; names the alert, so that its end finds it", 1},
    {"authority", KEY_AUTHORITY, "T", 0, "whose document it is", 1},
    {"proof", KEY_PROOF, "N", 0, "only the mortgage with this proof", 1},
    {"text", KEY_TEXT, "T", 0, "in words", 1},
    {"ended", KEY_ENDED, NULL, 0, "it ended", 1},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct alert *alert = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &alert->settings;
        return 0;
    case KEY_WINDOW:
        alert->window = argument;
        return 0;
    case KEY_UNIT:
        alert->body.unit = text_of(argument);
        return 0;
    case KEY_RISK:
        alert->body.risk = text_of(argument);
        return 0;
    case KEY_DOCUMENT:
        alert->body.document = text_of(argument);
        return 0;
    case KEY_AUTHORITY:
        alert->body.authority = text_of(argument);
        return 0;
    case KEY_PROOF:
        alert->body.proof = text_of(argument);
        return 0;
    case KEY_TEXT:
        alert->body.text = text_of(argument);
        return 0;
    case KEY_ENDED:
        alert->body.has_ended = number_of(true);
        return 0;
    case ARGP_KEY_END:
        if (!alert->window || !alert->body.unit.data || !alert->body.risk.data || !alert->body.document.data)
            argp_error(state, "say --window, --unit, --risk and --document");
        return 0;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

/* What the command line said must hold the rules of the record, as any other body. */
static enum status alert_encode(const struct risk_alert *alert, uint8_t *bytes, size_t *used, char *why, size_t size)
{
    uint8_t memory[1024];
    struct arena arena = arena_over(memory, sizeof memory);
    struct problems problems = {0};
    struct risk_alert decoded;
    *used = 0;
    enum status status = record_encode(&record_risk_alert, alert, bytes, ALERT_SIZE_MAX, used);
    if (status == STATUS_OK)
        status = record_decode(&record_risk_alert, bytes_of(bytes, *used), &arena, &decoded, &problems);
    if (problems.count > 0)
        problem_english(&problems.items[0], why, size);
    return status;
}

static enum status alert_store(struct folder *folder, const struct alert *alert, struct bytes body)
{
    struct digest *digest = NULL;
    struct outbox_entry entry = {
        .window = text_of(alert->window), .type = MESSAGE_RISK_ALERT, .position = OUTBOX_POSITION_NONE, .body = body};
    enum status status = digest_new(&digest);
    if (status == STATUS_OK) {
        base_begin(&folder->base);
        (void)outbox_add(&folder->base, digest, &entry, clock_now_us());
        status = base_commit(&folder->base);
    }
    digest_free(&digest);
    return status;
}

int clerk_alert(int argc, char **argv)
{
    static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        alert_options, parse, "",  "Says that something hits a property, or that it ended.\v" EXIT_CODES_TEXT,
        children,      NULL,  NULL};
    struct alert alert = {.body = {.time = number_of(clock_now_us()), .is_present = true}};
    struct folder folder;
    uint8_t bytes[ALERT_SIZE_MAX];
    char why[320] = "the alert is too long";
    size_t used = 0;
    settings_init(&alert.settings);
    argp_parse(&argp, argc, argv, 0, NULL, &alert);
    if (alert_encode(&alert.body, bytes, &used, why, sizeof why) != STATUS_OK)
        return (int)complain(STATUS_USAGE, why);
    enum exit_code code = settings_open_folder(&alert.settings, &folder);
    if (code != EXIT_DONE)
        return (int)code;
    /* The book first: nobody is told of what it does not say. */
    enum status status = registry_tell(alert.settings.data, &alert.body, why, sizeof why);
    if (status == STATUS_OK) {
        status = alert_store(&folder, &alert, bytes_of(bytes, used));
        snprintf(why, sizeof why, "%s", book_why(folder.base.book));
    }
    if (status != STATUS_OK)
        code = complain(status, why);
    else
        printf("%s RISK_ALERT -> outbox\n", alert.window);
    folder_close(&folder);
    return (int)code;
}
