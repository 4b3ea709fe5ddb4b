//! What was acknowledged over the endpoints is there after a restart, however the server ended.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use rustix::process::Signal;

use super::house::{Caller, House, Keys};

/// What a writer was told is done.
enum Done {
    Created { user: String, key: Keys },
    Deleted { user: String },
}

#[test]
fn no_acknowledged_change_is_lost_when_the_server_is_killed_under_load() {
    let mut house = House::new();
    let (mut created, mut deleted) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (done, acknowledged) = channel();
        let writers: Vec<JoinHandle<()>> =
            (0..WRITERS).map(|writer| write(&house, format!("w{round}-{writer}"), done.clone())).collect();
        drop(done);
        let mut told = take(&acknowledged, 20 + 15 * round);
        house.restarted(Signal::KILL);
        for writer in writers {
            writer.join().unwrap();
        }
        // What was answered before the kill took effect was acknowledged too.
        told.extend(acknowledged.try_iter());
        for done in told {
            match done {
                Done::Created { user, key } => created.push((user, key)),
                Done::Deleted { user } => deleted.push(user),
            }
        }
        check(&house, &created, &deleted);
    }
    assert!(created.len() > 60 && deleted.len() > 5, "{} and {}", created.len(), deleted.len());
}

#[test]
fn a_server_that_is_stopped_leaves_every_call_in_the_trail() {
    let mut house = House::new();
    let mut caller = house.caller(&house.administrator);
    for number in 0..CALLS {
        caller.ask("iam:CreateUser", &[("UserName", &format!("user-{number}"))]).unwrap();
    }
    house.restarted(Signal::TERM);
    let trail = house.world.done(&["trail", "--event-name", "CreateUser", "--json"]);
    assert_eq!(trail.lines().count(), CALLS);
}

/// Changes the account until the server is gone.
fn write(house: &House, name: String, done: Sender<Done>) -> JoinHandle<()> {
    let mut caller = house.caller(&house.administrator);
    std::thread::spawn(move || {
        for number in 0.. {
            if change(&mut caller, &format!("{name}-{number}"), number, &done).is_none() {
                return;
            }
        }
    })
}

/// A user with a key who stays; every third is followed by one who goes again. None once the server is gone.
fn change(caller: &mut Caller, user: &str, number: u64, done: &Sender<Done>) -> Option<()> {
    let mut ask = |action: &str, user: &str| {
        let answer = caller.ask(action, &[("UserName", user)]).ok()?;
        assert_eq!(answer.status, 200, "{action}: {}", answer.body);
        Some(answer)
    };
    ask("iam:CreateUser", user)?;
    let key = ask("iam:CreateAccessKey", user)?.keys();
    done.send(Done::Created { user: user.to_owned(), key }).ok()?;
    if number.is_multiple_of(3) {
        let brief = format!("{user}-brief");
        ask("iam:CreateUser", &brief)?;
        ask("iam:DeleteUser", &brief)?;
        done.send(Done::Deleted { user: brief }).ok()?;
    }
    Some(())
}

fn take(acknowledged: &Receiver<Done>, count: usize) -> Vec<Done> {
    let taken: Vec<Done> = acknowledged.iter().take(count).collect();
    assert_eq!(taken.len(), count, "the writers ended before the server was killed");
    taken
}

fn check(house: &House, created: &[(String, Keys)], deleted: &[String]) {
    let mut administrator = house.caller(&house.administrator);
    for (user, key) in created {
        let answer = house.ask(key, "sts:GetCallerIdentity", &[]);
        assert_eq!(answer.status, 200, "{user}: {}", answer.body);
        assert!(answer.element("Arn").ends_with(&format!(":user/{user}")), "{}", answer.body);
    }
    for user in deleted {
        let answer = administrator.ask("iam:GetUser", &[("UserName", user)]).unwrap();
        assert_eq!(answer.refusal(), (404, "NoSuchEntity"), "{user}");
    }
}

#[test]
fn a_change_is_there_when_the_server_is_killed_right_after_its_answer() {
    let mut house = House::new();
    for round in 0..12 {
        let name = format!("round-{round}");
        house.done("iam:CreateGroup", &[("GroupName", &name)]);
        house.restarted(Signal::KILL);
        let found = house.done("iam:GetGroup", &[("GroupName", &name)]);
        assert_eq!(found.element("GroupName"), name);
        house.done("iam:DeleteGroup", &[("GroupName", &name)]);
        house.restarted(Signal::KILL);
        let gone = house.ask(&house.administrator, "iam:GetGroup", &[("GroupName", &name)]);
        assert_eq!(gone.refusal(), (404, "NoSuchEntity"));
    }
}

const WRITERS: usize = 4;
const CALLS: usize = 120;
const ROUNDS: usize = 4;
