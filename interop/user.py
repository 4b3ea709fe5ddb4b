"""A user without rights, for whom nothing may have to be root's.

Where we are root, the case is given to `nobody`; where we are not, it is ours as it is.
"""

import os
import subprocess
import sys

NOBODY = "65534"


def wrap(command):
    """The command line that runs a Python program as that user."""
    if os.geteuid() != 0:
        return [sys.executable, *command]
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    if subprocess.run([*become, "test", "-r", command[0]], check=False).returncode != 0:
        raise RuntimeError(f"{command[0]}: user {NOBODY} may not get there; check the repository out where all may look")
    # An interpreter in root's home is nobody's; the system's is everybody's.
    return [*become, "/usr/bin/python3", *command]
