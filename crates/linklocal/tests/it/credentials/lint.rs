//! `credentials lint`: what is found, in which form, and what mending leaves.

use std::os::unix::fs::PermissionsExt as _;

use super::Home;

const CONFIG: &str = "[profile dev]\nRegion = eu-west-1 # Ireland\n[staging]\nregion: eu-west-1\n";
const CREDENTIALS: &str = "[dev]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = very-secret\naws_session_token = very-old\n";

#[test]
fn findings_have_places_and_leave_with_1() {
    let home = faulty();
    let said = home.run(&["credentials", "lint"]);
    assert_eq!(said.code, 1, "{}", said.stdout);
    for found in [
        "config:2: warning[key-case]",
        "config:2: warning[inline-comment]",
        "config:4: error[colon]",
        "credentials:4: error[token-stale]",
        "credentials: error[readable-by-others]",
    ] {
        assert!(said.stdout.contains(found), "{found} is not in {}", said.stdout);
    }
    assert!(!said.stdout.contains("very-"), "{}", said.stdout);
}

#[test]
fn json_and_sarif_say_the_same() {
    let home = faulty();
    let json: serde_json::Value =
        serde_json::from_str(&home.run(&["credentials", "lint", "--json"]).stdout).unwrap();
    let sarif = home.run(&["credentials", "lint", "--format", "sarif"]).stdout;
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(results.len(), json["findings"].as_array().unwrap().len());
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for (result, finding) in results.iter().zip(json["findings"].as_array().unwrap()) {
        assert_eq!(result["ruleId"], finding["code"]);
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], finding["code"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["region"]["startLine"], finding["line"]);
    }
}

#[test]
fn a_dry_run_shows_a_diff_and_changes_nothing() {
    let home = faulty();
    let said = home.run(&["credentials", "lint", "--fix", "--dry-run"]);
    assert!(said.stdout.contains("-Region = eu-west-1 # Ireland\n"), "{}", said.stdout);
    assert!(said.stdout.contains("+region = eu-west-1\n"), "{}", said.stdout);
    assert!(said.stdout.contains("would run: chmod 600 "), "{}", said.stdout);
    assert!(!said.stdout.contains("very-"), "{}", said.stdout);
    assert_eq!(text(&home, "config"), CONFIG);
    assert_eq!(text(&home, "credentials"), CREDENTIALS);
}

#[test]
fn mending_leaves_nothing_and_can_be_undone() {
    let home = faulty();
    let said = home.done(&["credentials", "lint", "--fix"]);
    assert!(said.ends_with("nothing else is wrong\n"), "{said}");
    assert_eq!(
        text(&home, "config"),
        "[profile dev]\n# Ireland\nregion = eu-west-1\n[profile staging]\nregion = eu-west-1\n"
    );
    let mode = std::fs::metadata(home.world.path(".aws/credentials")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    home.done(&["credentials", "lint"]);
    home.done(&["configure", "undo"]);
    assert_eq!(text(&home, "config"), CONFIG);
}

/// `/dev/null` is how many say that there is no file: its permissions are everybody's.
#[test]
fn a_device_in_place_of_a_file_is_left_alone() {
    let home = Home::new().and("AWS_CONFIG_FILE", "/dev/null");
    let said = home.run(&["credentials", "lint", "--fix", "--dry-run"]);
    assert!(!said.stdout.contains("chmod"), "{}", said.stdout);
}

#[test]
fn every_code_is_explained() {
    let page = include_str!("../../../../../docs/lint.md");
    for rule in profile::lint::RULES {
        assert!(
            page.contains(&format!("| `{}` |", rule.code)),
            "docs/lint.md does not explain {}",
            rule.code
        );
    }
}

fn faulty() -> Home {
    let home = Home::new().config(CONFIG).credentials(CREDENTIALS);
    let set = |name: &str, mode| {
        std::fs::set_permissions(home.world.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(".aws", 0o700);
    set(".aws/config", 0o600);
    set(".aws/credentials", 0o644);
    home
}

#[allow(clippy::disallowed_methods, reason = "a test reads what was written")]
fn text(home: &Home, name: &str) -> String {
    sys::fs::read_text(&home.world.path(&format!(".aws/{name}")), 1 << 20).unwrap()
}
