//! The account's secrets are in no log and in no error.

use super::house::{Answer, House, Keys};

#[test]
fn the_loudest_log_holds_no_secret_of_the_account() {
    let house = House::with(&["--log", "trace"]);
    let ann = house.user("ann");
    let device = house.done("iam:CreateVirtualMFADevice", &[("VirtualMFADeviceName", "ann")]);
    let session = house.done("sts:GetSessionToken", &[]).keys();
    let role: serde_json::Value = serde_json::from_str(
        &house.server().get_v2("/latest/meta-data/iam/security-credentials/linklocal").1,
    )
    .unwrap();
    let role = Keys::of(&role);
    let refused = refusals(&house, &ann, &session);
    let export = house.world.done(&["account", "export", "--with-secrets"]);
    assert!(export.contains(&ann.secret));
    house.world.done(&["account", "status"]);
    let log = house.server().stderr();
    assert!(log.len() > 1000, "{log}");
    let mut secrets = vec![device.element("Base32StringSeed").to_owned()];
    for keys in [&house.administrator, &ann, &session, &role] {
        secrets.push(keys.secret.clone());
        secrets.extend(keys.token.clone());
    }
    for secret in &secrets {
        assert!(!log.contains(secret), "the log holds {secret}: {log}");
        assert!(!refused.iter().any(|answer| answer.body.contains(secret)), "{refused:?}");
    }
}

/// Calls that fail with secrets at hand: by another's secret, by a broken token, by a denial.
fn refusals(house: &House, ann: &Keys, session: &Keys) -> Vec<Answer> {
    let another = Keys { secret: house.administrator.secret.clone(), ..ann.clone() };
    let broken = session.token.as_deref().map(|token| token[..token.len() - 8].to_owned());
    let broken = Keys { token: broken, ..session.clone() };
    let unknown = Keys { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), ..ann.clone() };
    let callers = [&another, &broken, &unknown, ann];
    let refused: Vec<Answer> = callers.map(|keys| house.ask(keys, "iam:ListUsers", &[])).to_vec();
    assert!(refused.iter().all(|answer| answer.status == 403), "{refused:?}");
    refused
}
