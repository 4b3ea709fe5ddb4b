//! Config and credentials files: whatever the bytes, the tree prints as them, every reader answers, and an edit leaves other
//! profiles as every SDK read them before. An input is both files, a setting's name and a value, with record separators (0x1E)
//! between.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use profile::edit::{self, Edit, Edited, Section, Target, Texts};
use profile::reader::{self, Location, Locations, Profiles, Value};
use profile::syntax::Document;
use profile::{FileState, Sdk};
use types::Secret;

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(4, |byte| *byte == SEPARATOR);
    let mut next = || parts.next().unwrap_or_default();
    let (config, credentials, name, value) = (next(), next(), next(), next());
    for bytes in [config, credentials] {
        assert_eq!(Document::parse(bytes).print(), bytes, "the tree loses nothing");
    }
    let before = Texts { config: Some(config), credentials: Some(credentials) };
    let old = read_all(before);
    let (Ok(name), Ok(value)) = (std::str::from_utf8(name), std::str::from_utf8(value)) else { return };
    let Ok(target) = Target::parse(name, Some("a")) else { return };
    let Section::Profile(profile) = target.section.clone() else { return };
    for edit in [
        Edit::Set { target: target.clone(), value: Secret::new(value.to_owned()) },
        Edit::Unset { target },
        Edit::Remove { section: Section::Profile(profile.clone()) },
    ] {
        if let Ok((edited, _)) = edit::review(&locations(), before, std::slice::from_ref(&edit)) {
            check(before, &edited, &edit, &old, &profile);
        }
    }
});

fn check(before: Texts<'_>, edited: &Edited, edit: &Edit, old: &[Option<Profiles>], profile: &str) {
    let after = edited.texts(before);
    let again = edit::edit(after, std::slice::from_ref(edit)).expect("what was written can be edited");
    assert!(again.is_empty(), "an edit made twice is made once: {:?}", again.changes);
    for (old, new) in old.iter().zip(read_all(after)) {
        if let Some(old) = old {
            let new = new.expect("who read the files reads them still");
            // A file that was mended by the way may show more profiles than before.
            let new = others(&new, profile);
            // An empty one holds nothing to lose, and a header that only one SDK takes for such may be part of what went.
            let mut old = others(old, profile).into_iter();
            let kept = old.all(|(name, settings)| settings.is_empty() || new.get(&name) == Some(&settings));
            assert!(kept, "other profiles are as they were");
        }
    }
}

fn read_all(texts: Texts<'_>) -> Vec<Option<Profiles>> {
    let state = |text: Option<&[u8]>| text.map_or(FileState::Absent, |text| FileState::Bytes(text.into()));
    let (config, credentials) = (state(texts.config), state(texts.credentials));
    let places = locations();
    let all = [Sdk::Linklocal].into_iter().chain(Sdk::OTHERS);
    all.map(|sdk| reader::read(sdk, (&places.config, &config), (&places.credentials, &credentials)).ok())
        .collect()
}

/// The profiles that the edit does not speak of, by whatever an SDK calls them.
fn others(profiles: &Profiles, edited: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let others = profiles.merged.iter().filter(|(name, _)| !name.contains(edited));
    others
        .map(|(name, profile)| {
            let settings = profile.settings.iter().map(|(key, setting)| (key.clone(), text(&setting.value)));
            (name.clone(), settings.collect())
        })
        .collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Nested(block) => {
            block.iter().map(|(key, inner)| format!("{key}={}\n", text(&inner.value))).collect()
        }
    }
}

fn locations() -> Locations {
    Locations { config: Location::new("config"), credentials: Location::new("credentials") }
}

const SEPARATOR: u8 = 0x1E;
