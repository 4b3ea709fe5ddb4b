//! Edits by example: what a person finds in the file afterwards.

use super::*;
use crate::reader::Location;

/// File before, setting, value, file after. All are of profile `a`.
const SETS: &[(&str, &str, &str, &str)] = &[
    // A key in another case is the same key, and is written as all SDKs read it.
    ("[profile a]\nRegion = x\n", "region", "y", "[profile a]\nregion = y\n"),
    ("[profile a]\nregion = x\n", "Region", "y", "[profile a]\nregion = y\n"),
    // One in a block is not.
    ("[profile a]\ns3 =\n  region = in\n", "region", "y", "[profile a]\ns3 =\n  region = in\nregion = y\n"),
    // Headers are found in every spelling, and none is added beside them.
    ("[profile  a]\nregion = x\n", "region", "y", "[profile  a]\nregion = y\n"),
    ("[ profile a ] # c\nregion = x\n", "region", "y", "[ profile a ] # c\nregion = y\n"),
    ("[profile 'a']\nregion = x\n", "region", "y", "[profile 'a']\nregion = y\n"),
    // Where SDKs differ in which spelling they read, all are edited.
    (
        "[profile a]\nregion = x\n[profile  a]\noutput = json\n",
        "region",
        "y",
        "[profile a]\nregion = y\n[profile  a]\noutput = json\nregion = y\n",
    ),
    ("[profile default]\nregion = x\n", "default.region", "y", "[profile default]\nregion = y\n"),
    (
        "[default]\nregion = x\n[profile default]\n",
        "default.region",
        "y",
        "[default]\nregion = y\n[profile default]\nregion = y\n",
    ),
    // What continued the old value goes, comments stay, in the first column, where nobody takes them for the value.
    (
        "[profile a]\nrole_arn = x:\n  role/y\n  # mine\noutput = json\n",
        "role_arn",
        "z",
        "[profile a]\nrole_arn = z\n# mine\noutput = json\n",
    ),
    ("[profile a]\nregion = x # mine\n", "region", "y", "[profile a]\n# mine\nregion = y\n"),
    // The style of the file is kept, as far as all SDKs read it.
    ("[profile a]\r\nregion=x\r\n", "output", "json", "[profile a]\r\nregion=x\r\noutput=json\r\n"),
    ("[profile a]\nregion   =  x\n", "region", "y", "[profile a]\nregion   =  y\n"),
    ("[profile a]\nregion: x\n", "region", "y", "[profile a]\nregion = y\n"),
    ("[profile a]\n  region = x\n", "region", "y", "[profile a]\nregion = y\n"),
    (
        "[profile a]\n  region = x\n  output = json\n",
        "region",
        "y",
        "[profile a]\n  region = y\n  output = json\n",
    ),
    ("\u{feff}[profile a]\nregion = x", "region", "y", "\u{feff}[profile a]\nregion = y"),
    // New settings stand behind the last one, not behind the comments about the next section.
    (
        "[profile a]\nregion = x\n\n# about b\n[profile b]\n",
        "output",
        "json",
        "[profile a]\nregion = x\noutput = json\n\n# about b\n[profile b]\n",
    ),
    ("[profile a]\nregion = x", "output", "json", "[profile a]\nregion = x\noutput = json\n"),
    // New sections keep the distance of the others.
    ("", "region", "y", "[profile a]\nregion = y\n"),
    ("[default]\nregion = x\n", "region", "y", "[default]\nregion = x\n\n[profile a]\nregion = y\n"),
    (
        "[default]\n[profile b]\nx = y\n",
        "region",
        "y",
        "[default]\n[profile b]\nx = y\n[profile a]\nregion = y\n",
    ),
    // A setting that stands twice stands once.
    ("[profile a]\nregion = x\nREGION = z\n", "region", "y", "[profile a]\nregion = y\n"),
    (
        "[profile a]\nregion = x\n[profile b]\n[profile a]\nregion = z\n",
        "region",
        "y",
        "[profile a]\n[profile b]\n[profile a]\nregion = y\n",
    ),
    // Blanks that were pasted along are left out; an empty value is one.
    ("[profile a]\n", "region", " y\t", "[profile a]\nregion = y\n"),
    ("[profile a]\nregion = x\n", "region", "", "[profile a]\nregion =\n"),
    // Blocks.
    (
        "[profile a]\ns3 =\n\taddressing_style=path\noutput = json\n",
        "s3.addressing_style",
        "virtual",
        "[profile a]\ns3 =\n\taddressing_style=virtual\noutput = json\n",
    ),
    (
        "[profile a]\ns3 =\n  one = 1\n  # c\n  two = 2\n\noutput = json\n",
        "s3.three",
        "3",
        "[profile a]\ns3 =\n  one = 1\n  # c\n  two = 2\n  three = 3\n\noutput = json\n",
    ),
    ("[profile a]\ns3 =\n", "s3.one", "1", "[profile a]\ns3 =\n    one = 1\n"),
    ("[profile a]\nregion = x\n", "s3.one", "1", "[profile a]\nregion = x\ns3 =\n    one = 1\n"),
    ("", "services.s.sts.endpoint_url", "http://x", "[services s]\nsts =\n    endpoint_url = http://x\n"),
    (
        "[sso-session s]\nsso_region = x\n",
        "sso-session.s.sso_region",
        "y",
        "[sso-session s]\nsso_region = y\n",
    ),
    ("", "plugins.cli_legacy_plugin_path", "/x", "[plugins]\ncli_legacy_plugin_path = /x\n"),
    // Only botocore reads quotes, so only names that need them get them.
    ("", "profile.b c.region", "y", "[profile 'b c']\nregion = y\n"),
];

#[test]
fn a_setting_is_written_as_everybody_reads_it() {
    for (before, name, value, after) in SETS {
        let texts = Texts { config: Some(before.as_bytes()), credentials: None };
        let edited =
            edit(texts, &[set(name, value)]).unwrap_or_else(|error| panic!("{before:?} {name}: {error}"));
        assert_eq!(show(edited.config.as_deref()), *after, "{before:?} {name}");
        assert_eq!(edited.credentials, None);
        let again = Texts { config: Some(after.as_bytes()), credentials: None };
        assert!(edit(again, &[set(name, value)]).unwrap().is_empty(), "{after:?} {name} again");
    }
}

/// File before, setting, file after.
const UNSETS: &[(&str, &str, &str)] = &[
    ("[profile a]\nRegion = x\n  more\noutput = y\n", "region", "[profile a]\noutput = y\n"),
    ("[profile a]\noutput = y\nregion = x\n  # c\n", "region", "[profile a]\noutput = y\n# c\n"),
    ("[profile a]\ns3 =\n  one = 1\n  two = 2\n", "s3.one", "[profile a]\ns3 =\n  two = 2\n"),
    ("[profile a]\ns3 =\n  one = 1\nregion = x\n", "s3.one", "[profile a]\nregion = x\n"),
    ("[profile a]\ns3 =\n  one = 1\nregion = x\n", "s3", "[profile a]\nregion = x\n"),
];

#[test]
fn what_is_unset_goes_whole() {
    for (before, name, after) in UNSETS {
        let texts = Texts { config: Some(before.as_bytes()), credentials: None };
        let target = Target::parse(name, Some("a")).unwrap();
        let edited = edit(texts, &[Edit::Unset { target: target.clone() }]).unwrap();
        assert_eq!(show(edited.config.as_deref()), *after, "{before:?} {name}");
        let again = Texts { config: edited.config.as_deref(), credentials: None };
        assert!(edit(again, &[Edit::Unset { target }]).unwrap().is_empty());
    }
}

#[test]
fn a_section_goes_with_its_settings_and_leaves_comments_on_others() {
    let config = "[default]\nregion = x\n\n[profile a]\nregion = y\n# about b\n[profile b]\n";
    let texts =
        Texts { config: Some(config.as_bytes()), credentials: Some(b"[a]\nx = y\n\n[b]\nx = y\n\n[a]\n") };
    let remove = Edit::Remove { section: Section::Profile("a".to_owned()) };
    let edited = edit(texts, &[remove]).unwrap();
    assert_eq!(show(edited.config.as_deref()), "[default]\nregion = x\n\n# about b\n[profile b]\n");
    assert_eq!(show(edited.credentials.as_deref()), "[b]\nx = y\n");
}

/// Config and credentials files before, key set, both after.
type KeyCase = (&'static str, &'static str, [Option<&'static str>; 2], &'static str, &'static str);

const KEYS: &[KeyCase] = &[
    ("", "", [None, None], "", "[a]\naws_access_key_id = NEW\naws_secret_access_key = new\n"),
    // A token of the older key does not stay, wherever it stood.
    (
        "[profile a]\naws_session_token = t\nregion = x\n",
        "[a]\naws_access_key_id = OLD\naws_secret_access_key = old\naws_session_token = t\naws_security_token = t\n",
        [None, None],
        "[profile a]\nregion = x\n",
        "[a]\naws_access_key_id = NEW\naws_secret_access_key = new\n",
    ),
    // Keys that stand in the config file are changed there: in two files, SDKs would mix them.
    (
        "[profile a]\naws_access_key_id = OLD\naws_secret_access_key = old\n",
        "",
        [Some("token"), None],
        "[profile a]\naws_access_key_id = NEW\naws_secret_access_key = new\naws_session_token = token\n",
        "",
    ),
    // The account goes with the key.
    (
        "",
        "[a]\naws_account_id = 1\n",
        [None, None],
        "",
        "[a]\naws_access_key_id = NEW\naws_secret_access_key = new\n",
    ),
    (
        "",
        "[a]\naws_account_id = 1\n",
        [None, Some("2")],
        "",
        "[a]\naws_account_id = 2\naws_access_key_id = NEW\naws_secret_access_key = new\n",
    ),
];

#[test]
fn a_key_changes_as_one() {
    for (config, credentials, [token, account], config_after, credentials_after) in KEYS {
        let texts = Texts { config: Some(config.as_bytes()), credentials: Some(credentials.as_bytes()) };
        let keys = Keys {
            access_key_id: "NEW".to_owned(),
            secret_access_key: secret("new"),
            session_token: token.map(secret),
            account_id: account.map(str::to_owned),
            expiration: None,
        };
        let edited = edit(texts, &[Edit::Keys { profile: "a".to_owned(), keys }]).unwrap();
        let after = edited.texts(texts);
        assert_eq!((show(after.config), show(after.credentials)), (*config_after, *credentials_after));
    }
}

#[test]
fn a_new_key_id_alone_takes_the_old_token_along() {
    let credentials = b"[a]\naws_access_key_id = OLD\naws_secret_access_key = s\naws_session_token = t\n";
    let texts = Texts { config: None, credentials: Some(credentials) };
    let edited = edit(texts, &[set("aws_access_key_id", "NEW")]).unwrap();
    let after = "[a]\naws_access_key_id = NEW\naws_secret_access_key = s\n";
    assert_eq!(show(edited.credentials.as_deref()), after);
    assert!(matches!(edited.notes.as_slice(), [Note::Outdated { file: FileKind::Credentials, .. }]));
    let same = edit(texts, &[set("aws_access_key_id", "OLD")]).unwrap();
    assert!(same.is_empty(), "the same key keeps its token");
}

#[test]
fn the_end_of_a_session_stands_beside_its_keys_and_goes_with_them() {
    let keys = |expiration: Option<&str>| Keys {
        access_key_id: "NEW".to_owned(),
        secret_access_key: secret("n"),
        session_token: None,
        account_id: None,
        expiration: expiration.map(|end| end.parse().unwrap()),
    };
    let edit_keys = |texts, keys| edit(texts, &[Edit::Keys { profile: "a".to_owned(), keys }]).unwrap();
    let empty = Texts { config: None, credentials: None };
    let written = edit_keys(empty, keys(Some("2026-11-22T22:00:00.5Z"))).credentials.unwrap();
    let bare = "[a]\naws_access_key_id = NEW\naws_secret_access_key = n\n";
    assert_eq!(show(Some(&written)), format!("{bare}x_security_token_expires = 2026-11-22T22:00:00Z\n"));
    let before = Texts { config: None, credentials: Some(&written) };
    assert_eq!(show(edit_keys(before, keys(None)).credentials.as_deref()), bare);
    let other = edit(before, &[set("aws_access_key_id", "OTHER")]).unwrap();
    assert_eq!(show(other.credentials.as_deref()), bare.replace("NEW", "OTHER"));
}

#[test]
fn a_setting_is_changed_where_it_is_read() {
    let texts = Texts { config: Some(b"[profile a]\n"), credentials: Some(b"[a]\nregion = x\n") };
    let edited = edit(texts, &[set("region", "y")]).unwrap();
    assert_eq!((edited.config.as_deref(), show(edited.credentials.as_deref())), (None, "[a]\nregion = y\n"));
    assert!(matches!(edited.notes.as_slice(), [Note::InCredentials { .. }]));
}

#[test]
fn changes_are_told_by_line_and_hold_no_value() {
    let texts = Texts { config: Some(b"[profile a]\nregion = x\nREGION = z # c\n"), credentials: None };
    let edited = edit(texts, &[set("region", "hunter2"), set("output", "json")]).unwrap();
    let told: Vec<String> = edited.changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "config:2: line added at [profile a]",
            "config:3: region changed in [profile a]",
            "config:4: output added in [profile a]",
            "config:2: region removed in [profile a]",
        ]
    );
    let all = format!("{edited:?} {:?} {:?}", edited.intents, set("region", "hunter2"));
    assert!(!all.contains("hunter2") && !all.contains("json"), "{all}");
}

#[test]
fn what_cannot_be_written_is_refused_with_its_place() {
    let cases: &[(&[u8], &str, &str, &str)] = &[
        (
            b"",
            "region",
            "a\nb",
            "the value of region holds a line break; no program reads it back, so leave it out",
        ),
        (b"", "region", "a\x07b", "the value of region holds a control character"),
        (b"", "re=gion", "x", "setting name \"re=gion\" holds a character that separates"),
        (b"[profile a]\n\ns3 =\n  x = y\n", "s3", "x", "config file, line 3: s3 holds a block of settings"),
        (b"[profile a]\ns3 = x\n", "s3.y", "x", "config file, line 2: s3 has a value"),
        (b"\xFF\xFE[\0", "region", "x", "config file is in UTF-16"),
        (b"[a]\n\0", "region", "x", "config file, line 2: a zero byte"),
        (b"[a]\rregion = x\r", "region", "x", "config file, line 1: ends with a carriage return alone"),
    ];
    for (config, name, value, message) in cases {
        let error = edit(Texts { config: Some(config), credentials: None }, &[set(name, value)]).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}

#[test]
fn a_change_that_would_do_harm_is_refused_with_its_place() {
    // The SDK for JavaScript reads the continuation as a setting of its own.
    let config = b"[profile a]\nrole_arn = x\n  output = json\n";
    let locations = Locations { config: Location::new("config"), credentials: Location::new("credentials") };
    let error =
        review(&locations, Texts { config: Some(config), credentials: None }, &[set("role_arn", "y")]);
    let said = error.unwrap_err().to_string();
    assert_eq!(
        said,
        "the edit would do harm: AWS SDK for JavaScript v3 would read output of profile a, at config:3, otherwise than \
         before; mend the file first with `linklocal credentials lint --fix`"
    );
}

#[test]
fn a_change_by_which_another_line_would_be_something_else_is_refused() {
    // Below `junk` the indented header is one; below a new property it would continue that, and go with its next change.
    let config = b"[profile a]\njunk\n [b]\nregion = x\n";
    let error =
        edit(Texts { config: Some(config), credentials: None }, &[set("output", "json")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "config file, line 3: would be read as a part of the line above after the edit; mend the file first with `linklocal \
         credentials lint --fix`"
    );
}

fn set(name: &str, value: &str) -> Edit {
    Edit::Set { target: Target::parse(name, Some("a")).unwrap(), value: secret(value) }
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn show(text: Option<&[u8]>) -> &str {
    std::str::from_utf8(text.unwrap_or_default()).unwrap()
}
