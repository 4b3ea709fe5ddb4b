//! The filter, run by an interpreter of its instructions: every entry, on every architecture, in both modes.

use super::*;
use crate::platform::calls::{Architecture, Layout};

/// A call as the filter sees it.
struct Seen {
    architecture: u32,
    number: u32,
    arguments: [u64; 6],
}

impl Seen {
    fn word(&self, offset: u32) -> u32 {
        match offset {
            NUMBER => self.number,
            ARCHITECTURE => self.architecture,
            _ => {
                let at = offset - ARGUMENTS;
                let argument = self.arguments[(at / 8) as usize].to_le_bytes();
                let half = (at % 8) as usize;
                u32::from_le_bytes(argument[half..half + 4].try_into().unwrap())
            }
        }
    }
}

fn verdict(isolation: Isolation, seen: &Seen) -> u32 {
    let program = program(isolation);
    let (mut at, mut accumulator) = (0, 0);
    loop {
        let instruction = program[at];
        at += 1;
        let jump = |taken| usize::from(if taken { instruction.jt } else { instruction.jf });
        match u32::from(instruction.code) {
            code if code == libc::BPF_LD | libc::BPF_W | libc::BPF_ABS => {
                accumulator = seen.word(instruction.k)
            }
            code if code == libc::BPF_JMP | EQUAL | libc::BPF_K => at += jump(accumulator == instruction.k),
            code if code == libc::BPF_JMP | ANY_BIT | libc::BPF_K => {
                at += jump(accumulator & instruction.k != 0)
            }
            code if code == libc::BPF_JMP | libc::BPF_JA => at += instruction.k as usize,
            code if code == libc::BPF_RET | libc::BPF_K => return instruction.k,
            code => panic!("instruction {code:#x}"),
        }
    }
}

const ALLOW: u32 = libc::SECCOMP_RET_ALLOW;
const ASK: u32 = libc::SECCOMP_RET_USER_NOTIF;
const NO_RINGS: u32 = libc::SECCOMP_RET_ERRNO | 38;
const FAST_OPEN: u64 = 0x2000_0000;
const POINTER: u64 = 0x7fff_0000_0000;

/// A call, its arguments, and what becomes of it without and with isolation.
type Case = (Ask, [u64; 6], u32, u32);

const CASES: [Case; 17] = [
    (Ask::Connect, [3, POINTER, 16, 0, 0, 0], ASK, ASK),
    (Ask::PeerName, [3, POINTER, POINTER, 0, 0, 0], ASK, ASK),
    (Ask::Ring, [8, 0, 0, 0, 0, 0], NO_RINGS, NO_RINGS),
    (Ask::SendTo, [3, 1, 1, 0, 0, 0], ALLOW, ALLOW),
    (Ask::SendTo, [3, 1, 1, FAST_OPEN, 0, 0], ALLOW, ALLOW),
    (Ask::SendTo, [3, 1, 1, 0, POINTER, 16], ALLOW, ASK),
    (Ask::SendTo, [3, 1, 1, 0, 0x1000, 16], ALLOW, ASK),
    (Ask::SendTo, [3, 1, 1, FAST_OPEN | 0x4000, POINTER, 16], ASK, ASK),
    (Ask::SendMessage, [3, 1, 0, FAST_OPEN, 0, 0], ALLOW, ASK),
    (Ask::SendMessage, [3, 1, FAST_OPEN, 0, 0, 0], ASK, ASK),
    (Ask::SendMessages, [3, 1, 1, 0, 0, 0], ALLOW, ASK),
    (Ask::SendMessages, [3, 1, 1, FAST_OPEN, 0, 0], ASK, ASK),
    (Ask::SocketOption, [3, 1, 28, 0, 0, 0], ASK, ASK),
    (Ask::SocketOption, [3, 6, 28, 0, 0, 0], ALLOW, ALLOW),
    (Ask::SocketOption, [3, 1, 4, 0, 0, 0], ALLOW, ALLOW),
    (Ask::SocketCall, [3, POINTER, 0, 0, 0, 0], ASK, ASK),
    (Ask::SocketCall, [9, POINTER, 0, 0, 0, 0], ALLOW, ALLOW),
];

#[test]
fn asks_about_what_can_reach_an_address_and_nothing_else() {
    for Architecture { audit, calls } in &ARCHITECTURES {
        for (number, ask, _) in *calls {
            for (_, arguments, open, isolated) in CASES.iter().filter(|(case, ..)| case == ask) {
                let seen = Seen { architecture: *audit, number: *number, arguments: *arguments };
                let verdicts = (verdict(Isolation::Off, &seen), verdict(Isolation::On, &seen));
                assert_eq!(verdicts, (*open, *isolated), "{ask:?} {audit:#x} {number:#x} {arguments:x?}");
            }
        }
    }
}

#[test]
fn lets_all_other_calls_be() {
    for Architecture { audit, calls } in &ARCHITECTURES {
        let known = |number| calls.iter().any(|(known, _, _)| *known == number);
        for number in (0..1024).chain(0x4000_0000..0x4000_0400).filter(|number| !known(*number)) {
            let seen = Seen { architecture: *audit, number, arguments: [u64::MAX; 6] };
            let verdicts = (verdict(Isolation::Off, &seen), verdict(Isolation::On, &seen));
            assert_eq!(verdicts, (ALLOW, ALLOW), "{audit:#x} {number:#x}");
        }
    }
}

#[test]
fn unknown_ways_into_the_kernel_are_closed_under_isolation() {
    let seen = Seen { architecture: 0x1234_5678, number: 42, arguments: [0; 6] };
    assert_eq!(verdict(Isolation::Off, &seen), ALLOW);
    assert_eq!(verdict(Isolation::On, &seen), libc::SECCOMP_RET_KILL_PROCESS);
}

#[test]
fn every_structure_of_a_narrow_caller_is_read_as_such() {
    for Architecture { audit, calls } in &ARCHITECTURES {
        for (number, ask, layout) in *calls {
            let wide = *audit & 0x8000_0000 != 0 && *number & 0x4000_0000 == 0;
            assert_eq!(*layout == Layout::Wide, wide, "{ask:?} {audit:#x} {number:#x}");
        }
    }
}
