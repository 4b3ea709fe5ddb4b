//! What a signature costs, made and checked here and by others, on the same requests.
//!
//! `bench-sigv4 [--rounds N] [--milliseconds N]` prints Markdown: CPU time of this thread per operation, allocations per
//! operation, and ratios against the goals. Before anything is timed, all who can are made to agree on the signature.
//!
//! `bench-sigv4 --once ROW COUNT` does one kind of operation of ours so many times, for counting instructions; it needs none of
//! the others (`--no-default-features`).

mod allocations;
mod case;
mod contest;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod report;

use contest::{Plan, Row};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, row, count] = &arguments[..]
        && flag == "--once"
    {
        return contest::repeat(row, count);
    }
    let plan = Plan::parse(&arguments);
    let results: Vec<_> = Row::ALL.into_iter().map(|row| contest::run(row, &plan)).collect();
    print!("{}\n{}", report::costs(&results), report::goals(&results));
}
