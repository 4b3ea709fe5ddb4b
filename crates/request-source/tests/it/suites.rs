//! The requests of the published signing suites: each is read, and none loses anything on the way back.

use std::fs;
use std::path::{Path, PathBuf};

use request_source::raw::{self, Options};

#[test]
fn requests_of_the_suites_read_and_read_back() {
    let suites = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/sigv4");
    let Ok(groups) = ["aws-c-auth/v4", "aws-c-auth/v4a"]
        .map(|name| fs::read_dir(suites.join(name)))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
    else {
        println!("skipped: the suites are not beside this tree");
        return;
    };
    let cases: Vec<PathBuf> = groups.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    let mut count = 0;
    for case in cases {
        for name in ["request.txt", "header-signed-request.txt", "query-signed-request.txt"] {
            count += usize::from(read_back(&case.join(name)));
        }
    }
    println!("{count} requests read");
    assert!(count >= 150, "{count} requests are too few to be all");
}

#[allow(clippy::disallowed_methods, reason = "a test reads its data")]
fn read_back(file: &Path) -> bool {
    let Ok(bytes) = fs::read(file) else { return false };
    let options = Options::new(1 << 16);
    let capture = raw::read(&bytes, &options).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let written = raw::write(&capture.message).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(raw::read(&written, &options).unwrap().message, capture.message, "{}", file.display());
    true
}
