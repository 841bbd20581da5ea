#ifndef ONEVISIT_AGENTS_WINDOW_CLERK_H
#define ONEVISIT_AGENTS_WINDOW_CLERK_H

/* What a person at the window does at the command line: looks at what waits,
 * and answers. An answer goes to the outbox in one group with the docket; the
 * daemon notices it within 20 ms and sends it. Each function is a command of
 * the program: arguments in, exit code out. */

int clerk_inbox(int argc, char **argv);
int clerk_show(int argc, char **argv);
int clerk_accept(int argc, char **argv);
int clerk_not_accept(int argc, char **argv);
int clerk_supplement(int argc, char **argv);
int clerk_status(int argc, char **argv);
int clerk_suspend(int argc, char **argv);
int clerk_resume(int argc, char **argv);
int clerk_refuse(int argc, char **argv);
int clerk_book(int argc, char **argv);
int clerk_certify(int argc, char **argv);
int clerk_withdraw_result(int argc, char **argv);
int clerk_fee(int argc, char **argv);
int clerk_fee_state(int argc, char **argv);
int clerk_refund(int argc, char **argv);
int clerk_correct(int argc, char **argv);
int clerk_archive(int argc, char **argv);
int clerk_decide(int argc, char **argv);
int clerk_alert(int argc, char **argv);
int clerk_reconcile(int argc, char **argv);

#endif
