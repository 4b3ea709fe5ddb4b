//! GNOME Keyring on a session bus of its own, where both are installed (Debian: dbus, gnome-keyring).
//!
//! The outer test starts the bus, the keyring and this test program once more; the inner one is that second run. The keyring
//! ends with its bus.

use std::process::{Command, Stdio};

use sys::{Entropy, Env};
use types::Secret;
use vault::{Backend, Choice, Cost, Desktop, Kind, Listed, Name, Passphrase, Settings, Vault};

#[test]
fn gnome_keyring_keeps_secrets() {
    for program in ["dbus-run-session", "gnome-keyring-daemon"] {
        let found =
            Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
        if !found.unwrap().success() {
            eprintln!("skipped: {program} is not installed");
            return;
        }
    }
    let home = tempfile::tempdir().unwrap();
    let inner = "echo hunter2 | gnome-keyring-daemon --unlock --components=secrets >&2 && \
                 exec \"$0\" --exact secret_service::inside_a_session --ignored --nocapture";
    let run = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", inner])
        .arg(std::env::current_exe().unwrap())
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "the outer test runs it, on a bus with a keyring"]
fn inside_a_session() {
    let bus = Env::system().var("DBUS_SESSION_BUS_ADDRESS").map(str::to_owned);
    let home = tempfile::tempdir().unwrap();
    let settings = |choice| Settings {
        choice,
        file: Some(home.path().join("vault")),
        passphrase: Passphrase::Known(Secret::new("open sesame".to_owned())),
        cost: Cost::LEAST,
        entropy: Entropy::system(),
        desktop: Desktop { bus: bus.clone(), screen: false },
        remember: None,
    };
    let name = |id: &str| Name::new(Kind::MfaSeed, id).unwrap();
    let secret = |text: &str| Secret::new(text.as_bytes().to_vec());
    let vault = Vault::open(&settings(Choice::Only(Backend::SecretService))).unwrap();
    assert_eq!(vault.get(&name("a")).unwrap(), None);
    for text in ["one", "two, which is longer \u{0} and binary"] {
        vault.put(&name("a"), &secret(text)).unwrap();
        assert_eq!(vault.get(&name("a")).unwrap(), Some(secret(text)));
    }
    std::thread::scope(|scope| {
        for n in 0..10 {
            let (vault, name) = (vault.clone(), name(&format!("device {n}")));
            scope.spawn(move || vault.put(&name, &secret(&n.to_string())).unwrap());
        }
    });
    assert_eq!(vault.list(Kind::MfaSeed).unwrap().len(), 11);
    assert!(vault.list(Kind::Session).unwrap().is_empty());
    assert!(vault.remove(&name("a")).unwrap() && !vault.remove(&name("a")).unwrap());

    // What lies in the file from earlier is found beside the keyring, which is where new secrets go.
    Vault::open(&settings(Choice::Only(Backend::File))).unwrap().put(&name("old"), &secret("x")).unwrap();
    let both = Vault::open(&settings(Choice::Auto)).unwrap();
    assert_eq!((both.backend(), both.unreachable().len()), (Backend::SecretService, 0));
    assert_eq!(both.get(&name("old")).unwrap(), Some(secret("x")));
    let listed = both.list(Kind::MfaSeed).unwrap();
    assert!(listed.contains(&Listed { name: name("old"), backend: Backend::File }));
    assert!(both.remove(&name("old")).unwrap());
}
