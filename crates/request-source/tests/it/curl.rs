//! Command lines and what is read of them: `testdata/curl/*.txt`. `BLESS=1` writes what is expected.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use request_source::Message;
use request_source::curl::{self, CurlCommand, CurlError};

use crate::cases::{self, Case};

#[test]
#[allow(clippy::disallowed_methods, reason = "a test asks whether it is to bless")]
fn command_lines_give_the_requests_that_curl_would_send() {
    let mut count = 0;
    let mut faults = Vec::new();
    for file in cases::files() {
        let cases = cases::read(&file);
        count += cases.len();
        let found: Vec<String> = cases.iter().map(found).collect();
        if std::env::var_os("BLESS").is_some() {
            bless(&file, &cases, &found);
            continue;
        }
        let differs = |(case, found): (&Case, String)| {
            (case.expected != found)
                .then(|| format!("{}\nexpected:\n{}found:\n{found}", case.why, case.expected))
        };
        faults.extend(cases.iter().zip(found).filter_map(differs));
    }
    println!("{count} command lines");
    assert!(count >= 100, "{count} cases are too few to be all");
    assert!(faults.is_empty(), "{} of {count} cases:\n{}", faults.len(), faults.join("\n"));
}

fn found(case: &Case) -> String {
    match request(case) {
        Ok((command, message)) => shown(&command, &message),
        Err(error) => format!("{error}\n"),
    }
}

fn request(case: &Case) -> Result<(CurlCommand, Message), CurlError> {
    let command = case.command()?;
    let message = command.message(&cases::contents(&command))?;
    Ok((command, message))
}

fn shown(command: &CurlCommand, message: &Message) -> String {
    let mut out = format!(
        "{} {} {}\n",
        message.method,
        String::from_utf8_lossy(&message.target),
        message.version.as_str()
    );
    for (name, value) in &message.headers {
        let _ = writeln!(out, "{name}: {}", String::from_utf8_lossy(value));
    }
    let _ =
        writeln!(out, "to: {}://{}", message.scheme.unwrap().as_str(), message.authority.as_ref().unwrap());
    if !message.body.is_empty() {
        let _ = writeln!(out, "body: {}", message.body.escape_ascii());
    }
    if let Some(sigv4) = &command.sigv4 {
        let user = command.user.as_ref().unwrap();
        let _ = writeln!(out, "sigv4: {:?} {:?} of {}", sigv4.region, sigv4.service, user.name);
    }
    if !command.ignored.is_empty() {
        let _ = writeln!(out, "ignored: {}", command.ignored.join(" "));
    }
    out
}

#[allow(clippy::disallowed_methods, reason = "a test writes what is expected when it is blessed")]
fn bless(file: &Path, cases: &[Case], found: &[String]) {
    let case = |(case, found): (&Case, &String)| {
        let shell = if case.dialect.is_some() { "(cmd) " } else { "" };
        format!("=== {}\n{shell}{}\n---\n{found}", case.why, case.line)
    };
    fs::write(file, cases.iter().zip(found).map(case).collect::<String>()).unwrap();
}

#[test]
fn arguments_are_read_like_lines_without_a_shell() {
    let arguments =
        |words: &[&str]| curl::read(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    for words in [&["curl", "-d", "$HOME", "http://h/"][..], &["-d", "$HOME", "http://h/"]] {
        let message = arguments(words).unwrap().message(&Default::default()).unwrap();
        assert_eq!(message.body, b"$HOME");
    }
    let error = arguments(&["curl", "-s", "--dta", "x"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "argument 3: curl has no option --dta that is known here; did you mean --data?"
    );
    assert_eq!(arguments(&[]).unwrap_err().to_string(), "the curl command: the command has no URL");
}

#[test]
fn no_secret_is_in_debug_or_in_an_error() {
    let line = "curl -u AKID:s3cret --oauth2-bearer s3cret -H 'X: s3cret' -d s3cret 'http://h/?s3cret'";
    let command = curl::read_line(line).unwrap();
    let message = command.message(&Default::default()).unwrap();
    for shown in [format!("{command:?}"), format!("{message:?}")] {
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    for bad in
        ["-H 's3cret'", "-X 's3cret s3cret'", "-u s3cret", "--dta=s3cret", "-F s3cret", "'http://h/ s3cret'"]
    {
        let error = curl::read_line(&format!("curl {bad}")).unwrap_err().to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }
}
