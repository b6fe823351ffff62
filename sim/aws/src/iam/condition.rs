//! Conditions of statements (FACTS 17.13, 17.14).

use super::context::Keys;
use super::pattern::Pattern;

/// One line of a `Condition`: an operator, a key and the values that the policy names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    /// The key, in lower case.
    pub(super) key: String,
    /// The rule for a key with several values.
    pub(super) quantifier: Option<Quantifier>,
    /// True if the operator ends in `IfExists`.
    pub(super) if_exists: bool,
    /// True if the operator holds where the test fails, like `StringNotEquals`.
    pub(super) is_negated: bool,
    /// The comparison with the values of the policy.
    pub(super) test: Test,
}

/// The rule for the values of a request of which some pass a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    /// `ForAllValues:`
    All,
    /// `ForAnyValue:`
    Any,
}

/// A comparison of one value of a request with the values of the policy, joined by OR.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// A text or an ARN fits one of the patterns.
    Text { patterns: Vec<Pattern>, ignores_case: bool },
    /// A number compares with one of the numbers.
    Number { comparison: Comparison, numbers: Vec<f64> },
    /// A truth value is one of these.
    Bool(Vec<bool>),
    /// The key is missing in the request, or is there, as one of these says.
    IsMissing(Vec<bool>),
    /// An operator that is not modelled. Its key counts as missing.
    Unmodelled,
}

/// A comparison of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    /// Reports whether a request meets the condition.
    pub(super) fn holds(&self, keys: &Keys<'_>) -> bool {
        let values = keys.values(&self.key);
        if let Test::IsMissing(expected) = &self.test {
            return expected.contains(&values.is_none());
        }
        let Some(values) = values.filter(|_| self.test != Test::Unmodelled) else {
            return self.holds_without_key();
        };
        let mut passed = values.iter().map(|value| self.test.passes(value, keys));
        // AWS does not say how an operator without a quantifier reads several values. Here a
        // negated one holds if no value is named, and any other one if some value is.
        let needs_all = match self.quantifier {
            Some(quantifier) => quantifier == Quantifier::All,
            None => self.is_negated,
        };
        if needs_all {
            passed.all(|passed| passed != self.is_negated)
        } else {
            passed.any(|passed| passed != self.is_negated)
        }
    }

    /// Reports whether a request without the key meets the condition.
    fn holds_without_key(&self) -> bool {
        match self.quantifier {
            _ if self.if_exists => true,
            Some(Quantifier::All) => true,
            Some(Quantifier::Any) => false,
            None => self.is_negated,
        }
    }
}

impl Test {
    /// Reports whether a value passes.
    fn passes(&self, value: &str, keys: &Keys<'_>) -> bool {
        match self {
            Test::Text { patterns, ignores_case } => {
                patterns.iter().any(|pattern| pattern.fits(value, *ignores_case, keys))
            }
            Test::Number { comparison, numbers } => {
                let number: Option<f64> = value.parse().ok();
                let passes = |number| numbers.iter().any(|own| comparison.holds(number, *own));
                number.is_some_and(passes)
            }
            Test::Bool(expected) => {
                expected.iter().any(|own| value.eq_ignore_ascii_case(&own.to_string()))
            }
            // The condition answers for these itself.
            Test::IsMissing(_) | Test::Unmodelled => false,
        }
    }
}

impl Comparison {
    fn holds(self, number: f64, own: f64) -> bool {
        match self {
            Comparison::Equal => number == own,
            Comparison::Less => number < own,
            Comparison::LessOrEqual => number <= own,
            Comparison::Greater => number > own,
            Comparison::GreaterOrEqual => number >= own,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::iam::{AccessRequest, Policy, Role};

    fn holds(conditions: &Value, context: &[(&str, &[&str])]) -> bool {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": conditions,
            },
        });
        let (policy, _) = Policy::parse(&document).unwrap();
        let role = Role { name: "app".to_owned(), policies: vec![policy] };
        let request = AccessRequest::new("sqs:SendMessage", "arn:aws:sqs:eu-west-1:1:work");
        let request = context
            .iter()
            .fold(request, |request, (key, values)| request.with(key, values.iter().copied()));
        role.decide(&request).is_allowed()
    }

    /// Asserts which of three requests meet a condition: without the key, with a value that it
    /// names, and with another value.
    fn check(operator: &str, named: Value, values: [&str; 2], expected: [bool; 3]) {
        let conditions = json!({ operator: { "aws:SourceArn": named } });
        let [good, bad] = values;
        let found = [
            holds(&conditions, &[]),
            holds(&conditions, &[("aws:sourcearn", &[good])]),
            holds(&conditions, &[("AWS:SourceArn", &[bad])]),
        ];
        assert_eq!(found, expected, "{conditions}");
    }

    #[test]
    fn each_operator_compares_in_its_own_way() {
        let (positive, negated) = ([false, true, false], [true, false, true]);
        let optional = [true, true, false];
        for (operator, named, values, expected) in [
            ("StringEquals", json!(["a*", "b"]), ["a*", "ab"], positive),
            ("StringEquals", json!("a"), ["a", "A"], positive),
            ("StringEqualsIfExists", json!("a"), ["a", "b"], optional),
            ("StringNotEquals", json!(["a", "b"]), ["b", "c"], negated),
            ("StringNotEqualsIfExists", json!("a"), ["a", "b"], negated),
            ("StringEqualsIgnoreCase", json!("aÜ*"), ["Aü*", "aü"], positive),
            ("StringNotEqualsIgnoreCase", json!("a"), ["A", "b"], negated),
            ("StringLike", json!("a*:?"), ["ab:c", "AB:c"], positive),
            ("StringNotLike", json!("a*"), ["ab", "b"], negated),
            ("ArnLike", json!("arn:aws:sns:*:1:n*"), ["arn:aws:sns:x:1:n:y", "n"], positive),
            ("ArnEquals", json!("arn:aws:sns:*:1:n*"), ["arn:aws:sns:x:1:ny", "n"], positive),
            ("ArnLike", json!("arn:aws:*:1:n"), ["-", "arn:aws:sns:x:1:n"], [false; 3]),
            ("ArnNotLike", json!("arn:aws:s*:x:1:n"), ["arn:aws:sns:x:1:n", "n"], negated),
            ("NumericEquals", json!([2, "3.0"]), ["3", "4"], positive),
            ("NumericEquals", json!(2), ["2.0", "two"], positive),
            ("NumericNotEquals", json!(2), ["2", "3"], negated),
            ("NumericLessThan", json!(2), ["1.5", "2"], positive),
            ("NumericLessThanEquals", json!("2"), ["2", "2.5"], positive),
            ("NumericGreaterThan", json!(2), ["3", "2"], positive),
            ("NumericGreaterThanEquals", json!(2), ["2", "1"], positive),
            ("Bool", json!(true), ["true", "false"], positive),
            ("Bool", json!("false"), ["False", "true"], positive),
            ("Null", json!("true"), ["a", "b"], [true, false, false]),
            ("Null", json!(false), ["a", "b"], [false, true, true]),
            // Their key counts as missing.
            ("DateLessThan", json!("2027-01-01"), ["2026-01-01", "2028-01-01"], [false; 3]),
            ("NotIpAddress", json!("10.0.0.0/8"), ["1.1.1.1", "10.0.0.1"], [true; 3]),
            ("IpAddressIfExists", json!("10.0.0.0/8"), ["10.0.0.1", "1.1.1.1"], [true; 3]),
            ("StringEqual", json!("a"), ["a", "b"], [false; 3]),
        ] {
            check(operator, named, values, expected);
        }
    }

    #[test]
    fn quantifiers_are_about_all_values_of_a_request() {
        // Which of these requests meet the condition: without the key, and with the values `a`,
        // `a` and `b`, `c`, and `a` and `c`.
        let requests: [&[&str]; 5] = [&[], &["a"], &["a", "b"], &["c"], &["a", "c"]];
        for (operator, expected) in [
            ("ForAllValues:StringEquals", [true, true, true, false, false]),
            ("ForAnyValue:StringEquals", [false, true, true, false, true]),
            ("ForAnyValue:StringEqualsIfExists", [true, true, true, false, true]),
            ("ForAllValues:StringNotEquals", [true, false, false, true, false]),
            ("ForAnyValue:StringNotEquals", [false, false, false, true, true]),
            ("StringEquals", [false, true, true, false, true]),
            ("StringNotEquals", [true, false, false, true, false]),
        ] {
            let conditions = json!({ operator: { "dynamodb:LeadingKeys": ["a", "b"] } });
            let found = requests.map(|keys| holds(&conditions, &[("dynamodb:LeadingKeys", keys)]));
            assert_eq!(found, expected, "{operator}");
        }
    }

    #[test]
    fn operators_and_keys_are_joined_by_and() {
        let conditions = json!({
            "StringEquals": { "aws:SourceAccount": "1", "aws:RequestedRegion": "eu-west-1" },
            "ArnLike": { "aws:SourceArn": "arn:aws:sns:*:*:*" },
        });
        let all: [(&str, &[&str]); 3] = [
            ("aws:SourceAccount", &["1"]),
            ("aws:RequestedRegion", &["eu-west-1"]),
            ("aws:SourceArn", &["arn:aws:sns:eu-west-1:1:news"]),
        ];
        assert!(holds(&conditions, &all));
        for left_out in 0..all.len() {
            let mut some = all.to_vec();
            some.remove(left_out);
            assert!(!holds(&conditions, &some), "without {}", all[left_out].0);
        }
    }

    #[test]
    fn a_role_knows_its_own_keys() {
        for (key, value) in [
            ("aws:PrincipalAccount", "123456789012"),
            ("aws:ResourceAccount", "123456789012"),
            ("aws:PrincipalArn", "arn:aws:iam::123456789012:role/app"),
            ("aws:PrincipalType", "AssumedRole"),
        ] {
            assert!(holds(&json!({ "StringEquals": { key: value } }), &[]), "{key}");
            assert!(!holds(&json!({ "StringEquals": { key: "other" } }), &[]), "{key}");
        }
    }

    #[test]
    fn a_variable_stands_for_the_one_value_of_its_key() {
        let arn: (&str, &[&str]) = ("aws:SourceArn", &["arn:*:x"]);
        let account: (&str, &[&str]) = ("aws:SourceAccount", &["*"]);
        let equals = |text: &str| json!({ "StringLike": { "aws:SourceArn": text } });
        assert!(holds(&equals("arn:${aws:SourceAccount}:x"), &[arn, account]));
        // The value is no wildcard.
        let other: (&str, &[&str]) = ("aws:SourceArn", &["arn:y:x"]);
        assert!(!holds(&equals("arn:${aws:SourceAccount}:x"), &[other, account]));
        // Without exactly one value, a variable fits nothing, unless it has a default.
        assert!(!holds(&equals("*${aws:SourceAccount}*"), &[arn]));
        let two: (&str, &[&str]) = ("aws:SourceAccount", &["*", "y"]);
        assert!(!holds(&equals("*${aws:SourceAccount}*"), &[arn, two]));
        assert!(holds(&equals("arn:${aws:SourceAccount, 'y'}:x"), &[other]));
        let unequal = json!({ "StringNotEquals": { "aws:SourceArn": "${aws:SourceAccount}" } });
        assert!(holds(&unequal, &[arn]));
    }
}
