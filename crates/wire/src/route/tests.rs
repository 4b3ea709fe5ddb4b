use super::*;
use crate::model::service;

fn asked(body: &str) -> Result<(String, String), String> {
    let parameters = Parameters::read("", body.as_bytes()).unwrap();
    match query(&parameters) {
        Ok(Asked::Known(service, operation)) => Ok((service.name.to_owned(), operation.name.to_owned())),
        Ok(Asked::Unbuilt(service, name)) => Ok((service.name.to_owned(), format!("{name} (unbuilt)"))),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn queries_name_action_and_version() {
    let pair = |service: &str, name: &str| Ok((service.to_owned(), name.to_owned()));
    for (body, found) in [
        ("Action=GetCallerIdentity&Version=2011-06-15", pair("sts", "GetCallerIdentity")),
        ("Action=CreateUser&Version=2010-05-08", pair("iam", "CreateUser")),
        ("Action=CreateVpc&Version=2016-11-15", pair("ec2", "CreateVpc (unbuilt)")),
        (
            "Action=Foo&Version=2011-06-15",
            Err("InvalidAction: Could not find operation Foo for version 2011-06-15"),
        ),
        (
            "Action=Foo&Version=2016-11-15",
            Err("InvalidAction: The action Foo is not valid for this web service."),
        ),
        ("Action=Foo&Version=1", Err("InvalidAction: Could not find operation Foo for version 1")),
        ("Action=Foo", Err("InvalidAction: Could not find operation Foo for version NO_VERSION_SPECIFIED")),
        ("Version=2011-06-15", Err("MissingAction: Missing Action")),
    ] {
        assert_eq!(asked(body), found.map_err(str::to_owned), "{body}");
    }
}

#[test]
fn targets_name_a_service_and_an_operation() {
    for (header, name) in [
        ("ServiceQuotasV20190624.ListServices", Some("ListServices")),
        ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", Some("LookupEvents")),
        ("CloudTrail_20131101.LookupEvents", Some("LookupEvents")),
        ("CloudTrail_20131101.Foo", None),
        ("LookupEvents", None),
        (".LookupEvents", None),
    ] {
        let found = target(header).ok().map(|asked| match asked {
            Asked::Known(_, operation) => operation.name,
            Asked::Unbuilt(_, name) => name,
        });
        assert_eq!(found, name, "{header}");
    }
}

#[test]
fn paths_and_queries_name_operations_of_s3() {
    let s3 = service("s3").unwrap();
    let copy = [("X-Amz-Copy-Source", "/a/b")];
    for (method, path, query, headers, name) in [
        ("GET", "/", "", &[][..], Some("ListBuckets")),
        ("GET", "/b", "", &[], Some("ListObjects")),
        ("GET", "/b/", "list-type=2&prefix=", &[], Some("ListObjectsV2")),
        ("GET", "/b", "location", &[], Some("GetBucketLocation")),
        ("GET", "/b", "tagging=", &[], Some("GetBucketTagging")),
        ("GET", "/b/k", "", &[], Some("GetObject")),
        ("GET", "/b/k", "tagging", &[], Some("GetObjectTagging")),
        ("GET", "/b/k", "uploadId=u", &[], Some("ListParts")),
        ("HEAD", "/b/k/l", "", &[], Some("HeadObject")),
        ("PUT", "/b/k", "", &[], Some("PutObject")),
        ("PUT", "/b/k", "", &copy, Some("CopyObject")),
        ("PUT", "/b/k", "partNumber=1&uploadId=u", &[], Some("UploadPart")),
        ("PUT", "/b/k", "partNumber=1&uploadId=u", &copy, Some("UploadPartCopy")),
        ("POST", "/b/k", "uploads", &[], Some("CreateMultipartUpload")),
        ("POST", "/b/k", "uploadId=u", &[], Some("CompleteMultipartUpload")),
        ("POST", "/b", "delete", &[], Some("DeleteObjects")),
        ("DELETE", "/b", "", &[], Some("DeleteBucket")),
        ("GET", "/b", "acl=", &[], Some("GetBucketAcl")),
        // Operations without tables are told apart from those that they would look like.
        ("PUT", "/b", "lifecycle", &[], Some("PutBucketLifecycleConfiguration (unbuilt)")),
        ("DELETE", "/b", "lifecycle=", &[], Some("DeleteBucketLifecycle")),
        ("PUT", "/b", "replication", &[], Some("PutBucketReplication (unbuilt)")),
        ("GET", "/b", "metrics", &[], Some("ListBucketMetricsConfigurations")),
        ("GET", "/b", "metrics&id=x", &[], Some("GetBucketMetricsConfiguration")),
        ("DELETE", "/b", "metrics&id=x", &[], Some("DeleteBucketMetricsConfiguration")),
        // What lacks something is not taken for what lacks nothing.
        ("DELETE", "/b", "metrics", &[], Some("DeleteBucketMetricsConfiguration")),
        ("GET", "/b/k", "attributes", &[], Some("GetObjectAttributes")),
        ("GET", "/b/k", "torrent", &[], Some("GetObjectTorrent (unbuilt)")),
        ("PATCH", "/b", "", &[], None),
    ] {
        let found = rest(s3, &Line { method, path, query, headers }).map(|asked| match asked {
            Asked::Known(_, operation) => operation.name.to_owned(),
            Asked::Unbuilt(_, name) => format!("{name} (unbuilt)"),
        });
        assert_eq!(found.as_deref(), name, "{method} {path}?{query}");
    }
}

#[test]
fn every_operation_of_s3_is_found_by_what_it_needs() {
    let s3 = service("s3").unwrap();
    for operation in s3.operations() {
        let (path, fixed) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
        let path = path.replace("{Bucket}", "b").replace("{Key+}", "k/l");
        let mut query = vec![fixed.to_owned()];
        let mut headers = Vec::new();
        let members = operation.input.map(|input| s3.members(input.shape)).unwrap_or_default();
        for member in members.iter().filter(|member| member.required) {
            match member.place {
                Place::Query => query.push(format!("{}=1", member.wire_name())),
                Place::Header => headers.push((member.wire_name(), "1")),
                _ => {}
            }
        }
        let query = query.join("&");
        let line = Line { method: operation.method, path: &path, query: &query, headers: &headers };
        let found = match rest(s3, &line) {
            Some(Asked::Known(_, found)) => found.name,
            _ => "",
        };
        assert_eq!(found, operation.name, "{line:?}");
    }
    assert_eq!(s3.operations().len(), 75);
}
