//! S3 over real sockets: objects, bodies in all their forms, who gets in before a byte of one is read.

mod bodies;
mod forms;
mod objects;
mod recorded;
mod uploads;
mod visitors;

use sigv4::chunks::{ChunkSigner, SigningChain};
use sigv4::{
    FieldChoice, KeyCache, Payload, PayloadKeyword, Request, Scope, ServiceRules, SigningParams, sign,
};

use crate::client::Reply;
use crate::draft::Draft;
use crate::world::World;

/// A request of the administrator's in the bucket's region, not signed yet.
pub(super) fn draft(world: &World, method: &'static str, target: &str) -> Draft {
    let form = world.form("s3", "");
    let headers = form.headers.iter().filter(|(name, _)| name == "host").cloned().collect();
    Draft { method, target: target.to_owned(), headers, region: REGION.to_owned(), ..form }
}

/// The answer to a signed request without further fields.
pub(super) async fn ask(world: &World, method: &'static str, target: &str, body: &str) -> Reply {
    send(world, draft(world, method, target).saying(body).signed()).await
}

/// The answer to a request as it is.
pub(super) async fn send(world: &World, draft: Draft) -> Reply {
    if draft.method == "HEAD" {
        let mut client = world.connect().await;
        client.write(&draft.bytes()).await;
        return client.read_head().await;
    }
    world.send(&draft).await
}

/// One with a bucket.
pub(super) async fn with_bucket() -> World {
    let world = World::new();
    assert_eq!(ask(&world, "PUT", "/bucket", "").await.status, 200);
    world
}

/// What a body in chunks is made of.
pub(super) struct Chunked<'a> {
    pub(super) keyword: PayloadKeyword,
    pub(super) chunks: &'a [&'a [u8]],
    pub(super) trailer: &'a [(&'a str, &'a str)],
}

/// `draft` with a body in chunks, signed as its keyword says.
pub(super) fn chunked(mut draft: Draft, with: &Chunked<'_>) -> Draft {
    let length: usize = with.chunks.iter().map(|chunk| chunk.len()).sum();
    draft = draft.with("x-amz-decoded-content-length", &length.to_string());
    draft = draft.with("content-encoding", "aws-chunked");
    if !with.trailer.is_empty() {
        let names: Vec<&str> = with.trailer.iter().map(|(name, _)| *name).collect();
        draft = draft.with("x-amz-trailer", &names.join(","));
    }
    let scope = Scope::new(draft.time, &draft.region, &draft.service);
    let rules = ServiceRules::of(&draft.service);
    let params = SigningParams {
        access_key_id: &draft.access_key_id,
        session_token: None,
        key: &KeyCache::default().key(&draft.secret, &scope),
        scope,
        time: draft.time,
        rules: &rules,
        fields: FieldChoice::default(),
    };
    let fields: Vec<(&str, &[u8])> =
        draft.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request { method: draft.method, target: draft.target.as_bytes(), headers: &fields };
    let signed = sign(&request, Payload::Keyword(with.keyword), &params).unwrap();
    let chain = || SigningChain::of(&params, &signed);
    let mut signer = match with.keyword {
        PayloadKeyword::StreamingHmac => ChunkSigner::signed(chain()),
        PayloadKeyword::StreamingHmacTrailer => ChunkSigner::signed_with_trailer(chain()),
        _ => ChunkSigner::unsigned_with_trailer(),
    };
    let mut body = Vec::new();
    for chunk in with.chunks {
        signer.chunk(chunk, &mut body).unwrap();
    }
    body.extend(signer.finish(with.trailer).unwrap());
    let added: Vec<_> = signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    draft.headers.extend(added);
    Draft { body, ..draft }
}

pub(super) const REGION: &str = "us-east-1";
