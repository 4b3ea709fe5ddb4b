//! Programs, told apart and counted.

use http::StatusCode;
use metadata::Access;
use net::{Process, User};

use super::*;
use crate::callers::tally::{Counted, Counts, Reading};

const START: Timestamp = Timestamp::from_secs(1_795_248_000);

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_795_248_000 + secs)
}

fn caller(executable: &str, user: u32, container_id: Option<&str>) -> Arc<Caller> {
    let process = Process {
        id: 4711,
        started: 1,
        name: "p".to_owned(),
        executable: Some(executable.into()),
        script: None,
        command_line: vec![executable.to_owned()],
        cgroup: None,
        container_id: container_id.map(str::to_owned),
        ancestors: Vec::new(),
    };
    let address = [127, 0, 0, 1].into();
    Arc::new(Caller {
        place: Place::ThisMachine,
        address,
        user: Some(User { id: user, name: None }),
        process: Some(process),
    })
}

fn arrival(caller: Arc<Caller>, user_agent: &'static str, secs: i64) -> Arrival<'static> {
    Arrival { instance_id: None, caller, user_agent: Some(user_agent.as_bytes()), at: at(secs) }
}

#[test]
fn a_user_of_many_names_pushes_out_nobody_else_s_programs() {
    let callers = Callers::new(START);
    callers.meet(arrival(caller("/usr/bin/s3fs", 1000, None), "s3fs", 0));
    for n in 0..3000 {
        callers.meet(arrival(caller(&format!("/tmp/p{n}"), 65534, None), "x", n + 1));
    }
    let list = callers.list(None);
    assert_eq!((list.len(), callers.dropped()), (MAX_TALLIES, 3000 + 1 - 1024));
    assert_eq!(list.last().and_then(|summary| summary.program.file_name()), Some("s3fs"));
}

fn counted(access: Access, status: u16, path: Option<&str>) -> Counted<'_> {
    Counted {
        access,
        status: StatusCode::from_u16(status).unwrap(),
        token_issued: None,
        is_grant: false,
        read_without_token: path,
        at: at(9),
    }
}

#[test]
fn a_program_is_executable_user_and_container() {
    let callers = Callers::new(START);
    for (executable, user, container, agent) in [
        ("/usr/bin/curl", 0, None, "curl/8"),
        ("/usr/bin/curl", 0, None, "another name"),
        ("/usr/bin/curl", 1000, None, "curl/8"),
        ("/usr/bin/curl", 0, Some("c1"), "curl/8"),
        ("/usr/bin/wget", 0, None, "curl/8"),
    ] {
        callers.meet(arrival(caller(executable, user, container), agent, 1));
    }
    let list = callers.list(None);
    assert_eq!(list.len(), 4);
    let first = list.iter().find(|summary| summary.program.file_name() == Some("curl"));
    assert!(first.is_some());
    assert!(list.iter().any(|summary| summary.user_agent.as_deref() == Some("another name")));
}

#[test]
fn who_is_not_known_goes_by_user_agent_or_address() {
    let callers = Callers::new(START);
    let unknown = || Arc::new(Caller::unknown(Place::Elsewhere, [10, 0, 0, 7].into()));
    callers.meet(arrival(unknown(), "curl/8", 1));
    callers.meet(Arrival { user_agent: None, ..arrival(unknown(), "", 2) });
    callers.pass(Arrival { user_agent: None, ..arrival(unknown(), "", 3) });
    let programs: Vec<Program> = callers.list(None).into_iter().map(|summary| summary.program).collect();
    assert_eq!(programs, [Program::Address([10, 0, 0, 7].into()), Program::UserAgent("curl/8".to_owned())]);
}

#[test]
fn requests_are_counted_by_what_came_of_them() {
    let callers = Callers::new(START);
    let tally = callers.meet(arrival(caller("/a", 0, None), "x", 1));
    let role = "/latest/meta-data/iam/security-credentials/";
    for request in [
        counted(Access::V1, 200, Some("/latest/meta-data/mac")),
        Counted { is_grant: true, ..counted(Access::V1, 200, Some(role)) },
        // Nothing there, and yet it would have been refused if tokens were required.
        counted(Access::None, 404, Some("/latest/user-data")),
        counted(Access::V1Rejected, 401, Some(role)),
        // Turned away for another reason.
        counted(Access::None, 403, Some("/latest/meta-data/tags/instance")),
        counted(Access::V2, 200, None),
        counted(Access::BadToken, 401, None),
        Counted { token_issued: Some(true), ..counted(Access::None, 200, None) },
        Counted { token_issued: Some(false), ..counted(Access::None, 400, None) },
    ] {
        tally.count(&request);
    }
    let summary = callers.list(None).remove(0);
    let expected = Counts {
        v1: 3,
        v1_rejected: 1,
        v2: 1,
        tokens: 1,
        tokens_refused: 1,
        bad_token: 1,
        errors: 5,
        credentials: 1,
    };
    assert_eq!(summary.counts, expected);
    assert_eq!(summary.v1_reads, [Reading::Credentials, Reading::UserData, Reading::OtherMetadata]);
    assert_eq!((summary.first_seen, summary.last_seen), (at(1), at(9)));
}

#[test]
fn the_program_that_called_longest_ago_gives_way() {
    let callers = Callers::new(START);
    for n in 0..=MAX_TALLIES as i64 {
        callers.meet(arrival(caller(&format!("/bin/p{n}"), 0, None), "x", n));
        // The first one keeps calling.
        callers.meet(arrival(caller("/bin/p0", 0, None), "x", n));
    }
    let list = callers.list(None);
    let has = |name: &str| list.iter().any(|summary| summary.program.file_name() == Some(name));
    assert_eq!((list.len(), callers.dropped()), (MAX_TALLIES, 1));
    assert!(has("p0") && !has("p1") && has("p2"));
}

#[test]
fn an_instance_has_its_own_callers() {
    let callers = Callers::new(START);
    let id: InstanceId = "i-0123456789abcdef0".parse().unwrap();
    callers.meet(Arrival { instance_id: Some(&id), ..arrival(caller("/a", 0, None), "x", 1) });
    callers.meet(arrival(caller("/a", 0, None), "x", 1));
    assert_eq!((callers.list(None).len(), callers.list(Some(&id)).len()), (2, 1));
}
