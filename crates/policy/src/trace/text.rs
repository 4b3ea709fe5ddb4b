//! A trace for people: one line for each statement that speaks of the action.
//!
//! Rule: a line says the first thing that keeps a statement from applying, or the conditions under which it applies, and where it
//! stands.

use std::fmt;

use super::{ConditionTrace, StatementTrace, Trace};
use crate::document::Effect;
use crate::{ContextValue, Decision, Outcome};

/// Of a list, and of a value: what is longer is cut.
const MOST_VALUES: usize = 6;
const LONGEST_VALUE: usize = 120;

impl Trace {
    /// One line for each statement that speaks of the action, then how many others there are.
    pub fn lines(&self) -> Vec<String> {
        let (told, other): (Vec<_>, Vec<_>) =
            self.statements.iter().partition(|statement| statement.has_action);
        let mut lines: Vec<String> = told.iter().map(ToString::to_string).collect();
        match other.len() {
            0 => {}
            1 => lines.push("1 statement of other actions".to_owned()),
            count => lines.push(format!("{count} statements of other actions")),
        }
        lines
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.decision {
            Decision::Allowed => f.write_str("allowed")?,
            Decision::Denied(denial) if denial.explicit => {
                let article = denial.layer.article();
                write!(f, "denied by {article} {}", denial.layer.as_str())?
            }
            Decision::Denied(denial) => write!(f, "denied: no {} allows it", denial.layer.as_str())?,
        }
        self.lines().iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl fmt::Display for StatementTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.statement;
        write!(f, "{} {} {}", self.layer.as_str(), place.policy, place.span.start)?;
        if let Some(sid) = &place.sid {
            write!(f, " ({sid})")?;
        }
        let effect = match self.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        if self.applies {
            write!(f, ": {effect} applies")?;
            return self.conditions.iter().enumerate().try_for_each(|(place, condition)| {
                write!(f, "{}{condition}", if place == 0 { ": " } else { "; " })
            });
        }
        write!(f, ": {effect} does not apply: ")?;
        let unmet = self.conditions.iter().find(|condition| condition.outcome != Outcome::Met);
        match unmet {
            _ if !self.has_action => f.write_str("its actions are others"),
            _ if !self.has_principal => f.write_str("its principals are others"),
            _ if !self.has_resource => f.write_str("its resources are others"),
            Some(condition) => condition.fmt(f),
            None => f.write_str("it has no resources"),
        }
    }
}

impl fmt::Display for ConditionTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = values(&self.wanted);
        write!(f, "{} at {} wants {} {wanted}, ", self.operator, self.span.start, self.key)?;
        match (&self.had, self.outcome) {
            (_, Outcome::Failed) => f.write_str("which cannot be evaluated"),
            (None, _) => f.write_str("the request has no such key"),
            (Some(ContextValue::One(value)), _) => {
                write!(f, "the request has {}", values(std::slice::from_ref(value)))
            }
            (Some(ContextValue::Many(had)), _) => write!(f, "the request has many: {}", values(had)),
        }
    }
}

fn values(values: &[String]) -> String {
    let quoted = values.iter().take(MOST_VALUES).map(|value| match value.char_indices().nth(LONGEST_VALUE) {
        Some((at, _)) => format!("{:?}…", &value[..at]),
        None => format!("{value:?}"),
    });
    let mut text = quoted.collect::<Vec<_>>().join(" or ");
    if values.len() > MOST_VALUES {
        text += &format!(" or {} more", values.len() - MOST_VALUES);
    }
    text
}
