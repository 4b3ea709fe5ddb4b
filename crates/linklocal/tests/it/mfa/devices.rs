//! `linklocal mfa enable|disable|resync`: devices that are made, linked, and taken back.

use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::Duration;

use sys::{Clock, Env};
use totp::Step;
use types::Secret;
use vault::{Cost, Kind, Name, Settings, Vault};

use super::aws::seed;
use super::{DEVICE, Home};
use crate::world::{eventually, within};

const PHONE: &str = "arn:aws:iam::111122223333:mfa/phone";

/// A home whose encrypted file costs little to open.
fn home() -> Home {
    let home = Home::new("[default]\nregion = us-east-1\n[profile alice]\nregion = us-east-1\n");
    home.write("passphrase", "open sesame");
    let settings = Settings { cost: Cost::LEAST, ..settings(&home) };
    let other = Name::new(Kind::MfaSeed, "arn:aws:iam::999999999999:mfa/other").unwrap();
    Vault::open(&settings).unwrap().put(&other, &Secret::new(b"GEZDGNBVGY3TQOJQ".to_vec())).unwrap();
    home
}

fn settings(home: &Home) -> Settings {
    let passphrase = home.world.path("passphrase").display().to_string();
    let env = Env::from_pairs([
        ("HOME", home.world.path("").display().to_string()),
        ("LINKLOCAL_VAULT", "file".to_owned()),
        ("LINKLOCAL_VAULT_PASSPHRASE_FILE", passphrase),
    ]);
    Settings::from_env(&env, None).unwrap()
}

fn keeps_seed(home: &Home, serial: &str) -> bool {
    let name = Name::new(Kind::MfaSeed, serial).unwrap();
    Vault::open(&settings(home)).unwrap().get(&name).unwrap().is_some()
}

fn command(home: &Home, arguments: &[&str]) -> crate::world::Said {
    let mut command = home.command(&[&["mfa"], arguments, &["--profile", "alice"]].concat());
    command.env("LINKLOCAL_VAULT_PASSPHRASE_FILE", home.world.path("passphrase"));
    crate::world::said(&mut command)
}

#[test]
fn a_device_is_made_linked_used_and_taken_away() {
    let home = home();
    let said = command(&home, &["enable", "--virtual-mfa-device-name", "phone", "--keep", "vault", "--json"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let object: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(
        (&object["serial_number"], &object["user_name"], &object["kept_in"]),
        (&PHONE.into(), &"alice".into(), &"file".into())
    );
    assert!(home.aws.devices_of("alice").contains(&PHONE.to_owned()) && keeps_seed(&home, PHONE));
    assert!(!format!("{}{}", said.stdout, said.stderr).contains("GEZDGNBVGY3TQOJQ"));

    // The codes of linking were used; what is remembered of them and the account's own memory go for this test's haste.
    std::fs::remove_dir_all(home.world.path(".aws/linklocal/mfa")).unwrap();
    home.aws.change(|account| account.add_device(PHONE));
    let mut login = home.command(&["mfa", "login", "--profile", "alice", "--serial-number", PHONE]);
    login
        .env("LINKLOCAL_VAULT_PASSPHRASE_FILE", home.world.path("passphrase"))
        .env("LINKLOCAL_MFA_SOURCE", "totp");
    let said = crate::world::said(&mut login);
    assert_eq!(said.code, 0, "{}", said.stderr);

    let said = command(&home, &["disable", "phone", "--yes", "--json"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stdout.contains("\"deleted\":true,\"seed_forgotten\":true"), "{}", said.stdout);
    assert!(!home.aws.devices_of("alice").contains(&PHONE.to_owned()) && !keeps_seed(&home, PHONE));
}

#[test]
fn a_device_that_cannot_be_linked_is_deleted_again() {
    let home = home();
    home.aws.change(|account| account.refuses_codes = true);
    let said = command(&home, &["enable", "--virtual-mfa-device-name", "phone", "--keep", "vault"]);
    assert_eq!(said.code, 1);
    assert!(
        said.stderr.contains("is deleted again") && said.stderr.contains("InvalidAuthenticationCode"),
        "{}",
        said.stderr
    );
    assert!(home.aws.idle_devices() == 0 && !keeps_seed(&home, PHONE));
    let said = command(&home, &["enable", "--virtual-mfa-device-name", "alice", "--keep", "vault"]);
    assert!(said.stderr.contains("give the new device another name"), "{}", said.stderr);
    let said = command(&home, &["enable", "--virtual-mfa-device-name", "phone"]);
    assert!(said.code == 2 && said.stderr.contains("give --keep vault or --keep no"), "{}", said.stderr);
    let said = command(&home, &["enable", "--virtual-mfa-device-name", "phone", "--keep", "no"]);
    assert!(
        said.code == 1 && said.stderr.contains("the seed is shown at a terminal alone"),
        "{}",
        said.stderr
    );
    assert_eq!(home.aws.idle_devices(), 0);
}

#[test]
fn a_clock_that_is_wrong_makes_no_wrong_codes() {
    let home = home();
    home.aws.change(|account| account.ahead = Duration::from_secs(1200));
    let said = command(&home, &["enable", "--virtual-mfa-device-name", "phone", "--keep", "vault"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(home.aws.devices_of("alice").contains(&PHONE.to_owned()));
}

#[test]
fn a_device_is_brought_into_step() {
    let home = home();
    let now = Step::at(Clock::system().now());
    let codes = [Step(now.0 - 1), now].map(|step| seed().code_at(step).expose().clone());
    let resync = |first: &str, second: &str| {
        command(&home, &["resync", "alice", "--authentication-codes", first, second])
    };
    let said = resync(&codes[0], &codes[1]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(home.aws.asked("ResyncMFADevice")[0]["SerialNumber"], DEVICE);
    let said = resync(&codes[1], &codes[1]);
    assert!(said.code == 2 && said.stderr.contains("two different codes"), "{}", said.stderr);
}

/// `linklocal mfa enable --keep no` on a terminal of its own, which `script` (util-linux) makes; `None` where there is none.
fn at_terminal(home: &Home) -> Option<Child> {
    let line = format!(
        "stty cols 120; exec {} mfa enable --keep no --profile alice --virtual-mfa-device-name phone",
        env!("CARGO_BIN_EXE_linklocal")
    );
    let mut script = std::process::Command::new("script");
    script
        .args(["-qec", &line, "/dev/null"])
        .env_clear()
        .env("SHELL", "/bin/sh")
        .env("HOME", home.world.path(""));
    home.surround(&mut script);
    script
        .current_dir(home.world.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    script.spawn().ok()
}

#[test]
fn a_terminal_shows_the_qr_code_and_takes_two_codes() {
    let home = home();
    let Some(mut child) = at_terminal(&home) else {
        println!("no terminal here: script(1) is absent");
        return;
    };
    let now = Step::at(Clock::system().now());
    let codes = [Step(now.0 - 1), now].map(|step| seed().code_at(step).expose().clone());
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{}\n{}\n", codes[0], codes[1]).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("secret key: GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{shown}");
    assert!(shown.contains("████") && shown.contains("is linked to user alice"), "{shown}");
    assert!(home.aws.devices_of("alice").contains(&PHONE.to_owned()), "{shown}");
}

#[test]
fn who_presses_ctrl_c_leaves_no_device_behind() {
    let home = home();
    let Some(mut child) = at_terminal(&home) else {
        println!("no terminal here: script(1) is absent");
        return;
    };
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = within("the question", move || {
        let mut shown = Vec::new();
        let mut some = [0; 1024];
        while !String::from_utf8_lossy(&shown).contains("First code of") {
            let count = stdout.read(&mut some).unwrap();
            assert_ne!(count, 0, "{}", String::from_utf8_lossy(&shown));
            shown.extend_from_slice(&some[..count]);
        }
        stdout
    });
    assert_eq!(home.aws.idle_devices(), 1);
    stdin.write_all(b"\x03").unwrap();
    let rest = within("the end", move || {
        let mut rest = String::new();
        let _ = shown.read_to_string(&mut rest);
        rest
    });
    assert!(eventually(|| home.aws.idle_devices() == 0), "{rest}");
    assert!(rest.contains("is deleted again"), "{rest}");
    child.wait().unwrap();
}
