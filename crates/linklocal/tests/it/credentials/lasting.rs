//! `credentials exec --refresh`: a program that outlives its sessions.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::{Home, TEMPORARY};
use crate::world::{Said, said, within};

/// A home with a profile whose process gives a new set each time, which lives for so many seconds.
fn home(life: u32) -> Home {
    let home = Home::new();
    let script = home.world.write("give", GIVE);
    std::fs::create_dir(home.world.path("tmp")).unwrap();
    let counter = home.world.path("count");
    let config = format!(
        "[profile dev]\nregion = eu-west-1\ncredential_process = sh {} {} {life}\n",
        script.display(),
        counter.display()
    );
    let tmp = home.world.path("tmp").display().to_string();
    home.config(&config).and("TMPDIR", &tmp)
}

fn ready(home: &Home, flags: &[&str], cmd: &[&str]) -> Command {
    let all = [&["credentials", "exec", "--profile", "dev", "--min-ttl", "0s"], flags, &["--"], cmd].concat();
    let mut command = home.world.command(&all);
    command.envs(home.variables.iter().map(|(name, value)| (name, value)));
    command.env("PATH", sys::Env::system().var_os("PATH").unwrap());
    command
}

fn run(home: &Home, flags: &[&str], cmd: &[&str]) -> Said {
    said(&mut ready(home, flags, cmd))
}

fn is_clean(home: &Home) -> bool {
    std::fs::read_dir(home.world.path("tmp")).unwrap().next().is_none()
}

#[test]
fn a_program_outlives_its_sessions() {
    let home = home(2);
    let said = run(&home, &["--refresh"], &["python3", "-c", OUTLIVES, "3"]);
    assert_eq!((said.code, said.stdout.as_str()), (5, "3 sets\n"), "{}", said.stderr);
    assert!(is_clean(&home), "token and socket go with CMD");
}

#[test]
fn sdks_find_the_endpoint_and_nothing_else() {
    let home = home(3600).and("AWS_ACCESS_KEY_ID", "").and("AWS_PROFILE", "dev");
    let said = run(&home, &["--refresh"], &["sh", "-c", "env"]);
    let of = |name: &str| {
        let line = said.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.map(str::to_owned)
    };
    assert!(
        of("AWS_CONTAINER_CREDENTIALS_FULL_URI").unwrap().starts_with("http://127.0.0.1:"),
        "{}",
        said.stdout
    );
    assert_eq!(of("AWS_REGION").as_deref(), Some("eu-west-1"));
    assert_eq!(of("AWS_CONFIG_FILE").as_deref(), Some("/dev/null"));
    for gone in ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
        assert_eq!(of(gone), None, "{gone}");
    }
    assert!(said.stderr.contains("hidden from it: AWS_ACCESS_KEY_ID, AWS_PROFILE, "), "{}", said.stderr);
}

#[test]
fn keys_are_set_where_nothing_can_be_renewed() {
    let print = ["sh", "-c", "echo ${AWS_ACCESS_KEY_ID:-none} ${AWS_CONTAINER_CREDENTIALS_FULL_URI:+served}"];
    let auto = run(&home(3600), &["--refresh=auto"], &print);
    assert_eq!(auto.stdout, "none served\n", "{}", auto.stderr);
    let never = run(&home(600), &[], &print);
    assert_eq!(never.stdout, "ASIAIOSFODNN7EXA0001\n", "{}", never.stderr);
    assert!(never.stderr.contains("with --refresh the SDKs of CMD fetch the next one"), "{}", never.stderr);
    let ending = || {
        Home::new().with_keys().and("AWS_CREDENTIAL_EXPIRATION", super::ENDS).and("AWS_REGION", "eu-west-1")
    };
    let of_env = |flag: &str| ending().run(&["credentials", "exec", flag, "--", "sh", "-c", "echo started"]);
    assert_eq!(of_env("--refresh=auto").stdout, "started\n");
    let always = of_env("--refresh");
    assert_eq!((always.code, always.stdout.as_str()), (1, ""), "{}", always.stderr);
    assert!(always.stderr.contains("nobody renews it"), "{}", always.stderr);
}

#[test]
fn signals_and_the_end_pass_through() {
    let home = home(3600);
    let caught = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\nprint('here', flush=True)\nsignal.pause()";
    let mut command = ready(&home, &["--refresh"], &["python3", "-c", caught]);
    let mut child: Child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let line = within("a line of CMD", move || {
        let mut line = String::new();
        stdout.read_line(&mut line).map(|_| line)
    });
    assert_eq!(line.unwrap(), "here\n");
    kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), Signal::TERM).unwrap();
    let status = within("the end of CMD", move || child.wait()).unwrap();
    assert_eq!(status.code(), Some(9));
    assert!(is_clean(&home));
    assert_eq!(run(&home, &["--refresh"], &["no-such-program"]).code, 127);
}

#[test]
fn keys_that_do_not_end_are_served_where_asked() {
    let keys = format!(
        "[dev]\naws_access_key_id = {TEMPORARY}\naws_secret_access_key = s\naws_session_token = t\nregion = eu-west-1\n"
    );
    let home = Home::new().credentials(&keys);
    let said =
        run(&home, &["--refresh"], &["sh", "-c", "echo ${AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:+served}"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, "served\n"), "{}", said.stderr);
}

/// COUNTER LIFE: the next set. A shell is there at once, also on a machine under load.
const GIVE: &str = r#"
number=$(($(cat "$1" 2>/dev/null || echo 0) + 1))
echo $number > "$1"
end=$(date -u -d "@$(($(date +%s) + $2))" +%Y-%m-%dT%H:%M:%SZ)
printf '{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXA%04d","SecretAccessKey":"s","SessionToken":"t",' $number
printf '"Expiration":"%s","AccountId":"111122223333"}' "$end"
"#;

/// Asks as SDKs do, who ask again where the answer is 503, until it has seen so many sets, none of which had ended; leaves
/// with 5.
const OUTLIVES: &str = r#"
import datetime, json, os, sys, time, urllib.error, urllib.request
seen = set()
while len(seen) < int(sys.argv[1]):
    token = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
    request = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"], headers={"Authorization": token})
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        given = json.load(urllib.request.urlopen(request, timeout=30))
    except urllib.error.HTTPError as error:
        assert error.code == 503, error
    else:
        assert given["Expiration"] >= now, (given["Expiration"], now)
        seen.add(given["AccessKeyId"])
    time.sleep(0.05)
print(len(seen), "sets")
sys.exit(5)
"#;
