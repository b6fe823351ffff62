//! What is broken, what is suspect and what is fine, by what clients saw.

use stormglass_probe::{MessageFormat, ObservationKind, PropertyVerdict};
use stormglass_spec::history::Content;

use super::script::{HistoryBuilder, assert_found, mark, two};
use super::{ALL_ASSUMED, NOTHING_ASSUMED, SETTINGS, words};

#[test]
fn who_was_there_throughout_must_have_it() {
    let script = two().broadcast("ana1", 1).get("ana1", 1).acknowledge("ana1", 1);
    assert_found(&script.judged(), &["delivered"], &[]);
    let script = two().broadcast("ana1", 1).get("ana1", 1).acknowledge("ana1", 1);
    // However late.
    assert_found(&script.get("bob1", 1).judged(), &[], &[]);
}

#[test]
fn who_connected_meanwhile_is_no_suspicion() {
    let start = HistoryBuilder::default().connect("ana1");
    let script = start
        .see("bob1", ObservationKind::Requested)
        .broadcast("ana1", 1)
        .see("bob1", ObservationKind::Opened);
    let script = script.get("ana1", 1).acknowledge("ana1", 1);
    assert_found(&script.judged(), &[], &[]);
    let start = HistoryBuilder::default().connect("ana1").broadcast("ana1", 1).get("ana1", 1);
    assert_found(&start.connect("bob1").acknowledge("ana1", 1).judged(), &[], &[]);
}

#[test]
fn who_left_meanwhile_may_have_missed_it() {
    for kind in [ObservationKind::CloseSent(1000), ObservationKind::Vanished] {
        let script = two().broadcast("ana1", 1).see("bob1", kind).get("ana1", 1);
        assert_found(&script.acknowledge("ana1", 1).judged(), &[], &[]);
    }
}

#[test]
fn who_left_soon_after_it_may_have_missed_it() {
    let script = || two().broadcast("ana1", 1).get("ana1", 1).acknowledge("ana1", 1);
    assert_found(&script().see("bob1", ObservationKind::CloseSent(1000)).judged(), &[], &[]);
    let script = script().wait(SETTINGS.settle).see("bob1", ObservationKind::CloseSent(1000));
    assert_found(&script.judged(), &["delivered"], &[]);
}

#[test]
fn whom_the_endpoint_closed_may_have_been_closed_before_it() {
    let script = two().broadcast("ana1", 1).get("ana1", 1).acknowledge("ana1", 1);
    let script = script.wait(SETTINGS.settle).see("bob1", ObservationKind::ClosedByEndpoint(1006));
    assert_found(&script.judged(), &[], &["delivered"]);
}

#[test]
fn an_acknowledgement_that_admits_it_is_honest() {
    let script = two().broadcast("ana1", 1).get("ana1", 1);
    let text = format!(r#"{{"ack":{{"failed":1,"complete":false}},"id":"{}"}}"#, mark(1));
    assert_found(&script.text("ana1", &text).judged(), &[], &[]);
}

#[test]
fn what_was_not_acknowledged_need_not_arrive_but_must_be_answered() {
    let script = two().broadcast("ana1", 1).get("ana1", 1);
    assert_found(&script.judged(), &["answered"], &[]);
    let error =
        r#"{"message": "Endpoint request timed out", "connectionId":"a=", "requestId":"b="}"#;
    let script = two().broadcast("ana1", 1).get("ana1", 1).text("ana1", error);
    assert_found(&script.judged(), &[], &[]);
}

#[test]
fn the_order_of_what_was_acknowledged_is_kept() {
    let script = two().broadcast("ana1", 1).get("ana1", 1).acknowledge("ana1", 1);
    let script = script.broadcast("ana1", 2).get("bob1", 2).get("bob1", 1).get("ana1", 2);
    assert_found(&script.acknowledge("ana1", 2).judged(), &["causal-order"], &[]);
}

#[test]
fn the_order_of_what_crossed_is_nobodys_business() {
    let script = two().broadcast("ana1", 1).broadcast("bob1", 2);
    let script = script.get("ana1", 1).get("ana1", 2).get("bob1", 2).get("bob1", 1);
    assert_found(&script.acknowledge("ana1", 1).acknowledge("bob1", 2).judged(), &[], &[]);
}

#[test]
fn an_order_that_a_failure_inside_could_explain_is_suspect() {
    let twice = || {
        let script = two().broadcast("ana1", 1).get("ana1", 1).acknowledge("ana1", 1);
        let script = script.broadcast("ana1", 2).get("bob1", 2).get("bob1", 1).get("bob1", 1);
        script.get("ana1", 2).acknowledge("ana1", 2)
    };
    let promises = ["not-duplicated", "causal-order"];
    assert_found(&twice().judged(), &[], &promises);
    let verdicts = twice().judged_by(&MessageFormat::default(), ALL_ASSUMED);
    assert_found(&verdicts, &promises, &[]);
}

#[test]
fn a_mark_that_was_never_sent_is_invented() {
    let script = two().get("bob1", 9);
    assert_found(&script.judged(), &["not-invented"], &[]);
    let script = two().get("bob1", 1).broadcast("ana1", 1).get("ana1", 1).get("bob1", 1);
    assert_found(&script.acknowledge("ana1", 1).judged(), &["not-invented"], &[]);
}

#[test]
fn what_somebody_else_may_have_sent_is_suspect() {
    assert_found(&two().text("bob1", "hello").judged(), &[], &["not-invented"]);
}

#[test]
fn an_answer_in_unknown_words_is_an_answer_and_may_be_indiscreet() {
    let answered = |answer: &str| {
        let content = Content::Text("this is not JSON".into());
        let sent = ObservationKind::Sent { message: "ana.m1".into(), number: None, content };
        let script = || two().see("ana1", sent.clone()).text("ana1", answer);
        let alone = script().judged_by(&MessageFormat::default(), ALL_ASSUMED);
        (script().judged(), alone)
    };
    for (answer, found) in [
        ("what?", &[][..]),
        ("Error\n    at handler (index.js:3:9)", &["discreet"]),
        ("", &["answered"]),
    ] {
        let (by_default, alone) = answered(answer);
        assert_found(&by_default, &[], found);
        assert_found(&alone, found, &[]);
    }
}

const NEVER: &str = r#"
broadcast = '{"action":"say","data":${data}}'
[received]
data = "/data"
[answers]
acknowledged = "never"
"#;

#[test]
fn without_acknowledgements_little_is_certain() {
    let format = MessageFormat::parse("never.toml", NEVER).expect("a format");
    let say = |number| format!(r#"{{"from":"ana","data":"{}"}}"#, mark(number));
    let script = || two().broadcast("ana1", 1).text("ana1", &say(1));
    // The sender has it, and bob does not.
    assert_found(&script().judged_by(&format, NOTHING_ASSUMED), &[], &["delivered"]);
    // Bob has it, but after what was sent when the sender had it.
    let script = script().broadcast("ana1", 2).text("bob1", &say(2)).text("bob1", &say(1));
    let verdicts = script.text("ana1", &say(2)).judged_by(&format, NOTHING_ASSUMED);
    assert_found(&verdicts, &[], &["causal-order"]);
    assert!(words(&verdicts, "not judged").contains(&"answered"));
}

const SILENCE: &str = r#"
broadcast = '{"action":"say","data":${data}}'
[answers]
acknowledged = "silence"
[[bad-input]]
text = "no"
answered = true
[[bad-input]]
text = "perhaps"
answered = false
"#;

const FORBIDDEN: &str = r#"{"message": "Forbidden", "connectionId":"a=", "requestId":"b="}"#;

fn judged_by_silence(script: HistoryBuilder) -> Vec<PropertyVerdict> {
    let format = MessageFormat::parse("silence.toml", SILENCE).expect("a format");
    script.judged_by(&format, NOTHING_ASSUMED)
}

#[test]
fn silence_is_an_acknowledgement_where_only_failures_are_told() {
    let script = || two().broadcast("ana1", 1).get("ana1", 1);
    let long = || script().wait(SETTINGS.settle).connect("cyd1");
    assert_found(&judged_by_silence(long()), &["delivered"], &[]);
    assert_found(&judged_by_silence(long().get("bob1", 1)), &[], &[]);
    // A failure that was told is none of success.
    let told = script().text("ana1", FORBIDDEN).wait(SETTINGS.settle).connect("cyd1");
    assert_found(&judged_by_silence(told), &[], &[]);
    // Who left before it could have come did not wait for it.
    let left = script()
        .see("bob1", ObservationKind::CloseSent(1000))
        .wait(SETTINGS.settle)
        .connect("cyd1");
    assert_found(&judged_by_silence(left), &[], &[]);
}

#[test]
fn an_answer_that_nobody_must_give_is_nobody_elses() {
    let say = |script: HistoryBuilder, number: u32, text: &str| {
        let content = Content::Text(text.into());
        let message = format!("ana.m{number}").into();
        script.see("ana1", ObservationKind::Sent { message, number: None, content })
    };
    let script = || say(say(two(), 1, "perhaps"), 2, "no").text("ana1", FORBIDDEN);
    assert_found(&judged_by_silence(script()), &[], &[]);
    assert_found(&judged_by_silence(script().text("ana1", FORBIDDEN)), &[], &[]);
    let thrice = script().text("ana1", FORBIDDEN).text("ana1", FORBIDDEN);
    assert_found(&judged_by_silence(thrice), &[], &["answered"]);
    assert_found(&judged_by_silence(say(two(), 2, "no")), &["answered"], &[]);
}

#[test]
fn what_is_wrapped_is_compared_as_it_was_written() {
    let format = MessageFormat::parse("never.toml", NEVER).expect("a format");
    let said = |data: &str, got: &str| {
        let content = Content::Broadcast { data: data.into(), text: data.into() };
        let sent = ObservationKind::Sent { message: "ana.b1".into(), number: Some(1), content };
        let script = two().see("ana1", sent);
        let script = ["ana1", "bob1"].into_iter().fold(script, |script, connection| {
            script.text(connection, &format!(r#"{{"data": {got} }}"#))
        });
        script.judged_by(&format, NOTHING_ASSUMED)
    };
    let value = format!(r#"{{ "m" : "{}", "n": 1.0}}"#, mark(1));
    assert_found(&said(&value, &value), &[], &[]);
    assert_found(&said(&value, &value.replace("1.0", "1")), &["verbatim"], &[]);
    assert_found(&said(&mark(1), &format!("{:?}", mark(1))), &[], &[]);
}

#[test]
fn where_answers_have_ids_one_without_is_for_nothing_that_has_one() {
    let content = Content::Text("this is not JSON".into());
    let sent = || ObservationKind::Sent {
        message: "ana.m1".into(),
        number: None,
        content: content.clone(),
    };
    let script = two().broadcast("ana1", 1).see("ana1", sent()).get("bob1", 1);
    // It acknowledges what should have been refused, and not the broadcast, which is on its way.
    let script = script.text("ana1", r#"{"ack":{"failed":0,"complete":true}}"#);
    let script = script.broadcast("ana1", 2).get("ana1", 2).get("ana1", 1).get("bob1", 2);
    let script = script.acknowledge("ana1", 1).acknowledge("ana1", 2);
    assert_found(&script.judged(), &[], &[]);
    // The first of them was answered later, so that it is the second that failed.
    let script = two().broadcast("ana1", 1).broadcast("ana1", 2).text("ana1", FORBIDDEN);
    let script = script.get("ana1", 1).get("bob1", 1).acknowledge("ana1", 1);
    assert_found(&script.judged(), &[], &[]);
}
