//! Runs one case against the world and says what is wrong with the answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::case::{Case, Exchange, Expectation, Shared};
use crate::client::{Client, End, Received};
use crate::files;
use crate::pattern::Bindings;
use crate::template::{Piece, literal, pieces};
use crate::world::World;

/// Tokens by the arguments of their `{token:…}`; the plain one has none.
type Tokens = BTreeMap<String, String>;

/// What one case remembers from exchange to exchange.
struct Run<'a> {
    case: &'a Case,
    world: &'a World,
    shared: &'a Shared,
    tokens: Tokens,
    /// The token that the case itself was given last.
    issued: String,
    waited: u64,
    bindings: Bindings,
}

/// Runs `case`; a failure is a text for people.
pub(crate) async fn run(case: &Case, world: &World, shared: &Shared) -> Result<(), String> {
    let tokens = mint(case, world).await;
    let bindings = Bindings::default();
    let mut run = Run { case, world, shared, tokens, issued: String::new(), waited: 0, bindings };
    let mut client = Client::connect(world.addr(&case.instance, case.over)).await;
    for exchange in &case.exchanges {
        run.exchange(exchange, &mut client).await?;
    }
    if case.exchanges.last().is_some_and(|last| last.stays) { run.stays(&mut client).await } else { Ok(()) }
}

impl Run<'_> {
    async fn exchange(&mut self, exchange: &Exchange, client: &mut Client) -> Result<(), String> {
        self.world.pass(exchange.wait);
        self.waited += exchange.wait;
        let request = self.request(exchange);
        client.send(&request, exchange.ends).await;
        let received = if exchange.stays {
            client.response(request.starts_with(b"HEAD ")).await
        } else {
            client.rest().await
        };
        self.remember(&received.bytes);
        self.check(exchange, &received).map_err(|what| self.report(&what, exchange, &request, &received))
    }

    fn check(&mut self, exchange: &Exchange, received: &Received) -> Result<(), String> {
        match &exchange.expectation {
            Expectation::Whole(template) => {
                let known = |name: &str, arguments: &str| {
                    known(name, arguments, exchange, self.waited, self.world, self.shared)
                };
                let outcome = self.bindings.compare(template, known, &received.bytes);
                outcome.map_err(|mismatch| mismatch.to_string())?;
            }
            Expectation::Silence if received.bytes.is_empty() => {}
            Expectation::Silence => return Err("wanted no answer".to_owned()),
        }
        let end = if exchange.stays { End::Whole } else { End::Closed };
        if received.end == end { Ok(()) } else { Err(format!("wanted the end {end:?}")) }
    }

    /// A kept connection answers once more, from the first byte on.
    async fn stays(&self, client: &mut Client) -> Result<(), String> {
        client.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", false).await;
        let received = client.rest().await;
        if received.bytes.starts_with(b"HTTP/1.1 ") {
            return Ok(());
        }
        let Case { file, name, .. } = self.case;
        let bytes = received.bytes.escape_ascii();
        Err(format!("{file}: {name}\n  the next response on the connection is {:?} {bytes}\n", received.end))
    }

    fn request(&self, exchange: &Exchange) -> Vec<u8> {
        let mut bytes = Vec::new();
        for piece in pieces(&exchange.request) {
            match piece {
                Piece::Text(text) => bytes.extend(text.as_bytes()),
                Piece::Slot { name: "token", arguments } => bytes.extend(self.tokens[arguments].as_bytes()),
                Piece::Slot { name: "issued", .. } => bytes.extend(self.issued.as_bytes()),
                Piece::Slot { name, arguments } => {
                    let text = literal(name, arguments);
                    bytes.extend(text.unwrap_or_else(|| panic!("{{{name}}} is not for requests")));
                }
            }
        }
        bytes
    }

    fn remember(&mut self, response: &[u8]) {
        let body =
            response.windows(4).position(|w| w == b"\r\n\r\n").map_or(&[][..], |at| &response[at + 4..]);
        if body.len() == 56 && body.starts_with(b"AQAEA") {
            self.issued = String::from_utf8_lossy(body).into_owned();
        }
    }

    fn report(&self, what: &str, exchange: &Exchange, request: &[u8], received: &Received) -> String {
        let Case { file, name, why, instance, .. } = self.case;
        let wanted = match &exchange.expectation {
            Expectation::Whole(template) => template.as_str(),
            Expectation::Silence => "",
        };
        let mut text = format!("{file}: {name} (instance {instance})\n  why: {why}\n  {what}\n");
        for (title, bytes) in
            [("request", request), ("wanted", wanted.as_bytes()), ("answered", &received.bytes)]
        {
            let _ = writeln!(text, "  {title}:");
            for line in bytes.split_inclusive(|b| *b == b'\n').take(LINES_SHOWN) {
                let line = &line[..line.len().min(BYTES_SHOWN)];
                let _ = writeln!(text, "    | {}", line.escape_ascii());
            }
        }
        let _ = writeln!(text, "  end: {:?}", received.end);
        text
    }
}

/// What stands in a response for sure.
fn known(
    name: &str,
    arguments: &str,
    exchange: &Exchange,
    waited: u64,
    world: &World,
    shared: &Shared,
) -> Option<Vec<u8>> {
    let text = match name {
        "date" => world.now().http_date(),
        "seconds-left" => exchange.seconds_left.unwrap_or(LONGEST_TTL - waited).to_string(),
        "length" => exchange.length?.to_string(),
        "page" => files::text(format!("page-{arguments}.html")),
        _ => shared.text(name)?.to_owned(),
    };
    Some(text.into_bytes())
}

/// Gets the tokens that the case's requests name, those first for which time has to pass.
async fn mint(case: &Case, world: &World) -> Tokens {
    let requests = case.exchanges.iter().flat_map(|exchange| pieces(&exchange.request));
    let mut wanted: Vec<&str> = requests
        .filter_map(|piece| match piece {
            Piece::Slot { name: "token", arguments } => Some(arguments),
            _ => None,
        })
        .collect();
    wanted.sort_by_key(|kind| (*kind != "expired", *kind));
    wanted.dedup();
    let mut tokens = Tokens::new();
    for kind in wanted {
        tokens.insert(kind.to_owned(), token(kind, &case.instance, world).await);
    }
    tokens
}

async fn token(kind: &str, instance: &str, world: &World) -> String {
    match kind {
        "" => world.token(instance, "21600").await,
        "expired" => {
            let token = world.token(instance, "1").await;
            world.pass(2);
            token
        }
        "other-instance" => world.token(if instance == "full" { "native" } else { "full" }, "21600").await,
        "tampered" => {
            let mut token = world.token(instance, "21600").await;
            let other = if &token[20..21] == "A" { "B" } else { "A" };
            token.replace_range(20..21, other);
            token
        }
        ttl => world.token(instance, ttl).await,
    }
}

const LONGEST_TTL: u64 = 21_600;
const LINES_SHOWN: usize = 40;
const BYTES_SHOWN: usize = 300;
