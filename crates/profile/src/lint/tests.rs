//! Findings of small files, by code and line, and what mending makes of them.

use super::*;
use crate::reader::Location;

#[test]
fn each_finding_has_its_place() {
    for (config, credentials, expected) in CASES {
        let found: Vec<String> = check(config, credentials)
            .iter()
            .map(|finding| format!("{} {}", finding.place, finding.rule.code))
            .collect();
        assert_eq!(found, expected, "{config:?} {credentials:?}");
    }
}

/// What is mended reads alike to every SDK afterwards.
#[test]
fn mending_leaves_nothing_that_can_be_mended() {
    let table = [
        ("[default]\nregion\n", "[default]\n# region\n"),
        ("[profile  a]# c\nRegion: r # why\n", "[profile a] # c\n# why\nregion = r\n"),
        (
            "[profile a]\nx = 1\n\n[profile b]\ny = 2\n[profile  a]\nx = 3\nz = 4",
            "[profile a]\nx = 3\nz = 4\n\n[profile b]\ny = 2\n",
        ),
        ("\u{feff}[default]\r  region = r\r", "[default]\nregion = r\n"),
        ("[a]\nx = 1\n", "[profile a]\nx = 1\n"),
        ("[a]\nx = 1\n[profile a]\nx = 2\n", "[a]\nx = 1\n[profile a]\nx = 2\n"),
    ];
    for (before, after) in table {
        let mended = mend(&places(), &bytes(before), &FileState::Absent).unwrap();
        let text = mended.config.map_or_else(|| before.to_owned(), |text| String::from_utf8(text).unwrap());
        assert_eq!(text, after, "{before:?}");
        assert!(mended.credentials.is_none());
    }
}

#[test]
fn utf_16_becomes_utf_8() {
    let utf_16: Vec<u8> =
        "\u{feff}[default]\nregion = r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mended = mend(&places(), &FileState::Bytes(utf_16.into()), &FileState::Absent).unwrap();
    assert_eq!(mended.config.as_deref(), Some(&b"[default]\nregion = r\n"[..]));
}

#[test]
fn surroundings_are_judged() {
    let item = |path: &str, kind, mode| Item {
        path: path.to_owned(),
        kind,
        mode,
        owner: 1000,
        work_tree: Some("/home/u".to_owned()),
        synced_by: None,
    };
    let startup = "export AWS_SECRET_ACCESS_KEY=abc\nexport AWS_SESSION_TOKEN=$(get)\nset -gx AWS_SESSION_TOKEN abc\n# AWS_SECRET_ACCESS_KEY=x\n";
    let surroundings = Surroundings {
        items: vec![
            item("credentials", ItemKind::Credentials, 0o644),
            item("config", ItemKind::Config, 0o644),
            item("dir", ItemKind::Directory, 0o775),
        ],
        startup_files: vec![StartupFile { path: ".profile".to_owned(), text: startup.to_owned() }],
        caches: vec![CacheFile {
            path: "x.json".to_owned(),
            expires: Some(types::Timestamp::from_secs(10)),
            renewable: false,
        }],
        user: 1000,
        now: Some(types::Timestamp::from_secs(20)),
    };
    let locations = places();
    let subject = Subject {
        locations: &locations,
        config: &FileState::Absent,
        credentials: &FileState::Absent,
        surroundings: &surroundings,
    };
    let mut found: Vec<String> =
        lint(&subject).iter().map(|finding| format!("{} {}", finding.place, finding.rule.code)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            ".profile:1 exported-secret",
            ".profile:3 exported-secret",
            "credentials in-work-tree",
            "credentials readable-by-others",
            "dir directory-writable",
            "x.json dead-cache",
        ]
    );
}

#[test]
fn codes_are_unique_and_in_words() {
    let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    codes.sort_unstable();
    let count = codes.len();
    codes.dedup();
    assert_eq!(codes.len(), count);
    assert!(codes.iter().all(|code| {
        code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    }));
}

fn check(config: &str, credentials: &str) -> Vec<Finding> {
    let locations = places();
    let surroundings = Surroundings::default();
    lint(&Subject {
        locations: &locations,
        config: &bytes(config),
        credentials: &bytes(credentials),
        surroundings: &surroundings,
    })
}

fn places() -> Locations {
    Locations { config: Location::new("config"), credentials: Location::new("credentials") }
}

fn bytes(text: &str) -> FileState {
    FileState::Bytes(text.as_bytes().into())
}

/// Config, credentials, and the codes with their lines.
const CASES: [(&str, &str, &[&str]); 37] = [
    (
        "[default]\nregion = r\n",
        "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        &[],
    ),
    ("[default]\nregion\n", "", &["config:2 no-equals"]),
    ("region = r\n[default]\n", "", &["config:1 no-section"]),
    ("[default\nregion = r\n", "", &["config:1 open-bracket", "config:2 no-section"]),
    ("[default] junk\n", "", &["config:1 header-junk"]),
    ("[default]# c\n", "", &["config:1 header-comment"]),
    ("[profile  a]\n", "", &["config:1 header-blanks"]),
    ("[ default ]\n", "", &["config:1 header-blanks"]),
    ("[profile \"a\"]\n", "", &["config:1 header-quotes"]),
    ("[profile a]\n[profile  a]\n", "", &["config:2 header-twins", "config:2 header-blanks"]),
    ("", "[a]\n[a]\n", &["credentials:2 duplicate-section"]),
    ("[default]\n[profile default]\n", "", &["config:2 both-defaults"]),
    ("[DEFAULT]\nregion = r\n", "", &["config:1 default-capitals"]),
    ("[a]\n", "", &["config:1 missing-prefix"]),
    ("", "[profile a]\n", &["credentials:1 superfluous-prefix"]),
    ("", "[sso-session s]\n", &["credentials:1 wrong-file"]),
    ("[profile \u{e9}]\n", "", &["config:1 name-characters"]),
    ("[profile __proto__]\n", "", &["config:1 prototype"]),
    ("[default]\n  region = r\n", "", &["config:2 key-indented"]),
    ("[default]\nregion = r\n  # c\n", "", &["config:3 comment-indented"]),
    ("[default]\nregion: r\n", "", &["config:2 colon"]),
    ("[default]\nRegion = r\n", "", &["config:2 key-case"]),
    ("[default]\nregion = r\nRegion = s\n", "", &["config:3 duplicate-key", "config:3 key-case"]),
    ("[default]\nregion = r # c\n", "", &["config:2 inline-comment"]),
    ("[default]\nregion = \"r\"\n", "", &["config:2 quoted-value"]),
    ("[default]\nregion = r\n  s\n  t\n", "", &["config:2 continued-value"]),
    ("[default]\ns3 =\n  junk\n", "", &["config:3 block-line"]),
    ("", "[a]\naws_access_key_id = K\n", &["credentials:2 partial-keys"]),
    (
        "",
        "[a]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n",
        &["credentials:2 token-missing"],
    ),
    (
        "",
        "[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t\n",
        &["credentials:4 token-stale"],
    ),
    ("", "[a]\naws_access_key_id = K\naws_secret_access_key = a #b\n", &["credentials:3 hash-in-secret"]),
    ("[profile a]\nrole_arn = r\n", "", &["config:2 role-without-source"]),
    ("[profile a]\nrole_arn = r\nsource_profile = b\n", "", &["config:3 source-missing"]),
    (
        "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = s\nsource_profile = a\n",
        "",
        &["config:3 source-loop", "config:6 source-loop"],
    ),
    ("[profile a]\nrole_arn = r\ncredential_source = environment\n", "", &["config:3 credential-source"]),
    (
        "[profile a]\nrole_arn = r\ncredential_source = Environment\nsession_tags = a=b\nsource_identity = c\n",
        "",
        &["config:4 session-details-ignored"],
    ),
    ("[profile a]\ncredential_process = cat ~/x | jq .\n", "", &["config:2 process-shell"]),
];
