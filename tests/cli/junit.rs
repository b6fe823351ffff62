//! `--junit FILE`: the files that other CI systems read.

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;

use crate::folder::Folder;
use crate::{sim, stderr, stdout};

/// A JUnit file, read by a parser that is not of the library that wrote it.
struct Suite {
    name: String,
    /// The result of each test case, and its problem.
    cases: BTreeMap<String, (String, Problem)>,
}

/// The problem of a test case that did not pass.
#[derive(Debug, Default, PartialEq)]
struct Problem {
    message: String,
    kind: String,
    text: String,
}

impl Suite {
    /// Reads the text of a file. Its counts must be those of its test cases.
    fn read(xml: &str) -> Suite {
        let document = roxmltree::Document::parse(xml).expect("valid XML");
        let suites = document.root_element();
        let mut elements = suites.children().filter(roxmltree::Node::is_element);
        let suite = elements.next().expect("a suite");
        assert_eq!(elements.count(), 0, "one suite");
        let nodes = suite.children().filter(|node| node.has_tag_name("testcase"));
        let cases: BTreeMap<String, (String, Problem)> = nodes.map(read_case).collect();
        for (attribute, became) in
            [("failures", "failure"), ("errors", "error"), ("skipped", "skipped"), ("tests", "")]
        {
            let is_counted = |it: &str| became.is_empty() || it == became;
            let count = cases.values().filter(|(it, _)| is_counted(it)).count().to_string();
            for node in [suites, suite] {
                assert_eq!(node.attribute(attribute), Some(count.as_str()), "{attribute} in {xml}");
            }
        }
        assert!(suite.attribute("time").is_some_and(|time| time.parse::<f64>().is_ok()), "{xml}");
        Suite { name: suite.attribute("name").expect("a name").to_owned(), cases }
    }

    fn said(&self, case: &str, became: &str) -> &Problem {
        let (known, said) = self.cases.get(case).unwrap_or_else(|| panic!("no {case}"));
        assert_eq!(known, became, "{case}: {said:?}");
        said
    }

    fn count(&self, became: &str) -> usize {
        self.cases.values().filter(|(known, _)| known == became).count()
    }
}

fn read_case(case: roxmltree::Node<'_, '_>) -> (String, (String, Problem)) {
    let name = case.attribute("name").expect("a name").to_owned();
    assert!(case.attribute("classname").is_some(), "{name}");
    let Some(child) = case.children().find(roxmltree::Node::is_element) else {
        return (name, ("passed".to_owned(), Problem::default()));
    };
    let attribute = |name| child.attribute(name).unwrap_or_default().to_owned();
    let text = child.text().unwrap_or_default().to_owned();
    let said = Problem { message: attribute("message"), kind: attribute("type"), text };
    (name, (child.tag_name().name().to_owned(), said))
}

/// Runs the program with `--junit`.
fn run(name: &str, arguments: &[&str]) -> (Output, Suite) {
    let folder = Folder::new(&format!("junit-{name}"));
    let file = folder.file("suite.xml");
    let output = sim(&[arguments, &["--junit", &file]].concat());
    let xml = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("no file: {error}; {}{}", stdout(&output), stderr(&output)));
    assert_eq!(folder.names(), ["suite.xml"], "nothing else is left there");
    (output, Suite::read(&xml))
}

#[test]
fn every_promise_is_a_test_case_that_passes_where_it_held() {
    let (output, suite) = run("held", &["explore", "--seeds", "50"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(
        stdout(&output).starts_with("HELD "),
        "the report for people is the same as without the file"
    );
    assert_eq!(suite.name, "stormglass, random");
    assert_eq!(suite.cases.len(), stormglass_spec::properties::ALL.len() + 1);
    assert_eq!(suite.count("passed"), suite.cases.len());
    suite.said("delivered", "passed");
    suite.said("search", "passed");
}

#[test]
fn a_broken_promise_is_a_failure_with_the_report_that_people_read() {
    let explore = ["explore", "--app", "tutorial", "--from", "1", "--seeds", "1"];
    for (name, more) in [("text", &[][..]), ("json", &["--json"])] {
        let (output, suite) = run(name, &[&explore[..], more].concat());
        assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
        let printed = stdout(&sim(&explore));
        assert_eq!(suite.name, "tutorial, random");
        assert_eq!(suite.count("failure"), 1);
        let broken = printed.split_whitespace().nth(1).expect("a promise");
        let said = suite.said(broken, "failure");
        assert!(printed.starts_with(&said.text) && !said.text.is_empty(), "{}", said.text);
        assert_eq!(said.kind, broken);
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let because = format!("because {}", words(&said.message));
        assert!(words(&printed).contains(&because), "{because}");
        assert_eq!(suite.said("answered", "skipped").message, "not declared by this app");
        suite.said("search", "passed");
        if more == ["--json"] {
            let lines = stdout(&output);
            assert!(lines.lines().all(|line| line.starts_with('{')), "{lines}");
        }
    }
}

#[test]
fn each_broken_promise_fails_once_in_a_search_that_goes_on() {
    let explore = ["explore", "--app", "tutorial", "--seeds", "40", "--keep-going", "--no-shrink"];
    let (output, suite) = run("several", &explore);
    let reports = stdout(&output).lines().filter(|line| line.starts_with("FAILED ")).count();
    assert!(reports > 1, "{}", stdout(&output));
    let failed = suite.cases.values().filter(|(result, _)| result == "failure");
    let told: usize = failed.map(|(_, problem)| problem.text.matches("FAILED  ").count()).sum();
    assert_eq!(told, reports);
}

#[test]
fn a_search_that_is_asleep_is_an_error_of_its_own() {
    let (output, suite) = run("asleep", &["explore", "--app", "drowsy", "--seeds", "2000"]);
    assert_eq!(output.status.code(), Some(3));
    let said = suite.said("search", "error");
    assert_eq!((said.kind.as_str(), suite.count("error")), ("asleep", 1));
    assert!(said.text.starts_with("ASLEEP  nothing broken, but too little met"), "{}", said.text);
    let vacuous = suite.said("never-tested", "skipped");
    assert_eq!(vacuous.message, "vacuous: it was never tested");
}

#[test]
fn a_harness_that_fails_is_an_error_and_the_file_is_written_all_the_same() {
    let explore = ["explore", "--from", "1", "--seeds", "1", "--app"];
    let (output, suite) = run("unsteady", &[&explore[..], &["unsteady-counter"]].concat());
    assert_eq!(output.status.code(), Some(3));
    let said = suite.said("search", "error");
    assert_eq!(said.kind, "harness");
    assert!(stderr(&output).contains(&said.text), "{}", said.text);
    let (output, suite) = run("process", &[&explore[..], &["unsteady-process"]].concat());
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(suite.count("failure"), 1, "the find is reported");
    suite.said("search", "error");
}

#[test]
fn every_plan_of_an_exhaustive_search_is_a_test_case() {
    let exhaustive = ["explore", "--strategy", "exhaustive"];
    let (output, suite) = run("plan", &[&exhaustive[..], &["--plan", "message"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!(suite.name, "stormglass, exhaustive");
    assert_eq!((suite.cases.len(), suite.count("passed")), (1, 1));
    let (output, suite) = run("plans", &[&exhaustive[..], &["--app", "tutorial"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert_eq!(suite.count("failure"), 1);
    assert!(suite.count("skipped") > 0, "the search ends at the first plan that is broken");
    let broken = stdout(&output);
    let broken = broken.lines().find_map(|line| line.strip_prefix("BROKEN  ")).expect("a plan");
    let plan = broken.split_whitespace().next().expect("its name");
    let said = suite.said(plan, "failure");
    assert!(stdout(&output).contains(&said.text) && said.text.starts_with("FAILED "));
}

#[test]
fn a_plan_that_breaks_several_promises_has_all_their_reports() {
    let exhaustive = ["explore", "--strategy", "exhaustive", "--plan", "message"];
    let all = ["--app", "tutorial", "--keep-going", "--no-shrink"];
    let (output, suite) = run("stories", &[&exhaustive[..], &all].concat());
    let reports = stdout(&output).matches("FAILED  ").count();
    assert!(reports > 1, "{}", stdout(&output));
    assert_eq!(suite.said("message", "failure").text.matches("FAILED  ").count(), reports);
    let (output, suite) =
        run("afresh", &[&exhaustive[..], &["--app", "unsteady-process"]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(suite.said("message", "failure").text.contains("NOT REPRODUCIBLE"));
    assert_eq!(suite.said("search", "error").kind, "harness");
}

#[test]
fn every_known_bug_is_a_test_case() {
    let (output, suite) =
        run("known-bad", &["known-bad", "--only", "sender-left-out,aws-sample-2"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert_eq!((suite.name.as_str(), suite.cases.len()), ("known-bad, random", 3));
    suite.said("sender-left-out", "passed");
    suite.said("canary", "passed");
    assert!(suite.said("aws-sample-2", "skipped").message.starts_with("hidden by aws-sample-1"));
    let few = ["known-bad", "--only", "failure-clears-retries", "--seeds", "1", "--json"];
    let (output, suite) = run("missed", &few);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    let said = suite.said("failure-clears-retries", "failure");
    assert!(said.message.contains("not found by random, with --seeds 1: "), "{}", said.message);
}

#[test]
fn a_file_that_cannot_be_written_is_wrong_use_before_anything_is_run() {
    let folder = Folder::new("junit-nowhere");
    let (missing, here) = (folder.file("gone/suite.xml"), folder.file("."));
    for (command, file, message) in [
        ("explore", &missing, "there is no folder "),
        ("known-bad", &missing, "there is no folder "),
        ("explore", &here, "this is a folder; name a file in it"),
    ] {
        let output = sim(&[command, "--junit", file]);
        assert_eq!(output.status.code(), Some(2), "{command} {file}");
        assert_eq!(stdout(&output), "", "nothing was run");
        assert!(stderr(&output).contains(message), "{}", stderr(&output));
    }
    assert!(folder.names().is_empty());
}

#[test]
fn the_report_is_printed_even_if_the_file_cannot_be_written() {
    let output = sim(&["explore", "--seeds", "1", "--junit", "/proc/suite.xml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).starts_with("HELD "), "{}", stdout(&output));
    let said = stderr(&output);
    assert!(said.starts_with("error: cannot write /proc/suite.xml: "), "{said}");
}
