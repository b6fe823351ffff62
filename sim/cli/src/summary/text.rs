//! The figures of an exploration as a text for people.

use std::fmt;

use stormglass_sim::report::numbers::{thousands, time};
use stormglass_sim::search::causes::Cause;
use stormglass_sim::search::explore::Find;
use stormglass_spec::need::missing;
use stormglass_spec::{Need, witnesses};
use textwrap::WordSplitter::NoHyphenation;

use super::Figures;
use crate::clock::micros;
use crate::output::verdict;
use crate::record::{FanOut, SEEDS_TO_JUDGE, Spread, Verdict};

/// The width of a line.
const WIDTH: usize = 100;

/// The first number of each range of recipients of a broadcast.
const RECIPIENTS: [u64; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1_024];

impl fmt::Display for Figures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_verdict(f)?;
        if self.stopped_at_once() {
            return writeln!(f, "{}", self.pace());
        }
        self.write_causes(f)?;
        self.write_promises(f)?;
        self.write_witnesses(f)?;
        self.write_faults(f)?;
        self.write_vacuity(f)?;
        self.write_families(f)?;
        self.write_broadcasts(f)?;
        self.write_runs(f)?;
        self.write_coverage(f)?;
        writeln!(f, "\n{}", self.pace())
    }
}

impl Figures<'_> {
    /// Reports whether the search stopped at a broken promise before it had met much. Its figures
    /// are on the page, and would only push the report of the promise out of sight.
    fn stopped_at_once(&self) -> bool {
        self.summary.finds.len() == 1 && self.summary.seeds < SEEDS_TO_JUDGE
    }

    fn write_verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finds = u64::try_from(self.summary.finds.len()).unwrap_or(u64::MAX);
        let Verdict { word, sentence } =
            Verdict::new(self.summary.seeds, finds, self.vacuity.is_asleep());
        let (app, search) = (self.app.name(), self.search);
        let word = verdict(word);
        writeln!(f, "{word} {sentence}    app {app}   {search}")
    }

    /// Writes the causes of broken promises, each with the number of its seeds.
    fn write_causes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let causes = self.summary.causes();
        if causes.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n{:<22} {:>9}", "broken", "seeds")?;
        for Cause { smallest: Find { seed, violation, .. }, finds } in causes {
            let heading = format!("  {:<20} {:>9}   ", violation.property, thousands(finds));
            let also = violation.also.iter().map(|id| format!("; also {id}")).collect::<String>();
            write_wrapped(f, &heading, &format!("seed {seed} is the shortest{also}"))?;
        }
        Ok(())
    }

    fn write_promises(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<22} {:>9}", "promise", "tested")?;
        for property in &self.app.properties() {
            let times = self.summary.verdicts.get(property.id).copied().unwrap_or(0);
            let note = self.note(property.id, property.needs, times, "   vacuous");
            writeln!(f, "  {:<20} {:>9}{note}", property.id, thousands(times))?;
        }
        Ok(())
    }

    fn write_witnesses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<22} {:>9}", "witness", "seen")?;
        for witness in &witnesses::ALL {
            let times = self.summary.witnesses.get(witness.id).copied().unwrap_or(0);
            let note = self.note(witness.id, witness.needs, times, "   never");
            let heading = format!("  {:<20} {:>9}   ", witness.id, thousands(times));
            write_wrapped(f, &heading, &format!("{}{note}", witness.sentence))?;
        }
        Ok(())
    }

    fn note(&self, id: &str, needs: &[Need], times: u64, never: &str) -> String {
        if !self.app.declares(id) {
            return "   not declared by this app".to_owned();
        }
        match (missing(needs, &self.summary.met), times) {
            (Some(need), 0) => format!("   does not apply: there were no {need}"),
            (None, 0) => never.to_owned(),
            (_, _) => String::new(),
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
            let heading = format!(
                "  {:<13} {:<14} {:>7} {:>9}   ",
                entry.site.name(),
                entry.fault.name(),
                thousands(count.met),
                thousands(count.mattered)
            );
            write_wrapped(f, &heading, entry.witness)?;
        }
        Ok(())
    }

    fn write_vacuity(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.vacuity.is_asleep() {
            for idle in &self.vacuity.idle {
                writeln!(f, "  asleep: {idle}")?;
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
        writeln!(f, "\n{:<22} {:>9}  {:>10}", "deviation", "made", "offered")?;
        for (family, metric) in self.summary.families.iter() {
            let (made, offered) = (thousands(metric.made), thousands(metric.offered));
            writeln!(f, "  {:<20} {made:>9}  {offered:>10}", family.name())?;
        }
        writeln!(f, "  {:<20} {:>9}", "all", thousands(self.summary.deviations))
    }

    /// Writes the latency of broadcasts, in virtual time.
    fn write_broadcasts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranges = self.summary.latencies.ranges(&RECIPIENTS);
        if ranges.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\n{:<22} {:>9}   {:>20} {:>8}   {:>20} {:>8}",
            "broadcasts to",
            "number",
            "acknowledged: median",
            "99 %",
            "last arrival: median",
            "99 %"
        )?;
        for range in &ranges {
            let fan_out = FanOut::new(range);
            let [acknowledged, acknowledged_high] = latency(&fan_out.acknowledged_us);
            let [arrived, arrived_high] = latency(&fan_out.arrived_us);
            let (recipients, broadcasts) = (fan_out.recipients(), thousands(fan_out.broadcasts));
            writeln!(
                f,
                "  {recipients:<20} {broadcasts:>9}   {acknowledged:>20} {acknowledged_high:>8}   \
                 {arrived:>20} {arrived_high:>8}"
            )?;
        }
        Ok(())
    }

    /// Writes the number of events in a run, and the runs that took the most wall time.
    fn write_runs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spread { min, median, p90, p99, max, .. } = Spread::new(&self.summary.events_per_run);
        let [min, median, p90, p99, max] = [min, median, p90, p99, max].map(thousands);
        let spread = format!(
            "{min} to {max}; half of the runs have up to {median}, 90 % up to {p90}, 99 % up to \
             {p99}"
        );
        writeln!(f, "\nevents per run: {spread}")?;
        let slowest = self
            .summary
            .slowest
            .iter()
            .map(|slow| format!("{} in {}", slow.seed, time(micros(slow.wall))));
        let slowest: Vec<String> = slowest.collect();
        writeln!(f, "slowest seeds:  {}", slowest.join(", "))
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

/// Returns the median and the 99th percentile in words.
fn latency(spread: &Spread) -> [String; 2] {
    match spread.count {
        0 => ["-".to_owned(), "-".to_owned()],
        _ => [time(spread.median), time(spread.p99)],
    }
}

/// Writes a heading and a text beside it. Further lines of the text begin below its first.
fn write_wrapped(f: &mut fmt::Formatter<'_>, heading: &str, text: &str) -> fmt::Result {
    let indent = " ".repeat(heading.chars().count());
    let options = textwrap::Options::new(WIDTH)
        .initial_indent(heading)
        .subsequent_indent(&indent)
        .word_splitter(NoHyphenation);
    writeln!(f, "{}", textwrap::fill(text, options))
}
