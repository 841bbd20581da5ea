#include "schemas/lifecycle.h"

/* docs/lifecycle.md, from the same rows the broker decides by. */

static const char *class_name(enum lifecycle_class class)
{
    switch (class) {
    case CLASS_GOING:
        return "under way";
    case CLASS_LAYER:
        return "layer";
    case CLASS_BOOK:
        return "in the book";
    case CLASS_CLOSED:
        return "closed";
    }
    return "";
}

static const char *who_name(char who)
{
    switch (who) {
    case 'B':
        return "branch";
    case 'W':
        return "window";
    case 'O':
        return "operator";
    }
    return "broker";
}

static bool cell_goes_somewhere(const struct lifecycle_cell *cell)
{
    return cell->outcome == OUTCOME_MOVE || cell->outcome == OUTCOME_JUMP || cell->outcome == OUTCOME_COVER;
}

static void describe_states(FILE *out)
{
    fputs("## States\n\n"
          "`SENT` and `QUEUED` share the name `QUEUED` on the wire, `PARKED` and `HELD` the name `PARKED`.\n"
          "A layer lies over a state that goes on living beneath it; what is shown is the topmost of\n"
          "`PARKED`/`HELD`, `WITHDRAWING`, `SUSPENDED`. What is final ends all layers.\n\n"
          "| state | on the wire | class | next step | what may be said | |\n|---|---|---|---|---|---|\n",
          out);
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++) {
        const struct lifecycle_state_row *row = lifecycle_state(state);
        fprintf(out, "| %s | `%s` | %s | %s | %s / %s | %s |\n", row->name, row->wire, class_name(row->class),
                row->waits_for, row->chinese, row->english, row->sentence);
    }
}

static void describe_events(FILE *out)
{
    fputs("\n## Events\n\n| event | brought by | true | |\n|---|---|---|---|\n", out);
    for (enum lifecycle_event event = 0; event < LIFE_COUNT; event++) {
        const struct lifecycle_event_row *row = lifecycle_event(event);
        fprintf(out, "| %s | %s | %s | %s |\n", row->name, who_name(row->who), row->is_once ? "once" : "many times",
                row->sentence);
    }
}

static void describe_diagram(FILE *out)
{
    fputs("\n## Diagram\n\nWhere a case goes; layers return to the state beneath.\n\n"
          "```mermaid\nstateDiagram-v2\n    [*] --> SUBMITTED: CASE_SUBMIT\n",
          out);
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++)
        for (enum lifecycle_event event = 0; event < LIFE_COUNT; event++) {
            const struct lifecycle_cell *cell = lifecycle_cell(state, event);
            if (cell_goes_somewhere(cell))
                fprintf(out, "    %s --> %s: %s\n", lifecycle_state(state)->name, lifecycle_state(cell->to)->name,
                        lifecycle_event(event)->name);
        }
    fputs("```\n", out);
}

static void describe_outcomes(FILE *out)
{
    fputs("\n## Every cell\n\n"
          "- **move**: the case goes there; **jump**: likewise, though a step before is missing (`OUT_OF_ORDER`).\n"
          "- **as**: the word proves that state; the case goes there first, and that state decides.\n"
          "- **cover**, **lift**: a layer begins, ends. **beneath**: what lies beneath the layer decides.\n"
          "- **stay**: recorded and told. **late**: likewise, after what followed it (`OUT_OF_ORDER`).\n"
          "  **keep**: likewise, before what it follows; kept until then (`OUT_OF_ORDER`).\n"
          "- **nothing**: a fact of the broker that came too late.\n"
          "- **refuse**: the sender is told `WRONG_STATE`; nothing is stored.\n"
          "- **contradiction**: the window said what cannot be: stored with a receipt, flagged `CONTRADICTION`,\n"
          "  told to the branch, never applied.\n\n"
          "Before the table come duplicates, owners and revisions; the same word with the same content\n"
          "again has no effect; a window's word about a case it was never sent, a second word of a kind that is\n"
          "true once, and a 业务号 that is another's are contradictions.\n",
          out);
}

static void describe_cells(FILE *out, enum lifecycle_state state)
{
    fprintf(out, "\n### %s\n\n| event | outcome | |\n|---|---|---|\n", lifecycle_state(state)->name);
    for (enum lifecycle_event event = 0; event < LIFE_COUNT; event++) {
        const struct lifecycle_cell *cell = lifecycle_cell(state, event);
        fprintf(out, "| %s | %s%s%s | %s |\n", lifecycle_event(event)->name, lifecycle_outcome_name(cell->outcome),
                cell->to != STATE_SAME ? " " : "", cell->to != STATE_SAME ? lifecycle_state(cell->to)->name : "",
                cell->sentence);
    }
}

void lifecycle_describe(FILE *out)
{
    fputs("# The life of a case\n\n"
          "Made from schemas/lifecycle.def; do not edit. Every state meets every event, and each cell is decided\n"
          "exactly once: another build does not compile.\n\n",
          out);
    describe_states(out);
    describe_events(out);
    describe_diagram(out);
    describe_outcomes(out);
    for (enum lifecycle_state state = 0; state < STATE_COUNT; state++)
        describe_cells(out, state);
}
