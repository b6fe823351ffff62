//! The production handlers, from one client to all.

use stormglass_apps::STORMGLASS;
use stormglass_apps::names::find;
use stormglass_aws::gateway::Limits;
use stormglass_serve::ServerSettings;

use super::served::Served;

const TABLE: &str = "stormglass-connections";
const HELLO: &str = r#"{"action":"broadcast","data":"hello"}"#;

#[test]
fn a_broadcast_reaches_every_client_and_is_acknowledged() {
    let served = Served::start(&STORMGLASS);
    served.block_on(async {
        let mut clients = [served.connect().await, served.connect().await, served.connect().await];
        clients[0].send(HELLO).await;
        for client in &mut clients {
            assert_eq!(client.next().await, "hello");
        }
        let ack = r#"{"ack":{"delivered":3,"gone":0,"pending":0,"failed":0,"complete":true}}"#;
        assert_eq!(clients[0].next().await, ack);
    });
    served.stop();
}

#[test]
fn a_client_that_vanishes_leaves_no_row() {
    let served = Served::start(&STORMGLASS);
    served.block_on(async {
        let stays = served.connect().await;
        let vanishes = served.connect().await;
        assert_eq!(served.rows(TABLE).await.len(), 2);
        drop(vanishes);
        served.await_rows(TABLE, 1).await;
        drop(stays);
        served.await_rows(TABLE, 0).await;
    });
    served.stop();
}

#[test]
fn every_application_of_the_command_line_can_be_served() {
    for name in ["tutorial", "aws-sample"] {
        let app = find(name).expect("an application");
        let broadcasts = app.broadcasts().expect("it has broadcasts");
        let served = Served::start(app);
        served.block_on(async {
            let mut clients = [served.connect().await, served.connect().await];
            clients[0].send(&broadcasts.message("\"hello\"")).await;
            // The sender of a sample's message may be left out.
            assert_eq!(clients[1].next().await, broadcasts.expected("\"hello\""), "{name}");
        });
        served.stop();
    }
}

#[test]
fn a_crowd_of_idle_sockets_is_reached_by_one_broadcast() {
    const CROWD: usize = 600;
    let limits = Limits { connects_per_second: 10_000, ..Limits::default() };
    let served =
        Served::start_with(&STORMGLASS, ServerSettings { limits, ..ServerSettings::default() });
    served.block_on(async {
        let mut crowd = Vec::new();
        for _ in 0..CROWD {
            crowd.push(served.connect().await);
        }
        let last = crowd.last_mut().expect("a client");
        last.send(HELLO).await;
        for client in &mut crowd {
            assert_eq!(client.next().await, "hello");
        }
        let ack = crowd.last_mut().expect("a client").next().await;
        assert!(ack.contains(&format!(r#""delivered":{CROWD},"gone":0"#)), "{ack}");
    });
    served.stop();
}
