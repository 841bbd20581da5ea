#include "schemas/checks/finding_json.h"

json_t *finding_json(const struct found *found)
{
    char chinese[FOUND_TEXT_SIZE];
    char english[FOUND_TEXT_SIZE];
    const struct finding_row *row = finding_row(found->name);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "id", row->id, "level", row->level, "path",
                     found->path, "text_zh", found_chinese(found, chinese, sizeof chinese), "text_en",
                     found_english(found, english, sizeof english), "fix_zh", row->fix_chinese, "fix_en",
                     row->fix_english, "source", found_source(found));
}

json_t *findings_json(const struct check_result *result)
{
    json_t *findings = json_array();
    for (uint32_t index = 0; findings && index < result->count; index++)
        if (json_array_append_new(findings, finding_json(&result->items[index])) != 0) {
            json_decref(findings);
            return NULL;
        }
    return findings;
}
