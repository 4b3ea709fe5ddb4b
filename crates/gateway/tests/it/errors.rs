//! Every fault of a signature, in the words of the query services, as they are on the wire.
//!
//! Texts stand here in full. Where the published table of AWS's errors is, each is held to its row, and every row has its fault.

use std::path::Path;

use serde_json::Value;

use crate::draft::Draft;
use crate::world::{NOW, WHO, World};

/// What is sent, and what comes back.
struct Fault {
    /// As the table has it under `when`.
    when: &'static str,
    draft: Draft,
    status: u16,
    code: &'static str,
    message: String,
}

#[tokio::test]
async fn every_fault_of_a_signature_is_told_as_aws_tells_it() {
    let world = World::new();
    let faults = faults(&world);
    for fault in &faults {
        let reply = world.send(&fault.draft).await;
        let told = (reply.status, reply.code(), reply.element("Message").unwrap_or_default());
        assert_eq!(told, (fault.status, fault.code.to_owned(), fault.message.clone()), "{}", fault.when);
        assert_eq!(reply.element("Type").as_deref(), Some("Sender"), "{}", fault.when);
        assert_eq!(reply.header("x-amzn-requestid"), reply.element("RequestId").as_deref(), "{}", fault.when);
        assert_eq!(reply.header("content-type"), Some("text/xml"), "{}", fault.when);
    }
    hold_to_the_table(&faults);
}

/// Each text to its row, and each row to a text.
fn hold_to_the_table(faults: &[Fault]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/suites/sigv4/errors/query-json-auth-errors.json");
    let Ok(table) = std::fs::read(&path) else {
        println!("0 rows: the table of published errors is absent");
        return;
    };
    let table: Value = serde_json::from_slice(&table).unwrap();
    let rows = table["errors"].as_array().unwrap();
    for row in rows {
        let when = row["when"].as_str().unwrap();
        let mut of_row = faults.iter().filter(|fault| fault.when == when).peekable();
        assert!(of_row.peek().is_some(), "no fault is made for {when:?}");
        for fault in of_row {
            assert_eq!(Some(u64::from(fault.status)), row["http_status"].as_u64(), "{when}");
            let codes = row["query_code"].as_str().unwrap();
            assert!(codes.split([' ', '/']).any(|code| code == fault.code), "{when}: {codes}");
            let texts = row["message"].as_str().unwrap();
            let fits = texts.split("  |  ").any(|text| is_of(&fault.message, text));
            assert!(fits || texts.starts_with("(no message"), "{when}: {:?} is not {texts:?}", fault.message);
        }
    }
    println!("{} rows of the table of published errors", rows.len());
}

/// Whether a message is made from a template, in which `<…>` stands for something and each sentence may be left out.
fn is_of(message: &str, template: &str) -> bool {
    let mut rest = message;
    let pieces = template.split('<').enumerate().map(|(at, piece)| match at {
        0 => piece,
        _ => piece.split_once('>').map_or(piece, |(_, piece)| piece),
    });
    pieces.filter(|piece| !piece.is_empty()).all(|piece| match rest.find(piece.trim_end_matches('\'')) {
        Some(at) => {
            rest = &rest[at + piece.trim_end_matches('\'').len()..];
            true
        }
        None => false,
    })
}

fn faults(world: &World) -> Vec<Fault> {
    let good = || world.form("sts", WHO).signed();
    let query = || world.form("sts", "").get(WHO).presigned();
    let (id, day) = (world.admin.access_key_id.as_str(), "20261121");
    let scope = format!("{day}/eu-west-1/sts/aws4_request");
    let header = |edit: &dyn Fn(&str) -> String| good().edited("authorization", edit);
    let session = crate::attacks::session(world);
    let mut faults = Vec::new();
    let mut add = |when, draft: Draft, status, code, message: &str| {
        faults.push(Fault { when, draft, status, code, message: message.to_owned() });
    };
    add(
        "malformed query",
        Draft { target: "/?a=%2".to_owned(), ..good() },
        400,
        "MalformedQueryString",
        "Incomplete trailing escape % sequence",
    );
    add(
        "malformed query",
        Draft { target: "/?a=%zz".to_owned(), ..good() },
        400,
        "MalformedQueryString",
        "Illegal hex character in escape % pattern: %zz",
    );
    let nothing = "Request is missing Authentication Token";
    add("no auth", world.form("sts", WHO), 403, "MissingAuthenticationToken", nothing);
    add("no auth", world.form("sts", "").get(WHO), 403, "MissingAuthenticationToken", nothing);
    add(
        "both header and query",
        query().with("authorization", "AWS4-HMAC-SHA256 Credential=a"),
        403,
        MISMATCH,
        "",
    );
    add(
        "unsupported algorithm in header",
        header(&|field| field.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")),
        400,
        INCOMPLETE,
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'.",
    );
    let garbage = header(&|field| format!("{field}, garbage"));
    let message = format!(
        "'garbage' not a valid key=value pair (missing equal-sign) in Authorization header: '{}'.",
        garbage.header("authorization")
    );
    add("part without equals", garbage, 400, INCOMPLETE, &message);
    add(
        "missing header parts (each sentence only when missing)",
        good().edited("authorization", |_| "AWS4-HMAC-SHA256 a=b".to_owned()).without("x-amz-date"),
        400,
        INCOMPLETE,
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
         Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a \
         'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256 a=b",
    );
    add(
        "missing query parts",
        world.form("sts", "").get(&format!("{WHO}&X-Amz-Algorithm=AWS4-HMAC-SHA256")),
        400,
        INCOMPLETE,
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
         'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters \
         must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    );
    add(
        "host not signed",
        header(&|field| field.replace(";host", "")),
        403,
        MISMATCH,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
    add(
        "bad date",
        good().edited("x-amz-date", |_| NOW.to_owned()),
        400,
        INCOMPLETE,
        "Date must be in ISO-8601 'basic format'. Got '2026-11-21T12:00:00Z'. See http://en.wikipedia.org/wiki/ISO_8601",
    );
    add(
        "too old",
        world.form("sts", WHO).at("2026-11-21T11:44:59Z").signed(),
        403,
        MISMATCH,
        "Signature expired: 20261121T114459Z is now earlier than 20261121T114500Z (20261121T120000Z - 15 min.)",
    );
    add(
        "too new",
        world.form("sts", WHO).at("2026-11-21T12:15:01Z").signed(),
        403,
        MISMATCH,
        "Signature not yet current: 20261121T121501Z is still later than 20261121T121500Z (20261121T120000Z + 15 min.)",
    );
    add(
        "credential shape",
        header(&|field| field.replace("/eu-west-1", "")),
        400,
        INCOMPLETE,
        &format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             '{id}/{day}/sts/aws4_request'"
        ),
    );
    add(
        "scope wrong (each sentence only when wrong)",
        header(&|field| field.replace(&scope, "20261120//sns/aws5_request")),
        403,
        MISMATCH,
        "Credential should be scoped to a valid region, not ''. Credential should be scoped to correct service: 'sts'. \
         Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of \
         date from HTTP: '20261120' != '20261121', from '20261121T120000Z'.",
    );
    let guessed = || world.form("sts", WHO).by(&session).signed();
    add(
        "bad session token",
        guessed().edited("x-amz-security-token", |_| "guessed".to_owned()),
        403,
        UNKNOWN,
        "The security token included in the request is invalid",
    );
    add(
        "expired session token",
        world.form("sts", WHO).by(&crate::attacks::expired_session(world)).signed(),
        403,
        "ExpiredToken",
        "The security token included in the request is expired",
    );
    add(
        "unknown key",
        world
            .form("sts", WHO)
            .by_key("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            .signed(),
        403,
        UNKNOWN,
        "The security token included in the request is invalid.",
    );
    let mismatch = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                    Access Key and signing method. Consult the service documentation for details.";
    let flipped = |field: &str| {
        let last = if field.ends_with('0') { "1" } else { "0" };
        format!("{}{last}", &field[..field.len() - 1])
    };
    add("mismatch", good().edited("authorization", flipped), 403, MISMATCH, mismatch);
    add("mismatch", good().saying(&format!("{WHO}&a=b")), 403, MISMATCH, mismatch);
    let other = world.form("sts", WHO).by_key(id, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY").signed();
    add("mismatch", other, 403, MISMATCH, mismatch);
    faults
}

const MISMATCH: &str = "SignatureDoesNotMatch";
const INCOMPLETE: &str = "IncompleteSignature";
const UNKNOWN: &str = "InvalidClientTokenId";
