//! `cargo sim spec`.

use stormglass_spec::{document, properties, witnesses};

use crate::arguments::SpecArguments;
use crate::{CommandError, Ending};

/// Lists the promises and the witnesses.
pub(crate) fn spec(arguments: &SpecArguments) -> Result<Ending, CommandError> {
    if arguments.markdown {
        print!("{}", document::markdown());
        return Ok(Ending::Held);
    }
    for property in &properties::ALL {
        println!("{}  ({})", property.id, property.kind);
        println!("    {}", property.promise);
        println!("    Why: {}\n", property.reason);
    }
    println!("An exploration that is not asleep sometimes sees:");
    for witness in &witnesses::ALL {
        println!("    {:<12} {}", witness.id, witness.sentence);
    }
    Ok(Ending::Held)
}
