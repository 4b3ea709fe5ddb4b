//! `linklocal doctor`: checks a metadata endpoint against EC2.

use super::Context;
use crate::arguments::DoctorArguments;
use crate::failure::Failure;

pub(super) async fn run(_context: &Context, _arguments: DoctorArguments) -> Result<(), Failure> {
    Err(Failure::new("not built yet"))
}
