//! Requests that have something wrong with them.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value as Json, json};

use super::Request;

/// The share of requests that are broken.
const SHARE: f64 = 0.04;

/// A change of one place in the body of a request.
#[derive(Clone, Debug)]
enum Mistake {
    Replace(Json),
    Remove,
    Add(&'static str),
}

/// Breaks some of the requests in one place.
pub(super) fn sometimes(request: impl Strategy<Value = Request>) -> impl Strategy<Value = Request> {
    let junk = vec![json!(null), json!(1), json!(true), json!("junk"), json!(""), json!([])];
    let mistake = prop_oneof![
        3 => select(junk).prop_map(Mistake::Replace),
        3 => Just(Mistake::Remove),
        1 => select(vec!["S", "Unknown", "#z", ":z", "TableName"]).prop_map(Mistake::Add),
    ];
    (request, option::weighted(SHARE, (any::<Index>(), mistake))).prop_map(
        |(mut request, broken)| {
            if let Some((place, mistake)) = broken {
                let places = count(&request.body).max(1);
                request.is_broken = at(&mut request.body, &mut place.index(places), &mistake);
            }
            request
        },
    )
}

/// Counts the values below this one.
fn count(json: &Json) -> usize {
    match json {
        Json::Object(object) => object.values().map(|member| 1 + count(member)).sum(),
        Json::Array(array) => array.iter().map(|element| 1 + count(element)).sum(),
        _ => 0,
    }
}

/// Makes the mistake at the value that is `place` further on in the order of their names.
fn at(json: &mut Json, place: &mut usize, mistake: &Mistake) -> bool {
    match json {
        Json::Object(object) => {
            let mut names: Vec<_> = object.keys().cloned().collect();
            names.sort_unstable();
            for name in names {
                if *place == 0 {
                    match mistake {
                        Mistake::Replace(junk) => object.insert(name, junk.clone()),
                        Mistake::Remove => object.remove(&name),
                        Mistake::Add(name) => object.insert((*name).to_owned(), json!("junk")),
                    };
                    return true;
                }
                *place -= 1;
                if object.get_mut(&name).is_some_and(|member| at(member, place, mistake)) {
                    return true;
                }
            }
            false
        }
        Json::Array(array) => {
            for index in 0..array.len() {
                if *place == 0 {
                    match mistake {
                        Mistake::Replace(junk) => array[index] = junk.clone(),
                        Mistake::Remove => drop(array.remove(index)),
                        Mistake::Add(_) => array.push(json!("junk")),
                    }
                    return true;
                }
                *place -= 1;
                if at(&mut array[index], place, mistake) {
                    return true;
                }
            }
            false
        }
        _ => false,
    }
}
