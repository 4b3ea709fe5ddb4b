//! Key pairs: made, imported, described, deleted.

use std::sync::Arc;

use account::directory::KeyPairRecord;
use account::ec2::filter::Filters;
use account::ec2::key_pair::{self, KeyFormat, NewKeyPair, PrivateKey, PublicKey};
use account::ec2::refusal;
use account::{Check, ServiceError};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use wire::{Structure, Value};

use super::filters::{describing, filters, named};
use super::network::tags;
use super::resource_check::{creation, key_pair_check};
use super::tag_specifications::specified;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateKeyPair", checks: |ask| making(ask, "ec2:CreateKeyPair"), run: create },
    Operation { name: "DeleteKeyPair", checks: deletion, run: delete },
    Operation {
        name: "DescribeKeyPairs",
        checks: |ask| describing(ask, "ec2:DescribeKeyPairs"),
        run: describe,
    },
    Operation { name: "ImportKeyPair", checks: |ask| making(ask, "ec2:ImportKeyPair"), run: import },
];

fn making(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    let check = key_pair_check(ask, action, key_name(ask));
    let kind = if action == "ec2:CreateKeyPair" { Some(key_type(ask)) } else { None };
    let check = kind.into_iter().fold(check, |check, kind| check.with("ec2:KeyPairType", kind));
    Ok(creation(check, &specified(ask, "key-pair")?))
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    key_pair::check_new(ask.directory, ask.region, key_name(ask))?;
    let key = private_key(ask)?;
    let made = keep(ask, &key.public_key(), key.fingerprint())?;
    let format = if ask.input.text("KeyFormat") == Some("ppk") { KeyFormat::Ppk } else { KeyFormat::Pem };
    let material = key.material(format, &made.key_name, random(ask, 8));
    Ok(shown(&made).with("KeyMaterial", material.expose().as_str()))
}

fn import(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let material = match ask.input.member("PublicKeyMaterial") {
        Some(Value::Blob(bytes)) => bytes.as_slice(),
        _ => &[],
    };
    let key = PublicKey::read(material)?;
    let fingerprint = key.fingerprint();
    let made = keep(ask, &key, fingerprint)?;
    Ok(shown(&made))
}

fn keep(ask: &Ask<'_>, key: &PublicKey, fingerprint: String) -> Result<Arc<KeyPairRecord>, ServiceError> {
    let new = NewKeyPair {
        region: ask.region,
        key_name: key_name(ask),
        public_key: key,
        key_fingerprint: fingerprint,
        tags: specified(ask, "key-pair")?,
    };
    ask.account.change(|directory| key_pair::create(directory, &new, ask.now, random(ask, 0)))
}

/// RSA keys are made by aws-lc, which takes its randomness from the system itself; an Ed25519 key is 32 random bytes.
fn private_key(ask: &Ask<'_>) -> Result<PrivateKey, ServiceError> {
    let failed = || ServiceError::new("InternalError", 500, "An internal error has occurred");
    if key_type(ask) == "ed25519" {
        let seed: [u8; 32] = random(ask, 32);
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| failed())?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| failed())?;
        return Ok(PrivateKey::ed25519(seed, public));
    }
    let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).map_err(|_| failed())?;
    let pkcs8 = pair.as_der().map_err(|_| failed())?;
    PrivateKey::rsa(pkcs8.as_ref().to_vec()).ok_or_else(failed)
}

fn deletion(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let named = ask.input.text("KeyPairId").map(|id| key_pair::with_id(ask.directory, ask.region, id));
    let name = match named {
        Some(Ok(pair)) => &pair.key_name,
        // What is not there has no name: the right to delete any is wanted.
        Some(Err(_)) => "*",
        None => key_name(ask),
    };
    Ok(vec![key_pair_check(ask, "ec2:DeleteKeyPair", name)])
}

/// What is not there is deleted as well.
fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (name, id) = (ask.input.text("KeyName"), ask.input.text("KeyPairId"));
    if name.is_none() && id.is_none() {
        return Err(refusal::missing_parameter("KeyName"));
    }
    let deleted = ask
        .account
        .change(|directory| Ok::<_, ServiceError>(key_pair::delete(directory, ask.region, name, id)))?;
    Ok(Structure::new().with("Return", true).with_some("KeyPairId", deleted))
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let filters: Filters = filters::<KeyPairRecord>(ask)?;
    let (names, ids) = (named(ask, "KeyNames"), named(ask, "KeyPairIds"));
    for name in names.iter().flatten() {
        key_pair::named(ask.directory, ask.region, name)?;
    }
    for id in ids.iter().flatten() {
        key_pair::with_id(ask.directory, ask.region, id)?;
    }
    let with_key = ask.input.boolean("IncludePublicKey") == Some(true);
    let wanted = |pair: &&Arc<KeyPairRecord>| {
        names.as_ref().is_none_or(|names| names.contains(pair.key_name.as_str()))
            && ids.as_ref().is_none_or(|ids| ids.contains(pair.key_pair_id.as_str()))
            && filters.hold::<KeyPairRecord>(pair)
    };
    let pairs = key_pair::of_region(ask.directory, ask.region).filter(wanted);
    let described: Vec<Value> = pairs.map(|pair| described(pair, with_key).into()).collect();
    Ok(Structure::new().with("KeyPairs", described))
}

fn shown(pair: &KeyPairRecord) -> Structure {
    Structure::new()
        .with("KeyPairId", pair.key_pair_id.as_str())
        .with_some("Tags", tags(&pair.tags))
        .with("KeyName", pair.key_name.as_str())
        .with("KeyFingerprint", pair.key_fingerprint.as_str())
}

fn described(pair: &KeyPairRecord, with_key: bool) -> Structure {
    // As the metadata service has it: the comment is the name.
    let key = with_key.then(|| format!("{} {}", pair.public_key, pair.key_name));
    shown(pair)
        .with("KeyType", pair.key_type.as_str())
        .with_some("PublicKey", key)
        .with("CreateTime", pair.create_time)
        .with("Tags", tags(&pair.tags).unwrap_or_default())
}

fn key_name<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("KeyName").unwrap_or_default()
}

fn key_type<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("KeyType").unwrap_or("rsa")
}

/// Some of the request's random bytes: the first 8 are an id, the next 4 a check, the last 32 a key.
fn random<const N: usize>(ask: &Ask<'_>, from: usize) -> [u8; N] {
    std::array::from_fn(|place| ask.random[from + place])
}
