//! The options of curl: which shape the request, which do not, which cannot be followed.
//!
//! Source: `curl --help all` of 7.88 to 8.16.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// An option.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    short: Option<char>,
    /// Whether a value follows.
    pub(super) takes: bool,
    pub(super) does: Does,
}

/// What it does to the request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    Nothing,
    Sets(Setting),
    /// It does something that cannot be known here; what to do instead.
    Refused(&'static str),
}

/// The options that shape the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Bearer,
    Compressed,
    ContinueAt,
    Cookie,
    Data,
    DataBinary,
    DataRaw,
    DataUrlencode,
    Form,
    FormString,
    Get,
    Globoff,
    Head,
    Header,
    Http10,
    Json,
    Method,
    PathAsIs,
    Range,
    Referer,
    RequestTarget,
    SigV4,
    Upload,
    Url,
    UrlQuery,
    User,
    UserAgent,
}

/// An option by its long name, and whether it is negated with `no-`.
pub(super) fn long(name: &str) -> Option<(Known, bool)> {
    if let Some(known) = OPTIONS.long.get(name) {
        return Some((*known, false));
    }
    let known = name.strip_prefix("no-").and_then(|name| OPTIONS.long.get(name))?;
    (!known.takes).then_some((*known, true))
}

/// An option by its letter.
pub(super) fn short(letter: char) -> Option<Known> {
    OPTIONS.short.get(&letter).copied()
}

/// The long option that was meant, if one is near enough.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let near = OPTIONS.long.keys().map(|known| (strsim::damerau_levenshtein(name, known), *known));
    near.filter(|(distance, _)| *distance <= name.chars().count().max(3) / 3).min().map(|(_, known)| known)
}

struct Options {
    long: BTreeMap<&'static str, Known>,
    short: BTreeMap<char, Known>,
}

static OPTIONS: LazyLock<Options> = LazyLock::new(|| {
    let sets = SETTINGS.iter().map(|(short, name, takes, setting)| Known {
        name,
        short: *short,
        takes: *takes,
        does: Does::Sets(*setting),
    });
    let refused = REFUSED.iter().map(|(short, name, takes, instead)| Known {
        name,
        short: *short,
        takes: *takes,
        does: Does::Refused(instead),
    });
    let all: Vec<Known> = sets.chain(refused).chain(IGNORED.lines().filter_map(ignored)).collect();
    Options {
        long: all.iter().map(|known| (known.name, *known)).collect(),
        short: all.iter().filter_map(|known| Some((known.short?, *known))).collect(),
    }
});

/// A row such as `-o output VALUE`; `--` where the option has no letter.
fn ignored(row: &'static str) -> Option<Known> {
    let mut words = row.split(' ');
    let short = words.next()?.strip_prefix('-')?.chars().next().filter(|letter| *letter != '-');
    Some(Known { name: words.next()?, short, takes: words.next().is_some(), does: Does::Nothing })
}

const SETTINGS: &[(Option<char>, &str, bool, Setting)] = &[
    (None, "aws-sigv4", true, Setting::SigV4),
    (None, "compressed", false, Setting::Compressed),
    (Some('C'), "continue-at", true, Setting::ContinueAt),
    (Some('b'), "cookie", true, Setting::Cookie),
    (Some('d'), "data", true, Setting::Data),
    (None, "data-ascii", true, Setting::Data),
    (None, "data-binary", true, Setting::DataBinary),
    (None, "data-raw", true, Setting::DataRaw),
    (None, "data-urlencode", true, Setting::DataUrlencode),
    (Some('F'), "form", true, Setting::Form),
    (None, "form-string", true, Setting::FormString),
    (Some('G'), "get", false, Setting::Get),
    (Some('g'), "globoff", false, Setting::Globoff),
    (Some('I'), "head", false, Setting::Head),
    (Some('H'), "header", true, Setting::Header),
    (Some('0'), "http1.0", false, Setting::Http10),
    (None, "json", true, Setting::Json),
    (None, "oauth2-bearer", true, Setting::Bearer),
    (None, "path-as-is", false, Setting::PathAsIs),
    (Some('r'), "range", true, Setting::Range),
    (Some('e'), "referer", true, Setting::Referer),
    (Some('X'), "request", true, Setting::Method),
    (None, "request-target", true, Setting::RequestTarget),
    (Some('T'), "upload-file", true, Setting::Upload),
    (None, "url", true, Setting::Url),
    (None, "url-query", true, Setting::UrlQuery),
    (Some('u'), "user", true, Setting::User),
    (Some('A'), "user-agent", true, Setting::UserAgent),
];

const REFUSED: &[(Option<char>, &str, bool, &str)] = &[
    (None, "anyauth", false, DEPENDS_ON_ANSWER),
    (Some('K'), "config", true, "put the options of the file on the command line"),
    (None, "crlf", false, "it rewrites the body; give the body as it is to be sent"),
    (None, "digest", false, DEPENDS_ON_ANSWER),
    (None, "etag-compare", true, "write -H 'If-None-Match: …' in its place"),
    (None, "form-escape", false, "leave it out, and quotes out of the names in the form"),
    (Some('h'), "help", false, NO_REQUEST),
    (Some('M'), "manual", false, NO_REQUEST),
    (None, "metalink", false, "give the URL itself"),
    (None, "negotiate", false, DEPENDS_ON_ANSWER),
    (Some('n'), "netrc", false, NETRC),
    (None, "netrc-file", true, NETRC),
    (None, "netrc-optional", false, NETRC),
    (Some(':'), "next", false, "give one request at a time"),
    (None, "ntlm", false, DEPENDS_ON_ANSWER),
    (None, "ntlm-wb", false, DEPENDS_ON_ANSWER),
    (None, "proto-default", true, "write the scheme in front of the URL"),
    (Some('z'), "time-cond", true, "write -H 'If-Modified-Since: …' in its place"),
    (None, "tr-encoding", false, "leave it out; proxies change what it adds"),
    (None, "variable", true, "put the value in its place"),
    (Some('V'), "version", false, NO_REQUEST),
];

const DEPENDS_ON_ANSWER: &str = "what it sends depends on the server's answer; use -u with --basic, or none";
const NETRC: &str = "give name and password with -u";
const NO_REQUEST: &str = "it makes no request";

/// What changes the connection, the answer or other protocols.
const IGNORED: &str = include_str!("ignored_options.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_none_stands_twice() {
        let rows = SETTINGS.len() + REFUSED.len() + IGNORED.lines().count();
        assert_eq!(OPTIONS.long.len(), rows);
        let letters = OPTIONS.long.values().filter(|known| known.short.is_some()).count();
        assert_eq!(OPTIONS.short.len(), letters);
        assert!(rows > 260, "{rows}");
    }

    #[test]
    fn options_are_found_by_name_letter_and_negation() {
        assert!(long("data").is_some_and(|(known, negated)| known.takes && !negated));
        assert!(long("no-buffer").is_some_and(|(_, negated)| negated));
        assert!(long("no-data").is_none(), "what takes a value has no negation");
        assert!(short('s').is_some_and(|known| known.name == "silent" && !known.takes));
        assert!(short('o').is_some_and(|known| known.takes));
        assert_eq!(nearest("dara-raw"), Some("data-raw"));
        assert_eq!(nearest("something-else-entirely"), None);
    }
}
