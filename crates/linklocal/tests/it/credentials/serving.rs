//! `linklocal credentials serve`: programs are given real credentials, nobody else is, and the next set comes in time.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use rustix::process::Signal;
use serde_json::Value;

use super::services::Service;
use super::shop::Shop;
use super::{Home, SECRET, TEMPORARY, USER};
use crate::world::{ask, eventually, text_of};

#[test]
fn programs_find_what_the_variables_say_and_nothing_is_left_behind() {
    let home = lender();
    let shop = Shop::open(&home, &["--profile", "lent", "--imds", "--container"]);
    assert_eq!(shop.said["AccountId"], "444455556666");
    assert!(!shop.said.to_string().contains(SECRET));

    let (agent, path) = shop.container();
    let set = credentials(agent, &path, &shop.token());
    assert_eq!(
        (set["SecretAccessKey"].as_str(), set["AccountId"].as_str()),
        (Some(SECRET), Some("444455556666"))
    );
    let file = shop.token_file();
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(shop.token().trim_end(), shop.token(), "no newline");

    let imds = shop.imds();
    assert_eq!(ask(imds, "GET", ROLES, "").0, 401, "version 2 alone");
    assert_eq!(shop.get(&format!("{ROLES}/")), "lent");
    for (path, member, value) in [
        (format!("{ROLES}/lent"), "Code", "Success"),
        (format!("{ROLES}/lent"), "AccessKeyId", set["AccessKeyId"].as_str().unwrap()),
        (format!("{ROLES}-extended/lent"), "AccountId", "444455556666"),
    ] {
        let document: Value = serde_json::from_str(&shop.get(&path)).unwrap();
        assert_eq!(document[member], value, "{path}");
    }
    assert_eq!(shop.get("/latest/meta-data/placement/region"), "eu-west-1");
    assert_eq!(shop.variable("AWS_REGION"), "eu-west-1");

    let listed = &home.json(&["credentials", "serve", "--status"])["Servers"][0];
    assert_eq!((&listed["Standing"], &listed["ProcessId"]), (&"serving".into(), &shop.said["ProcessId"]));
    assert_eq!(shop.end(Signal::TERM).code(), Some(0));
    assert!(!file.exists() && !file.parent().unwrap().exists());
    assert_eq!(home.json(&["credentials", "serve", "--status"])["Servers"], Value::Array(Vec::new()));
    let trail = home.done(&["trail"]);
    assert_eq!(trail.lines().count(), 4, "{trail}");
    assert!(!trail.contains(SECRET));
}

#[test]
fn three_renewals_under_load_and_nobody_fails() {
    let home = lender();
    let shop = Shop::open(&home, &["--profile", "lent"]);
    let (agent, path) = shop.container();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let ask_on = || {
            let mut asked = 0_u32;
            while !over.load(SeqCst) {
                credentials(agent, &path, &shop.token());
                asked += 1;
            }
            asked
        };
        let load: Vec<_> = (0..3).map(|_| scope.spawn(ask_on)).collect();
        for lent in 2..=4 {
            shop.signal(Signal::HUP);
            let is_new = || key(&credentials(agent, &path, &shop.token())) == id(lent);
            assert!(eventually(is_new), "set {lent}: {}", shop.stderr());
        }
        over.store(true, SeqCst);
        assert!(load.into_iter().all(|asker| asker.join().unwrap() > 0));
    });
}

#[test]
fn an_old_set_is_served_while_the_next_does_not_come() {
    let home = lender();
    let shop = Shop::open(&home, &["--profile", "lent", "--metrics", "127.0.0.1:0", "--log", "info"]);
    let (agent, path) = shop.container();
    home.world.write("broken", "");
    shop.signal(Signal::HUP);
    let status = || home.json(&["credentials", "serve", "--status"])["Servers"][0].clone();
    assert!(eventually(|| status()["Standing"] == "renewal-failing"), "{}", shop.stderr());
    assert_eq!(key(&credentials(agent, &path, &shop.token())), id(1));
    let failure = status()["Failure"].clone();
    assert_eq!(failure["Code"], "process-failed");
    assert!(failure["Hint"].is_string() && failure["Count"].as_u64() >= Some(1), "{failure}");

    // The open door tells how things stand, and not whose they are.
    let open = shop.metrics_address();
    let (code, health) = ask(open, "GET", "/health", "Connection: close\r\n");
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!((code, &health["Standing"]), (200, &"renewal-failing".into()));
    assert!(health.get("Identity").is_none() && health["Failure"].get("Message").is_none(), "{health}");
    let (_, metrics) = ask(open, "GET", "/metrics", "Connection: close\r\n");
    let failures =
        metrics.lines().find_map(|line| line.strip_prefix("linklocal_credentials_renewal_failures "));
    assert!(failures.is_some_and(|count| count != "0"), "{metrics}");

    std::fs::remove_file(home.world.path("broken")).unwrap();
    shop.signal(Signal::HUP);
    assert!(eventually(|| status()["Standing"] == "serving"), "{}", shop.stderr());
}

#[test]
fn whoever_shows_no_proof_or_comes_by_another_way_gets_nothing() {
    let home = lender();
    let shop =
        Shop::open(&home, &["--profile", "lent", "--imds", "--container", "--http-tokens", "optional"]);
    let (agent, path) = shop.container();
    let token = format!("Authorization: {}\r\n", shop.token());
    for (fields, status) in [
        (String::new(), 401),
        ("Authorization: a.b.c\r\n".to_owned(), 403),
        (format!("{token}X-Forwarded-For: 192.0.2.1\r\n"), 403),
        (format!("{token}Origin: https://evil.example\r\n"), 403),
    ] {
        let (code, body) = ask(agent, "GET", &path, &format!("{fields}Connection: close\r\n"));
        assert!(code == status && !body.contains(SECRET), "{fields}: {code} {body}");
    }
    let (code, body) = get_at(agent, &path, &token, "evil.example");
    assert!(code == 403 && !body.contains(SECRET), "{code} {body}");
    assert_eq!(get_at(shop.imds(), &format!("{ROLES}/lent"), "", "evil.example").0, 403);
    assert_eq!(
        get_at(shop.imds(), &format!("{ROLES}/lent"), "", "localhost").0,
        200,
        "version 1 was asked for"
    );
}

#[test]
fn nothing_is_served_of_an_account_that_is_not_expected() {
    let home = lender();
    let expect = ["credentials", "serve", "--profile", "lent", "--expect-account", "111122223333"];
    let said = home.refused(&expect);
    assert!(said.contains("account 444455556666 is not expected here"), "{said}");

    // Nor one that another account's follow.
    let shop = Shop::open(&home, &["--profile", "lent", "--expect-account", "444455556666"]);
    home.world.write("other", "");
    shop.signal(Signal::HUP);
    let failure = || home.json(&["credentials", "serve", "--status"])["Servers"][0]["Failure"].clone();
    assert!(eventually(|| failure()["Code"] == "another-account"), "{}", shop.stderr());
    let (agent, path) = shop.container();
    assert!(key(&credentials(agent, &path, &shop.token())).starts_with("ASIAWO645SY5ATEMPKE"));
}

#[test]
fn nobody_elsewhere_is_served_unless_it_was_said() {
    let home = lender();
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        for flag in ["--imds", "--container"] {
            let said = home.run(&["credentials", "serve", "--profile", "lent", flag, address]);
            assert_eq!(said.code, 2, "{}", said.stderr);
            assert!(said.stderr.contains("--allow-remote"), "{}", said.stderr);
        }
    }
    assert!(!home.world.path("lent").exists(), "nobody was asked for credentials");
    let shop = Shop::open(&home, &["--profile", "lent", "--imds", "0.0.0.0:0", "--allow-remote"]);
    assert!(shop.stderr().contains("warning: whoever reaches"), "{}", shop.stderr());
}

#[test]
fn tokens_change_and_the_one_before_is_good_for_a_while() {
    let home = lender();
    let shop = Shop::open(&home, &["--profile", "lent", "--rotate-token", "1s"]);
    let (agent, path) = shop.container();
    let first = shop.token();
    assert!(eventually(|| shop.token() != first));
    let second = shop.token();
    for token in [&first, &second] {
        credentials(agent, &path, token);
    }
}

#[test]
fn a_token_file_that_was_named_is_gone_on_with() {
    let home = lender();
    let file = home.world.path("agent.token");
    let arguments = ["--profile", "lent", "--token-file", file.to_str().unwrap()];
    let first = Shop::open(&home, &arguments);
    let token = first.token();
    assert_eq!(first.end(Signal::INT).code(), Some(0));
    let second = Shop::open(&home, &arguments);
    let (agent, path) = second.container();
    credentials(agent, &path, &token);
}

#[test]
fn a_ready_file_holds_the_variables_while_programs_can_be_served() {
    let home = lender();
    let file = home.world.path("ready.env");
    let arguments = ["--profile", "lent", "--format", "dotenv", "--ready-file", file.to_str().unwrap()];
    let shop = Shop::open(&home, &arguments);
    assert!(eventually(|| file.exists()), "{}", shop.stderr());
    let text = text_of(&file);
    let line =
        format!("AWS_CONTAINER_CREDENTIALS_FULL_URI={}", shop.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    assert!(text.lines().any(|it| it == line), "{text}");
    shop.end(Signal::TERM);
    assert!(!file.exists());
}

#[test]
fn a_session_is_served_in_place_of_long_term_keys() {
    let sts = sts();
    let home = Home::new().with_keys().and("AWS_ENDPOINT_URL_STS", &sts.url());
    let shop = Shop::open(&home, &["--duration-seconds", "900"]);
    let (agent, path) = shop.container();
    let set = credentials(agent, &path, &shop.token());
    assert_eq!((key(&set), set["Token"].as_str()), (TEMPORARY.to_owned(), Some("session")));
    assert_eq!(shop.said["Arn"], "arn:aws:iam::111122223333:user/me");
    assert!(
        sts.asked()
            .iter()
            .any(|asked| asked.contains("GetSessionToken&Version=2011-06-15&DurationSeconds=900"))
    );
    assert!(shop.stderr().contains("nothing names a region"), "{}", shop.stderr());

    let keys = Shop::open(&home, &["--no-session"]);
    let (agent, path) = keys.container();
    let set = credentials(agent, &path, &keys.token());
    assert_eq!((key(&set), set["Token"].as_str()), (USER.to_owned(), Some("")));
    assert!(
        set["Expiration"].as_str().is_some_and(|end| end.ends_with('Z')),
        "SDKs take none without: {set}"
    );
}

#[test]
fn a_role_is_assumed_with_the_profile_and_served_by_its_name() {
    let sts = sts();
    let home = Home::new().with_keys().and("AWS_ENDPOINT_URL_STS", &sts.url());
    let role = "arn:aws:iam::444455556666:role/ci/one-bucket";
    let arguments = ["--role", role, "--role-session-name", "me", "--external-id", "x", "--imds"];
    let shop = Shop::open(&home, &arguments);
    assert_eq!(shop.get(&format!("{ROLES}/")), "one-bucket");
    assert_eq!(shop.said["Arn"], role);
    let asked = sts.asked().join("\n");
    assert!(asked.contains("RoleSessionName=me") && asked.contains("ExternalId=x"), "{asked}");
    assert!(!asked.contains("GetSessionToken"), "{asked}");
}

/// A profile whose process gives another set each time: none where `broken` lies beside it, and one of another account
/// where `other` does.
fn lender() -> Home {
    let home = Home::new();
    let script = home.world.write(
        "lend.sh",
        &format!(
            "read n < lent || n=0\nn=$((n+1))\necho $n > lent\n[ ! -e broken ] || exit 7\n\
             account=444455556666\n[ ! -e other ] || account=111122223333\n\
             [ $account = 444455556666 ] && id=ASIAWO645SY5ATEMPKE$n || id=ASIARTX3GSDSATEMPKE$n\n\
             echo '{{\"Version\":1,\"AccessKeyId\":\"'$id'\",\"SecretAccessKey\":\"{SECRET}\",\"SessionToken\":\"t'$n'\",\
             \"Expiration\":\"2099-01-01T00:00:00Z\",\"AccountId\":\"'$account'\"}}'\n"
        ),
    );
    let config =
        format!("[profile lent]\nregion = eu-west-1\ncredential_process = /bin/sh {}\n", script.display());
    home.config(&config)
}

fn id(n: u32) -> String {
    format!("ASIAWO645SY5ATEMPKE{n}")
}

fn key(set: &Value) -> String {
    set["AccessKeyId"].as_str().unwrap().to_owned()
}

/// What the container endpoint gives, which it must.
fn credentials(agent: SocketAddr, path: &str, token: &str) -> Value {
    let fields = format!("Authorization: {token}\r\nConnection: close\r\n");
    let (status, body) = ask(agent, "GET", path, &fields);
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

/// GET where the service is addressed by another name.
fn get_at(at: SocketAddr, path: &str, fields: &str, host: &str) -> (u16, String) {
    use std::io::{Read as _, Write as _};

    let mut stream = std::net::TcpStream::connect(at).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{fields}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// STS with sessions for users, too.
fn sts() -> Service {
    Service::new(|_, body| {
        let sessions = "<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetSessionTokenResult>";
        match body.contains("Action=GetSessionToken") {
            true => {
                let set = format!(
                    "<Credentials><AccessKeyId>{TEMPORARY}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>\
                     <SessionToken>session</SessionToken><Expiration>{}</Expiration></Credentials>",
                    super::ENDS
                );
                let rest =
                    "</GetSessionTokenResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>";
                (200, format!("{sessions}{set}{rest}</GetSessionTokenResponse>"))
            }
            false => super::services::sts_answer(body),
        }
    })
}

const ROLES: &str = "/latest/meta-data/iam/security-credentials";
