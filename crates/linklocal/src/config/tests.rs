//! Configurations as data: `testdata/config/<case>/linklocal.toml` and what comes of it, an error text or the named part
//! of the result. The first line of each file says why the case is there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use account::identifier::Seed;
use serde_json::{Value, json};
use sys::fs::ReadError;
use types::Timestamp;

use super::{Config, ConfigError, Span, raw};

#[test]
fn cases() {
    let blessing = sys::Env::system().var("BLESS").is_some();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/config");
    let mut directories: Vec<PathBuf> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    directories.sort();
    assert!(directories.len() >= 40, "{} cases are too few to be all", directories.len());
    let faults: Vec<String> = directories.iter().filter_map(|case| fault(case, blessing)).collect();
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), directories.len(), faults.join("\n"));
}

/// What is wrong with a case, if anything.
fn fault(case: &Path, blessing: bool) -> Option<String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let found = load(case);
    let (error, part) = (case.join("expected.txt"), case.join("expected.json"));
    match found {
        Err(found) if error.exists() => {
            let text = rendered(&found);
            if blessing {
                sys::fs::replace(&error, text.as_bytes(), 0o644).unwrap();
            }
            let expected = sys::fs::read_text(&error, Config::MAX_FILE).unwrap();
            (text != expected).then(|| format!("{name}: expected\n{expected}found\n{text}"))
        }
        Err(found) => Some(format!("{name}: expected a configuration, found {}", rendered(&found))),
        Ok(_) if error.exists() => Some(format!("{name}: expected an error, found a configuration")),
        Ok(config) => {
            let expected = sys::fs::read_text(&part, Config::MAX_FILE).unwrap();
            let expected: Value = serde_json::from_str(&expected).unwrap();
            difference("", &expected, &shown(&config)).map(|at| format!("{name}: {at}"))
        }
    }
}

fn load(case: &Path) -> Result<Config, ConfigError> {
    let bytes = sys::fs::read(&case.join("linklocal.toml"), Config::MAX_FILE).unwrap();
    let read = |file: &Path, limit| {
        if file == Path::new("/etc/passwd") {
            return Ok(USERS.to_vec());
        }
        sys::fs::read(&case.join(file), limit).map_err(|error| match error {
            ReadError::NotFound { .. } => ReadError::NotFound { path: file.to_owned() },
            ReadError::TooLarge { limit, .. } => ReadError::TooLarge { path: file.to_owned(), limit },
            other => other,
        })
    };
    raw::config(Path::new("linklocal.toml"), &bytes, &read)
}

/// The users of a machine; an instance's user data may be anything.
const USERS: &[u8] = b"root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n";

fn rendered(error: &ConfigError) -> String {
    let hint = error.hint().map(|hint| format!("hint: {hint}\n")).unwrap_or_default();
    format!("{error}\n{hint}")
}

fn shown(config: &Config) -> Value {
    let now: Timestamp = "2026-11-21T08:22:00Z".parse().unwrap();
    let instances: Vec<_> = config.instances(&Seed::from_text("test"), now).map(Result::unwrap).collect();
    let span = |span: Duration| Span(span).to_string();
    json!({
        "seed": config.seed,
        "instances": instances,
        "server": {
            "imds": config.server.imds,
            "container": config.server.container,
            "data": config.server.data,
            "admin-socket": config.server.admin_socket,
            "metrics": config.server.metrics,
            "drain-timeout": span(config.server.drain_timeout),
            "max-connections": config.server.max_connections,
        },
        "fleet": { "token-path-trailing-slash": config.fleet.token_path_trailing_slash },
        "metadata-options": { "propagation-delay": span(config.metadata_options.propagation_delay) },
        "ec2": { "transition-delay": span(config.ec2.transition_delay) },
        "credentials": {
            "rotation-interval": span(config.credentials.interval()),
            "lifetime": span(config.credentials.lifetime()),
        },
        "limits": {
            "mode": config.limits.mode.as_str(),
            "scale": config.limits.scale,
            "unpublished": config.limits.unpublished,
        },
        "quotas": {
            "case-opens-after": span(config.quotas.case_opens_after),
            "decided-after": span(config.quotas.decided_after),
            "approve-up-to": config.quotas.approve_up_to,
        },
        "trail": {
            "calls": config.trail.calls,
            "data-events": config.trail.data_events,
            "max-size": config.trail.max_size,
            "deliver": config.trail.deliver,
            "directory": config.trail.directory,
            "every": span(config.trail.every),
        },
        "access": shown_access(config),
    })
}

fn shown_access(config: &Config) -> Value {
    let imds::AccessRules { hosts, browsers, users, remote } = config.access.rules(4242);
    json!({
        "hosts": format!("{hosts:?}"),
        "browsers": browsers,
        "users": format!("{users:?}"),
        "remote": format!("{remote:?}"),
    })
}

/// Where `found` lacks something of `expected`, which names only what matters; null is what is not there.
fn difference(at: &str, expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(_)) => expected
            .iter()
            .find_map(|(key, value)| difference(&format!("{at}.{key}"), value, &found[key.as_str()])),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let pairs = expected.iter().zip(found).enumerate();
            pairs
                .into_iter()
                .find_map(|(n, (expected, found))| difference(&format!("{at}[{n}]"), expected, found))
        }
        _ => (expected != found).then(|| format!("{at}: expected {expected}, found {found}")),
    }
}

#[test]
fn example_in_the_docs_parses_and_names_every_key() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let docs = sys::fs::read_text(&docs, Config::MAX_FILE).unwrap();
    let examples: Vec<&str> =
        docs.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!examples.is_empty(), "docs/configuration.md has no example");
    for example in &examples {
        let read = |_: &Path, _| Ok(USERS.to_vec());
        if let Err(error) = raw::config(Path::new("docs"), example.as_bytes(), &read) {
            panic!("{}{example}", rendered(&error));
        }
    }
    let unknown = Config::parse(Path::new("x"), b"[[instance]]\nno-such-key = 1\n").unwrap_err();
    assert!(unknown.hint().is_some());
    for key in keys(b"[[instance]]\nno-such-key = 1\n") {
        assert!(docs.contains(&format!("`{key}`")), "docs/configuration.md does not tell of {key}");
    }
}

/// The keys that serde knows where the unknown one stands.
fn keys(text: &[u8]) -> Vec<String> {
    let error = toml::from_slice::<Listed>(text).unwrap_err();
    error.message().split('`').skip(1).step_by(2).skip(1).map(str::to_owned).collect()
}

#[derive(Debug, serde::Deserialize)]
struct Listed {
    #[serde(rename = "instance")]
    _instance: Vec<account::Declaration>,
}

#[test]
fn ten_thousand_instances_are_made_one_by_one() {
    let seed = Seed::from_text("fleet");
    let counted = b"[[instance]]\ncount = 10000\nsources = [\"10.0.0.1-10.0.39.16\"]\n".to_vec();
    let listed =
        "[[instance]]\ninstance-type = \"t3.nano\"\ntags = { Name = \"n\" }\n".repeat(10_000).into_bytes();
    for text in [counted, listed] {
        let config = Config::parse(Path::new("linklocal.toml"), &text).unwrap();
        assert_eq!(config.instance_count(), 10_000);
        let mut ids: Vec<_> =
            config.instances(&seed, Timestamp::EPOCH).map(|instance| instance.unwrap().instance_id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 10_000);
    }
}

#[test]
fn refuses_a_file_beyond_the_bound() {
    let error = Config::parse(Path::new("big.toml"), &vec![b'#'; Config::MAX_FILE + 1]).unwrap_err();
    assert!(error.to_string().starts_with("big.toml:1:1: "), "{error}");
}

#[test]
fn debug_shows_no_user_data() {
    let config = Config::parse(Path::new("x"), b"[[instance]]\nuser-data = \"hunter2\"\n").unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}
