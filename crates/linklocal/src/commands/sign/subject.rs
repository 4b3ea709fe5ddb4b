//! The request to be signed: typed, captured, or in a curl command.

use request_source::curl::{self, CurlCommand};
use request_source::{Message, url};

use crate::arguments::SignArguments;
use crate::commands::credentials::Snapshot;
use crate::commands::signing::{
    Chosen, Hint, Incoming, Keys, Reach, file, is_curl, message_of, method, stdin, with_headers,
};
use crate::failure::Failure;
use crate::output::Output;

/// The request, and what came with it.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) message: Message,
    /// Of `--aws-sigv4`.
    pub(super) hint: Hint,
    /// Of `--user` beside it.
    keys: Option<Keys>,
}

impl Subject {
    /// Reads the request in whichever form it is given.
    pub(super) fn read(arguments: &SignArguments) -> Result<Self, Failure> {
        let mut subject = match arguments.words.as_slice() {
            [] if arguments.data_raw.is_some()
                || arguments.data_file.is_some()
                || arguments.method.is_some() =>
            {
                return Err(Failure::usage("--method, --data-raw and --data-file go with a URL")
                    .hint("a captured request and a curl command have their own method and body"));
            }
            [] => Self::given(arguments)?,
            [first, ..] if first == "curl" => {
                return Err(Failure::usage("a curl command comes after --").hint("linklocal sign -- curl …"));
            }
            [word] if is_verb(word) => {
                return Err(Failure::usage(format!("{word} stands there without a URL"))
                    .hint(format!("linklocal sign {word} https://…")));
            }
            [url] => Self::typed(arguments.method.as_deref(), url, arguments)?,
            [_, _, ..] if arguments.method.is_some() => {
                return Err(Failure::usage("the method is given twice, with -X and before the URL")
                    .hint("leave one out"));
            }
            [verb, url, ..] => Self::typed(Some(verb), url, arguments)?,
        };
        subject.message = with_headers(subject.message, &arguments.header)?;
        if subject.message.header("host").is_none() {
            return Err(Failure::new("the request names no host").hint("add one with -H 'Host: …'"));
        }
        Ok(subject)
    }

    /// Flags, then what the curl command says, then the chain.
    pub(super) fn keys(&self, arguments: &SignArguments, snapshot: &Snapshot) -> Result<Keys, Failure> {
        match self.of_command(arguments) {
            Some(keys) => Ok(keys.clone()),
            None => Keys::find(&arguments.keys, snapshot, Reach::Anybody),
        }
    }

    /// The same; nothing where nobody names a key.
    pub(super) fn keys_if_any(
        &self,
        arguments: &SignArguments,
        snapshot: &Snapshot,
    ) -> Result<Option<Keys>, Failure> {
        match self.of_command(arguments) {
            Some(keys) => Ok(Some(keys.clone())),
            None => Keys::find_if_any(&arguments.keys, snapshot, Reach::Files),
        }
    }

    fn of_command(&self, arguments: &SignArguments) -> Option<&Keys> {
        let typed = &arguments.keys;
        let flags =
            typed.access_key_id.is_some() || typed.secret_access_key.is_some() || typed.profile.is_some();
        self.keys.as_ref().filter(|_| !flags)
    }

    fn typed(verb: Option<&str>, address: &str, arguments: &SignArguments) -> Result<Self, Failure> {
        let url = url::read(address)
            .map_err(|error| Failure::usage(error.to_string()).hint(swapped(verb, address)))?;
        if url.user.is_some() {
            return Err(Failure::usage("the URL holds a name or a password before @")
                .hint("keys come from the environment or from --access-key-id and --secret-access-key"));
        }
        let body = match (&arguments.data_raw, &arguments.data_file) {
            (Some(data), _) => {
                warn_of_a_file_name(data);
                Some(data.clone().into_bytes())
            }
            (None, Some(name)) => Some(file(name, "the body")?),
            (None, None) => None,
        };
        let usual = if body.is_some() { "POST" } else { "GET" };
        let mut message = Message::new(method(verb.unwrap_or(usual))?, &url);
        message.body = body.unwrap_or_default();
        message.end_body();
        Ok(Self { message, hint: Hint::default(), keys: None })
    }

    fn given(arguments: &SignArguments) -> Result<Self, Failure> {
        let read = match (&arguments.curl, arguments.command.as_slice()) {
            (Some(line), _) => curl::read_line(line).map_err(|error| Failure::of(&error).named("--curl")),
            (None, []) => {
                let bytes = stdin("a request, or a curl command,")?;
                if !is_curl(&bytes) {
                    return Self::captured(&bytes);
                }
                let line = String::from_utf8(bytes);
                let line = line.map_err(|error| Failure::of(&error).named("the curl command on stdin"))?;
                curl::read_line(&line).map_err(|error| Failure::of(&error).named("the curl command on stdin"))
            }
            (None, [first, ..]) if !is_curl(first.as_bytes()) => {
                return Err(Failure::usage("what follows -- is not a curl command")
                    .hint("METHOD URL needs no --: linklocal sign GET https://…"));
            }
            (None, words) => curl::read(words).map_err(|error| Failure::of(&error).named("the curl command")),
        };
        Self::of_curl(&read?, arguments)
    }

    fn captured(bytes: &[u8]) -> Result<Self, Failure> {
        let Incoming { message, notes } = Incoming::captured(bytes, "stdin")?;
        Output::notes(&notes);
        Ok(Self { message, hint: Hint::default(), keys: None })
    }

    fn of_curl(command: &CurlCommand, arguments: &SignArguments) -> Result<Self, Failure> {
        let on_stdin = arguments.command.is_empty() && arguments.curl.is_none();
        let message = message_of(command, on_stdin)?;
        if arguments.explain && !command.ignored.is_empty() {
            Output::note(&format!("note: of no effect on the signature: {}", command.ignored.join(", ")));
        }
        let (hint, keys) = hinted(command)?;
        Ok(Self { message, hint, keys })
    }
}

/// Whether the request, or its body, comes from stdin.
pub(super) fn reads_stdin(arguments: &SignArguments) -> bool {
    let is_typed = !arguments.words.is_empty() || !arguments.command.is_empty() || arguments.curl.is_some();
    !is_typed || arguments.data_file.as_deref() == Some("-")
}

/// What `--aws-sigv4` and `--user` say.
fn hinted(command: &CurlCommand) -> Result<(Hint, Option<Keys>), Failure> {
    let Some(option) = &command.sigv4 else { return Ok((Hint::default(), None)) };
    let chosen = |value: &Option<String>| {
        value.as_ref().map(|value| Chosen::new(value, "--aws-sigv4 of the curl command"))
    };
    let hint = Hint { service: chosen(&option.service), region: chosen(&option.region) };
    let keys = match &command.user {
        Some(user) => match &user.password {
            Some(password) => Some(Keys::of_curl(&user.name, password)?),
            None => {
                return Err(Failure::usage(
                    "--user of the curl command holds no secret: ID:SECRET is wanted",
                ));
            }
        },
        None => None,
    };
    Ok((hint, keys))
}

/// `-d @file` sends the file where it is typed to curl.
fn warn_of_a_file_name(data: &str) {
    if let Some(name) = data.strip_prefix('@') {
        Output::note(&format!(
            "warning: the body is the text @{name}, not the file: --data-file {name} reads that"
        ));
    }
}

/// Whether a word can be a method and nothing else.
fn is_verb(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn swapped(verb: Option<&str>, address: &str) -> &'static str {
    match verb {
        Some(verb) if verb.contains("://") && !address.contains("://") => {
            "the method comes first: linklocal sign PUT https://…"
        }
        _ if address.starts_with("wss://") || address.starts_with("ws://") => {
            "a WebSocket is opened with a presigned URL: linklocal presign wss://…"
        }
        _ if address.starts_with("s3://") => {
            "linklocal presign takes s3://; here write https://bucket.s3.REGION.amazonaws.com/key"
        }
        _ => "write the URL as it goes over the wire, with https:// before the host",
    }
}
