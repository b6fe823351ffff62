//! The service keeps its promises in a simulated world with faults, delays and reordered events.

mod app;

use app::Service;
use stormglass_sim::search::explore::case_of;
use stormglass_sim::{CheckError, check};

#[test]
fn no_seed_breaks_a_promise() -> Result<(), CheckError> {
    for seed in 0..500 {
        let case = case_of(&Service, seed)?;
        // On failure: the story, and the line that replays it.
        check(&Service, &case)?;
    }
    Ok(())
}
