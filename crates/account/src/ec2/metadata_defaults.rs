//! What instances get that say nothing of their metadata options, and what the account insists on (EC2 user guide, "Configure the
//! Instance Metadata Service options", order of precedence; facts/imds.md section 1.8).
//!
//! Rule: each option is decided for itself, by the first that says something of it: the launch, the account in this region, the
//! image, EC2. What the account enforces is asked of the result, whoever decided it.

use types::Region;
use types::instance::{Endpoint, HopLimit, MetadataOptions, Switch, Tokens};

use crate::directory::{Directory, MetadataDefaults};
use crate::{MetadataOptionsChange, ServiceError};

/// A change of what the account prefers; what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetadataDefaultsChange {
    pub http_endpoint: Option<Preference<Endpoint>>,
    pub http_tokens: Option<Preference<Tokens>>,
    pub http_put_response_hop_limit: Option<Preference<HopLimit>>,
    pub instance_metadata_tags: Option<Preference<Switch>>,
    pub http_tokens_enforced: Option<Preference<Switch>>,
}

/// A preference, or `no-preference`.
pub type Preference<T> = Option<T>;

/// The options that a launch in `region` gives: what it asks for, over what the account prefers, over what the image needs (its
/// `ImdsSupport` is `v2.0`).
///
/// # Errors
/// `UnsupportedOperation` where tokens would be optional and the account insists on them.
pub fn launch_options(
    directory: &Directory,
    region: &Region,
    asked: MetadataOptionsChange,
    image_requires_tokens: bool,
) -> Result<MetadataOptions, ServiceError> {
    let none = MetadataDefaults::default();
    let defaults = in_region(directory, region).unwrap_or(&none);
    let of_account = MetadataOptionsChange {
        http_endpoint: defaults.http_endpoint,
        http_tokens: defaults.http_tokens,
        http_put_response_hop_limit: defaults.http_put_response_hop_limit,
        http_protocol_ipv6: None,
        instance_metadata_tags: defaults.instance_metadata_tags,
    };
    let options = asked.applied_to(of_account.applied_to(of_image(image_requires_tokens)));
    if enforces_tokens(directory, region) && options.http_tokens == Tokens::Optional {
        return Err(ServiceError::new("UnsupportedOperation", 400, NO_LAUNCH));
    }
    Ok(options)
}

/// An image that needs tokens is for containers, too: the reply may travel one hop more.
fn of_image(requires_tokens: bool) -> MetadataOptions {
    if !requires_tokens {
        return MetadataOptions::default();
    }
    let two = HopLimit::try_from(2).expect("it lies between 1 and 64");
    MetadataOptions {
        http_tokens: Tokens::Required,
        http_put_response_hop_limit: two,
        ..MetadataOptions::default()
    }
}

/// Refuses a change that would let an instance do without tokens where the account insists on them.
///
/// # Errors
/// `UnsupportedOperation`
pub fn refuse_optional_tokens(
    directory: &Directory,
    region: &Region,
    change: &MetadataOptionsChange,
) -> Result<(), ServiceError> {
    if enforces_tokens(directory, region) && change.http_tokens == Some(Tokens::Optional) {
        return Err(ServiceError::new("UnsupportedOperation", 400, NO_CHANGE));
    }
    Ok(())
}

/// What the account prefers in a region; `None` where nobody ever said anything.
pub fn in_region<'a>(directory: &'a Directory, region: &Region) -> Option<&'a MetadataDefaults> {
    directory.metadata_defaults.get(region.as_str()).map(|defaults| &**defaults)
}

/// Whether the account insists on tokens in a region.
pub fn enforces_tokens(directory: &Directory, region: &Region) -> bool {
    let enforced = in_region(directory, region).and_then(|defaults| defaults.http_tokens_enforced);
    enforced.is_some_and(Switch::is_enabled)
}

/// `ModifyInstanceMetadataDefaults`
pub fn modify(directory: &mut Directory, region: &Region, change: &MetadataDefaultsChange) {
    let before = in_region(directory, region).cloned().unwrap_or_default();
    let defaults = MetadataDefaults {
        region: region.as_str().to_owned(),
        http_endpoint: change.http_endpoint.unwrap_or(before.http_endpoint),
        http_tokens: change.http_tokens.unwrap_or(before.http_tokens),
        http_put_response_hop_limit: change
            .http_put_response_hop_limit
            .unwrap_or(before.http_put_response_hop_limit),
        instance_metadata_tags: change.instance_metadata_tags.unwrap_or(before.instance_metadata_tags),
        http_tokens_enforced: change.http_tokens_enforced.unwrap_or(before.http_tokens_enforced),
    };
    let says_nothing =
        MetadataDefaults { region: String::new(), ..defaults.clone() } == MetadataDefaults::default();
    if says_nothing {
        directory.metadata_defaults.remove(region.as_str());
    } else {
        directory.metadata_defaults.insert(defaults);
    }
}

const NO_LAUNCH: &str = "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch \
     the instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the \
     ModifyInstanceMetadataDefaults API or the account settings in the EC2 console.";
/// As seen on AWS; its user guide shows the text of launches in its place.
const NO_CHANGE: &str =
    "You can't set httpTokens to 'optional' because httpTokensEnforced is enabled for this account.";

#[cfg(test)]
mod tests {
    use types::Partition;

    use super::*;

    fn asked(tokens: Option<Tokens>, hops: Option<i64>) -> MetadataOptionsChange {
        MetadataOptionsChange {
            http_tokens: tokens,
            http_put_response_hop_limit: hops.map(|hops| hops.try_into().unwrap()),
            ..MetadataOptionsChange::default()
        }
    }

    fn directory(change: MetadataDefaultsChange) -> (Directory, Region) {
        let region = "eu-west-1".parse().unwrap();
        let mut directory = Directory::new(Partition::Aws, "111122223333".parse().unwrap());
        modify(&mut directory, &region, &change);
        (directory, region)
    }

    /// Each row: the account's tokens and hops, whether the image needs tokens, what the launch says, what comes of it.
    #[test]
    fn the_first_that_says_something_decides_each_option_for_itself() {
        use Tokens::{Optional, Required};
        for (account, image, launch, expected) in [
            ((None, None), false, (None, None), (Optional, 1)),
            ((None, None), true, (None, None), (Required, 2)),
            ((Some(Optional), None), true, (None, None), (Optional, 2)),
            ((None, Some(3)), true, (None, None), (Required, 3)),
            ((Some(Required), Some(3)), false, (None, None), (Required, 3)),
            ((Some(Required), Some(3)), true, (Some(Optional), None), (Optional, 3)),
            ((Some(Required), None), true, (None, Some(64)), (Required, 64)),
        ] {
            let (directory, region) = directory(MetadataDefaultsChange {
                http_tokens: Some(account.0),
                http_put_response_hop_limit: Some(account.1.map(|hops: i64| hops.try_into().unwrap())),
                ..MetadataDefaultsChange::default()
            });
            let options = launch_options(&directory, &region, asked(launch.0, launch.1), image).unwrap();
            let found = (options.http_tokens, i64::from(options.http_put_response_hop_limit));
            assert_eq!(found, expected, "{account:?} {image} {launch:?}");
            let elsewhere = "us-east-1".parse().unwrap();
            let ec2 = launch_options(&directory, &elsewhere, asked(None, None), false).unwrap();
            assert_eq!(ec2, MetadataOptions::default());
        }
    }

    #[test]
    fn what_is_enforced_is_asked_of_the_result() {
        let enforced = MetadataDefaultsChange {
            http_tokens_enforced: Some(Some(Switch::Enabled)),
            ..Default::default()
        };
        let (mut directory, region) = directory(enforced);
        let launch = |directory: &Directory, tokens| {
            launch_options(directory, &region, asked(tokens, None), false).map_err(|error| error.code)
        };
        assert_eq!(launch(&directory, None).unwrap_err(), "UnsupportedOperation");
        launch(&directory, Some(Tokens::Required)).unwrap();
        let required =
            MetadataDefaultsChange { http_tokens: Some(Some(Tokens::Required)), ..Default::default() };
        modify(&mut directory, &region, &required);
        launch(&directory, None).unwrap();
        assert_eq!(launch(&directory, Some(Tokens::Optional)).unwrap_err(), "UnsupportedOperation");
        let refused = |tokens| refuse_optional_tokens(&directory, &region, &asked(tokens, Some(2))).is_err();
        assert!(refused(Some(Tokens::Optional)) && !refused(Some(Tokens::Required)) && !refused(None));
    }

    #[test]
    fn no_preference_leaves_nothing_behind() {
        let some = MetadataDefaultsChange {
            http_endpoint: Some(Some(Endpoint::Disabled)),
            instance_metadata_tags: Some(Some(Switch::Enabled)),
            ..Default::default()
        };
        let (mut directory, region) = directory(some);
        let none = MetadataDefaultsChange { http_endpoint: Some(None), ..Default::default() };
        modify(&mut directory, &region, &none);
        let left = in_region(&directory, &region).unwrap();
        assert_eq!((left.http_endpoint, left.instance_metadata_tags), (None, Some(Switch::Enabled)));
        let none = MetadataDefaultsChange { instance_metadata_tags: Some(None), ..Default::default() };
        modify(&mut directory, &region, &none);
        assert_eq!(in_region(&directory, &region), None);
    }
}
