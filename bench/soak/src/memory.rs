//! Memory and descriptors of one process over its life, by thirds.

use crate::server::Sample;
use crate::world::World;

#[derive(Default)]
pub(crate) struct Watch {
    samples: Vec<Sample>,
}

impl Watch {
    pub(crate) fn take(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    pub(crate) fn judge(&self, world: &World) {
        let Some([_, middle, last]) = self.resident().filter(|_| self.samples.len() >= ENOUGH) else {
            eprintln!(
                "memory was not judged: a server fills its buffers in the first minutes, and the run was short"
            );
            return;
        };
        if last > middle + (middle / 10).max(SLACK_KIB) {
            world
                .find(format!("memory grew from {middle} KiB in the middle third to {last} KiB in the last"));
        }
        if let Some([_, middle, last]) = self.descriptors()
            && last > middle + SLACK_DESCRIPTORS
        {
            world.find(format!("descriptors grew from {middle} in the middle third to {last} in the last"));
        }
    }

    /// Medians, in KiB.
    pub(crate) fn resident(&self) -> Option<[u64; 3]> {
        self.thirds(|sample| sample.resident_kib)
    }

    pub(crate) fn descriptors(&self) -> Option<[u64; 3]> {
        self.thirds(|sample| sample.descriptors)
    }

    fn thirds(&self, figure: fn(&Sample) -> u64) -> Option<[u64; 3]> {
        let third = self.samples.len() / 3;
        if third == 0 {
            return None;
        }
        let median = |samples: &[Sample]| {
            let mut figures: Vec<u64> = samples.iter().map(figure).collect();
            figures.sort_unstable();
            figures[figures.len() / 2]
        };
        let rest = &self.samples[third..];
        Some([median(&self.samples[..third]), median(&rest[..third]), median(&rest[third..])])
    }
}

/// Four a second at most: two and a half minutes, of a run of five.
const ENOUGH: usize = 600;
const SLACK_KIB: u64 = 4096;
/// Connections of a dozen callers come and go.
const SLACK_DESCRIPTORS: u64 = 8;
