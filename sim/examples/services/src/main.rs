//! The command line of the simulator for all five services.
//!
//! ```sh
//! cargo run --bin services -- explore --app game             # until a promise is broken
//! cargo run --bin services -- explore --app game-mended
//! cargo run --bin services -- replay 'v1 ana:c' --app game   # this case
//! ```

use std::process::ExitCode;

use services::{Version, feed, game, jobs, letters, subscriptions};

const FIRST: Version = Version::First;
const MENDED: Version = Version::Mended;

fn main() -> ExitCode {
    stormglass::main(&[
        &feed::Feed(FIRST),
        &feed::Feed(MENDED),
        &game::Game(FIRST),
        &game::Game(MENDED),
        &jobs::Jobs(FIRST),
        &jobs::Jobs(MENDED),
        &letters::Letters(FIRST),
        &letters::Letters(MENDED),
        &subscriptions::Subscriptions(FIRST),
        &subscriptions::Subscriptions(MENDED),
    ])
}
