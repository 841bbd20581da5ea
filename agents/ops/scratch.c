#include "agents/ops/scratch.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/ops/complaint.h"
#include "broker/store/small_file.h"

enum exit_code scratch_make(char out[SCRATCH_SIZE])
{
    const char *named = getenv("TMPDIR");
    const char *parent = named != NULL && *named != '\0' ? named : "/tmp";
    const int size = snprintf(out, SCRATCH_SIZE, "%s/onevisit-rows-XXXXXX", parent);

    if (size > 0 && size < SCRATCH_SIZE && mkdtemp(out) != NULL)
        return EXIT_CODE_DONE;
    out[0] = '\0';
    complain("no folder for the rows can be made under %s: name one with --rows", parent);
    return EXIT_CODE_DAMAGE;
}

void scratch_remove(const char *folder)
{
    if (*folder != '\0' && folder_remove(folder, NULL) != STATUS_OK)
        complain("%s could not be removed", folder);
}
