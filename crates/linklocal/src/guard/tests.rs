use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::*;

const TEXT: &str = "\
[guard]
accounts = [\"111122223333\"]
roles = [\"Dev*\", \"arn:aws:iam::111122223333:role/team/Deploy\"]
regions = [\"eu-*\"]
max-lifetime = \"1h\"
long-term-keys = false
";

fn guard(text: &str) -> Guard {
    Guard {
        rules: Rules::read(Path::new("/p/.linklocal.toml"), text.as_bytes()).unwrap(),
        ..Guard::default()
    }
}

fn role(arn: &str) -> Subject {
    Subject {
        origin: "dev".to_owned(),
        account: Some("111122223333".parse().unwrap()),
        arn: Some(arn.to_owned()),
        region: Some("eu-west-1".to_owned()),
        is_long_term: false,
        left: Some(Duration::from_secs(3600)),
    }
}

fn refused(guard: &Guard, subject: &Subject) -> String {
    let failure = guard.check(subject).unwrap_err();
    format!("{} | {}", failure.message, failure.hint.unwrap())
}

#[test]
fn what_is_allowed_passes() {
    let guard = guard(TEXT);
    for arn in [
        "arn:aws:sts::111122223333:assumed-role/DevOps/session",
        "arn:aws:iam::111122223333:role/any/path/Dev",
        "arn:aws:sts::111122223333:assumed-role/Deploy/s",
    ] {
        guard.check(&role(arn)).unwrap();
    }
    Guard::default().check(&Subject::default()).unwrap();
}

#[test]
fn what_is_not_is_refused_with_the_line_that_says_so() {
    let guard = guard(TEXT);
    let good = || role("arn:aws:sts::111122223333:assumed-role/DevOps/s");
    let other = Subject { account: Some("444455556666".parse().unwrap()), ..good() };
    assert_eq!(
        refused(&guard, &other),
        "dev: account 444455556666 is not expected here | /p/.linklocal.toml:2:12 allows \
         111122223333; name another profile with --profile, or change what is expected; nothing was started"
    );
    for (subject, words) in [
        (role("arn:aws:sts::111122223333:assumed-role/Admin/s"), ".linklocal.toml:3:9 allows Dev*, arn:"),
        (role("arn:aws:iam::111122223333:user/Dev"), "user/Dev is not allowed here"),
        (role("arn:aws:sts::999922223333:assumed-role/Deploy/s"), "is not allowed here"),
        (Subject { region: Some("us-east-1".to_owned()), ..good() }, ".linklocal.toml:4:11 allows eu-*"),
        (Subject { left: Some(Duration::from_secs(7300)), ..good() }, "they last 2h1m more"),
        (Subject { left: None, ..good() }, "it is not known when they end"),
        (Subject { is_long_term: true, arn: None, ..good() }, "roles alone are allowed here"),
    ] {
        assert!(refused(&guard, &subject).contains(words), "{}", refused(&guard, &subject));
    }
    let keys = self::guard("[guard]\nlong-term-keys = false\n");
    let user = Subject { is_long_term: true, ..Subject::default() };
    assert!(refused(&keys, &user).contains(":2:18 takes sessions alone"));
    let life = self::guard("[guard]\nmax-lifetime = \"12h\"\n");
    assert!(refused(&life, &user).contains("they never end"));
    let none = self::guard("[guard]\naccounts = []\n");
    assert!(refused(&none, &good()).contains("allows none"));
}

#[test]
fn what_cannot_be_told_is_asked_or_refused() {
    let guard = guard(TEXT);
    let unknown = Subject { account: None, ..role("x") };
    assert!(guard.must_ask(&unknown) && guard.check(&unknown).is_err());
    let nameless = Subject { arn: None, ..role("x") };
    assert!(guard.must_ask(&nameless) && guard.foresee(&nameless).is_ok());
    let flag = Guard { expected: vec!["111122223333".parse().unwrap()], ..Guard::default() };
    assert!(!flag.must_ask(&role("x")) && flag.check(&role("x")).is_ok());
    let other = Subject { account: Some("444455556666".parse().unwrap()), ..role("x") };
    assert!(refused(&flag, &other).contains("--expect-account names 111122223333"));
}

#[test]
fn an_sts_that_lies_does_not_change_the_account_of_a_key() {
    let guard = guard(TEXT);
    let subject = Subject {
        account: Some("444455556666".parse().unwrap()),
        arn: None,
        ..role("arn:aws:sts::111122223333:assumed-role/Dev/s")
    };
    assert!(guard.must_ask(&subject), "its role is not known");
    let liar = ::credentials::CallerIdentity {
        account: "111122223333".to_owned(),
        arn: "arn:aws:sts::111122223333:assumed-role/Dev/s".to_owned(),
        user_id: "AROAX:s".to_owned(),
    };
    assert!(refused(&guard, &subject.named(&liar)).contains("account 444455556666 is not expected here"));
}

#[test]
fn the_nearest_file_counts_up_to_home_and_only_if_it_can_be_trusted() {
    let root = tempfile::tempdir().unwrap();
    let (home, deep) = (root.path().join("home"), root.path().join("home/a/b"));
    std::fs::create_dir_all(&deep).unwrap();
    let write = |path: &Path, text: &str| sys::fs::replace(path, text.as_bytes(), 0o600).unwrap();
    let find = |from: &Path| file::nearest(from, Some(&home), None);
    let region = |from: &Path| {
        let rules = find(from).unwrap()?;
        Some(rules.regions?.value[0].to_string())
    };
    let outside = root.path().join(".linklocal.toml");
    write(&outside, "[guard]\nregions = [\"above\"]\n");
    assert_eq!(region(&deep), None, "nothing above home is looked at");
    assert_eq!(region(root.path()), Some("above".to_owned()), "elsewhere all is");
    write(&home.join(".linklocal.toml"), "[guard]\nregions = [\"home\"]\n");
    assert_eq!(region(&deep), Some("home".to_owned()));
    let near = home.join("a/.linklocal.toml");
    write(&near, "[guard]\nregions = [\"a\"]\n");
    assert_eq!(region(&deep), Some("a".to_owned()));

    std::fs::set_permissions(&near, Permissions::from_mode(0o666)).unwrap();
    assert!(find(&deep).unwrap_err().message.ends_with("can be changed by anybody (mode 0666)"));
    write(&near, "[guard]\nregion = [\"a\"]\n");
    let failure = find(&deep).unwrap_err();
    assert!(
        failure
            .message
            .ends_with("a/.linklocal.toml:2:1: unknown key \"region\" in [guard]; did you mean \"regions\"?"),
        "{failure:?}"
    );
    write(&near, "[guard]\nroles = [\"x\", \"arn:aws:iam::1:user/u\"]\n");
    assert!(find(&deep).unwrap_err().message.contains(":2:15: roles: neither"));
    std::fs::remove_file(&near).unwrap();
    std::fs::create_dir(&near).unwrap();
    assert!(find(&deep).unwrap_err().message.starts_with("the guard of this directory: "));
}
