#include "broker/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum status signals_open(int *out)
{
    sigset_t set;

    *out = -1;
    signal(SIGPIPE, SIG_IGN); /* whoever reads our log may go away */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return STATUS_IO;
    *out = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return *out >= 0 ? STATUS_OK : STATUS_IO;
}

void signals_close(int *signals)
{
    if (*signals >= 0)
        close(*signals);
    *signals = -1;
}

enum signal_said signals_take(int signals)
{
    struct signalfd_siginfo info;

    if (read(signals, &info, sizeof info) != (ssize_t)sizeof info)
        return SIGNAL_NONE;
    return info.ssi_signo == SIGHUP ? SIGNAL_READ_AGAIN : SIGNAL_STOP;
}
