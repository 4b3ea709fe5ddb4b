//! `configure list`: the settings in use, each with where it comes from, down to the line.
//!
//! Rule: asks nobody. What only an answer would tell is shown by its source.

use profile::Place;
use profile::plan::{self, Plan, Provider, StaticKeys, Step};
use profile::reader::{Setting, Value};
use profile::settings::{self, Found, Scope};
use serde::Serialize;

use super::ground::Desk;
use crate::commands::credentials::{masked, without_user};
use crate::failure::Failure;
use crate::output::{Output, table};

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    profile: &'a str,
    /// What is in use.
    in_use: Vec<Row>,
    /// Every key of the profile, however it is used.
    settings: Vec<Row>,
}

#[derive(Clone, Serialize)]
struct Row {
    name: String,
    /// Nothing where it is not set, or where only an answer would tell it.
    value: Option<String>,
    /// `manual`, `env`, `config-file`, `default`, or the source of credentials.
    #[serde(rename = "type")]
    kind: Option<String>,
    location: Option<String>,
}

pub(super) fn run(desk: &Desk) -> Result<(), Failure> {
    let ground = desk.own_ground()?;
    let plan = plan::plan_on(&ground);
    if !plan.profile.exists && plan.profile.place != Place::Default {
        return Err(Failure::new(format!("there is no profile {:?} in the files", plan.profile.name))
            .named(&plan.profile.place.to_string())
            .hint("`linklocal configure list-profiles` shows those that there are"));
    }
    let view = desk.snapshot.view();
    let scope =
        Scope { view: &view, sdk: ground.sdk, profiles: ground.profiles(), profile: &plan.profile.name };
    let in_use = in_use(&plan, &scope);
    let profile = ground.profile(&plan.profile.name);
    let settings = profile.into_iter().flat_map(|profile| &profile.settings);
    let object = Object {
        profile: &plan.profile.name,
        in_use: in_use.clone(),
        settings: settings.flat_map(|(key, setting)| rows_of(key, setting)).collect(),
    };
    if let plan::Outcome::Error { message, remedy, .. } = &plan.outcome {
        Output::note(&format!("note: there are no credentials here: {message}"));
        Output::note(&format!("hint: {remedy}"));
    }
    desk.output.result(&object, || text(&in_use))
}

fn in_use(plan: &Plan, scope: &Scope<'_>) -> Vec<Row> {
    let mut rows = vec![profile_row(plan)];
    rows.extend(keys(plan.winner()));
    rows.push(Row::found("region", plan.region.as_ref()));
    rows.push(Row::found("output", Some(&settings::output(scope))));
    let url =
        settings::endpoint_url(scope, "").ok().flatten().map(|found| found.map(|url| without_user(&url)));
    let bundle = settings::ca_bundle(scope);
    rows.extend(url.map(|url| Row::found("endpoint_url", Some(&url))));
    rows.extend(bundle.map(|bundle| Row::found("ca_bundle", Some(&bundle))));
    rows
}

fn profile_row(plan: &Plan) -> Row {
    match &plan.profile.place {
        Place::Default => Row::not_set("profile"),
        place => Row::at("profile", Some(plan.profile.name.clone()), place),
    }
}

fn keys(winner: Option<&Step>) -> Vec<Row> {
    let Some(step) = winner else {
        return vec![Row::not_set("access_key"), Row::not_set("secret_key")];
    };
    match &step.provider {
        Some(Provider::Static(keys)) => static_rows(step, keys),
        _ => ["access_key", "secret_key"].map(|name| Row::of_step(name, None, step, None)).to_vec(),
    }
}

fn static_rows(step: &Step, keys: &StaticKeys) -> Vec<Row> {
    // Places come in the order of the set: id, secret, token.
    let place = |index: usize| step.places.get(index);
    let mut rows = vec![
        Row::of_step("access_key", Some(masked(&keys.access_key_id)), step, place(0)),
        Row::of_step("secret_key", Some(masked(keys.secret_access_key.expose())), step, place(1)),
    ];
    rows.extend(
        keys.session_token
            .as_ref()
            .map(|token| Row::of_step("session_token", Some(masked(token.expose())), step, place(2))),
    );
    rows
}

fn text(rows: &[Row]) -> String {
    let unset = |value: &Option<String>, word: &str| value.clone().unwrap_or_else(|| word.to_owned());
    let cells = rows.iter().map(|row| {
        let word = if row.kind.is_some() { "<fetched when used>" } else { "<not set>" };
        vec![row.name.clone(), unset(&row.value, word), unset(&row.kind, "-"), unset(&row.location, "-")]
    });
    table(&["NAME", "VALUE", "TYPE", "LOCATION"], &cells.collect::<Vec<_>>())
}

/// A setting, or those of its block.
fn rows_of(key: &str, setting: &Setting) -> Vec<Row> {
    match &setting.value {
        Value::Text(text) => {
            vec![Row::at(key, Some(shown(key, text)), &setting.place)]
        }
        Value::Nested(block) => {
            block.iter().flat_map(|(inner, setting)| rows_of(&format!("{key}.{inner}"), setting)).collect()
        }
    }
}

/// Arguments of programs are often passwords, as are users of URLs: `configure get` hands a value over whole.
fn shown(key: &str, text: &str) -> String {
    match text.trim().split_once([' ', '\t']) {
        _ if is_secret(key) => masked(text),
        Some((program, _)) if key.eq_ignore_ascii_case("credential_process") => format!("{program} ****"),
        _ => without_user(text),
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["secret", "token", "password", "access_key_id"].iter().any(|word| key.contains(word))
        && !key.ends_with("_file")
}

impl Row {
    fn not_set(name: &str) -> Self {
        Self { name: name.to_owned(), value: None, kind: None, location: None }
    }

    fn found(name: &str, found: Option<&Found<String>>) -> Self {
        found.map_or_else(
            || Self::not_set(name),
            |found| Self::at(name, Some(found.value.clone()), &found.place),
        )
    }

    fn at(name: &str, value: Option<String>, place: &Place) -> Self {
        let kind = match place {
            Place::Line { .. } | Place::File(_) => "config-file",
            Place::Variable(_) => "env",
            Place::Flag(_) => "manual",
            Place::Property(_) => "property",
            Place::Default => "default",
        };
        let location = Some(place.to_string()).filter(|_| *place != Place::Default);
        Self { name: name.to_owned(), value, kind: Some(kind.to_owned()), location }
    }

    /// As the AWS CLI calls the type: by the source.
    fn of_step(name: &str, value: Option<String>, step: &Step, place: Option<&Place>) -> Self {
        let places: Vec<String> = step.places.iter().map(ToString::to_string).collect();
        let location = place.map_or_else(|| places.join(", "), ToString::to_string);
        Self {
            name: name.to_owned(),
            value,
            kind: Some(step.source.name().to_owned()),
            location: Some(location),
        }
    }
}
