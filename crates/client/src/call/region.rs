//! Wrong regions: what S3 says of the right one, and where that is.
//!
//! Rule: an answer names a region, never a host. The host is made from the one that was asked, which must be AWS's own, and
//! lies in the same partition; to any other host only the signature changes.

use http::Uri;
use sigv4::hosts::signing_of;
use types::Region;
use wire::AwsError;

/// Where a call belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) region: String,
    pub(super) uri: Uri,
}

/// The place that an answer to a request to `here` points to; `None` where it points nowhere, or nowhere that may be asked.
/// `header_region` is `x-amz-bucket-region`.
pub(super) fn pointed_to(
    here: &Place,
    status: u16,
    error: Option<&AwsError>,
    header_region: Option<&str>,
) -> Option<Place> {
    let code = error.map_or("", |error| error.code.as_str());
    let says_so = match code {
        "AuthorizationHeaderMalformed"
        | "PermanentRedirect"
        | "TemporaryRedirect"
        | "Redirect"
        | "IllegalLocationConstraintException" => true,
        // Answers to HEAD have no words.
        "" => matches!(status, 301 | 307 | 400) && header_region.is_some(),
        _ => false,
    };
    let region: Region = says_so.then(|| named(error, header_region))??.parse().ok()?;
    if region.as_str() == here.region || !is_same_partition(&region, &here.region) {
        return None;
    }
    let uri = match at_aws(&here.uri, region.as_str()) {
        Some(uri) => uri,
        // A server of one's own that wants another region in the signature.
        None if code == "AuthorizationHeaderMalformed" && !is_awss(&here.uri) => here.uri.clone(),
        None => return None,
    };
    Some(Place { region: region.as_str().to_owned(), uri })
}

fn named(error: Option<&AwsError>, header: Option<&str>) -> Option<String> {
    if let Some(region) = header.or_else(|| error?.region.as_deref()) {
        return Some(region.to_owned());
    }
    let error = error?;
    if let Some(endpoint) = &error.endpoint {
        return signing_of(endpoint, "/").map(|signing| signing.region.into_owned());
    }
    // "The eu-west-1 location constraint is incompatible for the region specific endpoint this request was sent to."
    let region = error.message.strip_prefix("The ")?.split_once(" location constraint is incompatible")?.0;
    Some(region.to_owned())
}

fn is_same_partition(region: &Region, other: &str) -> bool {
    other.parse::<Region>().is_ok_and(|other| other.partition() == region.partition())
}

fn is_awss(uri: &Uri) -> bool {
    uri.host().is_some_and(|host| signing_of(host, "/").is_some())
}

/// The same bucket of S3 in another region: `b.s3.eu-west-1.amazonaws.com` for `b.s3.amazonaws.com`. `None` for hosts of
/// other services, and for those of access points, which stand for one region.
fn at_aws(uri: &Uri, region: &str) -> Option<Uri> {
    let host = uri.host()?.to_ascii_lowercase();
    let is_s3 = |host: &str| signing_of(host, "/").filter(|signing| signing.service == "s3");
    is_s3(&host)?;
    let new = moved(&host, region)?;
    // An accelerated host stands for all regions, any other for the one in its name.
    let found = is_s3(&new)?;
    if new != host && found.region != region {
        return None;
    }
    let authority = match uri.port_u16() {
        Some(port) => format!("{new}:{port}"),
        None => new,
    };
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(authority.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// The host with its region exchanged. A bucket's name may hold dots and look like anything, so the service's label is sought
/// from the end.
fn moved(host: &str, region: &str) -> Option<String> {
    let labels: Vec<&str> = host.split('.').collect();
    let at = labels.iter().rposition(|label| *label == "s3" || label.starts_with("s3-"))?;
    let (before, rest) = (&labels[..at], &labels[at + 1..]);
    let service = match labels[at] {
        "s3-accelerate" => return Some(host.to_owned()),
        "s3-fips" => "s3-fips",
        "s3" | "s3-external-1" => "s3",
        // The older form, `s3-eu-west-1`.
        other if is_region(&other["s3-".len()..]) => "s3",
        _ => return None,
    };
    let (dual_stack, rest) = match rest.split_first() {
        Some((&"dualstack", rest)) => (&["dualstack"][..], rest),
        _ => (&[][..], rest),
    };
    let suffix = match rest.split_first() {
        Some((label, suffix)) if is_region(label) => suffix,
        _ => rest,
    };
    let labels = [before, &[service], dual_stack, &[region], suffix].concat();
    Some(labels.join("."))
}

fn is_region(label: &str) -> bool {
    label.contains('-') && label.parse::<Region>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(url: &str, region: &str) -> Place {
        Place { region: region.to_owned(), uri: url.parse().unwrap() }
    }

    fn error(code: &str) -> AwsError {
        AwsError { code: code.to_owned(), ..AwsError::default() }
    }

    /// Where an answer with `x-amz-bucket-region: eu-west-1` points to.
    fn redirected(url: &str) -> Option<String> {
        let here = place(url, "us-east-1");
        let found = pointed_to(&here, 301, Some(&error("PermanentRedirect")), Some("eu-west-1"))?;
        assert_eq!(found.region, "eu-west-1");
        Some(found.uri.to_string())
    }

    #[test]
    fn hosts_of_s3_are_moved_with_all_that_stands_in_them() {
        for (from, to) in [
            ("https://s3.amazonaws.com/b/k?x=1", "https://s3.eu-west-1.amazonaws.com/b/k?x=1"),
            ("https://s3.us-east-1.amazonaws.com/b", "https://s3.eu-west-1.amazonaws.com/b"),
            ("https://s3-us-west-2.amazonaws.com/b", "https://s3.eu-west-1.amazonaws.com/b"),
            ("https://b.s3.amazonaws.com/", "https://b.s3.eu-west-1.amazonaws.com/"),
            ("https://s3.b.s3.us-east-1.amazonaws.com/", "https://s3.b.s3.eu-west-1.amazonaws.com/"),
            (
                "https://b.s3.dualstack.us-east-1.amazonaws.com/",
                "https://b.s3.dualstack.eu-west-1.amazonaws.com/",
            ),
            ("https://b.s3-accelerate.amazonaws.com/", "https://b.s3-accelerate.amazonaws.com/"),
        ] {
            assert_eq!(redirected(from).as_deref(), Some(to), "{from}");
        }
    }

    #[test]
    fn nothing_else_is_moved() {
        for from in [
            "https://dynamodb.us-east-1.amazonaws.com/",
            "https://p-123456789012.s3-accesspoint.us-east-1.amazonaws.com/",
            "https://s3.us-east-1.amazonaws.com.evil.example/",
            "https://s3.amazonaws.com.evil.example/",
            "https://minio.example:9000/b",
            "http://127.0.0.1:9000/b",
        ] {
            assert_eq!(redirected(from), None, "{from}");
        }
    }

    #[test]
    fn hosts_that_answers_name_are_not_believed() {
        let here = place("https://b.s3.us-east-1.amazonaws.com/", "us-east-1");
        let to =
            |error: &AwsError| pointed_to(&here, 307, Some(error), None).map(|place| place.uri.to_string());
        let redirect =
            |endpoint: &str| AwsError { endpoint: Some(endpoint.to_owned()), ..error("TemporaryRedirect") };
        let moved = Some("https://b.s3.eu-west-1.amazonaws.com/".to_owned());
        assert_eq!(to(&redirect("b.s3-eu-west-1.amazonaws.com")), moved);
        for endpoint in
            ["evil.example", "s3.eu-west-1.amazonaws.com.evil.example", "b.s3.cn-north-1.amazonaws.com.cn"]
        {
            assert_eq!(to(&redirect(endpoint)), None, "{endpoint}");
        }
        for region in ["cn-north-1", "us-gov-west-1", "evil.example/#-1", "us-east-1", ""] {
            let named = AwsError { region: Some(region.to_owned()), ..error("PermanentRedirect") };
            assert_eq!(to(&named), None, "{region}");
        }
    }

    #[test]
    fn every_way_of_saying_so_is_heard() {
        let here = place("https://b.s3.us-east-1.amazonaws.com/", "us-east-1");
        let to = |status, error: Option<&AwsError>, header| {
            pointed_to(&here, status, error, header).map(|place| place.region)
        };
        let found = Some("eu-west-1".to_owned());
        assert_eq!(to(400, None, Some("eu-west-1")), found, "HEAD");
        assert_eq!(to(403, None, Some("eu-west-1")), None, "the right region may forbid too");
        assert_eq!(to(404, Some(&error("NoSuchKey")), Some("eu-west-1")), None);
        let said = AwsError { region: found.clone(), ..error("AuthorizationHeaderMalformed") };
        assert_eq!(to(400, Some(&said), None), found);
        let message = "The eu-west-1 location constraint is incompatible for the region specific endpoint this request was sent to.";
        let constraint = |message: &str| AwsError {
            message: message.to_owned(),
            ..error("IllegalLocationConstraintException")
        };
        assert_eq!(to(400, Some(&constraint(message)), None), found);
        assert_eq!(to(400, Some(&constraint(&message.replace("eu-west-1", "unspecified"))), None), None);
    }

    #[test]
    fn a_server_of_ones_own_gets_another_signature_and_nobody_else_anything() {
        let here = place("http://127.0.0.1:9000/b", "us-east-1");
        let said = AwsError { region: Some("eu-west-1".to_owned()), ..error("AuthorizationHeaderMalformed") };
        let found = pointed_to(&here, 400, Some(&said), None).unwrap();
        assert_eq!((found.region.as_str(), found.uri), ("eu-west-1", here.uri));
    }
}
