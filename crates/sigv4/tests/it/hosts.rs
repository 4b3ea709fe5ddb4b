//! Hosts to service and region: against the published map, and by examples of every kind that no map holds.

use proptest::prelude::*;
use serde::Deserialize;
use sigv4::hosts::{self, How};

use crate::suites;

#[derive(Deserialize)]
struct Map {
    ambiguous_hosts: std::collections::BTreeMap<String, Vec<(String, String)>>,
    hosts: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    host: String,
    service: String,
    region: String,
}

fn read(path: &std::path::Path) -> Map {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_published_map_is_answered() {
    let Some(path) = suites::find("host-map/hosts.json") else { return };
    let map = read(&path);
    let mut missed = Vec::new();
    let mut by_table = 0;
    for row in &map.hosts {
        // The map is made of models, and the SDK that it is from has none of this service; those that have sign so.
        let service = if row.service == "transcribestreaming" { "transcribe" } else { &row.service };
        match hosts::signing_of(&row.host, "/") {
            Some(found) if found.service == service && found.region == row.region => {
                assert_ne!(found.how, How::Ambiguous, "{}", row.host);
                by_table += usize::from(found.how == How::Table);
            }
            other => missed.push((&row.host, &row.service, &row.region, other)),
        }
    }
    println!(
        "hosts: {} of {} rows right, {by_table} by the table itself",
        map.hosts.len() - missed.len(),
        map.hosts.len()
    );
    println!("missed: {missed:#?}");
    assert_eq!(map.hosts.len(), 10_921);
    assert!(missed.len() * 1000 <= map.hosts.len());
}

#[test]
fn ambiguous_hosts_are_said_to_be() {
    let Some(path) = suites::find("host-map/hosts.json") else { return };
    let map = read(&path);
    for (host, candidates) in &map.ambiguous_hosts {
        let found = hosts::signing_of(host, "/").unwrap();
        assert_eq!(found.how, How::Ambiguous, "{host}");
        let mut all: Vec<_> =
            found.others.iter().map(|o| (o.service.to_owned(), o.region.to_owned())).collect();
        all.push((found.service.into_owned(), found.region.into_owned()));
        let mut wanted = candidates.clone();
        all.sort();
        wanted.sort();
        assert_eq!(all, wanted, "{host}");
    }
    println!("ambiguous hosts: {}", map.ambiguous_hosts.len());
    assert_eq!(map.ambiguous_hosts.len(), 43);
}

#[test]
fn hosts_of_resources_are_known_by_rule() {
    let mut wrong = Vec::new();
    for (host, service, region) in EXAMPLES {
        let (name, path) = host.find('/').map_or((*host, "/"), |at| host.split_at(at));
        let found = hosts::signing_of(name, path).map(|found| {
            assert!(!matches!(found.how, How::Guess | How::Unsigned(_)), "{host}");
            (found.service.into_owned(), found.region.into_owned())
        });
        if found != Some(((*service).to_owned(), (*region).to_owned())) {
            wrong.push((host, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("examples of hosts: {}", EXAMPLES.len());
}

#[test]
fn what_is_not_known_is_told_from_what_is() {
    for (host, how) in [
        ("newthing.eu-west-1.amazonaws.com", How::Guess),
        ("a.newthing-fips.eu-west-1.amazonaws.com", How::Guess),
        ("newthing.amazonaws.com", How::Guess),
        ("sqs.nz-north-1.amazonaws.com", How::Pattern),
        ("s3.cn-north-1.amazonaws.com", How::Pattern),
        ("dynamodb.amazonaws.com", How::RegionAssumed),
        ("my-bucket.s3.amazonaws.com", How::RegionAssumed),
        ("my-bucket.s3-accelerate.dualstack.amazonaws.com", How::RegionAssumed),
        ("sts.eu-west-1.amazonaws.com", How::Table),
    ] {
        assert_eq!(hosts::signing_of(host, "/").unwrap().how, how, "{host}");
    }
    for host in [
        "b.s3-website-us-west-2.amazonaws.com",
        "b.s3-website.eu-central-1.amazonaws.com",
        "b.s3-website.cn-north-1.amazonaws.com.cn",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com",
        "abc.credentials.iot.us-east-1.amazonaws.com",
    ] {
        let how = hosts::signing_of(host, "/").unwrap().how;
        assert!(matches!(how, How::Unsigned(_)), "{host}: {how:?}");
    }
    for host in [
        "localhost",
        "127.0.0.1",
        "[::1]:4566",
        "example.com",
        "notamazonaws.com",
        "amazonaws.com",
        ".amazonaws.com",
        "api.aws",
        "lb-1234.us-east-1.elb.amazonaws.com",
        "ec2-192-0-2-1.us-west-2.compute.amazonaws.com",
        "vpce-svc-0123.us-east-1.vpce.amazonaws.com",
        "sts.amazonaws.com.evil.example",
        "sts.amazonaws.com/@evil",
        "",
    ] {
        assert_eq!(hosts::signing_of(host, "/"), None, "{host}");
    }
    let everywhere = hosts::signing_of("abc.mrap.accesspoint.s3-global.amazonaws.com", "/").unwrap();
    assert!(everywhere.needs_sigv4a());
    assert!(!hosts::signing_of("sts.amazonaws.com", "/").unwrap().needs_sigv4a());
}

#[test]
fn buckets_have_hosts() {
    for (bucket, region, host, path_style) in [
        ("my-bucket", "us-east-1", "my-bucket.s3.us-east-1.amazonaws.com", false),
        ("my-bucket", "cn-north-1", "my-bucket.s3.cn-north-1.amazonaws.com.cn", false),
        ("my.bucket", "eu-west-1", "s3.eu-west-1.amazonaws.com", true),
        ("My_Bucket", "us-east-1", "s3.us-east-1.amazonaws.com", true),
        ("", "eusc-de-east-1", "s3.eusc-de-east-1.amazonaws.eu", false),
        (
            "b--use1-az4--x-s3",
            "us-east-1",
            "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
            false,
        ),
        (
            "arn:aws:s3:us-west-2:123456789012:accesspoint/my-ap",
            "us-east-1",
            "my-ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com",
            false,
        ),
        (
            "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap",
            "us-east-1",
            "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com",
            false,
        ),
        (
            "arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/olap",
            "us-east-1",
            "olap-123456789012.s3-object-lambda.us-west-2.amazonaws.com",
            false,
        ),
        (
            "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-01/accesspoint/oap",
            "us-east-1",
            "oap-123456789012.op-01.s3-outposts.us-west-2.amazonaws.com",
            false,
        ),
    ] {
        let endpoint = hosts::s3_endpoint(bucket, region).unwrap();
        assert_eq!((endpoint.host.as_str(), endpoint.path_style), (host, path_style), "{bucket}");
        let signing = hosts::signing_of(&endpoint.host, "/").unwrap();
        assert_eq!(
            (&*signing.service, &*signing.region),
            (endpoint.service, endpoint.region.as_str()),
            "{host}"
        );
    }
    for (bucket, region) in [
        ("b", "nowhere"),
        ("b", "us-east-1.evil.example/"),
        ("b", ""),
        ("arn:aws:iam::123456789012:role/x", "us-east-1"),
        ("arn:aws:s3:us-west-2:12345678901:accesspoint/ap", "us-east-1"),
        ("arn:aws:s3:us-west-2:123456789012:accesspoint/a.evil", "us-east-1"),
        ("arn:aws:s3:evil/:123456789012:accesspoint/ap", "us-east-1"),
        ("arn:aws:s3", "us-east-1"),
    ] {
        assert_eq!(hosts::s3_endpoint(bucket, region), None, "{bucket} {region}");
    }
}

#[test]
fn services_have_hosts() {
    for (service, region, host) in [
        ("sts", "eu-west-1", Some("sts.eu-west-1.amazonaws.com")),
        ("iam", "eu-west-1", Some("iam.amazonaws.com")),
        ("iam", "cn-north-1", Some("iam.cn-north-1.amazonaws.com.cn")),
        ("iam", "us-gov-east-1", Some("iam.us-gov.amazonaws.com")),
        ("route53", "us-east-1", Some("route53.amazonaws.com")),
        ("s3", "us-east-1", Some("s3.us-east-1.amazonaws.com")),
        ("ses", "us-east-1", Some("email.us-east-1.amazonaws.com")),
        ("email", "us-east-1", Some("email.us-east-1.amazonaws.com")),
        ("ecr", "us-east-1", Some("api.ecr.us-east-1.amazonaws.com")),
        ("dynamodb", "nz-north-1", Some("dynamodb.nz-north-1.amazonaws.com")),
        ("lex", "us-east-1", None),
        ("nothing", "us-east-1", None),
        ("sts", "us-east-1/../", None),
    ] {
        assert_eq!(hosts::endpoint_of(service, region).as_deref(), host, "{service} {region}");
    }
}

/// What the way back gives, the way there takes.
#[test]
fn endpoints_are_signed_for_what_they_were_asked_for() {
    let (mut checked, mut by_prefix) = (0, 0);
    for service in hosts::services() {
        for region in
            ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1"]
        {
            let Some(host) = hosts::endpoint_of(service, region) else { continue };
            let found = hosts::signing_of(&host, "/").unwrap();
            assert!(!matches!(found.how, How::Guess | How::Unsigned(_)), "{host}");
            by_prefix += usize::from(found.service != service);
            checked += 1;
        }
    }
    println!("endpoints of services and regions: {checked}");
    assert_eq!(by_prefix, 0, "no signing name is the prefix of a service that signs with another");
}

#[test]
fn operations_without_signature_are_known() {
    assert!(hosts::is_unsigned("sts", "AssumeRoleWithWebIdentity"));
    assert!(hosts::is_unsigned("cognito-idp", "InitiateAuth"));
    assert!(!hosts::is_unsigned("sts", "AssumeRole"));
    assert!(!hosts::is_unsigned("sts AssumeRoleWithWebIdentity", ""));
    assert!(!hosts::is_unsigned("", ""));
}

#[test]
fn signing_names_and_regions_are_listed() {
    let names = hosts::services();
    assert!(names.len() > 300 && names.windows(2).all(|pair| pair[0] < pair[1]));
    for name in ["s3express", "s3-object-lambda", "vpc-lattice-svcs", "iotdevicegateway", "rds-db"] {
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(hosts::regions().count(), 46);
}

proptest! {
    #[test]
    fn any_text_is_answered(host in "\\PC{0,300}", path in "\\PC{0,20}") {
        let _ = hosts::signing_of(&host, &path);
        let _ = hosts::s3_endpoint(&host, &path);
        let _ = hosts::s3_endpoint(&format!("arn:aws:{host}"), "us-east-1");
        let _ = hosts::endpoint_of(&host, "us-east-1");
    }

    #[test]
    fn case_port_and_final_dot_change_nothing(
        labels in prop::collection::vec("[a-z0-9-]{1,12}|s3|iot|vpce|vpce-1|us-east-1|dualstack|s3express-use1-az4|fips|x-fips|s3-us-west-2|us-gov", 0..6),
        suffix in prop::sample::select(vec!["amazonaws.com", "api.aws", "on.aws", "amazonaws.com.cn", "c2s.ic.gov", "amazonaws.eu", "x.org"]),
    ) {
        let host = labels.iter().map(String::as_str).chain([suffix]).collect::<Vec<_>>().join(".");
        let found = hosts::signing_of(&host, "/");
        prop_assert_eq!(&hosts::signing_of(&host.to_ascii_uppercase(), "/"), &found);
        prop_assert_eq!(&hosts::signing_of(&format!("{host}.:443"), "/?x"), &found);
        if let Some(found) = found {
            prop_assert!(!found.service.is_empty() && !found.region.is_empty());
        }
    }
}

/// Hosts, with a path where it matters; what they are signed for.
const EXAMPLES: &[(&str, &str, &str)] = &[
    ("my-bucket.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
    ("my.dotted.bucket.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
    ("my.api.ecr.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
    ("my-bucket.s3.dualstack.eu-west-1.amazonaws.com", "s3", "eu-west-1"),
    ("my-bucket.s3-fips.us-gov-west-1.amazonaws.com", "s3", "us-gov-west-1"),
    ("my-bucket.s3-fips.dualstack.us-east-2.amazonaws.com", "s3", "us-east-2"),
    ("my-bucket.s3-us-west-2.amazonaws.com", "s3", "us-west-2"),
    ("s3-us-west-2.amazonaws.com", "s3", "us-west-2"),
    ("s3-fips-us-gov-west-1.amazonaws.com", "s3", "us-gov-west-1"),
    ("my-bucket.s3.amazonaws.com", "s3", "us-east-1"),
    ("us-west-2.s3.amazonaws.com", "s3", "us-east-1"),
    ("my-bucket.s3.cn-north-1.amazonaws.com.cn", "s3", "cn-north-1"),
    ("my-bucket.s3.us-iso-east-1.c2s.ic.gov", "s3", "us-iso-east-1"),
    ("my-bucket.s3.eusc-de-east-1.amazonaws.eu", "s3", "eusc-de-east-1"),
    ("my-bucket.s3-accelerate.amazonaws.com", "s3", "us-east-1"),
    ("my-bucket.s3-accelerate.dualstack.amazonaws.com", "s3", "us-east-1"),
    ("ap-123456789012.s3-accesspoint.us-west-2.amazonaws.com", "s3", "us-west-2"),
    ("ap-123456789012.s3-accesspoint-fips.dualstack.us-west-2.amazonaws.com", "s3", "us-west-2"),
    ("ap-123456789012.s3-object-lambda.us-west-2.amazonaws.com", "s3-object-lambda", "us-west-2"),
    ("ap-123456789012.s3-object-lambda-fips.us-west-2.amazonaws.com", "s3-object-lambda", "us-west-2"),
    ("ap-123456789012.op-01ac5d28a6a232904.s3-outposts.us-west-2.amazonaws.com", "s3-outposts", "us-west-2"),
    ("123456789012.s3-control.us-west-2.amazonaws.com", "s3", "us-west-2"),
    ("123456789012.s3-control-fips.dualstack.us-west-2.amazonaws.com", "s3", "us-west-2"),
    ("b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "s3express", "us-east-1"),
    ("b--use1-az4--x-s3.s3express-fips-use1-az4.us-east-1.amazonaws.com", "s3express", "us-east-1"),
    ("b--use1-az4--x-s3.s3express-use1-az4.dualstack.us-east-1.amazonaws.com", "s3express", "us-east-1"),
    ("s3express-control.us-east-1.amazonaws.com", "s3express", "us-east-1"),
    ("s3express-control-fips.dualstack.us-east-1.amazonaws.com", "s3express", "us-east-1"),
    ("abc.mrap.accesspoint.s3-global.amazonaws.com", "s3", "*"),
    ("s3tables.us-east-2.amazonaws.com", "s3tables", "us-east-2"),
    ("s3vectors.us-east-2.api.aws", "s3vectors", "us-east-2"),
    ("abcd1234.execute-api.us-east-1.amazonaws.com", "execute-api", "us-east-1"),
    ("abcd1234.execute-api.cn-north-1.amazonaws.com.cn", "execute-api", "cn-north-1"),
    ("abcd1234-vpce-0a1b.execute-api.us-east-1.amazonaws.com", "execute-api", "us-east-1"),
    ("abcdefgh.lambda-url.eu-central-1.on.aws", "lambda", "eu-central-1"),
    ("svc-0abc.7d67968.vpc-lattice-svcs.us-west-2.on.aws", "vpc-lattice-svcs", "us-west-2"),
    ("search-logs-abcdef.us-east-1.es.amazonaws.com", "es", "us-east-1"),
    ("vpc-logs-abcdef.eu-west-1.es.amazonaws.com", "es", "eu-west-1"),
    ("us-east-1.es.amazonaws.com", "es", "us-east-1"),
    ("search-logs-abcdef.aos.us-east-1.on.aws", "es", "us-east-1"),
    ("abcdef.us-east-1.aoss.amazonaws.com", "aoss", "us-east-1"),
    ("abcdef.aoss.us-east-1.on.aws", "aoss", "us-east-1"),
    ("doc-films-abcdef.us-east-1.cloudsearch.amazonaws.com", "cloudsearch", "us-east-1"),
    ("abcdef.appsync-api.us-east-1.amazonaws.com", "appsync", "us-east-1"),
    ("abcdef.appsync-realtime-api.us-east-1.amazonaws.com", "appsync", "us-east-1"),
    ("abcdef-ats.iot.us-east-1.amazonaws.com", "iotdata", "us-east-1"),
    ("abcdef-ats.iot.us-east-1.amazonaws.com/topics/x", "iotdata", "us-east-1"),
    ("abcdef-ats.iot.us-east-1.amazonaws.com/mqtt", "iotdevicegateway", "us-east-1"),
    ("abcdef-ats.iot.us-east-1.amazonaws.com/mqtt?X-Amz-Date=1", "iotdevicegateway", "us-east-1"),
    ("abcdef.iot.us-east-1.amazonaws.com/mqtt", "iotdevicegateway", "us-east-1"),
    ("data-ats.iot.us-east-1.amazonaws.com/mqtt", "iotdevicegateway", "us-east-1"),
    ("data-ats.iot.us-east-1.amazonaws.com", "iotdata", "us-east-1"),
    ("iot.us-east-1.amazonaws.com", "iot", "us-east-1"),
    ("abcdef.jobs.iot.us-east-1.amazonaws.com", "iot-jobs-data", "us-east-1"),
    ("vpce-0ab1-2cd.sqs.us-east-1.vpce.amazonaws.com", "sqs", "us-east-1"),
    ("vpce-0ab1-2cd-us-east-1a.ec2.us-east-1.vpce.amazonaws.com", "ec2", "us-east-1"),
    ("vpce-0ab1-2cd.api.ecr.us-east-1.vpce.amazonaws.com", "ecr", "us-east-1"),
    ("vpce-0ab1-2cd.execute-api.us-east-1.vpce.amazonaws.com", "execute-api", "us-east-1"),
    ("my-bucket.vpce-0ab1-2cd.s3.us-east-1.vpce.amazonaws.com", "s3", "us-east-1"),
    ("bucket.vpce-0ab1-2cd.s3.us-east-1.vpce.amazonaws.com", "s3", "us-east-1"),
    ("ap-1.accesspoint.vpce-0ab1-2cd.s3.us-east-1.vpce.amazonaws.com", "s3", "us-east-1"),
    ("vpce-0ab1-2cd.sqs.cn-north-1.vpce.amazonaws.com.cn", "sqs", "cn-north-1"),
    ("kms-fips.us-west-2.api.aws", "kms", "us-west-2"),
    ("lambda.us-west-2.api.aws", "lambda", "us-west-2"),
    ("newer.kms.us-west-2.api.aws", "kms", "us-west-2"),
    ("sts-fips.us-east-2.amazonaws.com", "sts", "us-east-2"),
    ("iam.amazonaws.com", "iam", "us-east-1"),
    ("iam.global.api.aws", "iam", "us-east-1"),
    ("organizations.amazonaws.com", "organizations", "us-east-1"),
    ("globalaccelerator.amazonaws.com", "globalaccelerator", "us-west-2"),
    ("globalaccelerator.us-west-2.amazonaws.com", "globalaccelerator", "us-west-2"),
    ("networkmanager.us-west-2.amazonaws.com", "networkmanager", "us-west-2"),
    ("iam.us-gov.amazonaws.com", "iam", "us-gov-west-1"),
    ("sts.us-gov.amazonaws.com", "sts", "us-gov-west-1"),
    ("route53.amazonaws.com.cn", "route53", "cn-northwest-1"),
    ("queue.amazonaws.com", "sqs", "us-east-1"),
    ("us-west-2.queue.amazonaws.com", "sqs", "us-west-2"),
    ("us-west-2.elasticmapreduce.amazonaws.com", "elasticmapreduce", "us-west-2"),
    ("db.cluster-abc.us-east-1.rds.amazonaws.com:5432", "rds-db", "us-east-1"),
    ("db.cluster-abc.us-east-1.neptune.amazonaws.com:8182", "neptune-db", "us-east-1"),
    ("g-abc.us-east-1.neptune-graph.amazonaws.com", "neptune-graph", "us-east-1"),
    ("abcdef.dsql.us-east-1.on.aws", "dsql", "us-east-1"),
    ("123456789012.ddb.us-east-1.amazonaws.com", "dynamodb", "us-east-1"),
    ("123456789012.data-kinesis.us-east-1.amazonaws.com", "kinesis", "us-east-1"),
    ("streams.dynamodb.us-east-1.amazonaws.com", "dynamodb", "us-east-1"),
    ("b-1234.kinesisvideo.us-west-2.amazonaws.com", "kinesisvideo", "us-west-2"),
    ("abcdef.data.mediastore.us-west-2.amazonaws.com", "mediastore", "us-west-2"),
    ("ingest-cell1.timestream.us-east-1.amazonaws.com", "timestream", "us-east-1"),
    ("git-codecommit.us-east-1.amazonaws.com", "codecommit", "us-east-1"),
    ("aps-workspaces.us-east-1.amazonaws.com", "aps", "us-east-1"),
    ("g-abc.grafana-workspace.us-east-1.amazonaws.com", "grafana", "us-east-1"),
    ("abc.gateway.bedrock-agentcore.us-east-1.amazonaws.com", "bedrock-agentcore", "us-east-1"),
    ("streaming-logs.us-east-1.amazonaws.com", "logs", "us-east-1"),
    ("data-servicediscovery.us-east-1.amazonaws.com", "servicediscovery", "us-east-1"),
    ("control-storage-omics.us-east-1.amazonaws.com", "omics", "us-east-1"),
    ("sync-states.us-east-1.amazonaws.com", "states", "us-east-1"),
    ("123456789012.s3-control.dualstack.cn-north-1.amazonaws.com.cn", "s3", "cn-north-1"),
    ("email.us-east-1.amazonaws.com", "ses", "us-east-1"),
    ("bedrock-runtime.us-east-1.amazonaws.com", "bedrock", "us-east-1"),
    ("runtime.lex.us-east-1.amazonaws.com", "lex", "us-east-1"),
    ("pinpoint.us-east-1.amazonaws.com", "mobiletargeting", "us-east-1"),
    ("participant.connect.us-east-1.amazonaws.com", "execute-api", "us-east-1"),
    ("portal.sso.us-east-1.amazonaws.com", "awsssoportal", "us-east-1"),
    ("abcd.endpoint.events.amazonaws.com", "events", "*"),
    ("123456789012.cloudfront-kvs.global.api.aws", "cloudfront-keyvaluestore", "*"),
];
