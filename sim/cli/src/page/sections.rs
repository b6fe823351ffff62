//! The sections of the page, in their order.

use std::fmt::{self, Write};

use stormglass_sim::report::numbers::{count, thousands, time};
use stormglass_spec::{Property, witnesses};

use super::html::{Column, EscapedText, Table, write_heading};
use super::plots;
use crate::record::{ExplorationRecord, HuntRecord, SEEDS_TO_JUDGE, Verdict};

/// Writes all sections.
pub(super) fn write(
    page: &mut String,
    exploration: &ExplorationRecord,
    promises: &[Property],
    hunt: Option<&HuntRecord>,
) {
    // Writing to a string cannot fail.
    let _ = write_all(page, exploration, promises, hunt);
}

fn write_all(
    page: &mut String,
    exploration: &ExplorationRecord,
    promises: &[Property],
    hunt: Option<&HuntRecord>,
) -> fmt::Result {
    write_verdict(page, exploration)?;
    writeln!(page, "<main>")?;
    write_finds(page, exploration)?;
    plots::write(page, exploration, hunt)?;
    write_promises(page, exploration, promises)?;
    write_witnesses(page, exploration)?;
    write_faults(page, exploration)?;
    write_strategy(page, exploration)?;
    write_slowest(page, exploration)?;
    writeln!(page, "</main>\n<footer class=\"muted\">")?;
    writeln!(page, "<p>Made by the command <code>explore</code>; {LAST}</p>\n</footer>")
}

const LAST: &str = "the figures are beside it, in <code>exploration.json</code>. All but the wall \
                    times and the slowest seeds are the same wherever these seeds are run.";

fn write_verdict(page: &mut String, exploration: &ExplorationRecord) -> fmt::Result {
    let Verdict { word, sentence } = exploration.verdict();
    let class = word.to_lowercase();
    writeln!(page, "<header class=\"{class}\">")?;
    writeln!(page, "<h1><span class=\"word\">{word}</span> {}</h1>", EscapedText(sentence))?;
    writeln!(page, "<p class=\"muted\">{}</p>", EscapedText(exploration.title()))?;
    writeln!(page, "<dl class=\"tiles\">")?;
    for (name, value) in tiles(exploration) {
        writeln!(page, "<div><dt>{}</dt><dd>{}</dd></div>", EscapedText(name), EscapedText(value))?;
    }
    writeln!(page, "</dl>\n</header>")
}

fn tiles(exploration: &ExplorationRecord) -> [(&'static str, String); 8] {
    let ExplorationRecord { seeds, repeated, calls, events, wall_ms, virtual_ms, .. } =
        *exploration;
    let per_second = |number: u64| {
        let rate = u128::from(number) * 1_000 / u128::from(wall_ms.max(1));
        thousands(u64::try_from(rate).unwrap_or(u64::MAX))
    };
    [
        ("seeds", thousands(seeds)),
        ("run twice, with equal traces", thousands(repeated)),
        ("simulated AWS calls", thousands(calls)),
        ("events", thousands(events)),
        ("virtual time", format!("{} h", thousands(virtual_ms / 3_600_000))),
        ("wall time", time(wall_ms.saturating_mul(1_000))),
        ("seeds per second", per_second(seeds)),
        ("calls per second", per_second(calls)),
    ]
}

fn write_finds(page: &mut String, exploration: &ExplorationRecord) -> fmt::Result {
    if exploration.broken.is_empty() {
        return Ok(());
    }
    write_heading(page, "broken", "Broken promises")?;
    writeln!(page, "<ol class=\"finds\">")?;
    for broken in &exploration.broken {
        let (promise, because) = (EscapedText(&broken.promise), EscapedText(&broken.because));
        let (times, command) = (count(broken.seeds, "seed"), EscapedText(&broken.command));
        writeln!(page, "<li><h3>{promise}: broken by {times}</h3>")?;
        writeln!(page, "<p>{because}</p>")?;
        if !broken.also.is_empty() {
            let also = EscapedText(broken.also.join(", "));
            writeln!(page, "<p>also broken by this step: {also}</p>")?;
        }
        writeln!(page, "<p><code>{command}</code></p></li>")?;
    }
    writeln!(page, "</ol>\n</section>")
}

fn write_promises(
    page: &mut String,
    exploration: &ExplorationRecord,
    promises: &[Property],
) -> fmt::Result {
    write_heading(page, "promises", "Promises")?;
    let recorded = |property: &&Property| exploration.promises.contains_key(property.id);
    let rows = promises.iter().filter(recorded).map(|property| {
        let Property { id, kind, promise, .. } = *property;
        let tested = times(exploration.tested(id));
        [id.to_owned(), tested, kind.to_string(), promise.to_owned()]
    });
    let mut rows: Vec<_> = rows.collect();
    // The promises of an unknown application have a name, but no sentence.
    for id in exploration.promises.keys() {
        if !rows.iter().any(|row| row[0] == *id) {
            rows.push([id.clone(), times(exploration.tested(id)), String::new(), String::new()]);
        }
    }
    let columns = [
        ("promise", Column::Head),
        ("tested", Column::Number),
        ("holds", Column::Text),
        ("in words", Column::Prose),
    ];
    let caption = "The number of tests of each promise";
    writeln!(page, "{}</section>", Table { caption, columns, rows })
}

fn times(times: Option<u64>) -> String {
    times.map_or_else(|| "not declared".to_owned(), thousands)
}

fn write_witnesses(page: &mut String, exploration: &ExplorationRecord) -> fmt::Result {
    write_heading(page, "witnesses", "Witnesses")?;
    writeln!(
        page,
        "<p>A search that breaks no promise shows something only if it met these situations.</p>"
    )?;
    let rows = witnesses::ALL.iter().map(|witness| {
        let seen = times(exploration.seen(witness.id));
        [witness.id.to_owned(), seen, witness.sentence.to_owned()]
    });
    let columns =
        [("witness", Column::Head), ("seen", Column::Number), ("in words", Column::Prose)];
    let caption = "The number of times that the search met each situation that can break a promise";
    writeln!(page, "{}", Table { caption, columns, rows: rows.collect() })?;
    writeln!(page, "<p class=\"muted\">{}</p>\n</section>", EscapedText(judgement(exploration)))
}

/// Returns the judgement of the search by the situations that it met, in words.
fn judgement(exploration: &ExplorationRecord) -> String {
    let ExplorationRecord { unseen, vacuous, idle, .. } = exploration;
    if !exploration.judged {
        let seeds = count(SEEDS_TO_JUDGE, "random seed");
        return format!("Not judged: that takes {seeds} without a broken promise.");
    }
    let missing: Vec<&str> =
        [unseen, vacuous, idle].into_iter().flatten().map(String::as_str).collect();
    if missing.is_empty() {
        return "The search met every situation that it should meet.".to_owned();
    }
    format!("Asleep: these were never met or never tested, or are idle: {}.", missing.join(", "))
}

fn write_faults(page: &mut String, exploration: &ExplorationRecord) -> fmt::Result {
    write_heading(page, "faults", "Faults")?;
    let all = exploration.faults.len();
    let mattered = exploration.faults.iter().filter(|fault| fault.mattered > 0).count();
    writeln!(page, "<p>{mattered} of {all} faults made a difference.</p>")?;
    let rows = exploration.faults.iter().map(|fault| {
        let [offered, met, mattered] = [fault.offered, fault.met, fault.mattered].map(thousands);
        let name = format!("{} {}", fault.site, fault.fault);
        [name, fault.family.clone(), offered, met, mattered, fault.witness.clone()]
    });
    let columns = [
        ("fault", Column::Head),
        ("family", Column::Text),
        ("offered", Column::Number),
        ("met", Column::Number),
        ("mattered", Column::Number),
        ("visible effect", Column::Prose),
    ];
    let caption =
        "The number of times that each fault was offered, happened, and made a difference";
    writeln!(page, "{}", Table { caption, columns, rows: rows.collect() })?;
    if !exploration.never_offered.is_empty() {
        let never = exploration.never_offered.join(", ");
        writeln!(page, "<p class=\"muted\">Never offered: {}.</p>", EscapedText(never))?;
    }
    writeln!(page, "</section>")
}

fn write_strategy(page: &mut String, exploration: &ExplorationRecord) -> fmt::Result {
    write_heading(page, "strategy", "Strategy")?;
    let (strategy, deviations) = (&exploration.strategy, exploration.deviations);
    let (title, from) = (EscapedText(exploration.title()), exploration.from);
    writeln!(page, "<p>{}: {title}, from seed {from} on; ", EscapedText(strategy))?;
    writeln!(page, "{}.</p>", count(deviations, "deviation"))?;
    let rows = exploration.families.iter().map(|(family, counted)| {
        [family.clone(), thousands(counted.made), thousands(counted.offered)]
    });
    let columns = [("family", Column::Head), ("made", Column::Number), ("offered", Column::Number)];
    let caption = "The number of deviations of each family";
    writeln!(page, "{}</section>", Table { caption, columns, rows: rows.collect() })
}

fn write_slowest(page: &mut String, exploration: &ExplorationRecord) -> fmt::Result {
    write_heading(page, "slowest", "Slowest seeds")?;
    let rows = exploration.slowest.iter().map(|slow| {
        let [seed, wall, events] =
            [slow.seed.to_string(), time(slow.wall_us), thousands(slow.events)];
        [seed, wall, events, slow.command.clone()]
    });
    let columns = [
        ("seed", Column::Head),
        ("wall time", Column::Number),
        ("events", Column::Number),
        ("command", Column::Code),
    ];
    let caption = "The seeds that took the longest";
    writeln!(page, "{}</section>", Table { caption, columns, rows: rows.collect() })
}
