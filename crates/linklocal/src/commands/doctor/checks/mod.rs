//! Every check, group by group, in the order in which they run.
//!
//! Rule: an expectation is a capture, a trace, AWS's documentation or a client that was watched. Where none of them says
//! anything there is no check.

mod connections;
mod credentials;
mod errors;
mod headers;
mod identity;
mod listings;
mod methods;
mod paths;
mod safety;
mod session;
mod token;
mod values;
mod versions;

use super::check::Check;

/// All checks.
pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    [
        token::CHECKS,
        session::CHECKS,
        methods::CHECKS,
        errors::CHECKS,
        paths::CHECKS,
        listings::CHECKS,
        versions::CHECKS,
        headers::CHECKS,
        connections::CHECKS,
        values::CHECKS,
        credentials::CHECKS,
        identity::CHECKS,
        safety::CHECKS,
    ]
    .into_iter()
    .flatten()
}

/// Requests and answers recorded on a t3.nano.
const CAPTURE: &str = "capture of an instance, 2026-09";
/// Verbose output of curl and the like, published by users.
const TRACE: &str = "traces of instances, 2020 to 2026";
const V2_GUIDE: &str = "EC2 user guide, \"How Instance Metadata Service Version 2 works\"";
const RETRIEVAL_GUIDE: &str = "EC2 user guide, \"Access instance metadata for an EC2 instance\"";
const CATEGORIES_GUIDE: &str = "EC2 user guide, \"Instance metadata categories\"";
const IDENTITY_GUIDE: &str = "EC2 user guide, \"Instance identity documents\"";
const ROLE_GUIDE: &str = "EC2 user guide, \"Retrieve security credentials from instance metadata\"";
const CLIENTS: &str = "requests of unmodified clients, which EC2 answers";
const OURS: &str = "safety on a machine that others share; EC2 has no others";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case_under_their_group() {
        let mut seen = std::collections::HashSet::new();
        for check in all() {
            let fit = |part: &str| {
                !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            };
            let (group, name) = check.id.split_once('.').unwrap();
            assert!(fit(group) && fit(name), "{}", check.id);
            assert!(seen.insert(check.id), "{} twice", check.id);
            assert!(!check.title.ends_with('.') && !check.matters.ends_with('.'), "{}", check.id);
        }
        assert!(seen.len() >= 60, "{}", seen.len());
    }
}
