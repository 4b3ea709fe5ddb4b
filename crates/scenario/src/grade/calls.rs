//! How many requests of which kind, and over how many connections.

use std::collections::HashMap;

use serde::Serialize;

use super::{Kind, Record, plural};

/// The requests that a client made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Calls {
    pub total: usize,
    /// For a session token.
    pub token: usize,
    /// For the role's name.
    pub role_list: usize,
    /// For a document with credentials.
    pub credentials: usize,
    pub container: usize,
    /// For anything else.
    pub other: usize,
    pub connections: usize,
    /// Above 1 connections were kept alive.
    pub most_on_one_connection: usize,
}

impl Calls {
    pub(super) fn of(records: &[Record]) -> Self {
        let count = |kind| records.iter().filter(|record| record.kind == kind).count();
        let mut connections = HashMap::<u64, usize>::new();
        for record in records {
            *connections.entry(record.connection).or_default() += 1;
        }
        Self {
            total: records.len(),
            token: count(Kind::Token),
            role_list: count(Kind::RoleList),
            credentials: count(Kind::Credentials),
            container: count(Kind::Container),
            other: count(Kind::Metadata),
            connections: connections.len(),
            most_on_one_connection: connections.into_values().max().unwrap_or(0),
        }
    }

    pub(super) fn told(&self) -> String {
        let kinds = [
            (self.token, "for a token"),
            (self.role_list, "for the role's name"),
            (self.credentials, "for credentials"),
            (self.container, "for container credentials"),
            (self.other, "for other metadata"),
        ];
        let there = kinds.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = there.map(|(count, what)| format!("{count} {what}")).collect();
        if parts.is_empty() {
            return "none".to_owned();
        }
        let over = match self.most_on_one_connection {
            1 => "each on a connection of its own".to_owned(),
            most => {
                format!("over {}, up to {most} on one", plural(self.connections, "connection", "connections"))
            }
        };
        format!("{}: {}; {over}", self.total, parts.join(", "))
    }
}
