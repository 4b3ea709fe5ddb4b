//! Devices by their operations.
