//! The bugs that only the tutorial has.

use super::support::{calls, returned, run};
use crate::Tutorial;

#[test]
fn cleaning_up_fails_at_a_name_that_does_not_exist() {
    let run = run(&Tutorial, r#"v1 ana:c,i1s,q bob:c,i3s,b"hi" | ana.d1.start=dropped"#);
    let (status, stack) = returned(&run, "bob.b1").expect("a response");
    assert_eq!(status, 500);
    assert!(
        stack.starts_with("ReferenceError: ddb is not defined\n    at /var/task/index.js:23:9\n"),
        "{stack}"
    );
    let deleted = calls(&run, "bob.b1").iter().any(|call| call.starts_with("delete"));
    assert!(!deleted, "no row is ever deleted by a broadcast");
}
