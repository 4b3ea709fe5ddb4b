//! A program as `execve` wants it, made before the fork: nothing may be allocated after it.
//!
//! Rule: the name is looked up as `execvp` and shells do, in the `PATH` that the program will see. Source: execve(2),
//! exec(3), POSIX `execvp`.

use std::collections::BTreeMap;
use std::ffi::{CString, OsStr, OsString, c_char};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::{Program, RunError};

#[derive(Debug)]
pub(super) struct Command {
    pub(super) candidates: Vec<Candidate>,
    arguments: Vec<CString>,
    environment: Vec<CString>,
}

/// One file to try.
#[derive(Debug)]
pub(super) struct Candidate {
    path: CString,
    /// For a file that the kernel cannot execute: a script without a first line that names its interpreter.
    script: Vec<CString>,
}

/// Pointers into a [`Command`], each list with its null at the end.
#[derive(Debug)]
pub(super) struct Pointers {
    pub(super) paths: Vec<*const c_char>,
    pub(super) scripts: Vec<Vec<*const c_char>>,
    pub(super) arguments: Vec<*const c_char>,
    pub(super) environment: Vec<*const c_char>,
}

impl Command {
    pub(super) fn new(program: &Program) -> Result<Self, RunError> {
        let environment = environment(program);
        let mut arguments = vec![text(&program.name)?];
        for argument in &program.arguments {
            arguments.push(text(argument)?);
        }
        let paths = paths(&program.name, environment.get(OsStr::new("PATH")));
        let candidates =
            paths.iter().map(|path| Candidate::new(path, &arguments[1..])).collect::<Result<_, _>>()?;
        let environment = environment.iter().map(variable).collect::<Result<_, _>>()?;
        Ok(Self { candidates, arguments, environment })
    }

    pub(super) fn pointers(&self) -> Pointers {
        Pointers {
            paths: self.candidates.iter().map(|candidate| candidate.path.as_ptr()).collect(),
            scripts: self.candidates.iter().map(|candidate| list(&candidate.script)).collect(),
            arguments: list(&self.arguments),
            environment: list(&self.environment),
        }
    }
}

impl Candidate {
    fn new(path: &OsStr, arguments: &[CString]) -> Result<Self, RunError> {
        let path = text(path)?;
        let script = [SHELL.to_owned(), path.clone()].into_iter().chain(arguments.iter().cloned()).collect();
        Ok(Self { path, script })
    }
}

impl Candidate {
    pub(super) fn exists(&self) -> bool {
        Path::new(OsStr::from_bytes(self.path.as_bytes())).exists()
    }
}

/// What this process has, with the changes: all of it goes to the program, and nothing of it is looked at but `PATH`.
fn environment(program: &Program) -> BTreeMap<OsString, OsString> {
    let mut environment: BTreeMap<_, _> = std::env::vars_os().collect();
    for (name, value) in &program.environment {
        match value {
            Some(value) => environment.insert(name.clone(), value.clone()),
            None => environment.remove(name),
        };
    }
    environment
}

fn paths(name: &OsStr, path: Option<&OsString>) -> Vec<OsString> {
    if name.is_empty() || name.as_bytes().contains(&b'/') {
        return vec![name.to_owned()];
    }
    let path = path.map_or(DEFAULT_PATH, |path| path.as_bytes());
    let file = |directory: &[u8]| {
        let directory = if directory.is_empty() { b"." } else { directory };
        OsString::from_vec([directory, b"/", name.as_bytes()].concat())
    };
    path.split(|byte| *byte == b':').map(file).collect()
}

fn variable((name, value): (&OsString, &OsString)) -> Result<CString, RunError> {
    text(&OsString::from_vec([name.as_bytes(), b"=", value.as_bytes()].concat()))
}

fn text(text: &OsStr) -> Result<CString, RunError> {
    CString::new(text.as_bytes()).map_err(|_| RunError::NulByte)
}

fn list(texts: &[CString]) -> Vec<*const c_char> {
    texts.iter().map(|text| text.as_ptr()).chain([std::ptr::null()]).collect()
}

const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";
pub(super) const SHELL: &std::ffi::CStr = c"/bin/sh";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_as_shells_do() {
        let cases: [(&str, Option<&str>, &[&str]); 5] = [
            ("ls", Some("/a:/b"), &["/a/ls", "/b/ls"]),
            ("ls", Some(":/b"), &["./ls", "/b/ls"]),
            ("ls", None, &["/bin/ls", "/usr/bin/ls"]),
            ("./ls", Some("/a"), &["./ls"]),
            ("", Some("/a"), &[""]),
        ];
        for (name, path, expected) in cases {
            let path = path.map(OsString::from);
            assert_eq!(paths(OsStr::new(name), path.as_ref()), expected, "{name} in {path:?}");
        }
    }

    #[test]
    fn nul_bytes_are_refused_before_anything_starts() {
        let program = Program { name: "a".into(), arguments: vec!["x\0y".into()], ..Program::default() };
        assert!(matches!(Command::new(&program), Err(RunError::NulByte)));
    }
}
