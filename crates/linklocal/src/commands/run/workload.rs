//! What a task, a pod or a function finds around it: which addresses answer, and its variables beside its credentials.
//!
//! Rule: as on AWS, where each has one way to its credentials and no metadata service. What connections to the others hear
//! is told at once, also where AWS lets a program wait for it. Sources: AWS Lambda Developer Guide, "Defined runtime
//! environment variables"; Amazon ECS Developer Guide, "Task metadata endpoint version 4 for tasks on Fargate"; Amazon EKS User
//! Guide, "Understand how EKS Pod Identity works"; aws/aws-sdk-js#3284 and adamchainz/ec2-metadata#59 for what Fargate and
//! Lambda say to connections.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use run::{Refusal, Route};
use types::link_local::{CONTAINER_V4, METADATA_V4, METADATA_V6, POD_IDENTITY_V4, POD_IDENTITY_V6};

use super::Changes;
use crate::arguments::Workload;

/// Who answers at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answerer {
    Metadata,
    Ecs,
    PodIdentity,
}

impl Answerer {
    /// `None` for addresses that are nobody's here.
    pub(super) fn at(destination: SocketAddr) -> Option<Self> {
        if destination.port() != 80 {
            return None;
        }
        match destination.ip() {
            IpAddr::V4(METADATA_V4) | IpAddr::V6(METADATA_V6) => Some(Self::Metadata),
            IpAddr::V4(CONTAINER_V4) => Some(Self::Ecs),
            IpAddr::V4(POD_IDENTITY_V4) | IpAddr::V6(POD_IDENTITY_V6) => Some(Self::PodIdentity),
            _ => None,
        }
    }

    /// What a program hears of it; on an instance everybody answers.
    pub(super) fn route(self, workload: Option<Workload>) -> Route {
        match (workload, self) {
            (None, _) | (Some(Workload::Ecs), Self::Ecs) | (Some(Workload::Eks), Self::PodIdentity) => {
                Route::Answer
            }
            (Some(Workload::Ecs), _) => Route::Refuse(Refusal::InvalidArgument),
            // As behind a network policy, or a hop limit of 1.
            (Some(Workload::Eks), _) => Route::Refuse(Refusal::TimedOut),
            (Some(Workload::Lambda), _) => Route::Refuse(Refusal::ConnectionRefused),
        }
    }
}

/// Where SDKs ask for credentials.
pub(super) fn asked(workload: Option<Workload>) -> Option<Ipv4Addr> {
    match workload {
        None => Some(METADATA_V4),
        Some(Workload::Ecs) => Some(CONTAINER_V4),
        Some(Workload::Eks) => Some(POD_IDENTITY_V4),
        Some(Workload::Lambda) => None,
    }
}

/// What SDKs find in such a program's environment beside the way to its credentials and its region.
pub(super) fn marks(workload: Workload) -> Changes {
    let marks: &[(&str, &str)] = match workload {
        Workload::Ecs => &[("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE")],
        Workload::Eks => &[("AWS_STS_REGIONAL_ENDPOINTS", "regional")],
        // A function has more of them, which are its own.
        Workload::Lambda => &[],
    };
    marks.iter().map(|(name, value)| (name.into(), Some(value.into()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_addresses_are_served_at_one_port() {
        for (destination, answerer) in [
            ("169.254.169.254:80", Some(Answerer::Metadata)),
            ("[fd00:ec2::254]:80", Some(Answerer::Metadata)),
            ("169.254.170.2:80", Some(Answerer::Ecs)),
            ("169.254.170.23:80", Some(Answerer::PodIdentity)),
            ("[fd00:ec2::23]:80", Some(Answerer::PodIdentity)),
            ("169.254.169.254:8080", None),
            ("169.254.169.253:80", None),
            ("169.254.169.123:80", None),
            ("[fd00:ec2::253]:80", None),
            ("[fe80::1]:80", None),
        ] {
            assert_eq!(Answerer::at(destination.parse().unwrap()), answerer, "{destination}");
        }
    }

    #[test]
    fn each_workload_reaches_its_own_agent_alone() {
        use Answerer::{Ecs, Metadata, PodIdentity};
        for (workload, reached) in [
            (None, &[Metadata, Ecs, PodIdentity][..]),
            (Some(Workload::Ecs), &[Ecs]),
            (Some(Workload::Eks), &[PodIdentity]),
            (Some(Workload::Lambda), &[]),
        ] {
            for answerer in [Metadata, Ecs, PodIdentity] {
                let answers = answerer.route(workload) == Route::Answer;
                assert_eq!(answers, reached.contains(&answerer), "{workload:?} {answerer:?}");
            }
        }
    }
}
