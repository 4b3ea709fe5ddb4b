//! The decisions that are measured.

use policy::{Context, DocumentKind, Policy, Request, decide};

use crate::user::User;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Read,
    Write,
    Delete,
    Nothing,
    Denied,
    OtherService,
    Compile,
}

impl Row {
    pub(crate) const ALL: [Self; 7] = [
        Self::Read,
        Self::Write,
        Self::Delete,
        Self::Nothing,
        Self::Denied,
        Self::OtherService,
        Self::Compile,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Read => "allowed by a wildcard",
            Self::Write => "allowed on a variable's resource, three conditions",
            Self::Delete => "allowed with MFA from an address",
            Self::Nothing => "no statement allows",
            Self::Denied => "a statement denies",
            Self::OtherService => "a service of which no policy speaks",
            Self::Compile => "a policy read and compiled (not a decision)",
        }
    }

    pub(crate) fn is_decision(self) -> bool {
        self != Self::Compile
    }

    /// Says whether it came out as it must.
    pub(crate) fn job(self, user: &User) -> Box<dyn Fn() -> bool + '_> {
        let (action, resource, allowed) = match self {
            Self::Read => ("dynamodb:DescribeTable", "arn:aws:dynamodb:eu-west-1:111111111111:table/t", true),
            Self::Write => ("sqs:CreateQueue", "arn:aws:sqs:eu-west-1:111111111111:thing/ann/orders", true),
            Self::Delete => {
                ("lambda:DeleteFunction", "arn:aws:lambda:eu-west-1:111111111111:thing/ann/f", true)
            }
            Self::Nothing => {
                ("lambda:DeleteFunction", "arn:aws:lambda:eu-west-1:111111111111:thing/bob/f", false)
            }
            Self::Denied => ("kms:PutKeyPolicy", "arn:aws:kms:eu-west-1:111111111111:key/k", false),
            Self::OtherService => ("route53:ListHostedZones", "*", false),
            Self::Compile => {
                let text = user.policies[0].1.text();
                return Box::new(move || Policy::parse(text, DocumentKind::Identity).is_ok());
            }
        };
        let (context, layers) = (context(), user.layers());
        Box::new(move || {
            let request = Request {
                principal: &user.principal,
                action,
                resource,
                resource_account: None,
                context: &context,
            };
            let decision = decide(&request, &layers);
            assert!(decision.is_allowed() == allowed, "{}: {decision:?}", self.name());
            allowed
        })
    }
}

/// What every signed request brings, and some tags.
fn context() -> Context {
    let mut context = Context::new();
    for (key, value) in [
        ("aws:CurrentTime", "2026-11-22T12:00:00Z"),
        ("aws:EpochTime", "1795348800"),
        ("aws:MultiFactorAuthAge", "120"),
        ("aws:MultiFactorAuthPresent", "true"),
        ("aws:PrincipalAccount", "111111111111"),
        ("aws:PrincipalArn", "arn:aws:iam::111111111111:user/ann"),
        ("aws:PrincipalTag/team", "blue"),
        ("aws:PrincipalType", "User"),
        ("aws:RequestedRegion", "eu-west-1"),
        ("aws:RequestTag/cost", "7"),
        ("aws:RequestTag/team", "blue"),
        ("aws:ResourceAccount", "111111111111"),
        ("aws:SecureTransport", "true"),
        ("aws:SourceIp", "192.0.2.17"),
        ("aws:TokenIssueTime", "2026-11-22T11:58:00Z"),
        ("aws:UserAgent", "aws-cli/2.36.28 md/awscrt#0.29.1 ua/2.1 os/linux lang/python#3.14.6"),
        ("aws:userid", "AIDAQNZGKIQY4XGEHOPMA"),
        ("aws:username", "ann"),
        ("aws:ViaAWSService", "false"),
    ] {
        context.set(key, value);
    }
    context.set_many("aws:TagKeys", vec!["team".to_owned(), "cost".to_owned()]);
    context
}
