//! The stream that says when there is anything else to see, as server-sent events.
//!
//! It says no more than that: a page that is behind asks once for all that it has missed.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::unfold;
use hyper::body::{Bytes, Frame};
use tokio::select;
use tokio::sync::watch;
use tokio::time::sleep;

use super::reply::Pieces;
use crate::record::Recorder;

/// How often it is looked whether anything has changed.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// After so many looks in vain a page hears that the server is still there.
const LOOKS_MAX: u32 = 25;

/// Goes on until the server stops.
pub(super) fn changes(recorder: Recorder, stopped: watch::Receiver<()>) -> Pieces {
    let said = None;
    unfold((recorder, stopped, said), |(recorder, mut stopped, said)| async move {
        let mut looks = 0;
        loop {
            let version = recorder.version();
            if said != Some(version) || looks == LOOKS_MAX {
                let event = event(&recorder, version);
                return Some((Ok(Frame::data(event)), (recorder, stopped, Some(version))));
            }
            looks += 1;
            select! {
                biased;
                _ = stopped.changed() => return None,
                () = sleep(LOOK_EVERY) => {}
            }
        }
    })
    .map(|piece: Result<Frame<Bytes>, Infallible>| piece)
    .boxed()
}

fn event(recorder: &Recorder, version: u64) -> Bytes {
    let started_ms = recorder.started_ms();
    format!("data: {{\"server\":{started_ms},\"version\":{version}}}\n\n").into()
}
