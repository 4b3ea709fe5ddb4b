//! Where long-term keys stand on this machine: in the environment of whoever looks, and in the profiles of his files.
//!
//! Rule: key ids are read and nothing else; a file that cannot be read says nothing.

use profile::Sdk;
use profile::reader::Profile;
use sys::Env;
use trail::findings::{KeyHome, KeyPlace};

use crate::arguments::KeyArguments;
use crate::commands::credentials::Snapshot;

pub(super) fn key_places(env: &Env) -> Vec<KeyPlace> {
    let snapshot = Snapshot::of_keys(env, &KeyArguments::default());
    let ground = snapshot.ground(Sdk::Linklocal);
    let profiles = ground.profiles().into_iter().flat_map(|profiles| &profiles.merged);
    let in_profiles = profiles.filter_map(|(name, profile)| in_profile(name, profile));
    env.var(VARIABLE).filter(|id| !id.is_empty()).map(in_environment).into_iter().chain(in_profiles).collect()
}

fn in_environment(id: impl Into<String>) -> KeyPlace {
    let told = format!("the key stands in {VARIABLE} here, where you look");
    KeyPlace { access_key_id: id.into(), home: KeyHome::Environment, told }
}

fn in_profile(name: &str, profile: &Profile) -> Option<KeyPlace> {
    let (id, place) = (profile.text(KEY)?, profile.place(KEY)?);
    let (home, told) = match name {
        "default" => (KeyHome::DefaultProfile, format!("the key stands in the default profile ({place})")),
        name => (
            KeyHome::NamedProfile,
            format!(
                "the key stands in the profile {name} ({place}), which counts only where it is named (--profile, AWS_PROFILE)"
            ),
        ),
    };
    Some(KeyPlace { access_key_id: id.to_owned(), home, told })
}

const VARIABLE: &str = "AWS_ACCESS_KEY_ID";
const KEY: &str = "aws_access_key_id";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods, reason = "a test writes the file that a user would")]
    fn keys_are_found_where_they_stand_and_secrets_are_not_told() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("credentials");
        let text = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = hush\n\
                    [work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = hush\n[empty]\nregion = x\n";
        std::fs::write(&file, text).unwrap();
        let none = directory.path().join("none");
        let env = Env::from_pairs([
            ("AWS_ACCESS_KEY_ID", "AKIAHERE"),
            ("AWS_SECRET_ACCESS_KEY", "hush"),
            ("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()),
            ("AWS_CONFIG_FILE", none.to_str().unwrap()),
        ]);
        let mut places = key_places(&env);
        assert!(!format!("{places:?}").contains("hush"));
        places.sort_by(|a, b| a.access_key_id.cmp(&b.access_key_id));
        let found: Vec<_> = places.iter().map(|place| (&*place.access_key_id, place.home)).collect();
        let expected = [
            ("AKIADEFAULT", KeyHome::DefaultProfile),
            ("AKIAHERE", KeyHome::Environment),
            ("AKIAWORK", KeyHome::NamedProfile),
        ];
        assert_eq!(found, expected);
        assert!(places[2].told.contains("credentials:5"), "{}", places[2].told);
    }
}
