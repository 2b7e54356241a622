"""Becomes a PostgreSQL server that ends with the process that started it; run by file, not imported.

Arguments: the starter's process id, the user and group id to become (or `-`), then the command.
A process of its own because the death signal must be asked for after the change of account, which
clears it, and because running Python between fork and exec is not safe in a process with threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Drops privileges, asks for the death signal, and becomes the command."""
    starter, user, group, *command = arguments
    if user != "-":
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    if sys.platform == "linux":  # elsewhere the next start stops what an abrupt end left behind
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != int(starter):
            sys.exit("the starter is gone already")
    os.execv(command[0], command)  # noqa: S606 - the caller has searched for the binary


if __name__ == "__main__":
    main(sys.argv[1:])
