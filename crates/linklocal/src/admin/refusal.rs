//! Why a call was not done.

use serde::{Deserialize, Serialize};
use types::InstanceId;

/// Why a call was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "PascalCase")]
#[error("{message}")]
pub(crate) struct Refusal {
    /// EC2's error code where it has one, such as `InvalidInstanceID.NotFound`.
    pub(crate) code: String,
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

impl Refusal {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Nobody enters an instance in this state, for nothing answers there.
    pub(crate) fn does_not_run(id: &InstanceId, state: &str) -> Self {
        let hint = match state {
            "stopped" => format!("`linklocal instance start {id}` starts it"),
            "stopping" => format!("once it is stopped, `linklocal instance start {id}` starts it"),
            _ => "it does not come back: `linklocal instance launch` makes another, `linklocal instance list` shows those that run"
                .to_owned(),
        };
        Self::new("IncorrectInstanceState", format!("instance {id} is {state}, and nothing answers there"))
            .hint(hint)
    }
}
