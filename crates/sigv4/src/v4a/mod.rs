//! SigV4a: signatures by ECDSA over P-256, good for a set of regions.
