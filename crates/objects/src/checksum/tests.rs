//! Values of other programs.
use super::*;
