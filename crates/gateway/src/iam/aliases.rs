//! The account's alias.

use account::iam::alias;
use account::{Check, ServiceError};
use wire::Structure;

use super::listing::{listed, page};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "CreateAccountAlias",
        checks: |_| Ok(vec![Check::new("iam:CreateAccountAlias", "*")]),
        run: create,
    },
    Operation {
        name: "DeleteAccountAlias",
        checks: |_| Ok(vec![Check::new("iam:DeleteAccountAlias", "*")]),
        run: delete,
    },
    Operation {
        name: "ListAccountAliases",
        checks: |_| Ok(vec![Check::new("iam:ListAccountAliases", "*")]),
        run: list,
    },
];

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| alias::create(directory, given(ask), ask.now))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    ask.account.change(|directory| alias::delete(directory, given(ask)))?;
    Ok(Structure::new())
}

fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = page(ask).cut(alias::get(ask.directory), |alias| alias)?;
    Ok(listed("AccountAliases", &page, |alias| (*alias).into()))
}

fn given<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("AccountAlias").unwrap_or_default()
}
