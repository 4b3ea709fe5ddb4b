//! Nonsense, signed and unsigned: every request has an answer or an end, and none ends the server.
//!
//! The shipped program ends with its first panic, so one here fails the test, wherever on this thread it happens.

use std::cell::Cell;

use crate::draft::Draft;
use crate::world::{WHO, World, patient};

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the panics of this thread, where the server runs as well.
fn watch() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.with(|panics| panics.set(panics.get() + 1));
        before(panic);
    }));
}

/// Numbers that follow from their seed (Marsaglia: "Xorshift RNGs", 2003).
struct Noise(u64);

impl Noise {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

#[tokio::test]
async fn every_operation_takes_any_parameters_its_signer_may_send() {
    watch();
    let (world, mut noise) = (World::with(patient(), None), Noise(0x9e37_79b9_7f4a_7c15));
    let mut client = world.connect().await;
    let mut done = 0;
    for service in ["sts", "iam"] {
        let model = wire::model::service(service).unwrap();
        for operation in model.operations() {
            // What makes the signer somebody else is left out: all others are to be tried with all rights.
            if matches!(operation.name, "DeleteAccessKey" | "UpdateAccessKey" | "DeleteUser" | "UpdateUser") {
                continue;
            }
            for _ in 0..8 {
                let body =
                    format!("Action={}&Version={}{}", operation.name, model.version, parameters(&mut noise));
                client.write(&world.form(service, &body).signed().bytes()).await;
                let reply = client.read().await;
                assert!(reply.status < 500 || reply.status == 501, "{body}\n{reply:?}");
                assert_eq!(reply.header("x-amzn-requestid"), Some(&*world.calls.last().request_id), "{body}");
                done += usize::from(reply.status == 200);
            }
        }
    }
    assert_eq!(PANICS.get(), 0);
    assert!(done > 100, "only {done} were done: the parameters are too wild to tell anything");
}

fn parameters(noise: &mut Noise) -> String {
    let mut text = String::new();
    for _ in 0..noise.below(7) {
        let name = noise.pick(&NAMES);
        let value = match noise.below(12) {
            0 => "%C3%A9".repeat(noise.below(80)),
            1 => "a".repeat(noise.below(5_000)),
            _ => noise.pick(&VALUES).to_owned(),
        };
        text += &format!("&{name}={value}");
    }
    text
}

#[tokio::test]
async fn bytes_that_were_changed_on_the_way_change_nothing() {
    watch();
    let (world, mut noise) = (World::new(), Noise(0x2545_f491_4f6c_dd1d));
    let good = [
        world.form("sts", WHO).signed().bytes(),
        world.form("iam", "Action=CreateUser&Version=2010-05-08&UserName=changed").signed().bytes(),
        world.form("sts", "").get(WHO).presigned().bytes(),
        Draft { target: "/bucket/key".to_owned(), ..world.form("s3", "") }.signed().bytes(),
    ];
    let create = &good[1];
    for _ in 0..600 {
        let mut bytes = noise.pick(&good.each_ref().map(Vec::as_slice)).to_vec();
        for _ in 0..=noise.below(4) {
            let at = noise.below(bytes.len());
            match noise.below(4) {
                0 => bytes[at] = noise.below(256) as u8,
                1 => bytes[at] ^= 1 << noise.below(8),
                2 => drop(bytes.drain(at..(at + noise.below(8)).min(bytes.len()))),
                _ => {
                    let strange = noise.below(7);
                    bytes.insert(at, b"\n%\0&= :"[strange]);
                }
            }
        }
        if bytes == *create {
            continue;
        }
        let mut client = world.connect().await;
        client.write(&bytes).await;
        client.finish().await;
    }
    assert_eq!(PANICS.get(), 0);
    assert_eq!(world.send(&world.form("sts", WHO).signed()).await.status, 200);
    let changed =
        |call: &crate::world::Told| call.operation.as_deref() == Some("CreateUser") && call.status == 200;
    // Fields that are not signed, and the case of names, may change: then it is the same request, and done once.
    assert!(world.calls.all().iter().filter(|call| changed(call)).count() <= 1);
}

const NAMES: [&str; 52] = [
    "UserName",
    "RoleName",
    "GroupName",
    "PolicyName",
    "PolicyArn",
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Path",
    "PathPrefix",
    "MaxItems",
    "Marker",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.2.Key",
    "TagKeys.member.1",
    "InstanceProfileName",
    "PermissionsBoundary",
    "Description",
    "MaxSessionDuration",
    "VersionId",
    "SetAsDefault",
    "SerialNumber",
    "VirtualMFADeviceName",
    "AuthenticationCode1",
    "AuthenticationCode2",
    "AccountAlias",
    "Status",
    "AccessKeyId",
    "Scope",
    "OnlyAttached",
    "EntityFilter",
    "PolicyUsageFilter",
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "ExternalId",
    "TokenCode",
    "SourceIdentity",
    "Policy",
    "PolicyArns.member.1.arn",
    "TransitiveTagKeys.member.1",
    "Name",
    "WebIdentityToken",
    "ProviderId",
    "EncodedMessage",
    "ActionNames.member.1",
    "PolicySourceArn",
    "PolicyInputList.member.1",
    "ContextEntries.member.1.ContextKeyName",
    "ContextEntries.member.1.ContextKeyValues.member.1",
    "ContextEntries.member.1.ContextKeyType",
    "Tags.member.999999999.Key",
];

const VALUES: [&str; 30] = [
    "",
    "admin",
    "nobody",
    "x",
    "Gr%2Fupp",
    "%2F",
    "%2Fa%2Fb%2F",
    "1",
    "0",
    "-1",
    "3600",
    "999999999999999999999",
    "true",
    "maybe",
    "%00",
    "%0A",
    "%F0%9F%A6%80",
    "123456",
    "arn%3Aaws%3Aiam%3A%3A123456789012%3Auser%2Fadmin",
    "arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess",
    "arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fx",
    "arn%3Aaws%3Aiam%3A%3A123456789012%3Amfa%2Fx",
    "arn%3A%3A%3A%3A%3A",
    "%7B%7D",
    "%7B%22Version%22%3A%222012-10-17%22%7D",
    "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D",
    "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sts%3AAssumeRole%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22*%22%7D%7D%7D",
    "iam%3AListUsers",
    "v1",
    "string",
];
