//! `Principal` and `NotPrincipal`.
//!
//! Rule: how a principal is named counts as much as that it is. A role stands for all its sessions, an account for those in it
//! whom it lets, an ARN of a user or a session for nobody else (facts/account.md section 2.1; IAM User Guide, "AWS JSON policy
//! elements: Principal" and "NotPrincipal").

use std::collections::BTreeMap;

use types::{AccountId, UniqueId};

use crate::Principal;
use crate::document::{Effect, PrincipalElement, PrincipalSet};

/// What unique ids the ARNs in a trust policy stood for when it was written.
pub(crate) type Ids<'a> = Option<&'a BTreeMap<String, UniqueId>>;

/// By what a statement names a principal, the narrowest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Named {
    Not,
    /// By its account, which has still to allow it.
    ByAccount,
    /// As anybody, or as what is not excepted.
    AsAnybody,
    /// By the role whose session it is.
    ByRole,
    /// By its own ARN, or as the service or provider that it is.
    Itself,
}

#[derive(Clone, Debug)]
pub(crate) struct Principals {
    negated: bool,
    everyone: bool,
    aws: Box<[AwsPrincipal]>,
    services: Box<[Box<str>]>,
    providers: Box<[Box<str>]>,
}

#[derive(Clone, Debug)]
enum AwsPrincipal {
    Account(AccountId),
    /// An ARN or a unique id.
    One(Box<str>),
}

impl Principals {
    pub(crate) fn new(element: &PrincipalElement) -> Self {
        let (negated, set) = match element {
            PrincipalElement::Only(set) => (false, set),
            PrincipalElement::Not(set) => (true, set),
        };
        let PrincipalSet { everyone, aws, service, federated, canonical_user: _ } = set;
        let texts = |texts: &[String]| texts.iter().map(|text| text.as_str().into()).collect();
        Self {
            negated,
            everyone: *everyone || aws.iter().any(|text| text == "*"),
            aws: aws.iter().map(|text| AwsPrincipal::new(text)).collect(),
            services: texts(service),
            providers: texts(federated),
        }
    }

    /// How a statement of this effect names `principal`. `bounded`: it has a permissions boundary.
    pub(crate) fn names(&self, principal: &Principal, effect: Effect, bounded: bool, ids: Ids<'_>) -> Named {
        match (self.negated, effect) {
            (false, _) => self.lists(principal, effect, ids),
            // With a boundary it appears as two principals, of which one is never excepted.
            (true, Effect::Deny) if bounded || !self.excepts(principal, ids) => Named::AsAnybody,
            (true, Effect::Allow) if self.lists(principal, Effect::Deny, ids) == Named::Not => {
                Named::AsAnybody
            }
            (true, _) => Named::Not,
        }
    }

    fn lists(&self, principal: &Principal, effect: Effect, ids: Ids<'_>) -> Named {
        let narrowest = match principal {
            Principal::Service { name } => Self::has(&self.services, name),
            Principal::Federated { provider } => Self::has(&self.providers, provider),
            _ => self.aws.iter().map(|named| named.names(principal, ids)).max().unwrap_or(Named::Not),
        };
        // Nobody becomes a role by a token alone because anybody may: tokens of a provider must be asked for.
        let open = effect == Effect::Deny || !matches!(principal, Principal::Federated { .. });
        if self.everyone && open { narrowest.max(Named::AsAnybody) } else { narrowest }
    }

    fn has(names: &[Box<str>], name: &str) -> Named {
        if names.iter().any(|held| **held == *name) { Named::Itself } else { Named::Not }
    }

    /// Whether a denial of all others leaves `principal` out: each of what it is must be listed, its account too.
    fn excepts(&self, principal: &Principal, ids: Ids<'_>) -> bool {
        let lists = |wanted: Named| self.aws.iter().any(|named| named.names(principal, ids) == wanted);
        self.everyone
            || match principal {
                Principal::Root { .. } => lists(Named::ByAccount),
                Principal::User { .. } | Principal::FederatedUser { .. } => {
                    lists(Named::ByAccount) && lists(Named::Itself)
                }
                Principal::RoleSession { .. } => {
                    lists(Named::ByAccount) && lists(Named::ByRole) && lists(Named::Itself)
                }
                Principal::Service { name } => Self::has(&self.services, name) != Named::Not,
                Principal::Federated { provider } => Self::has(&self.providers, provider) != Named::Not,
                Principal::Anonymous => false,
            }
    }
}

impl AwsPrincipal {
    fn new(text: &str) -> Self {
        let account = text.strip_suffix(":root").and_then(|start| {
            let mut fields = start.splitn(5, ':');
            let iam =
                fields.next() == Some("arn") && fields.nth(1) == Some("iam") && fields.next() == Some("");
            fields.next().filter(|_| iam)
        });
        account.unwrap_or(text).parse().map_or_else(|_| Self::One(text.into()), Self::Account)
    }

    fn names(&self, principal: &Principal, ids: Ids<'_>) -> Named {
        let text = match self {
            Self::Account(account) if principal.account() == Some(*account) => return Named::ByAccount,
            Self::Account(_) => return Named::Not,
            Self::One(text) => &**text,
        };
        // An entity made anew under the same name is another; under a new name it is the same.
        let held = ids.and_then(|ids| ids.get(text));
        let is = |arn: &str, id: &str| match held {
            Some(held) => held.as_str() == id,
            None => text == arn || text == id,
        };
        match principal {
            Principal::User { arn, unique_id, .. } if is(arn.as_str(), unique_id) => Named::Itself,
            // What is held of a session's ARN is the id of its role.
            Principal::RoleSession { session_arn, role_id, .. } if text == session_arn.as_str() => match held
            {
                Some(held) if held.as_str() != role_id => Named::Not,
                _ => Named::Itself,
            },
            Principal::RoleSession { role_arn, role_id, .. }
                if !is_session(text) && is(role_arn.as_str(), role_id) =>
            {
                Named::ByRole
            }
            Principal::FederatedUser { arn, .. } if text == arn.as_str() => Named::Itself,
            _ => Named::Not,
        }
    }
}

fn is_session(text: &str) -> bool {
    text.contains(":assumed-role/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: &str = "arn:aws:iam::111111111111:root";
    const USER: &str = "arn:aws:iam::111111111111:user/ann";
    const ROLE: &str = "arn:aws:iam::111111111111:role/r";
    const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/r/s";

    fn user() -> Principal {
        let account = "111111111111".parse().unwrap();
        Principal::User { account, arn: USER.parse().unwrap(), unique_id: "AIDAANN".to_owned() }
    }

    fn session() -> Principal {
        Principal::RoleSession {
            account: "111111111111".parse().unwrap(),
            role_arn: ROLE.parse().unwrap(),
            role_id: "AROAR".to_owned(),
            session_arn: SESSION.parse().unwrap(),
        }
    }

    fn set(aws: &[&str]) -> PrincipalSet {
        PrincipalSet { aws: aws.iter().map(|text| (*text).to_owned()).collect(), ..PrincipalSet::default() }
    }

    fn named(aws: &[&str], principal: &Principal) -> Named {
        Principals::new(&PrincipalElement::Only(set(aws))).names(principal, Effect::Allow, false, None)
    }

    #[test]
    fn by_the_narrowest_name() {
        for (aws, as_user, as_session) in [
            (&["*"][..], Named::AsAnybody, Named::AsAnybody),
            (&["111111111111"], Named::ByAccount, Named::ByAccount),
            (&[ACCOUNT], Named::ByAccount, Named::ByAccount),
            (&["222222222222", "arn:aws:iam::222222222222:root"], Named::Not, Named::Not),
            (&[USER], Named::Itself, Named::Not),
            (&["AIDAANN"], Named::Itself, Named::Not),
            (&[ROLE, ACCOUNT], Named::ByAccount, Named::ByRole),
            (&["AROAR"], Named::Not, Named::ByRole),
            (&["*", ROLE, SESSION], Named::AsAnybody, Named::Itself),
            (&["arn:aws:iam::111111111111:user/*"], Named::Not, Named::Not),
            (&[], Named::Not, Named::Not),
        ] {
            assert_eq!(named(aws, &user()), as_user, "{aws:?}");
            assert_eq!(named(aws, &session()), as_session, "{aws:?}");
        }
        assert_eq!(named(&["*"], &Principal::Anonymous), Named::AsAnybody);
        assert_eq!(named(&[USER], &Principal::Anonymous), Named::Not);
    }

    #[test]
    fn an_arn_stands_for_the_entity_it_stood_for() {
        let principals = Principals::new(&PrincipalElement::Only(set(&[USER, ROLE])));
        let ids = |id: &str| BTreeMap::from([(USER.to_owned(), UniqueId::from(id.to_owned()))]);
        let names = |principal: &Principal, id: &str| {
            principals.names(principal, Effect::Allow, false, Some(&ids(id)))
        };
        assert_eq!(names(&user(), "AIDAANN"), Named::Itself);
        assert_eq!(names(&user(), "AIDAOTHER"), Named::Not);
        assert_eq!(names(&session(), "AIDAOTHER"), Named::ByRole);
        let of_session = Principals::new(&PrincipalElement::Only(set(&[SESSION])));
        let names_session = |id: &str, session: &str| {
            let Principal::RoleSession { account, role_arn, role_id, .. } = self::session() else {
                unreachable!("it is one")
            };
            let session_arn = session.parse().unwrap();
            let principal = Principal::RoleSession { account, role_arn, role_id, session_arn };
            let ids = BTreeMap::from([(SESSION.to_owned(), UniqueId::from(id.to_owned()))]);
            of_session.names(&principal, Effect::Allow, false, Some(&ids))
        };
        assert_eq!(names_session("AROAR", SESSION), Named::Itself);
        assert_eq!(names_session("AROAR", &format!("{SESSION}2")), Named::Not);
        assert_eq!(names_session("AROAOLD", SESSION), Named::Not);
        let account = "111111111111".parse().unwrap();
        let arn = "arn:aws:iam::111111111111:user/renamed".parse().unwrap();
        let renamed = Principal::User { account, arn, unique_id: "AIDAANN".to_owned() };
        assert_eq!(names(&renamed, "AIDAANN"), Named::Itself);
    }

    #[test]
    fn tokens_and_services_are_asked_for_by_name() {
        let provider = Principal::Federated { provider: "accounts.google.com".to_owned() };
        let service = Principal::Service { name: "ec2.amazonaws.com".to_owned() };
        assert_eq!(named(&["*"], &provider), Named::Not);
        assert_eq!(named(&["*"], &service), Named::AsAnybody);
        let both = PrincipalElement::Only(PrincipalSet {
            service: vec!["ec2.amazonaws.com".to_owned()],
            federated: vec!["accounts.google.com".to_owned()],
            ..PrincipalSet::default()
        });
        let both = Principals::new(&both);
        for principal in [&provider, &service] {
            assert_eq!(both.names(principal, Effect::Allow, false, None), Named::Itself);
        }
        assert_eq!(both.names(&user(), Effect::Allow, false, None), Named::Not);
        let everyone = Principals::new(&PrincipalElement::Only(set(&["*"])));
        assert_eq!(everyone.names(&provider, Effect::Deny, false, None), Named::AsAnybody);
    }

    #[test]
    fn a_denial_of_others_excepts_who_is_listed_with_all_that_he_is() {
        let denied = |aws: &[&str], principal: &Principal, bounded: bool| {
            let principals = Principals::new(&PrincipalElement::Not(set(aws)));
            principals.names(principal, Effect::Deny, bounded, None) != Named::Not
        };
        assert!(!denied(&[USER, ACCOUNT], &user(), false));
        assert!(denied(&[USER], &user(), false));
        assert!(denied(&[ACCOUNT], &user(), false));
        assert!(denied(&[USER, ACCOUNT], &user(), true));
        assert!(!denied(&[SESSION, ROLE, ACCOUNT], &session(), false));
        assert!(denied(&[ROLE, ACCOUNT], &session(), false));
        assert!(!denied(&["*"], &user(), false));
        assert!(denied(&["*"], &user(), true));
        assert!(!denied(&[ACCOUNT], &Principal::Root { account: "111111111111".parse().unwrap() }, false));
    }

    #[test]
    fn a_grant_to_others_is_for_nobody_who_is_listed() {
        let granted = |aws: &[&str], principal: &Principal| {
            let principals = Principals::new(&PrincipalElement::Not(set(aws)));
            principals.names(principal, Effect::Allow, false, None)
        };
        assert_eq!(granted(&[ACCOUNT], &user()), Named::Not);
        assert_eq!(granted(&[ROLE], &session()), Named::Not);
        assert_eq!(granted(&["222222222222"], &user()), Named::AsAnybody);
    }
}
