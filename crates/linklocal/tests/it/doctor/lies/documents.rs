//! Lies in values, credentials and the identity document.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::super::fixture::Reply;
use super::{Lie, ROLE, TOKEN, answer, part, status, value};

pub(super) fn values() -> Vec<Lie> {
    let count = Arc::new(AtomicUsize::new(0));
    vec![
        answer("a newline behind a value", &["values.instance-id", "identity.instance"], |asked, reply| {
            if asked.target.contains("nstance-id")
                && !asked.target.contains("identity")
                && asked.method != "OPTIONS"
                && reply.is(200)
            {
                reply.say(format!("{}\n", reply.text()));
            }
        }),
        part("an image of another form", "/ami-id", "ami-", "aki-", &["values.ami-id", "identity.instance"]),
        value(
            "a reservation of another form",
            "/latest/meta-data/reservation-id",
            "r-moto-virtual",
            &["values.reservation-id"],
        ),
        value(
            "another zone",
            "/latest/meta-data/placement/availability-zone",
            "eu-west-1a",
            &["values.zone", "identity.region"],
        ),
        value("no zone id", "/latest/meta-data/placement/availability-zone-id", "use1", &["values.zone-id"]),
        value(
            "a MAC in upper case",
            "/latest/meta-data/mac",
            "0E:49:61:0F:C3:11",
            &["values.mac", "listings.macs", "values.address", "identity.account"],
        ),
        value(
            "another address",
            "/latest/meta-data/local-ipv4",
            "10.0.0.300",
            &["values.address", "identity.instance"],
        ),
        value("two names", "/latest/meta-data/local-hostname", "other.ec2.internal", &["values.hostname"]),
        value("no domain", "/latest/meta-data/services/domain", "localhost", &["values.services"]),
        value(
            "another life cycle",
            "/latest/meta-data/instance-life-cycle",
            "normal",
            &["values.life-cycle"],
        ),
        value("no array", "/latest/meta-data/events/maintenance/history", "", &["values.events"]),
        value(
            "a bare key",
            "/latest/meta-data/public-keys/0/openssh-key",
            "ssh-rsa x",
            &["values.public-key"],
        ),
        value("another tag", "/latest/meta-data/tag-sets/instance", "{\"Name\":\"x\"}", &["values.tags"]),
        answer("a name that changes", &["values.stable"], move |asked, reply| {
            if asked.target == "/latest/meta-data/hostname" && asked.header(TOKEN).is_some() {
                let n = count.fetch_add(1, Ordering::Relaxed);
                // The first read is that of the crawl, the next two are those of `values.hostname`.
                if n > 2 {
                    reply.say(format!("n{n}.ec2.internal"));
                }
            }
        }),
    ]
}

pub(super) fn credentials() -> Vec<Lie> {
    let count = AtomicUsize::new(0);
    vec![
        answer("two roles", &["credentials.role"], |asked, reply| {
            if asked.target.ends_with("/security-credentials/") && asked.target.contains("/iam/") {
                reply.say(format!("{}\nother", reply.text()));
            }
        }),
        answer("JSON by its name for a role", &["credentials.served"], |asked, reply| {
            for (name, value) in &mut reply.headers {
                if asked.target == ROLE && name == "Content-Type" {
                    *value = "application/json".to_owned();
                }
            }
        }),
        part(
            "a role that EC2 may not assume",
            ROLE,
            "Success",
            "AssumeRoleUnauthorizedAccess",
            &["credentials.success"],
        ),
        part("no blank before a colon", ROLE, "\"Type\" :", "\"Type\":", &["credentials.layout"]),
        part("another type", ROLE, "AWS-HMAC", "AWS", &["credentials.type"]),
        part(
            "a member too many",
            ROLE,
            "  \"Type\"",
            "  \"AccountId\" : \"1\",\n  \"Type\"",
            &["credentials.members", "credentials.layout"],
        ),
        part("a user's key", ROLE, "ASIA", "AKIA", &["credentials.access-key-id"]),
        part(
            "a longer secret",
            ROLE,
            "\"SecretAccessKey\" : \"",
            "\"SecretAccessKey\" : \"x",
            &["credentials.secret"],
        ),
        part(
            "a token of other characters",
            ROLE,
            "\"Token\" : \"",
            "\"Token\" : \"*",
            &["credentials.session-token"],
        ),
        expiring("an end in fractions", |end| end.replace('Z', ".5Z"), &["credentials.times"]),
        expiring(
            "an end that is over",
            |_| "2020-04-02T00:49:51Z".to_owned(),
            &["credentials.fresh", "credentials.life"],
        ),
        expiring("an end that is far", |_| "2099-01-01T00:00:00Z".to_owned(), &["credentials.life"]),
        answer("a set for every question", &["credentials.stable"], move |asked, reply| {
            if asked.target == ROLE && reply.is(200) {
                let n = count.fetch_add(1, Ordering::Relaxed) % 10;
                let text = reply.text();
                let at = text.find("ASIA").unwrap() + 4;
                reply.say(format!("{}{n}{}", &text[..at], &text[at + 1..]));
            }
        }),
        one_set_for_both(),
        answer("a document for any role", &["credentials.unknown-role"], |asked, reply| {
            if asked.target.ends_with("/no-such-role") {
                *reply = Reply::new("200 OK", "{}");
            }
        }),
        part("a profile without its ARN", "/iam/info", "InstanceProfileArn", "Arn", &["credentials.info"]),
        status(
            "no identity of its own",
            |asked| asked.target.contains("/identity-credentials/ec2/info"),
            "404 x",
            &["credentials.instance-identity", "listings.crawl"],
        ),
    ]
}

/// Another end in each document of the role.
fn expiring(name: &'static str, change: fn(&str) -> String, found_by: &'static [&'static str]) -> Lie {
    answer(name, found_by, move |asked, reply| {
        let text = reply.text();
        if asked.target == ROLE
            && let Some((before, rest)) = text.split_once("\"Expiration\" : \"")
            && let Some((end, after)) = rest.split_once('"')
        {
            reply.say(format!("{before}\"Expiration\" : \"{}\"{after}", change(end)));
        }
    })
}

/// Whoever asks gets the set that was handed out first.
fn one_set_for_both() -> Lie {
    let set = Mutex::new(None);
    answer("one set for both versions", &["credentials.versions-differ"], move |asked, reply| {
        if asked.target == ROLE && reply.is(200) {
            let first = set.lock().unwrap().get_or_insert_with(|| reply.body.clone()).clone();
            reply.say(first);
        }
    })
}

pub(super) fn identity() -> Vec<Lie> {
    let path = "/instance-identity/document";
    let count = AtomicUsize::new(0);
    let signature = "/latest/dynamic/instance-identity/signature";
    vec![
        status(
            "no document",
            |asked| asked.target == "/latest/dynamic/instance-identity/document",
            "404 x",
            &["identity.served"],
        ),
        part(
            "members in another order",
            path,
            "\"accountId\"",
            "\"zone\" : null,\n  \"accountId\"",
            &["identity.members"],
        ),
        part("another layout", path, "\"region\" :", "\"region\":", &["identity.layout"]),
        part("another instance", path, "\"i-", "\"i-0", &["identity.instance"]),
        part("another account", path, "\"accountId\" : \"", "\"accountId\" : \"0", &["identity.account"]),
        part("another region", path, "\"region\" : \"", "\"region\" : \"x", &["identity.region"]),
        part("another version", path, "2017-09-30", "2010-08-31", &["identity.values"]),
        part("empty for null", path, "\"kernelId\" : null", "\"kernelId\" : \"\"", &["identity.nulls"]),
        answer("a document that changes", &["identity.stable"], move |asked, reply| {
            if asked.target == "/latest/dynamic/instance-identity/document" {
                let blanks = " ".repeat(count.fetch_add(1, Ordering::Relaxed) % 7);
                reply.say(reply.text().replacen("\"version\" : ", &format!("\"version\" : {blanks}"), 1));
            }
        }),
        value("a short signature", signature, "c2lnbmF0dXJl", &["identity.signature"]),
        part("a PEM header", "/pkcs7", "MI", "-----BEGIN PKCS7-----\nMI", &["identity.pkcs7"]),
        part("lines of another length", "/rsa2048", "\n", "", &["identity.rsa2048"]),
    ]
}
