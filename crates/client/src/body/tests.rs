//! Bodies without a network.

