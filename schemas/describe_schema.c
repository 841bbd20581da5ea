#include "schemas/describe.h"

#include <inttypes.h>

/* Closed value lists, for the enum of a schema. */
static const struct {
    enum rule rule;
    enum dictionary dictionary;
} rule_dictionaries[] = {
    {RULE_DICT_IDT, DICTIONARY_IDT},
    {RULE_DICT_GYFS, DICTIONARY_GYFS},
    {RULE_DICT_DYFS, DICTIONARY_DYFS},
    {RULE_DICT_DYBDCLX, DICTIONARY_DYBDCLX},
    {RULE_DICT_DJLX, DICTIONARY_DJLX},
    {RULE_DICT_QSZT, DICTIONARY_QSZT},
    {RULE_DICT_AJZT, DICTIONARY_AJZT},
    {RULE_DICT_STEP, DICTIONARY_STEP},
    {RULE_DICT_MATERIAL, DICTIONARY_MATERIAL},
    {RULE_DICT_MIME, DICTIONARY_MIME},
    {RULE_DICT_WINDOW_STATE, DICTIONARY_WINDOW_STATE},
    {RULE_DICT_REASON, DICTIONARY_REASON},
    {RULE_DICT_AVOIDABLE, DICTIONARY_AVOIDABLE},
    {RULE_DICT_CHANGED_ITEM, DICTIONARY_CHANGED_ITEM},
    {RULE_DICT_FEE_PAYER, DICTIONARY_FEE_PAYER},
    {RULE_DICT_CERT, DICTIONARY_CERT},
    {RULE_DICT_LEVEL, DICTIONARY_LEVEL},
    {RULE_DICT_QLLX, DICTIONARY_QLLX},
};

const struct dictionary_entry *describe_values(enum rule rule, uint32_t *count)
{
    *count = 0;
    for (size_t i = 0; i < sizeof rule_dictionaries / sizeof rule_dictionaries[0]; i++) {
        if (rule_dictionaries[i].rule == rule)
            return dictionary_entries(rule_dictionaries[i].dictionary, count);
    }
    return NULL;
}

static json_t *schema_of_text(const struct field *field, int64_t minimum, int64_t maximum)
{
    uint32_t count;
    const struct dictionary_entry *entries = describe_values(field->rule, &count);
    json_t *schema = json_pack("{s:s}", "type", "string");
    if (entries != NULL) {
        json_t *values = json_array();
        for (uint32_t i = 0; i < count; i++)
            json_array_append_new(values, json_string(entries[i].code));
        json_object_set_new(schema, "enum", values);
        return schema;
    }
    /* rows count bytes, JSON Schema characters: of 1 to 4 bytes, and of one in the codes of fixed size */
    bool is_code = field->rule != RULE_FREE && minimum == maximum;
    json_object_set_new(schema, "minLength", json_integer(is_code ? minimum : (minimum + 3) / 4));
    json_object_set_new(schema, "maxLength", json_integer(maximum));
    json_object_set_new(schema, "pattern", json_string("^[^\\u0000-\\u001f\\u007f]*$"));
    json_object_set_new(schema, "$comment",
                        json_sprintf("%" PRId64 " to %" PRId64 " bytes of UTF-8%s%s", minimum, maximum,
                                     field->rule != RULE_FREE ? "; " : "",
                                     field->rule != RULE_FREE ? rule_english(field->rule) : ""));
    return schema;
}

static json_t *schema_of_list(const struct field *field, json_t *items)
{
    return json_pack("{s:s, s:I, s:I, s:o}", "type", "array", "minItems", (json_int_t)field->minimum, "maxItems",
                     (json_int_t)field->maximum, "items", items);
}

static json_t *schema_of_reference(const struct field *field)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", field->nested->name));
}

static json_t *schema_of_field(const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
        return schema_of_text(field, field->minimum, field->maximum);
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
        return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)field->minimum, "maximum",
                         (json_int_t)field->maximum);
    case FIELD_BOOLEAN:
        return field->minimum == field->maximum ? json_pack("{s:b}", "const", 1)
                                                : json_pack("{s:s}", "type", "boolean");
    case FIELD_BYTES:
        return json_pack("{s:s, s:o}", "type", "string", "pattern",
                         json_sprintf("^([0-9a-f]{2}){%" PRId64 ",%" PRId64 "}$", field->minimum, field->maximum));
    case FIELD_TEXTS:
        return schema_of_list(field, schema_of_text(field, 1, TEXTS_ITEM_SIZE_MAX));
    case FIELD_RECORD:
        return schema_of_reference(field);
    case FIELD_RECORDS:
        return schema_of_list(field, schema_of_reference(field));
    }
    return NULL;
}

/* The keywords that say what the map holds, added to `schema`. */
static void schema_of_map(json_t *schema, const struct record *record)
{
    json_t *properties = json_object();
    json_t *required = json_array();
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        json_t *property = schema_of_field(field);
        json_object_set_new(property, "description", json_string(field->sentence));
        json_object_set_new(properties, field->key, property);
        if (field->is_required)
            json_array_append_new(required, json_string(field->key));
    }
    json_object_set_new(schema, "description", json_string(record->sentence));
    json_object_set_new(schema, "type", json_string("object"));
    json_object_set_new(schema, "properties", properties);
    json_object_set_new(schema, "required", required);
    json_object_set_new(schema, "patternProperties", json_pack("{s:b}", "^x_", 1));
    json_object_set_new(schema, "additionalProperties", json_false());
}

/* All records the record leads to, as deep as the tables nest. */
static void schema_add_nested(json_t *definitions, const struct record *record)
{
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct record *nested = record->fields[row].nested;
        if (nested == NULL || json_object_get(definitions, nested->name) != NULL)
            continue;
        json_t *schema = json_object();
        schema_of_map(schema, nested);
        json_object_set_new(definitions, nested->name, schema);
        schema_add_nested(definitions, nested);
    }
}

json_t *describe_schema(const struct record *record, const char *title)
{
    json_t *definitions = json_object();
    json_t *schema = json_pack("{s:s, s:o, s:s}", "$schema", "https://json-schema.org/draft/2020-12/schema", "$id",
                               json_sprintf("urn:onevisit:%d:%s", PROTOCOL_VERSION, record->name), "title", title);
    schema_of_map(schema, record);
    schema_add_nested(definitions, record);
    if (json_object_size(definitions) > 0)
        json_object_set(schema, "$defs", definitions);
    json_decref(definitions);
    return schema;
}
