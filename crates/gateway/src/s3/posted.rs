//! What forms have for themselves: tags as a document, and an answer as a document.

use account::ServiceError;
use account::s3::refusal;

use super::target::{encoded, s3};

/// The answer that a form with `success_action_status` 201 wants.
pub(crate) fn post_response(location: &str, bucket: &str, key: &str, etag: &str) -> String {
    let [location, bucket, key, etag] = [location, bucket, key, etag].map(escaped);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Location>{location}</Location><Bucket>{bucket}</Bucket>\
         <Key>{key}</Key><ETag>{etag}</ETag></PostResponse>"
    )
}

/// The field `tagging`, as the header `x-amz-tagging` has it.
pub(crate) fn tags_of_xml(document: &str) -> Result<String, ServiceError> {
    let service = s3();
    let model = service.operation("PutObjectTagging").expect("S3 has it");
    let request = wire::Request { path: "/b/k", query: "tagging", headers: &[], body: document.as_bytes() };
    let input = wire::read(service, model, &request).map_err(|_| refusal::malformed_xml())?;
    let tagging = input.structure("Tagging").ok_or_else(refusal::malformed_xml)?;
    let pairs = tagging.structures("TagSet").map(|tag| {
        let text = |member| encoded(tag.text(member).unwrap_or_default()).replace('/', "%2F");
        format!("{}={}", text("Key"), text("Value"))
    });
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, character| {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // No document of XML 1.0 can hold others.
            control if control.is_control() => out.push_str(&format!("&#x{:x};", u32::from(control))),
            other => out.push(other),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_a_document_are_those_of_a_header() {
        let document = "<Tagging><TagSet><Tag><Key>a b</Key><Value>1&amp;2/3</Value></Tag><Tag><Key>c</Key><Value></Value>\
                        </Tag></TagSet></Tagging>";
        assert_eq!(tags_of_xml(document).unwrap(), "a%20b=1%262%2F3&c=");
        assert_eq!(&*tags_of_xml("not xml").unwrap_err().code, "MalformedXML");
    }

    #[test]
    fn what_a_key_says_is_no_markup() {
        let document = post_response("http://h/b/k", "b", "<k>&\"", "\"e\"");
        assert!(document.contains("<Key>&lt;k&gt;&amp;&quot;</Key><ETag>&quot;e&quot;</ETag>"), "{document}");
    }
}
