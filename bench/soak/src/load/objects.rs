//! Several writers and readers of the same keys: put, get, delete, break off, read slowly.

use std::time::Duration;

use super::{BUCKET, Load};
use crate::client::{Ask, Broken, Reply};
use crate::contents;
use crate::world::{KEYS, lock};

pub(crate) fn turn(load: &mut Load) {
    let key = load.random.index(KEYS);
    match load.random.below(100) {
        0..40 => get(load, key, false),
        40..50 => get(load, key, true),
        50..84 => put(load, key),
        84..96 => delete(load, key),
        _ => break_off(load, key),
    }
    load.pause(2);
}

/// A reader who takes seconds for what others replace meanwhile.
pub(crate) fn slow_turn(load: &mut Load) {
    let key = load.random.index(KEYS);
    let begun = load.client.world.now();
    let keys = load.client.world.admin.clone();
    let target = target(key);
    let reply = load.client.slowly(&keys, &Ask::s3("GET", &target, b""), Duration::from_millis(20));
    if let Ok(reply) = reply {
        load.client.world.count("objects read slowly");
        judge(load, key, &reply, begun, false);
    }
    load.pause(50);
}

pub(crate) fn target(key: usize) -> String {
    format!("/{BUCKET}/keys/{key:02}")
}

fn get(load: &mut Load, key: usize, is_part: bool) {
    let begun = load.client.world.now();
    let keys = load.client.world.admin.clone();
    let target = target(key);
    let range = format!("bytes=0-{}", 15 + load.random.below(20_000));
    let fields: &[(&str, &str)] = if is_part { &[("range", &range)] } else { &[] };
    let reply = load.client.call(&keys, &Ask { headers: fields, ..Ask::s3("GET", &target, b"") });
    if let Ok(reply) = reply {
        load.client.world.count(if is_part { "parts of objects read" } else { "objects read" });
        judge(load, key, &reply, begun, is_part);
    }
}

/// Whether the key may have held what was read.
pub(crate) fn judge(load: &Load, key: usize, reply: &Reply, begun: u64, is_part: bool) {
    let world = &load.client.world;
    let value = match reply.status {
        200 => contents::read(&reply.body).map(Some),
        206 if is_part => contents::read_start(&reply.body).map(Some),
        404 => Ok(None),
        503 if reply.is_throttled() => return world.count("requests refused by limits"),
        status => Err(format!("{status} {}", reply.text())),
    };
    match value {
        Err(why) => world.find(format!("key {key}: {why}")),
        Ok(value) => {
            let register = lock(&world.registers[key]);
            if !register.allows(value, begun, world.now()) {
                let known = register.describe();
                drop(register);
                world.find(format!("key {key} held {value:x?} from {begun} on; it was written: {known}"));
            }
        }
    }
}

fn put(load: &mut Load, key: usize) {
    let id = load.client.world.id();
    let length = length(load);
    let body = contents::write(id, length);
    let (keys, target) = (load.client.world.admin.clone(), target(key));
    let unsigned_body = load.random.below(2) == 0;
    let number = begin(load, key, Some(id));
    let reply = load.client.call(&keys, &Ask { unsigned_body, ..Ask::s3("PUT", &target, &body) });
    end(load, key, number, &reply, "objects written");
}

fn delete(load: &mut Load, key: usize) {
    let (keys, target) = (load.client.world.admin.clone(), target(key));
    let number = begin(load, key, None);
    let reply = load.client.call(&keys, &Ask::s3("DELETE", &target, b""));
    end(load, key, number, &reply, "objects deleted");
}

/// No register knows this id: whoever reads it has found half an object.
fn break_off(load: &mut Load, key: usize) {
    let id = load.client.world.id();
    let length = length(load);
    let body = contents::write(id, length);
    let after = load.random.index(length);
    let (keys, target) = (load.client.world.admin.clone(), target(key));
    load.client.break_off(&keys, &Ask::s3("PUT", &target, &body), after);
    load.client.world.count("uploads broken off");
}

pub(crate) fn begin(load: &Load, key: usize, value: Option<u64>) -> u64 {
    lock(&load.client.world.registers[key]).begin(value, load.client.world.now())
}

pub(crate) fn end(
    load: &Load,
    key: usize,
    number: u64,
    reply: &Result<Reply, Broken>,
    counted: &'static str,
) {
    let world = &load.client.world;
    match reply {
        Ok(reply) if reply.status < 300 => {
            lock(&world.registers[key]).acknowledge(number, world.now());
            world.count(counted);
        }
        Ok(reply) => {
            lock(&world.registers[key]).refuse(number);
            if reply.is_throttled() {
                return world.count("requests refused by limits");
            }
            world.find(format!("key {key}: {counted}, but {} {}", reply.status, reply.text()));
        }
        Err(_) => {
            // Only a server that is gone cannot carry it out any more.
            world.wait_until_up();
            lock(&world.registers[key]).give_up(number, world.now());
            world.count("writes of objects cut off");
        }
    }
}

/// Most are kept in records, some in files, few are large.
fn length(load: &mut Load) -> usize {
    let most = match load.random.below(10) {
        0..6 => 7 << 10,
        6..9 => 256 << 10,
        _ => 3 << 20,
    };
    contents::HEAD + load.random.index(most)
}
