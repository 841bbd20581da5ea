#include "schemas/kind_note.h"

#include <stddef.h>

static const struct {
    const char *kind;
    struct kind_note note;
} notes[] = {
    {"M05",
     {"预告登记不是抵押权，转为抵押登记后才有抵押权", "a pre-notice is no mortgage yet: it must be turned into one"}},
    {"M11",
     {"预告登记不是抵押权，转为抵押登记后才有抵押权；两部分同时登簿，或者都不登簿",
      "a pre-notice is no mortgage yet: it must be turned into one; both parts are booked, or none"}},
    {"M12", {"合并办理：各部分同时登簿，或者都不登簿", "combined: all parts are booked, or none"}},
    {"M13",
     {"带押过户：须原抵押权人自行确认；各部分同时登簿，或者都不登簿",
      "a transfer with a running mortgage: its mortgagee must agree; all parts are booked, or none"}},
    {"M14",
     {"担保自合同生效时设立，登记后可以对抗善意第三人",
      "the security exists since the contract took effect; registration makes it hold against others"}},
};

struct kind_note kind_note(struct text kind)
{
    for (size_t index = 0; index < sizeof notes / sizeof notes[0]; index++)
        if (text_is(kind, notes[index].kind))
            return notes[index].note;
    return (struct kind_note){NULL, NULL};
}
