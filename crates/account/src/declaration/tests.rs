//! Declarations against the instances they make.
