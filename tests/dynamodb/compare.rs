//! One sequence of requests, asked of everyone.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;

use serde_json::Value as Json;
use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_tests::ported::PortedDynamoDb;

use crate::disagreements::{self, Exchange};
use crate::generate::{Case, Request, TABLE};
use crate::peers::{Emulator, Peer};
use crate::seen::Answer;

/// So many requests in all should have seen every operation carried out.
const TELLING_REQUESTS: u64 = 1_000;

/// Everyone who is asked, over as many sequences as come.
#[derive(Debug)]
pub(crate) struct Comparison {
    server: PortedDynamoDb,
    ours: Peer,
    emulators: Vec<(Emulator, Peer)>,
    cases: u64,
    tally: Tally,
}

/// Counts of the answers to each operation, and of the known disagreements with each emulator.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    answers: BTreeMap<(&'static str, String), u64>,
    disagreements: BTreeMap<(Emulator, &'static str), u64>,
}

/// Two answers that differ, and how it came to that.
#[derive(Debug)]
pub(crate) struct Failure {
    definition: Json,
    asked: Vec<Request>,
    ours: Answer,
    theirs: Vec<(Emulator, Answer)>,
}

impl Comparison {
    pub(crate) fn new(emulators: Vec<(Emulator, SocketAddr)>) -> Comparison {
        let server = PortedDynamoDb::start(DynamoDb::new(Limits::default()));
        let ours = Peer::new(server.address());
        let peers = emulators.into_iter().map(|(emulator, at)| (emulator, Peer::new(at)));
        Comparison { server, ours, emulators: peers.collect(), cases: 0, tally: Tally::default() }
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Asks everyone the same, each at a new table.
    pub(crate) fn run(&mut self, case: &Case) -> Result<(), Box<Failure>> {
        self.cases += 1;
        let Comparison { server, ours, emulators, cases, tally } = self;
        // A name that no earlier run of this test can have used.
        let table = format!("differential-{}-{cases}", std::process::id());
        server.block_on(async {
            let outcome = match create(case, &table, ours, emulators).await {
                Ok(()) => converse(case, &table, ours, emulators, tally).await,
                Err(failure) => Err(failure),
            };
            ours.delete(&table).await;
            for (_, peer) in emulators {
                peer.delete(&table).await;
            }
            outcome
        })
    }
}

/// The definition of a table is sound, so everyone has to create it.
async fn create(
    case: &Case,
    table: &str,
    ours: &mut Peer,
    emulators: &mut [(Emulator, Peer)],
) -> Result<(), Box<Failure>> {
    let definition = case.shape.definition();
    let sent = named(&definition, table);
    let request = Request::new("CreateTable", definition.clone());
    let mine = Answer::new(&case.shape, &request, &[ours.create(&sent).await]);
    let mut theirs = Vec::new();
    for (emulator, peer) in emulators {
        theirs.push((*emulator, Answer::new(&case.shape, &request, &[peer.create(&sent).await])));
    }
    let created = mine.is_success() && theirs.iter().all(|(_, answer)| answer.is_success());
    let failure = Failure { definition, asked: Vec::new(), ours: mine, theirs };
    if created { Ok(()) } else { Err(Box::new(failure)) }
}

async fn converse(
    case: &Case,
    table: &str,
    ours: &mut Peer,
    emulators: &mut [(Emulator, Peer)],
    tally: &mut Tally,
) -> Result<(), Box<Failure>> {
    let mut astray: Vec<Emulator> = Vec::new();
    for (index, request) in case.requests.iter().enumerate() {
        let sent = Request::new(request.operation, named(&request.body, table));
        let mine = Answer::new(&case.shape, request, &ours.ask(&sent).await);
        tally.count(request, &mine);
        let mut theirs = Vec::new();
        for (emulator, peer) in emulators.iter_mut().filter(|(it, _)| !astray.contains(it)) {
            theirs.push((*emulator, Answer::new(&case.shape, request, &peer.ask(&sent).await)));
        }
        for (emulator, answer) in &theirs {
            if *answer == mine {
                continue;
            }
            let exchange = Exchange { emulator: *emulator, request, ours: &mine, theirs: answer };
            let Some(known) = disagreements::known(&exchange) else {
                return Err(Box::new(Failure {
                    definition: case.shape.definition(),
                    asked: case.requests[..=index].to_vec(),
                    ours: mine,
                    theirs,
                }));
            };
            *tally.disagreements.entry((*emulator, known)).or_default() += 1;
            // From here on the emulator may hold other items than ours.
            astray.push(*emulator);
        }
    }
    Ok(())
}

/// The same JSON about the table of that name.
fn named(json: &Json, table: &str) -> Json {
    let text = json.to_string().replace(&format!("\"{TABLE}\""), &format!("\"{table}\""));
    text.parse().expect("the name needs no escapes")
}

impl Tally {
    /// True if every operation was carried out, or the requests were too few to expect it.
    pub(crate) fn is_telling(&self) -> bool {
        let operations: Vec<_> = self.answers.keys().map(|(operation, _)| *operation).collect();
        let all: u64 = self.answers.values().sum();
        let done = |operation| self.answers.contains_key(&(operation, String::new()));
        all < TELLING_REQUESTS || operations.into_iter().all(done)
    }

    fn count(&mut self, request: &Request, answer: &Answer) {
        let code = answer.code.clone().unwrap_or_default();
        *self.answers.entry((request.operation, code)).or_default() += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "answers:")?;
        for ((operation, code), count) in &self.answers {
            let code = if code.is_empty() { "carried out" } else { code };
            writeln!(f, "{count:8} {operation}: {code}")?;
        }
        writeln!(f, "known disagreements:")?;
        for ((emulator, what), count) in &self.disagreements {
            writeln!(f, "{count:8} {emulator}: {what}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the last of these requests is answered differently")?;
        writeln!(f, "CreateTable {}", self.definition)?;
        self.asked.iter().try_for_each(|request| writeln!(f, "{request:?}"))?;
        writeln!(f, "Stormglass: {}", self.ours)?;
        self.theirs.iter().try_for_each(|(emulator, answer)| writeln!(f, "{emulator}: {answer}"))
    }
}
