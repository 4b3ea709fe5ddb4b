//! Tokens of identity providers, and the key sets they are verified with: whatever the bytes, nobody gets in without a signature.
//!
//! An input is a token's header, its claims and its signature, a line each, or a key set behind a `k`.

#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use account::directory::Directory;
use account::iam::oidc::{self, NewOidcProvider};
use account::sts::web_identity;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use types::{Partition, Timestamp};

fuzz_target!(|text: &str| {
    if let Some(keys) = text.strip_prefix('k') {
        let mut directory = empty();
        let kept = add(&mut directory, keys).is_ok();
        assert_eq!(directory.oidc_providers.len(), usize::from(kept));
        return;
    }
    let mut lines = text.splitn(3, '\n');
    let parts = [(); 3].map(|()| BASE64_URL_SAFE_NO_PAD.encode(lines.next().unwrap_or_default()));
    for token in [&parts.join("."), text] {
        let refused = web_identity::verify(&KNOWN, token, NOW, |_, _, _, _| false);
        assert!(refused.is_err(), "nobody signed it");
        if let Ok(identity) = web_identity::verify(&KNOWN, token, NOW, |_, _, _, _| true) {
            assert_eq!(identity.issuer, "issuer.example.com");
            assert_eq!(identity.audience, "client");
            assert!(identity.tags.len() <= 50);
        }
    }
});

static KNOWN: LazyLock<Directory> = LazyLock::new(|| {
    let mut directory = empty();
    add(&mut directory, KEYS).expect("a key set");
    directory
});

fn empty() -> Directory {
    Directory::new(Partition::Aws, "111122223333".parse().expect("an account"))
}

fn add(directory: &mut Directory, keys: &str) -> Result<(), oidc::OidcProviderError> {
    let client_ids = BTreeSet::from(["client".to_owned()]);
    let new = NewOidcProvider { url: "https://issuer.example.com", client_ids, keys };
    oidc::add(directory, &new, NOW).map(|_| ())
}

const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
const KEYS: &str = r#"{"keys":[{"kid":"a","kty":"EC","crv":"P-256",
    "x":"Ipos5d0ZCnJJQoVyVA6uY0QV5LlNyNcascM5wrLdmW8","y":"ZbnTVgjUimbsH1CvvEm9UfnI5kyLI5zYqFrmXZHCwgE"}]}"#;
