//! A login to IAM Identity Center: that of an `[sso-session]` section, or the older one of a profile's own keys.
//!
//! Rule: as `aws sso login` finds it; the account and the role of a profile are none of its business [C sso/utils.py].

use sha1::{Digest as _, Sha1};

use super::rules::Service;
use super::{Found, Scope, SettingError, is_region_name, sso_endpoint};
use crate::Place;
use crate::reader::{self, Profile};

/// Where people log in, and the file of the AWS CLI's that holds the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SsoLogin {
    /// The section's name; `None` for the older form.
    pub session: Option<String>,
    pub start_url: Found<String>,
    pub region: Found<String>,
    pub registration_scopes: Vec<String>,
    pub token_file: String,
    /// Where the OIDC service is, if not at AWS's usual place.
    pub oidc_endpoint_url: Option<Found<String>>,
}

/// The login of the section `session`, else that of the profile in use.
pub fn sso_login(scope: &Scope<'_>, session: Option<&str>) -> Result<SsoLogin, SettingError> {
    let of_profile = || scope.setting("sso_session").filter(|found| !found.value.is_empty());
    let named = session.map(|name| Found::new(name, Place::flag("--sso-session"))).or_else(of_profile);
    let (section, whose) = match &named {
        Some(name) => (section(scope, name)?, format!("[sso-session {}]", name.value)),
        None => (profile(scope)?, format!("profile {:?}", scope.profile)),
    };
    let start_url = needed(section, "sso_start_url", &whose)?;
    let region = needed(section, "sso_region", &whose)?;
    if !is_region_name(&region.value) {
        let what = format!("sso_region of {whose} cannot be the name of a region");
        return Err(SettingError::new(region.place, what, "write a region like us-east-1"));
    }
    let session = named.map(|name| name.value.to_owned());
    Ok(SsoLogin {
        registration_scopes: scopes(section.text("sso_registration_scopes").unwrap_or_default()),
        token_file: token_file(scope, session.as_ref().unwrap_or(&start_url.value)),
        oidc_endpoint_url: sso_endpoint(scope, Service::SsoOidc, &region.value)?,
        session,
        start_url,
        region,
    })
}

fn section<'a>(scope: &Scope<'a>, name: &Found<&str>) -> Result<&'a Profile, SettingError> {
    let section = scope.profiles.and_then(|profiles| profiles.sso_sessions.get(name.value));
    section.ok_or_else(|| {
        let what = format!("[sso-session {}] is not in the config file", name.value);
        let remedy = "add the section (`linklocal configure sso-session`, `aws configure sso-session`), or name another";
        SettingError::new(name.place.clone(), what, remedy)
    })
}

fn profile<'a>(scope: &Scope<'a>) -> Result<&'a Profile, SettingError> {
    scope.merged().ok_or_else(|| {
        let what = format!("profile {:?} is not in the files, so it names no login", scope.profile);
        SettingError::new(
            Place::Default,
            what,
            "name another with --profile, or a section with --sso-session",
        )
    })
}

fn needed(section: &Profile, key: &str, whose: &str) -> Result<Found<String>, SettingError> {
    let found = section.text(key).zip(section.place(key)).filter(|(text, _)| !text.is_empty());
    found.map(|(text, place)| Found::new(text.to_owned(), place.clone())).ok_or_else(|| {
        let place = section.header.clone().unwrap_or(Place::Default);
        SettingError::new(
            place,
            format!("{whose} has no {key}"),
            "`aws configure sso` writes all that a login needs",
        )
    })
}

fn scopes(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

/// `~/.aws/sso/cache/<SHA-1 of the session's name or of the start URL>.json`.
fn token_file(scope: &Scope<'_>, of: &str) -> String {
    let digest: String = Sha1::digest(of.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let home = reader::home(scope.sdk, scope.view).unwrap_or_default();
    format!("{}/.aws/sso/cache/{digest}.json", home.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Ground;
    use crate::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};

    /// The login in this config file, of this section or of profile `a`.
    fn login(config: &str, session: Option<&str>) -> Result<SsoLogin, SettingError> {
        let files = MemoryFiles::default().with("/h/.aws/config", config);
        let view = View {
            environment: &Environment::from_iter([("HOME", "/h")]),
            arguments: &Arguments::default(),
            files: &files,
            platform: Platform::Unix,
            now: types::Timestamp::from_secs(1_800_000_000),
        };
        let ground = Ground::new(&view, Sdk::Linklocal);
        sso_login(&ground.scope("a"), session)
    }

    const SECTION: &str = "[sso-session test-sso]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access, x\n";

    #[test]
    fn a_section_is_found_by_its_name_or_by_the_profiles() {
        let by_name = login(SECTION, Some("test-sso")).unwrap();
        let by_profile = login(&format!("[profile a]\nsso_session = test-sso\n{SECTION}"), None).unwrap();
        assert_eq!(by_name.token_file, "/h/.aws/sso/cache/d12208e38164f558a1d06c99432ab77dbb346c45.json");
        assert_eq!(by_name.token_file, by_profile.token_file);
        assert_eq!(by_name.registration_scopes, ["sso:account:access", "x"]);
        assert_eq!(
            (by_name.start_url.place.to_string().as_str(), by_name.oidc_endpoint_url),
            ("/h/.aws/config:2", None)
        );
    }

    #[test]
    fn the_older_form_goes_by_its_start_url() {
        let old =
            login("[profile a]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n", None);
        let old = old.unwrap();
        assert_eq!((old.session, old.token_file.len()), (None, "/h/.aws/sso/cache/.json".len() + 40));
    }

    #[test]
    fn what_is_missing_is_named_with_its_place() {
        let cases = [
            (
                "[profile a]\nsso_session = b\n",
                None,
                "/h/.aws/config:2: [sso-session b] is not in the config file",
            ),
            ("", Some("b"), "--sso-session: [sso-session b] is not in the config file"),
            ("", None, "built-in default: profile \"a\" is not in the files, so it names no login"),
            ("[profile a]\nregion = x\n", None, "/h/.aws/config:1: profile \"a\" has no sso_start_url"),
            (
                "[sso-session b]\nsso_start_url = https://x\n",
                Some("b"),
                "/h/.aws/config:1: [sso-session b] has no sso_region",
            ),
            (
                "[sso-session b]\nsso_start_url = https://x\nsso_region = a/b\n",
                Some("b"),
                "/h/.aws/config:3: sso_region of [sso-session b] cannot be the name of a region",
            ),
        ];
        for (config, session, expected) in cases {
            assert_eq!(login(config, session).unwrap_err().to_string(), expected);
        }
    }
}
