//! The request path: bytes as a client sends them, to the answer.
//!
//! Inputs are requests in plain text, so that seeds and finds read like what they are. `{token}` stands for a token that is
//! good now. A first line `required`, `optional`, `bare` or `disabled` picks the instance.

#![no_main]

use std::path::Path as File;
use std::sync::LazyLock;

use account::identifier::Seed;
use libfuzzer_sys::fuzz_target;
use linklocal::config::Config;
use metadata::{
    Answer, Content, Field, Fleet, Item, Method, Path, Rendered, Request, Shapes, Status, TokenKey,
    TokenKeys, respond,
};
use types::instance::{Endpoint, Tokens};
use types::{Instance, Secret, Timestamp};

fuzz_target!(|bytes: &[u8]| {
    let (world, head) = World::pick(bytes);
    let Some(head) = Head::read(head, &world.token) else { return };
    let request = head.request();
    let answer = world.answer(&request);
    check_answer(&answer);
    check_admission(world, &request, &answer);
    check_path(request.target);
    check_listing(world, request.target);
});

/// Status and content belong together.
fn check_answer(answer: &Answer) {
    let fits = match answer.status {
        Status::Ok => !matches!(answer.content, Content::Empty | Content::NotFoundPage),
        Status::NotFound => matches!(answer.content, Content::NotFoundPage),
        Status::NotAllowed => matches!(answer.content, Content::Allow(_)),
        Status::BadRequest | Status::Unauthorized | Status::Forbidden | Status::UriTooLong => {
            matches!(answer.content, Content::Empty)
        }
    };
    assert!(fits, "{answer:?}");
    assert!(answer.token_ttl.is_none_or(|left| left <= 21_600 && answer.status == Status::Ok), "{answer:?}");
}

/// Nobody gets in without what the options ask for.
fn check_admission(world: &World, request: &Request<'_>, answer: &Answer) {
    let options = world.instance.options();
    if !options.http_endpoint.is_enabled() {
        assert_ne!(answer.status, Status::Ok, "the endpoint is off");
    }
    let shown = match request.token {
        Field::One(token) if token.is_empty() => None,
        Field::One(token) => Some(token == world.token.as_bytes()),
        Field::Absent => None,
        Field::Repeated => Some(false),
    };
    let issued = matches!(answer.content, Content::Token(..));
    if answer.status == Status::Ok && !issued {
        match shown {
            Some(good) => assert!(good, "a bad token was good enough"),
            None => assert_eq!(options.http_tokens, Tokens::Optional, "a token was required"),
        }
    }
    if let Content::Token(token, _) = &answer.content {
        assert!(request.method == Method::Put && !request.forwarded, "{request:?}");
        let left = world.keys.verify(token, world.instance.instance_id(), NOW);
        assert_eq!(left.ok(), answer.token_ttl.filter(|ttl| *ttl > 0), "a fresh token is good");
    }
}

/// Normalised once, a path stays as it is, and it never leaves the root.
fn check_path(target: &str) {
    let Ok(path) = Path::parse(target) else { return };
    let segments: Vec<&str> = path.segments().collect();
    assert!(!segments.iter().any(|segment| matches!(*segment, ".." | "." | "")), "{segments:?}");
    let written = write(&segments);
    match Path::parse(&written) {
        Ok(again) => assert!(again.segments().eq(segments.iter().copied()), "{target:?} as {written:?}"),
        // Escapes make it longer than it came.
        Err(error) => assert!(written.len() >= Path::LIMIT, "{written:?}: {error}"),
    }
}

/// Whatever is listed answers.
fn check_listing(world: &World, target: &str) {
    let Ok(path) = Path::parse(target) else { return };
    let Some(Item::Menu(menu)) = world.instance.tree().find(&path) else { return };
    let menu = std::str::from_utf8(&menu).expect("menus are text");
    let directory: Vec<&str> = path.segments().collect();
    for entry in menu.split('\n') {
        let name = entry.trim_end_matches('/');
        // `0=my-key` lists the directory `0`.
        let name =
            if directory.ends_with(&["public-keys"]) { name.split('=').next().unwrap_or(name) } else { name };
        let child = [directory.as_slice(), &[name]].concat();
        let target = write(&child);
        let child = Path::parse(&target).expect("a listed name makes a path");
        assert!(world.instance.tree().find(&child).is_some(), "{target} is listed and does not answer");
    }
}

/// A path as the most careful client writes it.
fn write(segments: &[&str]) -> String {
    let mut text = String::from("/");
    for (index, segment) in segments.iter().enumerate() {
        if index > 0 {
            text.push('/');
        }
        for byte in segment.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => text.push(byte.into()),
                _ => text.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    text
}

/// A request head, as far as the service looks at it.
struct Head {
    method: Method,
    target: String,
    token: Vec<Vec<u8>>,
    token_ttl: Vec<Vec<u8>>,
    forwarded: bool,
    over_ipv6: bool,
}

impl Head {
    fn read(bytes: &[u8], token: &str) -> Option<Self> {
        let mut lines =
            bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let mut words = std::str::from_utf8(lines.next()?).ok()?.splitn(2, ' ');
        let method = match words.next()? {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "PUT" => Method::Put,
            "OPTIONS" => Method::Options,
            _ => Method::Other,
        };
        let target = words.next()?.trim_end_matches(" HTTP/1.1").to_owned();
        let mut head =
            Self { method, target, token: vec![], token_ttl: vec![], forwarded: false, over_ipv6: false };
        for line in lines {
            head.take(line, token);
        }
        Some(head)
    }

    fn take(&mut self, line: &[u8], token: &str) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = (line[..colon].to_ascii_lowercase(), line[colon + 1..].trim_ascii());
        match name.as_slice() {
            b"x-aws-ec2-metadata-token" if value == b"{token}" => self.token.push(token.as_bytes().to_vec()),
            b"x-aws-ec2-metadata-token" => self.token.push(value.to_vec()),
            b"x-aws-ec2-metadata-token-ttl-seconds" => self.token_ttl.push(value.to_vec()),
            b"x-forwarded-for" => self.forwarded = true,
            b"host" => self.over_ipv6 = value.starts_with(b"["),
            _ => {}
        }
    }

    fn request(&self) -> Request<'_> {
        Request {
            method: self.method,
            target: &self.target,
            token: field(&self.token),
            token_ttl: field(&self.token_ttl),
            forwarded: self.forwarded,
            over_ipv6: self.over_ipv6,
        }
    }
}

fn field(values: &[Vec<u8>]) -> Field<'_> {
    match values {
        [] => Field::Absent,
        [one] => Field::One(one),
        _ => Field::Repeated,
    }
}

/// An instance and the keys to it.
struct World {
    name: &'static str,
    instance: Rendered,
    keys: TokenKeys,
    token: String,
}

impl World {
    fn pick(bytes: &[u8]) -> (&'static Self, &[u8]) {
        let chosen = WORLDS.iter().find_map(|world| {
            let rest = bytes.strip_prefix(world.name.as_bytes())?.strip_prefix(b"\n")?;
            Some((world, rest))
        });
        chosen.unwrap_or((&WORLDS[0], bytes))
    }

    fn new(name: &'static str, instance: &Instance, shapes: &mut Shapes) -> Self {
        let keys = TokenKeys::new(TokenKey::new(7, &Secret::new([7; 32])), Vec::new());
        let token = keys.issue(&instance.instance_id, 600, NOW, [1; 11]);
        let token = String::from_utf8(token.to_vec()).expect("tokens are Base64");
        Self { name, instance: Rendered::new(instance, shapes), keys, token }
    }

    fn answer(&self, request: &Request<'_>) -> Answer {
        respond(request, &self.instance, &self.keys, &Fleet::default(), NOW, || [2; 11])
    }
}

static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let mut shapes = Shapes::default();
    let loaded = instance(include_bytes!("../loaded.toml"));
    let bare = instance(b"[[instance]]\n");
    let with = |change: fn(&mut Instance)| {
        let mut changed = loaded.clone();
        change(&mut changed);
        changed
    };
    vec![
        World::new("required", &with(|i| i.metadata_options.http_tokens = Tokens::Required), &mut shapes),
        World::new("optional", &with(|i| i.metadata_options.http_tokens = Tokens::Optional), &mut shapes),
        World::new("disabled", &with(|i| i.metadata_options.http_endpoint = Endpoint::Disabled), &mut shapes),
        World::new("bare", &bare, &mut shapes),
    ]
});

fn instance(config: &[u8]) -> Instance {
    let config = Config::parse(File::new("loaded.toml"), config).unwrap_or_else(|error| panic!("{error}"));
    let first = config.instances(&Seed::from_text("fuzz"), NOW).next().expect("one instance is declared");
    first.expect("the declaration is in order")
}

const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);
