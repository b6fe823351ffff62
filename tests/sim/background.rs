//! Work that a handler leaves to its sandbox (FACTS 4.11).

use stormglass_sim::report::{Report, story};
use stormglass_spec::history::EventKind;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{before_the_end, ends, first, has, sends, start_delay_ms, starts};
use stormglass_tests::{broken, play_to_the_end, received};

const THREE: &str = r#"v1 ana:c,b"x",i5s,b"y",i5s,b"z""#;

/// A handler that does nothing but leave work behind gives it one step of time.
#[test]
fn work_that_was_left_behind_goes_on_only_while_another_invocation_runs() {
    let run = play_to_the_end(&Small(Flaw::Forgets), THREE);
    let scan = first(&run, sends("ana.b1.scan-1"));
    let post = first(&run, sends("ana.b1.post-ana1-1"));
    assert!(first(&run, ends("ana.b1")).number < scan.number);
    assert_eq!(scan.at, first(&run, starts("ana.b2")).at);
    assert_eq!(post.at, first(&run, starts("ana.b3")).at);
    assert_eq!(received(&run), [("ana1", "x")]);
}

#[test]
fn work_that_was_left_behind_is_never_done_without_another_invocation() {
    let run = play_to_the_end(&Small(Flaw::Forgets), r#"v1 ana:c,b"x",i100s,p"#);
    let calls = before_the_end(&run).filter(|event| match &event.kind {
        EventKind::CallSent { invocation, .. } => invocation.as_ref() == "ana.b1",
        _ => false,
    });
    assert_eq!(calls.count(), 0);
}

#[test]
fn work_that_was_left_behind_does_not_move_to_another_sandbox() {
    let case = format!("{THREE} | ana.b2.start=cold ana.b3.start=cold");
    let run = play_to_the_end(&Small(Flaw::Forgets), &case);
    assert_eq!(received(&run), []);
}

#[test]
fn a_broadcast_that_was_left_behind_was_not_delivered() {
    let (_, violation) = broken(&Small(Flaw::Forgets), r#"v1 ana:c,b"x""#);
    assert_eq!(violation.property, "delivered");
}

#[test]
fn a_panic_in_work_that_was_left_behind_takes_the_sandbox_down() {
    let case = r#"v1 ana:c,b"x",i5s,b"y",i5s,b"z""#;
    let run = play_to_the_end(&Small(Flaw::PanicsLater), case);
    assert!(!has(&run, |what| matches!(what, EventKind::InvocationKilled { invocation, .. }
        if invocation.as_ref() == "ana.b1")));
    let killed = first(&run, |what| matches!(what, EventKind::InvocationKilled { .. }));
    assert!(ends("ana.b2")(&killed.kind), "the next invocation dies with it");
    assert!(start_delay_ms(&run, "ana.b2") < 10);
    assert!(start_delay_ms(&run, "ana.b3") > 20, "it needs a new sandbox");
}

/// Its second invocation had ended by then, so the sandbox was frozen.
#[test]
fn a_sandbox_can_die_while_it_is_frozen() {
    let case = format!("{THREE} | ana.b1.scan-1=crash");
    let run = play_to_the_end(&Small(Flaw::Forgets), &case);
    assert_eq!(received(&run), []);
    assert!(start_delay_ms(&run, "ana.b3") > 20, "it needs a new sandbox");
}

/// A story that does not name the sandbox cannot say why the work went on just then.
#[test]
fn a_report_says_in_which_sandbox_work_was_left_behind_and_when_it_goes_on() {
    let story = story(&play_to_the_end(&Small(Flaw::Forgets), THREE));
    let row = |start: &str| one_line(&story, start);
    assert!(row("ana.b1   ends").ends_with("; sandbox 1 still holds work of ana.b1"), "{story}");
    let resumed = row("ana.b2   broadcast starts");
    assert!(resumed.ends_with("in sandbox 1, where work of ana.b1 goes on"), "{story}");
    let cold = format!("{THREE} | ana.b2.start=cold");
    let story = stormglass_sim::report::story(&play_to_the_end(&Small(Flaw::Forgets), &cold));
    let row = |start: &str| one_line(&story, start);
    assert!(row("ana.b2   broadcast starts").contains("in sandbox 2"), "{story}");
    assert!(!row("ana.b2   broadcast starts").contains("goes on"), "{story}");
}

#[test]
fn a_report_says_the_sandbox_of_a_function_that_has_several() {
    let several =
        story(&play_to_the_end(&Small(Flaw::Naive), "v1 ana:c bob:i5s,c | bob.c1.start=cold"));
    assert!(one_line(&several, "bob.c1   $connect starts").ends_with("in sandbox 2"), "{several}");
    assert!(one_line(&several, "ana.c1   $connect starts").ends_with("in sandbox 1"), "{several}");
    let one = story(&play_to_the_end(&Small(Flaw::Naive), "v1 ana:c bob:i5s,c"));
    assert!(!one.contains("sandbox"), "{one}");
}

#[test]
fn a_report_shows_the_invocation_that_lets_work_of_another_go_on() {
    let (run, violation) = broken(&Small(Flaw::Forgets), r#"v1 ana:c,b"x",i5s,b"y""#);
    let report = Report::new(&run, &violation, &Small(Flaw::Forgets), "case").to_string();
    assert!(one_line(&report, "ana.b1   ends").contains("still holds work of ana.b1"), "{report}");
}

/// The row of a report that begins with these words after its number and its time, in one line.
fn one_line(report: &str, start: &str) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_row = |line: &str| line.as_bytes().get(5).is_some_and(u8::is_ascii_digit);
    let mut rows: Vec<String> = Vec::new();
    for line in report.lines() {
        match rows.last_mut() {
            Some(row) if line.starts_with("          ") => *row = format!("{row} {}", line.trim()),
            _ if is_row(line) => rows.push(line.get(21..).unwrap_or_default().to_owned()),
            _ => rows.push(String::new()),
        }
    }
    let row = rows.iter().map(|row| words(row)).find(|row| row.starts_with(&words(start)));
    row.unwrap_or_else(|| panic!("{start} in\n{report}"))
}
