//! A stand-in for amazon-ec2-metadata-mock, which cannot be had from a package registry.
//!
//! Made from measurements of the real program (commit bdf3096, 2025-12) and from what its source says: status codes,
//! bodies' lengths and types, redirects, tokens, listings, which paths there are. It shows what `doctor` says to such a
//! service; it is no proof about the program itself.

use std::sync::Mutex;

use super::fixture::{Asked, Reply};

/// What a service of that behaviour fails, and nothing else.
pub(crate) const FAILED: &[&str] = &[
    "connections.closes",
    "credentials.access-key-id",
    "credentials.fresh",
    "credentials.instance-identity",
    "credentials.layout",
    "credentials.life",
    "credentials.secret",
    "credentials.served",
    "credentials.session-token",
    "credentials.versions-differ",
    "errors.empty-400",
    "errors.page",
    "errors.page-headers",
    "errors.page-type",
    "headers.accept-ranges",
    "headers.json-text",
    "headers.last-modified",
    "headers.order",
    "headers.server",
    "identity.account",
    "identity.instance",
    "identity.layout",
    "identity.members",
    "identity.pkcs7",
    "identity.region",
    "identity.rsa2048",
    "identity.signature",
    "listings.categories",
    "listings.dynamic",
    "listings.macs",
    "listings.no-newline",
    "listings.slashes",
    "methods.delete",
    "methods.options",
    "methods.post",
    "methods.put",
    "paths.dot",
    "paths.doubled-slash",
    "paths.leading-slashes",
    "safety.host",
    "safety.host-lookalike",
    "safety.host-token",
    "safety.origin",
    "safety.origin-token",
    "safety.referer",
    "safety.sec-fetch",
    "safety.sec-fetch-token",
    "session.counts-down",
    "session.expires",
    "session.garbage",
    "session.seconds-left",
    "session.tampered",
    "token.alphabet",
    "token.dated-path",
    "token.forwarded",
    "token.get",
    "token.headers",
    "token.length",
    "token.post",
    "token.ttl-zero",
    "versions.dated",
    "versions.known",
    "versions.listed",
];

/// As the Go router behind the mock: first the path is cleaned by a redirect, then the last slash is dropped.
pub(crate) fn answer(asked: &mut Asked) -> Reply {
    let target = asked.target.split('?').next().unwrap_or_default().to_owned();
    let clean = cleaned(&target.replace("%69", "i"));
    let reply = if clean != target && asked.target.contains("%69") {
        respond(asked, &clean)
    } else if clean != target {
        go("301 Moved Permanently", "", "").header("Location", &clean)
    } else {
        respond(asked, &target)
    };
    // Go keeps a connection unless it is told otherwise.
    let asks_close = asked.header("Connection") == Some("close") || asked.version == "HTTP/1.0";
    Reply { closes: Some(asks_close), ..if asks_close { reply.header("Connection", "close") } else { reply } }
}

fn respond(asked: &Asked, path: &str) -> Reply {
    let path = if path == "/" { path } else { path.trim_end_matches('/') };
    if path == "/latest/api/token" {
        return token(asked);
    }
    let (kind, body) = match path {
        "/" => (TEXT, "latest\n".to_owned()),
        "/latest" => (TEXT, "dynamic\nmeta-data\n".to_owned()),
        "/latest/meta-data" => (TEXT, names(META_DATA)),
        "/latest/dynamic" => (TEXT, names(DYNAMIC)),
        "/latest/user-data" => ("application/octet-stream", "mock user data\n".to_owned()),
        _ => match leaf(path) {
            Some(found) => found,
            None => return go("404 Not Found", NOT_FOUND, "text/plain; charset=utf-8"),
        },
    };
    go("200 OK", &body, kind)
}

/// A value, or what the names of values below a path make of a directory.
fn leaf(path: &str) -> Option<(&'static str, String)> {
    let (leaves, name) = match path.strip_prefix("/latest/meta-data/") {
        Some(name) => (META_DATA, name),
        None => (DYNAMIC, path.strip_prefix("/latest/dynamic/")?),
    };
    if let Some((_, value)) = leaves.iter().find(|(leaf, _)| *leaf == name) {
        let kind = if value.starts_with('{') || value.starts_with('[') { "application/json" } else { TEXT };
        return Some((kind, (*value).to_owned()));
    }
    let below = format!("{name}/");
    let mut found: Vec<String> = Vec::new();
    for (leaf, _) in leaves.iter().filter(|(leaf, _)| leaf.contains(&below)) {
        let rest = leaf.strip_prefix(&below).unwrap_or(leaf);
        found.push(rest.to_owned());
    }
    (!found.is_empty()).then(|| (TEXT, found.join("\n")))
}

fn names(leaves: &[(&str, &str)]) -> String {
    leaves.iter().map(|(name, _)| format!("{name}\n")).collect()
}

/// Any method but PUT is answered with nothing. Forwarded requests are served. The life is checked from 1 on.
fn token(asked: &Asked) -> Reply {
    static ISSUED: Mutex<u32> = Mutex::new(0);
    if asked.method != "PUT" {
        return go("200 OK", "", "");
    }
    let life = asked.header("X-aws-ec2-metadata-token-ttl-seconds").and_then(|life| life.parse::<i64>().ok());
    let Some(life @ 1..=21_600) = life else {
        return go("400 Bad Request", BAD_REQUEST, "text/plain; charset=utf-8");
    };
    let mut issued = ISSUED.lock().unwrap();
    *issued += 1;
    go("200 OK", &format!("{:A>43}=", *issued), TEXT)
        .header("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", &life.to_string())
}

fn go(status: &str, body: &str, kind: &str) -> Reply {
    let mut reply = Reply::new(status, body);
    reply.headers.clear();
    let reply = if kind.is_empty() { reply } else { reply.header("Content-Type", kind) };
    let date = httpdate();
    reply.header("Date", &date).header("Content-Length", &body.len().to_string())
}

fn httpdate() -> String {
    sys::Clock::system().now().http_date()
}

fn cleaned(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let mut kept: Vec<&str> = Vec::new();
    for part in parts {
        if part == ".." {
            kept.pop();
        } else {
            kept.push(part);
        }
    }
    let end = if path.ends_with('/') && !kept.is_empty() { "/" } else { "" };
    format!("/{}{end}", kept.join("/"))
}

const TEXT: &str = "text/plain";

/// 337 bytes with the newline that Go adds.
const NOT_FOUND: &str = "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n\
    <!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n\
    \t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n\
    <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n \
    <head>\n  <title>404 - Not Found</title>\n </head>\n <body>\n  <h1>404 - Not Found</h1>\n </body>\n</html>\n";

const BAD_REQUEST: &str = "<html><head><title>400 - Bad Request</title></head></html>\n";

const DYNAMIC: &[(&str, &str)] = &[
    ("fws/instance-monitoring", "disabled"),
    (
        "instance-identity/document",
        "{\n\t\"accountId\": \"1000000001\",\n\t\"imageId\": \"ami-0aaaaaaaaaaaaaaa1\",\n\t\"availabilityZone\": \"us-east-1f\",\n\
         \t\"ramdiskId\": null,\n\t\"kernelId\": null,\n\t\"devpayProductCodes\": null,\n\t\"marketplaceProductCodes\": null,\n\
         \t\"version\": \"2017-09-30\",\n\t\"privateIp\": \"10.0.0.7\",\n\t\"billingProducts\": null,\n\
         \t\"instanceId\": \"i-1234567890abcdef0\",\n\t\"pendingTime\": \"2020-01-01T00:00:00Z\",\n\
         \t\"architecture\": \"x86_64\",\n\t\"instanceType\": \"m4.xlarge\",\n\t\"region\": \"us-east-1\"\n}",
    ),
    ("instance-identity/pkcs7", "bW9jaw=="),
    ("instance-identity/signature", "bW9jaw=="),
];

const META_DATA: &[(&str, &str)] = &[
    ("ami-id", "ami-0aaaaaaaaaaaaaaa2"),
    ("ami-launch-index", "0"),
    ("ami-manifest-path", "(unknown)"),
    ("autoscaling/target-lifecycle-state", "InService"),
    ("block-device-mapping/ami", "/dev/xvda"),
    ("block-device-mapping/root", "/dev/xvda"),
    ("events/maintenance/history", "[\n\t{\n\t\t\"Code\": \"system-reboot\"\n\t}\n]"),
    ("events/maintenance/scheduled", "[\n\t{\n\t\t\"Code\": \"system-reboot\"\n\t}\n]"),
    ("events/recommendations/rebalance", "{\n\t\"noticeTime\": \"2020-11-05T08:22:00Z\"\n}"),
    ("hostname", "ip-172-16-0-7.ec2.internal"),
    (
        "iam/info",
        "{\n\t\"Code\": \"Success\",\n\t\"LastUpdated\": \"2020-01-01T00:00:00Z\",\n\
         \t\"InstanceProfileArn\": \"arn:aws:iam::111122223333:instance-profile/mock-role\",\n\
         \t\"InstanceProfileId\": \"AIPAMOCKMOCKMOCKMOCKM\"\n}",
    ),
    ("iam/security-credentials", "mock-role"),
    (
        "iam/security-credentials/mock-role",
        "{\n\t\"Code\": \"Success\",\n\t\"LastUpdated\": \"2020-01-01T18:00:00Z\",\n\t\"Type\": \"AWS-HMAC\",\n\
         \t\"AccessKeyId\": \"00000000001\",\n\t\"SecretAccessKey\": \"v/00000000001\",\n\
         \t\"Token\": \"mock/mock+mock/mock+mock/mock+mock/mock+mock/mock+mock/mock+mock/moc==\",\n\
         \t\"Expiration\": \"2020-01-01T06:00:00Z\"\n}",
    ),
    ("instance-action", "none"),
    ("instance-id", "i-1234567890abcdef0"),
    ("instance-life-cycle", "on-demand"),
    ("instance-type", "m4.xlarge"),
    ("local-hostname", "ip-172-16-0-7.ec2.internal"),
    ("local-ipv4", "172.16.0.7"),
    ("mac", "0a:00:00:00:00:07"),
    ("network/interfaces/macs/0a:00:00:00:00:07/device-number", "0"),
    ("network/interfaces/macs/0a:00:00:00:00:07/interface-id", "eni-0aaaaaaaaaaaaaaa7"),
    ("network/interfaces/macs/0a:00:00:00:00:07/local-ipv4s", "172.16.0.7"),
    ("network/interfaces/macs/0a:00:00:00:00:07/owner-id", "111122223333"),
    ("placement/availability-zone", "us-east-1a"),
    ("placement/availability-zone-id", "use1-az4"),
    ("placement/region", "us-east-1"),
    ("public-hostname", "ec2-192-0-2-7.compute-1.amazonaws.com"),
    ("public-ipv4", "192.0.2.7"),
    ("public-keys/0/openssh-key", "ssh-rsa AAAA test"),
    ("reservation-id", "r-0aaaaaaaaaaaaaaa7"),
    ("security-groups", "mock"),
    ("services/domain", "amazonaws.com"),
    ("services/partition", "aws"),
    ("spot/instance-action", "{\n\t\"action\": \"terminate\",\n\t\"time\": \"2020-11-05T08:22:00Z\"\n}"),
    ("spot/termination-time", "2020-11-05T08:22:00Z"),
    ("tags/instance/Name", "test-instance"),
    ("tags/instance/Test", "test-tag"),
];
