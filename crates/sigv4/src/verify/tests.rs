//! Verification as a whole, in small.
