#include <inttypes.h>
#include <stdio.h>

#include "schemas/record.h"

/* Problems in words, for clerks and programmers. */

static const char *fault_english(enum problem_kind kind)
{
    switch (kind) {
    case PROBLEM_MISSING:
        return "is missing";
    case PROBLEM_NULL:
        return "is null";
    case PROBLEM_TYPE:
        return "is of another type";
    case PROBLEM_SIZE:
        return "is too short or too long";
    case PROBLEM_RANGE:
        return "is outside the range";
    case PROBLEM_RULE:
        return "breaks its rule";
    case PROBLEM_UNKNOWN:
        return "is a key nobody knows here";
    case PROBLEM_REPEATED:
        return "stands twice";
    case PROBLEM_ENCODING:
        return "is not clean: cut off, too deep, not in its shortest form, not UTF-8, or with control characters";
    }
    return "";
}

static const char *fault_chinese(enum problem_kind kind)
{
    switch (kind) {
    case PROBLEM_MISSING:
        return "缺少必填项";
    case PROBLEM_NULL:
        return "不得为空值（null）";
    case PROBLEM_TYPE:
        return "类型不对";
    case PROBLEM_SIZE:
        return "长度或数量不符";
    case PROBLEM_RANGE:
        return "数值超出范围";
    case PROBLEM_RULE:
        return "不符合规则";
    case PROBLEM_UNKNOWN:
        return "未知的字段";
    case PROBLEM_REPEATED:
        return "字段重复";
    case PROBLEM_ENCODING:
        return "编码不合规：数据不完整、嵌套过深、非最短形式、非 UTF-8 或含控制字符";
    }
    return "";
}

/* What the row asks for, behind the fault. */
static void wanted_english(const struct field *field, char *out, size_t size)
{
    const char *rule = field->rule != RULE_FREE ? rule_english(field->rule) : NULL;
    int64_t minimum = field->minimum;
    int64_t maximum = field->maximum;
    switch (field->type) {
    case FIELD_TEXT:
        snprintf(out, size, "text of %" PRId64 " to %" PRId64 " bytes%s%s", minimum, maximum, rule ? ", " : "",
                 rule ? rule : "");
        break;
    case FIELD_INTEGER:
        snprintf(out, size, "a whole number from %" PRId64 " to %" PRId64, minimum, maximum);
        break;
    case FIELD_FEN:
        snprintf(out, size, "an amount in fen from %" PRId64 " to %" PRId64, minimum, maximum);
        break;
    case FIELD_TIME:
        snprintf(out, size, "a time in microseconds since 1970 (UTC)");
        break;
    case FIELD_BOOLEAN:
        snprintf(out, size, "%s", minimum == maximum ? minimum ? "true" : "false" : "true or false");
        break;
    case FIELD_BYTES:
        snprintf(out, size, "%" PRId64 " to %" PRId64 " bytes (lower-case hex in JSON)", minimum, maximum);
        break;
    case FIELD_TEXTS:
        snprintf(out, size, "a list of %" PRId64 " to %" PRId64 " texts of 1 to %d bytes", minimum, maximum,
                 TEXTS_ITEM_SIZE_MAX);
        break;
    case FIELD_RECORD:
        snprintf(out, size, "a map (%s)", field->nested->name);
        break;
    case FIELD_RECORDS:
        snprintf(out, size, "a list of %" PRId64 " to %" PRId64 " maps (%s)", minimum, maximum, field->nested->name);
        break;
    }
}

static void wanted_chinese(const struct field *field, char *out, size_t size)
{
    const char *rule = field->rule != RULE_FREE ? rule_chinese(field->rule) : NULL;
    int64_t minimum = field->minimum;
    int64_t maximum = field->maximum;
    switch (field->type) {
    case FIELD_TEXT:
        snprintf(out, size, "%" PRId64 " 至 %" PRId64 " 字节的文本%s%s", minimum, maximum, rule ? "，" : "",
                 rule ? rule : "");
        break;
    case FIELD_INTEGER:
        snprintf(out, size, "%" PRId64 " 至 %" PRId64 " 的整数", minimum, maximum);
        break;
    case FIELD_FEN:
        snprintf(out, size, "%" PRId64 " 至 %" PRId64 " 的金额（分）", minimum, maximum);
        break;
    case FIELD_TIME:
        snprintf(out, size, "自 1970 年起的微秒数（UTC）");
        break;
    case FIELD_BOOLEAN:
        snprintf(out, size, "%s", minimum == maximum ? minimum ? "true" : "false" : "true 或 false");
        break;
    case FIELD_BYTES:
        snprintf(out, size, "%" PRId64 " 至 %" PRId64 " 字节（JSON 中为小写十六进制）", minimum, maximum);
        break;
    case FIELD_TEXTS:
        snprintf(out, size, "%" PRId64 " 至 %" PRId64 " 项文本的列表，每项 1 至 %d 字节", minimum, maximum,
                 TEXTS_ITEM_SIZE_MAX);
        break;
    case FIELD_RECORD:
        snprintf(out, size, "对象（%s）", field->nested->name);
        break;
    case FIELD_RECORDS:
        snprintf(out, size, "%" PRId64 " 至 %" PRId64 " 项对象的列表（%s）", minimum, maximum, field->nested->name);
        break;
    }
}

enum { WANTED_SIZE_MAX = 256 };

const char *problem_english(const struct problem *problem, char *out, size_t size)
{
    char wanted[WANTED_SIZE_MAX] = "";
    if (problem->field != NULL)
        wanted_english(problem->field, wanted, sizeof wanted);
    snprintf(out, size, "%s%s%s", fault_english(problem->kind), *wanted ? "; asked for: " : "", wanted);
    return out;
}

const char *problem_chinese(const struct problem *problem, char *out, size_t size)
{
    char wanted[WANTED_SIZE_MAX] = "";
    if (problem->field != NULL)
        wanted_chinese(problem->field, wanted, sizeof wanted);
    snprintf(out, size, "%s%s%s", fault_chinese(problem->kind), *wanted ? "；应为" : "", wanted);
    return out;
}

bool problems_name(const struct problems *problems, const char *path)
{
    for (uint32_t i = 0; i < problems->count; i++) {
        const char *above = problems->items[i].path;
        size_t size = strlen(above);
        if (strncmp(path, above, size) == 0 && (size == 0 || path[size] == '\0' || path[size] == '/'))
            return true;
    }
    return false;
}
