//! What an assumed session is narrowed to and marked with, beside the role's own settings (STS API Reference, "AssumeRole").
//!
//! Rule: of profiles, our own search alone reads `session_tags`, `transitive_session_tags` and `source_identity`, spelled as
//! aws-vault spells them; other tools pass them over.

use super::fault::Fault;
use crate::Place;
use crate::reader::Profile;

/// Nothing of it is sent unless somebody asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionDetails {
    /// A session policy, as JSON.
    pub policy: Option<String>,
    /// Managed policies that narrow the session, too.
    pub policy_arns: Vec<String>,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
    /// Keys of tags that go on to sessions of roles that are assumed from this one.
    pub transitive_tag_keys: Vec<String>,
    pub source_identity: Option<String>,
    /// `ProviderId` of a web identity: `www.amazon.com` or `graph.facebook.com`, for OAuth 2.0 tokens of those.
    pub provider_id: Option<String>,
    /// Who assumes the role, where sessions that are kept are told apart by that: a role that was typed is another one's
    /// as soon as another one types it.
    pub assumed_by: Option<String>,
}

impl SessionDetails {
    /// As the keys of a profile have them.
    pub(super) fn of(profile: &Profile) -> Result<Self, Fault> {
        let text = |key| profile.text(key).filter(|text| !text.trim().is_empty());
        let list = |key| text(key).into_iter().flat_map(|text| text.split(',').map(str::trim));
        let mut tags = Vec::new();
        for pair in list(TAGS) {
            match pair.split_once('=') {
                Some((key, value)) if !key.trim().is_empty() => {
                    tags.push((key.trim().to_owned(), value.trim().to_owned()));
                }
                _ => return Err(no_tag(profile)),
            }
        }
        Ok(Self {
            tags,
            transitive_tag_keys: list(TRANSITIVE).map(str::to_owned).collect(),
            source_identity: text(SOURCE_IDENTITY).map(str::to_owned),
            ..Self::default()
        })
    }

    /// Names and values, as the AWS CLI would write them into the JSON under whose digest it keeps a session.
    pub fn cache_members(&self, string: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
        let list = |items: Vec<String>| (!items.is_empty()).then(|| format!("[{}]", items.join(", ")));
        let arn = |arn: &String| format!("{{\"arn\": {}}}", string(arn));
        let tag = |(key, value): &(String, String)| {
            format!("{{\"Key\": {}, \"Value\": {}}}", string(key), string(value))
        };
        let members = [
            ("AssumedBy", self.assumed_by.as_deref().map(&string)),
            ("Policy", self.policy.as_deref().map(&string)),
            ("PolicyArns", list(self.policy_arns.iter().map(arn).collect())),
            ("ProviderId", self.provider_id.as_deref().map(&string)),
            ("SourceIdentity", self.source_identity.as_deref().map(&string)),
            ("Tags", list(self.tags.iter().map(tag).collect())),
            ("TransitiveTagKeys", list(self.transitive_tag_keys.iter().map(|key| string(key)).collect())),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

fn no_tag(profile: &Profile) -> Fault {
    let place: Option<Place> = profile.place(TAGS).cloned();
    let at = place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
    let why = format!("{at}{TAGS} holds something that is no tag");
    Fault::fatal(why, "write tags as key1=value1,key2=value2").at(place)
}

pub(super) const TAGS: &str = "session_tags";
pub(super) const TRANSITIVE: &str = "transitive_session_tags";
pub(super) const SOURCE_IDENTITY: &str = "source_identity";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_kept_sessions_change_with_each_detail() {
        let plain = |text: &str| format!("{text:?}");
        assert_eq!(SessionDetails::default().cache_members(plain), []);
        let full = SessionDetails {
            policy: Some("{}".to_owned()),
            policy_arns: vec!["arn:a".to_owned(), "arn:b".to_owned()],
            tags: vec![("k".to_owned(), "v".to_owned())],
            transitive_tag_keys: vec!["k".to_owned()],
            source_identity: Some("ada".to_owned()),
            provider_id: None,
            assumed_by: Some("AKIA".to_owned()),
        };
        let members: Vec<String> =
            full.cache_members(plain).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(
            members,
            [
                "AssumedBy: \"AKIA\"",
                "Policy: \"{}\"",
                r#"PolicyArns: [{"arn": "arn:a"}, {"arn": "arn:b"}]"#,
                "SourceIdentity: \"ada\"",
                r#"Tags: [{"Key": "k", "Value": "v"}]"#,
                r#"TransitiveTagKeys: ["k"]"#,
            ]
        );
    }
}
