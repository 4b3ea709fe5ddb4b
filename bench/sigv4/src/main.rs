//! What a signature costs, made and checked here and by others, on the same requests.
//!
//! `bench-sigv4 [--rounds N] [--milliseconds N]` prints Markdown: CPU time of this thread per operation, allocations per
//! operation, and ratios against the goals. Before anything is timed, all who can are made to agree on the signature.
//!
//! `bench-sigv4 --once ROW` does one kind of operation of ours a fixed number of times, for counting instructions.

mod allocations;
mod case;
mod contest;
mod ours;
mod peers;
mod report;

use contest::{Plan, Row};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, row] = &arguments[..]
        && flag == "--once"
    {
        return contest::repeat(row);
    }
    let plan = Plan::parse(&arguments);
    let results: Vec<_> = Row::ALL.into_iter().map(|row| contest::run(row, &plan)).collect();
    print!("{}\n{}", report::costs(&results), report::goals(&results));
}
