//! What both sides' texts are made of, owned in one place.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::parsed::{self, Parsed};
use super::sent::{Mechanism, Sent};
use super::view::{Chain, Parts, Shape, View};
use super::{Key, Ours, Theirs, answer, form};
use crate::{ContentSha256, PathEncoding, Payload, Request, ServiceRules, TokenRule};

/// Everything that hypotheses are made of.
pub(super) struct Grounds<'a> {
    pub(super) request: Option<Request<'a>>,
    pub(super) body: Option<&'a [u8]>,
    pub(super) rules: &'a ServiceRules,
    pub(super) keys: &'a [Key<'a>],
    /// The key that is meant.
    pub(super) key: Option<Key<'a>>,
    pub(super) sent: Option<Sent>,
    /// The canonical request by the rules, of the request that this side has.
    pub(super) ours: Option<Pieces>,
    pub(super) theirs: Option<Pieces>,
    pub(super) our_head: Head,
    pub(super) their_head: Option<Head>,
    /// The hash in the other side's string to sign.
    pub(super) their_hash: Option<[u8; 32]>,
    /// Whether the other side's text is known to the byte.
    pub(super) exact: bool,
}

/// The lines of a canonical request, owned.
pub(super) struct Pieces {
    pub(super) method: Vec<u8>,
    pub(super) path: Vec<u8>,
    pub(super) query: Vec<u8>,
    pub(super) headers: Vec<(String, Zeroizing<Vec<u8>>)>,
    pub(super) names: Vec<String>,
    pub(super) payload: Vec<u8>,
}

/// The lines of a string to sign before its hash.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) algorithm: String,
    pub(super) date: String,
    /// Day, region, service, terminator.
    pub(super) scope: [String; 4],
}

impl<'a> Grounds<'a> {
    pub(super) fn new(ours: &Ours<'a>, theirs: &Theirs) -> Self {
        let keys = ours.keys.get(..Ours::MAX_KEYS).unwrap_or(ours.keys);
        let sent = ours.request.as_ref().map(Sent::read);
        let id = sent.as_ref().map(|sent| sent.access_key_id.as_str()).filter(|id| !id.is_empty());
        let id = id.or(theirs.access_key_id.as_deref());
        let key = keys.iter().find(|key| id == Some(key.access_key_id)).or_else(|| keys.first()).copied();
        let text = theirs.canonical_request.as_ref().map(|text| text.expose().as_slice());
        let parsed = text.and_then(parsed::parse);
        let their_head = theirs.string_to_sign.as_deref().and_then(Head::read);
        let their_hash = theirs.string_to_sign.as_deref().and_then(answer::hash_in);
        let regular = parsed.as_ref().is_some_and(|parsed| parsed.regular);
        let exact = match (text.filter(|_| regular), their_hash) {
            (Some(text), Some(hash)) => super::view::hashed(text, &mut super::Work::default()) == hash,
            // A text without a hash to check it by counts as it stands.
            (Some(_), None) => true,
            _ => false,
        };
        let mut grounds = Self {
            request: ours.request,
            body: match ours.payload {
                Some(Payload::Body(body)) => Some(body),
                _ => None,
            },
            rules: ours.rules,
            keys,
            key,
            our_head: Head::of(ours, sent.as_ref(), their_head.as_ref()),
            sent,
            ours: None,
            theirs: parsed.as_ref().map(Pieces::of),
            their_head,
            their_hash,
            exact,
        };
        grounds.ours = ours.request.map(|request| grounds.pieces(&request, ours.payload, parsed.as_ref()));
        grounds
    }

    /// The view of a text, with the key that is meant.
    pub(super) fn view<'v>(&'v self, pieces: &'v Pieces, head: &'v Head) -> View<'v> {
        let scope = head.parts();
        View {
            method: &pieces.method,
            path: &pieces.path,
            query: &pieces.query,
            headers: pieces.headers.iter().map(|(name, value)| (name.as_str(), &value[..])).collect(),
            names: pieces.names.iter().map(String::as_str).collect(),
            list: None,
            payload: &pieces.payload,
            shape: Shape::Right,
            algorithm: &head.algorithm,
            date: &head.date,
            scope,
            key_scope: scope,
            access_key_id: self.key.map_or("", |key| key.access_key_id),
            secret: self.key.map_or(&b""[..], |key| key.secret.expose().as_bytes()),
            chain: Chain::Right,
        }
    }

    /// Whether the signature stands in the query.
    pub(super) fn is_presigned(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.mechanism == Mechanism::Query)
    }

    /// The canonical request by the rules.
    fn pieces(
        &self,
        request: &Request<'a>,
        payload: Option<Payload<'a>>,
        theirs: Option<&Parsed<'_>>,
    ) -> Pieces {
        let payload = self.payload_line(request, payload);
        let added = self.added_headers(request, theirs, &payload);
        let mut values: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
        for (name, value) in request.headers.iter().take(MAX_FIELDS) {
            let value = form::value(value, self.rules.white_space);
            values.entry(name.to_ascii_lowercase()).or_default().push(value);
        }
        let names = self.signed_names(request, &added, theirs);
        for (name, value) in added {
            values.entry(name).or_default().push(value);
        }
        let field = |name: &String| Some((name.clone(), Zeroizing::new(values.get(name)?.join(&b','))));
        let fields = names.iter().filter_map(field).collect();
        Pieces {
            method: request.method.as_bytes().to_vec(),
            path: form::path(
                request.path(),
                self.rules.normalize_path,
                self.rules.path == PathEncoding::Again,
            ),
            query: form::query(&form::pairs(request.query(), true)),
            headers: fields,
            names,
            payload,
        }
    }

    fn payload_line(&self, request: &Request<'_>, payload: Option<Payload<'_>>) -> Vec<u8> {
        if let Some(value) = request.header("x-amz-content-sha256") {
            return value.to_vec();
        }
        if self.is_presigned() && self.rules.unsigned_payload {
            return b"UNSIGNED-PAYLOAD".to_vec();
        }
        let mut line = Vec::with_capacity(64);
        payload.unwrap_or(Payload::Body(b"")).write(&mut line);
        line
    }

    /// What signing would add to a request that bears no signature yet.
    fn added_headers(
        &self,
        request: &Request<'_>,
        theirs: Option<&Parsed<'_>>,
        payload: &[u8],
    ) -> Vec<(String, Vec<u8>)> {
        let unsigned = self.sent.as_ref().is_none_or(|sent| sent.mechanism == Mechanism::None);
        if !unsigned {
            return Vec::new();
        }
        let token =
            self.key.and_then(|key| key.session_token).filter(|_| self.rules.token == TokenRule::Signed);
        let candidates = [
            ("x-amz-date", Some(self.our_head.date.as_bytes().to_vec()), true),
            (
                "x-amz-content-sha256",
                Some(payload.to_vec()),
                self.rules.content_sha256 == ContentSha256::Required,
            ),
            (self.rules.token_name, token.map(|token| token.expose().as_bytes().to_vec()), true),
        ];
        let wanted = |name: &str, by_rule: bool| match theirs {
            Some(theirs) => theirs.headers.iter().any(|(n, _)| *n == name),
            None => by_rule,
        };
        let absent = candidates.into_iter().filter(|(name, ..)| request.header(name).is_none());
        absent
            .filter(|(name, _, by_rule)| wanted(name, *by_rule))
            .filter_map(|(name, value, _)| Some((name.to_owned(), value?)))
            .collect()
    }

    /// The names that the request says are signed; of an unsigned one those the other side lists, or all.
    fn signed_names(
        &self,
        request: &Request<'_>,
        added: &[(String, Vec<u8>)],
        theirs: Option<&Parsed<'_>>,
    ) -> Vec<String> {
        let listed = self.sent.as_ref().map(|sent| &sent.names).filter(|names| !names.is_empty());
        let mut names: Vec<String> = match (listed, theirs) {
            (Some(names), _) => names.clone(),
            (None, Some(theirs)) => theirs.headers.iter().map(|(name, _)| (*name).to_owned()).collect(),
            (None, None) => {
                let kept = request.headers.iter().take(MAX_FIELDS).map(|(name, _)| name.to_ascii_lowercase());
                let kept = kept.filter(|name| !NEVER_SIGNED.contains(&name.as_str()));
                kept.chain(added.iter().map(|(name, _)| name.clone())).collect()
            }
        };
        names.sort();
        names.dedup();
        names.truncate(MAX_NAMES);
        names
    }
}

impl Pieces {
    fn of(parsed: &Parsed<'_>) -> Self {
        let list = String::from_utf8_lossy(parsed.list);
        Self {
            method: parsed.method.to_vec(),
            path: parsed.path.to_vec(),
            query: parsed.query.to_vec(),
            headers: parsed
                .headers
                .iter()
                .map(|(n, v)| ((*n).to_owned(), Zeroizing::new(v.to_vec())))
                .collect(),
            names: list.split(';').take(MAX_NAMES).map(str::to_owned).collect(),
            payload: parsed.payload.to_vec(),
        }
    }
}

impl Head {
    /// Reads the first three lines of a string to sign.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (algorithm, date, scope) = (lines.next()?, lines.next()?, lines.next()?);
        let parts: Vec<String> = scope.splitn(4, '/').map(str::to_owned).collect();
        let scope = match <[String; 4]>::try_from(parts) {
            Ok(scope) => scope,
            // SigV4a's has no region.
            Err(parts) => {
                let [day, service, terminator] = <[String; 3]>::try_from(parts).ok()?;
                [day, String::new(), service, terminator]
            }
        };
        Some(Self { algorithm: algorithm.to_owned(), date: date.to_owned(), scope })
    }

    fn of(ours: &Ours<'_>, sent: Option<&Sent>, theirs: Option<&Self>) -> Self {
        let date = sent.and_then(|sent| sent.date.clone());
        let date = date.or_else(|| ours.date.map(|date| date.to_string()));
        let date = date.or_else(|| theirs.map(|head| head.date.clone())).unwrap_or_default();
        let day = |date: &str| date.chars().take(8).collect::<String>();
        let scope = sent.and_then(|sent| sent.scope.clone());
        let scope = scope.or_else(|| {
            let scope = ours.scope?;
            let texts = [scope.region, scope.service, crate::TERMINATOR].map(str::to_owned);
            let [region, service, terminator] = texts;
            Some([String::from_utf8_lossy(&scope.date).into_owned(), region, service, terminator])
        });
        let scope = scope.or_else(|| theirs.map(|head| head.scope.clone()));
        Self {
            algorithm: sent.map_or_else(|| crate::ALGORITHM.to_owned(), |sent| sent.algorithm.clone()),
            scope: scope.unwrap_or_else(|| {
                [day(&date), "us-east-1".to_owned(), String::new(), crate::TERMINATOR.to_owned()]
            }),
            date,
        }
    }

    pub(super) fn parts(&self) -> Parts<'_> {
        let [day, region, service, terminator] = &self.scope;
        Parts { day, region, service, terminator }
    }

    pub(super) fn scope_text(&self) -> String {
        self.scope.join("/")
    }
}

/// As the signer of this crate has them, for requests that name no signed fields.
const NEVER_SIGNED: [&str; 8] = [
    "authorization",
    "connection",
    "content-length",
    "expect",
    "te",
    "transfer-encoding",
    "user-agent",
    "x-amzn-trace-id",
];

const MAX_NAMES: usize = 256;
const MAX_FIELDS: usize = 1024;
