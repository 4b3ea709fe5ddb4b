//! A user with ten policies as large as managed ones: lists of actions with and without wildcards, conditions on tags, addresses,
//! regions and MFA, variables, and denials that look at every request.

use policy::{Attached, DocumentKind, Layers, Policy, Principal};
use serde_json::{Value, json};

pub(crate) struct User {
    pub(crate) principal: Principal,
    pub(crate) policies: Vec<(String, Policy)>,
}

impl User {
    pub(crate) fn new() -> Self {
        let policies = SERVICES.iter().enumerate().map(|(at, service)| {
            let text = serde_json::to_string_pretty(&document(service, at)).expect("a document is JSON");
            let policy = Policy::parse(&text, DocumentKind::Identity).expect("a policy as AWS takes it");
            (format!("arn:aws:iam::111111111111:policy/{service}"), policy)
        });
        Self {
            policies: policies.collect(),
            principal: Principal::User {
                account: "111111111111".parse().expect("an account"),
                arn: "arn:aws:iam::111111111111:user/ann".parse().expect("an ARN"),
                unique_id: "AIDAQNZGKIQY4XGEHOPMA".to_owned(),
            },
        }
    }

    pub(crate) fn layers(&self) -> Layers<'_> {
        let identity = self.policies.iter().map(|(name, policy)| Attached { name, policy }).collect();
        Layers { identity, ..Layers::default() }
    }

    pub(crate) fn statements(&self) -> usize {
        self.policies.iter().map(|(_, policy)| policy.document().statements.len()).sum()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.policies.iter().map(|(_, policy)| policy.text().len()).sum()
    }
}

fn document(service: &str, at: usize) -> Value {
    let actions = |verbs: &[&str]| -> Vec<String> {
        let all =
            verbs.iter().flat_map(|verb| NOUNS.iter().map(move |noun| format!("{service}:{verb}{noun}")));
        all.collect()
    };
    let arn = |rest: &str| format!("arn:aws:{service}:*:111111111111:{rest}");
    let mut statements = vec![
        json!({ "Sid": "Read", "Effect": "Allow", "Resource": "*",
            "Action": [format!("{service}:List*"), format!("{service}:Get*"), format!("{service}:Describe*")] }),
        json!({ "Sid": "Write", "Effect": "Allow", "Action": actions(&["Create", "Update", "Put"]),
            "Resource": [arn("thing/${aws:username}/*"), arn("thing/shared-*"), arn("pool/*/member")],
            "Condition": {
                "StringEquals": { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] },
                "StringLike": { "aws:RequestTag/team": ["${aws:PrincipalTag/team}", "common-*"] },
                "ForAllValues:StringEquals": { "aws:TagKeys": ["team", "cost", "owner"] } } }),
        json!({ "Sid": "Delete", "Effect": "Allow", "Action": actions(&["Delete"]),
            "Resource": arn("thing/${aws:username}/*"),
            "Condition": {
                "Bool": { "aws:MultiFactorAuthPresent": "true" },
                "NumericLessThan": { "aws:MultiFactorAuthAge": "3600" },
                "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24", "2001:db8::/32"] } } }),
        json!({ "Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole",
            "Resource": format!("arn:aws:iam::*:role/service-role/{service}-*"),
            "Condition": { "StringEquals": { "iam:PassedToService": format!("{service}.amazonaws.com") } } }),
        json!({ "Sid": "Never", "Effect": "Deny", "Resource": "*",
            "Action": [format!("{service}:*Policy"), format!("{service}:Leave*")],
            "Condition": { "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/admin/*" } } }),
    ];
    if at.is_multiple_of(3) {
        statements.push(json!({ "Sid": "Mfa", "Effect": "Deny", "Resource": "*",
            "NotAction": ["iam:ChangePassword", "iam:*MFADevice", "sts:GetSessionToken"],
            "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } } }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

const SERVICES: [&str; 10] =
    ["ec2", "kinesis", "sns", "kms", "logs", "lambda", "dynamodb", "sqs", "cloudwatch", "secretsmanager"];
const NOUNS: [&str; 12] = [
    "Table", "Queue", "Function", "Alias", "Stream", "Group", "Instance", "Volume", "Snapshot", "Endpoint",
    "Role", "Policies",
];
