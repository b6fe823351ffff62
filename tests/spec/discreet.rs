//! `discreet`: neither replies nor posts tell clients how the service is made.

use stormglass_spec::history::{EventKind, Origin};
use stormglass_spec::properties::DISCREET;

use crate::story::{Story, Verdict, because};

/// Ana says `text`, and the function, which has read the table, replies `body`.
fn replied(text: &str, body: &str) -> Verdict {
    let mut story = Story::about(DISCREET);
    story.opened("ana1");
    story.said("ana1", "ana.t1", text);
    story.started_on("$default", "ana1", "ana.t1");
    story.read("ana.t1", &["ana1"], false);
    story.returned("ana.t1", 500, body).expect("nobody has got it yet");
    let verdict = story.replied("ana1", "ana.t1", body);
    assert_eq!(story.times(), 1);
    verdict
}

#[test]
fn a_reply_holds_no_internals() {
    for internal in [
        "cannot read stormglass-rows",
        "arn:aws:lambda:eu-central-1:1:function:f",
        "DynamoDB is down",
        "Error: no\n    at Object.<anonymous> (/var/task/index.js:1:1)",
        "x is not defined at Object.<anonymous> (/var/task/index.js:1:1)",
        "thread 'main' panicked",
        "GoneException: 410",
        "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "InternalServerError",
        "service error: unhandled error",
        "account 123456789012",
    ] {
        assert!(replied("hello", internal).is_err(), "{internal}");
    }
}

#[test]
fn a_reply_may_say_what_went_wrong() {
    for harmless in [
        r#"{"error":"the connections could not be read, nothing was sent"}"#,
        r#"{"ack":{"delivered":3,"gone":0,"pending":0,"failed":0,"complete":true}}"#,
        "the gateway has no such connection at this time",
        "at 1701245044000, request PJqCFEqHqRcFd0w=",
        "row",
        "",
    ] {
        assert_eq!(replied("hello", harmless), Ok(()), "{harmless}");
    }
}

#[test]
fn a_client_may_be_told_what_it_has_sent() {
    let id = "stormglass-rows, GoneException, 123456789012, arn:aws:x";
    assert_eq!(replied(id, id), Ok(()));
    assert!(replied("stormglass-rows", id).is_err(), "not all of this was its own");
}

#[test]
fn what_is_revealed_is_named_with_where_it_came_from() {
    assert_eq!(
        because(replied("hello", "stormglass-rows is missing")),
        "the reply that ana1 got in step 10 holds \"stormglass-rows\", the table that step 6 \
         calls; ana.t1, sent in step 4, does not."
    );
    assert_eq!(
        because(replied("hello", "LimitExceededException")),
        "the reply that ana1 got in step 10 holds \"limitexceededexception\"; ana.t1, sent in \
         step 4, does not."
    );
}

#[test]
fn what_no_client_gets_is_no_reply() {
    let mut story = Story::about(DISCREET);
    story.opened("ana1");
    story.started_on("$disconnect", "ana1", "ana.d1");
    story.returned("ana.d1", 500, "arn:aws:x").expect("the gateway drops it");
    story.sent("ana1", "ana.b1", "arn:aws:x");
    story.started("ana1", "ana.b1");
    story.accepted("ana.b1", "ana1");
    story.received("ana1", "ana.b1", "arn:aws:x").expect("it is what ana sent");
    let origin = Origin::GatewayError { frame: "ana.b1".into() };
    story.got("ana1", r#"{"message": "Internal server error"}"#, origin).expect("it is AWS's own");
    story.tell(EventKind::FaultsStopped);
    assert_eq!(story.times(), 1, "only the post was a frame of a function");
}

#[test]
fn a_post_holds_no_internals_either() {
    let posted = |message: Option<&str>, body: &str| {
        let mut story = Story::about(DISCREET);
        story.opened("ana1");
        if let Some(text) = message {
            story.said("ana1", "ana.t1", text);
        }
        story.started_on("chat", "ana1", "ana.t1");
        story.read("ana.t1", &["ana1"], false);
        story.accepted("ana.t1", "ana1");
        story.received("ana1", "ana.t1", body)
    };
    assert_eq!(
        because(posted(Some("hello"), "stormglass-rows is missing")),
        "the post that ana1 got in step 12 holds \"stormglass-rows\", the table that step 6 \
         calls; ana.t1, sent in step 4, does not."
    );
    assert_eq!(
        because(posted(None, "GoneException")),
        "the post that ana1 got in step 11 holds \"goneexception\"."
    );
    assert_eq!(posted(Some("GoneException"), "GoneException"), Ok(()), "it says what ana said");
}

/// Otherwise every reply that speaks of connections would reveal the table called `connections`.
#[test]
fn a_table_whose_name_is_a_word_gives_nothing_away() {
    let mut story = Story::about(DISCREET);
    story.opened("ana1");
    story.said("ana1", "ana.t1", "hello");
    story.started_on("$default", "ana1", "ana.t1");
    story.read_from("connections", "ana.t1", &["ana1"], false);
    story.replied("ana1", "ana.t1", "the connections could not be read").expect("a mere word");
}
