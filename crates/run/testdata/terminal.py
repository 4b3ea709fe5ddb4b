"""Types at a terminal that a supervised program has, and looks at what becomes of it.

Rule: one line of output for each thing that works. Arguments: the supervisor and its options."""

import os
import pty
import signal
import sys
import termios

STAGE = sys.argv[1:]
KEYS = [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]
SUPERVISED = " ".join(STAGE) + " --"


class Terminal:
    """A program at the other end of a terminal."""

    def __init__(self, *command):
        self.process, self.master = pty.fork()
        if self.process == 0:
            os.environ["PS1"] = "prompt> "
            # Whatever these tests are started by may ignore them.
            for number in KEYS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            keep_output()
            os.execvp(command[0], command)
        self.seen = b""

    def until(self, text):
        while text not in self.seen:
            try:
                more = os.read(self.master, 4096)
            except OSError:
                more = b""
            if not more:
                sys.exit(f"the end came before {text!r}: {self.seen!r}")
            self.seen += more
        before, _, self.seen = self.seen.partition(text)
        return before

    def type(self, text):
        os.write(self.master, text)

    def end(self):
        status = os.waitpid(self.process, 0)[1]
        return os.waitstatus_to_exitcode(status)


def keep_output():
    """The kernel signals first and then throws away what the terminal has not shown yet: on a busy processor that can be
    the shell's word on the signal."""
    attributes = termios.tcgetattr(0)
    attributes[3] |= termios.NOFLSH
    termios.tcsetattr(0, termios.TCSANOW, attributes)


def too_late(_number, stack):
    """What was waited for, which an alarm that only ends us would keep to itself."""
    while stack and "terminal" not in stack.f_locals:
        stack = stack.f_back
    sys.exit(f"nothing came in line {stack.f_lineno} of {stack.f_code.co_name}: {stack.f_locals['terminal'].seen!r}")


def interrupted():
    """Counts the interrupts of one Ctrl-C; a second one would come within the pause."""
    script = (
        "import os, signal, time\n"
        "count = []\n"
        "heard, tell = os.pipe()\n"
        "os.set_blocking(tell, False)\n"
        "signal.signal(signal.SIGINT, lambda *_: count.append(1))\n"
        "signal.set_wakeup_fd(tell)\n"
        "print('ready', flush=True)\n"
        # Not `pause`, which would miss an interrupt just before it.
        "os.read(heard, 1)\n"
        "time.sleep(0.2)\n"
        "print('count', len(count), flush=True)\n"
        "raise SystemExit(4)\n"
    )
    terminal = Terminal(*STAGE, "--", "python3", "-c", script)
    terminal.until(b"ready")
    terminal.type(b"\x03")
    terminal.until(b"count 1")
    assert terminal.end() == 4
    print("interrupted once")


def stopped():
    """Ctrl-Z gives the shell its prompt, `fg` the program its terminal."""
    terminal = Terminal("bash", "--norc", "--noediting", "-i")
    terminal.until(b"prompt> ")
    terminal.type(f"{SUPERVISED} cat\n".encode())
    terminal.type(b"one\n")
    terminal.until(b"one\r\none\r\n")
    terminal.type(b"\x1a")
    terminal.until(b"Stopped")
    terminal.until(b"prompt> ")
    terminal.type(b"fg\n")
    terminal.until(b"-- cat\r\n")
    terminal.type(b"two\n")
    terminal.until(b"two\r\ntwo\r\n")
    terminal.type(b"\x04")
    terminal.until(b"prompt> ")
    terminal.type(b"echo code $?\n")
    terminal.until(b"code 0\r\n")
    terminal.type(b"exit 0\n")
    assert terminal.end() == 0
    print("stopped and continued")


def not_stopped():
    """Ctrl-Z does nothing to a program that ignores it, nor to whoever supervises it."""
    script = "trap '' TSTP; echo ready; while read line; do echo got $line; done"
    terminal = Terminal(*STAGE, "--", "bash", "-c", script)
    terminal.until(b"ready\r\n")
    terminal.type(b"\x1a")
    terminal.type(b"four\n")
    terminal.until(b"got four\r\n")
    terminal.type(b"\x04")
    assert terminal.end() == 0
    print("not stopped")


def shell_in_shell():
    """An interactive shell under the supervisor has its own jobs, and leaves the terminal to the outer one, for a while
    or for good."""
    terminal = Terminal("bash", "--norc", "--noediting", "-i")
    terminal.until(b"prompt> ")
    terminal.type(f"{SUPERVISED} bash --norc --noediting -i\n".encode())
    terminal.until(b"prompt> ")
    terminal.type(b"cat\n")
    terminal.type(b"three\n")
    terminal.until(b"three\r\nthree\r\n")
    terminal.type(b"\x1a")
    terminal.until(b"Stopped")
    terminal.until(b"prompt> ")
    terminal.type(b"fg\n")
    terminal.until(b"cat\r\n")
    terminal.type(b"\x04")
    terminal.until(b"prompt> ")
    terminal.type(b"suspend\n")
    terminal.until(b"Stopped")
    terminal.until(b"prompt> ")
    terminal.type(b"fg\n")
    terminal.until(b"-i\r\n")
    terminal.type(b"echo $((6 * 7))\n")
    terminal.until(b"42\r\n")
    terminal.until(b"prompt> ")
    terminal.type(b"exit 6\n")
    terminal.until(b"prompt> ")
    terminal.type(b"echo code $?\n")
    terminal.until(b"code 6\r\n")
    terminal.type(b"exit 0\n")
    assert terminal.end() == 0
    print("shell in shell")


signal.signal(signal.SIGALRM, too_late)
signal.alarm(60)
interrupted()
stopped()
not_stopped()
shell_in_shell()
