//! The fields of a request that speak for its signature, found in one pass.

use crate::{Request, ServiceRules};

/// What a verification wants of the fields. Each is the first of its name, without the white space around it.
#[derive(Default)]
pub(super) struct Fields<'r> {
    pub(super) authorization: Option<&'r [u8]>,
    pub(super) amz_date: Option<&'r [u8]>,
    pub(super) date: Option<&'r [u8]>,
    pub(super) content_sha256: Option<&'r [u8]>,
    pub(super) token: Option<&'r [u8]>,
    pub(super) region_set: Option<&'r [u8]>,
    pub(super) decoded_length: Option<&'r [u8]>,
    /// The name of one that is there twice.
    pub(super) twice: Option<&'r str>,
}

/// No verification is begun of this.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unreadable {
    /// A value or the target holds a line end, a NUL byte, or the target another control character or a blank.
    Control,
    /// The method or a name is no token, or the target is not in origin form: a path from `/` on, without a fragment.
    Form,
    TooLarge {
        what: &'static str,
        limit: usize,
    },
}

impl<'r> Fields<'r> {
    pub(super) fn scan(request: &Request<'r>, rules: &ServiceRules) -> Result<Self, Unreadable> {
        check_line(request)?;
        let mut fields = Self::default();
        let mut size = 0;
        for (name, value) in request.headers {
            size += name.len() + value.len() + SEPARATORS;
            if size > MAX_FIELDS {
                return Err(Unreadable::TooLarge { what: "header section", limit: MAX_FIELDS });
            }
            if !is_token(name.as_bytes()) {
                return Err(Unreadable::Form);
            }
            if value.iter().fold(false, |found, byte| found | matches!(byte, b'\r' | b'\n' | 0)) {
                return Err(Unreadable::Control);
            }
            fields.take(name, value, rules);
        }
        Ok(fields)
    }

    fn take(&mut self, name: &'r str, value: &'r [u8], rules: &ServiceRules) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let slot = match name.len() {
            4 if is("date") => &mut self.date,
            10 if is("x-amz-date") => &mut self.amz_date,
            13 if is("authorization") => &mut self.authorization,
            16 if is("x-amz-region-set") => &mut self.region_set,
            20 if is("x-amz-content-sha256") => &mut self.content_sha256,
            28 if is("x-amz-decoded-content-length") => &mut self.decoded_length,
            length if length == rules.token_name.len() && is(rules.token_name) => &mut self.token,
            _ => return,
        };
        match slot {
            Some(_) => self.twice = Some(name),
            None => *slot = Some(value.trim_ascii()),
        }
    }
}

fn check_line(request: &Request<'_>) -> Result<(), Unreadable> {
    if !is_token(request.method.as_bytes()) {
        return Err(Unreadable::Form);
    }
    if request.target.len() > MAX_TARGET {
        return Err(Unreadable::TooLarge { what: "target", limit: MAX_TARGET });
    }
    // What does not begin at the root is brought there when it is signed; whoever routes it may see it elsewhere.
    if !request.target.starts_with(b"/") || request.target.contains(&b'#') {
        return Err(Unreadable::Form);
    }
    // A blank within a target is let through: some clients send it, and it is encoded when it is signed.
    if request.target.iter().fold(false, |found, byte| found | byte.is_ascii_control()) {
        return Err(Unreadable::Control);
    }
    Ok(())
}

/// RFC 9110 section 5.6.2.
fn is_token(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().fold(true, |all, byte| all & TOKEN[usize::from(*byte)])
}

const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let marks = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut at = 0;
    while at < marks.len() {
        table[marks[at] as usize] = true;
        at += 1;
    }
    table
};

/// Names and values, with what stands between them on the wire.
const MAX_FIELDS: usize = 64 * 1024;
/// Path and query together.
const MAX_TARGET: usize = 64 * 1024;
/// `: ` and the line end.
const SEPARATORS: usize = 4;
