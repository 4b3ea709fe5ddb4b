//! `cargo xtask bench credentials`: what it costs to find out whose credentials are in use, beside the AWS CLI and boto3 where
//! they are installed; and, by `--instructions`, how many instructions each command takes.
//!
//! Method: whole processes, in turns (A B A B …), medians of the wall. The home directory is made for it and holds nothing of
//! the user's; nobody is asked over a network but a service on loopback, once, so that there is a session to keep.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{machine, server};
use crate::chore::ChoreError;
use crate::{output, process};

/// One program and its arguments, with the file that it reads.
struct Row {
    name: &'static str,
    /// Under it in milliseconds; the others have none.
    goal: Option<u64>,
    command: Command,
}

pub(super) fn run(arguments: &[String]) -> Result<(), ChoreError> {
    let (mut rounds, mut counted) = (ROUNDS, false);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--instructions" => counted = true,
            "--quick" => rounds = 5,
            "--rounds" => {
                let count = words.next().and_then(|text| text.parse().ok()).filter(|count| *count > 0);
                rounds = count.ok_or_else(|| ChoreError::usage("--rounds wants a positive number"))?;
            }
            _ => return Err(ChoreError::usage(format!("bench credentials does not know {word:?}"))),
        }
    }
    process::step(&mut process::cargo(&["build", "--release", "--package", "linklocal", "--locked"]))?;
    let home = server::home()?;
    let done = measure(&process::target_dir().join("release/linklocal"), &home, rounds, counted);
    fs::remove_dir_all(&home).map_err(ChoreError::io(format!("removing {}", home.display())))?;
    output::say(&machine::describe());
    output::say(&done?);
    Ok(())
}

fn measure(program: &Path, home: &Path, rounds: usize, counted: bool) -> Result<String, ChoreError> {
    lay_out(home)?;
    let sts = keep_a_session(program, home)?;
    let mut rows = ours(program, home, &sts);
    if counted {
        return instructions(&mut rows, home);
    }
    rows.extend(others(home));
    times(&mut rows, rounds)
}

/// Files as most people have them, and as those who have many accounts.
fn lay_out(home: &Path) -> Result<(), ChoreError> {
    let write = |name: &str, text: &str| {
        let path = home.join(name);
        let directory = path.parent().expect("every name has a directory before it");
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(&path, text))
            .map_err(ChoreError::io(format!("writing {}", path.display())))
    };
    write(".aws/credentials", KEYS)?;
    write(".aws/config", CONFIG)?;
    let mut many = CONFIG.to_owned();
    for number in 0..PROFILES {
        let _ = write!(
            many,
            "\n[profile p{number:04}]\nrole_arn = arn:aws:iam::111122223333:role/p{number:04}\nsource_profile = default\n"
        );
    }
    write("many/config", &many)
}

/// Has the product assume the role of profile `kept`, of a service that answers once: its URL. A kept session is of the
/// endpoint that gave it, which has to be named for it to be used.
fn keep_a_session(program: &Path, home: &Path) -> Result<String, ChoreError> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(ChoreError::io("listening on loopback"))?;
    let at = listener.local_addr().map_err(ChoreError::io("listening on loopback"))?;
    let service = std::thread::spawn(move || listener.accept().and_then(|(stream, _)| answer(stream)));
    let mut command = asking(program, home, &["credentials", "process", "--profile", "kept"]);
    let url = format!("http://{at}");
    command.env("AWS_ENDPOINT_URL_STS", &url);
    process::capture(&mut command)?;
    match service.join() {
        Ok(Ok(())) => Ok(url),
        _ => Err(ChoreError::failed("the product did not ask for the role")),
    }
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    // The head and the form come in one piece, or in two; the answer does not depend on them.
    let mut request = [0; 8192];
    let read = stream.read(&mut request)?;
    if !request[..read].windows(7).any(|window| window == b"Action=") {
        let _ = stream.read(&mut request)?;
    }
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{ROLE}",
        ROLE.len()
    )
}

fn ours(program: &Path, home: &Path, sts: &str) -> Vec<Row> {
    let row = |name, goal, words: &[&str]| Row { name, goal, command: asking(program, home, words) };
    let mut rows = vec![
        row("`explain`, a normal file", Some(5), &["credentials", "explain"]),
        row("`explain --as all`, a normal file", None, &["credentials", "explain", "--as", "all"]),
        row("`explain`, 5,000 profiles", Some(15), &["credentials", "explain"]),
        row("`process`, keys of a file", None, &["credentials", "process"]),
        row("`process`, a cached session", Some(5), &["credentials", "process", "--profile", "kept"]),
        row("`export`, keys of a file", None, &["credentials", "export"]),
    ];
    rows[2].command.env("AWS_CONFIG_FILE", home.join("many/config"));
    rows[4].command.env("AWS_ENDPOINT_URL_STS", sts);
    rows
}

/// What others take for the like, where they are installed.
fn others(home: &Path) -> Vec<Row> {
    let aws = |name, words: &[&str]| Row { name, goal: None, command: asking(Path::new("aws"), home, words) };
    let boto3 = ["-c", "import boto3; boto3.Session().get_credentials().get_frozen_credentials()"];
    let python = |home: &Path| asking(Path::new("python3"), home, &boto3);
    let rows = [
        aws("`aws configure export-credentials`", &["configure", "export-credentials"]),
        Row { name: "boto3, `get_credentials()`", goal: None, command: python(home) },
        {
            let mut command = python(home);
            command.env("AWS_CONFIG_FILE", home.join("many/config"));
            Row { name: "boto3, 5,000 profiles", goal: None, command }
        },
    ];
    rows.into_iter().filter_map(|mut row| process::works(&mut row.command).then_some(row)).collect()
}

/// A program that finds this home directory and no other settings.
fn asking(program: &Path, home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).env_clear().env("HOME", home).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.current_dir(home).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn times(rows: &mut [Row], rounds: usize) -> Result<String, ChoreError> {
    let mut taken: Vec<Vec<Duration>> = vec![Vec::new(); rows.len()];
    for round in 0..=rounds {
        for (row, taken) in rows.iter_mut().zip(&mut taken) {
            let started = Instant::now();
            let status = row.command.status().map_err(ChoreError::io(format!("starting {}", row.name)))?;
            let time = started.elapsed();
            if !status.success() {
                return Err(ChoreError::failed(format!("{} left with {status}", row.name)));
            }
            // The first round fills caches.
            if round > 0 {
                taken.push(time);
            }
        }
    }
    let mut table = String::from("| whole process | median ms | goal |\n|---|---|---|\n");
    for (row, taken) in rows.iter().zip(&mut taken) {
        taken.sort_unstable();
        let median = taken[taken.len() / 2];
        let goal = row.goal.map_or_else(
            || "–".to_owned(),
            |goal| {
                let met = if median < Duration::from_millis(goal) { "met" } else { "**missed**" };
                format!("< {goal} {met}")
            },
        );
        let _ = writeln!(table, "| {} | {:.2} | {goal} |", row.name, median.as_secs_f64() * 1e3);
    }
    Ok(table)
}

fn instructions(rows: &mut [Row], home: &Path) -> Result<String, ChoreError> {
    let mut table = String::from("| whole process | thousand instructions |\n|---|---|\n");
    for row in rows {
        let file: PathBuf = home.join("callgrind");
        let mut command = process::program("valgrind", &["--tool=callgrind", "--quiet"]);
        command.arg(format!("--callgrind-out-file={}", file.display())).arg(row.command.get_program());
        command.args(row.command.get_args()).env_clear();
        command.envs(row.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        process::capture(&mut command)?;
        let text =
            fs::read_to_string(&file).map_err(ChoreError::io(format!("reading {}", file.display())))?;
        let totals = text.lines().find_map(|line| line.strip_prefix("summary: "));
        let count: u64 = totals.and_then(|count| count.trim().parse().ok()).unwrap_or_default();
        let _ = writeln!(table, "| {} | {} |", row.name, count / 1000);
    }
    Ok(table)
}

/// Runs of each program.
const ROUNDS: usize = 40;
const PROFILES: usize = 5_000;
const KEYS: &str = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
const CONFIG: &str = "[default]\nregion = eu-west-1\noutput = json\n\n[profile kept]\n\
                      role_arn = arn:aws:iam::111122223333:role/kept\nsource_profile = default\nregion = eu-west-1\n\n\
                      [profile sso]\nsso_session = my\nsso_account_id = 111122223333\nsso_role_name = Admin\n\n\
                      [sso-session my]\nsso_region = eu-west-1\nsso_start_url = https://my.awsapps.com/start\n\
                      sso_registration_scopes = sso:account:access\n";
const ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
                    <AssumedRoleUser><AssumedRoleId>AROAX:s</AssumedRoleId>\
                    <Arn>arn:aws:sts::111122223333:assumed-role/kept/s</Arn></AssumedRoleUser>\
                    <Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
                    <SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
                    </AssumeRoleResult></AssumeRoleResponse>";
