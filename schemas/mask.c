#include "schemas/mask.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "schemas/codes.h"
#include "schemas/codes_width.h"

enum { CITIZEN_ID_SIZE = 18, ID_SIZE_MIN = 8, MOBILE_SIZE = 11, SERIAL_SHOWN = 4 };

/* ---- writing, never past the end and never half a character ---- */

struct writer {
    char *out;
    size_t size;
    size_t used;
};

static struct writer writer_over(char *out, size_t size)
{
    assert(size > 0);
    out[0] = '\0';
    return (struct writer){out, size, 0};
}

static void write_text(struct writer *writer, struct text text)
{
    uint32_t at = 0;
    uint32_t from = 0;
    uint32_t code_point = 0;
    while (code_point_next(text, &at, &code_point)) {
        if (writer->used + (at - from) >= writer->size)
            return;
        memcpy(writer->out + writer->used, text.data + from, at - from);
        writer->used += at - from;
        writer->out[writer->used] = '\0';
        from = at;
    }
}

static void write_string(struct writer *writer, const char *string)
{
    write_text(writer, text_of(string));
}

static void write_stars(struct writer *writer, uint32_t count)
{
    for (uint32_t each = 0; each < count; each++)
        write_string(writer, "*");
}

/* ---- looking at characters ---- */

static uint32_t count_characters(struct text text)
{
    uint32_t at = 0;
    uint32_t count = 0;
    uint32_t code_point = 0;
    while (code_point_next(text, &at, &code_point))
        count++;
    return count;
}

/* The first `count` characters. */
static struct text head_of(struct text text, uint32_t count)
{
    uint32_t at = 0;
    uint32_t code_point = 0;
    while (count > 0 && code_point_next(text, &at, &code_point))
        count--;
    return (struct text){text.data, at};
}

static struct text tail_of(struct text text, uint32_t count)
{
    uint32_t all = count_characters(text);
    struct text head = head_of(text, all > count ? all - count : 0);
    return (struct text){text.data + head.size, text.size - head.size};
}

static bool are_digits(struct text text)
{
    for (uint32_t at = 0; at < text.size; at++)
        if (text.data[at] < '0' || text.data[at] > '9')
            return false;
    return text.size > 0;
}

static const char *mask_middle(struct text text, uint32_t head, uint32_t tail, char *out, size_t size)
{
    struct writer writer = writer_over(out, size);
    uint32_t count = count_characters(text);
    write_text(&writer, head_of(text, head));
    write_stars(&writer, count > head + tail ? count - head - tail : 0);
    write_text(&writer, tail_of(text, tail));
    return out;
}

const char *mask_id(struct text id, char *out, size_t size)
{
    uint32_t count = count_characters(id);
    if (count == CITIZEN_ID_SIZE)
        return mask_middle(id, 6, 4, out, size);
    return count >= ID_SIZE_MIN ? mask_middle(id, 2, 2, out, size) : mask_middle(id, 0, 0, out, size);
}

static bool is_double_surname(struct text head)
{
    static const char *const names[] = {
        "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊",
        "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文",
        "司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "巫马", "公西", "颛孙", "壤驷", "公良", "漆雕", "乐正",
        "宰父", "谷梁", "拓跋", "夹谷", "轩辕", "令狐", "段干", "百里", "呼延", "东郭", "南门", "羊舌", "微生", "公户",
        "公玉", "梁丘", "左丘", "东门", "西门", "第五", "淳于", "单于", "纳兰", "完颜"};
    for (size_t index = 0; index < sizeof names / sizeof names[0]; index++)
        if (text_is(head, names[index]))
            return true;
    return false;
}

/* A name of two characters is shown by one of them, whatever they are. */
const char *mask_name(struct text name, char *out, size_t size)
{
    struct writer writer = writer_over(out, size);
    bool is_double = count_characters(name) > 2 && is_double_surname(head_of(name, 2));
    write_text(&writer, head_of(name, is_double ? 2 : count_characters(name) > 1 ? 1 : 0));
    write_string(&writer, name.size > 0 ? "*" : "");
    return out;
}

const char *mask_phone(struct text phone, char *out, size_t size)
{
    if (phone.size == MOBILE_SIZE && are_digits(phone) && phone.data[0] == '1')
        return mask_middle(phone, 3, 4, out, size);
    if (count_characters(phone) >= 10)
        return mask_middle(phone, 4, 2, out, size);
    return mask_middle(phone, 0, 0, out, size);
}

const char *mask_certificate(struct text certificate, char *out, size_t size)
{
    char canonical[CERTIFICATE_NUMBER_SIZE_MAX];
    struct certificate_number number;
    struct writer writer = writer_over(out, size);
    if (!certificate_number_normalise(certificate, canonical) ||
        certificate_number_parse(text_of(canonical), &number) != CODE_OK) {
        write_string(&writer, certificate.size > 0 ? "***" : "");
        return out;
    }
    write_text(&writer, (struct text){canonical, (uint32_t)(number.place.data - canonical)});
    write_string(&writer, "…第***");
    write_text(&writer, tail_of(number.serial, SERIAL_SHOWN));
    write_string(&writer, "号");
    return out;
}

static bool starts_with(struct text text, uint32_t at, const char *word)
{
    size_t size = strlen(word);
    return text.size - at >= size && memcmp(text.data + at, word, size) == 0;
}

/* Behind the word that names a community, or before the first digit, which is
 * a house number; 0 when neither stands there. */
static uint32_t community_end(struct text address)
{
    static const char *const words[] = {"小区", "社区", "花园", "家园", "村"};
    uint32_t at = 0;
    uint32_t before = 0;
    uint32_t code_point = 0;
    while (before = at, code_point_next(address, &at, &code_point)) {
        uint32_t narrow = code_point_narrow(code_point);
        if (narrow >= '0' && narrow <= '9')
            return before;
        for (size_t index = 0; index < sizeof words / sizeof words[0]; index++)
            if (before > 0 && starts_with(address, before, words[index]))
                return before + (uint32_t)strlen(words[index]);
    }
    return 0;
}

const char *mask_address(struct text address, char *out, size_t size)
{
    struct writer writer = writer_over(out, size);
    write_text(&writer, (struct text){address.data, community_end(address)});
    write_string(&writer, address.size > 0 ? "***" : "");
    return out;
}
