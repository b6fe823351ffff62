//! The end of a search, and the figures that it reports.

use std::process::Stdio;

use super::{line, program, sim, stderr, stdout, summary_in};

/// Runs a search, and returns its summary without the figures of the machine.
fn summary(arguments: &[&str]) -> serde_json::Value {
    summary_in(&sim(&[&["explore", "--json"], arguments].concat()))
}

#[test]
fn a_search_says_how_many_pairs_of_events_it_met_and_which_seed_met_the_last_new_one() {
    let arguments = ["--app", "tutorial", "--seeds", "60", "--keep-going", "--no-shrink"];
    let told = summary(&arguments);
    let printed = stdout(&sim(&[&["explore"], &arguments[..]].concat()));
    let (pairs, seed) = (&told["pairs"], &told["last_new_pair"]);
    let expected = format!("{pairs}, the last new one at seed {seed}");
    assert_eq!(line(&printed, "pairs of events met: "), expected);
    assert!(pairs.as_u64() > Some(100), "{pairs}");
    let up_to = (seed.as_u64().expect("a seed") + 1).to_string();
    let shorter = summary(&["--app", "tutorial", "--keep-going", "--seeds", &up_to]);
    assert_eq!(shorter["pairs"], told["pairs"]);
    let before = seed.as_u64().expect("a seed").to_string();
    let shorter = summary(&["--app", "tutorial", "--keep-going", "--seeds", &before]);
    assert!(shorter["pairs"].as_u64() < told["pairs"].as_u64());
}

#[test]
fn a_search_until_it_is_quiet_stops_at_the_same_seed_with_any_number_of_threads() {
    let arguments = ["--until-quiet", "--app", "drowsy", "--from", "77"];
    let alone = summary(&[&arguments[..], &["--jobs", "1"]].concat());
    let seeds = alone["seeds"].as_u64().expect("a number");
    let taken = alone["last_new_pair"].as_u64().expect("a seed") - 77 + 1;
    assert_eq!(seeds - taken, 1_000.max(seeds / 20), "{seeds} {taken}");
    assert_eq!(alone, summary(&[&arguments[..], &["--jobs", "3"]].concat()));
}

#[test]
fn a_search_until_it_is_quiet_has_no_other_end() {
    for (arguments, message) in [
        (&["--seeds", "5"][..], "cannot be used with"),
        (&["--for", "5s"], "cannot be used with"),
        (&["--strategy", "exhaustive"], "--until-quiet goes with --strategy random or pct"),
    ] {
        let output = sim(&[&["explore", "--until-quiet"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
    }
}

#[test]
fn a_search_for_no_time_at_all_ends_after_its_first_seed_with_a_report() {
    let output = sim(&["explore", "--for", "0s"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("HELD    no promise broken in 1 seed    app stormglass"));
}

#[test]
fn the_deviations_of_a_search_are_counted_by_family() {
    let told = summary(&["--seeds", "50", "--faults", "order,capacity"]);
    let made = |family: &str| told["families"][family]["made"].as_u64().expect("a number");
    assert!(made("order") > 0 && made("capacity") > 0, "{}", told["families"]);
    assert_eq!(made("order") + made("capacity"), told["deviations"].as_u64().expect("a number"));
    assert!(told["families"]["time"]["offered"].as_u64() > Some(0));
}

#[test]
fn a_search_that_meets_too_little_is_asleep_with_exit_code_3_if_it_is_long_enough() {
    let explore = |seeds| sim(&["explore", "--app", "drowsy", "--seeds", seeds]);
    let long = explore("2000");
    assert_eq!(long.status.code(), Some(3), "{}", stdout(&long));
    assert!(stdout(&long).starts_with("ASLEEP  nothing broken, but too little met in 2,000 seeds"));
    let vacuous = line(&stdout(&long), "  never-tested ").to_owned();
    assert!(vacuous.ends_with("   vacuous"), "{vacuous}");
    let witness = line(&stdout(&long), "  gone ").to_owned();
    assert!(witness.ends_with("   never"), "{witness}");
    let without_subject = line(&stdout(&long), "  stale-read ").to_owned();
    assert!(without_subject.ends_with("   does not apply: there were no reads of rows"));
    let short = explore("50");
    assert_eq!(short.status.code(), Some(0), "{}", stdout(&short));
    assert!(stdout(&short).contains("not judged: that takes 2000 random seeds"));
}

#[test]
fn a_reader_that_goes_away_ends_nothing_but_the_output() {
    for (arguments, code) in [
        (&["spec"][..], 0),
        (&["replay", "v1 ana:c", "--text"], 0),
        (&["explore", "--app", "tutorial", "--from", "1", "--seeds", "1"], 1),
    ] {
        let mut child = program(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(stderr(&output), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

/// Seeds that break one promise in one way repeat a report.
#[test]
fn finds_of_one_cause_are_told_once_with_their_number() {
    let arguments = ["--app", "tutorial", "--seeds", "60", "--keep-going", "--no-shrink"];
    let json = sim(&[&["explore", "--json"], &arguments[..]].concat());
    let json = stdout(&json);
    let objects = json.lines().map(|line| serde_json::from_str(line).expect("an object"));
    let objects: Vec<serde_json::Value> = objects.collect();
    let (summary, finds) = objects.split_last().expect("a summary");
    let seeds = |cause: &serde_json::Value, key: &str| cause[key].as_u64().expect("a number");
    let of_all: u64 = finds.iter().map(|find| seeds(find, "finds")).sum();
    assert_eq!(summary["finds"], of_all);
    assert!(finds.iter().any(|find| seeds(find, "finds") > 1), "{json}");
    let broken = summary["broken"].as_array().expect("a list");
    let told = |key: &str| broken.iter().map(|cause| seeds(cause, key)).collect::<Vec<u64>>();
    let numbers: Vec<u64> = finds.iter().map(|find| seeds(find, "finds")).collect();
    assert_eq!(told("seeds"), numbers);
    let printed = stdout(&sim(&[&["explore"], &arguments[..]].concat()));
    assert_eq!(printed.matches("FAILED  ").count(), finds.len(), "{printed}");
    for find in finds {
        let (seed, number) = (seeds(find, "seed"), seeds(find, "finds"));
        let source = format!("    seed {seed}, the shortest of {number}   app tutorial");
        assert!(number == 1 || printed.contains(&source), "{source} in\n{printed}");
        assert!(printed.contains(&format!("   seed {seed} is the shortest")), "{printed}");
    }
}
