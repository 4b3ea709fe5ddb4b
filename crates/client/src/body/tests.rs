//! Bodies without a network.
