//! After the load: everything that was acknowledged is there, everything that is deleted is gone, and nothing is left lying.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::client::{Ask, Client, Reply, elements};
use crate::contents;
use crate::load::BUCKET;
use crate::load::listing::keys_of;
use crate::load::objects::target;
use crate::memory::Watch;
use crate::server::Server;
use crate::world::{KEYS, World, lock};

pub(crate) fn reach(world: &Arc<World>, server: &mut Server) {
    let mut client = Client::new(world);
    for life in ["as it ran", "after a stop", "after a kill"] {
        read_all(&mut client, life);
        again(world, server, life == "as it ran");
    }
    empty(&mut client);
    again(world, server, true);
    if let Some(left) = keys_of(&mut client).filter(|left| !left.is_empty()) {
        world.find(format!("deleted keys are there: {left:?}"));
    }
    nothing_is_left(world, server);
    let log = server.log();
    for line in log.lines().filter(|line| line.contains("panicked") || line.contains("ERROR")) {
        world.find(format!("the log: {line}"));
    }
}

/// Each key, now that nobody writes.
fn read_all(client: &mut Client, life: &str) {
    let world = Arc::clone(&client.world);
    for key in 0..KEYS {
        let begun = world.now();
        let Some(reply) = ask(client, "GET", &target(key)) else { continue };
        let value = match reply.status {
            200 => contents::read(&reply.body).map(Some),
            404 => Ok(None),
            status => Err(format!("{status} {}", reply.text())),
        };
        let register = lock(&world.registers[key]);
        match value {
            Ok(value) if register.allows(value, begun, world.now()) => world.count("objects read at the end"),
            wrong => world.find(format!("{life}, key {key} is {wrong:x?}; {}", register.describe())),
        }
    }
}

/// Another process over the same state.
fn again(world: &World, server: &mut Server, is_gentle: bool) {
    world.goes_down_or_up();
    let ended = if is_gentle { server.stop() } else { server.kill() };
    if let Err(error) = ended.and_then(|()| server.restart()) {
        world.find(format!("no start at the end: {error}"));
    }
    world.goes_down_or_up();
}

/// Deletes all objects, and all uploads that were left lying.
fn empty(client: &mut Client) {
    for key in 0..KEYS {
        ask(client, "DELETE", &target(key));
    }
    loop {
        let Some(reply) = ask(client, "GET", &format!("/{BUCKET}?uploads=")) else { return };
        let text = reply.text();
        let uploads: Vec<(String, String)> =
            elements(&text, "Key").into_iter().zip(elements(&text, "UploadId")).collect();
        if uploads.is_empty() {
            return;
        }
        for (key, upload) in uploads {
            let target = format!("/{BUCKET}/{key}?uploadId={upload}");
            match ask(client, "DELETE", &target) {
                Some(reply) if reply.status == 204 => client.world.count("uploads in parts aborted"),
                other => return client.world.find(format!("{target} cannot be aborted: {other:?}")),
            }
        }
    }
}

fn ask(client: &mut Client, method: &str, target: &str) -> Option<Reply> {
    let keys = client.world.admin.clone();
    client.call(&keys, &Ask::s3(method, target, b"")).ok()
}

/// What a kill left behind is swept in the background of a start.
fn nothing_is_left(world: &World, server: &Server) {
    let deadline = Instant::now() + SWEEP;
    while server.object_files() > 0 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    if server.object_files() > 0 {
        world.find(format!("{} files belong to no object", server.object_files()));
    }
}

pub(crate) fn report(world: &World, watch: &Watch, arguments: &Arguments) -> String {
    let mut text = format!("{} s with seed {}\n", arguments.time.as_secs(), arguments.seed);
    for (what, count) in world.counts() {
        text.push_str(&format!("{count:>10}  {what}\n"));
    }
    if let Some(resident) = watch.resident() {
        let [first, middle, last] = resident.map(|kib| kib as f64 / 1024.0);
        text.push_str(&format!(
            "resident MiB by thirds of the last life: {first:.1}, {middle:.1}, {last:.1}\n"
        ));
    }
    if let Some([first, middle, last]) = watch.descriptors() {
        text.push_str(&format!("descriptors by thirds of the last life: {first}, {middle}, {last}\n"));
    }
    text.push_str(&format!("{} findings", world.findings()));
    text
}

const SWEEP: Duration = Duration::from_secs(30);
