//! Looks for the bug in the first version of the chat, and prints a report of it.
//!
//! ```sh
//! cargo run --example explore                 # until a promise is broken
//! cargo run --example explore -- 'v1 ana:c'   # this case
//! ```

#[path = "../tests/simulation/app.rs"]
mod app;
#[path = "../tests/simulation/promise.rs"]
mod promise;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use app::Rooms;
use rooms::Memory;
use stormglass_sim::report::picture::Picture;
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, CheckError, check};

const CHAT: Rooms = Rooms(Memory::Index);
const SEEDS: u64 = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    if let Some(text) = std::env::args().nth(1) {
        return tell(&text.parse()?);
    }
    for seed in 0..SEEDS {
        let run = run_seed(&CHAT, seed, Families::ALL)?;
        if run.violation.is_some() {
            let limits = Limits { runs_max: 2_000, stop: &AtomicBool::new(false) };
            let shrunk = shrink(&CHAT, &run.case, &CHAT.properties(), limits)?;
            println!("seed {seed} breaks a promise\n");
            return tell(&shrunk.map_or(run.case, |shrunk| shrunk.run.case));
        }
    }
    println!("{SEEDS} seeds keep every promise");
    Ok(())
}

fn tell(case: &Case) -> Result<(), Box<dyn Error>> {
    match check(&CHAT, case) {
        Ok(_) => println!("it keeps every promise: {case}"),
        Err(CheckError::Broken { report, run }) => {
            print!("{report}");
            let page = Path::new("target").join("rooms.html");
            fs::write(&page, Picture::of(&run, CHAT.name()).html())?;
            println!("picture  {}", page.display());
        }
        Err(error) => println!("{error}"),
    }
    Ok(())
}
