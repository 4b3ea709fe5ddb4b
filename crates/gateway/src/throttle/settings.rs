//! What is enforced of AWS's limits: `[limits]` of the configuration.

use std::sync::atomic::{AtomicU32, Ordering};

use super::meter::Rule;

/// What is enforced. What AWS would have refused is counted whatever is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    pub mode: LimitMode,
    /// Percent of AWS's figures; 1 to 1,000.
    pub scale: u32,
    /// Whether figures that AWS does not publish are enforced, too.
    pub unpublished: bool,
}

/// Whether calls are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitMode {
    /// Calls above a limit are refused as AWS does.
    Aws,
    /// None is.
    Off,
    /// None is, and each that AWS would refuse is told in the log.
    Report,
}

impl LimitSettings {
    /// Refuses nothing.
    pub const OFF: Self = Self { mode: LimitMode::Off, scale: 100, unpublished: false };

    pub(super) fn rule(self, is_published: bool) -> Rule {
        let enforced = self.mode == LimitMode::Aws && (is_published || self.unpublished);
        match (enforced, self.scale) {
            (false, _) => Rule::Watched,
            (true, 100) => Rule::AsAws,
            (true, percent) => Rule::Scaled(percent),
        }
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self { mode: LimitMode::Aws, ..Self::OFF }
    }
}

impl LimitMode {
    /// As the configuration names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Off => "off",
            Self::Report => "report",
        }
    }
}

/// Settings that may change while calls are answered.
#[derive(Debug)]
pub(super) struct Swapped(AtomicU32);

impl Swapped {
    pub(super) fn new(settings: LimitSettings) -> Self {
        let swapped = Self(AtomicU32::new(0));
        swapped.store(settings);
        swapped
    }

    pub(super) fn load(&self) -> LimitSettings {
        let held = self.0.load(Ordering::Relaxed);
        let mode = match held & 3 {
            0 => LimitMode::Aws,
            1 => LimitMode::Off,
            _ => LimitMode::Report,
        };
        LimitSettings { mode, scale: held >> 3, unpublished: held & 4 != 0 }
    }

    pub(super) fn store(&self, settings: LimitSettings) {
        let mode = match settings.mode {
            LimitMode::Aws => 0,
            LimitMode::Off => 1,
            LimitMode::Report => 2,
        };
        let scale = settings.scale.clamp(1, 1000);
        self.0.store(scale << 3 | u32::from(settings.unpublished) << 2 | mode, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_being_swapped() {
        for mode in [LimitMode::Aws, LimitMode::Off, LimitMode::Report] {
            for (scale, unpublished) in [(1, true), (100, false), (1000, true)] {
                let settings = LimitSettings { mode, scale, unpublished };
                assert_eq!(Swapped::new(settings).load(), settings);
            }
        }
    }

    #[test]
    fn only_what_aws_publishes_is_enforced_unless_all_is() {
        let aws = LimitSettings::default();
        assert_eq!((aws.rule(true), aws.rule(false)), (Rule::AsAws, Rule::Watched));
        let all = LimitSettings { unpublished: true, scale: 50, ..aws };
        assert_eq!((all.rule(true), all.rule(false)), (Rule::Scaled(50), Rule::Scaled(50)));
        for mode in [LimitMode::Off, LimitMode::Report] {
            assert_eq!(LimitSettings { mode, ..all }.rule(true), Rule::Watched);
        }
    }
}
