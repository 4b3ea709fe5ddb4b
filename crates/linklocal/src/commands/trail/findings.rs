//! `linklocal trail findings`
use crate::arguments::FindingsArguments;
use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
pub(super) fn run(_: &Place, _: &FindingsArguments, _: Output) -> Result<(), Failure> {
    Ok(())
}
