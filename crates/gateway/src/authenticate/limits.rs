//! What sessions of some kinds cannot call, whatever policies say; and what can be called without a signature.
//!
//! Source: facts/account.md section 2.6; IAM User Guide, "Compare AWS STS credentials". `InvalidClientTokenId` says nothing of the
//! reason, which users cannot guess (section 7, row 26): the record of the call has it.

use account::Caller;
use sigv4::verify::{Refusal, Rule};

use super::{Destination, Unauthenticated};

/// The operations for which a token of an identity provider is enough.
pub(super) fn takes_unsigned(to: Destination<'_>) -> bool {
    to.service == "sts" && matches!(to.operation, "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML")
}

/// Whether credentials of the caller's kind are good for the operation.
pub(super) fn check(caller: &Caller, to: Destination<'_>) -> Result<(), Unauthenticated> {
    match (to.service, caller) {
        (
            "iam",
            Caller::User { session: Some(session), .. } | Caller::Root { session: Some(session), .. },
        ) if session.claims.mfa_authenticated_at.is_none() => {
            Err(no_iam("credentials of GetSessionToken can call IAM only where MFA was used"))
        }
        ("iam", Caller::Federated { .. }) => Err(no_iam("credentials of GetFederationToken cannot call IAM")),
        // Whoever names no operation hears of that, not of his credentials.
        ("sts", caller)
            if caller.session().is_some() && !to.operation.is_empty() && !of_sts(caller, to.operation) =>
        {
            Err(no_session(to.operation))
        }
        _ => Ok(()),
    }
}

/// What a session may call of STS.
fn of_sts(caller: &Caller, operation: &str) -> bool {
    match caller {
        Caller::User { .. } | Caller::Root { .. } => {
            matches!(operation, "AssumeRole" | "GetCallerIdentity") || takes_unsigned_name(operation)
        }
        Caller::Federated { .. } => operation == "GetCallerIdentity" || takes_unsigned_name(operation),
        _ => !matches!(operation, "GetSessionToken" | "GetFederationToken"),
    }
}

/// What needs no credentials is not refused to those who show some.
fn takes_unsigned_name(operation: &str) -> bool {
    takes_unsigned(Destination { service: "sts", operation })
}

fn no_iam(hint: &'static str) -> Unauthenticated {
    let message = "The security token included in the request is invalid";
    let refusal = Refusal::new(Rule::Token, 403, "InvalidClientTokenId", message);
    Unauthenticated { refusal, hint: Some(hint) }
}

fn no_session(operation: &str) -> Unauthenticated {
    let message = format!("Cannot call {operation} with session credentials");
    Refusal::new(Rule::Token, 403, "AccessDenied", message).into()
}
