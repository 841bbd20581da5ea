#include "schemas/dictionary.h"

#include <assert.h>

#define ROW(code, chinese, english) {code, chinese, english},
static const struct dictionary_entry idt_entries[] = {
#include "idt.inc"
};
static const struct dictionary_entry gyfs_entries[] = {
#include "gyfs.inc"
};
static const struct dictionary_entry dyfs_entries[] = {
#include "dyfs.inc"
};
static const struct dictionary_entry dybdclx_entries[] = {
#include "dybdclx.inc"
};
static const struct dictionary_entry djlx_entries[] = {
#include "djlx.inc"
};
static const struct dictionary_entry qszt_entries[] = {
#include "qszt.inc"
};
static const struct dictionary_entry ajzt_entries[] = {
#include "ajzt.inc"
};
static const struct dictionary_entry step_entries[] = {
#include "step.inc"
};
static const struct dictionary_entry material_entries[] = {
#include "material.inc"
};
static const struct dictionary_entry mime_entries[] = {
#include "mime.inc"
};
static const struct dictionary_entry window_state_entries[] = {
#include "window_state.inc"
};
static const struct dictionary_entry reason_entries[] = {
#include "reason.inc"
};
static const struct dictionary_entry bank_entries[] = {
#include "bank.inc"
};
static const struct dictionary_entry avoidable_entries[] = {
#include "avoidable.inc"
};
static const struct dictionary_entry fee_payer_entries[] = {
#include "fee_payer.inc"
};
static const struct dictionary_entry cert_entries[] = {
#include "cert.inc"
};
static const struct dictionary_entry level_entries[] = {
#include "level.inc"
};
static const struct dictionary_entry unit_ownership_entries[] = {
#include "unit_ownership.inc"
};
static const struct dictionary_entry unit_parcel_entries[] = {
#include "unit_parcel.inc"
};
static const struct dictionary_entry purpose_entries[] = {
#include "purpose.inc"
};
static const struct dictionary_entry title_result_entries[] = {
#include "title_result.inc"
};
static const struct dictionary_entry part_entries[] = {
#include "part.inc"
};
static const struct dictionary_entry fee_state_entries[] = {
#include "fee_state.inc"
};
static const struct dictionary_entry paper_entries[] = {
#include "paper.inc"
};
static const struct dictionary_entry clock_unit_entries[] = {
#include "clock_unit.inc"
};
static const struct dictionary_entry recon_class_entries[] = {
#include "recon_class.inc"
};
static const struct dictionary_entry recon_action_entries[] = {
#include "recon_action.inc"
};
static const struct dictionary_entry failure_entries[] = {
#include "failure.inc"
};
static const struct dictionary_entry changed_item_entries[] = {
#include "changed_item.inc"
};
static const struct dictionary_entry qllx_entries[] = {
#include "qllx.inc"
};
#undef ROW
#define ROW(code, chinese, english, blocks) {code, chinese, english},
static const struct dictionary_entry risk_entries[] = {
#include "risk.inc"
};
#undef ROW

struct list {
    const char *name;
    const struct dictionary_entry *entries;
    uint32_t count;
};

#define LIST(name)                                                                                                     \
    {                                                                                                                  \
#name, name##_entries, sizeof name##_entries / sizeof name##_entries[0]                                        \
    }
static const struct list lists[DICTIONARY_COUNT] = {
    [DICTIONARY_IDT] = LIST(idt),
    [DICTIONARY_GYFS] = LIST(gyfs),
    [DICTIONARY_DYFS] = LIST(dyfs),
    [DICTIONARY_DYBDCLX] = LIST(dybdclx),
    [DICTIONARY_DJLX] = LIST(djlx),
    [DICTIONARY_QSZT] = LIST(qszt),
    [DICTIONARY_AJZT] = LIST(ajzt),
    [DICTIONARY_STEP] = LIST(step),
    [DICTIONARY_MATERIAL] = LIST(material),
    [DICTIONARY_MIME] = LIST(mime),
    [DICTIONARY_WINDOW_STATE] = LIST(window_state),
    [DICTIONARY_REASON] = LIST(reason),
    [DICTIONARY_AVOIDABLE] = LIST(avoidable),
    [DICTIONARY_FEE_PAYER] = LIST(fee_payer),
    [DICTIONARY_CERT] = LIST(cert),
    [DICTIONARY_LEVEL] = LIST(level),
    [DICTIONARY_UNIT_OWNERSHIP] = LIST(unit_ownership),
    [DICTIONARY_UNIT_PARCEL] = LIST(unit_parcel),
    [DICTIONARY_CHANGED_ITEM] = LIST(changed_item),
    [DICTIONARY_PURPOSE] = LIST(purpose),
    [DICTIONARY_TITLE_RESULT] = LIST(title_result),
    [DICTIONARY_PART] = LIST(part),
    [DICTIONARY_FEE_STATE] = LIST(fee_state),
    [DICTIONARY_PAPER] = LIST(paper),
    [DICTIONARY_CLOCK_UNIT] = LIST(clock_unit),
    [DICTIONARY_RISK] = LIST(risk),
    [DICTIONARY_RECON_CLASS] = LIST(recon_class),
    [DICTIONARY_RECON_ACTION] = LIST(recon_action),
    [DICTIONARY_FAILURE] = LIST(failure),
    [DICTIONARY_BANK] = LIST(bank),
    [DICTIONARY_QLLX] = LIST(qllx),
};
#undef LIST

const struct dictionary_entry *dictionary_entries(enum dictionary dictionary, uint32_t *count)
{
    assert(dictionary < DICTIONARY_COUNT);
    *count = lists[dictionary].count;
    return lists[dictionary].entries;
}

const struct dictionary_entry *dictionary_find(enum dictionary dictionary, struct text code)
{
    uint32_t count = 0;
    const struct dictionary_entry *entries = dictionary_entries(dictionary, &count);
    for (uint32_t index = 0; index < count; index++)
        if (text_is(code, entries[index].code))
            return &entries[index];
    return NULL;
}

bool dictionary_holds(enum dictionary dictionary, struct text code)
{
    return dictionary_find(dictionary, code) != NULL;
}

bool dictionary_of_name(struct text name, enum dictionary *out)
{
    for (int index = 0; index < DICTIONARY_COUNT; index++)
        if (text_is(name, lists[index].name)) {
            *out = (enum dictionary)index;
            return true;
        }
    return false;
}
