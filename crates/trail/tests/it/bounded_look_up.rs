//! Look-ups do not look through what is older than they ask for.

use super::*;

#[test]
fn a_look_up_ends_where_all_is_older_than_it_asks_for() {
    let world = World::new();
    let keeper = world.start();
    let called = |operation, minutes_ago: u64| {
        let time = world.now() - Duration::from_secs(minutes_ago * 60);
        keeper.record(&CallRecord { time, ..call("iam", operation) });
    };
    called("CreateUser", 5);
    called("GetUser", 180);
    // It ended late, and hides nothing.
    called("ListUsers", 65);
    called("DeleteUser", 1);
    let since = |minutes: u64| {
        let from = world.now() - Duration::from_secs(minutes * 60);
        let page = keeper.look_up(&LookUp { from, ..look_up(None) }).unwrap();
        names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(since(10), ["DeleteUser"], "what stands before an old event is not looked through");
    assert_eq!(since(130), ["DeleteUser", "ListUsers", "CreateUser"]);
    keeper.finish();
}

#[test]
fn files_are_not_opened_whose_next_one_began_too_long_ago() {
    let world = World::new();
    let keeper = world.start();
    world.record(&keeper, call("iam", "CreateUser"));
    keeper.finish();
    let (number, first) = files(&world.calls()).unwrap().remove(0);
    std::fs::rename(&first, world.calls().join(format!("{:08}.jsonl", number + 1))).unwrap();
    // Whoever opens it fails.
    std::fs::create_dir(&first).unwrap();
    world.clock.advance(Duration::from_secs(2 * 3600));
    let keeper = world.start();
    let since = |ago| LookUp { from: world.now() - Duration::from_secs(ago), ..look_up(None) };
    assert!(keeper.look_up(&since(60)).unwrap().events.is_empty());
    let opened = keeper.look_up(&since(3 * 3600));
    assert!(matches!(opened, Err(LookUpError::Unreadable(_))), "{opened:?}");
    keeper.finish();
}
