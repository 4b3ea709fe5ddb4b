//! `testdata/cases`: what a program is told, and what it prints.
//!
//! Rule: a case is lines in a file; which systems a file is true for stands here.

use std::path::Path;

use crate::stage::{self, ISOLATED, OPEN, RESTRICTED, Ran};

#[test]
fn an_unmodified_program_cannot_tell() {
    check("everywhere", OPEN, stage::caller());
}

#[test]
fn neither_can_one_that_is_linked_statically() {
    check("everywhere", OPEN, stage::static_caller());
}

#[test]
fn nor_one_that_is_isolated() {
    check("everywhere", ISOLATED, stage::caller());
}

#[test]
fn nor_one_whose_descriptors_cannot_be_shared() {
    check("everywhere", RESTRICTED, stage::caller());
}

#[test]
fn nor_one_on_a_kernel_that_lets_signals_take_calls_back() {
    check("everywhere", &["--forbid", "wait_killable"], stage::caller());
    check("shared", &["--forbid", "wait_killable"], stage::caller());
}

#[test]
fn nor_one_of_an_ordinary_user() {
    let public = stage::Public::new();
    for options in [OPEN, ISOLATED] {
        check_by("everywhere", &format!("{options:?} as a user"), |told| public.run_as_user(options, told));
    }
}

#[test]
fn own_sockets_keep_options_copies_and_registrations() {
    check("shared", OPEN, stage::caller());
    check("shared", ISOLATED, stage::caller());
}

#[test]
fn replaced_sockets_keep_their_flags() {
    check("replaced", RESTRICTED, stage::caller());
}

#[test]
fn isolation_leaves_no_way_to_other_link_local_destinations() {
    check("isolated", ISOLATED, stage::caller());
}

#[test]
#[cfg(target_arch = "x86_64")]
fn every_door_into_the_kernel_is_watched() {
    check("x86", OPEN, stage::caller());
    check("x86", ISOLATED, stage::caller());
    check("x86", RESTRICTED, stage::caller());
    check("x86-isolated", ISOLATED, stage::caller());
}

/// The kernel's own errors, one by one: those of a bare run are the expected ones.
#[test]
fn errors_are_the_kernels_own() {
    let bare = stage::finish(stage::limited(Path::new(stage::caller())).arg("hostile"));
    assert!(bare.stdout.lines().count() > 20, "{bare:?}");
    for options in [OPEN, ISOLATED, RESTRICTED] {
        let ran = stage::run(options, &[stage::caller(), "hostile"]);
        assert_eq!((ran.stdout, ran.code), (bare.stdout.clone(), Some(0)), "{options:?}");
    }
}

fn check(file: &str, options: &[&str], caller: &str) {
    check_by(file, &format!("{options:?}"), |told| stage::run(options, &[&[caller], told].concat()));
}

#[allow(clippy::disallowed_methods, reason = "a file of this crate's own")]
fn check_by(file: &str, system: &str, run: impl Fn(&[&str]) -> Ran) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/cases/{file}.txt"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut wrong = String::new();
    for case in text.split("\n$ ").skip(1) {
        let (told, rest) = case.split_once('\n').unwrap();
        let expected: Vec<_> = rest.lines().take_while(|line| !line.is_empty()).collect();
        let ran = run(&told.split(' ').collect::<Vec<_>>());
        if ran.stdout.lines().ne(expected.iter().copied()) || ran.code != Some(0) {
            wrong += &format!("$ {told}\n{}{}({:?})\n\n", ran.stdout, ran.stderr, ran.code);
        }
    }
    assert!(wrong.is_empty(), "{file} {system}:\n{wrong}");
}
