//! Launches while somebody else changes IAM.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use store::MemoryStore;

use super::*;
use crate::Changed;
use crate::ec2::UnrenderedHost;
use crate::ec2::profile::ProfileSpecification;
use crate::iam::bootstrap::{InstanceRole, bootstrap, ensure_instance_role};
use crate::iam::instance_profile;
use crate::identifier::Seed;

const ACCOUNT: &str = "111122223333";
const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);

/// When the role is taken out of the profile, which is called as the role is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meddling {
    BeforeTheTurn,
    BeforeTheCommit,
    /// Nothing is done to the profile; others are always faster on the store.
    Contention,
}

/// A host on which somebody takes the role out of the profile while instances are launched.
#[derive(Debug)]
struct MeddledHost {
    host: UnrenderedHost,
    account: Arc<Account>,
    meddling: Meddling,
    refused: AtomicU32,
}

struct MeddledTurn<'a>(Box<dyn HostTurn + 'a>, &'a MeddledHost);

impl MeddledHost {
    fn meddle(&self, now: Meddling) {
        if now == self.meddling {
            let name = profile_name(&self.account);
            self.account
                .change(|directory| instance_profile::remove_role(directory, &name, "linklocal"))
                .unwrap();
            let aligned = profile::align(self.instances(), &self.account, ProfileScope::Profile(&name));
            assert_eq!(aligned.unwrap().instances, []);
        }
    }
}

impl InstanceHost for MeddledHost {
    fn instances(&self) -> &crate::Instances {
        self.host.instances()
    }

    fn seed(&self) -> &Seed {
        self.host.seed()
    }

    fn turn(&self) -> Box<dyn HostTurn + '_> {
        self.meddle(Meddling::BeforeTheTurn);
        Box::new(MeddledTurn(self.host.turn(), self))
    }

    fn propagation_delay(&self) -> Duration {
        Duration::ZERO
    }

    fn transition_delay(&self) -> Duration {
        Duration::ZERO
    }
}

impl HostTurn for MeddledTurn<'_> {
    fn launch(
        &mut self,
        instances: Vec<Instance>,
        token: Option<&LaunchToken<'_>>,
    ) -> Result<Vec<Instance>, InstanceError> {
        self.1.meddle(Meddling::BeforeTheCommit);
        if self.1.meddling == Meddling::Contention {
            self.1.refused.fetch_add(1, Ordering::Relaxed);
            return Err(InstanceError::Contended(instances[0].instance_id.clone()));
        }
        self.0.launch(instances, token)
    }

    fn publish(&mut self, changed: &Changed) -> Result<(), InstanceError> {
        self.0.publish(changed)
    }
}

fn host(meddling: Meddling) -> MeddledHost {
    let store = Arc::new(MemoryStore::new());
    let seed = Seed::from_text("launches");
    let account = Arc::new(Account::open(store.clone(), ACCOUNT.parse().unwrap()).unwrap());
    let declared = Declaration { account_id: Some(account.account_id()), ..Declaration::default() };
    let instance = Declaration::believable().resolve(&declared, &seed, 0, NOW).unwrap();
    let profile = instance.iam_instance_profile.unwrap();
    let role = profile.role.clone().unwrap();
    account
        .change(|directory| {
            bootstrap(directory, NOW, &[9; 64])?;
            ensure_instance_role(directory, &InstanceRole { profile: &profile, role: &role, now: NOW });
            Ok::<_, ServiceError>(())
        })
        .unwrap();
    let host = UnrenderedHost::new(crate::Instances::new(store, seed), seed);
    MeddledHost { host, account, meddling, refused: AtomicU32::new(0) }
}

fn profile_name(account: &Account) -> String {
    account.directory().instance_profiles.iter().next().unwrap().instance_profile_name.clone()
}

fn launched(host: &MeddledHost) -> Result<Vec<InstanceView>, ServiceError> {
    launched_as(host, &host.account.directory())
}

fn launched_as(host: &MeddledHost, authorised: &Directory) -> Result<Vec<InstanceView>, ServiceError> {
    let region: Region = "us-east-1".parse().unwrap();
    let place = Place { seed: host.seed(), account_id: host.account.account_id(), region: &region };
    let image = Image::all(&place, []).into_iter().find(|image| image.architecture == "x86_64").unwrap();
    let name = profile_name(&host.account);
    let profile = Some(ProfileSpecification { arn: None, name: Some(&name) });
    let wish = Wish { min_count: 2, max_count: 2, image_id: &image.image_id, profile, ..Wish::default() };
    Launcher { host, account: &host.account, authorised, region: &region, now: NOW }.run(&wish)
}

#[test]
fn role_that_is_taken_away_before_the_turn_is_not_handed_out() {
    let error = launched(&host(Meddling::BeforeTheTurn)).unwrap_err();
    assert!(error.message.ends_with("has no associated IAM Roles"), "{error}");
}

#[test]
fn role_that_is_taken_away_during_a_launch_is_not_handed_out() {
    let host = host(Meddling::BeforeTheCommit);
    for view in launched(&host).unwrap() {
        let instance = host.instances().describe(&view.instance.instance_id).unwrap().instance;
        assert_eq!(instance.iam_instance_profile.unwrap().role, None);
    }
}

#[test]
fn launch_that_the_store_refuses_is_not_tried_as_if_its_token_were_used() {
    let host = host(Meddling::Contention);
    let error = launched(&host).unwrap_err();
    assert_eq!((&*error.code, error.status), ("Unavailable", 503));
    assert_eq!(host.refused.into_inner(), 1);
}

#[test]
fn role_that_came_after_the_request_was_authorised_is_not_handed_out() {
    let host = host(Meddling::Contention);
    let name = profile_name(&host.account);
    let change = |edit: fn(&mut Directory, &str, &str) -> Result<(), ServiceError>| {
        host.account.change(|directory| edit(directory, &name, "linklocal")).unwrap();
    };
    change(instance_profile::remove_role);
    let authorised = host.account.directory();
    change(instance_profile::add_role);
    let error = launched_as(&host, &authorised).unwrap_err();
    assert_eq!((&*error.code, error.status), ("Unavailable", 503));
    assert!(error.inside.unwrap().starts_with("another role came into arn:aws:iam::"));
    assert_eq!(host.refused.into_inner(), 0);
}
