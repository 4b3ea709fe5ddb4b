//! Explanations of mismatches that were made on purpose.
