//! A program that gets credentials for a profile whose program gets credentials for a profile: the AWS CLI's guard, in the
//! AWS CLI's variable, so that chains of both are seen by both.

/// Profiles under way, in CSV.
pub(super) const VARIABLE: &str = "_AWS_CLI_PROFILE_CHAIN";

/// The chain comes back to a profile, or is too long.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RecursionError {
    #[error("the process asks for the credentials of profile {0:?}, for which it is run")]
    Loop(String),
    #[error("{MAX} processes ask for each other's credentials")]
    TooDeep,
}

/// The chain for the process that is started for `profile`.
pub(super) fn enter(chain: Option<&str>, profile: &str) -> Result<String, RecursionError> {
    let mut profiles = fields(chain.unwrap_or_default());
    if profiles.iter().any(|seen| seen == profile) {
        return Err(RecursionError::Loop(profile.to_owned()));
    }
    if profiles.len() >= MAX {
        return Err(RecursionError::TooDeep);
    }
    profiles.push(profile.to_owned());
    Ok(profiles.iter().map(|profile| quoted(profile)).collect::<Vec<_>>().join(","))
}

/// One line of CSV.
fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut in_quotes = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if in_quotes && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => in_quotes = !in_quotes,
            ',' if !in_quotes => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    if !line.is_empty() {
        fields.push(field);
    }
    fields
}

fn quoted(field: &str) -> String {
    match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

const MAX: usize = 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chains_grow_until_they_come_back_or_are_too_long() {
        assert_eq!(enter(None, "a"), Ok("a".to_owned()));
        assert_eq!(enter(Some(""), "a,\"b"), Ok("\"a,\"\"b\"".to_owned()));
        assert_eq!(enter(Some("\"a,\"\"b\",c"), "d"), Ok("\"a,\"\"b\",c,d".to_owned()));
        assert_eq!(enter(Some("\"a,\"\"b\",c"), "a,\"b"), Err(RecursionError::Loop("a,\"b".to_owned())));
        assert_eq!(enter(Some("a,b,c,d"), "e"), Err(RecursionError::TooDeep));
    }

    proptest! {
        #[test]
        fn names_come_back_from_the_chain(names in proptest::collection::vec(".+", 1..4)) {
            let chain = names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(",");
            prop_assert_eq!(fields(&chain), names);
        }
    }
}
