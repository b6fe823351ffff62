//! The parts of the page, each with its heading.

use std::fmt::{self, Write};

use stormglass_spec::{Property, properties, witnesses};

use super::html::{Column, Escaped, Table};
use super::plots;
use crate::record::{Exploration, KnownBad, SEEDS_TO_JUDGE, Verdict};
use stormglass_apps::names;
use stormglass_sim::report::numbers::{count, thousands, time};

/// Writes all of them.
pub(super) fn write(page: &mut String, exploration: &Exploration, known_bad: Option<&KnownBad>) {
    // Writing to a string cannot fail.
    let _ = write_all(page, exploration, known_bad);
}

fn write_all(
    page: &mut String,
    exploration: &Exploration,
    known_bad: Option<&KnownBad>,
) -> fmt::Result {
    write_verdict(page, exploration)?;
    writeln!(page, "<main>")?;
    write_finds(page, exploration)?;
    plots::write(page, exploration, known_bad)?;
    write_promises(page, exploration)?;
    write_witnesses(page, exploration)?;
    write_faults(page, exploration)?;
    write_strategy(page, exploration)?;
    write_slowest(page, exploration)?;
    writeln!(page, "</main>\n<footer class=\"muted\">")?;
    writeln!(page, "<p>Made by <code>cargo sim explore</code>; {LAST}</p>\n</footer>")
}

const LAST: &str = "the figures are beside it, in <code>exploration.json</code>. All but the times \
                    on the wall and the slowest seeds are the same wherever these seeds are run.";

/// Opens a section.
pub(super) fn heading(page: &mut String, id: &str, title: &str) -> fmt::Result {
    let title = Escaped(title);
    writeln!(page, "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>")
}

fn write_verdict(page: &mut String, exploration: &Exploration) -> fmt::Result {
    let Verdict { word, sentence } = exploration.verdict();
    let class = word.to_lowercase();
    writeln!(page, "<header class=\"{class}\">")?;
    writeln!(page, "<h1><span class=\"word\">{word}</span> {}</h1>", Escaped(sentence))?;
    writeln!(page, "<p class=\"muted\">{}</p>", Escaped(exploration.title()))?;
    writeln!(page, "<dl class=\"tiles\">")?;
    for (name, value) in tiles(exploration) {
        writeln!(page, "<div><dt>{}</dt><dd>{}</dd></div>", Escaped(name), Escaped(value))?;
    }
    writeln!(page, "</dl>\n</header>")
}

fn tiles(exploration: &Exploration) -> [(&'static str, String); 8] {
    let Exploration { seeds, repeated, calls, events, wall_ms, virtual_ms, .. } = *exploration;
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
        ("time on the wall", time(wall_ms.saturating_mul(1_000))),
        ("seeds per second", per_second(seeds)),
        ("calls per second", per_second(calls)),
    ]
}

fn write_finds(page: &mut String, exploration: &Exploration) -> fmt::Result {
    if exploration.broken.is_empty() {
        return Ok(());
    }
    heading(page, "broken", "Broken promises")?;
    writeln!(page, "<ol class=\"finds\">")?;
    for broken in &exploration.broken {
        let (promise, because) = (Escaped(&broken.promise), Escaped(&broken.because));
        let (times, command) = (count(broken.seeds, "seed"), Escaped(&broken.command));
        writeln!(page, "<li><h3>{promise}: broken by {times}</h3>")?;
        writeln!(page, "<p>{because}</p>\n<p><code>{command}</code></p></li>")?;
    }
    writeln!(page, "</ol>\n</section>")
}

fn write_promises(page: &mut String, exploration: &Exploration) -> fmt::Result {
    heading(page, "promises", "Promises")?;
    let rows = promises(exploration).into_iter().map(|property| {
        let Property { id, kind, promise, .. } = property;
        let tested = times(exploration.tested(id));
        [id.to_owned(), tested, kind.to_string(), promise.to_owned()]
    });
    let mut rows: Vec<_> = rows.collect();
    // What an application of somebody else's is held to is known by its name alone.
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
    let caption = "How often each promise was put to the test";
    writeln!(page, "{}</section>", Table { caption, columns, rows })
}

fn times(times: Option<u64>) -> String {
    times.map_or_else(|| "not declared".to_owned(), thousands)
}

/// The promises that the application is held to, in its order.
fn promises(exploration: &Exploration) -> Vec<Property> {
    let held = match names::find(&exploration.app) {
        Some(app) => app.properties(),
        None => properties::ALL.to_vec(),
    };
    let known = |property: &Property| exploration.promises.contains_key(property.id);
    held.into_iter().filter(known).collect()
}

fn write_witnesses(page: &mut String, exploration: &Exploration) -> fmt::Result {
    heading(page, "witnesses", "Witnesses")?;
    writeln!(page, "<p>Silence means something only if the search was where promises break.</p>")?;
    let rows = witnesses::ALL.iter().map(|witness| {
        let seen = times(exploration.seen(witness.id));
        [witness.id.to_owned(), seen, witness.sentence.to_owned()]
    });
    let columns =
        [("witness", Column::Head), ("seen", Column::Number), ("in words", Column::Prose)];
    let caption = "How often the search was where promises break";
    writeln!(page, "{}", Table { caption, columns, rows: rows.collect() })?;
    writeln!(page, "<p class=\"muted\">{}</p>\n</section>", Escaped(judged(exploration)))
}

/// Whether silence means something here.
fn judged(exploration: &Exploration) -> String {
    let Exploration { unseen, vacuous, idle, .. } = exploration;
    if !exploration.judged {
        let seeds = count(SEEDS_TO_JUDGE, "random seed");
        return format!("Not judged by what it met: that takes {seeds} without a broken promise.");
    }
    let missing: Vec<&str> =
        [unseen, vacuous, idle].into_iter().flatten().map(String::as_str).collect();
    match missing.is_empty() {
        true => "All that should have been met was met.".to_owned(),
        false => format!("Asleep: never met, tested or mattered: {}.", missing.join(", ")),
    }
}

fn write_faults(page: &mut String, exploration: &Exploration) -> fmt::Result {
    heading(page, "faults", "Faults")?;
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
        ("what is seen of it", Column::Prose),
    ];
    let caption = "How often each fault could have happened, happened, and made a difference";
    writeln!(page, "{}", Table { caption, columns, rows: rows.collect() })?;
    if !exploration.never_offered.is_empty() {
        let never = exploration.never_offered.join(", ");
        writeln!(page, "<p class=\"muted\">Could never happen here: {}.</p>", Escaped(never))?;
    }
    writeln!(page, "</section>")
}

fn write_strategy(page: &mut String, exploration: &Exploration) -> fmt::Result {
    heading(page, "strategy", "Strategy")?;
    let (strategy, deviations) = (&exploration.strategy, exploration.deviations);
    let (title, from) = (Escaped(exploration.title()), exploration.from);
    writeln!(page, "<p>{}: {title}, from seed {from} on; ", Escaped(strategy))?;
    writeln!(page, "{} from the dull way.</p>", count(deviations, "deviation"))?;
    let rows = exploration.families.iter().map(|(family, counted)| {
        [family.clone(), thousands(counted.made), thousands(counted.offered)]
    });
    let columns = [("family", Column::Head), ("made", Column::Number), ("offered", Column::Number)];
    let caption = "Deviations by family";
    writeln!(page, "{}</section>", Table { caption, columns, rows: rows.collect() })
}

fn write_slowest(page: &mut String, exploration: &Exploration) -> fmt::Result {
    heading(page, "slowest", "Slowest seeds")?;
    let rows = exploration.slowest.iter().map(|slow| {
        let [seed, wall, events] =
            [slow.seed.to_string(), time(slow.wall_us), thousands(slow.events)];
        [seed, wall, events, slow.command.clone()]
    });
    let columns = [
        ("seed", Column::Head),
        ("time on the wall", Column::Number),
        ("events", Column::Number),
        ("run it again", Column::Code),
    ];
    let caption = "The seeds that took the longest";
    writeln!(page, "{}</section>", Table { caption, columns, rows: rows.collect() })
}
