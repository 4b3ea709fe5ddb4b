//! `linklocal configure` without a command: questions, answers, and what becomes of them.

use std::io::Write as _;
use std::process::Stdio;

use super::Home;
use crate::world::Said;

#[test]
fn questions_and_files_are_the_aws_clis() {
    let home = Home::new();
    let said = answer(&home, "a", "AKIAIOSFODNN7EXAMPLE\nSECRETSECRET\neu-west-1\njson\n");
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(home.config().as_deref(), Some("[profile a]\nregion = eu-west-1\noutput = json\n"));
    assert_eq!(
        home.credentials().as_deref(),
        Some("[a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = SECRETSECRET\n")
    );
    for question in [
        "AWS Access Key ID [None]: ",
        "AWS Secret Access Key [None]: ",
        "Default region name [None]: ",
        "Default output format [None]: ",
    ] {
        assert!(said.stderr.contains(question), "{question}: {}", said.stderr);
    }
    assert!(!said.stderr.contains("Session Token"));
    assert!(!format!("{}{}", said.stdout, said.stderr).contains("SECRETSECRET"));
}

#[test]
fn enter_keeps_what_stands_masked_in_brackets() {
    let home = Home::new();
    answer(&home, "a", "AKIAIOSFODNN7EXAMPLE\nSECRETSECRETWXYZ\neu-west-1\njson\n");
    let (config, credentials) = (home.config(), home.credentials());
    let said = answer(&home, "a", "\n\n\n\n");
    assert_eq!((said.code, home.config(), home.credentials()), (0, config, credentials));
    assert!(said.stderr.contains("AWS Access Key ID [****************MPLE]: "), "{}", said.stderr);
    assert!(said.stderr.contains("AWS Secret Access Key [****************WXYZ]: "), "{}", said.stderr);
    assert!(said.stderr.contains("Default region name [eu-west-1]: "), "{}", said.stderr);
    answer(&home, "a", "\n\nus-east-1\n\n");
    assert!(home.config().unwrap().contains("region = us-east-1"));
}

#[test]
fn a_temporary_key_asks_for_its_token_and_a_new_one_takes_it_away() {
    let home = Home::new();
    answer(&home, "a", "ASIAIOSFODNN7EXAMPLE\nSECRET\nTOKENTOKENTOKEN\n\n\n");
    assert!(home.credentials().unwrap().contains("aws_session_token = TOKENTOKENTOKEN\n"));
    let said = answer(&home, "a", "AKIAI44QH8DHBEXAMPLE\nSECRET2\n\n\n");
    assert_eq!(said.code, 0, "{}", said.stderr);
    let credentials = home.credentials().unwrap();
    assert!(!credentials.contains("token") && credentials.contains("SECRET2"), "{credentials}");
    let said = answer(&home, "a", "ASIAIOSFODNN7EXAMPLE\nSECRET\n\n\n\n");
    assert_eq!((said.code, home.credentials()), (1, Some(credentials)));
    assert!(said.stderr.contains("session token"), "{}", said.stderr);
}

#[test]
fn pasted_blanks_are_left_out() {
    let home = Home::new();
    answer(&home, "a", " AKIAIOSFODNN7EXAMPLE \n SECRET \n eu-west-1 \r\njson\n");
    assert_eq!(home.config().as_deref(), Some("[profile a]\nregion = eu-west-1\noutput = json\n"));
    assert!(home.credentials().unwrap().contains("aws_secret_access_key = SECRET\n"));
}

#[test]
fn nothing_is_written_before_all_answers_are_there() {
    let home = Home::new();
    for input in ["", "AKIAIOSFODNN7EXAMPLE\n", "AKIAIOSFODNN7EXAMPLE\nSECRET\nr\n"] {
        let said = answer(&home, "a", input);
        assert_eq!(said.code, 1, "{input:?}");
        assert!(said.stderr.contains("nothing was changed"), "{}", said.stderr);
    }
    let said = answer(&home, "a", "AKIAIOSFODNN7EXAMPLE\n\n\n\n");
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("without its secret access key"), "{}", said.stderr);
    assert!(home.config().is_none() && home.credentials().is_none());
}

#[test]
fn a_session_of_identity_center() {
    let home = Home::new();
    let input = "https://corp.awsapps.com/start\neu-west-1\n\n";
    let said = typed(&home, &["configure", "sso-session", "corp"], input);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(
        home.config().as_deref(),
        Some(
            "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n\
             sso_registration_scopes = sso:account:access\n"
        )
    );
}

/// On a terminal of its own, which `script` (util-linux) makes.
#[test]
fn a_terminal_is_asked_line_by_line() {
    let home = Home::new();
    let command = format!("{} configure --profile a", env!("CARGO_BIN_EXE_linklocal"));
    let mut script = std::process::Command::new("script");
    script
        .args(["-qec", &command, "/dev/null"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("SHELL", "/bin/sh");
    script.env("HOME", home.world().path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = script.spawn() else {
        println!("no terminal here: script(1) is absent");
        return;
    };
    let input = b"AKIAIOSFODNN7EXAMPLE\nSECRETSECRET\neu-west-1\n\n";
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("Default output format [None]: "), "{text}");
    assert_eq!(home.config().as_deref(), Some("[profile a]\nregion = eu-west-1\n"), "{text}");
    assert!(home.credentials().unwrap().contains("aws_secret_access_key = SECRETSECRET\n"), "{text}");
}

fn answer(home: &Home, profile: &str, input: &str) -> Said {
    typed(home, &["configure", "--profile", profile], input)
}

pub(super) fn typed(home: &Home, arguments: &[&str], input: &str) -> Said {
    let mut command = home.world().command(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that has heard enough closes its end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
