//! The cases of `tests/requests.txt`, which says how a line reads.

use metadata::{
    Answer, Content, Field, Fleet, Method, Rendered, Request, Shapes, Status, TokenKey, TokenKeys, respond,
};
use types::instance::{Endpoint, HopLimit, Switch, Tokens};
use types::{Secret, Timestamp};

use crate::instances::instance;

const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);

#[test]
fn requests_get_their_answers() {
    let cases =
        include_str!("../requests.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in cases {
        let (request, expected) = line.split_once(" => ").unwrap_or_else(|| panic!("no answer in {line:?}"));
        assert_eq!(summary(&answer(request)), expected, "{line}");
    }
}

#[test]
fn a_token_opens_the_door_that_it_was_made_for() {
    let issued = answer("required PUT /latest/api/token - ttl=60");
    let Content::Token(token, hop_limit) = issued.content else { panic!("{issued:?}") };
    assert_eq!(hop_limit, HopLimit::default());
    let rendered = rendered("required");
    assert_eq!(keys().verify(&token, rendered.instance_id(), NOW), Ok(60));
}

fn answer(line: &str) -> Answer {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (options, method, target, token) = (words[0], words[1], words[2], words[3]);
    let rendered = rendered(options);
    let token_text = token_text(token, &rendered);
    let long = "/".repeat(8192);
    let ttl = words.iter().find_map(|word| word.strip_prefix("ttl="));
    let request = Request {
        method: method_named(method),
        target: if target == "(long)" { &long } else { target },
        token: match token {
            "-" => Field::Absent,
            "twice" => Field::Repeated,
            _ => Field::One(&token_text),
        },
        token_ttl: match ttl {
            None => Field::Absent,
            Some("twice") => Field::Repeated,
            Some(text) => Field::One(text.as_bytes()),
        },
        forwarded: words.contains(&"forwarded"),
        over_ipv6: words[4..].contains(&"ipv6"),
    };
    let fleet = Fleet { token_path_trailing_slash: !options.contains("slash403") };
    respond(&request, &rendered, &keys(), &fleet, NOW, || [5; 11])
}

fn rendered(options: &str) -> Rendered {
    let mut instance = instance("captured");
    let set = &mut instance.metadata_options;
    set.http_tokens = Tokens::Optional;
    for word in options.split('+') {
        match word {
            "optional" | "slash403" => {}
            "required" => set.http_tokens = Tokens::Required,
            "disabled" => set.http_endpoint = Endpoint::Disabled,
            "ipv6" => set.http_protocol_ipv6 = Switch::Enabled,
            other => panic!("no option {other}"),
        }
    }
    Rendered::new(&instance, &mut Shapes::default())
}

fn keys() -> TokenKeys {
    TokenKeys::new(TokenKey::new(0, &Secret::new([1; 32])), Vec::new())
}

fn token_text(token: &str, rendered: &Rendered) -> Vec<u8> {
    let issued = |secs: i64, id: &_| {
        let then = Timestamp::from_secs(NOW.secs() - secs);
        keys().issue(id, 60, then, [9; 11]).to_vec()
    };
    match token {
        "-" | "empty" | "twice" => Vec::new(),
        "good" => issued(30, rendered.instance_id()),
        "expired" => issued(60, rendered.instance_id()),
        "other" => issued(0, &"i-0ffffffffffffffff".parse().unwrap()),
        "garbage" => b"garbage".to_vec(),
        other => panic!("no token {other}"),
    }
}

fn method_named(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "PUT" => Method::Put,
        "OPTIONS" => Method::Options,
        _ => Method::Other,
    }
}

fn summary(answer: &Answer) -> String {
    let status = match answer.status {
        Status::Ok => 200,
        Status::BadRequest => 400,
        Status::Unauthorized => 401,
        Status::Forbidden => 403,
        Status::NotFound => 404,
        Status::NotAllowed => 405,
        Status::UriTooLong => 414,
    };
    let content = match &answer.content {
        Content::Empty => "empty".to_owned(),
        Content::Allow(methods) => format!("allow:{}", methods.replace(' ', "")),
        Content::Token(..) => "token".to_owned(),
        Content::Text(bytes) => str::from_utf8(bytes).unwrap().replace('\n', "\\n"),
        Content::UserData(_) => "user-data".to_owned(),
        Content::NotFoundPage => "page".to_owned(),
        Content::Live(live) => format!("live:{live:?}"),
    };
    let left = answer.token_ttl.map_or(String::new(), |left| format!(" {left}"));
    format!("{status} {content} {:?}{left}", answer.access)
}
