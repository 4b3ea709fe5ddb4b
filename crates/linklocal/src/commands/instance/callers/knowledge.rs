//! What is known of programs that read metadata, and from which release on they use tokens.
//!
//! Rule: knowledge is data, in `upgrades.txt`; this file reads it.

use std::cmp::Ordering;

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: &'static str,
    products: Vec<(&'static str, Option<u64>)>,
    file_names: Vec<&'static str>,
    pub(super) since: Release,
    pub(super) note: Option<&'static str>,
}

/// From which release on a program uses tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Release {
    Any,
    None,
    From(&'static str),
}

/// A program that was recognised, and its version where it told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) known: Known,
    pub(super) version: Option<String>,
}

/// The program behind a `User-Agent` or a file name. Of the two the one higher up in the table counts: a program says
/// more than the library that it calls by.
pub(super) fn recognise(user_agent: Option<&str>, file_name: Option<&str>) -> Option<Match> {
    let rows = rows();
    let told = user_agent.and_then(|agent| by_product(&rows, agent));
    let named = rows.iter().position(|row| file_name.is_some_and(|name| row.file_names.contains(&name)));
    match (told, named) {
        (Some((at, version)), named) if named.is_none_or(|named| at <= named) => {
            Some(Match { known: rows[at].clone(), version })
        }
        (_, Some(at)) => Some(Match { known: rows[at].clone(), version: None }),
        (_, None) => None,
    }
}

/// Whether `version` is `from` or later, number by number; what stands behind the numbers does not count.
pub(super) fn reaches(version: &str, from: &str) -> bool {
    let (version, from) = (numbers(version), numbers(from));
    let longest = version.len().max(from.len());
    let padded = |numbers: &[u64], at: usize| numbers.get(at).copied().unwrap_or(0);
    let ordered = (0..longest).map(|at| padded(&version, at).cmp(&padded(&from, at)));
    ordered.into_iter().find(|order| *order != Ordering::Equal) != Some(Ordering::Less)
}

/// `Botocore/1.44.5 ua/2.1 os/linux`: the first product that is known. AWS CLI says first what it is, and then which
/// Botocore it uses.
fn by_product(rows: &[Known], user_agent: &str) -> Option<(usize, Option<String>)> {
    user_agent.split([' ', ',', ';', '(', ')']).find_map(|token| {
        let (product, version) = token.split_once('/').unwrap_or((token, ""));
        let major = numbers(version).first().copied();
        let fits = |(name, wanted): &(&str, Option<u64>)| {
            name.eq_ignore_ascii_case(product) && (wanted.is_none() || *wanted == major)
        };
        let at = rows.iter().position(|row| row.products.iter().any(fits))?;
        Some((at, major.map(|_| version.to_owned())))
    })
}

fn numbers(version: &str) -> Vec<u64> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    version[..end].split('.').map_while(|number| number.parse().ok()).collect()
}

fn rows() -> Vec<Known> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| row(line).expect("a test reads every row")).collect()
}

fn row(line: &'static str) -> Option<Known> {
    let mut cells = line.split('|').map(str::trim);
    let (name, products, file_names) = (cells.next()?, cells.next()?, cells.next()?);
    let since = match cells.next()? {
        "any" => Release::Any,
        "none" => Release::None,
        from => Release::From(from),
    };
    let note = cells.next().filter(|note| *note != "-");
    Some(Known {
        name,
        products: list(products).map(product).collect::<Option<_>>()?,
        file_names: list(file_names).collect(),
        since,
        note,
    })
}

fn list(cell: &'static str) -> impl Iterator<Item = &'static str> {
    cell.split(',').map(str::trim).filter(|item| *item != "-")
}

/// `aws-sdk-java 2`: a product, and its major version.
fn product(text: &'static str) -> Option<(&'static str, Option<u64>)> {
    match text.split_once(' ') {
        Some((name, major)) => Some((name, Some(major.parse().ok()?))),
        None => Some((text, None)),
    }
}

const TABLE: &str = include_str!("upgrades.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_and_says_by_what_it_is_known() {
        for row in rows() {
            assert!(!row.products.is_empty() || !row.file_names.is_empty(), "{row:?}");
            if let Release::From(version) = row.since {
                assert!(!numbers(version).is_empty(), "{row:?}");
            }
        }
    }

    #[test]
    fn programs_are_known_by_what_they_say_or_by_their_file() {
        for (agent, file, expected) in [
            (Some("aws-cli/1.16.1 Python/2.7 Linux/4.9 botocore/1.12.1"), None, Some(("AWS CLI", "1.16.1"))),
            (
                Some("Boto3/1.9.0 Python/3 Botocore/1.12.0"),
                None,
                Some(("AWS SDK for Python (Boto3)", "1.9.0")),
            ),
            (Some("aws-sdk-java/1.11.100 Linux/4"), None, Some(("AWS SDK for Java 1.x", "1.11.100"))),
            (Some("aws-sdk-java/2.5.0"), None, Some(("AWS SDK for Java 2.x", "2.5.0"))),
            (Some("s3fs/1.90 (commit hash 9d1552a; OpenSSL)"), Some("s3fs"), Some(("s3fs", "1.90"))),
            (Some("Go-http-client/1.1"), Some("kube2iam"), Some(("kube2iam", ""))),
            (Some("Go-http-client/1.1"), Some("my-agent"), Some(("Go's net/http", "1.1"))),
            (None, Some("s3cmd"), Some(("s3cmd", ""))),
            (Some("my-agent/1.0"), Some("my-agent"), None),
            (None, None, None),
        ] {
            let found = recognise(agent, file);
            let found = found.as_ref().map(|m| (m.known.name, m.version.as_deref().unwrap_or_default()));
            assert_eq!(found, expected, "{agent:?} {file:?}");
        }
    }

    #[test]
    fn versions_are_compared_by_numbers() {
        for (version, from, expected) in [
            ("1.90", "1.91", false),
            ("1.91", "1.91", true),
            ("1.91.0-rc1", "1.91", true),
            ("1.9.10", "1.10", false),
            ("2", "1.16.289", true),
            ("1.16.289", "1.16.289", true),
            ("", "0.1", false),
        ] {
            assert_eq!(reaches(version, from), expected, "{version} {from}");
        }
    }
}
