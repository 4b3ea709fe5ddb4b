//! Session policies and tags made small, as AWS makes them (STS API Reference, `PackedPolicySize`: "a packed binary format"): a limit
//! on the token is a limit on what is left of them.
//!
//! LZ77 with a window that begins with what policies are made of. A byte below 128 is followed by so many literals and one more; any
//! other is a repetition: its length less 3 in seven bits, then in two bytes how far back it begins. What is expanded was sealed by
//! this program; the bound on its length is for a program with a fault.

/// The bytes made small. Time is bounded by the length: at most [`DEPTH`] earlier places are tried for each byte.
pub(super) fn squeeze(bytes: &[u8]) -> Vec<u8> {
    let text = [WINDOW, bytes].concat();
    let mut places = Places::new(text.len());
    (0..WINDOW.len()).for_each(|at| places.note(&text, at));
    let (mut out, mut literals, mut at) = (Vec::new(), WINDOW.len(), WINDOW.len());
    while at < text.len() {
        let Some((distance, length)) = places.longest(&text, at) else {
            places.note(&text, at);
            at += 1;
            continue;
        };
        write_literals(&text[literals..at], &mut out);
        out.push(REPETITION | (length - LEAST) as u8);
        out.extend_from_slice(&(distance as u16).to_be_bytes());
        (at..at + length).for_each(|at| places.note(&text, at));
        at += length;
        literals = at;
    }
    write_literals(&text[literals..], &mut out);
    out
}

/// `None` for what [`squeeze`] did not write, and for more than [`MAX_EXPANDED`] bytes.
pub(super) fn expand(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = WINDOW.to_vec();
    while let Some((control, rest)) = bytes.split_first() {
        if *control & REPETITION == 0 {
            let (literals, rest) = rest.split_at_checked(usize::from(*control) + 1)?;
            text.extend_from_slice(literals);
            bytes = rest;
        } else {
            let (distance, rest) = rest.split_first_chunk::<2>()?;
            let length = usize::from(control & !REPETITION) + LEAST;
            let start = text.len().checked_sub(usize::from(u16::from_be_bytes(*distance)))?;
            if start == text.len() {
                return None;
            }
            // It may run into what it writes itself.
            (start..start + length).for_each(|from| text.push(text[from]));
            bytes = rest;
        }
        if text.len() - WINDOW.len() > MAX_EXPANDED {
            return None;
        }
    }
    Some(text.split_off(WINDOW.len()))
}

fn write_literals(literals: &[u8], out: &mut Vec<u8>) {
    for run in literals.chunks(usize::from(REPETITION)) {
        out.push((run.len() - 1) as u8);
        out.extend_from_slice(run);
    }
}

/// Where each sequence of four bytes was seen before: the newest place, and from each place the one before.
struct Places {
    newest: Vec<u32>,
    before: Vec<u32>,
}

impl Places {
    fn new(length: usize) -> Self {
        Self { newest: vec![NOWHERE; 1 << HASH_BITS], before: vec![NOWHERE; length] }
    }

    fn note(&mut self, text: &[u8], at: usize) {
        if let Some(hash) = hash(text, at) {
            self.before[at] = self.newest[hash];
            self.newest[hash] = at as u32;
        }
    }

    /// Distance and length of the longest repetition that begins at `at`.
    fn longest(&self, text: &[u8], at: usize) -> Option<(usize, usize)> {
        let mut place = self.newest[hash(text, at)?];
        let mut best = None;
        for _ in 0..DEPTH {
            if place == NOWHERE || at - place as usize > usize::from(u16::MAX) {
                break;
            }
            let from = place as usize;
            let same =
                text[at..].iter().zip(&text[from..]).take(MOST).take_while(|(one, other)| one == other);
            let length = same.count();
            if length > LEAST && best.is_none_or(|(_, longest)| length > longest) {
                best = Some((at - from, length));
            }
            place = self.before[from];
        }
        best
    }
}

fn hash(text: &[u8], at: usize) -> Option<usize> {
    let word = u32::from_le_bytes(*text.get(at..)?.first_chunk()?);
    Some((word.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize)
}

/// What policies and tags are made of. A token holds no mark of it: to change it is to end all sessions that have policies.
const WINDOW: &[u8] = br#""aws:PrincipalTag/","aws:ResourceTag/","aws:RequestTag/","aws:SourceIp":"StringNotEquals":{"StringLike":{"ArnLike":{"Bool":{"aws:SecureTransport":"true""aws:MultiFactorAuthPresent"Null"ForAllValues:StringEquals"cloudwatch:logs:kms:Decrypt","kms:GenerateDataKey","secretsmanager:GetSecretValue","dynamodb:GetItem","dynamodb:PutItem","dynamodb:Query","sqs:SendMessage","sqs:ReceiveMessage","sns:Publish","lambda:InvokeFunction","iam:PassRole","sts:AssumeRole","ec2:Describe*","s3:ListBucket","s3:GetObject","s3:PutObject","s3:DeleteObject","Resource":["arn:aws:iam::aws:policy/"NotAction":["NotResource":"Sid":""Effect":"Deny","Condition":{"StringEquals":{"
            "Effect": "Allow",
            "Action": [
                "s3:*"
            ],
            "Resource": [
                "*"
            ]
        },
        {
    "Version": "2012-10-17",
    "Statement": [
"Resource":"arn:aws:s3:::","Resource":"*"}]}{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[""#;

const REPETITION: u8 = 0x80;
const LEAST: usize = 3;
const MOST: usize = LEAST + 127;
const DEPTH: usize = 48;
const HASH_BITS: u32 = 12;
const NOWHERE: u32 = u32::MAX;

/// Far above what any token can hold of policies that say something.
pub(super) const MAX_EXPANDED: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn policy(statements: usize, separator: &str) -> String {
        let statement = |n: usize| {
            format!(
                "{separator}{{{separator}\"Effect\": \"Allow\",{separator}\"Action\": [\"s3:GetObject\", \"s3:PutObject\"],\
                 {separator}\"Resource\": \"arn:aws:s3:::bucket-{n}/*\"{separator}}}"
            )
        };
        let statements: Vec<String> = (0..statements).map(statement).collect();
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{}]}}", statements.join(","))
    }

    #[test]
    fn policies_become_small_and_stay_what_they_are() {
        for (text, most) in [
            (policy(1, ""), 65),
            (policy(20, "\n            "), 650),
            (" ".repeat(60_000), 1500),
            (crate::authorisation::tests::world::ALL.to_owned(), 20),
        ] {
            let squeezed = squeeze(text.as_bytes());
            assert!(squeezed.len() < most, "{} of {}", squeezed.len(), text.len());
            assert_eq!(expand(&squeezed).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn bombs_are_refused() {
        // A byte of the window again and again: three bytes make 130.
        let bomb = [0xff, 0, 1].repeat(MAX_EXPANDED / MOST + 1);
        assert_eq!(expand(&bomb), None);
        for odd in [&[0x80, 0, 0][..], &[0x80, 0xff, 0xff], &[0x80, 0], &[5, 1]] {
            assert_eq!(expand(odd), None, "{odd:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_squeezed_comes_back(bytes in prop::collection::vec(0u8..6, 0..3000), other: Vec<u8>) {
            for bytes in [bytes, other] {
                let squeezed = squeeze(&bytes);
                prop_assert!(squeezed.len() <= bytes.len() + bytes.len() / 128 + 1);
                prop_assert_eq!(expand(&squeezed), Some(bytes));
            }
        }

        #[test]
        fn no_bytes_are_too_strange(bytes: Vec<u8>) {
            let _ = expand(&bytes);
        }
    }
}
