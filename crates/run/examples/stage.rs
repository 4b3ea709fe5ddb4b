//! A supervisor with a small service behind it, for the tests and for measuring.
//!
//! Rule: what it answers is what the tests expect, and it ends as its program does. Each connection hears, per line
//! that it sends, `DESTINATION PROCESS THREAD` as an HTTP answer; a line `GET /bye` is the last.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use run::{Call, Isolation, Program, Refusal, Route, RunError, Switchboard};

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let mut program = Program::default();
    let mut command = Vec::new();
    let mut plainly = false;
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--isolate") => program.isolation = Isolation::On,
            Some("--forbid") => forbid(&arguments.next().expect("--forbid has a list of system calls")),
            Some("--probe") => leave_probed(program.isolation),
            Some("--plain") => plainly = true,
            Some("--") => command.extend(arguments.by_ref()),
            _ => panic!("unknown argument {argument:?}"),
        }
    }
    let mut command = command.into_iter();
    program.name = command.next().unwrap_or_default();
    program.arguments = command.collect();
    program.environment = vec![("STAGE".into(), Some("set".into())), ("UNSET".into(), None)];
    let ended = if plainly { run::run_plainly(&program) } else { run::run(&program, Arc::new(Stage)) };
    match ended {
        Ok(ended) => ended.leave(),
        Err(error) => {
            report(&error);
            std::process::exit(error.exit_code());
        }
    }
}

struct Stage;

impl Switchboard for Stage {
    fn route(&self, call: &Call) -> Route {
        match call.destination.to_string().as_str() {
            "169.254.169.254:80" | "[fd00:ec2::254]:80" | "169.254.170.2:80" => Route::Answer,
            "169.254.169.254:81" | "169.254.169.254:82" => Route::Answer,
            "169.254.1.1:80" => Route::Refuse(Refusal::ConnectionRefused),
            "169.254.1.2:80" => Route::Refuse(Refusal::HostUnreachable),
            _ => Route::PassThrough,
        }
    }

    fn connected(&self, call: &Call, far_end: TcpStream) -> io::Result<()> {
        if call.destination.port() == 81 {
            return Err(io::Error::other("nobody takes this one"));
        }
        if call.destination.port() == 82 {
            // For measuring what a connection costs and nothing else.
            return Ok(());
        }
        let call = *call;
        std::thread::Builder::new().stack_size(64 * 1024).spawn(move || {
            // A program may leave whenever it likes.
            let _ = serve(&call, &far_end);
        })?;
        Ok(())
    }
}

fn serve(call: &Call, far_end: &TcpStream) -> io::Result<()> {
    let Call { destination, process_id, thread_id } = *call;
    for line in BufReader::new(far_end).lines() {
        let line = line?;
        if !line.starts_with("GET ") {
            continue;
        }
        let body = format!("{} {process_id} {thread_id}\n", SocketAddr::to_string(&destination));
        let last = if line.starts_with("GET /bye") { "Connection: close\r\n" } else { "" };
        let answer = format!("HTTP/1.1 200 OK\r\n{last}Content-Length: {}\r\n\r\n{body}", body.len());
        (&mut &*far_end).write_all(answer.as_bytes())?;
        if !last.is_empty() {
            break;
        }
    }
    Ok(())
}

fn leave_probed(isolation: Isolation) -> ! {
    match run::probe(isolation) {
        Ok(()) => std::process::exit(0),
        Err(unsupported) => {
            report(&RunError::from(unsupported));
            std::process::exit(1)
        }
    }
}

#[allow(clippy::print_stderr, reason = "a program's own talk")]
fn report(error: &RunError) {
    eprintln!("stage: {error}");
}

/// Makes the system refuse some calls to this process and what it starts, as containers and old kernels do.
#[cfg(target_os = "linux")]
fn forbid(names: &OsString) {
    let load = |offset| instruction(0x20, offset, 0, 0);
    let mut filter = Vec::new();
    for name in names.to_str().expect("names are text").split(',') {
        let (call, register, errno) = forbidden(name);
        let call = u32::try_from(call).expect("numbers are small");
        let refuse = instruction(0x06, libc::SECCOMP_RET_ERRNO | errno, 0, 0);
        filter.push(load(0));
        match register {
            // Of the second argument: some bit of it.
            Some(bits) => filter.extend([
                instruction(0x15, call, 0, 3),
                load(24),
                instruction(0x45, bits, 0, 1),
                refuse,
            ]),
            None => filter.extend([instruction(0x15, call, 0, 1), refuse]),
        }
    }
    filter.push(instruction(0x06, libc::SECCOMP_RET_ALLOW, 0, 0));
    install(&mut filter);
}

/// A system call, bits of its second argument where only some of its uses are meant, and what they fail with.
#[cfg(target_os = "linux")]
fn forbidden(name: &str) -> (libc::c_long, Option<u32>, u32) {
    match name {
        "seccomp" => (libc::SYS_seccomp, None, 1),
        "pidfd_getfd" => (libc::SYS_pidfd_getfd, None, 1),
        "process_vm_readv" => (libc::SYS_process_vm_readv, None, 1),
        "process_vm_writev" => (libc::SYS_process_vm_writev, None, 1),
        // SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV came with Linux 5.19.
        "wait_killable" => (libc::SYS_seccomp, Some(1 << 5), 22),
        // SECCOMP_FILTER_FLAG_NEW_LISTENER came with Linux 5.0.
        "listener" => (libc::SYS_seccomp, Some(1 << 3), 22),
        _ => panic!("unknown system call {name}"),
    }
}

#[cfg(target_os = "linux")]
fn instruction(code: u16, k: u32, jt: u8, jf: u8) -> libc::sock_filter {
    libc::sock_filter { code, jt, jf, k }
}

#[cfg(target_os = "linux")]
fn install(filter: &mut [libc::sock_filter]) {
    let length = u16::try_from(filter.len()).expect("a short filter");
    let program = libc::sock_fprog { len: length, filter: filter.as_mut_ptr() };
    // SAFETY: sets a flag of this process.
    unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: the filter is valid for the call.
    let result =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program) };
    assert_eq!(result, 0, "the filter that forbids could not be installed");
}

#[cfg(not(target_os = "linux"))]
fn forbid(_calls: &OsString) {}
