//! Two files from before profiles: `AWS_CREDENTIAL_FILE` of the first EC2 tools, and boto 2's configuration.
//!
//! Rule: both still work in boto3 and the AWS CLI v2 [M `aws_credential_file-legacy`, `boto-cfg`]; neither holds a token.

use std::sync::Arc;

use types::Secret;

use super::{Model, text};
use crate::plan::fault::Fault;
use crate::plan::merged::{KEY_ID, SECRET_KEY, keys_look};
use crate::plan::{Look, StaticKeys};
use crate::reader::{self, Location};
use crate::{FileState, Place};

impl Model<'_> {
    /// Lines `AWSAccessKeyId=…` and `AWSSecretKey=…`.
    pub(super) fn legacy_credential_file(&self) -> Look {
        let Some(named) = self.ground.variable("AWS_CREDENTIAL_FILE") else {
            return Look::not_set();
        };
        let path = self.below_home(named);
        let look = match self.ground.text_of(&path) {
            Ok(text) => of_lines(&path, &text),
            Err(why) => Look::fatal(
                format!("AWS_CREDENTIAL_FILE names {path:?}: {why}"),
                "unset AWS_CREDENTIAL_FILE, or name a file",
            ),
        };
        named_by("AWS_CREDENTIAL_FILE", look)
    }

    /// Section `[Credentials]` of `BOTO_CONFIG`, or of `/etc/boto.cfg` and then `~/.boto`.
    pub(super) fn boto_config(&self) -> Look {
        let named = self.ground.variable("BOTO_CONFIG");
        let paths = match named {
            Some(path) => vec![path],
            None => vec!["/etc/boto.cfg", "~/.boto"],
        };
        for path in paths {
            match self.credentials_of_boto(path) {
                Ok(None) => {}
                Ok(Some(look)) if named.is_some() => return named_by("BOTO_CONFIG", look),
                Ok(Some(look)) => return look,
                Err(fault) => return fault.look(),
            }
        }
        Look::not_set()
    }

    /// `~` alone is replaced there, and no variable.
    fn below_home(&self, named: &str) -> String {
        let rest = named.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match rest.and_then(|rest| Some((rest, self.ground.home()?))) {
            Some((rest, home)) => format!("{}{rest}", home.trim_end_matches('/')),
            None => named.to_owned(),
        }
    }

    /// Nothing where the file is not there or has no key id.
    fn credentials_of_boto(&self, named: &str) -> Result<Option<Look>, Fault> {
        let path = reader::expand(self.ground.sdk, &self.ground.view, named);
        let state = self.ground.view.files.read(&path);
        if matches!(state, FileState::Absent | FileState::Directory) {
            return Ok(None);
        }
        let nowhere = Location::new("");
        let location = Location::new(&path);
        let files = reader::read(self.ground.sdk, (&nowhere, &FileState::Absent), (&location, &state))
            .map_err(|error| Fault::fatal(error.to_string(), error.remedy))?;
        let Some(section) = files.credentials.get("Credentials") else {
            return Ok(None);
        };
        let Some(id) = text(section, KEY_ID)? else {
            return Ok(None);
        };
        let places = super::places(section, &[KEY_ID, SECRET_KEY]);
        let look = match text(section, SECRET_KEY)? {
            Some(secret) => keys_look(keys(id, secret)),
            None => {
                let message = format!("{}: [Credentials] has no aws_secret_access_key", location.path);
                Look::partial_fatal(&[SECRET_KEY], message, "write it there, or remove the key id".to_owned())
            }
        };
        Ok(Some(look.at(places)))
    }
}

/// The variable that names the file, before the file's lines.
fn named_by(variable: &str, mut look: Look) -> Look {
    look.places.insert(0, Place::variable(variable));
    look
}

fn of_lines(path: &str, text: &str) -> Look {
    let mut found: [Option<(usize, &str)>; 2] = [None, None];
    for (number, line) in text.lines().enumerate() {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        if let Some(at) = LEGACY_KEYS.iter().position(|name| *name == key.trim()) {
            found[at] = Some((number + 1, value.trim()));
        }
    }
    let path: Arc<str> = path.into();
    let places = found.iter().flatten().map(|&(line, _)| Place::Line { path: Arc::clone(&path), line });
    let look = match found {
        [None, _] => Look::not_set(),
        [Some((_, id)), Some((_, secret))] => keys_look(keys(id, secret)),
        [Some((line, _)), None] => {
            let message = format!("{path}:{line}: AWSAccessKeyId stands there without AWSSecretKey");
            Look::partial_fatal(
                &LEGACY_KEYS[1..],
                message,
                "write both, or unset AWS_CREDENTIAL_FILE".to_owned(),
            )
        }
    };
    look.at(places)
}

fn keys(id: &str, secret: &str) -> StaticKeys {
    StaticKeys {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(secret.to_owned()),
        session_token: None,
        account_id: None,
        expiration: None,
    }
}

const LEGACY_KEYS: &[&str] = &["AWSAccessKeyId", "AWSSecretKey"];
