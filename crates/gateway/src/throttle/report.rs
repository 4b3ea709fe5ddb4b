//! What there is of buckets and what came of whom asked them: for the command, the page of metrics and whoever wonders.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use types::{BucketRate, Region, Timestamp};

use super::Throttle;
use super::meter::{Meter, Tally};
use super::settings::LimitSettings;
use super::table::{Cell, Kind};

/// All limits at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitsReport {
    pub settings: LimitSettings,
    /// Since when is counted.
    pub since: Timestamp,
    /// Every limit that there is, by service.
    pub figures: Vec<LimitFigures>,
    /// The buckets that were asked, by service.
    pub buckets: Vec<BucketReport>,
    /// Prefixes that S3 would have slowed down on AWS, and how many calls.
    pub busy_prefixes: Vec<(String, u64)>,
}

/// A limit as AWS has it, for one operation or for those that share it.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitFigures {
    /// The signing name.
    pub service: &'static str,
    /// What is counted, in words.
    pub what: String,
    pub operation: Option<&'static str>,
    /// Tokens in a full bucket: what can be asked at once.
    pub size: u64,
    /// Tokens that flow in each second: what can be asked for long.
    pub refill: f64,
    pub is_published: bool,
    pub is_regional: bool,
    pub source: &'static str,
    /// Size and refill that are enforced here; `None` where nothing is.
    pub enforced: Option<(u64, f64)>,
}

/// A bucket that was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct BucketReport {
    pub figures: LimitFigures,
    /// `None` for all regions together.
    pub region: Option<Region>,
    /// Tokens that are there now; `None` where there are many buckets.
    pub level: Option<u64>,
    pub taken: u64,
    pub refused: u64,
    pub refused_by_aws: u64,
    /// The second in which most was asked, and how much.
    pub worst: Option<(Timestamp, u32)>,
}

impl Throttle {
    /// All of it.
    pub fn report(&self, now: Timestamp) -> LimitsReport {
        let mut buckets: Vec<BucketReport> =
            self.asked().map(|(at, region, meter)| self.bucket(at, region, meter, now)).collect();
        buckets.sort_by(|one, other| key(one).cmp(&key(other)));
        let mut figures: Vec<_> = self.layout.cells.iter().map(|cell| self.figures(cell)).collect();
        figures.sort_by_key(|figures| (figures.service, figures.operation, figures.what.clone()));
        LimitsReport {
            settings: self.settings(),
            since: self.since(),
            figures,
            buckets,
            busy_prefixes: self.prefixes.busy(),
        }
    }

    fn bucket(&self, at: usize, region: Option<&Region>, meter: &Meter, now: Timestamp) -> BucketReport {
        let cell = &self.layout.cells[at];
        let Tally { taken, refused, refused_by_aws, worst } = meter.counts().tally();
        let rule = self.settings().rule(cell.limit.is_published);
        let is_one = cell.limit.kind != Kind::Prefix;
        BucketReport {
            figures: self.figures(cell),
            region: region.cloned(),
            level: is_one.then(|| meter.level(cell.limit.rate, rule, now)),
            taken,
            refused,
            refused_by_aws,
            worst,
        }
    }

    fn figures(&self, cell: &Cell) -> LimitFigures {
        let limit = cell.limit;
        let figures = |rate: BucketRate| (rate.capacity(), rate.per_second());
        LimitFigures {
            service: limit.service,
            what: cell.what(),
            operation: cell.operation,
            size: limit.rate.capacity(),
            refill: limit.rate.per_second(),
            is_published: limit.is_published,
            is_regional: limit.is_regional,
            source: limit.source,
            enforced: self.settings().rule(limit.is_published).enforced(limit.rate).map(figures),
        }
    }

    /// The meters that counted something, with their cells' places.
    fn asked(&self) -> impl Iterator<Item = (usize, Option<&Region>, &Meter)> {
        let own = self.account.iter().enumerate().map(|(at, meter)| (at, None, meter));
        let regional = self.regions.iter().flat_map(|(region, meters)| {
            meters.iter().enumerate().map(move |(at, meter)| (at, region, meter))
        });
        own.chain(regional).filter(|(_, _, meter)| meter.counts().tally() != Tally::default())
    }
}

fn key(bucket: &BucketReport) -> (&'static str, Option<&'static str>, &str, Option<&Region>) {
    (bucket.figures.service, bucket.figures.operation, &bucket.figures.what, bucket.region.as_ref())
}

/// Tokens by service, operation and what came of them, over all regions.
impl Collector for super::Collected {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let mut sums = std::collections::BTreeMap::<_, [u64; 3]>::new();
        for (at, _, meter) in self.0.asked() {
            let (cell, tally) = (&self.0.layout.cells[at], meter.counts().tally());
            let sum = sums.entry((cell.limit.service, cell.operation.unwrap_or("all"))).or_default();
            for (sum, more) in sum.iter_mut().zip([tally.taken, tally.refused, tally.refused_by_aws]) {
                *sum += more;
            }
        }
        let help = "Tokens of request limits by service and operation: taken, refused here, and what AWS would have refused";
        let mut family =
            encoder.encode_descriptor("linklocal_account_limit_tokens", help, None, MetricType::Counter)?;
        for ((service, operation), sum) in sums {
            for (outcome, count) in OUTCOMES.iter().zip(sum) {
                let labels = [("service", service), ("operation", operation), ("outcome", *outcome)];
                ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

const OUTCOMES: [&str; 3] = ["taken", "refused", "refused-by-aws"];
