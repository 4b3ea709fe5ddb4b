//! Edits recorded of the AWS CLI, made here: none leaves a file that two SDKs read differently without saying so. And for any
//! files at all: no edit changes another setting under any reader model.

use profile::edit::{self, Edit, EditError, Edited, Keys, Section, Target, Texts};
use profile::reader::{self, FileKind, Location, Locations};
use profile::{FileState, Sdk};
use proptest::prelude::*;
use serde::Deserialize;
use types::Secret;

use crate::suites;

#[test]
fn recorded_edits_of_the_cli_leave_no_silent_disagreement() {
    let Some(json) = suites::json("linklocal-differential/configure-writer-golden.json") else { return };
    let suite: Suite = serde_json::from_value(json).unwrap();
    let (mut read_by_all, mut warned, mut refused, mut other_bytes) = (0, 0, 0, 0);
    for case in &suite.cases {
        let Some(edits) = case.edits() else { continue };
        let (edited, warnings) = match edit::review(&locations(), case.before.texts(), &edits) {
            Ok(reviewed) => reviewed,
            Err(error) => {
                println!("{}: refused: {error}", case.id);
                refused += 1;
                continue;
            }
        };
        let silent = disagreeing(case.before.texts(), &edited).into_iter();
        let silent: Vec<Sdk> =
            silent.filter(|sdk| !warnings.iter().any(|warning| warning.sdk == *sdk)).collect();
        assert!(silent.is_empty(), "{}: {silent:?} read otherwise and nobody says so", case.id);
        for warning in &warnings {
            println!("{}: {}{warning}", case.id, if warning.standing { "as before, " } else { "" });
        }
        *(if warnings.is_empty() { &mut read_by_all } else { &mut warned }) += 1;
        if !case.after.same_bytes(case.before.texts(), &edited) {
            other_bytes += 1;
            println!("{}: other bytes than the AWS CLI's", case.id);
        }
    }
    println!(
        "{} cases: {read_by_all} read as asked by all, {warned} with a warning, {refused} refused; {other_bytes} with other \
         bytes than the AWS CLI's",
        suite.cases.len()
    );
    assert!(read_by_all + warned + refused > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn an_edit_changes_no_other_setting(config in file(true), credentials in file(false), edits in edits()) {
        let before = Texts { config: Some(config.as_bytes()), credentials: Some(credentials.as_bytes()) };
        match edit::review(&locations(), before, &edits) {
            Ok((edited, warnings)) => {
                for sdk in disagreeing(before, &edited) {
                    prop_assert!(warnings.iter().any(|warning| warning.sdk == sdk), "{sdk} in silence");
                }
                let after = edited.texts(before);
                if let [edit] = edits.as_slice() {
                    let again = edit::edit(after, std::slice::from_ref(edit)).unwrap();
                    prop_assert!(again.is_empty(), "twice is once: {:?}", again.changes);
                }
                check_changes(before, &edited);
            }
            Err(EditError::Harm(harm)) => prop_assert!(harm.is_harm()),
            Err(_) => {}
        }
    }
}

/// Every line that the edit did not name is there, in its order.
fn check_changes(before: Texts<'_>, edited: &Edited) {
    for (file, old, new) in [
        (FileKind::Config, before.config, &edited.config),
        (FileKind::Credentials, before.credentials, &edited.credentials),
    ] {
        let Some(new) = new else { continue };
        let touched = |act| {
            let of = edited.changes.iter().filter(move |change| change.file == file && act == change.act);
            of.map(|change| change.line).collect::<Vec<usize>>()
        };
        let (added, changed, removed) =
            (touched(edit::Act::Added), touched(edit::Act::Changed), touched(edit::Act::Removed));
        let lines = |text: &[u8], skip: &[usize]| -> Vec<String> {
            let text = String::from_utf8_lossy(text).into_owned();
            let lines = text
                .lines()
                .enumerate()
                .filter(|(at, line)| !skip.contains(&(at + 1)) && !line.trim().is_empty());
            lines.map(|(_, line)| line.to_owned()).collect()
        };
        let kept = lines(new, &[added, changed.clone()].concat());
        let old = lines(old.unwrap_or_default(), &removed);
        assert_eq!(kept.len() + changed.len(), old.len());
        let mut rest = old.iter();
        assert!(kept.iter().all(|line| rest.any(|old| old == line)), "{kept:?} in {old:?}");
    }
}

/// The SDKs that read one of the edited settings otherwise than was asked, or nothing at all.
fn disagreeing(before: Texts<'_>, edited: &Edited) -> Vec<Sdk> {
    let after = edited.texts(before);
    let state = |text: Option<&[u8]>| text.map_or(FileState::Absent, |text| FileState::Bytes(text.into()));
    let (config, credentials) = (state(after.config), state(after.credentials));
    let places = locations();
    let reads_as_asked = |sdk: &Sdk| {
        let Ok(profiles) = reader::read(*sdk, (&places.config, &config), (&places.credentials, &credentials))
        else {
            return false;
        };
        edited.intents.iter().all(|intent| {
            let read = edit::look(*sdk, &profiles, &intent.target).map(|(text, _)| text);
            let asked = intent.value.as_ref().map(|value| value.expose());
            intent.whole_section || !edit::is_known(*sdk, &intent.target) || read.as_ref() == asked
        })
    };
    Sdk::OTHERS.into_iter().filter(|sdk| !reads_as_asked(sdk)).collect()
}

/// Files with everything in them that SDKs read in different ways.
fn file(config: bool) -> impl Strategy<Value = String> {
    let header = if config {
        prop::sample::select(vec![
            "[profile a]",
            "[default]",
            "[profile default]",
            "[profile  a]",
            "[ profile a ]",
            "[profile b]",
            "[a]",
            "[profile 'a']",
            "[services s]",
            "[sso-session s]",
            "[DEFAULT]",
            "[profile a] # c",
        ])
    } else {
        prop::sample::select(vec!["[a]", "[default]", "[profile a]", "[ a ]", "[b]", "[a] ; c", "[DEFAULT]"])
    };
    let line = prop::sample::select(vec![
        "region = r",
        "Region=r",
        "region: r",
        "  region = r",
        "region = r # c",
        "output = json",
        "# comment",
        "  # comment",
        "",
        "s3 =",
        "s3 = x",
        "  addressing_style = path",
        "\taddressing_style=path",
        "  region = inner",
        "    deeper",
        "aws_access_key_id = OLD",
        "aws_secret_access_key = old",
        "aws_session_token = old",
        "aws_account_id = 1",
        "region =",
        "output = x ; c",
        "services = s",
        "sso_region = x",
        "sts =",
        "  endpoint_url = http://x",
        "garbage",
    ]);
    let section = (header, prop::collection::vec(line, 0..6));
    let end = prop::sample::select(vec!["\n", "\n", "\r\n"]);
    (prop::collection::vec(section, 0..4), end, any::<bool>()).prop_map(|(sections, end, ended)| {
        let lines: Vec<&str> = sections
            .iter()
            .flat_map(|(header, lines)| std::iter::once(*header).chain(lines.iter().copied()))
            .collect();
        let last = if ended && !lines.is_empty() { end } else { "" };
        lines.join(end) + last
    })
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let names = vec![
        "region",
        "Region",
        "output",
        "s3.addressing_style",
        "s3.region",
        "profile.a.region",
        "profile.default.region",
        "profile.new.region",
        "aws_access_key_id",
        "aws_session_token",
        "sso-session.s.sso_region",
        "services.s.sts.endpoint_url",
        "profile.a b.region",
        "s3",
    ];
    let target = (prop::sample::select(names), prop::sample::select(vec!["a", "default", "b"]))
        .prop_map(|(name, profile)| Target::parse(name, Some(profile)).unwrap());
    let value = prop::sample::select(vec!["v", "a #b", " v ", "", "'q'", "=x="]);
    let profile = prop::sample::select(vec!["a", "default", "new"]);
    let edit = prop_oneof![
        4 => (target.clone(), value).prop_map(|(target, value)| Edit::Set { target, value: secret(value) }),
        2 => target.prop_map(|target| Edit::Unset { target }),
        1 => (profile.clone(), any::<bool>()).prop_map(|(profile, token)| Edit::Keys {
            profile: profile.to_owned(),
            keys: Keys {
                access_key_id: "AKIDNEW".to_owned(),
                secret_access_key: secret("new"),
                session_token: token.then(|| secret("token")),
                account_id: None,
                expiration: None,
            },
        }),
        1 => profile.clone().prop_map(|profile| Edit::ForgetKeys { profile: profile.to_owned() }),
        1 => profile.prop_map(|name| Edit::Remove { section: Section::Profile(name.to_owned()) }),
    ];
    prop::collection::vec(edit, 1..4)
}

fn locations() -> Locations {
    Locations { config: Location::new("config"), credentials: Location::new("credentials") }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[derive(Deserialize)]
struct Suite {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    args: Vec<String>,
    stdin: Option<String>,
    profile: String,
    before: Before,
    after: After,
}

#[derive(Deserialize)]
struct Before {
    config: Option<String>,
    credentials: Option<String>,
}

#[derive(Deserialize)]
struct After {
    config: Option<String>,
    credentials: Option<String>,
}

impl Case {
    /// What the AWS CLI was asked to do, in our terms.
    fn edits(&self) -> Option<Vec<Edit>> {
        let words: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let profile = words.iter().position(|word| *word == "--profile").map(|at| words[at + 1]);
        match words.as_slice() {
            ["configure", "set", name, value, ..] => {
                let target = Target::parse(name, profile).ok()?;
                Some(vec![Edit::Set { target, value: secret(value) }])
            }
            ["configure", "import", ..] => Some(vec![keys(&self.profile, "AKIDU", "SECU", None)]),
            ["configure", "--profile", _] | ["configure"] => Some(self.interactive()),
            _ => None,
        }
    }

    fn interactive(&self) -> Vec<Edit> {
        let mut answers = self.stdin.as_deref().unwrap_or_default().lines();
        let mut next = || answers.next().unwrap_or_default();
        let (id, secret_key) = (next(), next());
        let token = id.trim().starts_with("ASIA").then(&mut next);
        let mut edits = Vec::new();
        if !id.is_empty() {
            edits.push(keys(&self.profile, id, secret_key, token));
        }
        for key in ["region", "output"] {
            let value = next();
            if !value.is_empty() {
                let target = Target::new(Section::Profile(self.profile.clone()), key);
                edits.push(Edit::Set { target, value: secret(value) });
            }
        }
        edits
    }
}

fn keys(profile: &str, id: &str, secret_key: &str, token: Option<&str>) -> Edit {
    Edit::Keys {
        profile: profile.to_owned(),
        keys: Keys {
            access_key_id: id.to_owned(),
            secret_access_key: secret(secret_key),
            session_token: token.map(secret),
            account_id: None,
            expiration: None,
        },
    }
}

impl Before {
    fn texts(&self) -> Texts<'_> {
        Texts {
            config: self.config.as_deref().map(str::as_bytes),
            credentials: self.credentials.as_deref().map(str::as_bytes),
        }
    }
}

impl After {
    fn same_bytes(&self, before: Texts<'_>, edited: &Edited) -> bool {
        let after = edited.texts(before);
        let same =
            |ours: Option<&[u8]>, theirs: &Option<String>| ours == theirs.as_deref().map(str::as_bytes);
        same(after.config, &self.config) && same(after.credentials, &self.credentials)
    }
}
