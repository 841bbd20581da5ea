#ifndef ONEVISIT_AGENTS_WINDOW_REGISTRY_MARK_H
#define ONEVISIT_AGENTS_WINDOW_REGISTRY_MARK_H

#include "schemas/text.h"

/* Test properties: units of the sandbox whose number says what lies on them,
 * as test card numbers say how they are answered. The 地籍子区 (characters 10 to
 * 12) carries the mark, and only in the 地籍区 999, which no real unit has. The
 * same number gives the same title, at each window and after each restart. */
enum registry_mark {
    MARK_NONE,
    MARK_SEIZED,    /* 901: 查封 */
    MARK_WAITING,   /* 902: 轮候查封 */
    MARK_LOCKED,    /* 903: 锁定 */
    MARK_OBJECTION, /* 904: 异议 */
    MARK_PRENOTICE, /* 905: 他人的预告 */
    MARK_MORTGAGED, /* 906: a mortgage of another bank, which bars a transfer */
    MARK_RESIDENCE, /* 907: 居住权 */
    MARK_ALLOCATED, /* 908: 划拨 */
    MARK_ENDED,     /* 909: no longer 现势 */
    MARK_STRANGER,  /* 910: belongs to somebody else, whoever is named */
    MARK_NOBODY     /* 911: the book has no such unit */
};

enum registry_mark registry_mark_of(struct text unit);

#endif
