//! Who gets in, and in which words others do not.
