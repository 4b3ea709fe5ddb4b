//! Keys that win and will be refused: for every SDK alike.
//!
//! Rule: only what the text of the keys tells, and none of the text but the last four characters of the key id.

use types::{AccessKeyId, KeyKind};

use super::counterfactual::masked;
use super::{Plan, Provider, StaticKeys, Warning};
use crate::Place;

/// What is wrong with the static keys that win, or that the role that wins is assumed with.
pub(super) fn warnings(plan: &Plan) -> Vec<Warning> {
    let Some(winner) = plan.winner() else {
        return Vec::new();
    };
    let mut provider = winner.provider.as_ref();
    loop {
        provider = match provider {
            Some(Provider::AssumeRole(role)) => Some(&role.base),
            Some(Provider::MfaSession(session)) => Some(&session.base),
            _ => break,
        };
    }
    let place = winner.places.first().cloned();
    match provider {
        Some(Provider::Static(keys)) => of_keys(keys, place.as_ref()),
        _ => Vec::new(),
    }
}

fn of_keys(keys: &StaticKeys, place: Option<&Place>) -> Vec<Warning> {
    let id = keys.access_key_id.as_str();
    let secret = keys.secret_access_key.expose();
    let has_token = keys.session_token.as_ref().is_some_and(|token| !token.expose().is_empty());
    let kind = id.trim().parse::<AccessKeyId>().ok().map(|id| id.kind());
    let shown = masked(id);
    let mut found = Vec::new();
    if id.trim().is_empty() || secret.trim().is_empty() {
        found
            .push(("empty-key", "the keys are empty: AWS refuses every request signed with them".to_owned()));
    } else if id.trim() != id || secret.trim() != *secret {
        found.push((
            "blank-in-key",
            format!("blanks stand around the keys of {shown}: AWS refuses their signatures"),
        ));
    }
    if kind == Some(KeyKind::Temporary) && !has_token {
        let text = format!("{shown} is a temporary key, and its session token is missing: AWS refuses it");
        found.push(("temporary-key-without-token", text));
    }
    if kind == Some(KeyKind::LongTerm) && has_token {
        let text = format!(
            "{shown} is a long-term key, and the session token beside it is another key's: AWS refuses it"
        );
        found.push(("long-term-key-with-token", text));
    }
    found.into_iter().map(|(code, text)| Warning { code, text, place: place.cloned() }).collect()
}

#[cfg(test)]
mod tests {
    use types::Secret;

    use super::*;

    fn codes(id: &str, secret: &str, token: Option<&str>) -> Vec<&'static str> {
        let keys = StaticKeys {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new(secret.to_owned()),
            session_token: token.map(|token| Secret::new(token.to_owned())),
            account_id: None,
            expiration: None,
        };
        of_keys(&keys, None).iter().map(|warning| warning.code).collect()
    }

    #[test]
    fn keys_that_aws_refuses() {
        assert_eq!(codes("AKIAIOSFODNN7EXAMPLE", "s", None), [""; 0]);
        assert_eq!(codes("ASIAIOSFODNN7EXAMPLE", "s", Some("t")), [""; 0]);
        assert_eq!(codes("ASIAIOSFODNN7EXAMPLE", "s", None), ["temporary-key-without-token"]);
        assert_eq!(codes("ASIAIOSFODNN7EXAMPLE", "s", Some("")), ["temporary-key-without-token"]);
        assert_eq!(codes("AKIAIOSFODNN7EXAMPLE", "s", Some("t")), ["long-term-key-with-token"]);
        assert_eq!(codes(" AKIAIOSFODNN7EXAMPLE", "s", None), ["blank-in-key"]);
        assert_eq!(codes("", "", None), ["empty-key"]);
        // Other makers' keys say nothing by their form.
        assert_eq!(codes("minio", "minio123", Some("t")), [""; 0]);
    }
}
