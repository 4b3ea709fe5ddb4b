//! Files as data: `testdata/files/<case>/scenario.toml`, and beside it the error or the plan that comes of it. The first line
//! of each file says why the case is there. `BLESS=1` writes what is expected.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use scenario::{Plan, Scenario, Settings};

#[test]
fn cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/files");
    let mut cases: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 25, "{} cases are too few to be all", cases.len());
    let faults: Vec<String> = cases.iter().filter_map(|case| fault(case)).collect();
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

#[allow(clippy::disallowed_methods, reason = "a test reads its data")]
fn fault(case: &Path) -> Option<String> {
    let bytes = fs::read(case.join("scenario.toml")).unwrap();
    let found = match Scenario::parse(Path::new("scenario.toml"), &bytes) {
        Ok(scenario) => Plan::of(&scenario, Settings::default()).unwrap().to_string(),
        Err(fault) => {
            let hint = fault.hint.as_ref().map(|hint| format!("hint: {hint}\n")).unwrap_or_default();
            format!("{fault}\n{hint}")
        }
    };
    expected(&case.join("expected.txt"), &found)
}

/// What differs from the file that holds what is expected.
#[allow(clippy::disallowed_methods, reason = "a test reads its data, and writes it when it is blessed")]
pub(crate) fn expected(file: &Path, found: &str) -> Option<String> {
    if std::env::var_os("BLESS").is_some() {
        fs::write(file, found).unwrap();
        return None;
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    (expected != found).then(|| format!("{}:\nexpected:\n{expected}found:\n{found}", file.display()))
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Scenario::parse(Path::new("f"), &bytes);
    }
}
