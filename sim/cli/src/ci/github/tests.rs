//! Annotations and summaries, with difficult texts in them.

use stormglass_apps::Tutorial;
use stormglass_sim::App;

use super::*;
use crate::program::command_line;

/// Returns a broken promise with other texts.
fn failure(because: &str, report: &str) -> Failure {
    let case = r#"v1 ana:c bob:c,i200ms,b"hi" | bob.b1.scan-1=stale"#.parse().expect("a case");
    let run = stormglass_sim::replay(&Tutorial, &case, &Tutorial.properties()).expect("a run");
    let mut violation = run.violation.clone().expect("a broken promise");
    violation.because = because.to_owned();
    let replay = command_line(&Tutorial).replay(&run.case);
    let (source, report) = ("case".to_owned(), report.to_owned());
    Failure { run, violation, app: "tutorial", source, coloured: report.clone(), report, replay }
}

fn from(variables: &[(&str, &str)]) -> Option<GitHub> {
    GitHub::from(false, |name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

#[test]
fn the_environment_of_a_github_workflow_is_recognised() {
    assert_eq!(from(&[]), None);
    assert_eq!(from(&[("GITHUB_STEP_SUMMARY", "file")]), None);
    assert_eq!(from(&[("GITHUB_ACTIONS", "false")]), None);
    let without = GitHub { is_json: false, step_summary: None };
    assert_eq!(from(&[("GITHUB_ACTIONS", "true")]), Some(without.clone()));
    assert_eq!(from(&[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "")]), Some(without));
    let with = GitHub { is_json: false, step_summary: Some(PathBuf::from("file")) };
    let both = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "file")];
    assert_eq!(from(&both), Some(with));
}

#[test]
fn a_workflow_command_is_one_line() {
    assert_eq!(escape_data("100%, a: b\r\nc"), "100%25, a: b%0D%0Ac");
    assert_eq!(escape_property("100%, a: b\r\nc"), "100%25%2C a%3A b%0D%0Ac");
}

#[test]
fn a_fence_is_longer_than_any_fence_in_its_text() {
    assert_eq!(fence("sh", "a"), "```sh\na\n```\n\n");
    assert_eq!(fence("sh", "a\n"), "```sh\na\n```\n\n");
    assert_eq!(fence("sh", "a`b``c"), "```sh\na`b``c\n```\n\n");
    assert_eq!(fence("text", "```\nx\n````"), "`````text\n```\nx\n````\n`````\n\n");
}

#[test]
fn markdown_in_a_text_is_escaped() {
    assert_eq!(
        escape_markdown("<b>_a_ *b* `c` [d](e) #1 @f |\n"),
        r"\<b\>\_a\_ \*b\* \`c\` \[d\](e) \#1 \@f \| "
    );
}

#[test]
fn a_section_has_the_promise_the_reason_the_command_the_diagram_and_the_report() {
    let text = section(&failure("it <is> so", "the report"), "sequenceDiagram", 10_000);
    let text = text.expect("room");
    let (before, after) = text.split_once("```sh\n").expect("a command");
    assert!(before.starts_with("### FAILED delivered\n\napp tutorial, case\n\n**promise** When a"));
    assert!(before.ends_with("\n\n**because** it \\<is\\> so\n\n"), "{before}");
    let command = r#"cargo sim replay 'v1 ana:c bob:c,i200ms,b"hi" | bob.b1.scan-1=stale'"#;
    let rest = "\n```\n\n```mermaid\nsequenceDiagram\n```\n\n<details><summary>The whole \
                report</summary>\n\n```text\nthe report\n```\n\n</details>\n\n";
    assert_eq!(after, format!("{command} --app tutorial{rest}"));
}

#[test]
fn a_section_without_room_leaves_out_the_report_first() {
    let (mermaid, failure) = ("m".repeat(1_000), failure("so", &"r".repeat(1_000)));
    let sized = |room| section(&failure, &mermaid, room);
    let whole = sized(usize::MAX).expect("room").len();
    assert_eq!(sized(whole).map(|text| text.len()), Some(whole));
    let without_report = sized(whole - 1).expect("room");
    assert!(!without_report.contains("rrr") && without_report.contains("mmm"));
    assert!(
        without_report.contains("There is no room for the report: the limit of a step summary")
    );
    let head = sized(without_report.len() - 1).expect("room");
    assert!(!head.contains("mmm") && head.contains("no room for the report and the diagram"));
    assert_eq!(sized(head.len() - 1), None);
}

#[test]
fn a_step_summary_never_grows_over_its_size() {
    let path = std::env::temp_dir().join(format!("stormglass-room-{}", std::process::id()));
    let most = usize::try_from(SUMMARY_MAX).expect("a small number");
    std::fs::write(&path, vec![b'x'; most - 10]).expect("a temporary file");
    let offered = |text: &str| {
        let offer = |room| (text.len() <= room).then(|| text.to_owned());
        append_to(&path, offer).expect("a file that can be written")
    };
    assert!(!offered("eleven char"));
    assert!(offered("ten chars."));
    assert!(!offered("x"));
    assert_eq!(std::fs::metadata(&path).expect("the file").len(), SUMMARY_MAX);
    std::fs::remove_file(&path).expect("the temporary file");
}
