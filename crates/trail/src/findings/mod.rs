//! What stands out in a trail.
//!
//! Rule: pure: entries go in one after the other, findings come out; each says by which events it is proved, why it matters, and what to do.
//! Groups are bounded in number, so a long trail takes no more memory than a short one.

mod denied;
mod elsewhere;
mod group;
mod habits;
mod shadow;
mod source;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::event::{Kept, Program};

/// Credentials that the metadata service handed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HandOut {
    pub time: Timestamp,
    /// ARN of the role.
    pub principal: String,
    pub access_key_id: String,
    /// `1.0`, `2.0`, `container`, or the name of a command.
    pub delivery: String,
    #[serde(default)]
    pub instance_id: Option<String>,
    /// To whom.
    #[serde(default)]
    pub program: Program,
    #[serde(default)]
    pub user_agent: Option<String>,
    /// How often, where like ones are counted together.
    #[serde(default = "once")]
    pub times: u64,
}

/// An instance with a role, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Standing {
    pub instance_id: String,
    pub role: String,
    /// Where it calls from.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// Whether any program of this machine is served as if it were on it.
    #[serde(default)]
    pub on_this_machine: bool,
}

/// Where a long-term key stands on this machine, as far as whoever looks may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyPlace {
    pub access_key_id: String,
    pub home: KeyHome,
    /// In words.
    pub told: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyHome {
    /// In the environment of whoever looks.
    Environment,
    DefaultProfile,
    /// In a profile that counts only where somebody names it.
    NamedProfile,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
}

/// Something that stands out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Finding {
    /// Such as `shadowed-role`.
    pub kind: String,
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// What was seen.
    pub evidence: Vec<String>,
    /// Why it is so, or matters.
    pub why: String,
    /// What to do.
    pub advice: Vec<String>,
    pub times: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    /// Of the first few; of calls alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub event_ids: Vec<String>,
}

/// Looks through a trail.
#[derive(Debug)]
pub struct Detective {
    hand_outs: Vec<HandOut>,
    shadow: shadow::Shadows,
    elsewhere: elsewhere::Strays,
    habits: habits::Habits,
    denied: denied::Rows,
}

impl Detective {
    /// One who knows the hand-outs of the same time, the instances that there are, and where keys stand.
    pub fn new(hand_outs: Vec<HandOut>, standing: Vec<Standing>, places: Vec<KeyPlace>) -> Self {
        Self {
            shadow: shadow::Shadows::new(&hand_outs, standing, places),
            elsewhere: elsewhere::Strays::new(&hand_outs),
            habits: habits::Habits::default(),
            denied: denied::Rows::default(),
            hand_outs,
        }
    }

    /// Calls are looked at in the order of time.
    pub fn look_at(&mut self, call: &Kept) {
        self.shadow.look_at(call);
        self.elsewhere.look_at(call);
        self.habits.look_at(call);
        self.denied.look_at(call);
    }

    /// The gravest first.
    pub fn findings(mut self) -> Vec<Finding> {
        self.hand_outs.iter().for_each(|hand_out| self.habits.look_at_hand_out(hand_out));
        let mut all = self.shadow.findings();
        all.extend(self.elsewhere.findings());
        all.extend(self.habits.findings());
        all.extend(self.denied.findings());
        all.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.last.cmp(&a.last)).then(a.title.cmp(&b.title)));
        all
    }
}

fn once() -> u64 {
    1
}
