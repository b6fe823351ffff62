//! The figures of an exploration, for people.

use std::fmt;

use stormglass_spec::witnesses;

use super::Figures;
use super::vacuity::SEEDS_TO_JUDGE;

impl fmt::Display for Figures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_verdict(f)?;
        self.write_promises(f)?;
        self.write_witnesses(f)?;
        self.write_faults(f)?;
        self.write_vacuity(f)?;
        self.write_families(f)?;
        self.write_coverage(f)?;
        writeln!(f, "\n{}", self.pace())
    }
}

impl Figures<'_> {
    fn write_verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds = self.summary.seeds;
        let (word, broken) = match self.summary.finds.len() {
            0 if self.vacuity.is_asleep() => {
                ("ASLEEP", "nothing broken, but too little met".to_owned())
            }
            0 => ("HELD", "no promise broken".to_owned()),
            1 => ("BROKEN", "one broken promise".to_owned()),
            finds => ("BROKEN", format!("{finds} broken promises")),
        };
        let s = if seeds == 1 { "" } else { "s" };
        let (app, search) = (self.app.name(), self.search);
        writeln!(f, "{word:<7} {broken} in {seeds} seed{s}    app {app}   {search}")
    }

    fn write_promises(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<22} {:>8}", "promise", "tested")?;
        for property in &self.app.properties() {
            let times = self.summary.verdicts.get(property.id).copied().unwrap_or(0);
            let note = self.note(property.id, times, "   vacuous");
            writeln!(f, "  {:<20} {times:>8}{note}", property.id)?;
        }
        Ok(())
    }

    fn write_witnesses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<22} {:>8}", "witness", "seen")?;
        for witness in &witnesses::ALL {
            let times = self.summary.witnesses.get(witness.id).copied().unwrap_or(0);
            let note = self.note(witness.id, times, "   never");
            writeln!(f, "  {:<20} {times:>8}   {}{note}", witness.id, witness.sentence)?;
        }
        Ok(())
    }

    fn note(&self, id: &str, times: u64, never: &'static str) -> &'static str {
        match (self.app.declares(id), times) {
            (false, _) => "   not declared by this app",
            (true, 0) => never,
            (true, _) => "",
        }
    }

    fn write_faults(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offered = self.summary.faults.iter().filter(|(_, count)| count.offered > 0);
        let known: Vec<_> = offered.collect();
        let mattered = known.iter().filter(|(_, count)| count.mattered > 0).count();
        writeln!(
            f,
            "\nfault                             met  mattered   {mattered} of {}",
            known.len()
        )?;
        for (entry, count) in known {
            writeln!(
                f,
                "  {:<13} {:<14} {:>7} {:>9}   {}",
                entry.site.name(),
                entry.fault.name(),
                count.met,
                count.mattered,
                entry.witness
            )?;
        }
        Ok(())
    }

    fn write_vacuity(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.vacuity.is_asleep() {
            for idle in &self.vacuity.idle {
                writeln!(f, "  never mattered: {idle}")?;
            }
        }
        if self.vacuity.is_judged {
            return Ok(());
        }
        writeln!(
            f,
            "  not judged: that takes {SEEDS_TO_JUDGE} random seeds without a broken promise"
        )
    }

    fn write_families(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deviations = self.summary.deviations;
        let s = if deviations == 1 { "" } else { "s" };
        write!(f, "\n{deviations} deviation{s}:")?;
        let mut separator = " ";
        for (family, metric) in self.summary.families.iter() {
            write!(f, "{separator}{family} {} of {}", metric.made, metric.offered)?;
            separator = ", ";
        }
        writeln!(f)
    }

    fn write_coverage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coverage = &self.summary.coverage;
        write!(f, "pairs of events met: {}", coverage.pairs())?;
        if let Some(seed) = coverage.last_new_seed() {
            write!(f, ", the last new one at seed {seed}")?;
        }
        let (seeds, repeated) = (self.summary.seeds, self.summary.repeated);
        writeln!(f, "\nrun twice, with equal traces: {repeated} of {seeds} seeds")
    }
}
