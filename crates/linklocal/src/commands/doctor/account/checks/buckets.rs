//! Buckets: whoever is not let in, changed links, and bodies that are not what was signed.

use sigv4::chunks::{ChunkSigner, SigningChain};

use super::super::super::check::{Check, Finding, Kind, require};
use super::super::api::{Draft, Said};
use super::super::ground::{Ground, User};
use super::{DENIED, EVALUATION_GUIDE};

/// S3's answers as published, in its user guide and API reference.
const S3_GUIDE: &str = "S3 user guide, \"Access management\"";
const S3_SIGNING: &str = "S3 API reference, \"Authenticating Requests (AWS Signature Version 4)\"";
const BLOCKING_GUIDE: &str = "S3 user guide, \"Blocking public access to your Amazon S3 storage\"";

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "buckets.anonymous",
        title: "nobody without a signature reads, lists, writes or removes anything in a new bucket",
        kind: Kind::Safety,
        source: S3_GUIDE,
        matters: "whatever is kept would be everybody's",
        run: |ground| {
            let bucket = filled(ground)?;
            for (method, target) in [
                ("GET", format!("/{bucket}/secret")),
                ("GET", format!("/{bucket}")),
                ("GET", format!("/{bucket}?list-type=2")),
                ("GET", format!("/{bucket}?policy")),
                ("PUT", format!("/{bucket}/new")),
                ("DELETE", format!("/{bucket}/secret")),
                ("DELETE", format!("/{bucket}")),
            ] {
                ground.api.send(&ground.api.object(method, target, "")?)?.must_be_refused_as(DENIED)?;
            }
            kept(ground, &bucket)
        },
    },
    Check {
        id: "buckets.public-list-blocked",
        title: "an access control list makes nothing public while public access is blocked",
        kind: Kind::Safety,
        source: BLOCKING_GUIDE,
        matters: "one header of an upload would publish it",
        run: |ground| {
            let bucket = filled(ground)?;
            let draft = ground.api.object("PUT", format!("/{bucket}/public"), "x")?;
            let draft = draft.adding("x-amz-acl", "public-read");
            let said = ground.api.send(&draft.signed(&ground.administrator, ground.api.scope("s3"))?)?;
            said.must_be_refused_as(&["AccessControlListNotSupported", "AccessDenied"])?;
            let link = ground.api.object("GET", format!("/{bucket}/public"), "")?;
            ground.api.send(&link)?.must_be_refused_as(DENIED)
        },
    },
    Check {
        id: "buckets.public-policy-blocked",
        title: "a policy that is public is not taken while such are blocked",
        kind: Kind::Safety,
        source: BLOCKING_GUIDE,
        matters: "one policy would publish the bucket",
        run: |ground| {
            let bucket = filled(ground)?;
            let policy = policy("\"*\"", &format!("arn:aws:s3:::{bucket}/*"));
            as_administrator(ground, "PUT", format!("/{bucket}?policy"), &policy)?
                .must_be_refused_as(DENIED)?;
            let link = ground.api.object("GET", format!("/{bucket}/secret"), "")?;
            ground.api.send(&link)?.must_be_refused_as(DENIED)
        },
    },
    Check {
        id: "buckets.policy-of-another",
        title: "a bucket takes no policy that speaks of another",
        kind: Kind::Wire,
        source: S3_GUIDE,
        matters: "a policy that works here would not exist on AWS",
        run: |ground| {
            let (bucket, user) = (filled(ground)?, ground.user(None)?);
            let other = format!("arn:aws:s3:::{bucket}-other/*");
            let policy = policy(&format!("{{\"AWS\":\"{}\"}}", user.arn), &other);
            let said = as_administrator(ground, "PUT", format!("/{bucket}?policy"), &policy)?;
            said.must_be_refused_as(&["MalformedPolicy"])
        },
    },
    Check {
        id: "buckets.policy-is-for-whom-it-names",
        title: "a bucket policy opens what it names to whom it names, and nothing beside it",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "tests pass here and fail on AWS, or the other way round",
        run: |ground| {
            let (bucket, named, other) = (filled(ground)?, ground.user(None)?, ground.user(None)?);
            let allowed =
                policy(&format!("{{\"AWS\":\"{}\"}}", named.arn), &format!("arn:aws:s3:::{bucket}/sec*"));
            let said = as_administrator(ground, "PUT", format!("/{bucket}?policy"), &allowed)?;
            require(matches!(said.status, 200 | 204), "the policy is taken", said.line())?;
            let target = format!("/{bucket}/secret");
            let said = as_user(ground, &named, "GET", target.clone())?;
            require(said.is_done(), "the object", said.line())?;
            as_user(ground, &other, "GET", target)?.must_be_refused_as(DENIED)?;
            as_user(ground, &named, "GET", format!("/{bucket}/other"))?.must_be_refused_as(DENIED)?;
            as_user(ground, &named, "DELETE", format!("/{bucket}/secret"))?.must_be_refused_as(DENIED)
        },
    },
    Check {
        id: "buckets.link-of-a-nobody",
        title: "a link of somebody who may nothing opens nothing",
        kind: Kind::Safety,
        source: S3_SIGNING,
        matters: "presigning would be a way around policies",
        run: |ground| {
            let (bucket, nobody) = (filled(ground)?, ground.user(None)?);
            let link = ground.api.object("GET", format!("/{bucket}/secret"), "")?;
            let link = link.linked(&nobody.keys, ground.api.scope("s3"))?;
            ground.api.send(&link)?.must_be_refused_as(DENIED)
        },
    },
    Check {
        id: "buckets.link-for-another-key",
        title: "a link opens its own object alone, as long as it was made for, in the way it was made for",
        kind: Kind::Safety,
        source: S3_SIGNING,
        matters: "whoever has one link would have the bucket, for ever",
        run: |ground| {
            let bucket = filled(ground)?;
            let link = ground.api.object("GET", format!("/{bucket}/secret"), "")?;
            let link = link.linked(&ground.administrator, ground.api.scope("s3"))?;
            let said = ground.api.send(&link)?;
            require(said.is_done(), "the object", said.line())?;
            for (from, to) in [("/secret", "/other"), ("X-Amz-Expires=300", "X-Amz-Expires=86400")] {
                let changed = Draft { target: link.target.replace(from, to), ..link.clone() };
                ground.api.send(&changed)?.must_be_refused_as(&["SignatureDoesNotMatch"])?;
            }
            let changed = Draft { method: "DELETE", ..link };
            ground.api.send(&changed)?.must_be_refused_as(&["SignatureDoesNotMatch"])?;
            kept(ground, &bucket)
        },
    },
    Check {
        id: "buckets.other-body",
        title: "a body that is not the one that was signed is not kept",
        kind: Kind::Safety,
        source: S3_SIGNING,
        matters: "what is stored would be whatever came by",
        run: |ground| {
            let bucket = filled(ground)?;
            let draft = ground.api.object("PUT", format!("/{bucket}/new"), "what was signed")?;
            let draft = draft.signed(&ground.administrator, ground.api.scope("s3"))?;
            let changed = Draft { body: "what was sent!!".to_owned(), ..draft };
            let said = ground.api.send(&changed)?;
            said.must_be_refused_as(&["XAmzContentSHA256Mismatch", "BadDigest", "SignatureDoesNotMatch"])?;
            absent(ground, &bucket, "new")
        },
    },
    Check {
        id: "buckets.other-chunk",
        title: "a chunk that is not the one that was signed ends the upload, and nothing is kept",
        kind: Kind::Safety,
        source: S3_SIGNING,
        matters: "what is stored would be whatever came by",
        run: |ground| {
            let bucket = filled(ground)?;
            let sent = |key: &str, change: fn(String) -> String| {
                let draft = ground.api.object("PUT", format!("/{bucket}/{key}"), "")?;
                let draft = chunked(ground, draft, "what was signed")?;
                ground.api.send(&Draft { body: change(draft.body.clone()), ..draft })
            };
            let said = sent("whole", |body| body)?;
            if !said.is_done() {
                return Err(Finding::does_not_apply(format!("signed chunks answer {}", said.line())));
            }
            let said = sent("new", |body| body.replace("signed\r\n", "stored\r\n"))?;
            said.must_be_refused_as(&["SignatureDoesNotMatch"])?;
            absent(ground, &bucket, "new")
        },
    },
    Check {
        id: "buckets.copy-reads",
        title: "whoever copies must be allowed to read what he copies",
        kind: Kind::Safety,
        source: S3_GUIDE,
        matters: "a permission to write would be one to read",
        run: |ground| {
            let (from, to) = (filled(ground)?, filled(ground)?);
            let writer = ground.user(Some(&statement("s3:PutObject", &format!("arn:aws:s3:::{to}/*"))))?;
            let draft = ground.api.object("PUT", format!("/{to}/copy"), "")?;
            let draft = draft.adding("x-amz-copy-source", &format!("/{from}/secret"));
            let said = ground.api.send(&draft.signed(&writer.keys, ground.api.scope("s3"))?)?;
            said.must_be_refused_as(DENIED)?;
            absent(ground, &to, "copy")
        },
    },
    Check {
        id: "buckets.each-key-by-itself",
        title: "of many keys in one request those alone are deleted that may be",
        kind: Kind::Safety,
        source: S3_GUIDE,
        matters: "one allowed key would open all others",
        run: |ground| {
            let bucket = filled(ground)?;
            let of = statement("s3:DeleteObject", &format!("arn:aws:s3:::{bucket}/mine/*"));
            let user = ground.user(Some(&of))?;
            let keys =
                "<Delete><Object><Key>mine/a</Key></Object><Object><Key>secret</Key></Object></Delete>";
            let draft = ground.api.document("POST", format!("/{bucket}?delete"), keys)?;
            let said = ground.api.send(&draft.signed(&user.keys, ground.api.scope("s3"))?)?;
            require(
                said.body.contains("<Code>AccessDenied</Code>"),
                "AccessDenied for one key",
                said.line(),
            )?;
            kept(ground, &bucket)
        },
    },
    Check {
        id: "buckets.dots-in-paths",
        title: "dots in a path are a part of the key, and lead nowhere",
        kind: Kind::Safety,
        source: S3_GUIDE,
        matters: "what is authorised must be what is read",
        run: |ground| {
            let bucket = filled(ground)?;
            let user =
                ground.user(Some(&statement("s3:GetObject", &format!("arn:aws:s3:::{bucket}/open/*"))))?;
            for target in ["open/../secret", "open/%2E%2E/secret", "open//../secret", "open/..%2Fsecret"] {
                let said = as_user(ground, &user, "GET", format!("/{bucket}/{target}"))?;
                require(said.status >= 400 && !said.body.contains(SECRET), "a refusal", said.line())?;
            }
            Ok(())
        },
    },
    Check {
        id: "buckets.other-host",
        title: "a request that was signed for one bucket's host is not answered for another's",
        kind: Kind::Safety,
        source: S3_SIGNING,
        matters: "one bucket's permission would open another",
        run: |ground| {
            let bucket = filled(ground)?;
            let mut draft = ground.api.object("GET", "/secret", "")?;
            draft = draft.with("host", |_| "doctor-none.s3.localhost".to_owned());
            let signed = draft.signed(&ground.administrator, ground.api.scope("s3"))?;
            let changed = Draft { target: format!("/{bucket}/secret"), ..signed };
            let said = ground.api.send(&changed)?;
            said.must_be_refused_as(&["SignatureDoesNotMatch", "NoSuchBucket"])
        },
    },
];

/// A bucket with one object.
fn filled(ground: &Ground) -> Result<String, Finding> {
    let bucket = ground.bucket()?;
    let said = as_administrator(ground, "PUT", format!("/{bucket}/secret"), SECRET)?;
    if said.is_done() { Ok(bucket) } else { Err(Finding::does_not_apply(said.line())) }
}

fn kept(ground: &Ground, bucket: &str) -> Result<(), Finding> {
    let said = as_administrator(ground, "GET", format!("/{bucket}/secret"), "")?;
    require(said.is_done() && said.body == SECRET, "the object is as it was", said.line())
}

fn absent(ground: &Ground, bucket: &str, key: &str) -> Result<(), Finding> {
    as_administrator(ground, "GET", format!("/{bucket}/{key}"), "")?.must_be_refused_as(&["NoSuchKey"])
}

fn as_administrator(
    ground: &Ground,
    method: &'static str,
    target: String,
    body: &str,
) -> Result<Said, Finding> {
    let draft = ground.api.document(method, target, body)?;
    ground.api.send(&draft.signed(&ground.administrator, ground.api.scope("s3"))?)
}

fn as_user(ground: &Ground, user: &User, method: &'static str, target: String) -> Result<Said, Finding> {
    let draft = ground.api.object(method, target, "")?;
    ground.api.send(&draft.signed(&user.keys, ground.api.scope("s3"))?)
}

/// With this body in one signed chunk.
fn chunked(ground: &Ground, draft: Draft, body: &str) -> Result<Draft, Finding> {
    let draft = draft.adding("content-encoding", "aws-chunked");
    let draft = draft.adding("x-amz-decoded-content-length", &body.len().to_string());
    draft.streamed(&ground.administrator, ground.api.scope("s3"), |params, signed| {
        let mut signer = ChunkSigner::signed(SigningChain::of(params, signed));
        let mut bytes = Vec::new();
        signer.chunk(body.as_bytes(), &mut bytes).map_err(|error| error.to_string())?;
        bytes.extend(signer.finish(&[]).map_err(|error| error.to_string())?);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    })
}

fn statement(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    )
}

fn policy(principal: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"{resource}"}}]}}"#
    )
}

const SECRET: &str = "what nobody else is to read";
