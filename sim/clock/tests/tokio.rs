//! The paused clock of a tokio runtime is undisturbed by simulations within its tasks.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#![allow(clippy::disallowed_methods)]

mod support;

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use stormglass_clock::simulate;
use support::{NOW, later};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep, sleep_until};

fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

/// Polls a future to its end as the simulator does: each poll at the time of the paused clock.
async fn simulated<F: Future>(future: F) -> F::Output {
    let began = Instant::now();
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|context| {
        polls += 1;
        let millis = (Instant::now() - began).as_millis() as u64;
        simulate(later(NOW, millis), polls, || future.as_mut().poll(context)).0
    })
    .await
}

#[test]
fn timers_of_simulated_code_fire_at_their_time() {
    paused().block_on(async {
        let began = Instant::now();
        let elapsed = simulated(async {
            let (began, began_std) = (Instant::now(), std::time::Instant::now());
            sleep(Duration::from_millis(250)).await;
            tokio::time::timeout(Duration::from_millis(50), std::future::pending::<()>())
                .await
                .expect_err("a future that never ends");
            (began.elapsed(), began_std.elapsed())
        })
        .await;
        assert_eq!(elapsed, (Duration::from_millis(300), Duration::from_millis(300)));
        assert_eq!(began.elapsed(), Duration::from_millis(300));
    });
}

/// A runtime that was built at another moment takes an instant of std for long ago or far ahead.
#[test]
fn instants_of_std_are_those_of_a_runtime_that_was_built_in_the_simulation() {
    let (runtime, _) = simulate(NOW, 1, paused);
    runtime.block_on(simulated(async {
        assert_eq!(Instant::now().into_std(), std::time::Instant::now());
        let due = std::time::Instant::now() + Duration::from_millis(40);
        sleep_until(Instant::from_std(due)).await;
        assert_eq!(std::time::Instant::now(), due);
    }));
}

#[test]
fn a_runtime_is_itself_outside_of_simulations() {
    paused().block_on(async {
        let mut is_first = true;
        let outside = poll_fn(|context| {
            if std::mem::take(&mut is_first) {
                context.waker().wake_by_ref();
                return simulate(NOW, 1, || Poll::Pending).0;
            }
            Poll::Ready(std::time::Instant::now())
        })
        .await;
        assert!(outside.elapsed() < NOW.uptime);
    });
}
