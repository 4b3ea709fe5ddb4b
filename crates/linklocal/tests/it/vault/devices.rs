//! `linklocal mfa add|list|code|remove`.

use totp::{Seed, Step};
use types::Timestamp;

use super::Home;

const ALICE: &str = "arn:aws:iam::111122223333:mfa/alice";
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

#[test]
fn a_device_lives_here() {
    let home = Home::new();
    assert_eq!(home.done(&["mfa", "list"]), "no device lives here\n");
    let added = home.fed(&["mfa", "add", ALICE], "gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n");
    assert_eq!(added.code, 0, "{}", added.stderr);
    assert!(
        added.stdout.starts_with(&format!("the seed of {ALICE} is kept in the encrypted file")),
        "{}",
        added.stdout
    );
    assert!(added.stderr.contains("note: the Secret Service cannot be used"), "{}", added.stderr);

    let list = home.json(&["mfa", "list"]);
    let device = serde_json::json!({"serial": ALICE, "name": "alice", "kept_in": "file"});
    assert_eq!(list["devices"], serde_json::json!([device]));

    let code = home.json(&["mfa", "code", "alice"]);
    let end: Timestamp = code["expiration"].as_str().unwrap().parse().unwrap();
    let step = Step(Step::at(end).0 - 1);
    let expected = Seed::from_base32(SEED).unwrap().code_at(step);
    assert_eq!(
        (code["code"].as_str(), code["serial"].as_str()),
        (Some(expected.expose().as_str()), Some(ALICE))
    );
    assert!(code["seconds_left"].as_u64().unwrap() <= 30);

    assert!(home.refused(&["mfa", "remove", "alice"]).contains("--yes says it"));
    assert_eq!(home.done(&["mfa", "remove", "alice", "--yes"]), format!("the seed of {ALICE} is gone\n"));
    assert!(home.refused(&["mfa", "code"]).contains("no seed of a device is kept here"));
}

#[test]
fn a_qr_code_is_a_seed_too_and_another_takes_its_place_when_told() {
    let home = Home::new();
    let uri = format!(
        "otpauth://totp/Amazon%20Web%20Services:alice@111122223333?secret={SEED}&issuer=Amazon%20Web%20Services"
    );
    assert_eq!(home.fed(&["mfa", "add", ALICE, "--vault", "file"], &uri).code, 0);
    let again = home.fed(&["mfa", "add", ALICE], SEED);
    assert!(again.code == 1 && again.stderr.contains("a seed is kept for"), "{}", again.stderr);
    let replaced =
        home.fed(&["mfa", "add", ALICE, "--replace", "--json"], "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    assert_eq!(
        replaced.stdout,
        format!("{{\"serial\":\"{ALICE}\",\"kept_in\":\"file\",\"replaced\":true}}\n")
    );
}

#[test]
fn what_is_no_seed_is_refused_without_repeating_it() {
    let home = Home::new();
    for (serial, input, says) in [
        (ALICE, "", "no seed was given"),
        (ALICE, "GEZDGNBV1", "seed's character 9 is not of Base32"),
        (
            ALICE,
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=8",
            "digits=8, and AWS's devices have digits=6",
        ),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ", "", "this is the device's secret"),
        ("arn:aws:iam::111122223333:u2f/user/alice/key", SEED, "security key"),
        ("alice", SEED, "is no serial number"),
    ] {
        let said = home.fed(&["mfa", "add", serial], input);
        assert!(said.code != 0 && said.stderr.contains(says), "{input}: {}", said.stderr);
        assert!(!said.stderr.contains("GEZD"), "{}", said.stderr);
    }
    assert!(home.json(&["mfa", "list"])["devices"].as_array().unwrap().is_empty());
}

#[test]
fn the_file_opens_to_its_passphrase_alone() {
    let home = Home::new();
    assert_eq!(home.fed(&["mfa", "add", ALICE], SEED).code, 0);
    home.private("passphrase", "open says me\n");
    let wrong = home.refused(&["mfa", "code"]);
    assert!(
        wrong.contains(".local/share/linklocal/vault cannot be used: its passphrase is another"),
        "{wrong}"
    );
    sys::fs::set_mode(&home.world.path("passphrase"), 0o644).unwrap();
    assert!(home.refused(&["mfa", "code"]).contains("may be read or changed by others"));
    home.private("passphrase", "open sesame\n");
    home.private(".local/share/linklocal/vault", "LLVAULT\u{1}and then something else");
    assert!(home.refused(&["mfa", "list"]).contains("its header is damaged"));
}

#[test]
fn twenty_processes_add_at_once_and_nothing_is_lost() {
    let home = Home::new();
    std::thread::scope(|scope| {
        for n in 0..20 {
            let home = &home;
            scope.spawn(move || {
                let said = home.fed(&["mfa", "add", &format!("{ALICE}{n}")], SEED);
                assert_eq!(said.code, 0, "{}", said.stderr);
            });
        }
    });
    assert_eq!(home.json(&["mfa", "list"])["devices"].as_array().unwrap().len(), 20);
}
