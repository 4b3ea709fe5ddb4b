//! Whole trees against `tests/instances/*.tree`: every path of `latest` with its body, then the paths that each build
//! adds. `cargo xtask bless` rewrites the files.

use std::fmt::Write as _;

use metadata::{Tree, Version};

use crate::crawl::crawl;
use crate::instances::{NAMES, body, instance, tree};

#[test]
fn trees_are_as_written_down() {
    for name in NAMES {
        let path = format!("{}/tests/instances/{name}.tree", env!("CARGO_MANIFEST_DIR"));
        compare(&path, &dump(&tree(&instance(name))));
    }
}

fn dump(tree: &Tree) -> String {
    let mut text = String::new();
    for path in crawl(tree, "latest") {
        let body = body(tree, &path).replace('\n', "\n    ");
        writeln!(text, "{path}\n    {body}").unwrap();
    }
    let mut known = Default::default();
    for build in Version::all().map(Version::as_str) {
        let paths = crawl(tree, build).iter().map(|path| path[build.len() + 1..].to_owned()).collect();
        for path in std::collections::BTreeSet::difference(&paths, &known).filter(|path| !path.is_empty()) {
            writeln!(text, "since {build} {path}").unwrap();
        }
        assert!(known.is_subset(&paths), "{build} takes something away");
        known = paths;
    }
    text
}

#[expect(clippy::disallowed_methods, reason = "expected files are read, and rewritten on request")]
fn compare(path: &str, found: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, found).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let differing = expected.lines().zip(found.lines()).find(|(expected, found)| expected != found);
    assert!(expected == found, "{path} differs; first difference: {differing:?}");
}
