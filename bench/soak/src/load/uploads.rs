//! Uploads in parts: completed, aborted, or left lying.

use super::Load;
use super::objects::{begin, end, target};
use crate::client::Ask;
use crate::contents;
use crate::world::KEYS;

pub(crate) fn turn(load: &mut Load) {
    let (key, id) = (load.random.index(KEYS), load.client.world.id());
    let (keys, target) = (load.client.world.admin.clone(), target(key));
    let body = contents::write(id, PART + 1 + load.random.index(PART / 4));
    let Some(upload) = create(load, &target) else { return };
    let mut list = String::from("<CompleteMultipartUpload>");
    for (index, part) in body.chunks(PART).enumerate() {
        let place = format!("{target}?partNumber={}&uploadId={upload}", index + 1);
        let Ok(reply) = load.client.call(&keys, &Ask { unsigned_body: true, ..Ask::s3("PUT", &place, part) })
        else {
            return load.client.world.count("uploads in parts left lying");
        };
        let Some(tag) = reply.header("etag").filter(|_| reply.status == 200) else {
            return load.client.world.find(format!("part of key {key}: {} {}", reply.status, reply.text()));
        };
        list.push_str(&format!("<Part><PartNumber>{}</PartNumber><ETag>{tag}</ETag></Part>", index + 1));
    }
    list.push_str("</CompleteMultipartUpload>");
    let place = format!("{target}?uploadId={upload}");
    match load.random.below(10) {
        0 => load.client.world.count("uploads in parts left lying"),
        1..3 => abort(load, &place),
        _ => {
            let number = begin(load, key, Some(id));
            let reply = load.client.call(&keys, &Ask::s3("POST", &place, list.as_bytes()));
            end(load, key, number, &reply, "uploads in parts completed");
        }
    }
    load.pause(200);
}

fn create(load: &mut Load, target: &str) -> Option<String> {
    let keys = load.client.world.admin.clone();
    let reply = load.client.call(&keys, &Ask::s3("POST", &format!("{target}?uploads="), b"")).ok()?;
    let upload = reply.element("UploadId");
    if upload.is_none() && !reply.is_throttled() {
        load.client.world.find(format!("no upload: {} {}", reply.status, reply.text()));
    }
    upload
}

fn abort(load: &mut Load, place: &str) {
    let keys = load.client.world.admin.clone();
    match load.client.call(&keys, &Ask::s3("DELETE", place, b"")) {
        Ok(reply) if reply.status == 204 => load.client.world.count("uploads in parts aborted"),
        Ok(reply) => load.client.world.find(format!("abort: {} {}", reply.status, reply.text())),
        Err(_) => {}
    }
}

/// AWS's least, but for the last.
const PART: usize = 5 << 20;
