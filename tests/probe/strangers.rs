//! Other people on the same endpoint: they talk all the while, and no word of theirs is a reason to
//! accuse the endpoint.

use futures_util::{SinkExt, StreamExt};
use stormglass_probe::{Figures, MessageFormat, ObservationKind};
use stormglass_spec::history::Content;
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use super::endpoint::{CHATTER, Fault, start};
use super::script::{HistoryBuilder, assert_found, mark, two};
use super::{ALL_ASSUMED, NOTHING_ASSUMED, SETTINGS, verdicts, watch, words};

const GATEWAY_ERROR: &str = r#"{"message":"Forbidden","connectionId":"a=","requestId":"b="}"#;

/// The JSON that strangers send: words, nothing at all, and texts like those of an endpoint.
const TALK: [&str; 8] = [
    r#""chat""#,
    r#""""#,
    r#"{"ack":{"delivered":9,"gone":0,"pending":0,"failed":0,"complete":true}}"#,
    r#"{"ack":{"complete":true},"id":"theirs"}"#,
    r#"{"error":"x is undefined\n    at Object.<anonymous> (index.js:3)"}"#,
    r#"{"error":"no arn:aws:lambda:eu-west-1:012345678901:f","id":"theirs"}"#,
    GATEWAY_ERROR,
    r#""Error\n    at handler (index.js:3:9)""#,
];

/// Returns the texts that clients get of it.
fn talk() -> impl Iterator<Item = String> {
    TALK.iter().map(|data| serde_json::from_str(data).unwrap_or_else(|_| (*data).to_owned()))
}

/// Connects a stranger that says `times` things whenever a client of the probe broadcasts.
///
/// So the amount of talk depends on the progress of the probe, and not on any clock.
pub(super) async fn talk_beside(address: &str, times: usize) {
    let stream = TcpStream::connect(address).await.expect("it listens");
    let opened = client_async(format!("ws://{address}"), stream).await;
    let (mut socket, _) = opened.expect("a socket");
    let say = |data: &str| Message::text(format!(r#"{{"action":"broadcast","data":{data}}}"#));
    // Once they hear themselves, the endpoint has them.
    socket.send(say(r#""hello""#)).await.expect("it is sent");
    while !matches!(socket.next().await, Some(Ok(Message::Text(text))) if text == "hello") {}
    let theirs: Vec<String> = talk().collect();
    #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            if text.starts_with(r#"{"ack""#) || theirs.iter().any(|said| *said == *text) {
                continue;
            }
            for data in TALK.iter().cycle().take(times) {
                if socket.send(say(data)).await.is_err() {
                    return;
                }
            }
        }
    });
}

/// A client sends something that no route understands.
fn ask(script: HistoryBuilder, number: u32) -> HistoryBuilder {
    let content = Content::Text("this is not JSON".into());
    let message = format!("ana.m{number}").into();
    script.see("ana1", ObservationKind::Sent { message, number: None, content })
}

/// All clients get everything that strangers say.
fn talked(script: HistoryBuilder) -> HistoryBuilder {
    talk().fold(script, |script, text| script.text("ana1", &text).text("bob1", &text))
}

/// Two clients whose messages are answered, or not, while strangers talk after every step.
fn conversation(is_delivered: bool, is_answered: bool) -> HistoryBuilder {
    let script = talked(talked(two()).broadcast("ana1", 1));
    let script = talked(talked(script.get("ana1", 1)).acknowledge("ana1", 1));
    let script = talked(if is_delivered { script.get("bob1", 1) } else { script });
    let script = talked(script.broadcast("ana1", 2)).get("ana1", 2).get("bob1", 2);
    let script = talked(talked(script.acknowledge("ana1", 2)));
    let script = ask(script, 1);
    if is_answered { talked(talked(script).text("ana1", r#"{"error":"no"}"#)) } else { script }
}

#[test]
fn whatever_strangers_say_breaks_no_promise() {
    assert_eq!(words(&conversation(true, true).judged(), "broken"), [""; 0]);
}

#[test]
fn what_is_lost_or_never_answered_is_noticed_whatever_strangers_say() {
    assert_eq!(words(&conversation(false, true).judged(), "broken"), ["delivered"]);
    assert_eq!(words(&conversation(true, false).judged(), "broken"), ["answered"]);
}

#[test]
fn talk_before_an_answer_is_not_the_answer_even_if_nobody_else_may_be_there() {
    let script = || ask(two(), 1).text("ana1", "chat").text("ana1", r#"{"error":"no"}"#);
    assert_found(&script().judged(), &[], &["not-invented"]);
    let alone = script().judged_by(&MessageFormat::default(), ALL_ASSUMED);
    assert_found(&alone, &["not-invented"], &[]);
}

#[test]
fn strangers_may_have_sent_every_second_answer_but_one_with_a_mark() {
    let asked = || ask(two(), 1).text("ana1", GATEWAY_ERROR);
    assert_found(&asked().text("ana1", GATEWAY_ERROR).judged(), &[], &["answered"]);
    let script = two().broadcast("ana1", 1).get("ana1", 1).get("bob1", 1);
    let script = script.acknowledge("ana1", 1).acknowledge("ana1", 1);
    assert_found(&script.judged(), &["answered"], &[]);
}

#[test]
fn an_indiscreet_answer_with_a_mark_is_nobody_elses() {
    let script = two().broadcast("ana1", 1);
    let leak = format!(r#"{{"error":"no arn:aws:sns:eu-west-1:1:t","id":"{}"}}"#, mark(1));
    assert_found(&script.text("ana1", &leak).judged(), &["discreet"], &[]);
}

const WITHOUT_IDS: &str = r#"
broadcast = '{"action":"say","data":${data}}'
[answers]
acknowledged = "reply"
reply = "/ok"
"#;

#[test]
fn strangers_may_have_sent_an_acknowledgement_without_a_mark() {
    let format = MessageFormat::parse("ids.toml", WITHOUT_IDS).expect("a format");
    let script = || two().broadcast("ana1", 1).get("ana1", 1).text("ana1", r#"{"ok":true}"#);
    assert_found(&script().judged_by(&format, NOTHING_ASSUMED), &[], &["delivered"]);
    assert_found(&script().judged_by(&format, ALL_ASSUMED), &["delivered"], &[]);
}

#[test]
fn every_violation_is_a_test() {
    let script = || ask(two(), 1);
    for verdict in script().judged() {
        let found = verdict.evidence.as_ref().map_or(0, |evidence| evidence.times);
        assert!(verdict.tested() >= found, "{}", verdict.judged.property.id);
    }
    let verdicts = script().judged();
    assert_found(&verdicts, &["answered"], &[]);
    let answered = verdicts.iter().find(|verdict| verdict.is_broken()).expect("it is broken");
    assert_eq!(answered.tested(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_frame_is_the_only_fault_while_strangers_talk() {
    let address = start(Fault::Drops).await;
    talk_beside(&address, 8).await;
    let format = MessageFormat::default();
    let seen = watch(&address, &format, &SETTINGS).await;
    assert!(seen.is_whole);
    let verdicts = verdicts(&seen, &format, NOTHING_ASSUMED);
    assert_eq!(words(&verdicts, "broken"), ["delivered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_of_a_run_depends_on_its_own_messages_only() {
    let format = MessageFormat::default();
    let seen = watch(&start(Fault::Chatters).await, &format, &SETTINGS).await;
    let count = |is_it: fn(&ObservationKind) -> bool| {
        seen.observations.iter().filter(|observation| is_it(&observation.kind)).count()
    };
    let sent = count(|kind| matches!(kind, ObservationKind::Sent { .. }));
    let opened = count(|kind| matches!(kind, ObservationKind::Opened));
    let marked = SETTINGS.clients as usize * sent + sent;
    let kept = count(|kind| matches!(kind, ObservationKind::Received(_)));
    // Two for each message and eight for each connection, of texts like answers and of others.
    assert!(kept <= marked + 2 * (2 * sent + 8 * opened), "{kept} of {sent} and {opened}");
    let figures = Figures::of(&seen, &format);
    // They come before the broadcast.
    let arrivals = figures.receiver.expect("it is delivered").count;
    assert!(figures.unmarked >= CHATTER as u64 * arrivals, "{} {arrivals}", figures.unmarked);
    assert_eq!(figures.received, kept as u64 + seen.surplus.unmarked);
    let verdicts = verdicts(&seen, &format, NOTHING_ASSUMED);
    assert_eq!(words(&verdicts, "broken"), [""; 0]);
    let invented = verdicts.iter().find(|verdict| verdict.is_suspect()).expect("a suspicion");
    let found = invented.evidence.as_ref().map(|evidence| evidence.times);
    assert!(found >= Some(seen.surplus.unmarked), "{found:?}");
}
