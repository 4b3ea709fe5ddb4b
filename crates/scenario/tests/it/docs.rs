//! `docs/scenarios.md`: its examples are right, and it tells of every action and every figure.

use std::path::Path;

use scenario::{SHIPPED, Scenario};

#[test]
#[allow(clippy::disallowed_methods, reason = "a test reads its data")]
fn examples_are_right_and_every_action_is_told_of() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenarios.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    let examples: Vec<&str> =
        docs.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        Scenario::parse(Path::new("docs"), example.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
    }
    // An event without an action is answered with all that there are.
    let empty = "name = \"n\"\nquestion = \"q\"\nduration = \"1m\"\n[[at]]\ntime = \"1s\"\n";
    let hint = Scenario::parse(Path::new("f"), empty.as_bytes()).unwrap_err().hint.unwrap();
    let actions: Vec<&str> = hint.trim_start_matches("one of ").split(", ").collect();
    assert_eq!(actions.len(), 20);
    for name in actions {
        assert!(docs.contains(&format!("`{name} = ")), "docs/scenarios.md does not tell of {name}");
    }
    for shipped in &SHIPPED {
        assert!(
            docs.contains(&format!("\n{} ", shipped.name)),
            "docs/scenarios.md does not list {}",
            shipped.name
        );
    }
}
