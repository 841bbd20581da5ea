#include "agents/window/registry_answer.h"

#include <stdio.h>
#include <string.h>

#include "agents/window/certificate.h"
#include "schemas/calendar.h"
#include "schemas/kind.h"
#include "schemas/windows.h"

enum { BODY_SIZE_MAX = 1 << 17, DUE_WORKING_DAYS = 5 };

static const struct window *window_of(const char *participant)
{
    struct text district = text_of(participant + 2); /* behind "W:" */
    district.size = district.size < 6 ? district.size : 6;
    return window_serving(district);
}

void registry_number(const char *window, int64_t serial, int64_t now_us, char out[51])
{
    struct date today = date_of_time(now_us);
    snprintf(out, 51, "%s-%04d%02d%02d-%06lld", window + 2, today.year, today.month, today.day, (long long)serial);
}

void registry_proof(const char *window, int64_t serial, int64_t now_us, char out[129])
{
    const struct window *place = window_of(window);
    const char *area = place ? place->district + 4 : "00";
    snprintf(out, 129, "鲁（%04d）%s不动产证明第%s%07lld号", date_of_time(now_us).year,
             place ? place->city_name : "测试", area, (long long)serial);
}

void registry_title(const char *window, int64_t serial, int64_t now_us, char out[129])
{
    const struct window *place = window_of(window);
    const char *area = place ? place->district + 4 : "00";
    snprintf(out, 129, "鲁（%04d）%s不动产权第%s%07lld号", date_of_time(now_us).year, place ? place->city_name : "测试",
             area, (long long)serial);
}

static enum status encode(enum message_type type, const void *body, struct arena *arena, struct registry_answer *out)
{
    uint8_t encoded[BODY_SIZE_MAX];
    size_t used = 0;
    enum status status = record_encode(message_kind(type)->record, body, encoded, sizeof encoded, &used);
    if (status != STATUS_OK)
        return status;
    uint8_t *kept = arena_take(arena, used);
    if (!kept)
        return STATUS_LIMIT;
    memcpy(kept, encoded, used);
    *out = (struct registry_answer){.type = type, .body = bytes_of(kept, used)};
    return STATUS_OK;
}

static bool is_home(const struct case_submit *application)
{
    for (uint32_t i = 0; i < application->units.count; i++)
        if (!text_is(application->units.items[i].use, "住宅"))
            return false;
    return true;
}

/* DOMAIN 1.6: no fee for a cancellation, a prenotice and a farmer's land. */
int64_t registry_fee_of(const struct case_submit *application)
{
    static const char free_kinds[] = "M04 M05 M11 M14";
    enum { FEE_HOME = 8000, FEE_OTHER = 55000 };
    if (words_hold(free_kinds, application->kind))
        return 0;
    if (booking_is_ending(application))
        return 0;
    return is_home(application) ? FEE_HOME : FEE_OTHER;
}

enum status registry_answer_fee(const char *bill, const struct case_submit *application, struct arena *arena,
                                struct registry_answer *out)
{
    char payee[256];
    int64_t amount = registry_fee_of(application);
    struct fee_item item = {.name = text_of("不动产登记费"), .amount = number_of(amount), .is_present = true};
    struct fee_notice body = {.bill = text_of(bill),
                              .items = {&item, 1, true},
                              .amount = number_of(amount),
                              .payee = text_of(booking_office(application->district, payee, sizeof payee)),
                              .is_present = true};
    return encode(MESSAGE_FEE_NOTICE, &body, arena, out);
}

enum status registry_answer_fee_state(const char *bill, const char *state, int64_t paid, struct arena *arena,
                                      struct registry_answer *out)
{
    struct fee_confirmed body = {
        .bill = text_of(bill), .state = text_of(state), .amount = number_of(paid), .is_present = true};
    return encode(MESSAGE_FEE_CONFIRMED, &body, arena, out);
}

enum status registry_answer_fee_back(const char *bill, int64_t amount, struct arena *arena, struct registry_answer *out)
{
    struct fee_refund body = {.bill = text_of(bill),
                              .state = text_of("5"),
                              .amount = number_of(amount),
                              .reason = text_of("测试：未登簿，退还登记费 / test: not booked, paid back"),
                              .is_present = true};
    return encode(MESSAGE_FEE_REFUND, &body, arena, out);
}

enum status registry_answer_archived(const char *number, struct arena *arena, struct registry_answer *out)
{
    char archive[64];
    snprintf(archive, sizeof archive, "TEST-DA-%s", number);
    struct archived body = {.number = text_of(archive), .is_present = true};
    return encode(MESSAGE_ARCHIVED, &body, arena, out);
}

enum status registry_answer_accepted(const char *number, int64_t now_us, const struct case_submit *application,
                                     struct arena *arena, struct registry_answer *out)
{
    char due[24];
    char slip[64];
    struct date date = calendar_add_working_days(date_of_time(now_us), DUE_WORKING_DAYS);
    snprintf(due, sizeof due, "%04d-%02d-%02d", date.year, date.month, date.day);
    snprintf(slip, sizeof slip, "TEST-%s", number);
    struct case_accepted body = {.number = text_of(number),
                                 .accepted_at = number_of(now_us),
                                 .clerk = text_of("T0001"),
                                 .due = text_of(due),
                                 .fee = number_of(registry_fee_of(application)),
                                 .slip = text_of(slip),
                                 .is_present = true};
    return encode(MESSAGE_CASE_ACCEPTED, &body, arena, out);
}

enum status registry_answer_not_accepted(struct arena *arena, struct registry_answer *out)
{
    struct reason reason = {.family = text_of("REGISTRY"),
                            .text = text_of("测试：按设定比例不予受理 / test: not accepted by the share set"),
                            .avoidable = text_of("no"),
                            .is_present = true};
    struct case_not_accepted body = {.reasons = {&reason, 1, true}, .is_present = true};
    return encode(MESSAGE_CASE_NOT_ACCEPTED, &body, arena, out);
}

enum status registry_answer_supplement(int64_t round, bool needs_citizen, struct arena *arena,
                                       struct registry_answer *out)
{
    struct supplement_item item = {.code = text_of("IMAGE"),
                                   .material = text_of("SQS"),
                                   .text = text_of("测试：请重新扫描申请书 / test: scan the application form again"),
                                   .needs_new_signature = number_of(0),
                                   .needs_citizen = number_of(0),
                                   .is_present = true};
    if (needs_citizen) {
        item.code = text_of("SIGN");
        item.text = text_of("测试：申请书签字不清，请申请人重新签字 / test: a signature on the form cannot be read: "
                            "have it signed again");
        item.needs_new_signature = item.needs_citizen = number_of(1);
    }
    struct supplement_req body = {
        .round = number_of(round), .items = {&item, 1, true}, .is_final_list = number_of(1), .is_present = true};
    return encode(MESSAGE_SUPPLEMENT_REQ, &body, arena, out);
}

enum status registry_answer_refused(const char *number, struct arena *arena, struct registry_answer *out)
{
    char document[96];
    snprintf(document, sizeof document, "TEST-不予登记-%s", number);
    struct case_refused body = {.ground = number_of(4),
                                .text = text_of("测试：按设定比例不予登记 / test: refused by the share set"),
                                .document = text_of(document),
                                .is_present = true};
    return encode(MESSAGE_CASE_REFUSED, &body, arena, out);
}

enum status registry_answer_booked(const struct case_submit *application, const struct booking *booking,
                                   struct arena *arena, struct registry_answer *out, char proof[129])
{
    struct case_booked body;
    enum status status = booking_fill(application, booking, arena, &body);
    if (status != STATUS_OK)
        return status;
    status = encode(MESSAGE_CASE_BOOKED, &body, arena, out);
    if (body.proof.data && body.proof.data != proof)
        snprintf(proof, 129, "%.*s", TEXT_ARGS(body.proof));
    return status;
}

enum status registry_answer_certificate(const char *window, const char *case_id, const char *number, const char *proof,
                                        struct digest *digest, struct arena *arena, struct registry_answer *out)
{
    uint8_t file[CERTIFICATE_SIZE_MAX];
    uint8_t sm3[SM3_SIZE];
    size_t size = 0;
    const struct window *place = window_of(window);
    const struct text lines[] = {text_of("不动产登记证明（测试）"),
                                 text_of("Registration proof (TEST)"),
                                 text_of(proof),
                                 text_of("业务号 / number"),
                                 text_of(number),
                                 text_of("案件编号 / case"),
                                 text_of(case_id),
                                 text_of(place ? place->city_name : ""),
                                 text_of(place ? place->name : window)};
    enum status status = certificate_make(lines, sizeof lines / sizeof lines[0], file, &size);
    if (status == STATUS_OK)
        status = digest_make(digest, bytes_of(file, size), sm3);
    uint8_t *kept = arena_take(arena, size);
    if (status != STATUS_OK || !kept)
        return status == STATUS_OK ? STATUS_LIMIT : status;
    memcpy(kept, file, size);
    struct cert_issued body = {.number = text_of(number),
                               .proof = text_of(proof),
                               .file_digest = bytes_of(sm3, sizeof sm3),
                               .file_size = number_of((int64_t)size),
                               .mime = text_of("application/pdf"),
                               .is_present = true};
    status = encode(MESSAGE_CERT_ISSUED, &body, arena, out);
    out->chunk = bytes_of(kept, size);
    return status;
}

enum status registry_answer_withdrawal(bool is_too_late, int64_t booked_at, struct arena *arena,
                                       struct registry_answer *out)
{
    struct withdraw_result body = {.result = text_of(is_too_late ? "too_late" : "ok"), .is_present = true};
    if (booked_at > 0)
        body.booked_at = number_of(booked_at);
    return encode(MESSAGE_WITHDRAW_RESULT, &body, arena, out);
}
