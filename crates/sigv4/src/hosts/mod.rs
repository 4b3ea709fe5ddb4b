//! Region and service from the name of a host.
