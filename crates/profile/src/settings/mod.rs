//! Settings beside credentials, each with where it came from: region, output, endpoint URL, CA bundle, and the
//! endpoints of STS, of the instance metadata service and of container agents.

use crate::Place;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    pub value: T,
    pub place: Place,
}
