//! Programs that people use.
//!
//! Rule: a client that is missing fails its test; the product's own CI has them all.

use crate::stage::{self, ISOLATED, OPEN, RESTRICTED};

const MODES: [&[&str]; 3] = [OPEN, ISOLATED, RESTRICTED];

#[test]
fn curl_reads_by_both_families_and_with_fast_open() {
    for options in MODES {
        for (flags, url, expected) in [
            ("-sS", "http://169.254.169.254/bye", "169.254.169.254:80 "),
            ("-sS", "http://[fd00:ec2::254]/bye", "[fd00:ec2::254]:80 "),
            ("-sS --tcp-fastopen", "http://169.254.169.254/bye", "169.254.169.254:80 "),
            ("-sS --interface lo", "http://169.254.169.254/bye", "169.254.169.254:80 "),
        ] {
            let mut command = vec!["curl", "-m", "20"];
            command.extend(flags.split(' ').chain([url]));
            let ran = stage::run(options, &command);
            assert!(
                ran.stdout.starts_with(expected) && ran.code == Some(0),
                "{options:?} {flags} {url}: {ran:?}"
            );
        }
    }
}

#[test]
fn curl_says_whom_it_is_connected_to() {
    let ran =
        stage::run(OPEN, &["curl", "-sSv", "-m", "20", "-o", "/dev/null", "http://169.254.169.254/bye"]);
    assert!(ran.stderr.contains("Connected to 169.254.169.254 (169.254.169.254) port 80"), "{ran:?}");
}

#[test]
fn python_connects_with_and_without_an_event_loop() {
    let blocking =
        "import urllib.request as u; print(u.urlopen('http://169.254.169.254/bye', timeout=20).read())";
    let waiting = "import asyncio\n\
        async def main():\n\
        \x20   r, w = await asyncio.open_connection('169.254.169.254', 80)\n\
        \x20   w.write(b'GET /bye\\n')\n\
        \x20   print(await r.read(), w.get_extra_info('peername'))\n\
        asyncio.run(main())";
    let spawned =
        format!("import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {blocking:?}]))");
    for options in MODES {
        for script in [blocking, waiting, &spawned] {
            let ran = stage::run(options, &["python3", "-c", script]);
            assert!(ran.stdout.contains("169.254.169.254:80 "), "{options:?} {script}: {ran:?}");
            assert_eq!(ran.code, Some(0));
        }
    }
}

/// What ends a tree's rights ends nothing for us: root looks into the processes of others.
#[test]
fn a_program_may_become_another_user() {
    if !stage::is_root() {
        // Only root can; the test above covers everybody else.
        return;
    }
    let public = stage::Public::new();
    let caller = public.caller();
    let user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let ran = stage::run(OPEN, &[&user[..], &[&caller, "plain", "169.254.169.254", "80"]].concat());
    assert!(ran.stdout.ends_with("answer 169.254.169.254:80 process thread\n"), "{ran:?}");
}
