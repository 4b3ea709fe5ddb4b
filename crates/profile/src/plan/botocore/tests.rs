//! Scenarios and which source wins them.
