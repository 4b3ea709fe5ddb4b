//! What an interpreter runs: to a reader of a list `python3.11` says nothing, and its script everything.

/// The script, module, JAR or class in the arguments of an interpreter; `None` of other programs and of code that stands
/// on the command line.
pub(super) fn script(executable: &str, arguments: &[String]) -> Option<String> {
    let name = executable.rsplit('/').next().unwrap_or(executable);
    let family = FAMILIES.iter().find(|family| family.runs(name))?;
    let mut rest = arguments.iter().skip(1);
    while let Some(argument) = rest.next() {
        let argument = argument.as_str();
        if family.code.contains(&argument) {
            return None;
        }
        if family.modules.contains(&argument) {
            return rest.next().filter(|name| !name.is_empty()).cloned();
        }
        if family.takes_value.contains(&argument) {
            rest.next();
        } else if !argument.starts_with('-') {
            return Some(argument).filter(|name| says_something(name)).map(str::to_owned);
        }
    }
    None
}

/// A script that was handed over as a descriptor has no name.
fn says_something(name: &str) -> bool {
    !name.is_empty() && !name.starts_with("/dev/fd/") && !name.starts_with("/proc/")
}

/// Interpreters with the same options.
struct Family {
    /// Names, up to a version.
    names: &'static [&'static str],
    /// Options after which the program's name stands.
    modules: &'static [&'static str],
    /// Options after which a program's text stands.
    code: &'static [&'static str],
    /// Other options whose value is an argument of its own.
    takes_value: &'static [&'static str],
}

impl Family {
    fn runs(&self, name: &str) -> bool {
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        self.names.contains(&bare) || self.names.contains(&name)
    }
}

const FAMILIES: [Family; 6] = [
    Family {
        names: &["python", "pypy"],
        modules: &["-m"],
        code: &["-c"],
        takes_value: &["-W", "-X", "--check-hash-based-pycs"],
    },
    Family {
        names: &["node", "nodejs", "bun", "deno"],
        modules: &[],
        code: &["-e", "--eval", "-p", "--print"],
        takes_value: &["-r", "--require", "--import", "--loader", "-C", "--conditions"],
    },
    Family {
        names: &["java"],
        modules: &["-jar", "-m", "--module"],
        code: &[],
        takes_value: &["-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules"],
    },
    Family { names: &["ruby", "perl"], modules: &[], code: &["-e", "-E"], takes_value: &["-I", "-r", "-M"] },
    Family { names: &["php"], modules: &["-f"], code: &["-r"], takes_value: &["-c", "-d"] },
    Family {
        names: &["sh", "bash", "dash", "zsh", "ksh"],
        modules: &[],
        code: &["-c"],
        takes_value: &["-o", "-O"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_behind_options() {
        for (line, expected) in [
            ("/usr/bin/python3.11 /usr/bin/aws s3 ls", Some("/usr/bin/aws")),
            ("python3 -u -W ignore app.py -m x", Some("app.py")),
            ("python3 -m http.server 80", Some("http.server")),
            ("python3 -c print()", None),
            ("python3", None),
            ("node --require x.js server.mjs", Some("server.mjs")),
            ("java -Xmx1g -cp a.jar:b.jar org.example.Main --x", Some("org.example.Main")),
            ("java -jar app.jar", Some("app.jar")),
            ("bash -e ec2-metadata -i", Some("ec2-metadata")),
            ("bash -c true", None),
            ("bash /dev/fd/3", None),
            ("curl http://x", None),
            ("pythonista x.py", None),
        ] {
            let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(script(&arguments[0], &arguments).as_deref(), expected, "{line}");
        }
    }
}
