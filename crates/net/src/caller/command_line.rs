//! `/proc/<pid>/cmdline`: what a process was started with, without what looks like a secret.
//!
//! Rule: everything on a command line can be read by every user of the machine anyhow (proc(5)); what is left out here
//! is left out so that it does not travel further, into reports and tickets.

/// The arguments, bounded by what was read.
pub(super) fn arguments(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes.split(|byte| *byte == 0).map(|argument| String::from_utf8_lossy(argument).into_owned()).collect()
}

/// The same without secrets: values of options and variables that are named like one, user and password in URLs, and
/// what has the form of an AWS secret.
pub(super) fn redacted(arguments: &[String]) -> Vec<String> {
    let mut is_secret = false;
    let each = arguments.iter().map(|argument| {
        let value_of_secret = std::mem::replace(&mut is_secret, names_secret_value(argument));
        if value_of_secret && !argument.starts_with('-') { HIDDEN.to_owned() } else { redact(argument) }
    });
    each.collect()
}

/// Whether the argument after this one is a secret: `--password`, `-password`, and curl's and others' headers.
fn names_secret_value(argument: &str) -> bool {
    argument.starts_with('-') && !argument.contains('=') && is_secret_name(argument)
        || matches!(argument, "-u" | "--user" | "--proxy-user")
}

fn redact(argument: &str) -> String {
    if let Some((name, _)) = argument.split_once('=')
        // Base64 ends with the same sign, behind a header's name and value.
        && !name.contains(|c: char| c == ':' || c.is_whitespace())
        && is_secret_name(name)
    {
        return format!("{name}={HIDDEN}");
    }
    // Header lines, as curl takes them.
    if let Some((name, _)) = argument.split_once(':')
        && (is_secret_name(name) || name.eq_ignore_ascii_case("cookie"))
    {
        return format!("{}: {HIDDEN}", without_secrets(name));
    }
    without_user(&without_secrets(argument))
}

fn without_secrets(text: &str) -> String {
    let without_keys = without_runs(text, is_base64, looks_like_key);
    without_runs(&without_keys, is_base64_for_urls, looks_like_token)
}

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.contains(secret))
        // A token's file or lifetime is none.
        && !name.ends_with("-file")
        && !name.ends_with("_file")
        && !name.ends_with("-ttl-seconds")
}

/// `https://user:password@host` without both.
fn without_user(argument: &str) -> String {
    let Some(start) = argument.find("://").map(|at| at + 3) else { return argument.to_owned() };
    let end = argument[start..].find(['/', '?', '#']).map_or(argument.len(), |at| start + at);
    match argument[start..end].rfind('@') {
        Some(at) => format!("{}{HIDDEN}{}", &argument[..start], &argument[start + at..]),
        None => argument.to_owned(),
    }
}

/// The text without the runs of such characters that look secret.
fn without_runs(argument: &str, is_part: fn(char) -> bool, looks_secret: fn(&str) -> bool) -> String {
    let mut text = String::with_capacity(argument.len());
    let mut rest = argument;
    while !rest.is_empty() {
        let run = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(run);
        text.push_str(if looks_secret(word) { HIDDEN } else { word });
        let next = after.find(is_part).unwrap_or(after.len());
        text.push_str(&after[..next]);
        rest = &after[next..];
    }
    text
}

/// Exactly 40 characters of Base64, as secret access keys have, or as many as the session tokens of credentials.
fn looks_like_key(word: &str) -> bool {
    (word.len() == SECRET_KEY || word.len() >= SESSION_TOKEN) && is_mixed(word)
}

/// As long as the tokens of the metadata service, which scripts have in the middle of a text after `-c`.
fn looks_like_token(word: &str) -> bool {
    word.len() >= METADATA_TOKEN && is_mixed(word)
}

/// Whether it holds both cases and a digit, as paths and hexadecimal digests do not.
fn is_mixed(word: &str) -> bool {
    let has = |wanted: fn(&u8) -> bool| word.bytes().any(|byte| wanted(&byte));
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/')
}

fn is_base64_for_urls(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

const HIDDEN: &str = "***";

/// Parts of names whose values are secret.
const SECRET_NAMES: [&str; 9] =
    ["token", "secret", "passw", "passphrase", "credential", "authorization", "api-key", "apikey", "api_key"];

/// Characters of a secret access key.
const SECRET_KEY: usize = 40;
/// Session tokens have hundreds.
const SESSION_TOKEN: usize = 120;
/// 54 and their padding, which is no part of a run.
const METADATA_TOKEN: usize = 50;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_are_left_out_and_nothing_else() {
        let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for (typed, shown) in [
            (
                "curl -s http://169.254.169.254/latest/meta-data/",
                "curl -s http://169.254.169.254/latest/meta-data/",
            ),
            ("mysql --password hunter2 db", "mysql --password *** db"),
            ("mysql --password=hunter2", "mysql --password=***"),
            ("x --client-secret s --verbose", "x --client-secret *** --verbose"),
            ("x --no-token --verbose", "x --no-token --verbose"),
            ("env AWS_SECRET_ACCESS_KEY=abc A=b x", "env AWS_SECRET_ACCESS_KEY=*** A=b x"),
            ("x --token-file /run/token", "x --token-file /run/token"),
            ("curl -u me:pw http://h", "curl -u *** http://h"),
            ("git clone https://me:pw@h/r.git", "git clone https://***@h/r.git"),
            ("x /srv/mail@home/x", "x /srv/mail@home/x"),
            (&format!("x {key} y"), "x *** y"),
            (&format!("x key:{key};"), "x key:***;"),
            (
                &format!("x --data={}", "0123456789abcdef0123456789abcdef01234567"),
                "x --data=0123456789abcdef0123456789abcdef01234567",
            ),
        ] {
            let typed: Vec<String> = typed.split(' ').map(str::to_owned).collect();
            assert_eq!(redacted(&typed).join(" "), shown);
        }
        let token = "AQAEAAEBogGVtosAPBi1aAYGQ8USQy2vIG73R3-advCetnEA4b3BF4g";
        let script = format!("x=1; curl http://h -H 'x-aws-ec2-metadata-token:{token}=='");
        let shown = "x=1; curl http://h -H 'x-aws-ec2-metadata-token:***=='";
        assert_eq!(redacted(&[script]), [shown]);
        let joined = format!("-HX-aws-ec2-metadata-token:{token}==");
        assert_eq!(redacted(&[joined]), ["-HX-aws-ec2-metadata-token: ***"]);
        let header = ["-H".to_owned(), "X-aws-ec2-metadata-token: AQAA".to_owned()];
        assert_eq!(redacted(&header)[1], "X-aws-ec2-metadata-token: ***");
        let ttl = ["X-aws-ec2-metadata-token-ttl-seconds: 60".to_owned()];
        assert_eq!(redacted(&ttl), ttl);
    }

    #[test]
    fn arguments_end_with_a_zero_byte_each() {
        assert_eq!(arguments(b"a\0b c\0\0"), ["a", "b c", ""]);
        assert_eq!(arguments(b"cut of"), ["cut of"]);
        assert!(arguments(b"").is_empty() && arguments(b"\0").is_empty());
    }

    proptest! {
        #[test]
        fn redaction_takes_anything_and_keeps_the_count(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let typed = arguments(&bytes);
            prop_assert_eq!(redacted(&typed).len(), typed.len());
        }

        #[test]
        fn redacting_twice_changes_nothing(words in prop::collection::vec("[-A-Za-z=:/@+]{0,50}", 0..6)) {
            let once = redacted(&words);
            prop_assert_eq!(redacted(&once), once.clone());
        }
    }
}
