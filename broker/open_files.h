#ifndef ONEVISIT_BROKER_OPEN_FILES_H
#define ONEVISIT_BROKER_OPEN_FILES_H

#include <stdint.h>

/* Each connection is an open file of the process. Its limit is raised to what the system allows; where that is less
 * than everybody of the directory needs, the log says so, since whoever comes late would find the door shut. */
enum { OPEN_FILES_OWN = 512 /* the store's, the log's, libzmq's own */ };

/* The limit in force now. */
uint64_t open_files_raise(void);
/* Enough for so many participants? If not, says so in the log. */
void open_files_warn(uint64_t limit, int64_t participant_count);
/* What so many participants need. */
uint64_t open_files_wanted(int64_t participant_count);

#endif
