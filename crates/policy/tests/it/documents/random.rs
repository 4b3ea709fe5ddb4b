//! Random documents: what is printed reads the same, and no text is too odd to answer.

use policy::document::{
    ActionElement, Condition, Document, DocumentKind, Effect, PrincipalElement, PrincipalSet,
    ResourceElement, Span, Statement, Version,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::placeless;

fn texts(text: &'static str) -> impl Strategy<Value = Vec<String>> {
    vec(text, 1..4)
}

fn action() -> impl Strategy<Value = ActionElement> {
    let values = || texts(r"\*|[a-z0-9-]{1,9}:[A-Za-z?*]{0,9}");
    prop_oneof![values().prop_map(ActionElement::Only), values().prop_map(ActionElement::Not)]
}

fn resource() -> impl Strategy<Value = ResourceElement> {
    let values = || texts(r#"\*|arn:aws:ec2:[a-z0-9*-]{0,9}:[0-9*]{0,12}:[ -~¡-ÿ]{1,12}"#);
    prop_oneof![values().prop_map(ResourceElement::Only), values().prop_map(ResourceElement::Not)]
}

fn condition() -> impl Strategy<Value = Condition> {
    let operator = "(ForAnyValue:|ForAllValues:)?(StringLike|ArnEquals|Bool|StringNotEquals)(IfExists)?";
    (operator, "[a-z]{2,5}:[A-Za-z]{1,6}", vec("\\PC{0,9}", 0..4))
        .prop_map(|(operator, key, values)| Condition { operator, key, values, span: Span::default() })
}

/// Operators and keys as JSON can hold them: each once, operators together.
fn conditions() -> impl Strategy<Value = Vec<Condition>> {
    vec(condition(), 0..5).prop_map(|mut conditions| {
        let place = |condition: &Condition| (condition.operator.clone(), condition.key.to_ascii_lowercase());
        conditions.sort_by_key(place);
        conditions.dedup_by_key(|condition| place(condition));
        conditions
    })
}

fn principal() -> impl Strategy<Value = PrincipalElement> {
    let arn = "arn:aws:iam::[0-9]{12}:(root|(user|role)/[a-z]{1,5}(/[a-z]{1,3})?)";
    (any::<bool>(), vec(arn, 1..3), vec("[a-z]{1,9}\\.amazonaws\\.com", 0..3)).prop_map(
        |(everyone, aws, service)| {
            PrincipalElement::Only(PrincipalSet { everyone, aws, service, ..PrincipalSet::default() })
        },
    )
}

fn statement(kind: DocumentKind) -> impl Strategy<Value = Statement> {
    let effect = prop_oneof![Just(Effect::Allow), Just(Effect::Deny)];
    (effect, principal(), action(), resource(), conditions()).prop_map(
        move |(effect, principal, action, resource, conditions)| {
            let principal = (kind == DocumentKind::Resource).then_some(principal);
            let (sid, span) = (None, Span::default());
            Statement { sid, effect, principal, action, resource: Some(resource), conditions, span }
        },
    )
}

fn document(kind: DocumentKind) -> impl Strategy<Value = Document> {
    (proptest::option::of("\\PC{0,9}"), vec(statement(kind), 1..5)).prop_map(|(id, mut statements)| {
        for (index, statement) in statements.iter_mut().enumerate() {
            statement.sid = (index % 2 == 0).then(|| format!("Sid{index}"));
        }
        Document { version: Version::V2012, id, statements }
    })
}

proptest! {
    #[test]
    fn identity_policies_survive_printing(document in document(DocumentKind::Identity)) {
        let text = document.to_string();
        let again = Document::parse(&text, DocumentKind::Identity).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(placeless(again), document);
    }

    #[test]
    fn resource_policies_survive_printing(document in document(DocumentKind::Resource)) {
        // An action needs a name here.
        prop_assume!(document.statements.iter().all(|statement| {
            statement.action.values().iter().all(|action| !action.ends_with(':'))
        }));
        let text = document.to_string();
        let again = Document::parse(&text, DocumentKind::Resource).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(placeless(again), document);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}") {
        answered(&text);
    }

    /// Nearly right documents reach deeper than noise.
    #[test]
    fn damaged_documents_are_answered(document in document(DocumentKind::Resource), at in 0.0..1.0, put in "[\\[\\]{}\",:0n*$\\\\]{0,3}") {
        let mut text: Vec<char> = document.to_string().chars().collect();
        let at = (at * text.len() as f64) as usize;
        text.splice(at..(at + 1).min(text.len()), put.chars());
        answered(&text.into_iter().collect::<String>());
    }
}

/// Taken or refused, with a word and a place in the text.
fn answered(text: &str) {
    for kind in [DocumentKind::Identity, DocumentKind::Trust, DocumentKind::Resource, DocumentKind::Session] {
        if let Err(error) = Document::parse(text, kind) {
            assert!(!error.message.is_empty());
            let position = error.position.expect("every fault has a place");
            assert!(position.line >= 1 && position.column >= 1, "{position}");
        }
    }
}
