//! `configure undo`: the last change of the files, taken back.

use super::ground::Desk;
use crate::arguments::UndoArguments;
use crate::failure::Failure;

pub(super) fn run(_desk: &Desk, _arguments: &UndoArguments) -> Result<(), Failure> {
    Err(Failure::new("nothing can be taken back"))
}
