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
