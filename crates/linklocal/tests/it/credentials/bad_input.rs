//! Files, processes and endpoints as they should not be: each has one error with its place and what to do, and no secret.

use std::os::unix::fs::PermissionsExt as _;

use super::services::Service;
use super::{Home, SECRET, USER};

#[test]
fn files_that_cannot_be_read_are_named() {
    let big = "[default]\n".to_owned() + &"# a line of many\n".repeat(700_000);
    let cases: [(&[u8], &str); 6] = [
        (big.as_bytes(), "~/.aws/config: "),
        (b"\xff\xfe[\0d\0e\0f\0a\0u\0l\0t\0]\0\n\0", "~/.aws/config"),
        (b"\xef\xbb\xbf[default]\nregion = x\n", "~/.aws/config:1"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0", "~/.aws/config:1"),
        (b"[default]\nregion\n", "~/.aws/config:2"),
        (b"[default]\nregion = a\n[default]\nregion = b\n", "~/.aws/config:3"),
    ];
    for (bytes, place) in cases {
        let home = Home::new().with_keys();
        write(&home, ".aws/config", bytes);
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        let object = home.json(&["credentials", "explain", "--as", "boto3"]);
        assert_eq!(object["outcome"], "error", "{shown:?}");
        let error = home.tilde(object["error"].as_str().unwrap());
        assert!(error.contains(place), "{shown:?}: {error}");
        assert!(object["remedy"].is_string(), "{shown:?}: {error}");
    }
}

#[test]
fn a_directory_in_place_of_a_file_is_no_file() {
    let home = Home::new().with_keys();
    std::fs::create_dir(home.world.path(".aws/config")).unwrap();
    assert_eq!(home.json(&["credentials", "explain", "--as", "boto3"])["access_key_id"], USER);
}

#[test]
fn a_file_that_nobody_may_read_is_named() {
    let home = Home::new().credentials("[default]\n");
    let path = home.world.path(".aws/credentials");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        println!("skipped: root reads everything");
        return;
    }
    let stderr = home.refused(&["credentials", "resolve"]);
    assert!(stderr.contains("~/.aws/credentials") && stderr.contains("\nhint: "), "{stderr}");
}

#[test]
fn loops_show_their_path() {
    let config = "[profile a]\nrole_arn = arn:aws:iam::1:role/a\nsource_profile = b\n\
                  [profile b]\nrole_arn = arn:aws:iam::1:role/b\nsource_profile = a\n";
    let stderr = Home::new().config(config).refused(&["credentials", "resolve", "--profile", "a"]);
    assert!(stderr.contains('a') && stderr.contains(" b") && stderr.contains("\nhint: "), "{stderr}");
}

#[test]
fn processes_that_break_the_contract_are_named_by_their_line() {
    let cases = [
        ("true", "nothing"),
        ("echo no json", ""),
        ("sh -c 'echo gone >&2; exit 3'", "3"),
        ("no-such-program", "cannot be started"),
        ("echo '{\"Version\":2}'", "ersion"),
    ];
    for (process, part) in cases {
        let home = Home::new().config(&format!("[default]\ncredential_process = {process}\n"));
        let home = home.and("PATH", env!("PATH"));
        let stderr = home.refused(&["credentials", "resolve"]);
        assert!(stderr.contains("~/.aws/config:2"), "{process}: {stderr}");
        assert!(stderr.contains(part) && stderr.contains("\nhint: "), "{process}: {stderr}");
    }
}

#[test]
fn a_secret_that_a_process_prints_is_not_repeated() {
    let process = format!("sh -c 'echo {SECRET} >&2; echo {SECRET}; exit 1'");
    let home =
        Home::new().config(&format!("[default]\ncredential_process = {process}\n")).and("PATH", env!("PATH"));
    // `run` itself looks for the secret on stderr.
    assert_eq!(home.run(&["credentials", "resolve"]).code, 1);
    let object = home.json(&["credentials", "explain", "--probe"]);
    assert_eq!(object["outcome"], "error", "{object}");
}

#[test]
fn endpoints_that_send_elsewhere_are_not_followed() {
    let other = Service::new(|_, _| (200, String::new()));
    let agent = Service::new(|_, _| (302, String::new()));
    let home = Home::new().and("AWS_CONTAINER_CREDENTIALS_FULL_URI", &agent.url());
    let stderr = home.refused(&["credentials", "resolve"]);
    assert!(stderr.contains(&agent.url()) && stderr.contains("\nhint: "), "{stderr}");
    assert!(other.asked().is_empty());
}

#[test]
fn a_variable_that_is_no_text_is_told_and_counts_as_not_set() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new().and("AWS_SECRET_ACCESS_KEY", SECRET);
    let mut command = home.world.command(&["credentials", "explain"]);
    command.env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_ACCESS_KEY_ID", std::ffi::OsStr::from_bytes(b"AKIA\xff"));
    let said = crate::world::said(&mut command);
    assert_eq!(said.code, 0, "{}", said.stderr);
    let warning =
        said.stdout.lines().find(|line| line.contains("AWS_ACCESS_KEY_ID is not")).unwrap_or_default();
    assert!(warning.contains("UTF-8"), "{}", said.stdout);
    assert!(said.stdout.starts_with("No source has credentials\n"), "{}", said.stdout);
}

#[test]
fn a_name_that_is_no_source_is_wrong_usage() {
    let home = Home::new();
    for arguments in [
        &["credentials", "explain", "--as", "ruby"][..],
        &["credentials", "explain", "--set", "NOVALUE"],
        &["credentials", "export", "--format", "csh"],
        &["credentials", "exec", "--min-ttl", "soon", "--", "true"],
        &["credentials", "exec"],
    ] {
        assert_eq!(home.run(arguments).code, 2, "{arguments:?}");
    }
}

#[allow(clippy::disallowed_methods, reason = "a test writes the files that users would")]
#[test]
fn a_password_in_a_url_is_not_shown() {
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
        let home = Home::new().with_keys().and(name, "https://user:hunter2/@host.example:1/path");
        for arguments in
            [&["credentials", "explain"][..], &["credentials", "explain", "--json"], &["configure", "list"]]
        {
            let said = home.run(arguments);
            assert!(!said.stdout.contains("hunter2") && !said.stderr.contains("hunter2"), "{}", said.stdout);
        }
        assert!(home.done(&["credentials", "explain"]).contains("https://****@host.example:1/path"));
    }
}

#[test]
fn arguments_of_a_process_are_not_listed() {
    let home = Home::new().config("[default]\ncredential_process = /bin/x --password hunter2\n");
    let said = home.run(&["configure", "list", "--json"]).stdout;
    assert!(said.contains("/bin/x ****") && !said.contains("hunter2"), "{said}");
}

/// Names and values of files, and what a server says, reach the terminal as text.
#[test]
#[allow(clippy::disallowed_methods, reason = "a test writes the files that users would")]
fn orders_to_a_terminal_are_shown_and_not_obeyed() {
    let config = "[default]\nregion = us\u{1b}[31m-east-1\n[profile a\u{1b}[5mb\u{202e}]\nrole_arn = \u{1b}]0;x\u{7}\n";
    let home = Home::new().config(config);
    for arguments in [
        &["credentials", "explain"][..],
        &["credentials", "explain", "--as", "all"],
        &["credentials", "explain", "--profile", "x"],
        &["credentials", "lint"],
        &["credentials", "resolve", "--profile", "\u{1b}[2J"],
        &["configure", "list"],
        &["configure", "list-profiles"],
        &["configure", "get", "\u{1b}[2J"],
    ] {
        let said = home.run(arguments);
        let is_order = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(
            !said.stdout.contains(is_order) && !said.stderr.contains(is_order),
            "{arguments:?}: {}{}",
            said.stdout,
            said.stderr
        );
    }
    // Whoever takes a value gets that value.
    assert!(home.done(&["configure", "get", "region"]).contains("us\u{1b}[31m-east-1"));
}

fn write(home: &Home, name: &str, bytes: &[u8]) {
    sys::fs::replace(&home.world.path(name), bytes, 0o644).unwrap();
}
