//! What can have tags, and where its tags are kept.

use std::collections::{BTreeMap, BTreeSet};

use account::ServiceError;
use account::directory::{Directory, KeyPairRecord, ResourceTags, Tag};
use account::ec2::catalogue::{Image, Network, Routing};
use account::ec2::key_pair;
use account::ec2::named;
use account::ec2::resource::ResourceKind;
use account::ec2::tag::{self, check_servable, list, map};
use account::ec2::volume::{present, volumes};
use types::instance::Switch;
use types::{Instance, InstanceId};

use super::filters::{instances, place};
use super::instance_check::found;
use crate::Ask;

/// Everything of a region that can have tags, by ids.
pub(super) struct Resources(BTreeMap<String, Resource>);

/// One of them, as it was when it was read.
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) kind: ResourceKind,
    /// In its ARN: the id, but of key pairs the name.
    pub(super) name: String,
    pub(super) tags: Vec<Tag>,
    keeper: Keeper,
}

/// Whose record the tags are in.
enum Keeper {
    /// An instance has its own, those of its volumes and those of its interfaces. Its own may have to show in its metadata.
    Instance {
        id: InstanceId,
        shown: Switch,
    },
    KeyPair,
    /// A table of nothing but tags.
    Directory,
}

impl Resources {
    pub(super) fn read(ask: &Ask<'_>) -> Result<Self, ServiceError> {
        let mut resources = Self(BTreeMap::new());
        let instances = instances(ask)?;
        for instance in &instances {
            resources.add_instance(ask, instance);
        }
        for pair in key_pair::of_region(ask.directory, ask.region) {
            resources.add(ResourceKind::KeyPair, &pair.key_pair_id, pair.tags.clone(), Keeper::KeyPair);
            resources
                .0
                .entry(pair.key_pair_id.clone())
                .and_modify(|held| held.name.clone_from(&pair.key_name));
        }
        resources.add_network(ask, &instances);
        for image in Image::all(&place(ask), &instances) {
            let tags = kept(ask.directory, &image.image_id);
            resources.add(ResourceKind::Image, &image.image_id, tags, Keeper::Directory);
        }
        Ok(resources)
    }

    /// Those with these ids, and perhaps others: an instance or a key pair is found without reading all instances of the region.
    pub(super) fn with_ids(ask: &Ask<'_>, ids: &BTreeSet<&str>) -> Result<Self, ServiceError> {
        let mut resources = Self(BTreeMap::new());
        for id in ids {
            match ResourceKind::of_id(id) {
                Some(ResourceKind::Instance) => match found(ask, &named::instance_id(id)?) {
                    Ok(view) if view.instance.life.is_gone(ask.now) => {}
                    Ok(view) => resources.add_instance(ask, &view.instance),
                    Err(error) if error.status == 400 => {}
                    Err(error) => return Err(error),
                },
                Some(ResourceKind::KeyPair) => {
                    if let Ok(pair) = key_pair::with_id(ask.directory, ask.region, id) {
                        resources.add_key_pair(pair);
                    }
                }
                Some(_) => return Self::read(ask),
                None => {}
            }
        }
        Ok(resources)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Resource> {
        self.0.get(id)
    }

    /// In the order of their ids.
    pub(super) fn all(&self) -> impl Iterator<Item = &Resource> {
        self.0.values()
    }

    fn add(&mut self, kind: ResourceKind, id: &str, tags: Vec<Tag>, keeper: Keeper) {
        let resource = Resource { id: id.to_owned(), kind, name: id.to_owned(), tags, keeper };
        self.0.insert(id.to_owned(), resource);
    }

    fn add_key_pair(&mut self, pair: &KeyPairRecord) {
        self.add(ResourceKind::KeyPair, &pair.key_pair_id, pair.tags.clone(), Keeper::KeyPair);
        self.0.entry(pair.key_pair_id.clone()).and_modify(|held| held.name.clone_from(&pair.key_name));
    }

    fn add_instance(&mut self, ask: &Ask<'_>, instance: &Instance) {
        let keeper = |shown| Keeper::Instance { id: instance.instance_id.clone(), shown };
        let shown = instance.metadata_options.instance_metadata_tags;
        let id = instance.instance_id.as_str();
        self.add(ResourceKind::Instance, id, list(&instance.tags), keeper(shown));
        for volume in present(instance, ask.host.seed()) {
            let tags = list(&volume.tags);
            self.add(ResourceKind::Volume, &volume.volume_id, tags, keeper(Switch::Disabled));
        }
        if instance.life.is_terminated() {
            return;
        }
        for interface in &instance.network_interfaces {
            let id = &interface.network_interface_id;
            let tags = instance.life.interface_tags.get(id).map(list).unwrap_or_default();
            self.add(ResourceKind::NetworkInterface, id, tags, keeper(Switch::Disabled));
        }
    }

    fn add_network(&mut self, ask: &Ask<'_>, instances: &[Instance]) {
        let standing = instances.iter().filter(|instance| !instance.life.is_terminated());
        let network = Network::new(&place(ask), ask.directory, standing);
        let routing = Routing::new(&place(ask), ask.directory, &network);
        for gateway in routing.internet_gateways {
            let id = &gateway.internet_gateway_id;
            self.add(ResourceKind::InternetGateway, id, gateway.tags, Keeper::Directory);
        }
        for table in routing.route_tables {
            self.add(ResourceKind::RouteTable, &table.route_table_id, table.tags, Keeper::Directory);
        }
        for acl in routing.network_acls {
            self.add(ResourceKind::NetworkAcl, &acl.network_acl_id, acl.tags, Keeper::Directory);
        }
        for options in routing.dhcp_options {
            self.add(ResourceKind::DhcpOptions, &options.dhcp_options_id, options.tags, Keeper::Directory);
        }
        for vpc in network.vpcs {
            self.add(ResourceKind::Vpc, &vpc.vpc_id, vpc.tags, Keeper::Directory);
        }
        for subnet in network.subnets {
            self.add(ResourceKind::Subnet, &subnet.subnet_id, subnet.tags, Keeper::Directory);
        }
        for group in network.security_groups {
            self.add(ResourceKind::SecurityGroup, &group.group_id, group.tags, Keeper::Directory);
        }
    }
}

impl Resource {
    /// What an id is of that nothing has.
    ///
    /// # Errors
    /// `InvalidID`
    pub(super) fn kind_of(id: &str) -> Result<ResourceKind, ServiceError> {
        ResourceKind::of_id(id).ok_or_else(|| {
            let shown = &id[..id.floor_char_boundary(MAX_SHOWN)];
            ServiceError::new("InvalidID", 400, format!("The ID '{shown}' is not valid"))
        })
    }

    pub(super) fn not_found(id: &str) -> ServiceError {
        match Self::kind_of(id) {
            Ok(kind) => kind.not_found(id),
            Err(error) => error,
        }
    }

    /// Refuses tags that cannot be added, before any resource of the request got some.
    pub(super) fn check_set(&self, tags: &[Tag]) -> Result<(), ServiceError> {
        if let Keeper::Instance { shown, .. } = self.keeper {
            tags.iter().try_for_each(|tag| check_servable(&tag.key, shown))?;
        }
        tag::set(&mut map(&self.tags), tags)
    }

    pub(super) fn set(&self, ask: &Ask<'_>, tags: &[Tag]) -> Result<(), ServiceError> {
        self.change(ask, |held| tag::set(held, tags))
    }

    pub(super) fn unset(&self, ask: &Ask<'_>, tags: &[(String, Option<String>)]) -> Result<(), ServiceError> {
        self.change(ask, |held| {
            tag::unset(held, tags);
            Ok(())
        })
    }

    fn change(
        &self,
        ask: &Ask<'_>,
        edit: impl Fn(&mut BTreeMap<String, String>) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        match &self.keeper {
            Keeper::Instance { id, .. } => {
                let changed = ask.host.instances().update(id, |instance| self.edit(ask, instance, &edit))?;
                Ok(ask.host.publish(&changed)?)
            }
            Keeper::KeyPair => ask.account.change(|directory| {
                let Some(pair) = directory.key_pairs.get_mut(&self.id) else {
                    return Err(Self::not_found(&self.id));
                };
                edit_list(&mut pair.tags, &edit)
            }),
            Keeper::Directory => ask.account.change(|directory| {
                let mut tags = kept(directory, &self.id);
                edit_list(&mut tags, &edit)?;
                keep(directory, &self.id, ask.region.as_str(), tags);
                Ok(())
            }),
        }
    }

    /// In the record of the instance that it is, or is of.
    fn edit(
        &self,
        ask: &Ask<'_>,
        instance: &mut Instance,
        edit: impl Fn(&mut BTreeMap<String, String>) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        match self.kind {
            ResourceKind::Volume => {
                let mut volumes = volumes(instance, ask.host.seed());
                let found = volumes.iter_mut().find(|volume| volume.volume_id == self.id);
                edit(&mut found.ok_or_else(|| Self::not_found(&self.id))?.tags)?;
                instance.life.volumes = volumes;
                Ok(())
            }
            ResourceKind::NetworkInterface => {
                let tags = instance.life.interface_tags.entry(self.id.clone()).or_default();
                edit(tags)?;
                instance.life.interface_tags.retain(|_, tags| !tags.is_empty());
                Ok(())
            }
            _ => edit(&mut instance.tags),
        }
    }
}

fn edit_list(
    tags: &mut Vec<Tag>,
    edit: impl Fn(&mut BTreeMap<String, String>) -> Result<(), ServiceError>,
) -> Result<(), ServiceError> {
    let mut held = map(tags);
    edit(&mut held)?;
    *tags = list(&held);
    Ok(())
}

fn kept(directory: &Directory, id: &str) -> Vec<Tag> {
    directory.resource_tags.get(id).map_or_else(Vec::new, |held| held.tags.clone())
}

/// What has no tags has no record.
fn keep(directory: &mut Directory, id: &str, region: &str, tags: Vec<Tag>) {
    if tags.is_empty() {
        directory.resource_tags.remove(id);
    } else if kept(directory, id) != tags {
        let record = ResourceTags { resource_id: id.to_owned(), region: region.to_owned(), tags };
        directory.resource_tags.insert(record);
    }
}

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;
