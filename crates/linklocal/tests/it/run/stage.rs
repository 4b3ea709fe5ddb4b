//! Programs under `run` that do what a test tells them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::world::{Said, World, said, within};

/// A program under `run` that does what it is told, line by line.
pub(crate) struct Told {
    child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Told {
    /// `arguments` end with the CMD.
    pub(crate) fn start(world: &World, arguments: &[&str]) -> Self {
        Self::of(&mut ready(world, arguments))
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        Self { stdin: child.stdin.take(), stdout, child }
    }

    /// One line to the program, one back.
    pub(crate) fn answer(&mut self, line: &str) -> String {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
        self.line()
    }

    /// What the program says next.
    pub(crate) fn line(&mut self) -> String {
        let mut stdout = self.stdout.take().unwrap();
        let (stdout, line) = within("a line of a program", move || {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            (stdout, line)
        });
        self.stdout = Some(stdout);
        line.trim_end().to_owned()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), signal).unwrap();
    }

    /// Closes the program's input, at which it ends.
    pub(crate) fn end(mut self) -> ExitStatus {
        drop(self.stdin.take());
        self.wait()
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        within("the end of `run`", move || self.child.wait()).unwrap()
    }
}

pub(crate) fn ready(world: &World, arguments: &[&str]) -> Command {
    let mut command = world.command(&[&["run"], arguments].concat());
    let path = sys::Env::system();
    command.env("PATH", path.var_os("PATH").unwrap());
    command
}

pub(crate) fn run(world: &World, arguments: &[&str]) -> Said {
    said(&mut ready(world, arguments))
}

/// Runs `linklocal` under another program's supervisor.
pub(crate) fn foreign(world: &World, arguments: &[&str]) -> Said {
    let command = ready(world, &[]);
    let mut other = Command::new("python3");
    other.args(["-c", LISTENER, env!("CARGO_BIN_EXE_linklocal")]).args(arguments).stdin(Stdio::null());
    other.env_clear().envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    other.current_dir(world.path(""));
    said(&mut other)
}

/// Runs a CMD that must succeed; its stdout.
pub(crate) fn done(world: &World, arguments: &[&str]) -> String {
    let said = run(world, arguments);
    assert_eq!(said.code, 0, "{arguments:?}: {}{}", said.stdout, said.stderr);
    said.stdout.trim_end().to_owned()
}

pub(crate) fn instance_of(world: &World) -> String {
    let list = world.json(&["instance", "list"]);
    list["Instances"][0]["InstanceId"].as_str().unwrap().to_owned()
}

/// Prints the instance id, or the status that came in its place: HOST [v1].
pub(crate) const GET: &str = r#"
import http.client, sys
def ask(method, path, headers):
    connection = http.client.HTTPConnection(sys.argv[1], 80, timeout=30)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
headers = {}
if sys.argv[2:] != ["v1"]:
    status, token = ask("PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
    if status == 200:
        headers = {"X-aws-ec2-metadata-token": token}
status, body = ask("GET", "/latest/meta-data/instance-id", headers)
print(body if status == 200 else status)
"#;

/// Prints, as one object, its AWS variables and what it finds at each address: documents, or what went wrong.
pub(crate) const FINDS: &str = r#"
import errno, http.client, json, os
def ask(host, path, headers={}, method="GET"):
    connection = http.client.HTTPConnection(host, 80, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        body = connection.getresponse().read().decode()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    try:
        return json.loads(body)
    except ValueError:
        return body
of = os.environ.get
found = {"env": {name: value for name, value in os.environ.items() if name.startswith("AWS_") or name == "TZ"}}
token = ask("169.254.169.254", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, "PUT")
def metadata(path):
    return ask("169.254.169.254", "/latest/meta-data/" + path, {"X-aws-ec2-metadata-token": token})
found["imds"] = metadata("instance-id")
found["imds6"] = ask("fd00:ec2::254", "/")
if token not in errno.errorcode.values():
    role = "iam/security-credentials/"
    found["role"] = metadata(role + metadata(role))
    found["region"] = metadata("placement/region")
found["ecs"] = ask("169.254.170.2", of("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/"))
file = of("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
found["eks"] = ask("169.254.170.23", "/v1/credentials", {"Authorization": open(file).read()} if file else {})
uri = of("ECS_CONTAINER_METADATA_URI_V4")
if uri:
    found["task"] = ask("169.254.170.2", uri[len("http://169.254.170.2"):] + "/task")
print(json.dumps(found))
"#;

/// For each line: `get` prints the instance id or what went wrong; `tcp HOST PORT`, `udp HOST PORT` what a call to it says.
pub(crate) const TOLD: &str = r#"
import errno, http.client, socket, sys
def get():
    connection = http.client.HTTPConnection("169.254.169.254", 80, timeout=30)
    connection.request("GET", "/latest/meta-data/instance-id")
    answer = connection.getresponse()
    body = answer.read().decode()
    return body if answer.status == 200 else answer.status
def call(kind, host, port):
    if kind == "tcp":
        socket.create_connection((host, int(port)), timeout=30)
    else:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (host, int(port)))
    return "reached"
for line in sys.stdin:
    words = line.split()
    try:
        print(get() if words == ["get"] else call(*words))
    except OSError as error:
        print(errno.errorcode.get(error.errno, error))
"#;

/// Runs what is named on a terminal of its own, presses Ctrl-C once it is ready, and tells what was said and how it left.
pub(crate) const TERMINAL: &str = r#"
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
said, pressed = b"", False
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:
        break
    said += some
    if b"ready" in said and not pressed:
        pressed = True
        os.write(terminal, b"\x03")
_, status = os.waitpid(child, 0)
print(said.decode())
print("left with", os.waitstatus_to_exitcode(status))
"#;

/// Waits for Ctrl-C, runs what it is given after it, and leaves with 6.
pub(crate) const INTERRUPTED: &str = r#"
import signal, sys
def interrupted(*_):
    sys.argv = ["-c", "169.254.169.254"]
    exec(given, {})
    sys.exit(6)
given = sys.argv[1]
signal.signal(signal.SIGINT, interrupted)
print("ready")
while True:
    signal.pause()
"#;

/// Puts itself under a listener that lets everything through, as another supervisor would, and becomes what is named.
pub(crate) const LISTENER: &str = r#"
import ctypes, os, platform, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
PR_SET_NO_NEW_PRIVS, SECCOMP_SET_MODE_FILTER, NEW_LISTENER = 38, 1, 8
allow = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 1, ctypes.addressof(allow)))
assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
number = 317 if platform.machine() == "x86_64" else 277
listener = libc.syscall(number, SECCOMP_SET_MODE_FILTER, NEW_LISTENER, program)
assert listener >= 0, os.strerror(ctypes.get_errno())
os.set_inheritable(listener, True)
os.execv(sys.argv[1], sys.argv[1:])
"#;

/// Says what it is told, waits for SIGTERM, and leaves with 9.
pub(crate) const CATCHER: &str = r#"
import signal, sys
def caught(*_):
    print("caught")
    sys.exit(9)
signal.signal(signal.SIGTERM, caught)
print(input())
while True:
    signal.pause()
"#;
