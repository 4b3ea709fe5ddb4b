//! Bodies without a network: when they go out, and when they do not.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use hyper::body::Body as _;
use tokio::time::{Instant, timeout};

use super::*;

async fn next(outgoing: &mut Outgoing) -> Option<Result<Bytes, BodyError>> {
    let frame = poll_fn(|cx| Pin::new(&mut *outgoing).poll_frame(cx)).await?;
    Some(frame.map(|frame| frame.into_data().unwrap()))
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_about_being_asked_gets_the_body_after_a_second() {
    let started = Instant::now();
    let mut asking = Outgoing::new(&Body::from("body"), Some(Duration::from_secs(1)));
    assert_eq!(next(&mut asking).await.unwrap().unwrap(), "body");
    assert_eq!(started.elapsed(), Duration::from_secs(1));
    assert!(next(&mut asking).await.is_none());
    assert!(asking.sending().is_finished());

    let mut wanted = Outgoing::new(&Body::from("body"), Some(Duration::from_secs(1)));
    wanted.sending().interim(100);
    assert_eq!(next(&mut wanted).await.unwrap().unwrap(), "body");
    assert_eq!(started.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_out_after_the_answer_until_nobody_reads_it_any_more() {
    let mut outgoing = Outgoing::new(&Body::from(vec![0; 3 * CHUNK]), None);
    assert_eq!(next(&mut outgoing).await.unwrap().unwrap().len(), CHUNK);
    let sending = outgoing.sending();
    sending.shut();
    // A late question changes nothing.
    sending.open();
    let waits = timeout(Duration::from_secs(3600), next(&mut outgoing)).await;
    waits.unwrap_err();
    sending.abandon();
    assert!(matches!(next(&mut outgoing).await, Some(Err(BodyError::Abandoned))));
    assert!(!sending.is_finished());
}

#[tokio::test]
async fn clones_are_hashed_once() {
    let one = Body::from(vec![b'x'; IN_MEMORY + 1]);
    let other = one.clone().unsigned();
    assert_eq!(one.sha256().await.unwrap(), other.sha256().await.unwrap());
    assert!(Arc::ptr_eq(&one.payload, &other.payload) && one.payload.sha256.get().is_some());
    assert!(one.is_signed() && !other.is_signed());
}

#[test]
fn debug_shows_no_byte() {
    assert_eq!(format!("{:?}", Body::from("hunter2")), "Body(7 bytes)");
}
