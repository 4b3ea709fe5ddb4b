//! From what is known to a verdict.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::difference::{self, Compared};
use super::grounds::{Grounds, Pieces};
use super::hypotheses::{self, Hypothesis};
use super::masked::{MAX_TEXT, known, lower_hex, text_of};
use super::redact::Known;
use super::search::{Base, Target, find};
use super::view::View;
use super::{Cause, Explanation, Finding, Ours, Side, Theirs, Verdict, Work, advice, likely, parsed};
use crate::v4a::EcdsaSignature;

pub(super) fn explain(ours: &Ours<'_>, theirs: &Theirs) -> Explanation {
    let grounds = Grounds::new(ours, theirs);
    let mut case = Case::new(ours, theirs, &grounds);
    case.compare();
    if let Some(stated) = advice::stated(ours, theirs, &grounds) {
        case.out.verdict = Verdict::Stated;
        case.out.summary = stated.what.clone();
        case.out.stated = Some(stated);
    } else {
        case.prove();
    }
    case.finish()
}

pub(super) fn compare(ours: &[u8], theirs: &[u8]) -> Explanation {
    let known = Known::default();
    let mut out = Explanation::blank();
    let mut differences = Vec::new();
    let bounded = |text: &'_ [u8]| -> Vec<u8> { text.get(..MAX_TEXT).unwrap_or(text).to_vec() };
    let (one, other) = (bounded(ours), bounded(theirs));
    if let (Some(one), Some(other)) = (parsed::parse(&one), parsed::parse(&other)) {
        differences = difference::compare(&one, &other, &known);
    }
    let same = ours == theirs;
    out.ours = Some(text_of(&one, true, &known));
    out.theirs = Some(text_of(&other, true, &known));
    for one in &differences {
        let what = format!("the two texts differ in the {}", one.shown.line);
        push_cause(&mut out.likely, one.cause, what, one.shown.how.clone());
    }
    (out.verdict, out.summary) = match (same, differences.is_empty()) {
        (true, _) => (Verdict::Agrees, "the two canonical requests are the same".to_owned()),
        (_, false) => {
            (Verdict::Likely, format!("{}: {}", differences[0].shown.line, differences[0].shown.how))
        }
        (_, true) => (Verdict::Unexplained, "at least one of the texts is no canonical request".to_owned()),
    };
    out.take_differences(differences);
    out.clean(&known);
    out
}

fn push_cause(list: &mut Vec<Finding>, cause: Cause, what: String, evidence: String) {
    if list.len() < 12 && list.iter().all(|finding| finding.cause != cause) {
        list.push(Finding { cause, and: None, what, cure: cause.cure().to_owned(), evidence });
    }
}

/// One case while it is looked into.
struct Case<'g, 'o> {
    side: Side,
    grounds: &'g Grounds<'o>,
    known: Known,
    /// The signature that was sent, and how it was written, where it can be read and there is a key to try.
    provided: Option<(Target, String)>,
    differences: Vec<Compared>,
    out: Explanation,
}

impl<'g, 'o> Case<'g, 'o> {
    fn new(ours: &Ours<'_>, theirs: &Theirs, grounds: &'g Grounds<'o>) -> Self {
        let sent = grounds.sent.as_ref();
        let text = theirs.signature_provided.as_ref().map(|text| text.expose().clone());
        let text = text.or_else(|| sent.and_then(|sent| sent.signature.clone()));
        let asymmetric = sent.is_some_and(super::sent::Sent::is_asymmetric);
        let target = |text: &String| match asymmetric {
            true => EcdsaSignature::read(text.trim().as_bytes()).ok().map(Target::Ecdsa),
            false => signature_bytes(text).map(Target::Signature),
        };
        let provided = text.filter(|_| grounds.key.is_some());
        let provided = provided.and_then(|text| Some((target(&text)?, text)));
        let mut out = Explanation::blank();
        out.code = theirs.code.clone();
        let known = known(ours, theirs, grounds);
        Self { side: ours.side, grounds, known, provided, differences: Vec::new(), out }
    }

    fn our_view(&self) -> Option<View<'g>> {
        let grounds = self.grounds;
        grounds.ours.as_ref().map(|pieces| grounds.view(pieces, &grounds.our_head))
    }

    fn their_view(&self) -> Option<View<'g>> {
        let grounds = self.grounds;
        let head = grounds.their_head.as_ref().unwrap_or(&grounds.our_head);
        grounds.theirs.as_ref().map(|pieces| grounds.view(pieces, head))
    }

    /// Both texts, line by line.
    fn compare(&mut self) {
        let (ours, theirs) = (self.our_view(), self.their_view());
        if let Some(view) = &ours {
            self.out.ours = Some(text_of(&view.canonical(), true, &self.known));
        }
        if let Some(view) = &theirs {
            self.out.theirs = Some(text_of(&view.canonical(), self.grounds.exact, &self.known));
        }
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            return;
        };
        let (one, other) = (ours.canonical(), theirs.canonical());
        if let (Some(one), Some(other)) = (parsed::parse(&one), parsed::parse(&other)) {
            self.differences = difference::compare(&one, &other, &self.known);
        }
        if let Some(head) = &self.grounds.their_head {
            let scope = head.scope_text();
            let heads = (ours.algorithm, ours.date, ours.scope);
            let theirs = (head.algorithm.as_str(), head.date.as_str(), scope.as_str());
            self.differences.extend(difference::compare_heads(heads, theirs, &self.known));
        }
    }

    fn prove(&mut self) {
        let Some(verifier) = self.verifiers_base() else {
            self.by_ours_alone();
            return;
        };
        let signer = match self.side {
            Side::Signer => self.our_view(),
            Side::Verifier => self.their_view(),
        };
        if self.settled_by_identity(&verifier) || self.by_signature(&verifier, signer.as_ref()) {
            return;
        }
        match self.side {
            Side::Signer => self.by_ours_alone(),
            Side::Verifier => self.conclude(false),
        }
    }

    /// What the verifier computed: exact, or at least its hash.
    fn verifiers_base(&mut self) -> Option<Base<'g>> {
        let work = &mut self.out.work;
        let grounds = self.grounds;
        match self.side {
            Side::Verifier => {
                let pieces: &Pieces = grounds.ours.as_ref()?;
                Some(Base::of(grounds.view(pieces, &grounds.our_head), work))
            }
            Side::Signer => {
                let head = grounds.their_head.as_ref().unwrap_or(&grounds.our_head);
                match (&grounds.theirs, grounds.their_hash) {
                    (Some(pieces), _) if grounds.exact => Some(Base::of(grounds.view(pieces, head), work)),
                    (pieces, Some(hash)) => {
                        let pieces = pieces.as_ref().or(grounds.ours.as_ref())?;
                        Some(Base { view: grounds.view(pieces, head), hash, text_known: false })
                    }
                    _ => None,
                }
            }
        }
    }

    /// Whether the very text of the verifier gives the signature that was sent.
    fn settled_by_identity(&mut self, verifier: &Base<'_>) -> bool {
        let Some((target, written)) = self.provided.clone() else {
            return false;
        };
        if !verifier.gives(&target, &mut self.out.work) {
            return false;
        }
        if matches!(&target, Target::Signature(bytes) if written.as_bytes() != lower_hex(bytes)) {
            let what = "the signature is right, but not written as 64 lower-case hexadecimal digits";
            let evidence = "its bytes are those that the other side's string to sign gives with this secret";
            self.proven(Cause::SignatureForm, what.to_owned(), evidence.to_owned());
        } else if self.side == Side::Verifier {
            self.out.verdict = Verdict::Agrees;
            self.out.summary = "the signature is the right one for this request and secret".to_owned();
        } else {
            let what = "the other side holds another secret for this access key id: both sides sign the very same text";
            let evidence = "the other side's string to sign, signed with the configured secret, gives the very signature that was sent, and is refused";
            self.proven(Cause::WrongSecret, what.to_owned(), evidence.to_owned());
            self.out.likely = likely::rank(self.grounds, &[], &[], true);
            self.out.likely.retain(|finding| finding.cause != Cause::WrongSecret);
        }
        true
    }

    /// What the signer did differently from what the verifier expects.
    fn by_signature(&mut self, verifier: &Base<'_>, signer: Option<&View<'_>>) -> bool {
        let Some((target, _)) = self.provided.clone() else {
            return false;
        };
        let list = hypotheses::all(&verifier.view, self.grounds, signer, &mut self.out.work);
        let found = find(verifier, &list, target, &mut self.out.work);
        let Some(found) = found else {
            self.exclude(&list);
            return false;
        };
        let base =
            if self.side == Side::Signer { "the other side's text" } else { "the request as received" };
        let evidence = format!("{base}, with just this changed, gives the very signature that was sent");
        self.found(SIGNER, &found, evidence);
        true
    }

    /// The verifier's text is not known, or nothing leads from it to the signature: begin with this side's.
    fn by_ours_alone(&mut self) {
        let Some(view) = self.our_view() else {
            self.conclude(false);
            return;
        };
        let base = Base::of(view, &mut self.out.work);
        let target = self.provided.as_ref().map(|(target, _)| target.clone());
        let reproduced = target.as_ref().is_some_and(|target| base.gives(target, &mut self.out.work));
        if let Some(hash) = self.their_hash()
            && self.by_canonical(&base, hash, target.is_none() || reproduced)
        {
            return;
        }
        if let Some(target) = target.filter(|_| !reproduced) {
            let list = hypotheses::all(&base.view, self.grounds, None, &mut self.out.work);
            if let Some(found) = find(&base, &list, target, &mut self.out.work) {
                let evidence = "the request, with just this changed, gives the very signature that was sent";
                self.found(SIGNER, &found, evidence.to_owned());
                return;
            }
            self.exclude(&list);
        }
        self.conclude(reproduced);
    }

    fn their_hash(&self) -> Option<[u8; 32]> {
        let text =
            || self.their_view().filter(|_| self.grounds.exact).map(|view| view.hash(&mut Work::default()));
        self.grounds.their_hash.or_else(text)
    }

    /// What the other side made of the request differently from this one.
    fn by_canonical(&mut self, base: &Base<'_>, hash: [u8; 32], signed: bool) -> bool {
        if base.hash == hash {
            let head =
                signed && self.grounds.their_head.as_ref().is_none_or(|head| *head == self.grounds.our_head);
            if head {
                self.out.verdict = Verdict::Likely;
                self.out.likely = likely::rank(self.grounds, &[], &[], true);
                self.out.summary =
                    "both sides come to the same text, so that their secrets differ".to_owned();
            }
            return head;
        }
        let list = hypotheses::all(&base.view, self.grounds, None, &mut self.out.work);
        let Some(found) = find(base, &list, Target::Canonical(hash), &mut self.out.work) else {
            self.exclude(&list);
            return false;
        };
        let evidence = "this side's canonical request, with just this changed, has the very hash that the other side shows";
        self.found("the other side", &found, evidence.to_owned());
        true
    }

    fn found(&mut self, who: &str, found: &[&Hypothesis], evidence: String) {
        let Some(first) = found.first() else {
            return;
        };
        let second = found.get(1);
        let what = match second {
            Some(second) => format!("{who} {}, and {}", first.said, second.said),
            None => format!("{who} {}", first.said),
        };
        self.proven(first.cause, what, format!("{evidence} ({} candidates compared)", self.out.work.tried));
        self.name_the_scope(who);
        if let (Some(second), Some(finding)) = (second, self.out.proven.as_mut()) {
            finding.and = Some(second.cause);
            finding.cure = format!("{}; {}", finding.cure, second.cause.cure());
        }
    }

    /// Where the verifier's region or service is known, the cure names it.
    fn name_the_scope(&mut self, who: &str) {
        let head = self.grounds.their_head.as_ref().unwrap_or(&self.grounds.our_head);
        let [_, region, service, _] = &head.scope;
        if let Some(finding) = self.out.proven.as_mut().filter(|_| who == SIGNER) {
            match finding.cause {
                Cause::Region => {
                    finding.cure = format!("sign for the region {region} (AWS_REGION, --region)")
                }
                Cause::Service => finding.cure = format!("sign for the service {service} (its signing name)"),
                _ => {}
            }
        }
    }

    fn proven(&mut self, cause: Cause, what: String, evidence: String) {
        self.out.verdict = Verdict::Proven;
        self.out.summary = what.clone();
        self.out.excluded.clear();
        self.out.proven = Some(Finding { cause, and: None, what, cure: cause.cure().to_owned(), evidence });
    }

    fn exclude(&mut self, list: &[Hypothesis]) {
        for hypothesis in list {
            if !self.out.excluded.contains(&hypothesis.cause) {
                self.out.excluded.push(hypothesis.cause);
            }
        }
    }

    /// Nothing was proven.
    fn conclude(&mut self, reproduced: bool) {
        self.out.likely = likely::rank(self.grounds, &self.differences, &self.out.excluded, reproduced);
        let pointed = self.out.likely.first().is_some_and(|finding| finding.cause != Cause::WrongSecret);
        self.out.verdict = if pointed { Verdict::Likely } else { Verdict::Unexplained };
        self.out.summary = match (self.out.likely.first(), pointed) {
            (Some(first), true) => format!("nothing is proven; most likely: {}", first.what),
            _ if self.grounds.key.is_none() => "without a secret no signature can be recomputed".to_owned(),
            _ if reproduced => {
                "this side's signature is right by the rules; most often the secret of the other side is another one".to_owned()
            }
            _ => "nothing that was tried gives the signature; most often the secret is another one".to_owned(),
        };
    }

    fn finish(mut self) -> Explanation {
        self.out.take_differences(self.differences);
        self.out.clean(&self.known);
        self.out
    }
}

/// The 32 bytes of a signature in hexadecimal, in base64, or in base64 of hexadecimal.
fn signature_bytes(text: &str) -> Option<[u8; 32]> {
    let hex = |bytes: &[u8]| crate::Signature::read(bytes).ok().map(|signature| *signature.as_bytes());
    hex(text.trim().as_bytes()).or_else(|| {
        let decoded = STANDARD.decode(text.trim()).ok()?;
        <[u8; 32]>::try_from(&decoded[..]).ok().or_else(|| hex(&decoded))
    })
}

const SIGNER: &str = "the signer";
