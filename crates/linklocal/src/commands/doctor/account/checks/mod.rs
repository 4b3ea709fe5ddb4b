//! Every attack, group by group, in the order in which they run.
//!
//! Rule: what AWS answers to it is captured or documented; where neither says anything there is no check.

mod buckets;
mod escalation;
mod keys;
mod mfa;
mod policies;
mod routing;
mod sessions;
mod signatures;
mod trust;

use super::super::check::Check;
use super::ground::Ground;

/// All attacks.
pub(super) fn all() -> impl Iterator<Item = &'static Check<Ground>> {
    [
        signatures::CHECKS,
        routing::CHECKS,
        keys::CHECKS,
        policies::CHECKS,
        escalation::CHECKS,
        sessions::CHECKS,
        trust::CHECKS,
        mfa::CHECKS,
        buckets::CHECKS,
    ]
    .into_iter()
    .flatten()
}

/// Answers of IAM and STS to wrong signatures, published by others who asked.
const ANSWERS: &str = "answers of IAM and STS, 2020 to 2026";
const SIGNING_GUIDE: &str = "IAM user guide, \"AWS Signature Version 4 for API requests\"";
const EVALUATION_GUIDE: &str = "IAM user guide, \"Policy evaluation logic\"";
const BOUNDARY_GUIDE: &str = "IAM user guide, \"Permissions boundaries for IAM entities\"";
const SESSION_GUIDE: &str = "IAM user guide, \"Request temporary security credentials\"";
const TRUST_GUIDE: &str = "IAM user guide, \"AWS JSON policy elements: Principal\"";
const MFA_CAPTURE: &str = "captures of MFA in IAM and STS, 2026-09";

/// A refusal by policy.
const DENIED: &[&str] = &["AccessDenied"];
/// No such key, or a session that is none.
const UNKNOWN: &[&str] = &["InvalidClientTokenId"];

fn allowing(action: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
    )
}

/// A trust policy for one principal, with a condition where one is wanted.
fn trusting(principal: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","Condition":{condition}"#) };
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]{condition}}}]}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case_under_their_group() {
        let mut seen = std::collections::HashSet::new();
        for check in all() {
            let fit =
                |part: &str| part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            let (group, name) = check.id.split_once('.').unwrap();
            assert!(fit(group) && fit(name) && !name.is_empty(), "{}", check.id);
            assert!(seen.insert(check.id), "{} twice", check.id);
            assert!(!check.title.ends_with('.') && !check.matters.ends_with('.'), "{}", check.id);
        }
        assert!(seen.len() >= 50, "{}", seen.len());
    }
}
