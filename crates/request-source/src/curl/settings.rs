//! What the options say, put together: from the words to what is to be sent.

use types::Secret;

use super::data::{Content, Piece};
use super::multipart::Part;
use super::options::{self, Does, Known, Setting};
use super::words::Word;
use super::{SigV4Option, Source};
use crate::message::{forbidden_in_value, is_token};
use crate::raw::trimmed;
use crate::url::User;

/// Options that were read. Where an option stands more than once, the last holds, except for those that add up.
#[derive(Clone, Default)]
pub(super) struct Settings {
    /// The URL as typed, and the word it stands in.
    pub(super) url: Option<(usize, String)>,
    pub(super) method: Option<String>,
    pub(super) fields: Vec<FieldOption>,
    pub(super) data: Vec<Piece>,
    pub(super) is_json: bool,
    pub(super) parts: Vec<Part>,
    pub(super) query: Vec<Piece>,
    pub(super) upload: Option<Source>,
    pub(super) is_get: bool,
    pub(super) is_head: bool,
    pub(super) path_as_is: bool,
    pub(super) globoff: bool,
    pub(super) compressed: bool,
    pub(super) http10: bool,
    pub(super) user_agent: Option<Vec<u8>>,
    pub(super) referer: Option<Vec<u8>>,
    pub(super) cookies: Vec<Vec<u8>>,
    pub(super) range: Option<String>,
    pub(super) bearer: Option<Secret<String>>,
    pub(super) user: Option<User>,
    pub(super) request_target: Option<Vec<u8>>,
    pub(super) sigv4: Option<SigV4Option>,
    pub(super) ignored: Vec<String>,
}

/// What `-H` does.
#[derive(Clone)]
pub(super) enum FieldOption {
    /// `Name: value`, or `Name;` for an empty one.
    Send(String, Vec<u8>),
    /// `Name:`: what curl would send of itself stays away.
    Leave(String),
    /// `@FILE`: a field in each line.
    From(Source),
}

/// What is wrong with a word.
pub(super) struct Problem {
    pub(super) at: usize,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(at: usize, text: impl Into<String>) -> Self {
        Self { at, text: text.into() }
    }
}

/// Reads the words behind `curl`.
pub(super) fn read(words: &mut [Word]) -> Result<Settings, Problem> {
    let mut settings = Settings::default();
    let mut words = words.iter_mut();
    let mut only_urls = false;
    while let Some(word) = words.next() {
        let (at, text) = (word.at, std::mem::take(&mut word.text));
        match text.as_slice() {
            b"--" if !only_urls => only_urls = true,
            [b'-', b'-', name @ ..] if !only_urls => {
                let (known, negated) = long(at, name)?;
                let value = if known.takes { Some(next(&mut words, at, &known)?) } else { None };
                settings.follow(at, known, negated, value)?;
            }
            [b'-', letters @ ..] if !only_urls && !letters.is_empty() => {
                settings.letters(at, letters, || words.next())?;
            }
            _ => settings.set(at, Setting::Url, text)?,
        }
    }
    Ok(settings)
}

fn long(at: usize, name: &[u8]) -> Result<(Known, bool), Problem> {
    let shown = String::from_utf8_lossy(&name[..name.len().min(MOST_NAME)]).into_owned();
    let name =
        shown.split(|c: char| !(c.is_ascii_alphanumeric() || "-._".contains(c))).next().unwrap_or_default();
    if name.starts_with("expand-") {
        return Err(Problem::new(at, "--expand- is not followed; put the value in its place"));
    }
    match options::long(name) {
        Some(_) if name.len() != shown.len() => {
            Err(Problem::new(at, format!("--{name} takes its value as the next word, not behind =")))
        }
        Some(found) => Ok(found),
        None => {
            let meant =
                options::nearest(name).map(|name| format!("; did you mean --{name}?")).unwrap_or_default();
            Err(Problem::new(at, format!("curl has no option --{name} that is known here{meant}")))
        }
    }
}

fn next<'a>(
    words: &mut impl Iterator<Item = &'a mut Word>,
    at: usize,
    known: &Known,
) -> Result<Vec<u8>, Problem> {
    let missing = || Problem::new(at, format!("--{} needs a value", known.name));
    words.next().map(|word| std::mem::take(&mut word.text)).ok_or_else(missing)
}

impl Settings {
    /// Letters behind one dash; the first that takes a value takes the rest of the word.
    fn letters<'a>(
        &mut self,
        at: usize,
        letters: &[u8],
        mut next: impl FnMut() -> Option<&'a mut Word>,
    ) -> Result<(), Problem> {
        let mut rest = letters;
        while let Some((letter, behind)) = rest.split_first() {
            let letter = char::from(*letter);
            let known = options::short(letter).ok_or_else(|| {
                Problem::new(at, format!("curl has no option -{}", letter.escape_default()))
            })?;
            if !known.takes {
                self.follow(at, known, false, None)?;
                rest = behind;
                continue;
            }
            let value = if behind.is_empty() {
                super::settings::next(&mut std::iter::from_fn(&mut next), at, &known)?
            } else {
                behind.to_vec()
            };
            return self.follow(at, known, false, Some(value));
        }
        Ok(())
    }

    fn follow(
        &mut self,
        at: usize,
        known: Known,
        negated: bool,
        value: Option<Vec<u8>>,
    ) -> Result<(), Problem> {
        match known.does {
            Does::Nothing => {
                let name = format!("--{}{}", if negated { "no-" } else { "" }, known.name);
                if !self.ignored.contains(&name) {
                    self.ignored.push(name);
                }
                Ok(())
            }
            Does::Refused(_) if negated => Ok(()),
            Does::Refused(instead) => {
                Err(Problem::new(at, format!("--{} cannot be followed here; {instead}", known.name)))
            }
            Does::Sets(setting) => match value {
                Some(value) => self.set(at, setting, value),
                None => {
                    self.switch(setting, !negated);
                    Ok(())
                }
            },
        }
    }

    fn switch(&mut self, setting: Setting, on: bool) {
        match setting {
            Setting::Compressed => self.compressed = on,
            Setting::Get => self.is_get = on,
            Setting::Globoff => self.globoff = on,
            Setting::Head => self.is_head = on,
            Setting::Http10 => self.http10 = on,
            Setting::PathAsIs => self.path_as_is = on,
            _ => {}
        }
    }

    fn set(&mut self, at: usize, setting: Setting, value: Vec<u8>) -> Result<(), Problem> {
        let wrong = |text: &str| Problem::new(at, text);
        match setting {
            Setting::Bearer => self.bearer = Some(Secret::new(line(at, value)?)),
            Setting::ContinueAt => self.range = Some(continued(at, value)?),
            Setting::Cookie => self.cookie(at, value)?,
            Setting::Data => self.data.push(Piece::data(value).map_err(wrong)?),
            Setting::DataBinary => self.data.push(Piece::binary(value).map_err(wrong)?),
            Setting::DataRaw => self.data.push(Piece::raw(value)),
            Setting::DataUrlencode => self.data.push(Piece::encoded(&value).map_err(wrong)?),
            Setting::Form => self.parts.push(Part::read(&value).map_err(wrong)?),
            Setting::FormString => self.parts.push(Part::string(&value).map_err(wrong)?),
            Setting::Header => self.fields.push(FieldOption::read(&value).map_err(wrong)?),
            Setting::Json => {
                self.is_json = true;
                self.data.push(Piece::binary(value).map_err(wrong)?.unjoined());
            }
            Setting::Method => self.method = Some(method(at, value)?),
            Setting::Range => self.range = Some(line(at, value)?),
            Setting::Referer => self.referer = Some(referer(at, value)?),
            Setting::RequestTarget => self.request_target = Some(target(at, value)?),
            Setting::SigV4 => self.sigv4 = Some(SigV4Option::read(&line(at, value)?).map_err(wrong)?),
            Setting::Upload => self.upload(at, &value)?,
            Setting::Url => self.url(at, value)?,
            Setting::UrlQuery => self.query.push(Piece::query(&value).map_err(wrong)?),
            Setting::User => self.user = Some(user(at, value)?),
            Setting::UserAgent => self.user_agent = Some(line(at, value)?.into_bytes()),
            _ => {}
        }
        Ok(())
    }

    fn cookie(&mut self, at: usize, value: Vec<u8>) -> Result<(), Problem> {
        if value.is_empty() {
            return Ok(());
        }
        if !value.contains(&b'=') {
            return Err(Problem::new(at, "a file of cookies is not read; write -b 'NAME=VALUE'"));
        }
        self.cookies.push(line(at, value)?.into_bytes());
        Ok(())
    }

    fn upload(&mut self, at: usize, value: &[u8]) -> Result<(), Problem> {
        if self.upload.is_some() {
            return Err(Problem::new(at, "several uploads; give one request at a time"));
        }
        if value.iter().any(|byte| b"{}[]".contains(byte)) && !self.globoff {
            return Err(Problem::new(
                at,
                "-T with { or [ stands for several files; name one, or add -g before it",
            ));
        }
        let value = if value == b"." { b"-" } else { value };
        self.upload = match value {
            b"" => None,
            _ => Some(Source::named(value).map_err(|text| Problem::new(at, text))?),
        };
        Ok(())
    }

    fn url(&mut self, at: usize, value: Vec<u8>) -> Result<(), Problem> {
        if self.url.is_some() {
            return Err(Problem::new(
                at,
                "a second URL; give one request at a time, and options their dashes",
            ));
        }
        let text = String::from_utf8(value).map_err(|_| Problem::new(at, "the URL is not UTF-8 text"))?;
        self.url = Some((at, text));
        Ok(())
    }

    /// Where bytes must be read before there is a request.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Source> {
        let fields = self.fields.iter().filter_map(|field| match field {
            FieldOption::From(source) => Some(source),
            _ => None,
        });
        let pieces = self.query.iter().chain(&self.data).map(|piece| &piece.content);
        let contents = pieces.chain(self.parts.iter().map(|part| &part.content));
        fields.chain(contents.filter_map(Content::source)).chain(&self.upload)
    }
}

impl FieldOption {
    pub(super) fn read(value: &[u8]) -> Result<Self, &'static str> {
        if let Some(source) = Source::behind_at(value)? {
            return Ok(Self::From(source));
        }
        Self::line(value)
    }

    /// A field in the form of `-H`.
    pub(super) fn line(text: &[u8]) -> Result<Self, &'static str> {
        if forbidden_in_value(text).is_some() {
            return Err("a field holds a line end or a NUL byte");
        }
        let colon = text.iter().position(|byte| *byte == b':');
        let (end, is_empty) = match (colon, text) {
            (Some(at), _) => (at, false),
            (None, [name @ .., b';']) => (name.len(), true),
            (None, _) => {
                return Err(
                    "a field must read 'Name: value', 'Name;' to send it empty, or 'Name:' to leave it out",
                );
            }
        };
        if !is_token(&text[..end]) {
            return Err("the name of a field holds a byte that no name may hold");
        }
        let name = String::from_utf8_lossy(&text[..end]).into_owned();
        let value = if is_empty { b"" } else { trimmed(&text[end + 1..]) };
        Ok(if value.is_empty() && !is_empty { Self::Leave(name) } else { Self::Send(name, value.to_vec()) })
    }
}

/// A value that becomes part of a line.
fn line(at: usize, value: Vec<u8>) -> Result<String, Problem> {
    if forbidden_in_value(&value).is_some() {
        return Err(Problem::new(at, "the value holds a line end or a NUL byte"));
    }
    String::from_utf8(value).map_err(|_| Problem::new(at, "the value is not UTF-8 text"))
}

fn method(at: usize, value: Vec<u8>) -> Result<String, Problem> {
    let method = line(at, value)?;
    if is_token(method.as_bytes()) {
        Ok(method)
    } else {
        Err(Problem::new(at, "the method must be one word, such as PUT"))
    }
}

fn continued(at: usize, value: Vec<u8>) -> Result<String, Problem> {
    let offset = line(at, value)?;
    if !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(format!("{offset}-"))
    } else {
        Err(Problem::new(at, "-C depends on a file; write the number of bytes that are there already"))
    }
}

fn referer(at: usize, value: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let referer = line(at, value)?;
    // The rest of it concerns redirects.
    Ok(referer.strip_suffix(";auto").unwrap_or(&referer).as_bytes().to_vec())
}

fn target(at: usize, value: Vec<u8>) -> Result<Vec<u8>, Problem> {
    let is_known = matches!(value.as_slice(), [b'/', ..] | b"*");
    if !is_known || value.ends_with(b" ") || value.iter().any(u8::is_ascii_control) {
        return Err(Problem::new(at, "a request target must begin with / and hold no control character"));
    }
    Ok(value)
}

fn user(at: usize, value: Vec<u8>) -> Result<User, Problem> {
    let user = Secret::new(line(at, value)?);
    match user.expose().split_once(':') {
        Some((name, password)) => {
            Ok(User { name: name.to_owned(), password: Some(Secret::new(password.to_owned())) })
        }
        None => Err(Problem::new(
            at,
            "the password is missing, and curl would ask for it; write -u NAME:PASSWORD",
        )),
    }
}

/// Longer names are cut in errors.
const MOST_NAME: usize = 64;
