//! SIGHUP: a new configuration is taken whole or not at all.

use rustix::process::Signal;

use crate::environment::free_address;
use crate::world::{World, eventually, said};

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

#[test]
fn endpoints_move_with_the_file_and_a_taken_one_refuses_it() {
    let world = World::new();
    let (one, two) = (free_address(), free_address());
    let instance = |endpoint: &str| format!("[[instance]]\nendpoints = [\"{endpoint}\"]\n");
    world.write("linklocal.toml", &instance(&one));
    let server = world.up();
    let at = |address: &str| world.run(&["get", "--endpoint", &format!("http://{address}"), "instance-id"]);
    let id = at(&one).stdout;
    assert!(id.starts_with("i-"), "{id}");

    world.write("linklocal.toml", &instance(&two));
    server.signal(Signal::HUP);
    assert!(eventually(|| at(&two).stdout == id), "{}", server.stderr());
    assert!(eventually(|| at(&one).code == 1));

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    world.write("linklocal.toml", &instance(&address));
    server.signal(Signal::HUP);
    assert!(server.says(&format!("error: {address} is already in use")), "{}", server.stderr());
    assert!(server.says("stays as it was"));
    assert_eq!(at(&two).stdout, id);
}

#[test]
fn data_and_admin_socket_may_lie_where_the_file_says() {
    let world = World::new();
    let text = "[server]\ndata = \"state\"\nadmin-socket = \"call.sock\"\nimds = [\"127.0.0.1:0\"]\n";
    world.write("linklocal.toml", text);
    let server = world.up_unnamed();
    assert!(world.path("state").join("store.redb").exists() && world.path("call.sock").exists());
    let mut command = world.command(&["get", "instance-id"]);
    command.env_remove("LINKLOCAL_DATA");
    let said = said(&mut command);
    assert_eq!((said.code, said.stdout), (0, server.get("/latest/meta-data/instance-id").1));
    drop(server);
}
