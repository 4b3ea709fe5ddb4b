//! Crawls trees as clients do: what a menu lists answers, and nothing else does.

use std::collections::BTreeSet;

use metadata::{Item, Tree, Version};
use proptest::prelude::*;
use types::Instance;
use types::instance::{Events, ManagedSshKeys, Switch};

use crate::instances::{self, NAMES, find, instance, tree};

/// Every path below `/{build}` that menus lead to, without a slash at the end; panics where one does not answer.
pub(crate) fn crawl(tree: &Tree, build: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![format!("/{build}")];
    while let Some(path) = open.pop() {
        match find(tree, &path) {
            Some(Item::Menu(menu)) => open.extend(entries(&path, &menu)),
            Some(_) => {}
            None => panic!("{path} is listed and does not answer"),
        }
        found.insert(path);
    }
    found
}

fn entries(path: &str, menu: &[u8]) -> Vec<String> {
    let menu = str::from_utf8(menu).unwrap();
    assert!(!menu.is_empty() && !menu.ends_with('\n'), "{path}: {menu:?}");
    let lines: Vec<&str> = menu.split('\n').collect();
    assert!(lines.is_sorted(), "{path}: {menu:?}");
    lines.iter().map(|line| format!("{path}/{}", name(line))).collect()
}

fn name(line: &str) -> &str {
    match line.split_once('=') {
        Some(("0", _)) => "0",
        _ => line.trim_end_matches('/'),
    }
}

fn builds(tree: &Tree) -> impl Iterator<Item = &'static str> {
    let ceiling = tree.ceiling();
    Version::all().filter(move |build| *build <= ceiling).map(Version::as_str).chain(["latest"])
}

#[test]
fn whatever_is_listed_answers_in_every_build() {
    for name in NAMES {
        let tree = tree(&instance(name));
        for build in builds(&tree) {
            assert!(crawl(&tree, build).len() > 5, "{name} {build}");
        }
    }
}

#[test]
fn directories_are_marked_by_a_slash_and_leaves_are_not() {
    let tree = tree(&instance("full"));
    for path in crawl(&tree, "latest").iter().filter(|path| path.matches('/').count() > 1) {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let menu = instances::body(&tree, parent);
        let marked = menu.split('\n').any(|line| line == format!("{name}/"));
        let directory = matches!(find(&tree, path), Some(Item::Menu(_)));
        // The two menus without slashes: builds, and public keys.
        let bare = parent == "/latest" || parent.ends_with("public-keys");
        assert_eq!(marked, directory && !bare, "{path}");
    }
}

#[test]
fn nothing_unlisted_answers() {
    let everything: BTreeSet<String> = NAMES
        .iter()
        .map(|name| tree(&instance(name)))
        .flat_map(|tree| crawl(&tree, "latest"))
        .map(|path| path.trim_start_matches("/latest").to_owned())
        .collect();
    for name in NAMES {
        let tree = tree(&instance(name));
        for build in builds(&tree) {
            let listed = crawl(&tree, build);
            for path in &everything {
                let path = format!("/{build}{path}");
                assert_eq!(find(&tree, &path).is_some(), listed.contains(&path), "{name} {path}");
                assert_eq!(find(&tree, &format!("{path}/x")), None, "{path}/x");
            }
        }
    }
}

#[test]
fn extended_credentials_answer_unlisted() {
    let tree = tree(&instance("captured"));
    let extended = "/latest/meta-data/iam/security-credentials-extended";
    assert!(!crawl(&tree, "latest").iter().any(|path| path.starts_with(extended)));
    assert_eq!(instances::body(&tree, extended), "app");
    assert_eq!(instances::body(&tree, &format!("{extended}/app")), "RoleCredentialsExtended");
    assert_eq!(instances::body(&tree, &format!("{extended}/other")), "404");
}

/// The full instance without some of what it has.
fn reduced(without: u32, build: Version) -> Instance {
    let mut instance = instance("full");
    let steps: [fn(&mut Instance); 16] = [
        |i| i.events = Events::default(),
        |i| i.events.spot = None,
        |i| i.events.rebalance = None,
        |i| i.managed_ssh_keys = ManagedSshKeys::default(),
        |i| i.managed_ssh_keys.active_keys.clear(),
        |i| i.key_pair = None,
        |i| i.iam_instance_profile = None,
        |i| i.iam_instance_profile.iter_mut().for_each(|profile| profile.role = None),
        |i| i.tags.clear(),
        |i| i.metadata_options.instance_metadata_tags = Switch::Disabled,
        |i| i.user_data = None,
        |i| i.monitoring = false,
        |i| i.network_interfaces.clear(),
        |i| i.network_interfaces.iter_mut().for_each(|n| n.ipv4_associations.clear()),
        |i| i.block_devices.ebs.clear(),
        |i| i.elastic_gpus.clear(),
    ];
    for (bit, step) in steps.into_iter().enumerate() {
        if without >> bit & 1 == 1 {
            step(&mut instance);
        }
    }
    instance.metadata_version = Some(build.as_str().to_owned());
    instance
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_instance_can_be_crawled(without: u32, build in 0..Version::all().count()) {
        let tree = tree(&reduced(without, Version::all().nth(build).unwrap()));
        for build in builds(&tree) {
            crawl(&tree, build);
        }
    }

    #[test]
    fn no_path_panics(path in "/(latest|2021-03-23|1.0)(/(meta-data|tags|instance|0|iam|[a-z.%]{0,4})){0,6}") {
        if let Ok(path) = metadata::Path::parse(&path) {
            let _ = tree(&instance("full")).find(&path);
        }
    }
}
