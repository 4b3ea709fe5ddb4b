//! The fields of a request that speak for its signature, found in one pass.

use crate::canonical::{has, is_token};
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
    hosts: usize,
}

/// No verification is begun of this.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unreadable {
    /// A value or the target holds a line end, a NUL byte, or the target another control character or a blank.
    Control,
    /// The method or a name is no token, the host stands twice, or the target is not in origin form: a path from `/` on, without
    /// a fragment.
    Form,
    TooLarge {
        what: &'static str,
        limit: usize,
    },
}

impl<'r> Fields<'r> {
    /// Fills in what the request has. It is filled where it stands: it is large to move.
    pub(super) fn scan(&mut self, request: &Request<'r>, rules: &ServiceRules) -> Result<(), Unreadable> {
        check_target(request.target)?;
        let mut size = 0;
        for (name, value) in request.headers {
            size += name.len() + value.len() + SEPARATORS;
            if size > MAX_FIELDS {
                return Err(Unreadable::TooLarge { what: "header section", limit: MAX_FIELDS });
            }
            // Of few values more than this has to be asked.
            let low = has(value, |byte| byte <= b'\r');
            if low && value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
                return Err(Unreadable::Control);
            }
            self.take(name, value, rules);
        }
        // RFC 9112 section 3.2: of two hosts each reader believes another.
        if self.hosts > 1 { Err(Unreadable::Form) } else { Ok(()) }
    }

    /// The checks of method, target and names that writing a canonical request makes, for a request that has none.
    pub(super) fn check_unsigned(request: &Request<'_>) -> Result<(), Unreadable> {
        let names = request.headers.iter().map(|(name, _)| *name);
        if !names.chain([request.method]).all(is_token) {
            return Err(Unreadable::Form);
        }
        if request.target.iter().any(u8::is_ascii_control) { Err(Unreadable::Control) } else { Ok(()) }
    }

    fn take(&mut self, name: &'r str, value: &'r [u8], rules: &ServiceRules) {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        let slot = match name.len() {
            4 if is("host") => {
                self.hosts += 1;
                return;
            }
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

/// Of a target that is not in origin form nobody knows where it leads: what does not begin at the root is brought there when it is
/// signed, and whoever routes it may see it elsewhere. Method and target are looked at again when they are written to be
/// signed.
fn check_target(target: &[u8]) -> Result<(), Unreadable> {
    if target.len() > MAX_TARGET {
        return Err(Unreadable::TooLarge { what: "target", limit: MAX_TARGET });
    }
    if !target.starts_with(b"/") || target.contains(&b'#') {
        return Err(Unreadable::Form);
    }
    Ok(())
}

/// Names and values, with what stands between them on the wire.
const MAX_FIELDS: usize = 64 * 1024;
/// Path and query together.
const MAX_TARGET: usize = 64 * 1024;
/// `: ` and the line end.
const SEPARATORS: usize = 4;
