//! The stream of server-sent events that announces changes.
//!
//! It holds no data: a page that is behind asks once for all that it has missed.

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

/// The time between two looks for changes.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The number of looks without a change after which the page is told that the server is alive.
const LOOKS_MAX: u32 = 25;

/// Returns the stream, which ends when the server stops.
pub(super) fn changes(recorder: Recorder, stopped: watch::Receiver<()>) -> Pieces {
    let announced = None;
    unfold((recorder, stopped, announced), |(recorder, mut stopped, announced)| async move {
        let mut looks = 0;
        loop {
            let version = recorder.version();
            if announced != Some(version) || looks == LOOKS_MAX {
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
