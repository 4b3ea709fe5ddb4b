//! Where the parts of an object are in it.
//!
//! Rule: parts of one size that follow each other are one run, so that an object of ten thousand equal parts takes two.

use serde::{Deserialize, Serialize};

/// The sizes of an object's parts, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout(Vec<Run>);

/// Parts of consecutive numbers and one size: first number, how many, bytes of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Run(u32, u32, u64);

/// A part's place in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartSpan {
    pub number: u32,
    pub start: u64,
    pub size: u64,
}

impl Layout {
    /// Adds the next part. Numbers ascend.
    pub(crate) fn push(&mut self, number: u32, size: u64) {
        match self.0.last_mut() {
            Some(Run(first, count, each)) if *each == size && *first + *count == number => *count += 1,
            _ => self.0.push(Run(number, 1, size)),
        }
    }

    /// Parts.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|run| run.1).sum()
    }

    /// The part that holds the byte `at`.
    pub fn at(&self, at: u64) -> Option<PartSpan> {
        let mut start = 0;
        for Run(first, count, size) in &self.0 {
            let end = start + u64::from(*count) * size;
            if at < end {
                let index = (at - start) / size;
                let number = first + u32::try_from(index).ok()?;
                return Some(PartSpan { number, start: start + index * size, size: *size });
            }
            start = end;
        }
        None
    }

    /// The part of this number.
    pub fn part(&self, number: u32) -> Option<PartSpan> {
        let mut start = 0;
        for Run(first, count, size) in &self.0 {
            if (*first..first + count).contains(&number) {
                return Some(PartSpan {
                    number,
                    start: start + u64::from(number - first) * size,
                    size: *size,
                });
            }
            start += u64::from(*count) * size;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_byte_and_every_part_is_found(sizes in proptest::collection::btree_map(1..40_u32, 0..3_u64, 0..20)) {
            let mut layout = Layout::default();
            let mut start = 0;
            let mut spans = Vec::new();
            for (number, size) in sizes {
                layout.push(number, size);
                spans.push(PartSpan { number, start, size });
                start += size;
            }
            prop_assert_eq!(layout.count() as usize, spans.len());
            for number in 0..41 {
                prop_assert_eq!(layout.part(number), spans.iter().find(|span| span.number == number).copied());
            }
            for at in 0..=start {
                let holds = |span: &&PartSpan| (span.start..span.start + span.size).contains(&at);
                prop_assert_eq!(layout.at(at), spans.iter().find(holds).copied());
            }
        }
    }

    #[test]
    fn equal_parts_are_one_run() {
        let mut layout = Layout::default();
        (1..=10_000).for_each(|number| layout.push(number, if number < 10_000 { 5 << 20 } else { 7 }));
        assert_eq!(serde_json::to_string(&layout).unwrap(), "[[1,9999,5242880],[10000,1,7]]");
    }
}
