//! `cargo sim spec`.

use stormglass_spec::{document, properties, witnesses};

use crate::arguments::SpecArguments;
use crate::output::{print, say};
use crate::{CommandError, Ending};

/// Lists the promises and the witnesses.
pub(crate) fn spec(arguments: &SpecArguments) -> Result<Ending, CommandError> {
    if arguments.markdown {
        print(format_args!("{}", document::markdown()));
        return Ok(Ending::Held);
    }
    for property in &properties::ALL {
        say!("{}  ({})", property.id, property.kind);
        say!("    {}", property.promise);
        say!("    Why: {}\n", property.reason);
    }
    say!("An exploration that is not asleep sometimes sees:");
    for witness in &witnesses::ALL {
        say!("    {:<12} {}", witness.id, witness.sentence);
    }
    Ok(Ending::Held)
}
