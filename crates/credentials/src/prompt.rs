//! The person who may be asked, and told.

use std::fmt;
use std::io::{IsTerminal as _, Write as _};

use types::Secret;

/// Somebody at a terminal, or nobody.
pub trait Prompt: fmt::Debug + Send + Sync {
    /// Whether there is somebody.
    fn is_there(&self) -> bool;

    /// Shows the question and gives the line that is typed. Blocks.
    fn ask(&self, question: &str) -> Result<Secret<String>, PromptError>;

    /// Shows a line; where nobody is there, to whoever reads stderr.
    fn tell(&self, line: &str);

    /// Shows a line that somebody must act on: at the terminal even where stderr goes elsewhere, as under an SDK that has
    /// started a `credential_process`.
    fn urge(&self, line: &str) {
        self.tell(line);
    }
}

/// Nobody answered.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    #[error("there is no terminal to ask at")]
    NoTerminal,
    #[error("nobody answered at the terminal")]
    NoAnswer(#[source] std::io::Error),
}

/// Whoever sits at the controlling terminal, whatever stdin is.
#[derive(Clone, Copy, Debug)]
pub struct TerminalPrompt {
    /// Whether there is one.
    pub there: bool,
}

/// Nobody: servers, tests.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Prompt for TerminalPrompt {
    fn is_there(&self) -> bool {
        self.there
    }

    fn ask(&self, question: &str) -> Result<Secret<String>, PromptError> {
        if !self.there {
            return Err(PromptError::NoTerminal);
        }
        sys::terminal::ask(question).map(Secret::new).map_err(PromptError::NoAnswer)
    }

    fn tell(&self, line: &str) {
        // A closed stderr loses talk, and no result.
        let _ = writeln!(std::io::stderr(), "{}", sys::terminal::plain(line));
    }

    fn urge(&self, line: &str) {
        if std::io::stderr().is_terminal() || !self.there || sys::terminal::show(line).is_err() {
            self.tell(line);
        }
    }
}

impl Prompt for Nobody {
    fn is_there(&self) -> bool {
        false
    }

    fn ask(&self, _question: &str) -> Result<Secret<String>, PromptError> {
        Err(PromptError::NoTerminal)
    }

    fn tell(&self, _line: &str) {}
}
