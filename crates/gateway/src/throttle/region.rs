//! Meters by region, made when a region is first asked for.
//!
//! Rule: found without a lock. A region is the client's word, so their number is bounded: those above it share the last place.

use std::sync::OnceLock;

use types::{Region, Timestamp};

use super::meter::Meter;

/// A place for each region.
#[derive(Debug)]
pub(super) struct Regions {
    places: [OnceLock<(Region, Box<[Meter]>)>; MOST],
    others: OnceLock<Box<[Meter]>>,
    origin: Timestamp,
    cells: usize,
}

impl Regions {
    pub(super) fn new(origin: Timestamp, cells: usize) -> Self {
        Self { places: [const { OnceLock::new() }; MOST], others: OnceLock::new(), origin, cells }
    }

    pub(super) fn meters(&self, region: &Region) -> &[Meter] {
        for place in &self.places {
            let (held, meters) = place.get_or_init(|| (region.clone(), self.made()));
            if held == region {
                return meters;
            }
        }
        self.others.get_or_init(|| self.made())
    }

    /// Those that were made.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Option<&Region>, &[Meter])> {
        let named = self.places.iter().filter_map(OnceLock::get);
        let others = self.others.get().into_iter().map(|meters| (None, &**meters));
        named.map(|(region, meters)| (Some(region), &**meters)).chain(others)
    }

    fn made(&self) -> Box<[Meter]> {
        meters(self.origin, self.cells)
    }
}

/// Full buckets for so many cells.
pub(super) fn meters(origin: Timestamp, cells: usize) -> Box<[Meter]> {
    (0..cells).map(|_| Meter::new(origin)).collect()
}

/// AWS has fewer in a partition.
const MOST: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_their_own_and_too_many_share() {
        let regions = Regions::new(Timestamp::EPOCH, 2);
        let region = |n: usize| format!("eu-west-{n}").parse::<Region>().unwrap();
        let first = regions.meters(&region(0)).as_ptr();
        for n in 1..MOST + 10 {
            assert_ne!(regions.meters(&region(n)).as_ptr(), first);
        }
        assert_eq!(regions.meters(&region(0)).as_ptr(), first);
        let shared = regions.meters(&region(MOST)).as_ptr();
        assert_eq!(regions.meters(&region(MOST + 1)).as_ptr(), shared);
        assert_eq!(regions.iter().count(), MOST + 1);
    }
}
