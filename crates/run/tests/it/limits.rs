//! Systems that do not let programs be served, and what it costs where they do.
//!
//! Rule: the reason is one line, and it comes before the program starts.

use crate::stage::{self, ISOLATED, OPEN, RESTRICTED};

#[test]
fn what_the_system_forbids_is_said_before_anything_starts() {
    let memory = "pidfd_getfd,process_vm_readv,process_vm_writev";
    for (options, said) in [
        (
            &["--forbid", "listener"][..],
            "stage: the kernel lacks seccomp's user notification, which came with Linux 5.0\n",
        ),
        (&["--forbid", "seccomp"], "stage: the system forbids seccomp filters\n"),
        (
            &["--forbid", memory, "--isolate"],
            "stage: the system forbids sharing the descriptors of own processes, which isolation needs\n",
        ),
    ] {
        let ran = stage::run(options, &["echo", "started"]);
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), ("", said, Some(1)), "{options:?}");
        let probed = stage::finish(stage::limited(&stage::path()).args(options).arg("--probe"));
        assert_eq!((probed.stderr.as_str(), probed.code), (said, Some(1)), "{options:?}");
    }
}

#[test]
fn a_supervisor_under_a_supervisor_knows_it() {
    let stage = stage::path();
    let ran = stage::run(OPEN, &[stage.to_str().unwrap(), "--", "echo", "started"]);
    let said = "stage: this process runs under another supervisor, and the kernel allows one\n";
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), ("", said, Some(1)));
}

#[test]
fn a_probe_leaves_nothing_behind() {
    for options in [&["--probe"][..], &["--isolate", "--probe"]] {
        let ran = stage::finish(stage::limited(&stage::path()).args(options));
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), ran.code), ("", "", Some(0)));
    }
}

#[test]
fn machines_without_ipv6_serve_its_addresses() {
    let off = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6";
    for options in [OPEN, ISOLATED, RESTRICTED] {
        let ran = stage::run_alone(off, options, &[stage::caller(), "plain", "fd00:ec2::254", "80"]);
        let expected = "connect ok\npeer fd00:ec2::254 80\nanswer [fd00:ec2::254]:80 process thread\n";
        assert_eq!((ran.stdout.as_str(), ran.code), (expected, Some(0)), "{options:?}: {ran:?}");
    }
}
