//! The request that curl would send.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::data::{self, Contents};
use super::multipart;
use super::settings::{FieldOption, Problem, Settings};
use super::{CurlCommand, CurlError, CurlPlace, Source};
use crate::raw::trimmed;
use crate::url::{self, Url};
use crate::{Message, Scheme, Version};

/// The URL of the settings, as curl takes it.
pub(super) fn url(settings: &Settings) -> Result<Url, Problem> {
    let Some((at, text)) = &settings.url else {
        return Err(Problem::new(0, "the command has no URL"));
    };
    let at = *at;
    let text = if settings.globoff {
        text.clone()
    } else {
        unglobbed(text).map_err(|text| Problem::new(at, text))?
    };
    let named = |error: url::UrlError| Problem::new(at, error.to_string());
    // curl takes a host alone for one of http.
    url::read_with(&text, Some(Scheme::Http), !settings.path_as_is).map_err(named)
}

/// The URL where nothing in it stands for several: a backslash keeps a brace or bracket from that.
fn unglobbed(text: &str) -> Result<String, &'static str> {
    let start = text.find("://").map_or(0, |at| at + 3);
    let host_end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    let mut plain = text[..host_end].to_owned();
    let mut rest = text[host_end..].chars().peekable();
    if plain.contains(['{', '}']) {
        return Err(GLOB);
    }
    while let Some(c) = rest.next() {
        match c {
            '\\' => plain.push(rest.next_if(|next| "{}[]".contains(*next)).unwrap_or('\\')),
            '{' | '}' | '[' | ']' => return Err(GLOB),
            _ => plain.push(c),
        }
    }
    Ok(plain)
}

/// Refuses what curl refuses, and what its versions do differently. `at` is the first word.
pub(super) fn check(settings: &Settings, at: usize) -> Result<(), Problem> {
    let bodies = [
        !settings.data.is_empty() && !settings.is_get,
        !settings.parts.is_empty(),
        settings.upload.is_some(),
    ];
    let count = bodies.iter().filter(|is_given| **is_given).count();
    let problem = match () {
        () if count > 1 => "-d, -F and -T each give a body; keep one",
        () if count == 1 && settings.is_head => {
            "-I asks without a body; leave out -I, or send the data in the URL with -G"
        }
        () if settings.is_get && (bodies[1] || bodies[2]) => {
            "-G puts the data of -d in the URL; it has no meaning with -F or -T"
        }
        () if settings.range.is_some() && count == 1 => {
            "-r and -C ask for a part of an answer; they have no meaning with a body"
        }
        () if settings.is_get && !settings.query.is_empty() && !settings.data.is_empty() => {
            "--url-query and -G both write the query; keep one"
        }
        () if settings.http10 && settings.upload == Some(Source::StandardInput) => {
            "HTTP/1.0 has no chunks, which -T - needs; name a file"
        }
        () => return Ok(()),
    };
    Err(Problem::new(at, problem))
}

/// The request of a command whose sources were read.
pub(super) fn build(command: &CurlCommand, contents: &Contents) -> Result<Message, CurlError> {
    let settings = &command.settings;
    let custom = Custom::read(settings, contents)?;
    let mut body = Body::of(settings, contents)?;
    let url = &command.url;
    let mut message = Message {
        method: settings.method.clone().unwrap_or_else(|| method(settings).to_owned()),
        scheme: Some(url.scheme),
        authority: Some(url.authority.clone()),
        target: target(command, contents)?,
        version: if settings.http10 { Version::Http10 } else { Version::Http11 },
        headers: Vec::new(),
        body: std::mem::take(&mut body.bytes),
    };
    let mut fields = Fields { custom: &custom, out: Vec::new() };
    fields.opening(command, url);
    fields.custom(body.content_type.is_some() && !settings.parts.is_empty());
    fields.closing(&body, &message, settings)?;
    message.headers = fields.out;
    Ok(message)
}

fn method(settings: &Settings) -> &'static str {
    match settings {
        Settings { is_head: true, .. } => "HEAD",
        Settings { upload: Some(_), .. } => "PUT",
        Settings { parts, .. } if !parts.is_empty() => "POST",
        Settings { data, is_get: false, .. } if !data.is_empty() => "POST",
        _ => "GET",
    }
}

/// The path with the name of an uploaded file, the query with what is added to it.
fn target(command: &CurlCommand, contents: &Contents) -> Result<Vec<u8>, CurlError> {
    let settings = &command.settings;
    if let Some(target) = &settings.request_target {
        return Ok(target.clone());
    }
    let mut target = command.url.target.clone();
    if let Some(Source::File(name)) = &settings.upload {
        let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
        if target[..end].ends_with(b"/") {
            let mut encoded = Vec::new();
            data::encode(
                name.rsplit(['/', '\\']).next().unwrap_or_default().as_bytes(),
                b"%20",
                &mut encoded,
            );
            target.splice(end..end, encoded);
        }
    }
    let pieces = if settings.is_get {
        [&settings.query, &settings.data]
    } else {
        [&settings.query, const { &Vec::new() }]
    };
    for pieces in pieces {
        let added = data::join(pieces, contents).map_err(unread)?;
        if added.iter().any(|byte| !byte.is_ascii_graphic()) {
            let problem =
                "what -G or --url-query adds to the URL must be percent-encoded; use --data-urlencode";
            return Err(in_command(problem));
        }
        match target.iter().position(|byte| *byte == b'?') {
            _ if added.is_empty() => {}
            None => target.push(b'?'),
            Some(at) if at + 1 == target.len() => {}
            Some(_) => target.push(b'&'),
        }
        target.extend_from_slice(&added);
    }
    Ok(target)
}

/// A body, and what its fields say.
struct Body {
    bytes: Vec<u8>,
    is_given: bool,
    content_type: Option<String>,
}

impl Body {
    fn of(settings: &Settings, contents: &Contents) -> Result<Self, CurlError> {
        let given = |bytes, content_type| Self { bytes, is_given: true, content_type };
        if let Some(source) = &settings.upload {
            let bytes = contents.get(source).ok_or_else(|| unread(source.clone()))?;
            return Ok(given(bytes.clone(), None));
        }
        if !settings.parts.is_empty() {
            let (bytes, boundary) = multipart::build(&settings.parts, contents).map_err(unread)?;
            return Ok(given(bytes, Some(boundary)));
        }
        if settings.data.is_empty() || settings.is_get {
            return Ok(Self { bytes: Vec::new(), is_given: false, content_type: None });
        }
        let bytes = data::join(&settings.data, contents).map_err(unread)?;
        Ok(given(bytes, Some("application/x-www-form-urlencoded".to_owned())))
    }
}

/// Fields of `-H`, files read.
struct Custom {
    fields: Vec<FieldOption>,
}

impl Custom {
    fn read(settings: &Settings, contents: &Contents) -> Result<Self, CurlError> {
        let mut fields = Vec::with_capacity(settings.fields.len());
        for field in &settings.fields {
            let FieldOption::From(source) = field else {
                fields.push(field.clone());
                continue;
            };
            let text = contents.get(source).ok_or_else(|| unread(source.clone()))?;
            for line in text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            {
                if !line.is_empty() {
                    let wrong = |problem: &str| CurlError {
                        place: CurlPlace::Source(source.clone()),
                        problem: problem.to_owned(),
                    };
                    fields.push(FieldOption::line(line).map_err(wrong)?);
                }
            }
        }
        // What --json says comes behind what was said before it.
        for (name, value) in JSON_FIELDS.iter().filter(|_| settings.is_json) {
            if !has(&fields, name) {
                fields.push(FieldOption::Send((*name).to_owned(), value.as_bytes().to_vec()));
            }
        }
        Ok(Self { fields })
    }

    fn first(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find_map(|field| match field {
            FieldOption::Send(sent, value) if sent.eq_ignore_ascii_case(name) => Some(value.as_slice()),
            _ => None,
        })
    }
}

fn has(fields: &[FieldOption], name: &str) -> bool {
    fields.iter().any(|field| match field {
        FieldOption::Send(sent, _) | FieldOption::Leave(sent) => sent.eq_ignore_ascii_case(name),
        FieldOption::From(_) => false,
    })
}

/// Fields in the order in which curl sends them.
struct Fields<'a> {
    custom: &'a Custom,
    out: Vec<(String, Vec<u8>)>,
}

impl Fields<'_> {
    /// A field that `-H` can replace or leave out.
    fn own(&mut self, name: &str, value: impl AsRef<[u8]>) {
        if !has(&self.custom.fields, name) {
            self.out.push((name.to_owned(), trimmed(value.as_ref()).to_vec()));
        }
    }

    fn opening(&mut self, command: &CurlCommand, url: &Url) {
        let settings = &command.settings;
        match self.custom.first("host") {
            // The first of several; the others are not sent.
            Some(host) => self.out.push(("Host".to_owned(), host.to_vec())),
            None => self.own("Host", url.authority.as_bytes()),
        }
        if let Some(value) = authorization(command) {
            self.own("Authorization", value);
        }
        if let Some(range) = &settings.range {
            self.own("Range", format!("bytes={range}"));
        }
        match settings.user_agent.as_deref() {
            Some(b"") => {}
            Some(agent) => self.own("User-Agent", agent),
            None => self.own("User-Agent", USER_AGENT),
        }
        self.own("Accept", "*/*");
        if settings.compressed {
            self.own("Accept-Encoding", ACCEPT_ENCODING);
        }
        if let Some(referer) = settings.referer.as_deref().filter(|referer| !referer.is_empty()) {
            self.own("Referer", referer);
        }
        if !settings.cookies.is_empty() {
            self.own("Cookie", settings.cookies.join(&b';'));
        }
        if settings.upload == Some(Source::StandardInput) {
            self.own("Transfer-Encoding", "chunked");
        }
    }

    /// What `-H` sends; a form's type comes later, with its boundary.
    fn custom(&mut self, is_form: bool) {
        let custom = self.custom;
        for field in &custom.fields {
            if let FieldOption::Send(name, value) = field
                && !name.eq_ignore_ascii_case("host")
                && !(is_form && name.eq_ignore_ascii_case("content-type"))
            {
                self.out.push((name.clone(), value.clone()));
            }
        }
    }

    fn closing(&mut self, body: &Body, message: &Message, settings: &Settings) -> Result<(), CurlError> {
        let length = message.body.len().to_string();
        let is_chunked = self.framing(length.as_bytes())?;
        if !body.is_given {
            return Ok(());
        }
        if !is_chunked {
            self.own("Content-Length", length);
        }
        match &body.content_type {
            Some(boundary) if !settings.parts.is_empty() => self.form_type(boundary)?,
            Some(content_type) => self.own("Content-Type", content_type.as_str()),
            None => {}
        }
        if message.body.len() > MOST_UNASKED && message.version == Version::Http11 {
            self.own("Expect", "100-continue");
        }
        Ok(())
    }

    /// Whether `-H` asked for chunks. What it says of a body's end must be so.
    fn framing(&self, length: &[u8]) -> Result<bool, CurlError> {
        let sent = |name: &str| -> Vec<&[u8]> {
            let named = self.out.iter().filter(|(sent, _)| sent.eq_ignore_ascii_case(name));
            named.map(|(_, value)| value.as_slice()).collect()
        };
        match (sent("transfer-encoding").as_slice(), sent("content-length").as_slice()) {
            ([], []) => Ok(false),
            ([], [given]) if *given == length => Ok(false),
            ([encoding], []) if encoding.eq_ignore_ascii_case(b"chunked") => Ok(true),
            ([_], []) => Err(in_command("the only Transfer-Encoding that can be followed is chunked")),
            ([], [_]) => {
                Err(in_command("the Content-Length of -H is not the length of the body; leave it to curl"))
            }
            _ => Err(in_command("Content-Length or Transfer-Encoding stands twice; leave both to curl")),
        }
    }

    fn form_type(&mut self, boundary: &str) -> Result<(), CurlError> {
        let given = self.custom.first("content-type").unwrap_or(FORM_TYPE);
        let is_removed =
            self.custom.first("content-type").is_none() && has(&self.custom.fields, "content-type");
        if !given.eq_ignore_ascii_case(FORM_TYPE) || is_removed {
            return Err(in_command(
                "-F sends multipart/form-data with a boundary of its own; leave Content-Type to curl",
            ));
        }
        let value = [given, b"; boundary=", boundary.as_bytes()].concat();
        self.out.push(("Content-Type".to_owned(), value));
        Ok(())
    }
}

/// `--oauth2-bearer`, else `-u`; with `--aws-sigv4` the user is an access key, which signs.
fn authorization(command: &CurlCommand) -> Option<Vec<u8>> {
    if let Some(bearer) = &command.settings.bearer {
        return Some(format!("Bearer {}", bearer.expose()).into_bytes());
    }
    let user = command.user.as_ref().filter(|_| command.sigv4.is_none())?;
    let password = user.password.as_ref().map(|password| password.expose().as_str()).unwrap_or_default();
    Some(format!("Basic {}", STANDARD.encode(format!("{}:{password}", user.name))).into_bytes())
}

fn unread(source: Source) -> CurlError {
    CurlError { place: CurlPlace::Source(source), problem: "the command needs its bytes".to_owned() }
}

fn in_command(problem: &str) -> CurlError {
    CurlError { place: CurlPlace::Command, problem: problem.to_owned() }
}

const GLOB: &str = "{ } [ ] in a URL stand for several URLs; add -g, or write them as %7B %7D %5B %5D";
const JSON_FIELDS: [(&str, &str); 2] = [("Content-Type", "application/json"), ("Accept", "application/json")];
const FORM_TYPE: &[u8] = b"multipart/form-data";
/// Of a version that is in use; no signer signs it.
const USER_AGENT: &str = "curl/8.16.0";
/// Of a curl with every decoder built in.
const ACCEPT_ENCODING: &str = "deflate, gzip, br, zstd";
/// From here on curl asks before it sends a body.
pub(super) const MOST_UNASKED: usize = 1024 * 1024;
