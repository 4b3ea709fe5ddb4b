//! What a call was about.
//!
//! Rule: `resources` of an event are those that AWS puts there, of STS and S3; what LookupEvents finds by is read from the names of members,
//! bounded in number.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::made::Home;

/// One thing that a call was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    #[serde(rename = "accountId", default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    /// Of `resources` an ARN; in look-ups a name where things of the kind have one.
    #[serde(rename = "ARN")]
    pub arn: String,
}

/// `resources` of the event.
pub(super) fn named_by_aws(service: &str, operation: &str, parameters: &Value, home: &Home) -> Vec<Resource> {
    let text = |name: &str| parameters[name].as_str();
    match service {
        "sts" if operation.starts_with("AssumeRole") => {
            let role = text("roleArn").map(|arn| Resource {
                account_id: arn.split(':').nth(4).map(str::to_owned),
                kind: "AWS::IAM::Role".to_owned(),
                arn: arn.to_owned(),
            });
            role.into_iter().collect()
        }
        "s3" => {
            let Some(bucket) = text("bucketName") else { return Vec::new() };
            let arn = format!("arn:{}:s3:::{bucket}", home.partition.as_str());
            let object = text("key").map(|key| Resource {
                account_id: None,
                kind: "AWS::S3::Object".to_owned(),
                arn: format!("{arn}/{key}"),
            });
            object.into_iter().chain([home.own("AWS::S3::Bucket", arn)]).collect()
        }
        _ => Vec::new(),
    }
}

/// What LookupEvents finds the event by.
pub(super) fn touched(service: &str, parameters: &Value, elements: &Value, home: &Home) -> Vec<Resource> {
    let mut found = Vec::new();
    for half in [parameters, elements] {
        walk(service, half, home, &mut found);
    }
    found
}

fn walk(service: &str, value: &Value, home: &Home, found: &mut Vec<Resource>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(service, item, home, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) => note(service, name, text, home, found),
                    nested => walk(service, nested, home, found),
                }
                if found.len() >= MOST {
                    return;
                }
            }
        }
        _ => {}
    }
}

fn note(service: &str, member: &str, text: &str, home: &Home, found: &mut Vec<Resource>) {
    let row = KINDS.iter().find(|(of, name, _)| *of == service && name.eq_ignore_ascii_case(member));
    let Some((_, _, kind)) = row else { return };
    let resource = home.own(kind, text.to_owned());
    if !text.is_empty() && found.len() < MOST && !found.contains(&resource) {
        found.push(resource);
    }
}

/// By service and member: what a name or an id is of (CloudTrail User Guide, "Resource types supported by CloudTrail Event history").
const KINDS: &[(&str, &str, &str)] = &[
    ("iam", "userName", "AWS::IAM::User"),
    ("iam", "roleName", "AWS::IAM::Role"),
    ("iam", "groupName", "AWS::IAM::Group"),
    ("iam", "policyArn", "AWS::IAM::Policy"),
    ("iam", "policyName", "AWS::IAM::Policy"),
    ("iam", "instanceProfileName", "AWS::IAM::InstanceProfile"),
    ("iam", "accessKeyId", "AWS::IAM::AccessKey"),
    ("iam", "serialNumber", "AWS::IAM::MfaDevice"),
    ("iam", "openIDConnectProviderArn", "AWS::IAM::OIDCProvider"),
    ("sts", "roleArn", "AWS::IAM::Role"),
    ("sts", "roleSessionName", "AWS::STS::AssumedRole"),
    ("sts", "accessKeyId", "AWS::IAM::AccessKey"),
    ("sts", "serialNumber", "AWS::IAM::MfaDevice"),
    ("ec2", "instanceId", "AWS::EC2::Instance"),
    ("ec2", "imageId", "AWS::EC2::Ami"),
    ("ec2", "groupId", "AWS::EC2::SecurityGroup"),
    ("ec2", "subnetId", "AWS::EC2::Subnet"),
    ("ec2", "vpcId", "AWS::EC2::VPC"),
    ("ec2", "keyName", "AWS::EC2::KeyPair"),
    ("ec2", "keyPairId", "AWS::EC2::KeyPair"),
    ("ec2", "networkInterfaceId", "AWS::EC2::NetworkInterface"),
    ("ec2", "volumeId", "AWS::EC2::Volume"),
    ("ec2", "associationId", "AWS::EC2::IamInstanceProfileAssociation"),
    ("ec2", "resourceId", "AWS::EC2::Resource"),
    ("s3", "bucketName", "AWS::S3::Bucket"),
    ("cloudtrail", "name", "AWS::CloudTrail::Trail"),
    ("cloudtrail", "trailARN", "AWS::CloudTrail::Trail"),
    ("cloudtrail", "s3BucketName", "AWS::S3::Bucket"),
    ("servicequotas", "quotaCode", "AWS::ServiceQuotas::Quota"),
];

/// Of one event.
const MOST: usize = 20;
