"""Started as a script: ties this process to its parent's life, then becomes the command named in the arguments.

Linux sends SIGTERM when the parent dies, even by SIGKILL, so a killed demo leaves no hub behind. Elsewhere it only execs.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """`leash.py PARENT_PID COMMAND [ARGUMENTS]`; does not return."""
    parent, command = int(argv[1]), argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            sys.exit(128 + signal.SIGTERM)
    os.execv(command[0], command)  # noqa: S606  # a command of our own, without a shell


if __name__ == "__main__":
    main(sys.argv)
