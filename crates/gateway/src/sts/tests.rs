//! STS as a whole.
