//! Verifying: header and query, with the refusals of each family of services in their order.
