//! What a key may hold at each moment, of many writers whose writes overlap.
//!
//! Rule: a value is wrong only if it cannot be explained: it was written, its writing had begun, and no write that was
//! acknowledged lies wholly between its end and the reading.

/// What was written: an object, or its absence.
pub(crate) type Value = Option<u64>;

/// Since the start of the run, in microseconds.
pub(crate) type Moment = u64;

#[derive(Debug)]
pub(crate) struct Register {
    writes: Vec<Write>,
    next: u64,
}

#[derive(Debug)]
struct Write {
    number: u64,
    value: Value,
    begun: Moment,
    /// When it had taken effect, if it has.
    ended: Option<Moment>,
    acknowledged: bool,
}

impl Register {
    /// Nothing is there.
    pub(crate) fn new() -> Self {
        let absent = Write { number: 0, value: None, begun: 0, ended: Some(0), acknowledged: true };
        Self { writes: vec![absent], next: 1 }
    }

    pub(crate) fn begin(&mut self, value: Value, now: Moment) -> u64 {
        self.forget(now);
        let number = self.next;
        self.next += 1;
        self.writes.push(Write { number, value, begun: now, ended: None, acknowledged: false });
        number
    }

    pub(crate) fn acknowledge(&mut self, number: u64, now: Moment) {
        self.end(number, now, true);
    }

    /// It took effect before `now` or never: the server that had it is gone.
    pub(crate) fn give_up(&mut self, number: u64, now: Moment) {
        self.end(number, now, false);
    }

    /// It never took effect.
    pub(crate) fn refuse(&mut self, number: u64) {
        self.next += 1;
        self.writes.retain(|write| write.number != number);
    }

    fn end(&mut self, number: u64, now: Moment, acknowledged: bool) {
        self.next += 1;
        if let Some(write) = self.writes.iter_mut().find(|write| write.number == number) {
            (write.ended, write.acknowledged) = (Some(now), acknowledged);
        }
    }

    /// Whether a reading that lasted from `begun` to `ended` may have shown `value`.
    pub(crate) fn allows(&self, value: Value, begun: Moment, ended: Moment) -> bool {
        let candidates = self.writes.iter().filter(|write| write.value == value && write.begun <= ended);
        candidates.into_iter().any(|write| !self.is_overwritten(write, begun))
    }

    /// By a write that was acknowledged before `moment`.
    fn is_overwritten(&self, write: &Write, moment: Moment) -> bool {
        let Some(end) = write.ended else { return false };
        self.writes.iter().any(|later| {
            later.acknowledged && later.begun > end && later.ended.is_some_and(|ended| ended < moment)
        })
    }

    /// What is there for certain, and a number that any write changes.
    pub(crate) fn certain(&self, now: Moment) -> Option<(Value, u64)> {
        if self.writes.iter().any(|write| write.ended.is_none()) {
            return None;
        }
        let mut left = self.writes.iter().filter(|write| !self.is_overwritten(write, now));
        let only = left.next()?;
        left.next().is_none().then_some((only.value, self.next))
    }

    pub(crate) fn describe(&self) -> String {
        let name = |value: Value| value.map_or_else(|| "nothing".to_owned(), |id| format!("{id:x}"));
        let writes = self.writes.iter().map(|write| {
            let how = if write.acknowledged { "acknowledged" } else { "unknown" };
            format!("{} {}-{:?} {how}", name(write.value), write.begun, write.ended)
        });
        writes.collect::<Vec<_>>().join(", ")
    }

    /// What no reading that is under way can still show.
    fn forget(&mut self, now: Moment) {
        let long_ago = now.saturating_sub(LONGEST_READING);
        let gone: Vec<u64> = self
            .writes
            .iter()
            .filter(|write| self.is_overwritten(write, long_ago))
            .map(|write| write.number)
            .collect();
        self.writes.retain(|write| !gone.contains(&write.number));
    }
}

const LONGEST_READING: Moment = 120_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledged_write_is_all_there_is() {
        let mut register = Register::new();
        let write = register.begin(Some(1), 10);
        register.acknowledge(write, 20);
        assert!(register.allows(Some(1), 21, 22));
        assert!(!register.allows(None, 21, 22));
        assert!(register.allows(None, 15, 22), "it was there when the reading began");
        assert!(!register.allows(Some(2), 21, 22));
        assert_eq!(register.certain(30).map(|(value, _)| value), Some(Some(1)));
    }

    #[test]
    fn what_is_unknown_may_be_there_or_not_until_it_is_overwritten() {
        let mut register = Register::new();
        let first = register.begin(Some(1), 10);
        register.acknowledge(first, 20);
        let second = register.begin(Some(2), 30);
        assert!(register.allows(Some(1), 40, 50) && register.allows(Some(2), 40, 50));
        register.give_up(second, 60);
        assert!(register.allows(Some(1), 70, 71) && register.allows(Some(2), 70, 71));
        assert_eq!(register.certain(71), None);
        let third = register.begin(None, 80);
        register.acknowledge(third, 90);
        assert!(!register.allows(Some(2), 91, 92) && !register.allows(Some(1), 91, 92));
    }

    #[test]
    fn a_refused_write_is_never_there() {
        let mut register = Register::new();
        let write = register.begin(Some(1), 10);
        register.refuse(write);
        assert!(!register.allows(Some(1), 20, 30));
    }
}
