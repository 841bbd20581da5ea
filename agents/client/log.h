#ifndef ONEVISIT_AGENTS_CLIENT_LOG_H
#define ONEVISIT_AGENTS_CLIENT_LOG_H

/* One line per event on stderr: time at UTC+8, level, sentence. Control
 * characters in what is logged become '?', so that nobody can forge a line.
 * Never log a name, an id or a telephone number. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
