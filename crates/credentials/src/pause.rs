//! Time between two attempts: doubling, with full jitter, so that those who failed together do not come back together.

use std::time::Duration;

use crate::Context;

/// Waits before the attempt that follows `attempt`, which counts from 1.
pub(crate) async fn before(context: &Context, attempt: u32) {
    let ceiling = FIRST.saturating_mul(1 << attempt.min(16)).min(LONGEST);
    // Without randomness the ceiling will do: nothing secret hangs on it.
    let share = context.entropy.bytes::<2>().map_or(u16::MAX, u16::from_le_bytes);
    tokio::time::sleep(ceiling * u32::from(share) / u32::from(u16::MAX)).await;
}

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);
