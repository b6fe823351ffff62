//! Rows of any table and key, and the connections that they name.

use std::time::Duration;

use stormglass_spec::history::{EventKind, Side};
use stormglass_spec::name::ConnectionName;
use stormglass_spec::properties::{NO_GHOSTS, REGISTERED, ROW_BEFORE_OPEN};

use crate::story::{Story, because, property};

/// The subscription of `ana1` to the room `red`, which is no registration.
const SUBSCRIPTION: &str = "subscriptions/red/ana1";

fn names(connections: &[&str]) -> Vec<ConnectionName> {
    connections.iter().map(|name| ConnectionName::from(*name)).collect()
}

fn written(row: &str, connections: &[&str]) -> EventKind {
    EventKind::RowWritten { row: row.into(), connections: names(connections) }
}

fn removed(row: &str, connections: &[&str]) -> EventKind {
    EventKind::RowRemoved { row: row.into(), connections: names(connections) }
}

fn asked(connection: &str) -> EventKind {
    EventKind::HandshakeAsked { connection: connection.into() }
}

fn opened(connection: &str) -> EventKind {
    EventKind::HandshakeOpened { connection: connection.into() }
}

/// Closes `ana1`, and lets `bob1` send the broadcast that cleans up.
fn close(story: &mut Story) {
    story.tell(EventKind::Closed { connection: "ana1".into(), by: Side::Client, code: 1_000 });
    story.tell(EventKind::FaultsStopped);
    story.wait(Duration::from_secs(120));
    story.sent("bob1", "bob.b1", "x");
    story.started("bob1", "bob.b1");
    story.acknowledged("bob.b1", 0, true).expect("nobody is left out");
}

#[test]
fn a_second_row_of_an_open_connection_may_go() {
    let mut story = Story::about(REGISTERED);
    story.opened("ana1");
    story.tell(written(SUBSCRIPTION, &["ana1"]));
    story.tell(removed(SUBSCRIPTION, &["ana1"]));
}

#[test]
fn a_second_row_does_not_replace_the_one_that_registers_its_connection() {
    let mut story = Story::about(REGISTERED);
    story.opened("ana1");
    story.tell(written(SUBSCRIPTION, &["ana1"]));
    assert_eq!(property(story.try_tell(removed("ana1", &["ana1"]))), "registered");
}

#[test]
fn any_row_that_is_written_for_a_handshake_registers_its_connection() {
    for row in ["users/ana", "CONN#ana1", "red/ana1", "ana1"] {
        let mut story = Story::held_to(&[ROW_BEFORE_OPEN, REGISTERED]);
        story.tell(asked("ana1"));
        story.tell(written(row, &["ana1"]));
        story.tell(opened("ana1"));
        let lost = because(story.try_tell(removed(row, &["ana1"])));
        assert!(lost.starts_with("ana1 has been open since step 3, but step 4 removed"), "{lost}");
    }
}

#[test]
fn a_row_that_names_nobody_registers_nobody() {
    let mut story = Story::about(ROW_BEFORE_OPEN);
    story.tell(asked("ana1"));
    story.tell(written("visits/7", &[]));
    assert_eq!(property(story.try_tell(opened("ana1"))), "row-before-open");
}

#[test]
fn a_connection_that_a_set_names_no_more_has_lost_its_row() {
    let mut story = Story::about(REGISTERED);
    for connection in ["ana1", "bob1"] {
        story.tell(asked(connection));
    }
    story.tell(written("rooms/red", &["ana1"]));
    story.tell(written("rooms/red", &["ana1", "bob1"]));
    story.tell(opened("ana1"));
    story.tell(opened("bob1"));
    let lost = because(story.try_tell(written("rooms/red", &["bob1"])));
    assert_eq!(
        lost,
        "ana1 has been open since step 5, but step 7 removed its row rooms/red: every broadcast \
         from now on misses it."
    );
}

#[test]
fn every_row_that_still_names_a_closed_connection_is_a_ghost() {
    let mut story = Story::about(NO_GHOSTS);
    story.opened("ana1");
    story.opened("bob1");
    story.tell(written(SUBSCRIPTION, &["ana1"]));
    story.tell(removed("ana1", &["ana1"]));
    close(&mut story);
    let ghost = because(story.finish());
    let start = "the row subscriptions/red/ana1 of ana1, stored in step 7, is still there";
    assert!(ghost.starts_with(start), "{ghost}");
}

#[test]
fn a_row_that_names_nobody_is_no_ghost() {
    let mut story = Story::about(NO_GHOSTS);
    story.opened("ana1");
    story.opened("bob1");
    story.tell(written("games/g1", &[]));
    story.tell(removed("ana1", &["ana1"]));
    close(&mut story);
    assert_eq!(story.finish(), Ok(()));
}
