//! Ways from few permissions to many.

use super::super::super::check::{Check, Finding, Kind};
use super::super::ground::{Ground, User};
use super::policies::bounded;
use super::{BOUNDARY_GUIDE, DENIED, EVALUATION_GUIDE, allowing};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "escalation.attach",
        title: "who may read cannot attach AdministratorAccess to himself",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "one call would make an administrator",
        run: |ground| {
            let user = reader(ground)?;
            let of = [
                ("UserName", user.name.as_str()),
                ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
            ];
            ground.must_refuse(&user.keys, "iam", "AttachUserPolicy", &of, DENIED)
        },
    },
    Check {
        id: "escalation.inline",
        title: "nor write a policy for himself",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "one call would make an administrator",
        run: |ground| {
            let user = reader(ground)?;
            let policy = allowing("*");
            let of = [("UserName", user.name.as_str()), ("PolicyName", "all"), ("PolicyDocument", &policy)];
            ground.must_refuse(&user.keys, "iam", "PutUserPolicy", &of, DENIED)
        },
    },
    Check {
        id: "escalation.policy-version",
        title: "nor give a policy of his a new version",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "whoever may make versions may do everything",
        run: |ground| {
            let arn = ground.policy(&allowing("iam:Get*"))?;
            let user = ground.user(None)?;
            ground.prepare("iam", "AttachUserPolicy", &[("UserName", &user.name), ("PolicyArn", &arn)])?;
            let policy = allowing("*");
            let of = [("PolicyArn", arn.as_str()), ("PolicyDocument", &policy), ("SetAsDefault", "true")];
            ground.must_refuse(&user.keys, "iam", "CreatePolicyVersion", &of, DENIED)?;
            ground.must_refuse(&user.keys, "iam", "ListUsers", &[], DENIED)
        },
    },
    Check {
        id: "escalation.key-of-another",
        title: "nor make a key for somebody else, though for himself",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "keys of an administrator would be anybody's",
        run: |ground| {
            let (own, other) = (ground.user(None)?, ground.user(None)?);
            let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*AccessKey*","Resource":"arn:aws:iam::*:user/linklocal-doctor/${aws:username}"}]}"#;
            ground.grant(&own.name, policy)?;
            ground.must_pass(&own.keys, "iam", "ListAccessKeys", &[("UserName", &own.name)])?;
            ground.must_refuse(&own.keys, "iam", "CreateAccessKey", &[("UserName", &other.name)], DENIED)
        },
    },
    Check {
        id: "escalation.group",
        title: "nor join a group",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "a group of administrators would be open",
        run: |ground| {
            let (user, group) = (reader(ground)?, ground.group(&allowing("*"))?);
            let of = [("UserName", user.name.as_str()), ("GroupName", &group)];
            ground.must_refuse(&user.keys, "iam", "AddUserToGroup", &of, DENIED)
        },
    },
    Check {
        id: "escalation.trust-policy",
        title: "nor make a role trust him",
        kind: Kind::Safety,
        source: EVALUATION_GUIDE,
        matters: "any role would be his",
        run: |ground| {
            let user = reader(ground)?;
            let (role, _) = ground.role(&super::trusting(&ground.arn, ""), Some(&allowing("*")))?;
            let trust = super::trusting(&user.arn, "");
            let of = [("RoleName", role.as_str()), ("PolicyDocument", &trust)];
            ground.must_refuse(&user.keys, "iam", "UpdateAssumeRolePolicy", &of, DENIED)
        },
    },
    Check {
        id: "escalation.pass-role",
        title: "a role put into an instance profile has to be passed: iam:PassRole",
        kind: Kind::Safety,
        source: "IAM user guide, \"Grant a user permissions to pass a role to an AWS service\"",
        matters: "an instance with an administrator's role is a shell with an administrator's keys",
        run: |ground| {
            let (role, _) = ground.role(&super::trusting(&ground.arn, ""), Some(&allowing("*")))?;
            let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:AddRoleToInstanceProfile","iam:CreateInstanceProfile"],"Resource":"*"}]}"#;
            let user = ground.user(Some(policy))?;
            let profile = format!("{role}-profile");
            ground.must_pass(
                &user.keys,
                "iam",
                "CreateInstanceProfile",
                &[("InstanceProfileName", &profile)],
            )?;
            let of = [("InstanceProfileName", profile.as_str()), ("RoleName", &role)];
            let refused = ground.must_refuse(&user.keys, "iam", "AddRoleToInstanceProfile", &of, DENIED);
            let undone = [("InstanceProfileName", profile.as_str()), ("RoleName", &role)];
            let _ = ground.api.call(&ground.administrator, "iam", "RemoveRoleFromInstanceProfile", &undone);
            let _ = ground.api.call(&ground.administrator, "iam", "DeleteInstanceProfile", &[undone[0]]);
            refused
        },
    },
    Check {
        id: "escalation.own-boundary",
        title: "a bounded administrator cannot take his boundary off, nor widen it",
        kind: Kind::Safety,
        source: BOUNDARY_GUIDE,
        matters: "boundaries hold only as long as nobody under them can change them",
        run: |ground| {
            let user = bounded(ground)?;
            let of = ("UserName", user.name.as_str());
            ground.must_refuse(&user.keys, "iam", "DeleteUserPermissionsBoundary", &[of], DENIED)?;
            let wide = ("PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess");
            ground.must_refuse(&user.keys, "iam", "PutUserPermissionsBoundary", &[of, wide], DENIED)
        },
    },
];

fn reader(ground: &Ground) -> Result<User, Finding> {
    ground.user(Some(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*"],"Resource":"*"}]}"#))
}
