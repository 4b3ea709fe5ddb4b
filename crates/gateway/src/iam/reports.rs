//! The account's summary and its credential report.

use account::iam::{report, summary};
use account::{Check, ServiceError};
use wire::{Structure, Value};

use super::policies::count;
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GenerateCredentialReport",
        checks: |_| Ok(vec![Check::new("iam:GenerateCredentialReport", "*")]),
        run: generate,
    },
    Operation {
        name: "GetAccountSummary",
        checks: |_| Ok(vec![Check::new("iam:GetAccountSummary", "*")]),
        run: summarise,
    },
    Operation {
        name: "GetCredentialReport",
        checks: |_| Ok(vec![Check::new("iam:GetCredentialReport", "*")]),
        run: get,
    },
];

fn generate(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let last_use = |id: &str| ask.account.uses().last(id).map(|last| account::KeyUse::clone(&last));
    let state = ask
        .account
        .change(|directory| Ok::<_, ServiceError>(report::generate(directory, &last_use, ask.now)))?;
    Ok(Structure::new().with("State", state.state).with_some("Description", state.description))
}

fn get(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let report = report::get(ask.directory, ask.now)?;
    Ok(Structure::new()
        .with("Content", report.content.clone().into_bytes())
        .with("ReportFormat", "text/csv")
        .with("GeneratedTime", report.generated_at))
}

fn summarise(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let entries = summary::summary(ask.directory);
    let map =
        entries.into_iter().map(|(key, number)| (key.to_owned(), Value::Integer(count(number)))).collect();
    Ok(Structure::new().with("SummaryMap", Value::Map(map)))
}
