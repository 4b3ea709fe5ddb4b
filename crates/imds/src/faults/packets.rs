//! The limit of packets to link-local services, 1,024 a second for each network interface (facts/imds.md section 1.7).
//!
//! On EC2 the packets above the limit are dropped, and what the client sees is TCP's reaction: silence, then the same
//! again after a retransmission time-out that doubles. A server sees whole requests and not packets, so this is a model:
//! a connection costs [`PER_CONNECTION`] packets with its first request and each request [`PER_REQUEST`]; a request that
//! finds the allowance used up is held for 200 ms, 400 ms, 800 ms and so on, and each time tries anew. What the model
//! leaves out: a dropped SYN, whose first repetition comes after a full second, since a connection that reaches the server
//! has been made; and drops of the answer's packets, which count at the sender of the request.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use types::{InstanceId, Timestamp};

/// How many packets an instance may exchange with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketBudget {
    pub packets_per_second: u32,
}

/// What each instance has left.
#[derive(Debug)]
pub(super) struct Allowances {
    budget: PacketBudget,
    left: Mutex<HashMap<InstanceId, Allowance>>,
}

/// A bucket that fills evenly, in thousandths of a packet.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    left: u64,
    at: Timestamp,
}

impl Default for PacketBudget {
    /// EC2's.
    fn default() -> Self {
        Self { packets_per_second: 1024 }
    }
}

impl PacketBudget {
    /// Room for a tenth of a second, and for one request at least: EC2 drops within bursts too short for anybody's
    /// average to show them.
    fn depth(self) -> u64 {
        (u64::from(self.packets_per_second) * 100).max(cost(true) * 1000)
    }
}

impl Allowances {
    pub(super) fn new(budget: PacketBudget) -> Self {
        Self { budget, left: Mutex::default() }
    }

    pub(super) fn budget(&self) -> PacketBudget {
        self.budget
    }

    /// Takes what a request costs, if it is there.
    pub(super) fn take(&self, instance: &InstanceId, opens_connection: bool, now: Timestamp) -> bool {
        // Whole allowances are put in at once, so a panic elsewhere leaves nothing half done.
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let depth = self.budget.depth();
        let full = Allowance { left: depth, at: now };
        let allowance = all.entry(instance.clone()).or_insert(full);
        // A clock that was put back refills nothing and takes nothing away.
        let passed = u64::try_from(now.since(allowance.at).as_millis()).unwrap_or(u64::MAX);
        let gained = passed.saturating_mul(self.budget.packets_per_second.into());
        *allowance = Allowance { left: allowance.left.saturating_add(gained).min(depth), at: now };
        let cost = cost(opens_connection) * 1000;
        let enough = allowance.left >= cost;
        if enough {
            allowance.left -= cost;
        }
        enough
    }
}

/// The time until the `n`-th repetition of what was dropped, from 0: TCP's smallest time-out on Linux, doubled each time.
pub(crate) fn repetition(n: u32) -> Duration {
    FIRST_REPETITION * 2u32.pow(n.min(MOST_DOUBLINGS))
}

fn cost(opens_connection: bool) -> u64 {
    PER_REQUEST + if opens_connection { PER_CONNECTION } else { 0 }
}

/// SYN, the acknowledgement that ends the handshake, FIN and the acknowledgement of the server's.
const PER_CONNECTION: u64 = 4;
/// The request, and the acknowledgement of its answer.
const PER_REQUEST: u64 = 2;
/// `TCP_RTO_MIN`
const FIRST_REPETITION: Duration = Duration::from_millis(200);
/// Up to two minutes, as `TCP_RTO_MAX`.
const MOST_DOUBLINGS: u32 = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_has_room_for_its_packets_and_no_more() {
        let allowances = Allowances::new(PacketBudget::default());
        let instance = "i-0123456789abcdef0".parse().unwrap();
        let other = "i-0123456789abcdef1".parse().unwrap();
        for (opens, expected) in [(false, 512 + 51), (true, 170 + 17)] {
            let start = Timestamp::from_secs(if opens { 100 } else { 0 });
            let asked = (0..10_000).filter(|n| {
                let now = start + Duration::from_millis(n / 10);
                allowances.take(&instance, opens, now)
            });
            let taken = asked.count() as i64;
            assert!((taken - expected).abs() <= 2, "{taken} of {expected}");
            assert!(allowances.take(&other, opens, start), "each instance has its own");
        }
    }

    #[test]
    fn the_smallest_budget_lets_requests_through_in_time() {
        let allowances = Allowances::new(PacketBudget { packets_per_second: 1 });
        let instance = "i-0123456789abcdef0".parse().unwrap();
        for (secs, taken) in [(0, true), (1, false), (5, false), (6, true), (11, false), (12, true)] {
            assert_eq!(allowances.take(&instance, true, Timestamp::from_secs(secs)), taken, "{secs} s");
        }
    }

    #[test]
    fn repetitions_come_as_tcps_do() {
        let waits: Vec<u128> = [0, 1, 2, 9, 10, 1000].map(|n| repetition(n).as_millis()).to_vec();
        assert_eq!(waits, [200, 400, 800, 102_400, 102_400, 102_400]);
    }
}
