//! The task metadata endpoint of Amazon ECS, version 4 and the older 3: what a task on AWS Fargate reads about itself.
//!
//! Rule: a task is an instance seen from within a container: same account, zone, network interface and name, and an id that
//! follows from the instance's. What an instance does not have (cluster, task definition, image) is the same for all. Sources:
//! Amazon ECS Developer Guide, "Task metadata endpoint version 4 for tasks on Fargate", and the agent that answers it
//! (aws/amazon-ecs-agent, `ecs-agent/tmds/handlers/v4`).

mod response;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use types::{InstanceId, Timestamp};

use crate::path::Path;
use crate::{ContainerRefusal, Rendered};

/// Where a task's only container asks, as the last part of its URI: the task's id and a number of the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskEndpoint {
    /// 32 hexadecimal digits, the first 17 of which are the instance's.
    task_id: String,
    /// Ten decimal digits.
    container: String,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskQuestion {
    id: String,
    version: TaskVersion,
    document: TaskDocument,
}

/// Version 4 tells of the network what version 3 does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TaskVersion {
    V3,
    V4,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TaskDocument {
    Container,
    Task,
    ContainerStats,
    TaskStats,
}

impl TaskEndpoint {
    pub fn of(instance: &InstanceId) -> Self {
        let digits = instance.as_str().trim_start_matches("i-");
        let rest = spread(instance.as_str());
        let task_id = format!("{digits:0>INSTANCE_DIGITS$}{:015x}", rest >> 4);
        Self { task_id, container: format!("{:010}", rest % 10_000_000_000) }
    }

    /// The variables that lead a program there, by the agent's URL.
    pub fn variables(&self, agent: &str) -> [(&'static str, String); 2] {
        [
            ("ECS_CONTAINER_METADATA_URI_V4", format!("{agent}/v4/{}", self.id())),
            ("ECS_CONTAINER_METADATA_URI", format!("{agent}/v3/{}", self.id())),
        ]
    }

    fn id(&self) -> String {
        format!("{}-{}", self.task_id, self.container)
    }
}

impl TaskQuestion {
    /// `None` for a path that is none of this endpoint's.
    pub fn of(target: &str) -> Option<Self> {
        let path = Path::parse(target).ok().filter(|path| !path.ends_in_slash())?;
        let segments: Vec<&str> = path.segments().collect();
        let (version, id, rest) = match segments.as_slice() {
            ["v3", id, rest @ ..] => (TaskVersion::V3, id, rest),
            ["v4", id, rest @ ..] => (TaskVersion::V4, id, rest),
            _ => return None,
        };
        let document = match rest {
            [] => TaskDocument::Container,
            // There are no tags.
            ["task" | "taskWithTags"] => TaskDocument::Task,
            ["stats"] => TaskDocument::ContainerStats,
            ["task", "stats"] => TaskDocument::TaskStats,
            _ => return None,
        };
        Some(Self { id: (*id).to_owned(), version, document })
    }

    /// The instance whose task it is about, if there is one of that id.
    pub fn holder(&self) -> Option<InstanceId> {
        let digits = self.id.get(..INSTANCE_DIGITS)?;
        // The short ids of old are filled up with zeros.
        let short = digits.strip_prefix("000000000").unwrap_or_default();
        let named = [digits, short].into_iter().filter_map(|digits| format!("i-{digits}").parse().ok());
        let mut named = named.filter(|instance| TaskEndpoint::of(instance).id() == self.id);
        named.next()
    }

    /// The document about the task on an instance.
    pub fn answer(&self, rendered: &Rendered, now: Timestamp) -> Bytes {
        let task = response::Facts::of(rendered);
        let is_v4 = self.version == TaskVersion::V4;
        match self.document {
            TaskDocument::Container => task.container(is_v4),
            TaskDocument::Task => task.task(is_v4, now),
            TaskDocument::ContainerStats => task.container_stats(now),
            TaskDocument::TaskStats => task.task_stats(now),
        }
    }

    /// What is said where nobody has the id: a JSON string, as the agent writes it.
    pub fn unknown(&self) -> ContainerRefusal {
        let (handler, what) = match self.document {
            TaskDocument::Container => ("container metadata", "container ID"),
            TaskDocument::Task => ("task metadata", "task ARN"),
            TaskDocument::ContainerStats => ("container stats", "container ID"),
            TaskDocument::TaskStats => ("task stats", "task ARN"),
        };
        let version = if self.version == TaskVersion::V4 { "V4" } else { "V3" };
        let text =
            format!("{version} {handler} handler: unable to get {what} from request: unknown endpoint ID");
        let body = serde_json::to_vec(&text).expect("text has a JSON form").into();
        ContainerRefusal { status: 404, is_json: true, body }
    }
}

/// FNV-1a: digits that differ from instance to instance and are no secret.
fn spread(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

const INSTANCE_DIGITS: usize = 17;
