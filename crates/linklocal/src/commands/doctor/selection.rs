//! Which checks run: `--only` and `--except`, by id or group.

use super::check::Check;
use crate::failure::Failure;

/// Those of `all` that are named by `only`, all where it is empty, and not by `except`.
pub(super) fn select<S>(
    all: &[&'static Check<S>],
    only: &[String],
    except: &[String],
) -> Result<Vec<&'static Check<S>>, Failure> {
    for name in only.iter().chain(except) {
        if !all.iter().any(|check| is_named(check, name)) {
            return Err(unknown(all, name));
        }
    }
    let named = |check: &Check<S>, names: &[String]| names.iter().any(|name| is_named(check, name));
    let chosen: Vec<&Check<S>> = all
        .iter()
        .copied()
        .filter(|check| (only.is_empty() || named(check, only)) && !named(check, except))
        .collect();
    match chosen.is_empty() {
        true => Err(Failure::usage("--only and --except leave no check")),
        false => Ok(chosen),
    }
}

fn is_named<S>(check: &Check<S>, name: &str) -> bool {
    check.id == name || check.about().group() == name
}

fn unknown<S>(all: &[&'static Check<S>], name: &str) -> Failure {
    let names = all.iter().flat_map(|check| [check.id, check.about().group()]);
    let nearest = names.min_by_key(|known| strsim::damerau_levenshtein(known, name));
    let failure = Failure::usage(format!("there is no check and no group {name:?}"));
    match nearest {
        Some(known) => failure.hint(format!("did you mean {known}? `linklocal doctor --list` shows all")),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks;
    use super::*;

    fn chosen(only: &[String], except: &[String]) -> Result<Vec<&'static Check>, Failure> {
        select(&checks::all().collect::<Vec<_>>(), only, except)
    }

    fn ids(only: &[&str], except: &[&str]) -> Vec<&'static str> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        chosen(&owned(only), &owned(except)).unwrap().iter().map(|check| check.id).collect()
    }

    #[test]
    fn checks_and_groups_are_chosen_and_left_out() {
        assert_eq!(ids(&[], &[]).len(), checks::all().count());
        assert_eq!(ids(&["token.length", "paths.dot"], &[]), ["token.length", "paths.dot"]);
        assert!(ids(&["methods"], &[]).iter().all(|id| id.starts_with("methods.")));
        let rest = ids(&["methods"], &["methods.head"]);
        assert!(!rest.contains(&"methods.head") && rest.contains(&"methods.options"));
        let failure = chosen(&["tokens".to_owned()], &[]).err().unwrap();
        assert!(failure.exit_code() == 2 && failure.hint.unwrap().contains("did you mean token?"));
        assert!(chosen(&["paths".to_owned()], &["paths".to_owned()]).is_err());
    }
}
