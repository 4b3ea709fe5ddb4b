//! `assume-role`: what is asked of STS, what becomes of the session, and what is not even asked.

use super::services::Service;
use super::{Home, SECRET, TEMPORARY, USER};

const ROLE: &str = "arn:aws:iam::444455556666:role/one-bucket";
const ENDPOINT: &str = "AWS_ENDPOINT_URL_STS";

fn body(asked: &str) -> &str {
    asked.split_once("HTTP/1.1 ").map_or(asked, |(_, body)| body)
}

#[test]
fn a_role_is_assumed_with_all_that_was_typed_and_kept_for_its_caller() {
    let sts = Service::sts();
    let home = Home::new().with_keys().and(ENDPOINT, &sts.url()).and("AWS_REGION", "eu-west-1");
    home.world.write("policy.json", "{\"Version\": \"2012-10-17\"}");
    let flags = [
        "assume-role",
        ROLE,
        "--role-session-name",
        "ci",
        "--duration-seconds",
        "900",
        "--external-id",
        "x/1",
        "--policy",
        "policy.json",
        "--policy-arns",
        "arn:aws:iam::aws:policy/A,arn:aws:iam::aws:policy/B",
        "--tags",
        "team=core",
        "--tags",
        "Key=cost,Value=a b",
        "--transitive-tag-keys",
        "team",
        "--source-identity",
        "ada",
    ];
    let text = home.done(&flags);
    assert!(text.starts_with("unset AWS_SECURITY_TOKEN\n"), "{text}");
    assert!(text.contains(&format!("export AWS_ACCESS_KEY_ID='{TEMPORARY}'\n")), "{text}");
    assert!(text.contains("export AWS_ACCOUNT_ID='444455556666'\n"), "{text}");
    assert_eq!(
        body(&sts.asked()[0]),
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fone-bucket&\
         RoleSessionName=ci&DurationSeconds=900&ExternalId=x%2F1&\
         PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FA&\
         PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FB&Policy=%7B%22Version%22%3A%20%222012-10-17%22%7D&\
         Tags.member.1.Key=team&Tags.member.1.Value=core&Tags.member.2.Key=cost&Tags.member.2.Value=a%20b&\
         TransitiveTagKeys.member.1=team&SourceIdentity=ada"
    );
    home.done(&flags);
    assert_eq!(sts.asked().len(), 1, "the same caller gets the kept session");
    home.done(&[&flags[..], &["--tags", "more=1"]].concat());
    assert_eq!(sts.asked().len(), 2, "another session is another one");
    let other = home.and("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    other.done(&flags);
    assert_eq!(sts.asked().len(), 3, "and so is another caller's");
}

#[test]
fn a_session_is_printed_written_or_given_to_a_program() {
    let sts = Service::sts();
    let home = Home::new().with_keys().and(ENDPOINT, &sts.url()).and("AWS_REGION", "eu-west-1");
    let process = home.done(&["assume-role", ROLE, "--format", "process"]);
    assert!(process.starts_with(&format!("{{\"Version\":1,\"AccessKeyId\":\"{TEMPORARY}\"")), "{process}");
    let json: serde_json::Value = serde_json::from_str(&home.done(&["assume-role", ROLE, "--json"])).unwrap();
    assert_eq!(
        (&json["AWS_ACCESS_KEY_ID"], &json["AWS_SESSION_TOKEN"]),
        (&TEMPORARY.into(), &"token".into())
    );
    let seen =
        home.done(&["assume-role", ROLE, "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID $AWS_REGION; exit 0"]);
    assert_eq!(seen, format!("{TEMPORARY} eu-west-1\n"));
    assert_eq!(home.run(&["assume-role", ROLE, "--", "false"]).code, 1);
    assert_eq!(home.run(&["assume-role", ROLE, "--", "nonexistent-program"]).code, 127);

    let object = home.json(&["assume-role", ROLE, "--profile-out", "bucket"]);
    assert_eq!((&object["profile"], &object["access_key_id"]), (&"bucket".into(), &TEMPORARY.into()));
    assert_eq!(object["arn"], "arn:aws:sts::444455556666:assumed-role/one-bucket/s");
    assert_eq!(object["region"], "eu-west-1");
    let written =
        std::fs::File::open(home.world.path(".aws/credentials")).and_then(std::io::read_to_string).unwrap();
    assert!(written.contains("[bucket]") && written.contains("aws_session_token = token"), "{written}");
    let found = home.json(&["credentials", "resolve", "--profile", "bucket"]);
    assert_eq!((&found["access_key_id"], &found["region"]), (&TEMPORARY.into(), &"eu-west-1".into()));
    assert_eq!(sts.asked().len(), 1, "one session for all of it");
}

#[test]
fn long_term_keys_are_not_written_over_and_nobody_is_asked() {
    let sts = Service::sts();
    let keys = format!("[mine]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n");
    let home = Home::new().credentials(&keys).with_keys().and(ENDPOINT, &sts.url());
    let said = home.refused(&["assume-role", ROLE, "--profile-out", "mine"]);
    assert!(said.contains("profile \"mine\" has long-term keys (~/.aws/credentials:2)"), "{said}");
    assert!(sts.asked().is_empty());
}

#[test]
fn a_profile_s_role_is_taken_with_flags_on_top() {
    let sts = Service::sts();
    let config = format!(
        "[profile base]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n[profile dev]\nrole_arn = {ROLE}\n\
         source_profile = base\nexternal_id = own\nrole_session_name = own\nsession_tags = team=core, cost=a\n\
         transitive_session_tags = team\nsource_identity = ada\nregion = eu-west-1\n"
    );
    let home = Home::new().config(&config).and(ENDPOINT, &sts.url());
    home.done(&["assume-role", "dev", "--external-id", "typed", "--duration-seconds", "1800"]);
    let asked = sts.asked();
    let asked = body(&asked[0]);
    for part in [
        "&RoleSessionName=own&DurationSeconds=1800&ExternalId=typed&",
        "&Tags.member.1.Key=team&Tags.member.1.Value=core&Tags.member.2.Key=cost&Tags.member.2.Value=a&",
        "&TransitiveTagKeys.member.1=team&SourceIdentity=ada",
    ] {
        assert!(asked.contains(part), "{asked}");
    }
    let said = home.refused(&["assume-role", "base"]);
    assert!(said.starts_with("error: profile \"base\" names no role: "), "{said}");
    let two = home.run(&["assume-role", "dev", "--profile", "base"]);
    assert!(two.code == 2 && two.stderr.contains("are two profiles"), "{}", two.stderr);
}

#[test]
fn several_roles_and_one_code_lead_to_the_last() {
    let serial = "arn:aws:iam::111122223333:mfa/ada";
    let sts = Service::sts();
    let config = format!(
        "[profile base]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n\
         [profile one]\nrole_arn = arn:aws:iam::111122223333:role/one\nsource_profile = base\nmfa_serial = {serial}\n\
         mfa_command = echo 123456\n\
         [profile two]\nrole_arn = arn:aws:iam::111122223333:role/two\nsource_profile = one\n\
         [profile three]\nrole_arn = {ROLE}\nsource_profile = two\nregion = eu-west-1\n"
    );
    let home = Home::new().config(&config).and(ENDPOINT, &sts.url()).and("PATH", "/usr/bin:/bin");
    home.done(&["assume-role", "three", "--", "true"]);
    let asked = sts.asked();
    let roles: Vec<bool> = asked.iter().map(|asked| asked.contains("TokenCode=123456")).collect();
    assert_eq!(roles, [true, false, false], "{asked:?}");
    assert!(asked[2].contains("role%2Fone-bucket"), "{asked:?}");
    // What AWS would refuse after the code was spent is refused before.
    let said = home.refused(&["assume-role", "three", "--duration-seconds", "7200"]);
    assert!(said.contains("lasts 3600 seconds at most, not 7200"), "{said}");
    assert_eq!(sts.asked().len(), 3);
}

#[test]
fn a_typed_code_goes_with_a_typed_device_and_a_role_has_none() {
    let sts = Service::sts();
    let home = Home::new().with_keys().and(ENDPOINT, &sts.url()).and("AWS_REGION", "eu-west-1");
    let device = ["--serial-number", "arn:aws:iam::111122223333:mfa/ada", "--token-code", "654321"];
    home.done(&[&["assume-role", ROLE], &device[..]].concat());
    assert!(
        sts.asked()[0]
            .contains("SerialNumber=arn%3Aaws%3Aiam%3A%3A111122223333%3Amfa%2Fada&TokenCode=654321")
    );
    let config = format!(
        "[profile base]\naws_access_key_id = {USER}\naws_secret_access_key = {SECRET}\n\
         [profile hop]\nrole_arn = {ROLE}\nsource_profile = base\nregion = eu-west-1\n"
    );
    let home = Home::new().config(&config).and(ENDPOINT, &sts.url());
    let arn = "arn:aws:iam::444455556666:role/next";
    let said = home.run(&[&["assume-role", arn, "--profile", "hop"], &device[..]].concat());
    assert!(said.code == 2 && said.stderr.contains("has no MFA device"), "{}", said.stderr);
    let said = home.refused(&["assume-role", arn, "--profile", "hop", "--duration-seconds", "7200"]);
    assert!(said.contains("is a role's session, and a role that is assumed with one lasts 3600"), "{said}");
    let code = home.run(&["assume-role", "hop", "--token-code", "123456"]);
    assert!(code.code == 2 && code.stderr.contains("--serial-number"), "{}", code.stderr);
}

#[test]
fn a_web_identity_needs_no_keys_and_signs_nothing() {
    let sts = Service::sts();
    let home = Home::new().and(ENDPOINT, &sts.url()).and("AWS_REGION", "eu-west-1");
    home.world.write("token", "aaaa.bbbb.cccc");
    let flags =
        ["assume-role", ROLE, "--web-identity-token-file", "token", "--role-session-name", "web", "--json"];
    home.done(&flags);
    assert_eq!(
        body(&sts.asked()[0]),
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2Fone-bucket&\
         RoleSessionName=web&WebIdentityToken=aaaa.bbbb.cccc"
    );
    let tagged = home.run(&[&flags[..], &["--tags", "a=b"]].concat());
    assert_eq!(tagged.code, 2, "{}", tagged.stderr);
}

#[test]
fn refusals_say_what_to_do() {
    let refusing = |code: &'static str, message: &'static str| {
        Service::new(move |_, _| {
            (
                403,
                format!(
                    "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
                ),
            )
        })
    };
    let user = "User: arn:aws:iam::111122223333:user/ada is not authorized to perform: sts:TagSession on resource: r";
    for (code, message, words) in [
        ("AccessDenied", user, "session tags need sts:TagSession"),
        (
            "PackedPolicyTooLarge",
            "Packed policy consumes 112% of allotted space",
            "send fewer or shorter ones",
        ),
        (
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
            "deleted or inactive",
        ),
        ("RegionDisabledException", "STS is not activated in this region", "take another region"),
        ("ExpiredToken", "The security token included in the request is expired", "log in again"),
    ] {
        let sts = refusing(code, message);
        let home = Home::new().with_keys().and(ENDPOINT, &sts.url()).and("AWS_REGION", "eu-west-1");
        let said = home.refused(&["assume-role", ROLE]);
        assert!(said.contains(&format!("STS answers {code}")) && said.contains(words), "{said}");
        assert_eq!(sts.asked().len(), 1, "{code}");
    }
}
