#ifndef ONEVISIT_BROKER_LOG_H
#define ONEVISIT_BROKER_LOG_H

/* One line per event to stderr: time at UTC+8, level, a short name of what
 * happened, then key=value pairs. Never a body, a name or an id of a person. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_line(enum log_level level, const char *what, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
