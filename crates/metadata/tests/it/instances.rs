//! The instances of `tests/instances/`: one like the captured one, one with everything, one with next to nothing.

use metadata::{Item, Path, Shapes, Tree};
use types::Instance;

pub(crate) const NAMES: [&str; 3] = ["captured", "full", "minimal"];

pub(crate) fn instance(name: &str) -> Instance {
    let json = match name {
        "captured" => include_str!("../instances/captured.json"),
        "full" => include_str!("../instances/full.json"),
        "minimal" => include_str!("../instances/minimal.json"),
        other => panic!("no instance named {other}"),
    };
    serde_json::from_str(json).unwrap()
}

pub(crate) fn tree(instance: &Instance) -> Tree {
    Tree::render(instance, &mut Shapes::default())
}

pub(crate) fn find(tree: &Tree, path: &str) -> Option<Item> {
    tree.find(&Path::parse(path).unwrap())
}

/// The body at `path`; of a live document its name, of nothing `404`.
pub(crate) fn body(tree: &Tree, path: &str) -> String {
    match find(tree, path) {
        Some(Item::Text(bytes) | Item::Menu(bytes)) => String::from_utf8(bytes.to_vec()).unwrap(),
        Some(Item::UserData(bytes)) => format!("{bytes:?}"),
        Some(Item::Live(live)) => format!("{live:?}"),
        None => "404".to_owned(),
    }
}
