//! The user's browser.
//!
//! Rule: started and left alone: whether a page is seen only the user knows, so whoever opens one prints its URL too.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::Env;

/// Opens `url` in the browser that `env` names or the desktop has, and says which program was started. `None` where
/// there is none, as in a session over SSH or in a container.
pub fn open(env: &Env, url: &str) -> Option<String> {
    // A URL that a server sent becomes an argument of a program: nothing else may be started by it.
    let is_page = url.starts_with("https://") || url.starts_with("http://");
    let programs = programs(env, std::env::consts::OS).into_iter().filter(|_| is_page);
    programs.filter_map(|program| start(env, &program, url)).next()
}

/// A command and its arguments; `%s` stands for the URL.
#[derive(Debug, PartialEq, Eq)]
struct Program(Vec<OsString>);

/// `$BROWSER` first, a list with colons as Debian's sensible-browser(1) and Python's webbrowser read it; then the desktop's
/// own way. `$BROWSER` that is empty means that none is wanted.
fn programs(env: &Env, os: &str) -> Vec<Program> {
    if let Some(named) = env.var("BROWSER") {
        return named.split(':').filter(|command| !command.trim().is_empty()).map(named_program).collect();
    }
    let remote = env.var_os("SSH_CONNECTION").is_some();
    let set = |name: &str| env.var_os(name).is_some_and(|value| !value.is_empty());
    let wsl = set("WSL_DISTRO_NAME");
    match os {
        "macos" if !remote => vec![program("open")],
        "macos" => Vec::new(),
        _ if wsl => vec![program("wslview"), program("explorer.exe")],
        _ if set("DISPLAY") || set("WAYLAND_DISPLAY") => vec![program("xdg-open"), program("gio open")],
        _ => Vec::new(),
    }
}

fn named_program(command: &str) -> Program {
    Program(command.split_whitespace().map(OsString::from).collect())
}

fn program(command: &str) -> Program {
    named_program(command)
}

fn start(env: &Env, program: &Program, url: &str) -> Option<String> {
    let (name, arguments) = program.0.split_first()?;
    let path = found(env, name)?;
    let placed = arguments.iter().any(|argument| argument == "%s");
    let arguments =
        arguments.iter().map(|argument| if argument == "%s" { OsStr::new(url) } else { argument });
    let mut command = Command::new(path);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if !placed {
        command.arg(url);
    }
    let mut child = command.spawn().ok()?;
    // Nobody waits for a browser, but somebody must take its exit status.
    std::thread::Builder::new().name("browser".to_owned()).spawn(move || child.wait()).ok()?;
    Some(name.to_string_lossy().into_owned())
}

/// The program on the search path of the environment that was given; `spawn` would take this process's.
fn found(env: &Env, name: &OsStr) -> Option<PathBuf> {
    let path = PathBuf::from(name);
    if path.components().count() > 1 {
        return path.is_file().then_some(path);
    }
    let directories = env.var_os("PATH")?;
    std::env::split_paths(directories).map(|directory| directory.join(name)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(pairs: &[(&str, &str)], os: &str) -> Vec<String> {
        let programs = programs(&Env::from_pairs(pairs.iter().copied()), os);
        programs.iter().map(|Program(words)| words.join(OsStr::new(" ")).into_string().unwrap()).collect()
    }

    #[test]
    fn the_users_word_goes_before_the_desktops() {
        assert_eq!(
            names(&[("BROWSER", "firefox --new-tab %s:w3m")], "linux"),
            ["firefox --new-tab %s", "w3m"]
        );
        assert!(names(&[("BROWSER", ""), ("DISPLAY", ":0")], "linux").is_empty());
        assert_eq!(names(&[("DISPLAY", ":0")], "linux"), ["xdg-open", "gio open"]);
        assert_eq!(names(&[("WAYLAND_DISPLAY", "w")], "freebsd"), ["xdg-open", "gio open"]);
        assert_eq!(names(&[("WSL_DISTRO_NAME", "Ubuntu")], "linux"), ["wslview", "explorer.exe"]);
        assert_eq!(names(&[], "macos"), ["open"]);
        assert!(names(&[("SSH_CONNECTION", "1")], "macos").is_empty());
        assert!(names(&[], "linux").is_empty());
    }

    #[test]
    fn a_program_is_started_with_the_url_and_nothing_but_pages_is_opened() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_str().unwrap();
        let env = Env::from_pairs([("BROWSER", "missing:/bin/true"), ("PATH", path)]);
        assert_eq!(open(&env, "https://example.com/"), Some("/bin/true".to_owned()));
        assert_eq!(open(&env, "file:///etc/passwd"), None);
        assert_eq!(open(&env, "--help"), None);
        assert_eq!(
            open(&Env::from_pairs([("BROWSER", "true"), ("PATH", path)]), "https://example.com/"),
            None
        );
    }
}
