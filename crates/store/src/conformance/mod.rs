//! The suite that every engine passes: the trait's promises as cases.
//!
//! Each case gets a store of its own, empty but for the schema version. A case fails by panicking, as tests do.

mod expiry;
mod range;
mod transaction;
mod watch;

use crate::Store;

/// Runs every case against a fresh store from `open`.
pub fn check(open: impl Fn() -> Box<dyn Store>) {
    for (name, case) in CASES {
        let store = open();
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case(store.as_ref())));
        assert!(outcome.is_ok(), "case {name} failed for {store:?}");
    }
}

type Case = fn(&dyn Store);

const CASES: &[(&str, Case)] = &[
    ("transaction/writes_are_read_back", transaction::writes_are_read_back),
    ("transaction/compares_decide", transaction::compares_decide),
    ("transaction/conflict_writes_nothing", transaction::conflict_writes_nothing),
    ("transaction/revisions_count_commits", transaction::revisions_count_commits),
    ("transaction/deleted_key_starts_anew", transaction::deleted_key_starts_anew),
    ("transaction/concurrent_increments_all_count", transaction::concurrent_increments_all_count),
    ("range/is_ordered_and_bounded", range::is_ordered_and_bounded),
    ("range/pages_join_to_the_whole", range::pages_join_to_the_whole),
    ("range/empty_ranges_are_fine", range::empty_ranges_are_fine),
    ("watch/sees_commits_in_order", watch::sees_commits_in_order),
    ("watch/sees_its_range_alone", watch::sees_its_range_alone),
    ("watch/starts_after_its_revision", watch::starts_after_its_revision),
    ("watch/list_then_watch_misses_nothing", watch::list_then_watch_misses_nothing),
    ("expiry/deadline_ends_a_key", expiry::deadline_ends_a_key),
    ("expiry/put_renews_and_releases", expiry::put_renews_and_releases),
];
