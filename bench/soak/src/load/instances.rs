//! Instances that are launched, stopped, started and terminated; what was acknowledged must show, also after a kill.

use super::Load;
use crate::client::elements;

pub(crate) struct Fleet {
    instances: Vec<Instance>,
    launched: u64,
    image: String,
}

struct Instance {
    id: String,
    wanted: Wanted,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    Running,
    Stopped,
}

impl Fleet {
    /// Of the image that the default instance has.
    pub(crate) fn new(load: &mut Load) -> Option<Self> {
        let reply = load.client.metadata("GET", "/latest/meta-data/ami-id", None).ok()?;
        Some(Self { instances: Vec::new(), launched: 0, image: reply.text() })
    }

    pub(crate) fn turn(&mut self, load: &mut Load) {
        match load.random.below(6) {
            0 if self.instances.len() < MOST => self.launch(load),
            1 if self.instances.len() == MOST => self.terminate(load),
            2 => self.turn_off_or_on(load),
            _ => self.check(load),
        }
        load.pause(700);
    }

    /// The client token makes it one instance, however often it is asked for.
    fn launch(&mut self, load: &mut Load) {
        self.launched += 1;
        let token = format!("{}-{}", load.name, self.launched);
        let (mine, image) = (load.name.clone(), self.image.clone());
        let parameters = [
            ("ImageId", image.as_str()),
            ("InstanceType", "t3.nano"),
            ("MinCount", "1"),
            ("MaxCount", "1"),
            ("ClientToken", token.as_str()),
            ("TagSpecification.1.ResourceType", "instance"),
            ("TagSpecification.1.Tag.1.Key", "soak"),
            ("TagSpecification.1.Tag.1.Value", mine.as_str()),
        ];
        let reply = load.insist("ec2", "RunInstances", &parameters, &[]);
        if let Some(id) = reply.and_then(|reply| reply.element("instanceId")) {
            self.instances.push(Instance { id, wanted: Wanted::Running });
            load.client.world.count("instances launched");
        }
    }

    fn terminate(&mut self, load: &mut Load) {
        let instance = self.instances.swap_remove(load.random.index(self.instances.len()));
        load.insist("ec2", "TerminateInstances", &[("InstanceId.1", &instance.id)], &[]);
        load.client.world.count("instances terminated");
    }

    fn turn_off_or_on(&mut self, load: &mut Load) {
        if self.instances.is_empty() {
            return;
        }
        let index = load.random.index(self.instances.len());
        let (id, wanted) = (self.instances[index].id.clone(), self.instances[index].wanted);
        let (action, next) = match wanted {
            Wanted::Running => ("StopInstances", Wanted::Stopped),
            Wanted::Stopped => ("StartInstances", Wanted::Running),
        };
        let admin = load.client.world.admin.clone();
        loop {
            load.client.world.wait_until_up();
            match load.query(&admin, "ec2", "us-east-1", action, &[("InstanceId.1", &id)]) {
                Ok(reply) if reply.status == 200 => break,
                // It is on its way still: nothing is changed.
                Ok(reply) if reply.text().contains("IncorrectInstanceState") => return,
                Ok(reply) if reply.is_throttled() => load.pause(250),
                Ok(reply) => {
                    return load.client.world.find(format!("{action}: {} {}", reply.status, reply.text()));
                }
                Err(_) => load.client.world.count("changes cut off"),
            }
        }
        self.instances[index].wanted = next;
        load.client.world.count("instances stopped or started");
    }

    /// All that were acknowledged are there, as they should be, and no other.
    fn check(&self, load: &mut Load) {
        let admin = load.client.world.admin.clone();
        let mine = load.name.clone();
        let parameters = [
            ("Filter.1.Name", "tag:soak"),
            ("Filter.1.Value.1", mine.as_str()),
            ("Filter.2.Name", "instance-state-name"),
            ("Filter.2.Value.1", "pending"),
            ("Filter.2.Value.2", "running"),
            ("Filter.2.Value.3", "stopping"),
            ("Filter.2.Value.4", "stopped"),
        ];
        let reply = load.query(&admin, "ec2", "us-east-1", "DescribeInstances", &parameters);
        let Ok(reply) = reply else { return };
        if reply.status != 200 {
            if !reply.is_throttled() {
                load.client.world.find(format!("no instances: {} {}", reply.status, reply.text()));
            }
            return;
        }
        let text = reply.text();
        let (ids, states) = (elements(&text, "instanceId"), elements(&text, "instanceState"));
        let there: Vec<(String, String)> = ids
            .into_iter()
            .zip(states)
            .map(|(id, state)| (id, elements(&state, "name").pop().unwrap_or_default()))
            .collect();
        let is_right = |instance: &Instance| {
            let state = there.iter().find(|(id, _)| *id == instance.id).map(|(_, state)| state.as_str());
            matches!(
                (instance.wanted, state),
                (Wanted::Running, Some("pending" | "running"))
                    | (Wanted::Stopped, Some("stopping" | "stopped"))
            )
        };
        for wrong in self.instances.iter().filter(|instance| !is_right(instance)) {
            load.client.world.find(format!("{} should be {:?}; there are {there:?}", wrong.id, wrong.wanted));
        }
        if there.len() != self.instances.len() {
            let known: Vec<&str> = self.instances.iter().map(|instance| instance.id.as_str()).collect();
            load.client.world.find(format!("instances are {there:?}, should be {known:?}"));
        }
        load.client.world.count("censuses of instances");
    }
}

const MOST: usize = 6;
