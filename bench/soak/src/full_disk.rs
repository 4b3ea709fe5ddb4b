//! A disk that is full: what does not fit is refused, what was there stays, and after room is made all goes on.
//!
//! A tmpfs of a few MiB, which only root may mount: elsewhere this part says that it was left out.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use crate::arguments::Arguments;
use crate::client::{Ask, Client, Reply};
use crate::contents;
use crate::server::Server;
use crate::world::World;

pub(crate) fn run(world: &Arc<World>, arguments: &Arguments) {
    let (home, disk) = (arguments.home.join("small"), arguments.home.join("disk"));
    if let Err(error) = fs::create_dir_all(&disk) {
        return world.find(format!("no directory for a small disk: {error}"));
    }
    let size = c"size=40m";
    if mount("soak", &disk, "tmpfs", MountFlags::empty(), size).is_err() {
        eprintln!("no disk was filled: only root may mount a small one");
        return;
    }
    fill(world, arguments, &home, &disk);
    if let Err(error) = unmount(&disk, UnmountFlags::DETACH) {
        world.find(format!("the small disk cannot be taken away: {error}"));
    }
}

fn fill(world: &Arc<World>, arguments: &Arguments, home: &Path, disk: &Path) {
    let mut server = match Server::start(&arguments.linklocal, home, &disk.join("data")) {
        Ok(server) => server,
        Err(error) => return world.find(format!("no server on a small disk: {error}")),
    };
    let Some(mut small) = crate::world_of(&server) else {
        return world.find("no account on a small disk".to_owned());
    };
    small.disk_fills = true;
    let small = Arc::new(small);
    let mut client = Client::new(&small);
    put(&mut client, "", b"");
    let (mut kept, mut refused) = (Vec::new(), 0);
    for number in 0..200 {
        // Large ones fill the files' part, small ones what is left and the records' part.
        let length = if number % 2 == 0 { 1 << 20 } else { 6000 };
        match put(&mut client, &format!("/{number}"), &contents::write(number, length)) {
            Some(reply) if reply.status == 200 => kept.push(number),
            Some(_) => refused += 1,
            None => refused += 1,
        }
        if let Some(status) = server.ended() {
            return world.find(format!("the server ended on a full disk: {status}"));
        }
    }
    world.count_by("writes refused on a full disk", refused);
    if refused == 0 {
        world.find("a small disk was not filled".to_owned());
    }
    check(world, &mut client, &kept, "on a full disk");
    if let Err(error) = server.kill().and_then(|()| server.restart()) {
        world.find(format!("no start on a full disk: {error}"));
    }
    let mut client = Client::new(&small);
    check(world, &mut client, &kept, "after a kill on a full disk");
    room_again(world, &mut client, &kept);
}

/// Half of it is deleted: then the other half can be written anew.
fn room_again(world: &World, client: &mut Client, kept: &[u64]) {
    let (gone, left) = kept.split_at(kept.len() / 2);
    let keys = client.world.admin.clone();
    for number in gone {
        let reply = client.call(&keys, &Ask::s3("DELETE", &format!("/{DISK}/{number}"), b""));
        if !matches!(&reply, Ok(reply) if reply.status == 204) {
            return world.find(format!("nothing can be deleted from a full disk: {reply:?}"));
        }
    }
    for number in left.iter().take(5) {
        let reply = put(client, &format!("/{number}"), &contents::write(*number, 1 << 19));
        if !matches!(&reply, Some(reply) if reply.status == 200) {
            world.find(format!("nothing can be written though there is room again: {reply:?}"));
        }
    }
    check(world, client, left, "with room again");
}

fn check(world: &World, client: &mut Client, kept: &[u64], when: &str) {
    let keys = client.world.admin.clone();
    for number in kept {
        let read = client.call(&keys, &Ask::s3("GET", &format!("/{DISK}/{number}"), b""));
        let id = read.map_err(|broken| broken.0).and_then(|reply| contents::read(&reply.body));
        if id != Ok(*number) {
            world.find(format!("{when} object {number} is {id:?}"));
        }
        world.count("objects read on a full disk");
    }
}

fn put(client: &mut Client, key: &str, body: &[u8]) -> Option<Reply> {
    let keys = client.world.admin.clone();
    client
        .call(
            &keys,
            &Ask { unsigned_body: !body.is_empty(), ..Ask::s3("PUT", &format!("/{DISK}{key}"), body) },
        )
        .ok()
}

const DISK: &str = "soak-disk";
