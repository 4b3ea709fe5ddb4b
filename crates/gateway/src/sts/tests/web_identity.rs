//! AssumeRoleWithWebIdentity with real keys, and with forged ones.

use std::collections::BTreeSet;

use account::Caller;
use account::iam::oidc::{self, NewOidcProvider};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RsaEncoding,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use wire::Structure;

use super::{World, said};

const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/issuer.example.com";

enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair, &'static str),
}

impl Key {
    fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    fn ec(algorithm: &'static EcdsaSigningAlgorithm, curve: &'static str) -> Self {
        Self::Ec(EcdsaKeyPair::generate(algorithm).unwrap(), curve)
    }

    fn public(&self, id: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Rsa(key) => {
                // RSAPublicKey (RFC 8017 appendix A.1.1) of 2048 bits: a sequence of two numbers.
                let der = key.public_key().as_ref();
                assert_eq!((der.len(), &der[4..9]), (270, &[2, 0x82, 1, 1, 0][..]));
                json!({ "kid": id, "kty": "RSA", "n": text(&der[9..265]), "e": text(&der[267..]) })
            }
            Self::Ec(key, curve) => {
                let point = key.public_key().as_ref();
                let (x, y) = point[1..].split_at(point.len() / 2);
                json!({ "kid": id, "kty": "EC", "crv": curve, "x": text(x), "y": text(y) })
            }
        }
    }

    fn sign(&self, encoding: Option<&'static dyn RsaEncoding>, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(encoding.unwrap(), &random, message, &mut signature).unwrap();
                signature
            }
            Self::Ec(key, _) => key.sign(&random, message).unwrap().as_ref().to_vec(),
        }
    }
}

fn encoding(algorithm: &str) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        "RS256" => Some(&RSA_PKCS1_SHA256),
        "RS384" => Some(&RSA_PKCS1_SHA384),
        "RS512" => Some(&RSA_PKCS1_SHA512),
        _ => None,
    }
}

fn token(world: &World, key: &Key, id: &str, algorithm: &str, subject: &str) -> String {
    let now = world.now.get().secs();
    let header = json!({ "alg": algorithm, "kid": id });
    let claims = json!({ "iss": "https://issuer.example.com", "aud": "sts.amazonaws.com", "sub": subject,
                         "iat": now, "exp": now + 600 });
    let signed = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let signature = key.sign(encoding(algorithm), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn provider(world: &World, keys: &[(&str, &Key)]) {
    let keys: Vec<Value> = keys.iter().map(|(id, key)| key.public(id)).collect();
    let keys = json!({ "keys": keys }).to_string();
    world.change(|directory| {
        let client_ids = BTreeSet::from(["sts.amazonaws.com".to_owned()]);
        let new = NewOidcProvider { url: "https://issuer.example.com", client_ids, keys: &keys };
        oidc::add(directory, &new, world.now.get()).unwrap();
        Ok(())
    });
}

/// Trusts builds of one repository.
fn role(world: &World) -> String {
    let trust = format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},"Action":"sts:AssumeRoleWithWebIdentity",
             "Condition":{{"StringLike":{{"issuer.example.com:sub":"repo:ours/*"}},
                           "StringEquals":{{"issuer.example.com:aud":"sts.amazonaws.com"}}}}}}"#
    );
    world.role("build", &trust, r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}"#)
}

fn ask(world: &World, arn: &str, token: &str) -> Result<Structure, account::ServiceError> {
    let input = Structure::new()
        .with("RoleArn", arn)
        .with("RoleSessionName", "build-7")
        .with("WebIdentityToken", token);
    world.sts(&Caller::Anonymous, "AssumeRoleWithWebIdentity", input)
}

const NOT_VALIDATED: &str = "InvalidIdentityToken: The web identity token provided could not be validated. See the \
                             AssumeRoleWithWebIdentity documentation for requirements.";

#[test]
fn every_algorithm_of_sts_is_verified() {
    let world = World::new();
    let (rsa, p256, p384, p521) = (
        Key::rsa(),
        Key::ec(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
        Key::ec(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"),
        Key::ec(&ECDSA_P521_SHA512_FIXED_SIGNING, "P-521"),
    );
    provider(&world, &[("rsa", &rsa), ("p256", &p256), ("p384", &p384), ("p521", &p521)]);
    let arn = role(&world);
    for (key, id, algorithm) in [
        (&rsa, "rsa", "RS256"),
        (&rsa, "rsa", "RS384"),
        (&rsa, "rsa", "RS512"),
        (&p256, "p256", "ES256"),
        (&p384, "p384", "ES384"),
        (&p521, "p521", "ES512"),
    ] {
        let token = token(&world, key, id, algorithm, "repo:ours/app");
        let answer = ask(&world, &arn, &token).unwrap_or_else(|error| panic!("{algorithm}: {error}"));
        assert_eq!(answer.text("SubjectFromWebIdentityToken"), Some("repo:ours/app"));
        assert_eq!(
            (answer.text("Provider"), answer.text("Audience")),
            (Some(PROVIDER), Some("sts.amazonaws.com"))
        );
        let user = answer.structure("AssumedRoleUser").unwrap();
        assert_eq!(user.text("Arn"), Some("arn:aws:sts::111122223333:assumed-role/build/build-7"));
        let holder = world.holder(&answer);
        world.iam(&holder, "ListUsers", Structure::new()).unwrap();
        assert_eq!(holder.session().unwrap().claims.federated.as_ref().unwrap().subject, "repo:ours/app");
        let at = token.rfind('.').unwrap() + 20;
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        let forged = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        assert_eq!(said(ask(&world, &arn, &forged)), NOT_VALIDATED, "{algorithm}");
    }
}

#[test]
fn tokens_of_strangers_open_nothing() {
    let world = World::new();
    let (rsa, other, ec) = (Key::rsa(), Key::rsa(), Key::ec(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"));
    provider(&world, &[("rsa", &rsa), ("ec", &ec)]);
    let arn = role(&world);
    let good = token(&world, &rsa, "rsa", "RS256", "repo:ours/app");
    ask(&world, &arn, &good).unwrap();
    let forged = token(&world, &other, "rsa", "RS256", "repo:ours/app");
    assert_eq!(said(ask(&world, &arn, &forged)), NOT_VALIDATED, "another's key");
    // The same signature under other claims.
    let parts: Vec<&str> = good.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let changed = String::from_utf8(claims).unwrap().replace("ours/app", "ours/top");
    let changed = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(changed), parts[2]);
    assert_eq!(said(ask(&world, &arn, &changed)), NOT_VALIDATED, "changed claims");
    // The signature of one hash under the name of another, and of one key under the name of another.
    let header = |algorithm: &str, id: &str| {
        let header = json!({ "alg": algorithm, "kid": id }).to_string();
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), parts[1], parts[2])
    };
    assert_eq!(said(ask(&world, &arn, &header("RS512", "rsa"))), NOT_VALIDATED);
    for (algorithm, id) in [("ES256", "rsa"), ("RS256", "ec")] {
        let said = said(ask(&world, &arn, &header(algorithm, id)));
        assert!(said.starts_with("InvalidIdentityToken: Couldn't retrieve verification key"), "{said}");
    }
    // The public key as the secret of an HMAC, and no signature.
    for algorithm in ["HS256", "none"] {
        let said = said(ask(&world, &arn, &header(algorithm, "rsa")));
        assert!(said.starts_with("InvalidIdentityToken: The ID Token provided is not a valid JWT"), "{said}");
    }
}

#[test]
fn the_trust_policy_decides_on_what_the_token_says() {
    let world = World::new();
    let rsa = Key::rsa();
    provider(&world, &[("rsa", &rsa)]);
    let arn = role(&world);
    let denied = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
    let theirs = token(&world, &rsa, "rsa", "RS256", "repo:theirs/app");
    assert_eq!(said(ask(&world, &arn, &theirs)), denied);
    let ours = token(&world, &rsa, "rsa", "RS256", "repo:ours/app");
    assert_eq!(said(ask(&world, "arn:aws:iam::111122223333:role/missing", &ours)), denied);
    assert_eq!(said(ask(&world, "role", &ours)), "ValidationError: role is invalid");
    let trust = r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*"}"#;
    let open = world.role("open", trust, r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#);
    assert_eq!(said(ask(&world, &open, &ours)), denied, "no provider is named");
    // A provider that is gone vouches for nobody.
    world.change(|directory| {
        oidc::remove(directory, PROVIDER).unwrap();
        Ok(())
    });
    let said = said(ask(&world, &arn, &ours));
    assert_eq!(
        said,
        "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://issuer.example.com"
    );
}
