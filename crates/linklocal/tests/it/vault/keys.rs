//! `linklocal credentials import`: keys out of the plain file, and back.

use super::{Home, SECRET};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

fn plain() -> String {
    format!("[alice]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n# mine\n")
}

fn line() -> String {
    format!(
        "credential_process = {} credentials process --vault-key alice --vault file\n",
        env!("CARGO_BIN_EXE_linklocal")
    )
}

const ROLE: &str = "[profile alice]\nregion = eu-west-1\n\n[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/admin\n\
                    source_profile = alice\n";

#[test]
fn keys_leave_the_plain_file_and_everybody_finds_them() {
    let home = Home::new().config(ROLE).credentials(&plain());
    let said = home.run(&["credentials", "import", "--remove-plain", "--profile", "alice"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(
        said.stdout.starts_with("key ****************MPLE of profile alice is in the encrypted file"),
        "{}",
        said.stdout
    );
    let remedy = "take it back: linklocal credentials import --restore --profile alice";
    assert!(said.stderr.contains(remedy), "{}", said.stderr);
    assert!(!said.stderr.contains("configure undo"), "{}", said.stderr);

    assert_eq!(home.text(".aws/credentials"), "[alice]\n# mine\n");
    assert!(home.text(".aws/config").contains(&line()), "{}", home.text(".aws/config"));
    assert_eq!(files_with_secret(&home), Vec::<String>::new());

    let handed = home.done(&["credentials", "process", "--vault-key", "alice", "--vault", "file"]);
    let handed: serde_json::Value = serde_json::from_str(&handed).unwrap();
    assert_eq!((handed["Version"].as_u64(), handed["SecretAccessKey"].as_str()), (Some(1), Some(SECRET)));
    let found = home.json(&["credentials", "resolve", "--profile", "alice"]);
    assert_eq!(
        (found["access_key_id"].as_str(), found["source"].as_str()),
        (Some(KEY), Some("custom-process"))
    );
    assert_eq!(
        home.done(&["credentials", "import", "--remove-plain", "--profile", "alice"]),
        "the keys of profile alice are in the vault already\n"
    );

    let back = home.json(&["credentials", "import", "--restore", "--profile", "alice"]);
    assert_eq!((back["vault_removed"].as_bool(), back["access_key_id"].as_str()), (Some(true), Some(KEY)));
    assert_eq!((home.text(".aws/credentials"), home.text(".aws/config").as_str()), (plain(), ROLE));
    assert!(home.vault().list(vault::Kind::LongTermKeys).unwrap().is_empty());
}

/// Copies that `configure undo` would bring back hold the secret until it leaves.
#[test]
fn older_copies_go_and_nothing_is_undone_by_halves() {
    let home = Home::new().credentials(&plain());
    home.done(&["configure", "set", "region", "eu-west-1", "--profile", "alice"]);
    home.done(&["configure", "set", "aws_access_key_id", "AKIAI44QH8DHBEXAMPLE", "--profile", "other"]);
    assert!(files_with_secret(&home).len() > 1, "a copy holds the secret");
    let said = home.run(&["credentials", "import", "--remove-plain", "--profile", "alice"]);
    assert!(said.stderr.contains("of the files held the secret and went"), "{}", said.stderr);
    assert_eq!(files_with_secret(&home), Vec::<String>::new());
    home.refused(&["configure", "undo"]);
    assert!(home.text(".aws/config").contains("--vault-key alice"));
}

/// As it is left where the process ends after each of its steps: it goes on from there.
#[test]
fn a_move_that_was_cut_short_is_finished() {
    let home = Home::new().config("[profile alice]\nregion = eu-west-1\n").credentials(&plain());
    let kept = home.run(&["credentials", "import", "--profile", "alice"]);
    assert!(kept.code == 0 && kept.stderr.contains("the plain file still holds the keys"), "{}", kept.stderr);
    assert_eq!(home.text(".aws/credentials"), plain(), "the vault has them, and so has the file");

    // The line is written before the keys go.
    home.private(".aws/config", &format!("[profile alice]\n{}", line()));
    home.done(&["credentials", "import", "--remove-plain", "--profile", "alice"]);
    assert!(!home.text(".aws/credentials").contains(SECRET));

    // On the way back the keys are written before the vault forgets them.
    home.private(".aws/credentials", &plain());
    let back = home.json(&["credentials", "import", "--restore", "--profile", "alice"]);
    assert_eq!(back["vault_removed"].as_bool(), Some(true));
    assert_eq!(home.text(".aws/credentials"), plain());
    assert!(!home.text(".aws/config").contains("credential_process"));
}

#[test]
fn a_trial_changes_nothing() {
    let home = Home::new().config(ROLE).credentials(&plain());
    let object = home.json(&["credentials", "import", "--remove-plain", "--profile", "alice", "--dry-run"]);
    assert_eq!(
        (object["dry_run"].as_bool(), object["keys"][0]["plain_removed"].as_bool()),
        (Some(true), Some(false))
    );
    assert_eq!((home.text(".aws/credentials"), home.text(".aws/config").as_str()), (plain(), ROLE));
    assert!(home.vault().list(vault::Kind::LongTermKeys).unwrap().is_empty());
}

#[test]
fn what_cannot_move_stays() {
    let token = plain().replace("# mine", "aws_session_token = t");
    let process = "[profile alice]\ncredential_process = /bin/other\n";
    let own_role = "[profile alice]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = alice\nregion = eu-west-1\n";
    for (config, credentials, says) in [
        ("", token.as_str(), "they are temporary"),
        (process, &plain(), "has a credential_process of another program"),
        ("", "[bob]\n", "has no keys in the plain files"),
        ("", "[alice]\naws_access_key_id = AKIA\n", "has half a key"),
        (own_role, &plain(), "would not find the keys of profile \"alice\""),
    ] {
        let home = Home::new().config(config).credentials(credentials);
        let said = home.refused(&["credentials", "import", "--remove-plain", "--profile", "alice"]);
        assert!(said.contains(says) && !said.contains(SECRET), "{says}: {said}");
        assert_eq!(
            (home.text(".aws/config").as_str(), home.text(".aws/credentials").as_str()),
            (config, credentials)
        );
        assert!(home.vault().list(vault::Kind::LongTermKeys).unwrap().is_empty());
    }
    let home = Home::new().credentials(&plain());
    assert!(
        home.refused(&["credentials", "import", "--restore", "--profile", "alice"])
            .contains("no line of it stands for some")
    );
}

/// Where the kernel's keys cannot be used it is refused, too, in other words.
#[test]
fn what_a_restart_forgets_is_no_place_for_the_only_copy() {
    let home = Home::new().credentials(&plain());
    let import = ["credentials", "import", "--remove-plain", "--profile", "alice", "--vault", "kernel"];
    let said = home.refused(&import);
    assert!(said.contains("is gone with a restart") || said.contains("cannot be used here"), "{said}");
    assert_eq!(home.text(".aws/credentials"), plain());
}

#[test]
fn other_keys_of_the_name_are_not_written_over() {
    let home = Home::new().credentials(&plain());
    home.done(&["credentials", "import", "--profile", "alice"]);
    home.private(".aws/credentials", &plain().replace(KEY, "AKIAI44QH8DHBEXAMPLE"));
    let import = ["credentials", "import", "--remove-plain", "--profile", "alice"];
    assert!(home.refused(&import).contains("the vault keeps other keys under the name \"alice\""));
    home.done(&[&import[..], &["--vault-key", "alice 2"]].concat());
    assert!(home.text(".aws/config").contains("--vault-key 'alice 2'"), "{}", home.text(".aws/config"));
    let found = home.json(&["credentials", "resolve", "--profile", "alice"]);
    assert_eq!(found["access_key_id"].as_str(), Some("AKIAI44QH8DHBEXAMPLE"));
}

#[test]
fn keys_of_the_console_go_into_the_vault_at_once() {
    let home = Home::new();
    let csv = format!("User name,Access key ID,Secret access key\nalice,{KEY},{SECRET}\n");
    home.private("keys.csv", &csv);
    let said = home.run(&["credentials", "import", "--csv", "keys.csv"]);
    assert!(said.code == 0 && said.stderr.contains("keys.csv still holds the secrets"), "{}", said.stderr);
    assert_eq!(home.text(".aws/config"), format!("[profile alice]\n{}", line()));
    assert_eq!(
        home.json(&["credentials", "resolve", "--profile", "alice"])["access_key_id"].as_str(),
        Some(KEY)
    );
}

#[test]
fn fifty_programs_get_the_keys_at_once() {
    let home = Home::new().credentials(&plain());
    home.done(&["credentials", "import", "--remove-plain", "--profile", "alice"]);
    std::thread::scope(|scope| {
        for _ in 0..50 {
            let home = &home;
            scope.spawn(move || {
                let printed = home.done(&["credentials", "process", "--vault-key", "alice"]);
                assert!(printed.contains(SECRET));
            });
        }
    });
}

/// Names of files below the home that hold the secret in clear.
fn files_with_secret(home: &Home) -> Vec<String> {
    let mut found = Vec::new();
    let mut directories = vec![home.world.path("")];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if let Ok(bytes) = sys::fs::read(&path, 1 << 20)
                && bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes())
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
