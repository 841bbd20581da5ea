#ifndef ONEVISIT_AGENTS_BRANCH_COMMANDS_H
#define ONEVISIT_AGENTS_BRANCH_COMMANDS_H

#include "agents/branch/settings.h"

/* One function per command, in a file of its own. argv[0] is
 * "onevisit-branch COMMAND"; `settings` holds the environment and what stood
 * before the command. Returns the exit code. */
enum exit_code command_run(int argc, char **argv, struct settings *settings);
enum exit_code command_check(int argc, char **argv, struct settings *settings);
enum exit_code command_precheck(int argc, char **argv, struct settings *settings);
enum exit_code command_submit(int argc, char **argv, struct settings *settings);
enum exit_code command_status(int argc, char **argv, struct settings *settings);
enum exit_code command_group(int argc, char **argv, struct settings *settings);
enum exit_code command_title(int argc, char **argv, struct settings *settings);
enum exit_code command_watch(int argc, char **argv, struct settings *settings);
enum exit_code command_pay(int argc, char **argv, struct settings *settings);
enum exit_code command_withdraw(int argc, char **argv, struct settings *settings);
enum exit_code command_acknowledge(int argc, char **argv, struct settings *settings);
enum exit_code command_confirm(int argc, char **argv, struct settings *settings);
enum exit_code command_supplement(int argc, char **argv, struct settings *settings);
enum exit_code command_reconcile(int argc, char **argv, struct settings *settings);
enum exit_code command_resend(int argc, char **argv, struct settings *settings);
enum exit_code command_outbox(int argc, char **argv, struct settings *settings);

#endif
