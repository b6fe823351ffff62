//! Patterns against events, as the user guide of EventBridge and the documentation of its matcher
//! have them.

use serde_json::{Value, json};

use super::Pattern;

fn assert_matches(pattern: &Value, event: &Value, is_match: bool) {
    let parsed = Pattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    assert_eq!(parsed.matches(event), is_match, "{pattern} and {event}");
}

/// The event that the documentation matches its examples against.
fn instance_event() -> Value {
    json!({
        "version": "0",
        "detail-type": "EC2 Instance State-change Notification",
        "source": "aws.ec2",
        "account": "123456789012",
        "time": "2017-10-02T16:24:49Z",
        "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000"],
        "detail": {
            "c-count": 5,
            "d-count": 3,
            "x-limit": 301.8,
            "source-ip": "10.0.0.33",
            "instance-id": "i-000000aaaaaa00000",
            "state": "running",
            "reason": "",
            "parent": null,
            "is-spot": true,
            "tags": { "team": "Blue Whale", "path": "dir/file.PNG" },
        },
    })
}

#[test]
fn the_examples_of_the_documentation_match() {
    let event = instance_event();
    for (detail, is_match) in [
        // Exact values; one of several is enough.
        (json!({ "state": ["initializing", "running"] }), true),
        (json!({ "state": ["Running"] }), false),
        (json!({ "state": ["runn"] }), false),
        (json!({ "c-count": [5] }), true),
        (json!({ "c-count": [5.0] }), true),
        (json!({ "c-count": ["5"] }), false),
        (json!({ "x-limit": [3.018e2] }), true),
        (json!({ "is-spot": [true] }), true),
        (json!({ "is-spot": ["true"] }), false),
        // Null and the empty text differ, and both exist.
        (json!({ "parent": [null] }), true),
        (json!({ "parent": [""] }), false),
        (json!({ "reason": [""] }), true),
        (json!({ "reason": [null] }), false),
        (json!({ "missing": [null] }), false),
        // Prefix and suffix.
        (json!({ "state": [{ "prefix": "run" }] }), true),
        (json!({ "state": [{ "prefix": "Run" }] }), false),
        (json!({ "state": [{ "prefix": "" }] }), true),
        (json!({ "c-count": [{ "prefix": "5" }] }), false),
        (json!({ "state": [{ "prefix": { "equals-ignore-case": "RUN" } }] }), true),
        (json!({ "tags": { "path": [{ "suffix": ".png" }] } }), false),
        (json!({ "tags": { "path": [{ "suffix": ".PNG" }] } }), true),
        (json!({ "tags": { "path": [{ "suffix": { "equals-ignore-case": ".png" } }] } }), true),
        (json!({ "tags": { "path": [{ "suffix": { "equals-ignore-case": ".jpg" } }] } }), false),
        // Any case.
        (json!({ "tags": { "team": [{ "equals-ignore-case": "BLUE whale" }] } }), true),
        (json!({ "tags": { "team": [{ "equals-ignore-case": "blue" }] } }), false),
        // Numbers.
        (json!({ "c-count": [{ "numeric": [">", 0, "<=", 5] }] }), true),
        (json!({ "c-count": [{ "numeric": [">", 0, "<", 5] }] }), false),
        (json!({ "c-count": [{ "numeric": [">=", 5] }] }), true),
        (json!({ "c-count": [{ "numeric": [">", 5] }] }), false),
        (json!({ "d-count": [{ "numeric": ["<", 10] }] }), true),
        (json!({ "d-count": [{ "numeric": ["<=", 2] }] }), false),
        (json!({ "x-limit": [{ "numeric": ["=", 301.8] }] }), true),
        (json!({ "x-limit": [{ "numeric": ["=", 301] }] }), false),
        (json!({ "state": [{ "numeric": ["<", 10] }] }), false),
        // Addresses.
        (json!({ "source-ip": [{ "cidr": "10.0.0.0/24" }] }), true),
        (json!({ "source-ip": [{ "cidr": "10.0.1.0/24" }] }), false),
        (json!({ "source-ip": [{ "cidr": "10.0.0.32/31" }] }), true),
        (json!({ "source-ip": [{ "cidr": "0.0.0.0/0" }] }), true),
        (json!({ "source-ip": [{ "cidr": "::/0" }] }), false),
        (json!({ "state": [{ "cidr": "10.0.0.0/24" }] }), false),
        // Existence, of values only.
        (json!({ "state": [{ "exists": true }] }), true),
        (json!({ "state": [{ "exists": false }] }), false),
        (json!({ "parent": [{ "exists": true }] }), true),
        (json!({ "missing": [{ "exists": false }] }), true),
        (json!({ "missing": [{ "exists": true }] }), false),
        (json!({ "missing": { "too": [{ "exists": false }] } }), true),
        (json!({ "tags": [{ "exists": false }] }), true),
        (json!({ "tags": [{ "exists": true }] }), false),
        // Alternatives of different kinds.
        (json!({ "state": [{ "prefix": "x" }, "running"] }), true),
        (json!({ "missing": ["x", { "exists": false }] }), true),
        // All fields must match.
        (json!({ "state": ["running"], "c-count": [4] }), false),
    ] {
        assert_matches(&json!({ "detail": detail }), &event, is_match);
    }
}

#[test]
fn anything_but_excludes_values_and_forms_of_texts() {
    let event = instance_event();
    for (detail, is_match) in [
        (json!({ "state": [{ "anything-but": "initializing" }] }), true),
        (json!({ "state": [{ "anything-but": "running" }] }), false),
        (json!({ "state": [{ "anything-but": ["stopped", "running"] }] }), false),
        (json!({ "state": [{ "anything-but": ["stopped", "overloaded"] }] }), true),
        (json!({ "x-limit": [{ "anything-but": 123 }] }), true),
        (json!({ "x-limit": [{ "anything-but": [100, 301.8] }] }), false),
        // A value of another type is something else, and a missing one is nothing.
        (json!({ "c-count": [{ "anything-but": "5" }] }), true),
        (json!({ "parent": [{ "anything-but": "x" }] }), true),
        (json!({ "missing": [{ "anything-but": "x" }] }), false),
        (json!({ "state": [{ "anything-but": { "prefix": "run" } }] }), false),
        (json!({ "state": [{ "anything-but": { "prefix": ["init", "error"] } }] }), true),
        (json!({ "state": [{ "anything-but": { "prefix": ["init", "run"] } }] }), false),
        (json!({ "state": [{ "anything-but": { "suffix": "ing" } }] }), false),
        (json!({ "state": [{ "anything-but": { "suffix": "ed" } }] }), true),
        (json!({ "state": [{ "anything-but": { "equals-ignore-case": "RUNNING" } }] }), false),
        (json!({ "state": [{ "anything-but": { "equals-ignore-case": ["A", "B"] } }] }), true),
        (json!({ "tags": { "path": [{ "anything-but": { "wildcard": "dir/*" } }] } }), false),
        (
            json!({ "tags": { "path": [{ "anything-but": { "wildcard": ["*/lib/*", "x"] } }] } }),
            true,
        ),
    ] {
        assert_matches(&json!({ "detail": detail }), &event, is_match);
    }
}

#[test]
fn a_wildcard_stands_for_any_characters() {
    for (wildcard, text, is_match) in [
        ("dir/*.png", "dir/cat.png", true),
        ("dir/*.png", "dir/sub/cat.png", true),
        ("dir/*.png", "dir/.png", true),
        ("dir/*.png", "dir/cat.jpg", false),
        ("dir/*.png", "a/dir/cat.png", false),
        ("*", "", true),
        ("*", "anything", true),
        ("plain", "plain", true),
        ("plain", "plain text", false),
        ("*in*", "plain", true),
        ("*in*in*", "plain", false),
        ("a*a", "a", false),
        ("a*a", "aa", true),
        ("a*ab*b", "aabb", true),
        ("*é*", "café au lait", true),
        (r"a\*b", "a*b", true),
        (r"a\*b", "axb", false),
        (r"a\\*", r"a\b", true),
    ] {
        let pattern = json!({ "text": [{ "wildcard": wildcard }] });
        assert_matches(&pattern, &json!({ "text": text }), is_match);
    }
}

#[test]
fn blocks_of_addresses_of_version_6_match() {
    for (cidr, text, is_match) in [
        ("2001:db8::/32", "2001:db8:0:1::7", true),
        ("2001:db8::/32", "2001:db9::7", false),
        ("2001:db8::/127", "2001:0db8:0000::0001", true),
        ("2001:db8::/127", "2001:db8::2", false),
        ("2001:db8::/32", "10.0.0.1", false),
    ] {
        let pattern = json!({ "ip": [{ "cidr": cidr }] });
        assert_matches(&pattern, &json!({ "ip": text }), is_match);
    }
}

#[test]
fn an_array_matches_by_any_of_its_elements() {
    let event = json!({
        "resources": ["arn:a", "arn:b"],
        "empty": [],
        "nested": [["x"], [["y"]]],
        "mixed": [1, "one", { "deep": true }],
    });
    for (pattern, is_match) in [
        (json!({ "resources": ["arn:z", "arn:b"] }), true),
        (json!({ "resources": ["arn:z"] }), false),
        (json!({ "resources": [{ "anything-but": "arn:a" }] }), true),
        (json!({ "resources": [{ "anything-but": ["arn:a", "arn:b"] }] }), false),
        (json!({ "empty": [{ "exists": false }] }), true),
        (json!({ "empty": [{ "exists": true }] }), false),
        (json!({ "nested": ["y"] }), true),
        (json!({ "mixed": [1] }), true),
        (json!({ "mixed": { "deep": [true] } }), true),
    ] {
        assert_matches(&pattern, &event, is_match);
    }
}

#[test]
fn fields_of_different_elements_never_match_together() {
    let event = json!({
        "employees": [
            { "first": "Anna", "last": "Smith", "cars": [{ "make": "a", "year": 1 }] },
            { "first": "Peter", "last": "Jones", "cars": [
                { "make": "b", "year": 2 },
                { "make": "c", "year": 3 },
            ] },
        ],
        "rooms": [{ "first": "red" }],
    });
    for (pattern, is_match) in [
        (json!({ "employees": { "first": ["Anna"], "last": ["Smith"] } }), true),
        (json!({ "employees": { "first": ["Anna"], "last": ["Jones"] } }), false),
        (json!({ "employees": { "first": ["Anna", "Peter"], "last": ["Jones"] } }), true),
        (
            json!({ "employees": { "first": ["Peter"], "cars": { "make": ["c"], "year": [3] } } }),
            true,
        ),
        (
            json!({ "employees": { "first": ["Peter"], "cars": { "make": ["b"], "year": [3] } } }),
            false,
        ),
        (json!({ "employees": { "first": ["Anna"], "cars": { "make": ["b"] } } }), false),
        (json!({ "employees": { "first": ["Anna"], "nickname": [{ "exists": false }] } }), true),
        // Elements of two arrays are independent.
        (json!({ "employees": { "first": ["Anna"] }, "rooms": { "first": ["red"] } }), true),
    ] {
        assert_matches(&pattern, &event, is_match);
    }
}

#[test]
fn or_lists_alternatives_of_fields() {
    let pattern = json!({
        "source": ["aws.cloudwatch"],
        "$or": [
            { "metricName": ["CPUUtilization", "ReadLatency"] },
            { "metricType": ["MetricType"], "namespace": ["AWS/EC2"], "$or": [
                { "metricId": [1234] },
                { "spaceId": [1000] },
            ] },
            { "detail": { "scope": ["Service"] } },
        ],
    });
    for (event, is_match) in [
        (json!({ "source": "aws.cloudwatch", "metricName": "ReadLatency" }), true),
        (json!({ "source": "aws.other", "metricName": "ReadLatency" }), false),
        (json!({ "source": "aws.cloudwatch" }), false),
        (json!({ "source": "aws.cloudwatch", "detail": { "scope": "Service" } }), true),
        (
            json!({
                "source": "aws.cloudwatch", "metricType": "MetricType", "namespace": "AWS/EC2",
            }),
            false,
        ),
        (
            json!({
                "source": "aws.cloudwatch", "metricType": "MetricType",
                "namespace": "AWS/EC2", "spaceId": 1000,
            }),
            true,
        ),
    ] {
        assert_matches(&pattern, &event, is_match);
    }
    let nested = json!({ "detail": { "$or": [{ "a": [1] }, { "b": [{ "exists": false }] }] } });
    assert_matches(&nested, &json!({ "detail": { "a": 1, "b": 2 } }), true);
    assert_matches(&nested, &json!({ "detail": { "a": 2, "b": 2 } }), false);
    assert_matches(&nested, &json!({ "detail": { "a": 2 } }), true);
}

#[test]
fn an_event_that_is_no_object_matches_nothing() {
    let pattern = json!({ "a": [{ "exists": false }, { "anything-but": "x" }] });
    assert_matches(&pattern, &json!({}), true);
    let anything = json!({ "a": [{ "anything-but": "x" }] });
    for event in [json!(null), json!([{ "a": 1 }]), json!("a")] {
        assert_matches(&anything, &event, false);
    }
}

#[test]
fn patterns_that_aws_refuses_are_refused_with_their_place() {
    for (pattern, path, words) in [
        (json!([]), "", "Filter is not an object"),
        (json!({}), "", "Empty objects are not allowed"),
        (json!({ "a": {} }), "a", "Empty objects are not allowed"),
        (json!({ "a": { "b": "text" } }), "a.b", "must be an object or an array"),
        (json!({ "a": [] }), "a", "Empty arrays are not allowed"),
        (json!({ "a": [["x"]] }), "a", "Match value must be"),
        (json!({ "a": [{ "prefix": "x", "suffix": "y" }] }), "a", "Only one key allowed"),
        (json!({ "a": [{}] }), "a", "Only one key allowed"),
        (json!({ "a": [{ "regex": "x" }] }), "a", "Unrecognized match type regex"),
        (json!({ "a": [{ "prefix": 1 }] }), "a", "prefix match pattern must be a string"),
        (json!({ "a": [{ "prefix": { "x": "y" } }] }), "a", "Unsupported prefix pattern"),
        (json!({ "a": [{ "exists": "yes" }] }), "a", "either true or false"),
        (json!({ "a": [{ "numeric": 5 }] }), "a", "must be an array"),
        (json!({ "a": [{ "numeric": ["!", 5] }] }), "a", "Unrecognized numeric range operator"),
        (json!({ "a": [{ "numeric": ["=", "5"] }] }), "a", "must be numeric"),
        (json!({ "a": [{ "numeric": ["<", 5, ">", 0] }] }), "a", "Bad numeric range"),
        (json!({ "a": [{ "numeric": [">", 5, "<", 5] }] }), "a", "Bottom must be less than top"),
        (json!({ "a": [{ "numeric": ["=", 5, "<", 6] }] }), "a", "Bad numeric range"),
        (json!({ "a": [{ "anything-but": [] }] }), "a", "mixed type is not supported"),
        (json!({ "a": [{ "anything-but": ["x", 1] }] }), "a", "mixed type is not supported"),
        (json!({ "a": [{ "anything-but": null }] }), "a", "mixed type is not supported"),
        (json!({ "a": [{ "anything-but": { "prefix": "" } }] }), "a", "Null prefix"),
        (
            json!({ "a": [{ "anything-but": { "numeric": ["=", 1] } }] }),
            "a",
            "Unsupported anything-but",
        ),
        (json!({ "a": [{ "wildcard": "a**b" }] }), "a", "Consecutive wildcard"),
        (json!({ "a": [{ "wildcard": r"a\b" }] }), "a", "Invalid escape"),
        (json!({ "a": [{ "wildcard": r"a\" }] }), "a", "Invalid escape"),
        (json!({ "a": [{ "cidr": "10.0.0.0" }] }), "a", "one '/' required"),
        (json!({ "a": [{ "cidr": "10.0.0.0/32" }] }), "a", "at most 31"),
        (json!({ "a": [{ "cidr": "10.0.0/8" }] }), "a", "Nonstandard IP address"),
        (json!({ "a": [{ "cidr": "10.0.0.0/x" }] }), "a", "must be an integer"),
        (json!({ "$or": { "a": [1] } }), "", "must be an Array"),
        (json!({ "$or": [{ "a": [1] }] }), "", "at least 2"),
        (json!({ "b": { "$or": [{ "a": [1] }, 2] } }), "b", "Only JSON object"),
        (json!({ "$or": [{ "prefix": ["x"] }, { "a": [1] }] }), "", "prefix is an operator"),
        (json!({ "a": [1], "$or": [{ "a": [2] }, { "b": [1] }] }), "a", "multiple times"),
    ] {
        let error = Pattern::parse(&pattern).expect_err(&pattern.to_string());
        assert_eq!(error.path, path, "{pattern}: {error}");
        assert!(error.problem.contains(words), "{pattern}: {error}");
    }
}

#[test]
fn alternatives_multiply_to_a_thousand_clauses_at_most() {
    let two = |name: &str| json!([{ (format!("{name}1")): [1] }, { (format!("{name}2")): [1] }]);
    let nested = |depth: usize| {
        let mut pattern = json!({});
        for index in 0..depth {
            let name = format!("level{index}");
            pattern[&name] = json!({ "$or": two("x") });
        }
        Pattern::parse(&pattern)
    };
    assert!(nested(9).is_ok());
    assert!(nested(10).unwrap_err().problem.contains("more than 1000 combinations"));
}

#[test]
fn a_refusal_names_the_place_unless_it_is_the_pattern_itself() {
    let message = |pattern: Value| Pattern::parse(&pattern).unwrap_err().to_string();
    let empty = "Event pattern is not valid. Reason: Empty objects are not allowed";
    assert_eq!(message(json!({})), empty);
    assert_eq!(message(json!({ "a": { "b": {} } })), format!("{empty} at a.b"));
}
