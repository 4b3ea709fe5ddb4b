//! System properties that a Java program would be started with.
//!
//! Rule: what comes later wins: `JAVA_TOOL_OPTIONS`, `JDK_JAVA_OPTIONS`, the command line, `_JAVA_OPTIONS` (JVM Tool Interface,
//! "JAVA_TOOL_OPTIONS"; the `java` command of JDK 9, "Using the JDK_JAVA_OPTIONS Launcher Environment Variable").

use std::collections::BTreeMap;

use profile::Environment;

use crate::arguments::Assignment;

/// Properties by name; `typed` stands for those of the command line.
pub(super) fn properties(environment: &Environment, typed: &[Assignment]) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    let of_variable = |properties: &mut BTreeMap<String, String>, name: &str| {
        let text = environment.get(name).unwrap_or_default();
        properties.extend(words(text).iter().filter_map(|word| property(word)));
    };
    BEFORE.iter().for_each(|name| of_variable(&mut properties, name));
    properties.extend(typed.iter().map(|typed| (typed.key.clone(), typed.value.clone())));
    of_variable(&mut properties, AFTER);
    properties
}

/// `-Dname=value`; `-Dname` is an empty one.
fn property(word: &str) -> Option<(String, String)> {
    let word = word.strip_prefix("-D")?;
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}

/// Words between white space; either quote keeps white space in a word, and there is no way to escape one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_ascii_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

const BEFORE: [&str; 2] = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"];
const AFTER: &str = "_JAVA_OPTIONS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_the_jvm_does() {
        let cases: [(&str, &[&str]); 4] = [
            ("", &[]),
            (" -Da=b\t-Dc ", &["-Da=b", "-Dc"]),
            (r#"-Da="b c"'d "e' -Df=''"#, &[r#"-Da=b cd "e"#, "-Df="]),
            ("-Da=\"open b", &["-Da=open b"]),
        ];
        for (text, expected) in cases {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn the_later_property_wins() {
        let environment: Environment = [
            ("JAVA_TOOL_OPTIONS", "-Xmx1g -Da=tool -Db=tool -Dc=tool -Dd=tool"),
            ("JDK_JAVA_OPTIONS", "-Db=jdk -Dc=jdk -Dd=jdk"),
            ("_JAVA_OPTIONS", "-Dd=after"),
        ]
        .into_iter()
        .collect();
        let typed = ["c=typed", "d=typed"].map(|text| text.parse().unwrap());
        let found = properties(&environment, &typed);
        let found: Vec<String> = found.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(found, ["a=tool", "b=jdk", "c=typed", "d=after"]);
    }
}
