//! The bugs that only AWS's sample has.

use super::support::{calls, returned, run};
use crate::AwsSample;

#[test]
fn a_410_is_not_recognised_and_deletes_no_row() {
    let run = run(&AwsSample, r#"v1 ana:c,i1s,q bob:c,i3s,b"hi" | ana.d1.start=dropped"#);
    let (status, stack) = returned(&run, "bob.b1").expect("a response");
    assert_eq!(status, 500);
    assert!(stack.starts_with("GoneException: "), "{stack}");
    let deleted = calls(&run, "bob.b1").iter().any(|call| call.starts_with("delete"));
    assert!(!deleted, "neither the row of the dead client nor that of the sender");
}
