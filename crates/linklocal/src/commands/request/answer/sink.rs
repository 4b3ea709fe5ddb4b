//! Where the body of an answer goes: stdout, a file, or memory for JSON.
//!
//! Rule: a file appears once it is whole, and a terminal gets neither bytes that are no text nor orders.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use client::Streaming;
use sys::fs::ArrivingFile;

use super::super::live::Live;
use crate::failure::Failure;
use crate::output::Output;

/// Takes pieces.
#[derive(Debug)]
pub(in crate::commands::request) enum Sink {
    /// For programs.
    Stdout,
    /// For people.
    Terminal {
        checks: bool,
        rest: Vec<u8>,
        ends_line: bool,
    },
    File {
        path: PathBuf,
        file: ArrivingFile,
    },
    /// A file that is whole.
    Written(PathBuf),
    /// For `--json`.
    Memory(Vec<u8>),
}

impl Sink {
    pub(super) fn open(output: Output, named: Option<&Path>) -> Result<Self, Failure> {
        let to_stdout = named == Some(Path::new("-"));
        match named {
            Some(path) if !to_stdout => {
                let file = ArrivingFile::begin(path).map_err(|error| Failure::of(&error))?;
                Ok(Self::File { path: path.to_owned(), file })
            }
            _ if output.json => Ok(Self::Memory(Vec::new())),
            _ if std::io::stdout().is_terminal() => {
                Ok(Self::Terminal { checks: !to_stdout, rest: Vec::new(), ends_line: true })
            }
            _ => Ok(Self::Stdout),
        }
    }

    /// Takes the whole body. What ends early leaves no file.
    pub(super) async fn take(mut self, answer: &mut Streaming, live: &Live) -> Result<Self, Failure> {
        let whole = answer.remaining();
        let mut bytes = 0;
        while let Some(piece) = answer.next().await {
            let piece = piece.map_err(|error| {
                Failure::of(&error).hint(format!("{bytes} bytes came before that; {}", error.hint()))
            })?;
            bytes += piece.len() as u64;
            live.moved("received", bytes, whole);
            if !self.put(&piece)? {
                // Nobody reads any more, and nobody needs to be told.
                return Ok(self);
            }
        }
        self.end()
    }

    /// Whether more is wanted.
    fn put(&mut self, piece: &[u8]) -> Result<bool, Failure> {
        match self {
            Self::Stdout => Output::piece(piece),
            Self::Terminal { checks, rest, ends_line } => {
                if std::mem::take(checks) && piece.contains(&0) {
                    return Err(Failure::new("the answer is no text, and stdout is a terminal")
                        .hint("-o FILE puts it in a file, -o - prints it all the same, | hands it on"));
                }
                rest.extend_from_slice(piece);
                *ends_line = piece.ends_with(b"\n");
                let end = whole_letters(rest);
                let text: Vec<u8> = rest.drain(..end).collect();
                Output::report(&String::from_utf8_lossy(&text)).map(|()| true)
            }
            Self::File { file, .. } => {
                file.write(piece).map_err(|error| Failure::of(&error))?;
                Ok(true)
            }
            Self::Memory(bytes) if bytes.len() + piece.len() > MAX_JSON => Err(Failure::new(format!(
                "the answer is longer than the {} MiB that go into JSON",
                MAX_JSON >> 20
            ))
            .hint("-o FILE puts it in a file")),
            Self::Memory(bytes) => {
                bytes.extend_from_slice(piece);
                Ok(true)
            }
            Self::Written(_) => Ok(false),
        }
    }

    fn end(self) -> Result<Self, Failure> {
        match self {
            Self::Terminal { rest, ends_line, .. } => {
                // The prompt begins a line of its own.
                let end = if ends_line { "" } else { "\n" };
                Output::report(&format!("{}{end}", String::from_utf8_lossy(&rest)))?;
                Ok(Self::Stdout)
            }
            Self::File { path, file } => {
                file.finish().map_err(|error| Failure::of(&error))?;
                Ok(Self::Written(path))
            }
            other => Ok(other),
        }
    }
}

/// Up to here no letter of UTF-8 is cut in two.
fn whole_letters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => bytes.len(),
    }
}

/// What fits in a line of JSON that somebody will read into memory.
const MAX_JSON: usize = 64 << 20;
