//! Bodies in chunks, as a whole.
