//! What an instance costs in memory, and that reading costs nothing.

use metadata::{Item, Rendered, Shapes};

use crate::instances::{find, instance};

/// 1.3 KiB, a third of which is the identity document: ten thousand instances take 13 of the 32 MiB that they and the
/// process may have.
const PER_INSTANCE: usize = 1_331;

#[test]
fn typical_instances_are_small() {
    let rendered = Rendered::new(&instance("captured"), &mut Shapes::default());
    let size = rendered.heap_size() + size_of::<Rendered>();
    assert!(size <= PER_INSTANCE, "{size} bytes");
}

#[test]
fn reading_hands_out_the_bytes_that_are_there() {
    let mut shapes = Shapes::default();
    let mut other = instance("captured");
    other.image_id = "ami-00000000000000000".to_owned();
    let [one, two] = [instance("captured"), other].map(|i| Rendered::new(&i, &mut shapes).tree().clone());
    let bytes = |tree, path| match find(tree, path) {
        Some(Item::Text(bytes) | Item::Menu(bytes)) => bytes.as_ptr(),
        item => panic!("{path}: {item:?}"),
    };
    for path in ["/latest/meta-data/instance-id", "/latest/meta-data", "/2021-03-23/meta-data/tags/instance"]
    {
        assert_eq!(bytes(&one, path), bytes(&one, path), "{path}");
    }
    // Equal texts of an instance, and equal menus of all of them, are stored once.
    assert_eq!(bytes(&one, "/latest/meta-data/hostname"), bytes(&one, "/latest/meta-data/local-hostname"));
    assert_eq!(bytes(&one, "/latest/meta-data"), bytes(&two, "/latest/meta-data"));
    assert_ne!(bytes(&one, "/latest/meta-data/ami-id"), bytes(&two, "/latest/meta-data/ami-id"));
}
