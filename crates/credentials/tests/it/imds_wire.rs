//! imds_wire
