//! Filters and pages as requests give them.

use account::ServiceError;
use account::ec2::filter::{Filtered, Filters};
use account::ec2::page::{List, PageLimits, PageRequest};

use crate::Ask;

/// `Filter.N`, for resources `T`.
pub(crate) fn filters<T: Filtered>(ask: &Ask<'_>) -> Result<Filters, ServiceError> {
    let given = ask.input.structures("Filters");
    Filters::new::<T>(given.map(|filter| (filter.text("Name"), filter.texts("Values").collect())))
}

/// `MaxResults` and `NextToken` of an operation.
pub(crate) fn page<'a>(ask: &Ask<'a>, operation: &'a str, limits: PageLimits) -> PageRequest<'a> {
    PageRequest {
        list: List { operation, region: ask.region, account_id: ask.account.account_id() },
        next_token: ask.input.text("NextToken"),
        max_results: ask.input.integer("MaxResults"),
        limits,
    }
}
