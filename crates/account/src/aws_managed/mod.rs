//! AWS's own managed policies, as data.
//!
//! Rule: what stands here is what AWS has, to the letter; a policy that is not here does not exist in the account. The data is
//! text in the binary: headers are read at first use, a document when it is first asked for.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use policy::{DocumentKind, Policy};
use sha2::{Digest, Sha256};
use types::{Arn, Timestamp};

use crate::directory::PolicyText;

/// A policy that AWS keeps. Of its versions only the default one is known.
#[derive(Debug)]
pub struct AwsManagedPolicy {
    pub name: String,
    /// Starts and ends with `/`.
    pub path: String,
    /// `ANPA…`
    pub policy_id: String,
    pub arn: Arn,
    pub description: Option<String>,
    pub create_date: Timestamp,
    pub update_date: Timestamp,
    /// The number in `v5`.
    pub default_version: u32,
    text: &'static str,
    policy: OnceLock<PolicyText>,
}

impl AwsManagedPolicy {
    /// The default version's document.
    pub fn policy(&self) -> &PolicyText {
        self.policy.get_or_init(|| {
            let policy = Policy::parse(self.text, DocumentKind::Identity);
            PolicyText::new(policy.expect("a test reads every document"))
        })
    }

    fn read(header: &'static str, description: Option<&str>, text: &'static str) -> Option<Self> {
        let fields: Vec<&str> = header.split(' ').collect();
        let [name, path, id, version, created, updated] = fields[..] else { return None };
        Some(Self {
            name: name.to_owned(),
            path: path.to_owned(),
            policy_id: if id == "-" { made_up_id(name) } else { id.to_owned() },
            arn: format!("arn:aws:iam::aws:policy{path}{name}").parse().ok()?,
            description: description.map(str::to_owned),
            create_date: created.parse().ok()?,
            update_date: updated.parse().ok()?,
            default_version: version.strip_prefix('v')?.parse().ok()?,
            text,
            policy: OnceLock::new(),
        })
    }
}

/// The policy with this ARN.
pub fn get(arn: &str) -> Option<&'static AwsManagedPolicy> {
    static BY_ARN: LazyLock<HashMap<&str, &AwsManagedPolicy>> =
        LazyLock::new(|| all().iter().map(|policy| (policy.arn.as_str(), policy)).collect());
    BY_ARN.get(arn).copied()
}

/// All, in the order of their names.
pub fn all() -> &'static [AwsManagedPolicy] {
    static POLICIES: LazyLock<Vec<AwsManagedPolicy>> = LazyLock::new(|| read(include_str!("policies.txt")));
    &POLICIES
}

/// Paragraphs: a header, perhaps a description in quotes, a document.
fn read(text: &'static str) -> Vec<AwsManagedPolicy> {
    let paragraphs = text.split("\n\n").skip(1);
    let policy = |paragraph: &'static str| {
        let lines: Vec<&'static str> = paragraph.trim_end().split('\n').collect();
        match lines[..] {
            [header, document] => AwsManagedPolicy::read(header, None, document),
            [header, description, document] => {
                AwsManagedPolicy::read(header, Some(description.trim_matches('"')), document)
            }
            _ => None,
        }
    };
    paragraphs.map(|paragraph| policy(paragraph).expect("a test reads every policy")).collect()
}

/// Stands in for an id that nobody has published: the same in every installation, in the form of AWS's newer ones.
fn made_up_id(name: &str) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digest = Sha256::digest(name);
    let letters = digest.iter().take(9).map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    format!("ANPAZKAPJZG4{}", letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use policy::document::{ActionElement, Effect};

    use super::*;

    #[test]
    fn every_policy_is_whole() {
        for policy in all() {
            assert!(!policy.policy().policy().document().statements.is_empty(), "{}", policy.name);
            assert!(policy.path.starts_with('/') && policy.path.ends_with('/'), "{}", policy.name);
            assert!(policy.create_date <= policy.update_date, "{}", policy.name);
            assert!(
                policy.policy_id.starts_with("ANPA") && policy.policy_id.len() == 21,
                "{}",
                policy.policy_id
            );
            assert!(std::ptr::eq(get(policy.arn.as_str()).unwrap(), policy));
        }
        let ids: HashSet<&str> = all().iter().map(|policy| policy.policy_id.as_str()).collect();
        assert_eq!((ids.len(), all().len()), (95, 95));
        assert!(all().is_sorted_by(|one, next| one.name < next.name));
    }

    #[test]
    fn policies_are_found_by_arn() {
        let administrator = get("arn:aws:iam::aws:policy/AdministratorAccess").unwrap();
        assert_eq!(administrator.policy_id, "ANPAIWMBCKSKIEE64ZLYK");
        assert_eq!(administrator.create_date.to_string(), "2015-02-06T18:39:46Z");
        let [statement] = &administrator.policy().policy().document().statements[..] else { panic!() };
        assert_eq!(statement.effect, Effect::Allow);
        assert_eq!(statement.action, ActionElement::Only(vec!["*".to_owned()]));
        let lambda = get("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole").unwrap();
        assert_eq!(lambda.description.as_deref(), Some("Provides write permissions to CloudWatch Logs."));
        assert!(get("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole").is_none());
    }

    /// Nothing is written here that AWS does not have: where the conformance suites are, every document is compared.
    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test's own file; this crate has no door to any")]
    fn documents_are_awss_own() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/suites/iam/aws-managed-policies/policies.json");
        let Ok(bytes) = std::fs::read(path) else {
            println!("0 managed policies compared: the conformance suites are absent");
            return;
        };
        let published: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        for policy in all() {
            let ours: serde_json::Value = serde_json::from_str(policy.policy().text()).unwrap();
            assert_eq!(ours, published[&policy.name]["Document"], "{}", policy.name);
            assert_eq!(policy.path, published[&policy.name]["Path"], "{}", policy.name);
        }
    }
}
