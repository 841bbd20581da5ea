#include "agents/ops/exit_code.h"

enum exit_code exit_code_of(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return EXIT_CODE_DONE;
    case STATUS_USAGE:
    case STATUS_CONFIG:
    case STATUS_NO_KEY:
    case STATUS_LIMIT:
        return EXIT_CODE_USAGE;
    case STATUS_NO_SESSION:
    case STATUS_TIMEOUT:
        return EXIT_CODE_UNREACHABLE;
    case STATUS_IO:
    case STATUS_DISK_FULL:
    case STATUS_CORRUPT:
    case STATUS_IN_USE:
    case STATUS_NEWER:
    case STATUS_SEALED_OTHERWISE:
    case STATUS_NO_MEMORY:
        return EXIT_CODE_DAMAGE;
    case STATUS_NOT_FOUND:
    case STATUS_FRAMES:
    case STATUS_TOO_LARGE:
    case STATUS_BAD_ENVELOPE:
    case STATUS_BAD_BODY:
    case STATUS_UNKNOWN_TYPE:
    case STATUS_VERSION:
    case STATUS_DIGEST:
    case STATUS_UNKNOWN_KEY:
    case STATUS_REVOKED_KEY:
    case STATUS_EXPIRED_KEY:
    case STATUS_WRONG_SENDER:
    case STATUS_WRONG_ROLE:
    case STATUS_FINDINGS:
    case STATUS_UNKNOWN_DISTRICT:
    case STATUS_UNKNOWN_CASE:
    case STATUS_NOT_YOURS:
    case STATUS_DUP_CONFLICT:
    case STATUS_DUP_CASE:
    case STATUS_WRONG_STATE:
    case STATUS_WRONG_ROUND:
    case STATUS_ROUND_LIMIT:
    case STATUS_SUPPLEMENT_INCOMPLETE:
    case STATUS_PRECHECK_STALE:
    case STATUS_TITLE_TIMEOUT:
    case STATUS_TITLE_NOT_OFFERED:
    case STATUS_WINDOW_OFFLINE:
    case STATUS_TOO_MANY_ON_UNIT:
    case STATUS_MATERIAL_MISSING:
    case STATUS_MATERIAL_ORDER:
    case STATUS_NO_ALERT:
    case STATUS_FOUR_EYES:
    case STATUS_STALE:
    case STATUS_BUSY:
    case STATUS_BEHIND:
    case STATUS_FENCED:
    case STATUS_COUNT:
        return EXIT_CODE_NO;
    }
    return EXIT_CODE_NO;
}
