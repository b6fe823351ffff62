//! What may be wrong with a file of functions: where, and what to do about it.

use std::path::Path;

use serde_json::json;

use super::server::{Server, program, refused};

fn said(text: &str) -> String {
    let output = refused(text);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    let (place, what) = said.split_once("functions.toml, ").expect("the name of the file");
    assert!(place.starts_with("error: "), "{said}");
    what.trim_end().to_owned()
}

const FUNCTION: &str = "[[function]]\nname = \"a\"\ncommand = \"b\"\n";

#[test]
fn a_mistake_is_told_with_its_line() {
    for (text, wanted) in [
        ("", "line 1: there is no function; add one as a `[[function]]`"),
        ("x", "line 1: key with no value, expected `=`; see sim/serve/examples"),
        (
            "[[function]]\nnmae = \"a\"\n",
            "line 2: unknown field `nmae`, expected one of `name`, `c",
        ),
        ("[[function]]\ncommand = \"a\"\n", "line 1: missing field `name`; see sim/serve/examples"),
        ("[[function]]\nname = \"a b\"\n", "line 2: a name of a function is 1 to 64 letters, digi"),
        ("[[function]]\nname = \"a\"\ncommand = \" \"\n", "line 3: the command names no program; "),
        ("[[function]]\nname = \"a\"\ncommand = []\n", "line 3: the command names no program; wit"),
        ("[[function]]\nname = \"a\"\ncommand = 1\n", "line 3: a command is a string or an array "),
        ("[[function]]\nname = \"a\"\nfolder = \"no\"\n", "line 3: there is no folder "),
        ("[[function]]\nname = \"a\"\ntimeout = \"3\"\n", "line 3: expected a whole number above"),
        (
            "[[function]]\nname = \"a\"\ntimeout = \"16m\"\n",
            "line 3: Lambda allows no timeout over",
        ),
        ("[[function]]\nname = \"a\"\nmemory = 64\n", "line 3: Lambda allows a memory of 128 to 1"),
        (
            "[[function]]\nname = \"a\"\ncommand = \"b\"\nport = 9001\n",
            "line 4: a function with a `command` needs no `port`: remove one of them",
        ),
        (
            "[[function]]\nname = \"a\"\n[[function]]\nname = \"a\"\n",
            "line 4: a second function is called `a`; rename it",
        ),
    ] {
        let said = said(text);
        assert!(said.starts_with(wanted), "{text}\n{said}");
    }
}

#[test]
fn a_mistake_beside_the_functions_is_told_with_its_line() {
    let route =
        |key: &str, more: &str| format!("[[route]]\nkey = \"{key}\"\nfunction = \"a\"\n{more}\n");
    for (text, wanted) in [
        (
            route("go", "").replace("\"a\"", "\"c\""),
            "line 6: there is no function `c`; there are: a",
        ),
        (route("go", "") + &route("go", ""), "line 9: a second route has the key `go`"),
        (route("$go", ""), "line 5: `$go` is none of $connect, $disconnect, $default"),
        (route("$connect", "two-way = true"), "line 5: nothing can be sent back by `$connect`: re"),
        (
            "[[table]]\nname = \"t\"\npartition-key = \"k\"\npartition-key-type = \"X\"\n".into(),
            "line 7: unknown variant `X`, expected one of `S`, `N`, `B`; see sim/serve/examples",
        ),
        (
            "[[table]]\nname = \"t\"\npartition-key = \"k\"\n".repeat(2),
            "line 7: a second table is called `t`",
        ),
    ] {
        let said = said(&(FUNCTION.to_owned() + &text));
        assert!(said.starts_with(wanted), "{text}\n{said}");
    }
    for (line, wanted) in [
        ("authorizer = \"b\"", "line 1: there is no function `b`; there are: a"),
        ("route-selection = \"action\"", "line 1: it names no part of the message, such as `$requ"),
    ] {
        let said = said(&format!("{line}\n{FUNCTION}"));
        assert!(said.starts_with(wanted), "{line}\n{said}");
    }
}

#[test]
fn a_table_is_there_from_the_start_as_the_file_says() {
    let text = FUNCTION.to_owned()
        + "[[table]]\nname = \"rooms\"\npartition-key = \"room\"\nsort-key = \"seat\"\n\
           sort-key-type = \"N\"\nttl = \"until\"\n\
           [[table.index]]\nname = \"by-id\"\npartition-key = \"id\"\n\
           partition-key-type = \"B\"\nsort-key = \"seat\"\nsort-key-type = \"N\"\n";
    let server = Server::start(&text);
    let rooms = json!({"TableName": "rooms"});
    let table = &server.dynamodb("DescribeTable", &rooms)["Table"];
    let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    let of_type = |name: &str, kind: &str| json!({"AttributeName": name, "AttributeType": kind});
    assert_eq!(table["KeySchema"], json!([key("room", "HASH"), key("seat", "RANGE")]));
    for attribute in [of_type("id", "B"), of_type("room", "S"), of_type("seat", "N")] {
        let defined = table["AttributeDefinitions"].as_array().expect("attributes");
        assert!(defined.contains(&attribute), "{table}");
    }
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(index["IndexName"], "by-id");
    assert_eq!(index["KeySchema"], json!([key("id", "HASH"), key("seat", "RANGE")]));
    let expiry = server.dynamodb("DescribeTimeToLive", &rooms);
    assert_eq!(expiry["TimeToLiveDescription"]["AttributeName"], "until");
    server.stop();
}

#[test]
fn a_table_that_dynamodb_refuses_is_an_error_of_one_line() {
    let output =
        refused(&(FUNCTION.to_owned() + "[[table]]\nname = \"t\"\npartition-key = \"k\"\n"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("error: a table of functions.toml cannot be created: "), "{said}");
    assert!(said.contains("length"), "{said}");
}

#[test]
fn a_file_that_is_not_there_is_an_error_of_one_line() {
    let output = program(Path::new("no-such-file.toml")).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.starts_with("error: no-such-file.toml cannot be read: "), "{said}");
}

#[test]
fn what_a_file_decides_cannot_be_decided_twice() {
    for flag in [["--app", "tutorial"], ["--function-timeout", "3s"]] {
        let output = program(Path::new("functions.toml")).args(flag).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2));
        let start =
            format!("error: the argument '--runtime-api <FILE>' cannot be used with '{}", flag[0]);
        assert!(said.starts_with(&start), "{said}");
    }
}
