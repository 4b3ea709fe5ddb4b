//! The declared instances together: their number, their order, and what no two of them may share.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use account::declaration::{Declaration, DeclarationError};
use account::identifier::Seed;
use types::{Instance, Timestamp};

/// A fault between declarations, or in one: where in the file, why, and where the other one is.
#[derive(Debug)]
pub(super) struct FleetFault {
    pub(super) key: String,
    pub(super) problem: String,
    pub(super) other: Option<String>,
}

pub(super) fn count(declarations: &[Declaration]) -> u32 {
    if declarations.is_empty() {
        1
    } else {
        declarations.iter().fold(0, |sum, d| d.count().saturating_add(sum))
    }
}

pub(super) fn instances(
    declarations: &[Declaration],
    defaults: &Declaration,
    seed: Seed,
    now: Timestamp,
) -> impl Iterator<Item = Result<Instance, DeclarationError>> {
    let blank = declarations.is_empty().then(Declaration::default);
    let under = if blank.is_some() { defaults.over(&Declaration::believable()) } else { defaults.clone() };
    let mut next = 0u32;
    // A blank declaration stands in for none, so that both ways are one.
    let all = declarations.iter().map(Cow::Borrowed).chain(blank.map(Cow::Owned));
    all.flat_map(move |declaration| {
        let first = next;
        next = next.saturating_add(declaration.count());
        all_of(&declaration, &under, seed, first, now)
    })
}

/// Everything that reading the values one by one cannot find.
pub(super) fn check(declarations: &[Declaration], defaults: &Declaration) -> Result<(), FleetFault> {
    check_defaults(defaults)?;
    let total = declarations.iter().map(|d| u64::from(d.count())).sum::<u64>();
    if total > MAX_INSTANCES {
        let problem = format!("{total} instances are declared; one server takes at most {MAX_INSTANCES}");
        return Err(FleetFault { key: "instance".to_owned(), problem, other: None });
    }
    check_each(declarations, defaults)?;
    check_distinct(declarations)
}

fn all_of(
    declaration: &Declaration,
    defaults: &Declaration,
    seed: Seed,
    first: u32,
    now: Timestamp,
) -> impl Iterator<Item = Result<Instance, DeclarationError>> + use<> {
    let (good, bad) = match declaration.resolve_all(defaults, &seed, first, now) {
        Ok(instances) => (Some(instances), None),
        Err(error) => (None, Some(Err(error))),
    };
    good.into_iter().flatten().chain(bad)
}

fn check_defaults(defaults: &Declaration) -> Result<(), FleetFault> {
    let more = [
        (defaults.count.is_some(), "count"),
        (defaults.endpoints.is_some(), "endpoints"),
        (defaults.sources.is_some(), "sources"),
    ];
    let declared = more.into_iter().filter(|(declared, _)| *declared).map(|(_, key)| key);
    match defaults.unique_keys().into_iter().chain(declared).next() {
        Some(key) => Err(FleetFault {
            key: format!("defaults.{key}"),
            problem: format!("{key} belongs to one instance; move it to its [[instance]]"),
            other: None,
        }),
        None => Ok(()),
    }
}

/// Makes one instance of each declaration: the others of a `count` differ from it in ids alone.
fn check_each(declarations: &[Declaration], defaults: &Declaration) -> Result<(), FleetFault> {
    let seed = Seed::from_bytes(&[]);
    let at = |place: usize, error: &DeclarationError| FleetFault {
        key: format!("instance[{place}].{}", error.key()),
        problem: format!("{}: {}", error.key(), error.problem()),
        other: None,
    };
    let mut first = 0u32;
    for (place, declaration) in declarations.iter().enumerate() {
        let made = all_of(declaration, defaults, seed, first, Timestamp::EPOCH).next();
        made.transpose().map_err(|error| at(place, &error))?;
        first = first.saturating_add(declaration.count());
    }
    if declarations.is_empty() {
        let made = instances(declarations, defaults, seed, Timestamp::EPOCH).next().transpose();
        made.map_err(|error| FleetFault { key: format!("defaults.{}", error.key()), ..at(0, &error) })?;
    }
    Ok(())
}

fn check_distinct(declarations: &[Declaration]) -> Result<(), FleetFault> {
    let (mut ids, mut endpoints, mut sources) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (place, declaration) in declarations.iter().enumerate() {
        if let Some(id) = &declaration.instance_id {
            let key = format!("instance[{place}].instance-id");
            first_time(&mut ids, id.clone(), key, |id| format!("instance id {id}"))?;
        }
        for (nth, range) in declaration.endpoints.iter().flatten().enumerate() {
            for endpoint in range.iter() {
                let key = format!("instance[{place}].endpoints[{nth}]");
                first_time(&mut endpoints, endpoint, key, |endpoint| format!("endpoint {endpoint}"))?;
            }
        }
        for (nth, range) in declaration.sources.iter().flatten().enumerate() {
            for source in range.iter() {
                let key = format!("instance[{place}].sources[{nth}]");
                first_time(&mut sources, source, key, |source| format!("source address {source}"))?;
            }
        }
    }
    Ok(())
}

fn first_time<T: Hash + Eq>(
    seen: &mut HashMap<T, String>,
    value: T,
    key: String,
    noun: impl Fn(&T) -> String,
) -> Result<(), FleetFault> {
    match seen.entry(value) {
        Entry::Vacant(entry) => {
            entry.insert(key);
            Ok(())
        }
        Entry::Occupied(entry) => Err(FleetFault {
            key,
            problem: format!("{} is declared twice", noun(entry.key())),
            other: Some(entry.get().clone()),
        }),
    }
}

/// What the default VPC holds, rounded down.
const MAX_INSTANCES: u64 = 65_000;
