#include "broker/core/index.h"

void index_begin(struct turn *turn)
{
    struct meta_row *meta = &turn->core->meta;
    if (meta->indexed_from.is_present)
        return;
    meta->indexed_from = number_of((int64_t)turn->event->sequence);
    meta->indexed_at = number_of(turn->event->time_us);
}

void index_put(struct core *core, const struct case_file *file, enum index_kind kind, struct bytes value)
{
    const uint8_t version = ROW_VERSION;
    if (!core->meta.indexed_from.is_present || value.size == 0)
        return;
    struct row_key key = row_key_index(kind, value, (uint64_t)file->row.submitted.value, file->row.case_id);
    rows_put(&core->rows, &key, bytes_of(&version, 1));
}

struct bytes index_value_of_certificate(struct text certificate, char memory[CERTIFICATE_NUMBER_SIZE_MAX])
{
    return key_of_text(certificate_number_normalise(certificate, memory) ? text_of(memory) : certificate);
}

struct bytes index_value_of_unit(struct text unit, char memory[UNIT_NUMBER_SIZE + 1])
{
    if (unit_lane_key(unit, memory))
        return bytes_of(memory, UNIT_NUMBER_SIZE);
    return bytes_of(unit.data, unit.size < UNIT_NUMBER_SIZE ? unit.size : UNIT_NUMBER_SIZE);
}

void index_certificate(struct core *core, const struct case_file *file, struct text certificate)
{
    char memory[CERTIFICATE_NUMBER_SIZE_MAX];
    if (certificate.data != NULL)
        index_put(core, file, INDEX_CERTIFICATE, index_value_of_certificate(certificate, memory));
}

void index_application(struct turn *turn, const struct case_file *file)
{
    const struct event *event = turn->event;
    const struct case_submit *application = event->body;
    struct core *core = turn->core;
    index_put(core, file, INDEX_BRANCH, key_of_text(file->row.branch));
    index_put(core, file, INDEX_WINDOW, key_of_text(file->row.window));
    index_put(core, file, INDEX_CONTRACT, key_of_text(application->contract));
    for (uint32_t i = 0; i < file->row.lanes.count; i++)
        index_put(core, file, INDEX_UNIT, key_of_text(file->row.lanes.items[i]));
    for (uint32_t i = 0; i < application->units.count; i++)
        index_certificate(core, file, application->units.items[i].certificate);
    index_certificate(core, file, application->ended_proof);
    index_certificate(core, file, application->prenotice_proof);
    for (uint32_t i = 0; i < event->citizen_count; i++)
        index_put(core, file, INDEX_CITIZEN, bytes_of(event->citizens + (size_t)i * DIGEST_SIZE, DIGEST_SIZE));
}
