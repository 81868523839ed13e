"""Becomes another program that ends when its parent ends: ``leash.py SIGNAL PARENT USER PROGRAM ARGUMENTS…``.

Run as a file, by ``processes.py``, so that nothing has to happen between fork and exec of a process with threads.
The signal is what the kernel sends when the parent dies (Linux; elsewhere the pid files do the work); USER is ``-``
or a user to become first (PostgreSQL refuses to run as root).
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    """Give up root for the named user, for good."""
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.environ.update(HOME=entry.pw_dir, USER=user, LOGNAME=user)


def tie(signal: int, parent: int) -> None:
    """Have this process (and the program it becomes) told when its parent dies; quit if that has happened."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal)
    if os.getppid() != parent:
        sys.exit(0)


def main(arguments: list[str]) -> None:
    """Read the arguments, drop rights, tie, and turn into the program."""
    signal, parent, user, *program = arguments
    if user != "-":
        become(user)
    tie(int(signal), int(parent))
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
