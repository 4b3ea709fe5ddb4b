//! Where an SDK looks for the two files (facts/credentials.md section 2.1).
//!
//! Rule: each SDK's own idea of an empty variable, of `~` and of the home directory, for the platform that is asked
//! about and not for the one that asks.

use crate::{Place, Platform, Sdk, View};

/// A path and who named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The path as the SDK opens it. Empty where a variable is set to nothing and the SDK then reads nothing.
    pub path: String,
    /// The variable or property, or [`Place::Default`].
    pub named_by: Place,
    /// Whether a `~` or a variable stood in it.
    pub expanded: bool,
}

/// Both files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locations {
    pub config: Location,
    pub credentials: Location,
}

/// The paths that `sdk` reads; nothing where there is no home directory and a path needs one.
pub fn locations(sdk: Sdk, view: &View<'_>) -> Option<Locations> {
    let finder = Finder { sdk, view };
    Some(Locations { config: finder.location(&CONFIG)?, credentials: finder.location(&CREDENTIALS)? })
}

/// The home directory as `sdk` finds it.
pub fn home(sdk: Sdk, view: &View<'_>) -> Option<String> {
    Finder { sdk, view }.home()
}

/// A path as `sdk` opens it where somebody wrote `written`.
pub fn expand(sdk: Sdk, view: &View<'_>, written: &str) -> String {
    Finder { sdk, view }.expand(written)
}

impl Location {
    /// A path that nobody named.
    pub fn new(path: &str) -> Self {
        Self { path: path.to_owned(), named_by: Place::Default, expanded: false }
    }
}

struct Finder<'a> {
    sdk: Sdk,
    view: &'a View<'a>,
}

struct File {
    variable: &'static str,
    property: &'static str,
    name: &'static str,
}

impl Finder<'_> {
    fn location(&self, file: &File) -> Option<Location> {
        let Some((written, named_by)) = self.named(file) else {
            let path = match self.sdk {
                // Neither fails without a home directory: they look below a directory that is called `~`.
                Sdk::Rust | Sdk::Boto3 | Sdk::Cli2 => self.expand(&format!("~/.aws/{}", file.name)),
                _ => self.join(&self.home()?, &format!(".aws/{}", file.name)),
            };
            return Some(Location::new(&path));
        };
        let path = self.expand(&written);
        Some(Location { expanded: path != written, path, named_by })
    }

    /// What somebody wrote, and where.
    fn named(&self, file: &File) -> Option<(String, Place)> {
        if self.sdk == Sdk::Java
            && let Some(path) = self.view.arguments.java_properties.get(file.property)
        {
            return Some((path.clone(), Place::Property(file.property.into())));
        }
        let value = match self.sdk {
            Sdk::Js | Sdk::Go => self.view.environment.filled(file.variable),
            _ => self.view.environment.get(file.variable),
        };
        Some((value?.to_owned(), Place::variable(file.variable)))
    }

    fn home(&self) -> Option<String> {
        let environment = self.view.environment;
        let get = |name: &str| environment.get(name).map(str::to_owned);
        let filled = |name: &str| environment.filled(name).map(str::to_owned);
        let windows = self.view.platform == Platform::Windows;
        let drive = || Some(get("HOMEDRIVE")? + &get("HOMEPATH")?);
        let account = || environment.account_home.clone();
        match self.sdk {
            Sdk::Rust | Sdk::Linklocal if windows => {
                get("HOME").or_else(|| get("USERPROFILE")).or_else(drive)
            }
            Sdk::Rust => get("HOME"),
            Sdk::Linklocal => filled("HOME").or_else(account),
            Sdk::Boto3 | Sdk::Cli2 if windows => {
                get("USERPROFILE").or_else(|| Some(get("HOMEDRIVE").unwrap_or_default() + &get("HOMEPATH")?))
            }
            Sdk::Boto3 | Sdk::Cli2 => get("HOME").or_else(account),
            Sdk::Js => filled("HOME")
                .or_else(|| filled("USERPROFILE"))
                .or_else(|| {
                    let path = filled("HOMEPATH")?;
                    let root = if windows { "C:\\" } else { "C:/" };
                    Some(get("HOMEDRIVE").unwrap_or_else(|| root.to_owned()) + &path)
                })
                .or_else(account),
            Sdk::Java if windows => {
                get("HOME").or_else(|| get("USERPROFILE")).or_else(drive).or_else(|| self.java_home())
            }
            Sdk::Java => get("HOME").or_else(|| self.java_home()),
            Sdk::Go if windows => filled("USERPROFILE").or_else(account),
            Sdk::Go => filled("HOME").or_else(account),
        }
    }

    fn java_home(&self) -> Option<String> {
        let property = self.view.arguments.java_properties.get("user.home").cloned();
        property.or_else(|| self.view.environment.account_home.clone())
    }

    /// The path with whatever this SDK replaces in it.
    fn expand(&self, written: &str) -> String {
        match self.sdk {
            Sdk::Go => written.to_owned(),
            Sdk::Js => match written.strip_prefix("~/").and_then(|rest| Some((rest, self.home()?))) {
                Some((rest, home)) => self.join(&home, rest),
                None => written.to_owned(),
            },
            Sdk::Rust => self.expand_components(written),
            Sdk::Java => self.expand_start(written, |home| home.to_owned()),
            Sdk::Boto3 | Sdk::Cli2 | Sdk::Linklocal => self.expand_start(&self.variables(written), |home| {
                // Python leaves a slash to the rest of the path.
                home.trim_end_matches('/').to_owned()
            }),
        }
    }

    /// `~` before a separator is the home directory, and nothing else of the path changes.
    fn expand_start(&self, written: &str, home: impl FnOnce(&str) -> String) -> String {
        let alone = matches!(self.sdk, Sdk::Boto3 | Sdk::Cli2 | Sdk::Linklocal) && written == "~";
        let rest = written.strip_prefix('~').filter(|rest| alone || rest.starts_with(self.separators()));
        match rest.and_then(|rest| Some((rest, self.home()?))) {
            Some((rest, found)) => {
                let path = home(&found) + rest;
                if path.is_empty() { "/".to_owned() } else { path }
            }
            None => written.to_owned(),
        }
    }

    /// As Rust's `Path`: the path is put together again from its parts, with the platform's separator.
    fn expand_components(&self, written: &str) -> String {
        let mut parts = written.split(self.separators());
        let (Some("~"), Some(home)) = (parts.next(), self.home()) else {
            return written.to_owned();
        };
        let mut path = home;
        for part in parts.filter(|part| !part.is_empty() && *part != ".") {
            path = self.join(&path, part);
        }
        path
    }

    fn join(&self, directory: &str, rest: &str) -> String {
        let windows = self.view.platform == Platform::Windows;
        let rest = if windows { rest.replace('/', "\\") } else { rest.to_owned() };
        let separator = if windows { "\\" } else { "/" };
        match directory {
            "" => rest,
            _ if directory.ends_with(self.separators()) => format!("{directory}{rest}"),
            _ => format!("{directory}{separator}{rest}"),
        }
    }

    fn separators(&self) -> &'static [char] {
        match self.view.platform {
            Platform::Unix => &['/'],
            Platform::Windows => &['/', '\\'],
        }
    }

    /// `$NAME` and `${NAME}`, and `%NAME%` on Windows, as Python's `expandvars`; unknown ones stay as they are.
    fn variables(&self, written: &str) -> String {
        let mut path = String::with_capacity(written.len());
        let mut rest = written;
        while let Some(at) = rest.find(['$', '%']) {
            path.push_str(&rest[..at]);
            rest = &rest[at..];
            let (whole, name) = self.reference(rest).unwrap_or((&rest[..1], ""));
            path.push_str(self.view.environment.get(name).filter(|_| !name.is_empty()).unwrap_or(whole));
            rest = &rest[whole.len()..];
        }
        path + rest
    }

    /// A reference to a variable at the start of `text`, and the variable's name.
    fn reference<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        if let Some(rest) = text.strip_prefix('%') {
            let name = &rest[..rest.find('%').filter(|_| self.view.platform == Platform::Windows)?];
            return Some((&text[..name.len() + 2], name));
        }
        let rest = &text[1..];
        if let Some(braced) = rest.strip_prefix('{') {
            let name = &braced[..braced.find('}')?];
            return Some((&text[..name.len() + 3], name));
        }
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        (!name.is_empty()).then(|| (&text[..name.len() + 1], name))
    }
}

const CONFIG: File = File { variable: "AWS_CONFIG_FILE", property: "aws.configFile", name: "config" };
const CREDENTIALS: File = File {
    variable: "AWS_SHARED_CREDENTIALS_FILE",
    property: "aws.sharedCredentialsFile",
    name: "credentials",
};
