use stormglass_spec::Sketch;

use super::*;

fn sketch(gateway: &Gateway, now: Time) -> u128 {
    let mut sketch = Sketch::default();
    gateway.sketch(now, &mut sketch);
    sketch.finish()
}

#[test]
fn everything_that_happens_to_a_connection_tells_a_gateway_apart() {
    let mut gateway = gateway(&routes());
    let mut sketches = vec![sketch(&gateway, at(9))];
    upgrade(&mut gateway);
    sketches.push(sketch(&gateway, at(9)));
    settle(&mut gateway, &ok());
    sketches.push(sketch(&gateway, at(9)));
    send(&mut gateway, "r1", r#"{"action":"ask"}"#);
    sketches.push(sketch(&gateway, at(9)));
    gateway.on_integration(at(3), &"r1".to_owned(), &respond(r#"{"statusCode":200,"body":"x"}"#));
    sketches.push(sketch(&gateway, at(9)));
    gateway.on_frame_read(&id());
    sketches.push(sketch(&gateway, at(9)));
    gateway.on_client_closed(at(4), &id(), 1000, "", "d1".to_owned());
    sketches.push(sketch(&gateway, at(9)));
    let distinct: std::collections::BTreeSet<u128> = sketches.iter().copied().collect();
    assert_eq!(distinct.len(), sketches.len());
}

#[test]
fn how_busy_a_connection_was_tells_nothing_once_it_is_closed() {
    let after = |posted: u64| {
        let mut gateway = opened();
        assert_eq!(post(&mut gateway, at(posted), 1), ManagementOutcome::Accepted);
        let before = sketch(&gateway, at(9));
        gateway.on_client_closed(at(4), &id(), 1000, "", "d1".to_owned());
        (before, sketch(&gateway, at(9)))
    };
    let ((open, closed), (other_open, other_closed)) = (after(2), after(3));
    assert_ne!(open, other_open, "it will be idle for too long at another time");
    assert_eq!(closed, other_closed);
}
