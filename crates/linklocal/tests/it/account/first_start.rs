//! The first start: keys shown once, the profile that gets them, and whose profiles are left alone.

use std::path::PathBuf;

use rustix::process::Signal;

use super::house::{Caller, Keys, api, up};
use crate::environment::free_address;
use crate::world::{Server, World, said, text_of};

#[test]
fn the_first_start_shows_keys_and_writes_a_profile_that_works() {
    let world = World::new();
    let server = up(&world, &[]);
    let account = &server.banner["Account"];
    assert_eq!(account["Profile"], "linklocal");
    let keys = Keys::of(&account["Administrator"]);
    let credentials = text_of(&file(&world, "credentials"));
    assert!(credentials.contains(&keys.id) && credentials.contains(&keys.secret));
    let config = text_of(&file(&world, "config"));
    assert!(config.contains(&format!("endpoint_url = http://{}", api(&server))), "{config}");
    assert!(config.contains("region = us-east-1"), "{config}");
    let mut request = world.command(&["request", "sts:GetCallerIdentity", "--profile", "linklocal"]);
    let answer = said(&mut request);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let arn = account["Administrator"]["Arn"].as_str().unwrap();
    assert!(answer.stdout.contains(arn), "{}", answer.stdout);
}

#[cfg(unix)]
#[test]
fn the_profile_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let _server = up(&world, &[]);
    let mode = file(&world, "credentials").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn later_starts_show_nothing_and_the_keys_stay() {
    let world = World::new();
    let address = free_address();
    let arguments = ["--imds", "127.0.0.1:0", "--api", &address];
    let mut server = world.up_with(&arguments);
    let keys = Keys::of(&server.banner["Account"]["Administrator"]);
    let written = text_of(&file(&world, "credentials"));
    for signal in [Signal::TERM, Signal::KILL] {
        server.end(signal);
        server = world.up_with(&arguments);
        let account = &server.banner["Account"];
        assert!(account["Administrator"].is_null() && account["Profile"].is_null(), "{account}");
        assert!(!server.banner.to_string().contains(&keys.secret));
        assert_eq!(text_of(&file(&world, "credentials")), written);
        assert_eq!(identity(&server, &keys), 200);
    }
}

#[test]
fn the_profile_follows_the_account_to_another_port() {
    let world = World::new();
    let server = up(&world, &[]);
    let before = api(&server).to_string();
    server.end(Signal::TERM);
    let taken = std::net::TcpListener::bind(&before).ok();
    let server = up(&world, &[]);
    let now = api(&server).to_string();
    assert_ne!(now, before);
    drop(taken);
    let config = text_of(&file(&world, "config"));
    assert!(config.contains(&format!("endpoint_url = http://{now}\n")), "{config}");
    let answer = said(&mut world.command(&["request", "sts:GetCallerIdentity", "--profile", "linklocal"]));
    assert_eq!(answer.code, 0, "{}", answer.stderr);
}

#[test]
fn an_endpoint_that_somebody_chose_stays() {
    let world = World::new();
    let server = up(&world, &[]);
    let keys = Keys::of(&server.banner["Account"]["Administrator"]);
    server.end(Signal::TERM);
    let others = [
        // Another account's keys; a tunnel or AWS itself; keys elsewhere.
        ("AKIAIOSFODNN7EXAMPLE", "http://127.0.0.1:1"),
        (keys.id.as_str(), "https://account.example"),
        ("", "http://127.0.0.1:1"),
    ];
    for (key, endpoint) in others {
        let keys = match key {
            "" => String::new(),
            key => format!("aws_access_key_id = {key}\naws_secret_access_key = theirs\n"),
        };
        let text = format!("[profile linklocal]\n{keys}endpoint_url = {endpoint}\n");
        world.write(".aws/config", &text);
        world.write(".aws/credentials", "");
        let server = up(&world, &[]);
        assert_eq!(text_of(&file(&world, "config")), text);
        server.end(Signal::TERM);
    }
}

#[test]
fn a_profile_of_somebody_else_is_left_alone() {
    let foreign = [
        (
            "credentials",
            "[linklocal]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = theirs\n",
        ),
        (
            "config",
            "[profile linklocal]\nrole_arn = arn:aws:iam::111122223333:role/theirs\nsource_profile = default\n",
        ),
        ("config", "[profile linklocal]\ncredential_process = /bin/theirs\n"),
        ("config", "[profile linklocal]\nendpoint_url = https://theirs.example\n"),
    ];
    for (name, text) in foreign {
        let world = World::new();
        directory(&world);
        world.write(&format!(".aws/{name}"), text);
        let server = up(&world, &[]);
        let account = &server.banner["Account"];
        assert!(account["Profile"].is_null(), "{text}: {account}");
        assert_eq!(text_of(&file(&world, name)), text);
        let other = if name == "config" { "credentials" } else { "config" };
        assert!(!file(&world, other).exists(), "{text}");
        // They are shown all the same.
        assert_eq!(identity(&server, &Keys::of(&account["Administrator"])), 200);
    }
}

#[test]
fn other_profiles_stay_as_they_are() {
    let world = World::new();
    directory(&world);
    let theirs = "# mine\n[default]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=mine\n";
    world.write(".aws/credentials", theirs);
    let server = up(&world, &["--profile", "sandbox"]);
    assert_eq!(server.banner["Account"]["Profile"], "sandbox");
    let credentials = text_of(&file(&world, "credentials"));
    assert!(credentials.starts_with(theirs) && credentials.contains("[sandbox]"), "{credentials}");
}

#[test]
fn no_profile_is_written_where_none_is_wanted() {
    let world = World::new();
    let server = up(&world, &["--no-profile"]);
    let account = &server.banner["Account"];
    assert!(account["Profile"].is_null(), "{account}");
    assert!(!world.path(".aws").exists());
    assert_eq!(identity(&server, &Keys::of(&account["Administrator"])), 200);
}

#[test]
fn an_account_is_made_when_it_is_first_served() {
    let world = World::new();
    let server = world.up();
    assert!(server.banner["Account"].is_null(), "{}", server.banner);
    assert!(!world.path(".aws").exists());
    server.end(Signal::TERM);
    let server = up(&world, &[]);
    assert_eq!(identity(&server, &Keys::of(&server.banner["Account"]["Administrator"])), 200);
}

#[test]
fn a_start_that_finds_its_port_taken_makes_no_account() {
    let world = World::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let failed = world.run(&["up", "--imds", "127.0.0.1:0", "--api", &address]);
    assert_eq!((failed.code, failed.stdout.as_str()), (1, ""));
    assert!(failed.stderr.contains(&address) && failed.stderr.contains("hint: "), "{}", failed.stderr);
    assert!(!world.path(".aws").exists());
    let server = up(&world, &[]);
    assert_eq!(server.banner["Account"]["Profile"], "linklocal");
}

/// The status of GetCallerIdentity.
fn identity(server: &Server, keys: &Keys) -> u16 {
    Caller::to(api(server), keys.clone()).unwrap().ask("sts:GetCallerIdentity", &[]).unwrap().status
}

fn file(world: &World, name: &str) -> PathBuf {
    world.path(".aws").join(name)
}

#[allow(clippy::disallowed_methods, reason = "a test makes what users have")]
fn directory(world: &World) {
    std::fs::create_dir(world.path(".aws")).unwrap();
}
