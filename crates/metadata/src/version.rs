//! The builds of the metadata service, by which paths begin (`/2021-03-23/meta-data/`).
//!
//! The list is a native capture (facts/imds.md section 1.10). Dates that the user guide gives for categories are not all
//! builds: a date that is missing here is a 404.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;

/// A build; later ones compare greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Version(u8);

/// The text is not a build of the metadata service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("metadata version {0:?} is no build of the service: use one that `GET /` lists, such as 2021-03-23")]
pub struct VersionError(String);

impl Version {
    pub const OLDEST: Self = Self(0);
    pub const NEWEST: Self = Self(BUILDS.len() as u8 - 1);

    /// All builds, oldest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=Self::NEWEST.0).map(Self)
    }

    /// The build named `text`; for tables, where a wrong name fails to compile.
    pub(crate) const fn named(text: &str) -> Self {
        let mut at = 0;
        while at < BUILDS.len() {
            if same(BUILDS[at], text) {
                return Self(at as u8);
            }
            at += 1;
        }
        panic!("no such build")
    }

    /// The build in force on a date: the newest that is not later, else the oldest. Names sort as dates do.
    pub fn as_of(date: &str) -> Self {
        let later = BUILDS.partition_point(|build| *build <= date);
        Self(later.saturating_sub(1) as u8)
    }

    pub fn as_str(self) -> &'static str {
        BUILDS[usize::from(self.0)]
    }

    /// The body of `GET /` on an instance whose newest build is this one: builds, then `latest`.
    pub fn list(self) -> Bytes {
        if self == Self::NEWEST {
            return Bytes::from_static(LIST.as_bytes());
        }
        let builds = BUILDS[..=usize::from(self.0)].join("\n");
        Bytes::from(builds + "\nlatest")
    }
}

impl FromStr for Version {
    type Err = VersionError;

    /// Reads a dated name or `1.0`. `latest` is no build: what it means depends on the instance.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::find(text).ok_or_else(|| VersionError(text.chars().take(40).collect()))
    }
}

impl Version {
    /// As [`Version::from_str`], without an error to allocate: for the request's way.
    pub(crate) fn find(text: &str) -> Option<Self> {
        BUILDS.binary_search(&text).ok().map(|at| Self(at as u8))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `str` has no `==` in constants.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

const BUILDS: [&str; 30] = [
    "1.0",
    "2007-01-19",
    "2007-03-01",
    "2007-08-29",
    "2007-10-10",
    "2007-12-15",
    "2008-02-01",
    "2008-09-01",
    "2009-04-04",
    "2011-01-01",
    "2011-05-01",
    "2012-01-12",
    "2014-02-25",
    "2014-11-05",
    "2015-10-20",
    "2016-04-19",
    "2016-06-30",
    "2016-09-02",
    "2018-03-28",
    "2018-08-17",
    "2018-09-24",
    "2019-10-01",
    "2020-10-27",
    "2021-01-03",
    "2021-03-23",
    "2021-07-15",
    "2022-09-24",
    "2024-04-11",
    "2025-10-04",
    "2026-04-15",
];

/// [`BUILDS`] as it goes out, so that the common answer is not built.
const LIST: &str = "1.0\n2007-01-19\n2007-03-01\n2007-08-29\n2007-10-10\n2007-12-15\n2008-02-01\n2008-09-01\n\
    2009-04-04\n2011-01-01\n2011-05-01\n2012-01-12\n2014-02-25\n2014-11-05\n2015-10-20\n2016-04-19\n2016-06-30\n\
    2016-09-02\n2018-03-28\n2018-08-17\n2018-09-24\n2019-10-01\n2020-10-27\n2021-01-03\n2021-03-23\n2021-07-15\n\
    2022-09-24\n2024-04-11\n2025-10-04\n2026-04-15\nlatest";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_the_captured_one() {
        assert_eq!(Version::NEWEST.list().len(), 329);
        assert_eq!(LIST, format!("{}\nlatest", BUILDS.join("\n")));
        assert!(BUILDS.is_sorted());
    }

    #[test]
    fn ceiling_cuts_the_list() {
        assert_eq!(Version::named("2007-03-01").list(), "1.0\n2007-01-19\n2007-03-01\nlatest");
        assert_eq!(Version::OLDEST.list(), "1.0\nlatest");
    }

    #[test]
    fn dates_of_the_guide_are_no_builds() {
        for text in
            ["2016-11-15", "2016-11-30", "2018-05-23", "2018-11-29", "2020-08-24", "2020-11-01", "latest"]
        {
            assert_eq!(text.parse::<Version>(), Err(VersionError(text.to_owned())));
        }
        for build in Version::all() {
            assert_eq!(build.as_str().parse(), Ok(build));
        }
    }

    #[test]
    fn a_date_falls_back_to_the_build_in_force() {
        for (date, build) in
            [("2020-11-01", "2020-10-27"), ("2021-03-23", "2021-03-23"), ("0", "1.0"), ("9999", "2026-04-15")]
        {
            assert_eq!(Version::as_of(date).as_str(), build, "{date}");
        }
    }
}
