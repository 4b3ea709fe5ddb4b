//! A refusal as it goes over the wire (facts/sigv4.md sections 2.1 and 2.2).

use std::fmt;

use super::Refusal;
use crate::Family;

/// What an answer takes from its request and its server.
#[derive(Clone, Copy, Debug)]
pub struct Correspondence<'a> {
    pub family: Family,
    /// The signing name: DynamoDB writes its codes in another way.
    pub service: &'a str,
    /// S3: 16 of `0-9A-Z` but I, L, O, U. Others: a UUID.
    pub request_id: &'a str,
    /// S3's second id, Base64; others have none.
    pub host_id: &'a str,
    /// The answer to a HEAD has no body.
    pub is_head: bool,
    /// The request's `content-type`, which JSON answers take up; 1.0 for none.
    pub content_type: Option<&'a str>,
}

/// Status, headers and body. `content-length`, or chunks as S3 sends, are the server's matter.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// Without the body, which may repeat a session token.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl Refusal {
    /// The answer of a family of services.
    pub fn encode(&self, to: &Correspondence<'_>) -> Answer {
        let mut answer = match to.family {
            Family::S3 => self.s3(to),
            Family::Query => self.query(to),
            Family::Ec2 => self.ec2(to),
            Family::Json => self.json(to),
            Family::RestJson => self.rest_json(to),
        };
        if to.is_head {
            answer.body.clear();
        }
        answer
    }

    fn s3(&self, to: &Correspondence<'_>) -> Answer {
        let mut headers =
            vec![("x-amz-request-id", to.request_id.to_owned()), ("x-amz-id-2", to.host_id.to_owned())];
        if self.code.is_empty() {
            headers.extend(self.fields.iter().map(|(_, value)| ("location", value.clone())));
            return Answer { status: self.status, headers, body: Vec::new() };
        }
        headers.push(("content-type", "application/xml".to_owned()));
        let mut body = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>");
        element(&mut body, "Code", self.code);
        element(&mut body, "Message", &self.message);
        for (name, value) in &self.fields {
            element(&mut body, name, value);
        }
        element(&mut body, "RequestId", to.request_id);
        element(&mut body, "HostId", to.host_id);
        body.push_str("</Error>");
        Answer { status: self.status, headers, body: body.into_bytes() }
    }

    fn query(&self, to: &Correspondence<'_>) -> Answer {
        let mut body = format!("<ErrorResponse xmlns=\"{}\">\n  <Error>\n    ", namespace(to.service));
        element(&mut body, "Type", if self.status < 500 { "Sender" } else { "Receiver" });
        body.push_str("\n    ");
        element(&mut body, "Code", self.code);
        body.push_str("\n    ");
        element(&mut body, "Message", &self.message);
        body.push_str("\n  </Error>\n  ");
        element(&mut body, "RequestId", to.request_id);
        body.push_str("\n</ErrorResponse>\n");
        self.xml(to, body)
    }

    fn ec2(&self, to: &Correspondence<'_>) -> Answer {
        let mut body = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>");
        element(&mut body, "Code", self.code);
        element(&mut body, "Message", &self.message);
        body.push_str("</Error></Errors>");
        element(&mut body, "RequestID", to.request_id);
        body.push_str("</Response>");
        self.xml(to, body)
    }

    fn xml(&self, to: &Correspondence<'_>, body: String) -> Answer {
        let headers =
            vec![("x-amzn-requestid", to.request_id.to_owned()), ("content-type", "text/xml".to_owned())];
        Answer { status: self.status, headers, body: body.into_bytes() }
    }

    fn json(&self, to: &Correspondence<'_>) -> Answer {
        let prefix = if to.service == "dynamodb" { "com.amazon.coral.service#" } else { "" };
        let kind = format!("{prefix}{}", self.code);
        let body = serde_json::json!({ "__type": kind, "message": self.message }).to_string();
        let content_type = match to.content_type.filter(|sent| sent.starts_with("application/x-amz-json-1.1"))
        {
            Some(_) => "application/x-amz-json-1.1",
            None => "application/x-amz-json-1.0",
        };
        let mut headers =
            vec![("x-amzn-requestid", to.request_id.to_owned()), ("content-type", content_type.to_owned())];
        if to.service == "dynamodb" {
            headers.push(("x-amz-crc32", crc32(body.as_bytes()).to_string()));
        }
        Answer { status: self.status, headers, body: body.into_bytes() }
    }

    fn rest_json(&self, to: &Correspondence<'_>) -> Answer {
        let body = serde_json::json!({ "message": self.message }).to_string();
        let headers = vec![
            ("x-amzn-requestid", to.request_id.to_owned()),
            ("x-amzn-errortype", self.code.to_owned()),
            ("content-type", "application/json".to_owned()),
        ];
        Answer { status: self.status, headers, body: body.into_bytes() }
    }
}

/// Appends an element; characters that XML cannot hold become U+FFFD.
fn element(out: &mut String, name: &str, text: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(character),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// The version of a service's API, as its answers name it.
fn namespace(service: &str) -> &'static str {
    match service {
        "iam" => "https://iam.amazonaws.com/doc/2010-05-08/",
        "sqs" => "http://queue.amazonaws.com/doc/2012-11-05/",
        "sns" => "http://sns.amazonaws.com/doc/2010-03-31/",
        _ => "https://sts.amazonaws.com/doc/2011-06-15/",
    }
}

/// CRC-32 of IEEE 802.3, bit by bit: answers are short.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_the_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
