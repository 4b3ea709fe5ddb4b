//! Listings, held to what is certain before and after them.

use super::objects::target;
use super::{BUCKET, Load};
use crate::client::{Ask, Client, elements};
use crate::world::{KEYS, World, lock};

pub(crate) fn turn(load: &mut Load) {
    let world = &load.client.world;
    let before: Vec<_> = (0..KEYS).map(|key| certain(world, key)).collect();
    let Some(listed) = keys_of(&mut load.client) else { return load.pause(20) };
    let world = &load.client.world;
    world.count("listings");
    for (key, before) in before.into_iter().enumerate() {
        let (Some((value, number)), after) = (before, certain(world, key)) else { continue };
        if after != Some((value, number)) {
            continue;
        }
        world.count("keys of listings that were certain");
        let is_listed = listed.contains(&name(key));
        if is_listed != value.is_some() {
            world.find(format!("key {key} holds {value:x?}, and is it listed? {is_listed}"));
        }
    }
    load.pause(20);
}

/// All keys, page by page.
pub(crate) fn keys_of(client: &mut Client) -> Option<Vec<String>> {
    let keys = client.world.admin.clone();
    let (mut listed, mut after) = (Vec::new(), String::new());
    loop {
        let target = format!("/{BUCKET}?list-type=2&max-keys=20&prefix=keys%2F{after}");
        let reply = client.call(&keys, &Ask::s3("GET", &target, b"")).ok()?;
        if reply.status != 200 {
            if !reply.is_throttled() {
                client.world.find(format!("no listing: {} {}", reply.status, reply.text()));
            }
            return None;
        }
        listed.extend(elements(&reply.text(), "Key"));
        match reply.element("NextContinuationToken") {
            Some(token) => after = format!("&continuation-token={}", super::encode(&token)),
            None => return Some(listed),
        }
    }
}

fn certain(world: &World, key: usize) -> Option<(Option<u64>, u64)> {
    lock(&world.registers[key]).certain(world.now())
}

fn name(key: usize) -> String {
    target(key)[BUCKET.len() + 2..].to_owned()
}
