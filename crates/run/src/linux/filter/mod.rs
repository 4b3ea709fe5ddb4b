//! The filter that the program runs under: which calls come to us.
//!
//! Rule: a call that cannot concern us costs nothing but the filter, so registers are looked at as far as they tell;
//! what lies in memory (the address itself) a filter cannot see. Source: seccomp(2), the kernel's `linux/filter.h`.

use libc::sock_filter;

use super::calls::{ARCHITECTURES, Ask, SOCKET_CALLS};
use crate::Isolation;

/// The filter's instructions.
pub(super) fn program(isolation: Isolation) -> Vec<sock_filter> {
    let mut program = Vec::new();
    for architecture in &ARCHITECTURES {
        let mut block = vec![load(NUMBER)];
        for (number, ask, _) in architecture.calls {
            let rule = rule(*ask, isolation);
            block.push(jump_if(EQUAL, *number, 0, short(rule.len())));
            block.extend(rule);
        }
        block.push(end(libc::SECCOMP_RET_ALLOW));
        program.extend([load(ARCHITECTURE), jump_if(EQUAL, architecture.audit, 1, 0), skip(block.len())]);
        program.extend(block);
    }
    program.push(end(match isolation {
        Isolation::Off => libc::SECCOMP_RET_ALLOW,
        // A way into the kernel that nobody looks at would be a way out.
        Isolation::On => libc::SECCOMP_RET_KILL_PROCESS,
    }));
    program
}

/// What becomes of one kind of call; every path ends.
fn rule(ask: Ask, isolation: Isolation) -> Vec<sock_filter> {
    let isolated = isolation == Isolation::On;
    match ask {
        Ask::Connect | Ask::PeerName => vec![ask_us()],
        Ask::Ring => vec![end(libc::SECCOMP_RET_ERRNO | libc::ENOSYS.cast_unsigned())],
        Ask::SendTo => [if_address(4), if isolated { vec![ask_us()] } else { if_fast_open(3) }].concat(),
        Ask::SendMessage | Ask::SendMessages if isolated => vec![ask_us()],
        Ask::SendMessage => if_fast_open(2),
        Ask::SendMessages => if_fast_open(3),
        Ask::SocketOption => if_peer_name(),
        Ask::SocketCall => if_socket_call(),
    }
}

/// Lets the call be where the pointer is null: a plain send.
fn if_address(argument: u32) -> Vec<sock_filter> {
    vec![
        load(low(argument)),
        jump_if(EQUAL, 0, 0, 3),
        load(high(argument)),
        jump_if(EQUAL, 0, 0, 1),
        end(libc::SECCOMP_RET_ALLOW),
    ]
}

fn if_fast_open(flags: u32) -> Vec<sock_filter> {
    let fast_open = libc::MSG_FASTOPEN.cast_unsigned();
    vec![load(low(flags)), jump_if(ANY_BIT, fast_open, 0, 1), ask_us(), end(libc::SECCOMP_RET_ALLOW)]
}

/// `SO_PEERNAME` is `getpeername` by another door.
fn if_peer_name() -> Vec<sock_filter> {
    vec![
        load(low(1)),
        jump_if(EQUAL, libc::SOL_SOCKET.cast_unsigned(), 0, 3),
        load(low(2)),
        jump_if(EQUAL, SO_PEERNAME, 0, 1),
        ask_us(),
        end(libc::SECCOMP_RET_ALLOW),
    ]
}

fn if_socket_call() -> Vec<sock_filter> {
    let mut rule = vec![load(low(0))];
    for (call, _, _) in SOCKET_CALLS {
        rule.extend([jump_if(EQUAL, call, 0, 1), ask_us()]);
    }
    rule.push(end(libc::SECCOMP_RET_ALLOW));
    rule
}

fn ask_us() -> sock_filter {
    end(libc::SECCOMP_RET_USER_NOTIF)
}

fn load(offset: u32) -> sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0, 0)
}

fn jump_if(test: u32, value: u32, if_true: u8, if_false: u8) -> sock_filter {
    instruction(libc::BPF_JMP | test | libc::BPF_K, value, if_true, if_false)
}

fn skip(instructions: usize) -> sock_filter {
    let instructions = u32::try_from(instructions).expect("a filter has at most 4,096 instructions");
    instruction(libc::BPF_JMP | libc::BPF_JA, instructions, 0, 0)
}

fn end(verdict: u32) -> sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, verdict, 0, 0)
}

fn instruction(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: u16::try_from(code).expect("codes of instructions have 16 bits"), jt, jf, k }
}

fn short(length: usize) -> u8 {
    u8::try_from(length).expect("a rule has fewer than 256 instructions")
}

/// The halves of an argument in `seccomp_data`, as little-endian machines lay them out; others have no table.
fn low(argument: u32) -> u32 {
    ARGUMENTS + 8 * argument
}

fn high(argument: u32) -> u32 {
    low(argument) + 4
}

pub(super) const SO_PEERNAME: u32 = 28;
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;
const EQUAL: u32 = libc::BPF_JEQ;
const ANY_BIT: u32 = libc::BPF_JSET;

#[cfg(test)]
mod tests;
