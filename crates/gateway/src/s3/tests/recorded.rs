//! Errors that S3 answered when it was recorded, of buckets and their settings: each is provoked here, and must say the same.
//!
//! The recordings are read in place; without them the test says so and passes.

use std::collections::BTreeMap;
use std::path::Path;

use account::ServiceError;
use serde_json::Value;

use super::world::World;

#[test]
fn errors_of_buckets_are_those_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/aws-recorded/errors.json");
    if !path.exists() {
        println!("0 recorded errors of S3's buckets compared: the recordings are absent");
        return;
    }
    let recorded = json(&path);
    let mut compared = 0;
    for case in recorded.as_array().unwrap().iter().filter(|case| case["service"] == "s3") {
        let text = |value: &Value| unmasked(value.as_str().unwrap_or_default());
        let (code, message) = (text(&case["code"]), text(&case["message"]));
        let extras = extras(&case["extra"]);
        let Some(error) = provoked(&code, &message, &extras) else {
            assert!(!claimed(case), "{code} should be compared here: {message}");
            continue;
        };
        assert_eq!((&*error.code, &error.message), (&*code, &message));
        if let Some(status) = case["http_status"].as_u64() {
            assert_eq!(u64::from(error.status), status, "{code}: {message}");
        }
        let found: BTreeMap<String, String> =
            error.extras.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        for (name, value) in &extras {
            let found = found.get(name).unwrap_or_else(|| panic!("{code}: {message}: no {name}"));
            assert!(value.contains('<') || value == found, "{code}: {name} is {found}, not {value}");
        }
        compared += 1;
    }
    println!("{compared} recorded errors of S3's buckets compared");
    assert!(compared >= 52, "{compared}");
}

/// Whether the list of what is not compared over the wire says that it is compared here.
fn claimed(case: &Value) -> bool {
    let rows = include_str!("../../../testdata/s3_cases/recorded_elsewhere.json");
    let rows: Vec<Value> = serde_json::from_str(rows).unwrap();
    let message = case["message"].as_str().unwrap_or_default();
    let is_this = |row: &&Value| {
        let starts = row["starts"].as_str().is_some_and(|start| message.starts_with(start));
        row["code"] == case["code"] && (starts || row["is"] == message)
    };
    rows.iter().find(is_this).is_some_and(|row| row["why"] == "buckets")
}

/// The error that is answered where S3 answered with this one.
fn provoked(code: &str, message: &str, extras: &BTreeMap<String, String>) -> Option<ServiceError> {
    let world = World::new();
    world.made("name");
    if let Some((_, _, send, body)) = PLAIN.iter().find(|row| row.0 == code && message.starts_with(row.1)) {
        return Some(world.ask("admin", send, &[], body).expect_err(message));
    }
    let extra = |name: &str| extras.get(name).map_or("", String::as_str);
    let ask = |send: &str, headers: &[(&str, &str)], body: &str| world.ask("admin", send, headers, body);
    let between = |start: &str, end: &str| message.strip_prefix(start)?.strip_suffix(end);
    let answer = match code {
        "BucketAlreadyOwnedByYou" => {
            ask("PUT /name2", &[], &configuration("eu-west-1")).unwrap();
            return world.ask("admin", "PUT /name2", &[], &configuration("eu-west-1")).err();
        }
        "OwnershipControlsNotFoundError" => {
            ask("DELETE /name?ownershipControls", &[], "").unwrap();
            ask("GET /name?ownershipControls", &[], "")
        }
        "BucketNotEmpty" if !message.contains("versions") => {
            world.put("name", "k", &[], None);
            ask("DELETE /name", &[], "")
        }
        "InvalidLocationConstraint" => ask("PUT /name3", &[], &configuration("us-east-1")),
        "IllegalLocationConstraintException" => {
            return misplaced(&world, between("The ", INCOMPATIBLE)?);
        }
        "InvalidBucketOwnerAWSAccountID" => {
            let owner = between(
                "The value of the expected bucket owner parameter must be an AWS Account ID... [",
                "]",
            )?;
            ask("GET /name?policy", &[("x-amz-expected-bucket-owner", owner)], "")
        }
        "UnexpectedContent" => {
            let grantee = "<Grantee xsi:type=\"Group\"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee>";
            ask("PUT /name?acl", &[("x-amz-acl", "private")], &acl(grantee))
        }
        "InvalidTag" => invalid_tag(&ask, message, extras)?,
        "InvalidRequest" if message.starts_with("Specifying both Canned") => {
            let id = "id=\"65a011a29cdf8ec533ec3d1ccaae921c\"";
            ask("PUT /name?acl", &[("x-amz-acl", "private"), ("x-amz-grant-read", id)], "")
        }
        "InvalidRequest" => {
            let method = between("Found unsupported HTTP method in CORS config. Unsupported method is ", "")?;
            let rule = format!(
                "<CORSRule><AllowedMethod>{method}</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule>"
            );
            ask("PUT /name?cors", &[], &format!("<CORSConfiguration>{rule}</CORSConfiguration>"))
        }
        "InvalidArgument" => {
            invalid_argument(&world, message, extra("ArgumentName"), extra("ArgumentValue"))?
        }
        _ => return None,
    };
    Some(answer.expect_err(message))
}

/// A bucket asked for in a region whose endpoint is another's.
fn misplaced(world: &World, named: &str) -> Option<ServiceError> {
    let body = if named == "unspecified" { String::new() } else { configuration(named) };
    world.ask_in("ap-south-1", "PUT /name4", &body).err()
}

const INCOMPATIBLE: &str =
    " location constraint is incompatible for the region specific endpoint this request was sent to.";

/// Code, how the message starts, and what is asked to be told so.
const PLAIN: [(&str, &str, &str, &str); 17] = [
    ("NoSuchBucket", "", "GET /none?acl", ""),
    ("InvalidBucketName", "", "PUT /NAME", ""),
    ("NoSuchBucketPolicy", "", "GET /name?policy", ""),
    ("NoSuchTagSet", "", "GET /name?tagging", ""),
    ("NoSuchCORSConfiguration", "", "GET /name?cors", ""),
    ("NoSuchPublicAccessBlockConfiguration", "", "GET /name?publicAccessBlock", ""),
    ("NoSuchLifecycleConfiguration", "", "GET /name?lifecycle", ""),
    ("NoSuchWebsiteConfiguration", "", "GET /name?website", ""),
    ("ReplicationConfigurationNotFoundError", "", "GET /name?replication", ""),
    ("ObjectLockConfigurationNotFoundError", "", "GET /name?object-lock", ""),
    ("NoSuchConfiguration", "", "GET /name?analytics&id=x", ""),
    ("InvalidRequest", "Bucket is missing Object Lock", "GET /name/k?retention", ""),
    ("MalformedPolicy", "Policies must", "PUT /name?policy", "abc"),
    ("MalformedPolicy", "Missing", "PUT /name?policy", "{\"Version\":\"2012-10-17\"}"),
    ("IllegalVersioningConfigurationException", "", "PUT /name?versioning", "<VersioningConfiguration/>"),
    ("MalformedACLError", "", "PUT /name?acl", "<AccessControlPolicy><Owner/></AccessControlPolicy>"),
    ("MissingSecurityHeader", "", "PUT /name?acl", ""),
];

type Answer = Result<wire::Structure, ServiceError>;

type Asking<'a> = &'a dyn Fn(&str, &[(&str, &str)], &str) -> Answer;

fn invalid_tag(ask: Asking<'_>, message: &str, extras: &BTreeMap<String, String>) -> Option<Answer> {
    let extra = |name: &str| extras.get(name).map_or("", String::as_str);
    let key = extra("TagKey");
    Some(match message {
        "Cannot provide multiple Tags with the same key" => {
            let again = format!("<Tag><Key>{key}</Key><Value>b</Value></Tag>");
            ask("PUT /name?tagging", &[], &tags(key, "a", &again))
        }
        "The TagKey you have provided is invalid" | "System tags cannot be added/updated by requester" => {
            ask("PUT /name?tagging", &[], &tags(key, "a", ""))
        }
        "The TagValue you have provided is invalid" => {
            ask("PUT /name?tagging", &[], &tags(key, extra("TagValue"), ""))
        }
        "Your TagKey cannot be prefixed with aws:" => ask("PUT /name/k?tagging", &[], &tags(key, "a", "")),
        message if message.starts_with("User-defined tag keys can't start") => {
            let tag = "<Tags><Tag><Key>aws:a</Key><Value>b</Value></Tag></Tags>";
            ask("PUT /name5", &[], &format!("<CreateBucketConfiguration>{tag}</CreateBucketConfiguration>"))
        }
        _ => return None,
    })
}

fn invalid_argument(world: &World, message: &str, name: &str, value: &str) -> Option<Answer> {
    let ask = |send: &str, headers: &[(&str, &str)], body: &str| world.ask("admin", send, headers, body);
    Some(match (name, message) {
        ("x-amz-acl", _) => ask("PUT /name?acl", &[("x-amz-acl", value)], ""),
        ("uri", _) => ask(
            "PUT /name?acl",
            &[],
            &acl(&format!("<Grantee xsi:type=\"Group\"><URI>{value}</URI></Grantee>")),
        ),
        ("id", _) => {
            let grantee = format!("<Grantee xsi:type=\"CanonicalUser\"><ID>{value}</ID></Grantee>");
            ask("PUT /name?acl", &[], &acl(&grantee))
        }
        ("x-amz-grant-write", _) => ask("PUT /name?acl", &[(name, value)], ""),
        ("x-amz-object-ownership", message) => {
            let named = message.strip_prefix("Invalid x-amz-object-ownership header: ").unwrap_or_default();
            ask("PUT /name6", &[(name, named)], "")
        }
        ("continuation-token", _) => ask("GET /name?list-type=2&continuation-token=", &[], ""),
        ("version-id-marker", _) => ask("GET /name?versions&version-id-marker=x", &[], ""),
        ("upload-id-marker", _) => ask("GET /name?uploads&key-marker=k&upload-id-marker=x", &[], ""),
        ("bucket-region", _) => ask("GET /?bucket-region=eu-east-1", &[], ""),
        ("encoding-type", _) => ask("GET /name?list-type=2&encoding-type=value", &[], ""),
        ("x-amz-bypass-governance-retention", _) => {
            let delete = "<Delete><Object><Key>k</Key></Object></Delete>";
            ask("POST /name?delete", &[(name, "true")], delete)
        }
        _ => return None,
    })
}

fn configuration(constraint: &str) -> String {
    format!(
        "<CreateBucketConfiguration><LocationConstraint>{constraint}</LocationConstraint></CreateBucketConfiguration>"
    )
}

fn tags(key: &str, value: &str, more: &str) -> String {
    format!("<Tagging><TagSet><Tag><Key>{key}</Key><Value>{value}</Value></Tag>{more}</TagSet></Tagging>")
}

fn acl(grantee: &str) -> String {
    let owner = account::s3::acl::canonical_id("111122223333".parse().unwrap());
    format!(
        "<AccessControlPolicy xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><Owner><ID>{owner}</ID></Owner><AccessControlList>\
         <Grant>{grantee}<Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>"
    )
}

/// Names and numbers were taken out of the recordings.
fn unmasked(text: &str) -> String {
    ["<region-1>", "<region-2>", "<region-3>"]
        .iter()
        .fold(text.to_owned(), |text, mask| text.replace(mask, "eu-west-2"))
}

fn extras(extra: &Value) -> BTreeMap<String, String> {
    let told = extra.as_object().into_iter().flatten();
    let told = told.filter(|(name, _)| !matches!(name.as_str(), "HostId" | "RequestId"));
    told.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
