use super::*;

#[test]
fn a_function_runs_sixteen_times_for_one_event_and_no_more() {
    let mut lineage = Lineage::default();
    for run in 1..=16 {
        lineage = lineage.extend("notify").expect("a run");
        assert_eq!(lineage.runs_of("notify"), run);
    }
    let stopped = lineage.extend("notify").expect_err("the seventeenth run");
    assert_eq!(stopped, RecursiveLoop { function: "notify".to_owned() });
    assert_eq!(
        stopped.to_string(),
        "the function notify has run 16 times for one event: Lambda takes this for a loop and \
         stops it"
    );
}

#[test]
fn functions_are_counted_one_by_one() {
    let mut lineage = Lineage::default();
    for _ in 0..16 {
        lineage = lineage.extend("notify").expect("a run").extend("fan-out").expect("a run");
    }
    assert!(lineage.extend("notify").is_err());
    assert!(lineage.extend("fan-out").is_err());
    assert_eq!(lineage.extend("other").expect("a run").runs_of("other"), 1);
}

#[test]
fn a_function_that_opted_out_runs_on_and_is_counted() {
    let lineage = (0..20).fold(Lineage::default(), |it, _| it.extend_freely("notify"));
    assert_eq!(lineage.runs_of("notify"), 20);
}

#[test]
fn branches_of_a_fan_out_are_counted_on_their_own() {
    let trunk = Lineage::default().extend("fan-out").expect("a run");
    let branch = trunk.extend("notify").expect("a run");
    assert_eq!((trunk.runs_of("notify"), branch.runs_of("notify")), (0, 1));
}

#[test]
fn runs_tell_two_lineages_apart() {
    let one = Lineage::default().extend_freely("notify");
    let all = [
        Lineage::default(),
        one.clone(),
        one.extend_freely("notify"),
        one.extend_freely("fan-out"),
        Lineage::default().extend_freely("fan-out"),
    ];
    assert_distinct(&all.map(|lineage| sketch(|it| lineage.sketch(it))));
}
