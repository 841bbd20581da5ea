#include <stdio.h>
#include <string.h>

#include "agents/window/booking.h"
#include "agents/window/clerk.h"
#include "agents/window/clerk_act.h"

/* ---- acceptance ---- */

static enum status fill_accept(struct clerk_act *act, void *body)
{
    struct case_accepted *out = body;
    char other[sizeof act->row.case_id];
    if (!clerk_want(act, WORD_NUMBER, "ywh"))
        return STATUS_USAGE;
    if (docket_number_is_taken(&act->folder.base, &act->row, clerk_text(act, WORD_NUMBER), other)) {
        snprintf(act->why, sizeof act->why, "--ywh %s: case %s of this window has it already (该业务号已属于另一案件)",
                 act->words[WORD_NUMBER], other);
        return STATUS_WRONG_STATE;
    }
    *out = (struct case_accepted){.number = clerk_text(act, WORD_NUMBER),
                                  .accepted_at = number_of(act->now_us),
                                  .clerk = clerk_text(act, WORD_CLERK),
                                  .due = clerk_text(act, WORD_DUE),
                                  .slip = clerk_text(act, WORD_SLIP),
                                  .is_present = true};
    return clerk_fen(act, WORD_FEE, "fee", &out->fee);
}

CLERK_COMMAND(accept, CASE_ACCEPTED, "Accepts the application (受理); rank counts from now.",
              CLERK_WORD(NUMBER, "ywh", "N", "业务号 (needed)"),
              CLERK_WORD(CLERK, "clerk", "S", "受理人员, a staff number"),
              CLERK_WORD(DUE, "due", "DATE", "承诺办结日期 YYYY-MM-DD"),
              CLERK_WORD(FEE, "fee", "FEN", "fee expected, in fen"),
              CLERK_WORD(SLIP, "slip", "N", "number of the acceptance slip"))

static enum status fill_not_accept(struct clerk_act *act, void *body)
{
    struct case_not_accepted *out = body;
    struct reason *reason = arena_take(&act->arena, sizeof *reason);
    if (!clerk_want(act, WORD_FAMILY, "family") || !clerk_want(act, WORD_TEXT, "text") || !reason)
        return STATUS_USAGE;
    const char *avoidable = act->words[WORD_AVOIDABLE];
    *reason = (struct reason){.family = clerk_text(act, WORD_FAMILY),
                              .text = clerk_text(act, WORD_TEXT),
                              .avoidable = text_of(avoidable ? avoidable : "unknown"),
                              .is_present = true};
    *out = (struct case_not_accepted){
        .reasons = {reason, 1, true}, .right_office = clerk_text(act, WORD_OFFICE), .is_present = true};
    return STATUS_OK;
}

CLERK_COMMAND(not_accept, CASE_NOT_ACCEPTED, "Does not accept the application (不予受理).",
              CLERK_WORD(FAMILY, "family", "F", "family of the reason, as MATERIAL or JURISD (needed)"),
              CLERK_WORD(TEXT, "text", "T", "the reason in words (needed)"),
              CLERK_WORD(AVOIDABLE, "avoidable", "A", "could the counter have found it: yes, no or unknown (unknown)"),
              CLERK_WORD(OFFICE, "right-office", "O", "the office that is competent, when this one is not"))

/* ---- supplements ---- */

static bool read_yes_no(struct text text, struct number *out)
{
    bool is_yes = text_is(text, "yes") || text_is(text, "1") || text_is(text, "true");
    *out = number_of(is_yes);
    return is_yes || text_is(text, "no") || text_is(text, "0") || text_is(text, "false");
}

static enum status read_item(struct clerk_act *act, const char *item, struct supplement_item *out)
{
    const char *at = item;
    *out = (struct supplement_item){.code = clerk_part(&at), .text = clerk_part(&at), .is_present = true};
    bool is_right = read_yes_no(clerk_part(&at), &out->needs_new_signature);
    is_right = read_yes_no(clerk_part(&at), &out->needs_citizen) && is_right;
    if (is_right && !at && out->code.size > 0 && out->text.size > 0)
        return STATUS_OK;
    snprintf(act->why, sizeof act->why,
             "--item \"%s\": \"code|text|needs a new signature|needs the citizen\" is meant, the last two yes or no",
             item);
    return STATUS_USAGE;
}

static enum status fill_supplement(struct clerk_act *act, void *body)
{
    struct supplement_req *out = body;
    struct supplement_item *items = arena_take(&act->arena, act->item_count * sizeof *items);
    enum status status = items ? STATUS_OK : STATUS_LIMIT;
    if (act->item_count == 0) {
        snprintf(act->why, sizeof act->why, "say all that is missing, one --item each: it can be asked only once");
        return STATUS_USAGE;
    }
    for (uint32_t i = 0; i < act->item_count && status == STATUS_OK; i++)
        status = read_item(act, act->items[i], &items[i]);
    *out = (struct supplement_req){.round = number_of(act->row.round + 1),
                                   .items = {items, act->item_count, true},
                                   .is_final_list = number_of(1),
                                   .is_present = true};
    return status;
}

CLERK_COMMAND(
    supplement, SUPPLEMENT_REQ, "Asks to complete the application (一次性告知补正): all at once.",
    CLERK_WORD(ITEM, "item", "ITEM",
               "\"code|text|yes or no: needs a new signature|yes or no: needs the citizen\"; once for each thing"))

/* ---- steps of the work ---- */

static enum status fill_status(struct clerk_act *act, void *body)
{
    if (!clerk_want(act, WORD_STEP, "step"))
        return STATUS_USAGE;
    *(struct progress *)body = (struct progress){
        .step = clerk_text(act, WORD_STEP), .opinion = clerk_text(act, WORD_OPINION), .is_present = true};
    return STATUS_OK;
}

CLERK_COMMAND(status, STATUS, "Reports a step of the registry's work (审核).",
              CLERK_WORD(STEP, "step", "S", "初审, 复审, 核定 or 登簿中 (needed)"),
              CLERK_WORD(OPINION, "opinion", "T", "审批意见"))

static enum status fill_suspend(struct clerk_act *act, void *body)
{
    if (!clerk_want(act, WORD_REASON, "reason") || !clerk_want(act, WORD_AUTHORITY, "authority"))
        return STATUS_USAGE;
    *(struct suspend *)body = (struct suspend){.reason = clerk_text(act, WORD_REASON),
                                               .authority = clerk_text(act, WORD_AUTHORITY),
                                               .document = clerk_text(act, WORD_DOCUMENT),
                                               .is_present = true};
    return STATUS_OK;
}

CLERK_COMMAND(suspend, SUSPEND, "Suspends the case (暂停).", CLERK_WORD(REASON, "reason", "T", "why (needed)"),
              CLERK_WORD(AUTHORITY, "authority", "T", "on whose authority (needed)"),
              CLERK_WORD(DOCUMENT, "document", "N", "number of the document"))

static enum status fill_resume(struct clerk_act *act, void *body)
{
    if (!clerk_want(act, WORD_REASON, "reason"))
        return STATUS_USAGE;
    *(struct resume *)body = (struct resume){.reason = clerk_text(act, WORD_REASON), .is_present = true};
    return STATUS_OK;
}

CLERK_COMMAND(resume, RESUME, "Goes on with a suspended case (恢复).",
              CLERK_WORD(REASON, "reason", "T", "why (needed)"))

static enum status fill_withdraw_result(struct clerk_act *act, void *body)
{
    bool is_too_late = act->words[WORD_TOO_LATE] != NULL;
    struct withdraw_result *out = body;
    *out = (struct withdraw_result){
        .result = text_of(is_too_late ? "too_late" : "ok"), .text = clerk_text(act, WORD_TEXT), .is_present = true};
    if (is_too_late && act->row.booked_at > 0)
        out->booked_at = number_of(act->row.booked_at);
    return STATUS_OK;
}

CLERK_COMMAND(withdraw_result, WITHDRAW_RESULT, "Answers a withdrawal (撤回).",
              CLERK_WORD(TOO_LATE, "too-late", NULL, "it is booked already; without this: withdrawn"),
              CLERK_WORD(TEXT, "text", "T", "in words"))

/* ---- the end ---- */

static enum status fill_refuse(struct clerk_act *act, void *body)
{
    int64_t ground = 0;
    if (!clerk_want(act, WORD_GROUND, "ground") || !clerk_want(act, WORD_TEXT, "text") ||
        !clerk_want(act, WORD_DOCUMENT, "document"))
        return STATUS_USAGE;
    if (!number_parse(act->words[WORD_GROUND], 1, 9, &ground)) {
        snprintf(act->why, sizeof act->why, "--ground %s: the number in article 22 is meant", act->words[WORD_GROUND]);
        return STATUS_USAGE;
    }
    *(struct case_refused *)body = (struct case_refused){.ground = number_of(ground),
                                                         .text = clerk_text(act, WORD_TEXT),
                                                         .document = clerk_text(act, WORD_DOCUMENT),
                                                         .is_present = true};
    return STATUS_OK;
}

CLERK_COMMAND(refuse, CASE_REFUSED, "Refuses the registration (不予登记), in writing.",
              CLERK_WORD(GROUND, "ground", "N", "number of the ground in article 22 (needed)"),
              CLERK_WORD(TEXT, "text", "T", "the reason in words (needed)"),
              CLERK_WORD(DOCUMENT, "document", "N", "number of the written refusal (needed)"))

/* One rank for all units, or one for each: "1" or "1,2". */
static enum status read_ranks(struct clerk_act *act, uint32_t unit_count, int64_t *ranks)
{
    const char *at = act->words[WORD_RANK];
    int64_t rank = 0;
    for (uint32_t i = 0; at && i < unit_count; i++) {
        char word[8];
        size_t size = strcspn(at, ",");
        snprintf(word, sizeof word, "%.*s", (int)size, at);
        if (!number_parse(word, 1, 99, &rank)) {
            snprintf(act->why, sizeof act->why, "--rank %s: a number from 1 to 99, or one for each unit, is meant",
                     act->words[WORD_RANK]);
            return STATUS_USAGE;
        }
        ranks[i] = rank;
        at += at[size] ? size + 1 : 0; /* the last one counts for the rest */
    }
    return STATUS_OK;
}

static enum status fill_book(struct clerk_act *act, void *body)
{
    struct case_submit application;
    if (!clerk_want(act, WORD_REGISTRAR, "registrar") || !clerk_want(act, WORD_PROOF, "proof"))
        return STATUS_USAGE;
    enum status status = clerk_application(act, &application);
    int64_t *ranks = status == STATUS_OK ? arena_take(&act->arena, application.units.count * sizeof *ranks) : NULL;
    if (!ranks)
        return status == STATUS_OK ? STATUS_LIMIT : status;
    status = read_ranks(act, application.units.count, ranks);
    if (status != STATUS_OK)
        return status;
    const char *number = act->words[WORD_NUMBER] ? act->words[WORD_NUMBER] : act->row.number;
    struct booking booking = {.number = text_of(number),
                              .proof = clerk_text(act, WORD_PROOF),
                              .registrar = clerk_text(act, WORD_REGISTRAR),
                              .booked_at = act->now_us,
                              .ranks = ranks};
    status = booking_fill(&application, &booking, &act->arena, body);
    if (act->words[WORD_NOTE])
        ((struct case_booked *)body)->note = clerk_text(act, WORD_NOTE);
    return status;
}

CLERK_COMMAND(book, CASE_BOOKED,
              "Enters the case in the book (登簿): here the right exists (of an M14: it did before). "
              "All other columns are taken from the application.",
              CLERK_WORD(NUMBER, "ywh", "N", "业务号 (the one of the acceptance)"),
              CLERK_WORD(REGISTRAR, "registrar", "S", "登簿人, a staff number (needed)"),
              CLERK_WORD(PROOF, "proof", "N", "不动产登记证明号 (needed)"),
              CLERK_WORD(RANK, "rank", "LIST", "抵押权顺位: one for all units, or 1,2,... one for each"),
              CLERK_WORD(NOTE, "note", "T", "附记"))

static enum status fill_certify(struct clerk_act *act, void *body)
{
    uint8_t *sm3 = arena_take(&act->arena, SM3_SIZE);
    if (!clerk_want(act, WORD_FILE, "file") || !sm3)
        return STATUS_USAGE;
    enum status status = answer_read_file(&act->maker, act->words[WORD_FILE], &act->file, act->why);
    if (status == STATUS_OK)
        status = digest_make(act->digest, act->file, sm3);
    const char *kind = status == STATUS_OK ? answer_file_kind(act->file) : NULL;
    if (status == STATUS_OK && !kind) {
        snprintf(act->why, sizeof act->why, "--file %s: neither PDF nor JPEG nor PNG", act->words[WORD_FILE]);
        return STATUS_BAD_BODY;
    }
    const char *proof = act->words[WORD_PROOF] ? act->words[WORD_PROOF] : act->row.proof;
    *(struct cert_issued *)body = (struct cert_issued){.number = text_of(act->row.number),
                                                       .proof = text_of(proof),
                                                       .file_digest = bytes_of(sm3, SM3_SIZE),
                                                       .file_size = number_of(act->file.size),
                                                       .mime = text_of(kind),
                                                       .is_present = true};
    return status;
}

CLERK_COMMAND(certify, CERT_ISSUED, "Issues the registration proof (发证).",
              CLERK_WORD(FILE, "file", "PATH", "the certificate, PDF, JPEG or PNG of at most 256 KiB (needed)"),
              CLERK_WORD(PROOF, "proof", "N", "不动产登记证明号 (the one that was booked)"))
