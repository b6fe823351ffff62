//! The report for people: verdicts, figures, stories of broken promises, and the command that plays
//! the workload again.

use std::fmt::{self, Display};

use anstyle::AnsiColor;
use stormglass_sim::report::layout::WIDTH;
use stormglass_sim::report::numbers::{count, thousands, time};
use textwrap::{Options, WordSplitter};

use super::ProbeReport;
use super::story::Story;
use crate::figures::Spread;
use crate::verdict::{Evidence, PropertyVerdict};

/// The width of a heading.
const HEADING: usize = 9;

impl Display for ProbeReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_verdict(f)?;
        writeln!(f, "\n{:<22} {:>9}   {:>9}", "promise", "tested", "found")?;
        for verdict in self.verdicts {
            write_promise(f, verdict)?;
        }
        self.write_times(f)?;
        self.write_rates(f)?;
        let suspicions = || {
            let verdicts = self.verdicts.iter();
            verdicts.filter_map(|verdict| Some((verdict, verdict.evidence.as_ref()?)))
        };
        for is_certain in [true, false] {
            for (verdict, evidence) in
                suspicions().filter(|(_, evidence)| evidence.is_certain == is_certain)
            {
                self.write_evidence(f, verdict, evidence)?;
            }
        }
        writeln!(f, "\n{:HEADING$}{}", "again", self.again)
    }
}

impl ProbeReport<'_> {
    fn write_verdict(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken = self.verdicts.iter().filter(|verdict| verdict.is_broken()).count();
        let suspect = self.verdicts.iter().filter(|verdict| verdict.is_suspect()).count();
        let number = |number| u64::try_from(number).unwrap_or(u64::MAX);
        let mut sentence = match self.word() {
            "FAILED" => format!("{} broken", count(number(broken), "promise")),
            "ASLEEP" => "no broadcast reached any client".to_owned(),
            _ => "no promise is broken".to_owned(),
        };
        if suspect > 0 {
            sentence += &format!(", {} suspect", number(suspect));
        }
        if !self.is_whole {
            sentence += ", stopped before the end";
        }
        let settings = self.settings;
        writeln!(f, "{} {sentence}", coloured(self.word()))?;
        let (clients, messages) = (settings.clients.into(), settings.messages.into());
        let (clients, messages) = (count(clients, "client"), count(messages, "broadcast"));
        writeln!(f, "{}   {clients}, {messages}, seed {:#x}", self.address, settings.seed)?;
        if self.figures.receiver.is_some() {
            return Ok(());
        }
        let sent =
            self.first_message.map_or("nothing".to_owned(), |message| format!("{message:?}"));
        let hint = format!("no broadcast arrived: does --message-format fit? The API sent {sent}");
        write_paragraph(f, "hint", &hint)
    }

    fn write_times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures;
        let rows = [
            ("handshake", figures.handshake),
            ("each receiver has it", figures.receiver),
            ("the last one has it", figures.last_receiver),
            ("acknowledged", figures.acknowledgement),
        ];
        let columns = ["count", "p50", "p90", "p99", "max"];
        write!(f, "\n{:<22}", "time")?;
        for column in columns {
            write!(f, " {column:>11}")?;
        }
        writeln!(f)?;
        for (name, spread) in rows {
            let Some(Spread { count, p50_us, p90_us, p99_us, max_us }) = spread else { continue };
            write!(f, "  {name:<20} {:>11}", thousands(count))?;
            for us in [p50_us, p90_us, p99_us, max_us] {
                write!(f, " {:>11}", time(us))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn write_rates(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures;
        if let Some(fan_out) = figures.fan_out {
            let (clients, spread) = (fan_out.clients, fan_out.last_receiver);
            let clients = count(u64::try_from(clients).unwrap_or(u64::MAX), "client");
            writeln!(
                f,
                "\nfan-out  {clients}, nothing else: the last one has it after {} (median of {})",
                time(spread.p50_us),
                spread.count
            )?;
        }
        let (opened, messages) =
            (figures.connections_per_second_max, figures.messages_per_second_max);
        writeln!(
            f,
            "rates    up to {} opened and {} in or out within a second",
            count(opened, "connection"),
            count(messages, "message")
        )?;
        writeln!(
            f,
            "in all   {} opened, {} refused, {} closed by the endpoint; {} sent, {} received",
            thousands(figures.opened),
            thousands(figures.refused),
            thousands(figures.ended),
            thousands(figures.sent),
            thousands(figures.received)
        )?;
        if figures.unmarked == 0 {
            return Ok(());
        }
        let others = format!(
            "{} received have no mark of this run, and answer nothing: other people may have sent \
             them. They are no ground for a promise to be broken, unless `--assume alone` says \
             that there are none.",
            count(figures.unmarked, "message")
        );
        write_paragraph(f, "others", &others)
    }

    fn write_evidence(
        &self,
        f: &mut fmt::Formatter<'_>,
        verdict: &PropertyVerdict,
        evidence: &Evidence,
    ) -> fmt::Result {
        let judged = verdict.judged;
        let id = judged.property.id;
        let word = if evidence.is_certain { "FAILED" } else { "SUSPECT" };
        let times = count(evidence.times, "time");
        writeln!(f, "\n{} {id}  ({})   found {times}", coloured(word), judged.property.kind)?;
        if !evidence.is_certain {
            write_paragraph(f, "because", &evidence.violation.because)?;
            return write_paragraph(f, "but", &format!("it may be innocent: {}.", judged.suspect));
        }
        write_paragraph(f, "promise", judged.property.promise)?;
        writeln!(f)?;
        Story::of(evidence).write(f)?;
        writeln!(f)?;
        write_paragraph(f, "because", &evidence.violation.because)?;
        match self.pictures.iter().find(|(of, _)| *of == id) {
            Some((_, path)) => writeln!(f, "{:HEADING$}{path}", "picture"),
            None => Ok(()),
        }
    }
}

fn write_promise(f: &mut fmt::Formatter<'_>, verdict: &PropertyVerdict) -> fmt::Result {
    let id = verdict.judged.property.id;
    let found = verdict.evidence.as_ref().map_or(0, |evidence| evidence.times);
    let (times, found) = (thousands(verdict.tested()), thousands(found));
    writeln!(f, "  {id:<20} {times:>9}   {found:>9}   {}", verdict.word())
}

/// Returns a word in its colour on a terminal.
fn coloured(word: &str) -> String {
    let colour = match word {
        "HELD" => AnsiColor::Green,
        "ASLEEP" | "SUSPECT" => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    };
    let style = colour.on_default().bold();
    format!("{style}{word}{style:#}{:1$}", "", 7_usize.saturating_sub(word.len()))
}

fn write_paragraph(f: &mut fmt::Formatter<'_>, word: &str, text: &str) -> fmt::Result {
    let options = Options::new(WIDTH - HEADING).word_splitter(WordSplitter::NoHyphenation);
    for (place, line) in textwrap::wrap(text, options).iter().enumerate() {
        let heading = if place == 0 { word } else { "" };
        writeln!(f, "{heading:HEADING$}{line}")?;
    }
    Ok(())
}
