//! What never stands in a record.
//!
//! Rule: a member is covered for its name, or because AWS's model marks it as sensitive; bodies and other blobs are never shown. Where AWS
//! keeps a place for it, the place is kept and says that something was removed.

use wire::model::Part;

/// What becomes of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    None,
    /// Its place says that something was there.
    Mark,
    Leave,
}

/// In the place of what was removed.
pub(super) const MARK: &str = "<sensitiveDataRemoved>";

pub(super) fn cover(name: &str, part: Option<Part>) -> Cover {
    if MARKED.contains(&name) {
        return Cover::Mark;
    }
    if LEFT.contains(&name) || part.is_some_and(Part::is_sensitive) {
        return Cover::Leave;
    }
    Cover::None
}

/// A message that may repeat a value which never stands in a record says no more than that.
///
/// What is no value of its kind is repeated by AWS's validation: a code with a digit too many, or what was pasted in its place.
pub(in crate::event) fn without_secrets(message: &str) -> String {
    let repeats = |name: &&str| message.contains(&format!("at '{}", super::small(name)));
    if message.contains("Value '") && MARKED.iter().chain(&LEFT).any(repeats) {
        return MARK.to_owned();
    }
    message.to_owned()
}

/// AWS shows session tokens, which are good for nothing without their keys; here they are shown to nobody.
const MARKED: [&str; 3] = ["UserData", "KeyMaterial", "SessionToken"];

const LEFT: [&str; 24] = [
    "AuthenticationCode1",
    "AuthenticationCode2",
    "Base32StringSeed",
    "Body",
    "Content",
    "CopySourceSSECustomerKey",
    "DecodedMessage",
    "EncodedMessage",
    "NewPassword",
    "OldPassword",
    "Password",
    "PrivateKey",
    "PublicKeyMaterial",
    "QRCodePNG",
    "SAMLAssertion",
    "SAMLMetadataDocument",
    "SSECustomerKey",
    "SecretAccessKey",
    "ServicePassword",
    "TokenCode",
    "TradeInToken",
    "UploadBody",
    "WebIdentityToken",
    "XAmzSecurityToken",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_do_not_repeat_what_is_covered() {
        let message = |name: &str| {
            format!(
                "1 validation error detected: Value '0123456 ' at '{name}' failed to satisfy constraint: Member must satisfy …"
            )
        };
        for (name, covered) in
            [("tokenCode", true), ("authenticationCode1", true), ("sAMLAssertion", true), ("userName", false)]
        {
            let shown = without_secrets(&message(name));
            assert_eq!(shown == MARK, covered, "{shown}");
        }
        let silent = "1 validation error detected: Value at 'tokenCode' failed to satisfy constraint";
        assert_eq!(without_secrets(silent), silent);
    }
}
