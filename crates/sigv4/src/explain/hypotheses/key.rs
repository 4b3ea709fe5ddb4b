//! The secret, and the key that is made of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{Change, Hypotheses};
use crate::explain::Cause;
use crate::explain::escape::{Style, decode, encode};
use crate::explain::view::Chain;

/// Longer secrets are not disfigured: AWS's have 40 characters.
const MAX_SECRET: usize = 1024;

pub(super) fn add(made: &mut Hypotheses<'_>) {
    let secret = made.view.secret;
    if !secret.is_empty() && secret.len() <= MAX_SECRET {
        white_space(made, secret);
        quotes(made, secret);
        writings(made, secret);
        cuts(made, secret);
    }
    others(made);
    chains(made);
}

fn set(made: &mut Hypotheses<'_>, cause: Cause, said: &str, secret: impl Into<Vec<u8>>, common: bool) {
    made.push(cause, said.to_owned(), vec![Change::Secret(Zeroizing::new(secret.into()))], common);
}

fn white_space(made: &mut Hypotheses<'_>, secret: &[u8]) {
    let cause = Cause::SecretWhiteSpace;
    set(made, cause, "used the secret without the white space around it", secret.trim_ascii(), true);
    for (end, said) in [
        (&b"\n"[..], "used the secret with a line end (LF) behind it"),
        (b"\r\n", "used the secret with a line end (CR LF) behind it"),
        (b"\r", "used the secret with a carriage return behind it"),
        (b" ", "used the secret with a space behind it"),
        (b"\t", "used the secret with a tab behind it"),
        (b"  ", "used the secret with two spaces behind it"),
        (b"\0", "used the secret with a NUL byte behind it"),
        (b" \n", "used the secret with a space and a line end behind it"),
        (b"\\n", "used the secret with the two characters \\n behind it"),
    ] {
        set(made, cause, said, [secret, end].concat(), end.len() == 1);
    }
    set(made, cause, "used the secret with a space before it", [b" ", secret].concat(), true);
    set(
        made,
        cause,
        "used the secret with a byte order mark before it",
        [b"\xef\xbb\xbf", secret].concat(),
        false,
    );
    let bare: Vec<u8> = secret.iter().filter(|b| !b.is_ascii_whitespace()).copied().collect();
    set(made, cause, "used the secret without the white space in it", bare, false);
}

fn quotes(made: &mut Hypotheses<'_>, secret: &[u8]) {
    for quote in [b"\"", b"'", b"`"] {
        let quoted = [&quote[..], secret, quote].concat();
        set(made, Cause::SecretQuoted, "used the secret with quotes around it", quoted, true);
        set(
            made,
            Cause::SecretQuoted,
            "used the secret with a quote before it",
            [&quote[..], secret].concat(),
            false,
        );
        set(
            made,
            Cause::SecretQuoted,
            "used the secret with a quote behind it",
            [secret, quote].concat(),
            false,
        );
        let trimmed = secret.trim_ascii();
        if let Some(bare) = trimmed.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            set(made, Cause::SecretQuoted, "used the secret without the quotes around it", bare, true);
        }
    }
    let said = "used the secret with the name of its variable or a = before it";
    for before in ["=", "aws_secret_access_key=", "AWS_SECRET_ACCESS_KEY=", ": "] {
        set(made, Cause::SecretQuoted, said, [before.as_bytes(), secret].concat(), false);
    }
    set(
        made,
        Cause::SecretQuoted,
        "used the secret with a comma or semicolon behind it",
        [secret, b","].concat(),
        false,
    );
    set(
        made,
        Cause::SecretQuoted,
        "used the secret with a comma or semicolon behind it",
        [secret, b";"].concat(),
        false,
    );
}

fn writings(made: &mut Hypotheses<'_>, secret: &[u8]) {
    let cause = Cause::SecretDecoded;
    let swapped = |from: u8, to: &[u8]| -> Vec<u8> {
        secret
            .iter()
            .flat_map(|byte| if *byte == from { to } else { std::slice::from_ref(byte) })
            .copied()
            .collect()
    };
    set(made, cause, "used the secret with its plus signs as spaces", swapped(b'+', b" "), true);
    set(made, cause, "used the secret with spaces as plus signs", swapped(b' ', b"+"), false);
    set(made, cause, "used the secret without its plus signs", swapped(b'+', b""), false);
    set(made, cause, "used the secret without its slashes", swapped(b'/', b""), false);
    set(made, cause, "used the secret with its slashes escaped (\\/)", swapped(b'/', b"\\/"), true);
    set(made, cause, "used the secret with its backslashes gone", swapped(b'\\', b""), false);
    set(
        made,
        cause,
        "used the secret in the URL-safe alphabet",
        swapped(b'/', b"_").iter().map(|b| if *b == b'+' { b'-' } else { *b }).collect::<Vec<_>>(),
        false,
    );
    set(made, cause, "used the secret percent-encoded", encode(secret, Style::RIGHT), true);
    set(made, cause, "used the secret percent-decoded", decode(secret, false), true);
    set(
        made,
        cause,
        "used the secret percent-decoded, with its plus signs as spaces",
        decode(secret, true),
        false,
    );
    set(made, cause, "used the secret encoded in base64", STANDARD.encode(secret), false);
    set(
        made,
        cause,
        "used the secret encoded in base64 with a line end",
        STANDARD.encode([secret, b"\n"].concat()),
        false,
    );
    if let Ok(decoded) = STANDARD.decode(secret.trim_ascii()) {
        set(made, cause, "used the secret decoded from base64", decoded, false);
    }
    set(made, cause, "used the secret in lower case", secret.to_ascii_lowercase(), false);
    set(made, cause, "used the secret in capitals", secret.to_ascii_uppercase(), false);
}

fn cuts(made: &mut Hypotheses<'_>, secret: &[u8]) {
    let cause = Cause::SecretCut;
    for count in 1..=3 {
        if let Some(part) = secret.get(..secret.len().saturating_sub(count)) {
            set(
                made,
                cause,
                &format!("used the secret without its last {count} character(s)"),
                part,
                count == 1,
            );
        }
        if let Some(part) = secret.get(count..) {
            set(
                made,
                cause,
                &format!("used the secret without its first {count} character(s)"),
                part,
                count == 1,
            );
        }
    }
    for stop in [b'/', b'+', b'=', b'#', b' ', b'$'] {
        if let Some(at) = secret.iter().position(|byte| *byte == stop) {
            let said = format!("used only what stands before the first {} of the secret", stop as char);
            set(made, cause, &said, &secret[..at], false);
        }
    }
    if secret.len() > 40 {
        set(made, cause, "used only the first 40 characters of the secret", &secret[..40], true);
    }
    set(made, cause, "used the secret twice over", [secret, secret].concat(), false);
    set(made, cause, "used an empty secret", Vec::new(), true);
}

/// Values in each other's place, and secrets of other keys.
fn others(made: &mut Hypotheses<'_>) {
    for (index, key) in made.grounds.keys.iter().enumerate() {
        let secret = key.secret.expose().as_bytes();
        let own = secret == made.view.secret;
        if !own {
            let said = format!(
                "used the secret of another key, {}",
                crate::explain::redact::access_key_id(key.access_key_id)
            );
            set(made, Cause::OtherKey, &said, secret, true);
        }
        if index == 0 || own {
            set(
                made,
                Cause::SwappedKey,
                "used the access key id as the secret",
                key.access_key_id.as_bytes(),
                true,
            );
        }
        if let Some(token) = key.session_token {
            set(
                made,
                Cause::SwappedKey,
                "used the session token as the secret",
                token.expose().as_bytes(),
                false,
            );
        }
    }
    if let Some(sent) = &made.grounds.sent {
        let id = sent.access_key_id.clone();
        set(made, Cause::SwappedKey, "used the access key id as the secret", id, true);
    }
}

fn chains(made: &mut Hypotheses<'_>) {
    for (chain, cause, said) in [
        (Chain::NoPrefix, Cause::KeyPrefix, "derived the key without the prefix AWS4"),
        (Chain::SecretItself, Cause::KeyChain, "signed with the secret itself, without deriving a key"),
        (Chain::PrefixedSecret, Cause::KeyChain, "signed with AWS4 and the secret, without deriving a key"),
        (Chain::Hexadecimal, Cause::KeyChain, "keyed each HMAC with the hexadecimal text of the one before"),
        (Chain::NoTerminator, Cause::KeyChain, "derived the key without the last step (aws4_request)"),
    ] {
        made.common(cause, said, Change::Chain(chain));
    }
}
