//! Service Quotas: what there is, what was raised, and requests to raise.
