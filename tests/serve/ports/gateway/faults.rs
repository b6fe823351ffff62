//! Things go wrong on purpose, and the same ones again for the same seed.

use std::time::Duration;

use stormglass_apps::STORMGLASS;
use stormglass_serve::{Faults, ServerSettings};
use stormglass_sim::faults::Family;
use stormglass_sim::strategy::Families;
use stormglass_tests::http::signed;
use tokio::time::sleep;

use super::served::Served;

const TABLE: &str = "stormglass-connections";

fn served(seed: u64, family: Family) -> Served {
    let faults = Faults::seeded(seed, Families::of(&[family]));
    Served::start_with(&STORMGLASS, ServerSettings { faults, ..ServerSettings::default() })
}

/// Which of 60 clients, one after the other, are refused with which status.
fn refusals(seed: u64, family: Family) -> Vec<(usize, u16)> {
    let served = served(seed, family);
    let refused = served.block_on(async {
        let (mut clients, mut refused) = (Vec::new(), Vec::new());
        for client in 0..60 {
            match served.ask(served.request("/")).await {
                Ok((open, _)) => clients.push(open),
                Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                    refused.push((client, response.status().as_u16()));
                }
                Err(error) => panic!("{error}"),
            }
        }
        refused
    });
    served.stop();
    refused
}

#[test]
fn the_nth_client_is_refused_whenever_the_seed_is_the_same() {
    let refused = refusals(4, Family::Capacity);
    assert!(refused.iter().any(|(_, status)| *status == 429), "{refused:?}");
    assert!(refused.len() < 20, "{refused:?}");
    assert_eq!(refused, refusals(4, Family::Capacity));
    assert_ne!(refused, refusals(5, Family::Capacity));
    assert_eq!(refusals(4, Family::Consistency), []);
}

#[test]
fn a_message_is_refused_for_lack_of_capacity_and_its_client_is_told() {
    let served = served(4, Family::Capacity);
    let told = served.block_on(async {
        let mut told = 0;
        let mut client = loop {
            if let Ok((client, _)) = served.ask(served.request("/")).await {
                break client;
            }
        };
        for number in 0..60 {
            client.send(&format!(r#"{{"action":"nothing","id":"m{number}"}}"#)).await;
            told += usize::from(client.next().await.contains("Too Many"));
        }
        told
    });
    assert!((1..20).contains(&told), "{told}");
    served.stop();
}

#[test]
fn a_disconnect_event_that_is_never_delivered_leaves_its_row() {
    let served = served(2, Family::Gateway);
    served.block_on(async {
        for _ in 0..60 {
            if let Ok((client, _)) = served.ask(served.request("/")).await {
                drop(client);
            }
        }
        // Those that are delivered are carried out within no time, and those that are not never.
        let (mut left, mut looks) = (usize::MAX, 0);
        while looks < 10 {
            sleep(Duration::from_millis(50)).await;
            let now = served.rows(TABLE).await.len();
            looks = if now == left && now < 20 { looks + 1 } else { 0 };
            left = now;
        }
        assert!(left > 0, "every row is gone");
    });
    served.stop();
}

#[test]
fn a_broadcast_reaches_everybody_whatever_posts_meet() {
    for family in [Family::Capacity, Family::Error] {
        let served = served(11, family);
        served.block_on(async {
            let mut clients = Vec::new();
            while clients.len() < 40 {
                if let Ok((client, _)) = served.ask(served.request("/")).await {
                    clients.push(client);
                }
            }
            let acknowledged = loop {
                clients[0].send(r#"{"action":"broadcast","data":"hi"}"#).await;
                let mut answer = clients[0].next().await;
                while answer == "hi" {
                    answer = clients[0].next().await;
                }
                if answer.contains("ack") {
                    break answer;
                }
            };
            assert!(acknowledged.contains(r#""failed":0,"complete":true"#), "{acknowledged}");
            for client in &mut clients[1..] {
                assert_eq!(client.next().await, "hi");
            }
        });
        served.stop();
    }
}

#[test]
fn whoever_calls_at_a_port_meets_faults_as_well() {
    let served = served(3, Family::Network);
    let lost = served.block_on(async {
        let mut lost = 0;
        for _ in 0..60 {
            let body = format!(r#"{{"TableName":"{TABLE}","Key":{{"connectionId":{{"S":"a"}}}}}}"#);
            let request = signed("DynamoDB_20120810.GetItem")
                .body(http_body_util::Full::new(body.into()))
                .expect("a request");
            let mut client = stormglass_tests::http::HttpClient::new(served.table);
            let answer = tokio::time::timeout(Duration::from_secs(2), client.send(request)).await;
            lost += usize::from(!matches!(answer, Ok(Ok(_))));
        }
        lost
    });
    assert!((1..20).contains(&lost), "{lost}");
    served.stop();
}
