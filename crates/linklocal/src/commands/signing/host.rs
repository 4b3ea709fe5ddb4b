//! What the name of a host says about service and region.

use sigv4::hosts::{How, Signing, signing_of};

use super::Chosen;

/// Service and region, as far as the host says them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Told {
    /// As it was asked about.
    pub(in crate::commands) host: String,
    pub(in crate::commands) service: Option<Chosen>,
    pub(in crate::commands) region: Option<Chosen>,
    /// The service has no region in the name of this host: what the environment says counts for more.
    pub(in crate::commands) region_is_assumed: bool,
    /// One signature is to hold in all regions, which only SigV4a can.
    pub(in crate::commands) needs_sigv4a: bool,
    /// The data or a rule names this host, for one service.
    pub(in crate::commands) is_sure: bool,
    doubt: Option<String>,
}

impl Told {
    pub(in crate::commands) fn by(host: &str, target: &[u8]) -> Self {
        let path = String::from_utf8_lossy(target);
        match signing_of(host, &path) {
            Some(signing) => Self::of(host, &signing),
            None => Self { host: host.to_owned(), ..Self::default() },
        }
    }

    fn of(host: &str, signing: &Signing) -> Self {
        let origin = format!("the host: {}", signing.how.reason());
        let needs_sigv4a = signing.needs_sigv4a();
        Self {
            host: host.to_owned(),
            service: Some(Chosen::new(signing.service.clone(), origin.clone())),
            region: (!needs_sigv4a).then(|| Chosen::new(signing.region.clone(), origin)),
            region_is_assumed: signing.how == How::RegionAssumed,
            needs_sigv4a,
            is_sure: !matches!(signing.how, How::Guess | How::Ambiguous),
            doubt: doubt(host, signing),
        }
    }

    /// With S3 as the service of `s3://…`, where the host does not say one.
    pub(in crate::commands) fn or_s3(mut self) -> Self {
        self.service.get_or_insert_with(|| Chosen::new("s3", "s3://"));
        self
    }

    /// What somebody should know who has not decided themselves.
    pub(super) fn notes(&self, decided: bool) -> Vec<String> {
        self.doubt.iter().filter(|_| !decided).cloned().collect()
    }
}

fn doubt(host: &str, signing: &Signing) -> Option<String> {
    let Signing { service, region, how, others } = signing;
    match how {
        How::Table | How::Pattern | How::Rule(_) | How::RegionAssumed => None,
        How::Guess => Some(format!(
            "{host} is no host that is known: service {service} and region {region} are guessed from its labels; --service and \
             --region decide"
        )),
        How::Ambiguous => {
            let others: Vec<String> =
                others.iter().map(|other| format!("{} in {}", other.service, other.region)).collect();
            Some(format!(
                "{host} serves more than one service: {service} in {region} was taken, not {}; --service and --region decide",
                others.join(", ")
            ))
        }
        How::Unsigned(why) => Some(format!("{host} takes no signature: {why}")),
    }
}
