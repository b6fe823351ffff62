//! The reader of templates: a stack of what it understands, and a line for the rest.

use std::time::Duration;

use stormglass_sim::stack::{Function, KeyAttribute, Projection, Route, Stack, Table, TableIndex};
use stormglass_template::{Problem, Reading, Template};

use crate::template::file;

/// A template of plain CloudFormation with two routes, an authorizer and a table.
const CHAT: &str = include_str!("chat.yaml");

fn read(text: &str) -> Result<Reading, Problem> {
    Template::parse("chat.yaml", text)?.with("chat", &[])?.stack()
}

/// Reads the chat with one text in the place of another.
fn read_with(text: &str, other: &str) -> Result<Reading, Problem> {
    assert_eq!(CHAT.matches(text).count(), 1, "{text} is in the template once");
    read(&CHAT.replace(text, other))
}

#[test]
fn a_stack_has_all_that_the_template_says() {
    let reading = read(CHAT).expect("a template");
    let table = "arn:aws:dynamodb:eu-central-1:123456789012:table/chat-seats";
    let say = Function::new("say")
        .timeout(Duration::from_secs(7))
        .memory_mb(512)
        .environment("TABLE", "chat-seats")
        .environment("TABLE_ARN", table)
        .environment("LOGIN", "chat-log-in")
        .environment("TEXT", "chat in ${braces} and 3 more")
        .environment("URL", "https://s7ormg1ass.execute-api.eu-central-1.amazonaws.com/prod");
    let by_name = TableIndex::new("by-name", "name")
        .projecting(Projection::Include(vec!["colour".to_owned()]));
    let seats = Table::new("chat-seats", "room")
        .sorted_by(KeyAttribute::number("seat"))
        .indexed(by_name)
        .expiring_by("until");
    let stack = Stack::new()
        .function(say)
        .function(Function::new("chat-log-in"))
        .route(Route::one_way("$connect", "say"))
        .route(Route::two_way("say", "say"))
        .selecting("$request.body.type")
        .authorized_by("chat-log-in")
        .table(seats);
    assert_eq!(reading, Reading { stack, warnings: Vec::new() });
}

#[test]
fn a_part_that_a_simulation_needs_is_refused_with_its_line_and_the_consequence() {
    let problems = [
        ("KeyType: RANGE", "KeyType: FIRST"),
        ("KeyType: RANGE", "KeyType: HASH"),
        ("name, AttributeType: S", "name, AttributeType: M"),
        ("AttributeName: room, KeyType", "AttributeName: x, KeyType"),
        ("INCLUDE", "SOME"),
        ("Enabled: true", "Enabled: maybe"),
        ("Timeout: 7", "Timeout: soon"),
        ("Timeout: 7", "Timeout: 901"),
        ("Timeout: 7", "Timeout: !Ref Nothing"),
        ("Timeout: 7", "Timeout: !GetAtt Say.Size"),
        ("Timeout: 7", "Timeout: !Select [0, [7]]"),
        ("MemorySize: 512", "MemorySize: 64"),
        ("FunctionName: say", "FunctionName: !Ref Say"),
        ("FunctionName: say", "FunctionName: [say]"),
        ("FunctionName: say", "FunctionName: chat-log-in"),
        ("FunctionName: say", "FunctionName: !Sub '${x'"),
        ("AWS_PROXY", "MOCK"),
        ("functions/${Say.Arn}", "functions/me"),
        ("{ To: !Ref ToSay }", "{ To: x }"),
        ("RouteKey: say", "RouteKey: $connect"),
        ("AuthorizerType: REQUEST", "AuthorizerType: JWT"),
        ("$request.body.type", "$request.header.x"),
        ("RouteSelectionExpression: $request.body.type", "Name: chat"),
        ("Type: AWS::ApiGatewayV2::Stage", "Kind: AWS::ApiGatewayV2::Stage"),
    ]
    .map(|(text, other)| read_with(text, other).expect_err(other).to_string());
    assert_eq!(problems.join("\n") + "\n", include_str!("refused.txt"));
}

#[test]
fn a_part_that_is_left_out_is_a_warning_with_its_line() {
    let warnings = [
        ("AWS::StackName} in", "Nothing} in"),
        ("Timeout: 7", "VpcConfig: {}"),
        ("Timeout: 7", "Role: arn:aws:iam::123456789012:role/mine"),
        ("TimeToLiveSpecification", "StreamSpecification"),
        ("RouteResponseSelectionExpression: $default\n", "OperationName: say\n"),
        ("RouteId: !Ref SayRoute", "RouteId: !Ref ConnectRoute"),
        ("AuthorizationType: CUSTOM", "AuthorizationType: AWS_IAM"),
        ("StageName: prod", "StageName: live"),
        ("AWS_PROXY", "AWS_PROXY\n      TimeoutInMillis: 100"),
        ("AuthorizerType: REQUEST", "AuthorizerType: REQUEST\n      IdentitySource: [x]"),
        ("Resources:\n", "Resources:\n  Queue: { Type: AWS::SQS::Queue }\n"),
        ("Resources:\n", "Resources:\n  Http: { Type: AWS::ApiGatewayV2::Api }\n"),
    ]
    .map(|(text, other)| read_with(text, other).expect(other).warnings);
    let warnings: Vec<String> = warnings.iter().flatten().map(Problem::to_string).collect();
    assert_eq!(warnings.join("\n") + "\n", include_str!("left-out.txt"));
}

#[test]
fn a_text_that_is_no_template_is_refused_at_its_line() {
    let deep = format!("Resources: {}", "[".repeat(200)) + &"]".repeat(200);
    let problems = [
        "",
        "Resources: [",
        "Resources: {}\n---\nResources: {}",
        "Resource: {}",
        "Outputs: {}",
        "Transform: Macro\nResources: {}",
        "Resources: {}\nConditions: { A: !Condition A }",
        "Resources: {}\nConditions: { A: !Condition B }",
        "Resources: {}\nConditions: { A: 1 }",
        "Resources: {}\nParameters: { A: { Type: String } }",
        "Resources: {}\nRules: { A: { Assertions: [{ Assert: !Equals [1, 2] }] } }",
        "Resources: { A: { Condition: B } }",
        "Resources: { A: !If [B, 1] }",
        "Resources: { [a]: 1 }",
        "Resources: { A: !GetAtt b }",
        deep.as_str(),
        &"- ".repeat(100_000),
        &" ".repeat(2_000_000),
    ]
    .map(|text| read(text).expect_err(text).to_string());
    assert_eq!(problems.join("\n") + "\n", include_str!("no-template.txt"));
}

#[test]
fn a_parameter_of_another_name_is_refused() {
    let template = Template::parse("chat.yaml", CHAT).expect("a template");
    let problem = template.with("chat", &[("Counter", "4")]).expect_err("no such parameter");
    assert_eq!(
        problem.to_string(),
        "chat.yaml, line 3: the template has no parameter `Counter`, so no stack can be read"
    );
    let zero = template.with("chat", &[("Count", "0")]).expect("a value");
    let stack = zero.stack().expect("a stack").stack;
    assert_eq!(stack.functions[0].environment["NOTHING"], "there is none");
}

/// Whatever is missing, the reader finds words for it.
#[test]
fn no_line_that_is_missing_makes_the_reader_panic() {
    for text in [CHAT, &file("handlers/template.yaml")] {
        let lines: Vec<&str> = text.lines().collect();
        for missing in 0..lines.len() {
            let without = [&lines[..missing], &lines[missing + 1..]].concat().join("\n");
            if let Err(problem) = read(&without) {
                assert!(problem.line > 0 && !problem.what.is_empty(), "{problem}");
            }
        }
    }
}
