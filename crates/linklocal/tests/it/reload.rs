//! SIGHUP: a new configuration is taken whole or not at all.

use rustix::process::Signal;

use crate::world::{World, eventually};

#[test]
fn a_good_file_is_taken_and_a_wrong_one_changes_nothing() {
    let world = World::new();
    let config = world.write("linklocal.toml", "[[instance]]\ninstance-type = \"t3.micro\"\n");
    // Found in the current directory, without --config.
    let server = world.up();
    let id = world.done(&["get", "instance-id"]);
    assert_eq!(world.done(&["get", "instance-type"]), "t3.micro");

    world.write("linklocal.toml", "[[instance]]\ninstance-type = \"m7i.large\"\n");
    server.signal(Signal::HUP);
    assert!(eventually(|| world.done(&["get", "instance-type"]) == "m7i.large"), "{}", server.stderr());
    assert_eq!(world.done(&["get", "instance-id"]), id);

    world.write("linklocal.toml", "[[instance]]\ninstance-type = \"t3.nano\"\nimage = 1\n");
    server.signal(Signal::HUP);
    assert!(server.says("linklocal.toml:3:1"), "{}", server.stderr());
    assert_eq!(world.done(&["get", "instance-type"]), "m7i.large");
    drop(config);

    world.write("linklocal.toml", "[[instance]]\ninstance-type = \"t3.nano\"\n");
    server.signal(Signal::HUP);
    assert!(eventually(|| world.done(&["get", "instance-type"]) == "t3.nano"), "{}", server.stderr());
}

#[test]
fn run_time_changes_outlive_a_reload() {
    let world = World::new();
    world.write("linklocal.toml", "[[instance]]\ninstance-type = \"t3.micro\"\n");
    let server = world.up();
    world.done(&["instance", "set", "image-id=ami-0123456789abcdef0"]);
    world.write("linklocal.toml", "[[instance]]\ninstance-type = \"m7i.large\"\n");
    server.signal(Signal::HUP);
    assert!(eventually(|| world.done(&["get", "instance-type"]) == "m7i.large"), "{}", server.stderr());
    assert_eq!(world.done(&["get", "ami-id"]), "ami-0123456789abcdef0");
}
