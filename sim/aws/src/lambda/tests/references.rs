use super::*;

fn parse(text: &str) -> Result<String, FunctionReferenceError> {
    FunctionReference::parse(text).map(|function| function.to_string())
}

#[test]
fn a_function_is_named_by_its_name_by_its_arn_or_by_the_end_of_it() {
    for prefix in [
        "",
        "function:",
        "123456789012:function:",
        "eu-central-1:123456789012:function:",
        "arn:aws:lambda:eu-central-1:123456789012:function:",
    ] {
        assert_eq!(parse(&format!("{prefix}notify")).as_deref(), Ok("notify"));
        assert_eq!(parse(&format!("{prefix}notify:live")).as_deref(), Ok("notify:live"));
        assert_eq!(parse(&format!("{prefix}notify:$LATEST")).as_deref(), Ok("notify:$LATEST"));
    }
}

#[test]
fn a_function_may_have_a_name_that_looks_like_the_start_of_an_arn() {
    for name in ["function", "123456789012", "eu-central-1", "arn"] {
        assert_eq!(parse(name).as_deref(), Ok(name));
    }
}

#[test]
fn a_text_of_another_form_names_no_function() {
    let long = "x".repeat(65);
    for text in [
        "",
        ":",
        "notify:",
        "notify:live:1",
        "no tify",
        "notify:li ve",
        "ünotify",
        "arn:aws:sqs:eu-central-1:123456789012:notify",
        "arn:aws:lambda:eu-central-1:1234:function:notify",
        &long,
    ] {
        assert_eq!(parse(text), Err(FunctionReferenceError::Malformed), "{text}");
    }
}

#[test]
fn functions_of_other_accounts_and_regions_are_told_apart() {
    for text in [
        "210987654321:function:notify",
        "arn:aws:lambda:us-east-1:123456789012:function:notify",
        "arn:aws:lambda:us-gov-west-1:123456789012:function:notify",
    ] {
        assert_eq!(parse(text), Err(FunctionReferenceError::Foreign), "{text}");
    }
}

#[test]
fn an_arn_has_the_qualifier_of_the_call_or_the_version_that_runs() {
    let live = FunctionReference::parse("notify:live").expect("a name");
    assert_eq!((notify().arn(), live.arn()), (ARN.to_owned(), format!("{ARN}:live")));
    assert_eq!(notify().arn_of_version(), format!("{ARN}:$LATEST"));
    assert_eq!(live.arn_of_version(), format!("{ARN}:live"));
}
