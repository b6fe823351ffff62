//! The table of the places at which the emulators are known to be wrong.

use crate::generate::Request;
use crate::peers::Emulator;
use crate::seen::Answer;

/// Two answers to one request that differ.
#[derive(Debug)]
pub(crate) struct Exchange<'a> {
    pub(crate) emulator: Emulator,
    pub(crate) request: &'a Request,
    pub(crate) ours: &'a Answer,
    pub(crate) theirs: &'a Answer,
}

/// One thing that an emulator does and AWS does not.
struct Disagreement {
    emulator: Emulator,
    what: &'static str,
    /// True if the exchange is exactly about that.
    applies: fn(&Exchange<'_>) -> bool,
}

/// The first known disagreement that explains why the answers differ.
pub(crate) fn known(exchange: &Exchange<'_>) -> Option<&'static str> {
    let here = |it: &&Disagreement| it.emulator == exchange.emulator && (it.applies)(exchange);
    DISAGREEMENTS.iter().find(here).map(|it| it.what)
}

/// The comment above each gives the answer of AWS, and so does a test of `ours` by the same words.
const DISAGREEMENTS: &[Disagreement] = &[
    // SerializationException with status 400 (recorded suites: the type checks of every operation).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "fails at a malformed request",
        applies: |it| it.theirs.status == 500,
    },
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "reads any JSON scalar as text",
        applies: |it| it.ours.is("SerializationException") && !it.theirs.is_refused_like(it.ours),
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "does not check the JSON types of members",
        applies: |it| it.ours.is("SerializationException"),
    },
    // Numbers come back in their plain form (developer guide, data types: leading and trailing
    // zeroes are trimmed; recorded suite, number precision).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "returns numbers in documents as they were written",
        applies: |it| ODD_NUMBERS.iter().any(|odd| it.theirs.tells(odd) && !it.ours.tells(odd)),
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "returns numbers as they were written",
        applies: |it| ODD_NUMBERS.iter().any(|odd| it.theirs.tells(odd) && !it.ours.tells(odd)),
    },
    // TransactionCanceledException with ValidationError among its reasons (API reference of
    // TransactWriteItems, cancellation reasons).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "refuses a transaction as a whole where one of its writes cannot be done",
        applies: |it| {
            it.ours.is_cancelled_for("ValidationError") && it.theirs.is("ValidationException")
        },
    },
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "gives one reason at most for a cancelled transaction",
        applies: |it| {
            it.ours.is_cancelled_for("ValidationError")
                && it.theirs.is("TransactionCanceledException")
        },
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "does not do or judge all writes of a transaction that is cancelled",
        applies: |it| it.ours.is("TransactionCanceledException"),
    },
    // A transaction must not name an item twice, whatever else holds (API reference).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "looks at conditions before it looks for an item that is named twice",
        applies: |it| {
            it.ours.says("Transaction request cannot include multiple operations on one item")
        },
    },
    // Only the paths that the update names (recorded suite, updates of nested paths).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "returns the whole attribute where only a path in it was updated",
        applies: |it| it.is_told_twice() && it.has("ReturnValues", "UPDATED_"),
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "returns the whole attribute where only a path in it was updated",
        applies: |it| {
            it.is_told_twice()
                && it.has("ReturnValues", "UPDATED_")
                && !it.theirs.tells("\"Attributes\":{}")
        },
    },
    // A page that is full has a cursor, even if nothing is left (developer guide, paginating).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "gives no cursor behind the last item that the key condition can find",
        applies: |it| {
            it.is_told_twice()
                && it.request.operation == "Query"
                && it.request.body.get("Limit").is_some()
        },
    },
    // Not recorded anywhere for an item without the attributes.
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "tells an item without the projected attributes from none",
        applies: |it| it.request.operation == "TransactGetItems" && it.theirs.tells("\"Item\":{}"),
    },
    // A scan of an index sees what the index holds (developer guide, global secondary indexes).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "filters a scan by what its index does not hold",
        applies: |it| {
            it.is_told_twice()
                && it.request.operation == "Scan"
                && it.has("IndexName", "")
                && it.has("FilterExpression", "")
        },
    },
    // DynamoDB Local, which is AWS's own, refuses as we do.
    Disagreement {
        emulator: Emulator::Ministack,
        what: "filters a query by what its index does not hold",
        applies: |it| it.ours.says("does not project one or more filter attributes"),
    },
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "looks for the table before it checks the request",
        applies: |it| {
            it.ours.is("ValidationException") && it.theirs.is("ResourceNotFoundException")
        },
    },
    // An enumeration has no empty word (recorded suites, constraints).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "takes an empty word of an enumeration for none",
        applies: |it| it.ours.says("Member must satisfy enum value set") && it.theirs.is_success(),
    },
    // Keys are never updated, whether or not the condition holds (recorded suite, updates).
    Disagreement {
        emulator: Emulator::DynamodbLocal,
        what: "looks at the condition before it looks for keys among the updated attributes",
        applies: |it| it.ours.says("This attribute is part of the key"),
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "looks at the condition before it looks for keys among the updated attributes",
        applies: |it| it.ours.says("This attribute is part of the key"),
    },
    // Expressions are checked as text before anything is read (recorded suite, order of
    // validation).
    Disagreement {
        emulator: Emulator::Ministack,
        what: "does not check operands before it evaluates an expression",
        applies: |it| {
            it.ours.says("Incorrect operand type for operator or function")
                || it.ours.says("The first operand must be distinct from the remaining operands")
        },
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "does not check that paths are distinct",
        applies: |it| it.ours.says("Two document paths"),
    },
    // Filters must not name keys (developer guide, filter expressions for the Query operation).
    Disagreement {
        emulator: Emulator::Ministack,
        what: "filters by keys",
        applies: |it| it.ours.says("Filter Expression can only contain non-primary key"),
    },
    // Global indexes return what they hold (developer guide, global secondary indexes).
    Disagreement {
        emulator: Emulator::Ministack,
        what: "projects attributes that a global index does not hold",
        applies: |it| it.ours.says("does not project ["),
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "selects all attributes of a global index that does not hold them",
        applies: |it| it.ours.says("Select type ALL_ATTRIBUTES is not supported"),
    },
    // Attributes that a local index does not hold are fetched from the table (developer guide).
    Disagreement {
        emulator: Emulator::Ministack,
        what: "does not read of an index what AWS reads",
        applies: |it| it.is_told_twice() && it.has("IndexName", ""),
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "updates what does not fit what is there",
        applies: |it| {
            it.ours.says("The document path provided in the update expression is invalid")
                || it.ours.says("The provided expression refers to an attribute that does not")
                || it.ours.says("An operand in the update expression has an incorrect data type")
        },
    },
    // A comparison with what is not there is false (developer guide, comparison operators).
    Disagreement {
        emulator: Emulator::Ministack,
        what: "compares with what is not there, or updates before it compares",
        applies: |it| {
            it.ours.is("ConditionalCheckFailedException")
                || it.is_told_twice() && it.has("FilterExpression", "")
        },
    },
    // An operand of IN is one value, even if it is a list (developer guide, comparisons).
    Disagreement {
        emulator: Emulator::Ministack,
        what: "takes a list that is an operand of IN for its elements",
        applies: |it| {
            it.ours.is_success()
                && (it.theirs.is("ConditionalCheckFailedException")
                    || it.theirs.is_cancelled_for("ConditionalCheckFailed"))
        },
    },
    // Of a path that leads to anything else, begins_with is false.
    Disagreement {
        emulator: Emulator::Ministack,
        what: "refuses begins_with of a path that leads to no string",
        applies: |it| it.ours.is_success() && it.theirs.says("or function: begins_with"),
    },
    // Members that have to be there, and values (recorded suite, order of validation).
    Disagreement {
        emulator: Emulator::Ministack,
        what: "serves malformed requests",
        applies: |it| it.request.is_broken && it.ours.is("ValidationException"),
    },
    // Members that the API does not have are passed over.
    Disagreement {
        emulator: Emulator::Ministack,
        what: "refuses values with members that are no type",
        applies: |it| {
            it.theirs.says("Supplied AttributeValue has more than one datatypes set")
                || it.ours.is_success()
                    && it.theirs.says("The provided key element does not match the schema")
        },
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "returns no old attributes as an empty object",
        applies: |it| it.ours.is_success() && it.theirs.tells("\"Attributes\":{}"),
    },
    Disagreement {
        emulator: Emulator::Ministack,
        what: "fails",
        applies: |it| it.theirs.status == 500,
    },
];

/// Spellings of numbers that no answer of AWS has; the last is of sums.
const ODD_NUMBERS: [&str; 4] = ["\"007\"", "\"1e1\"", "\"-0\"", ".0\""];

impl Exchange<'_> {
    /// True if both carried the request out.
    fn is_told_twice(&self) -> bool {
        self.ours.is_success() && self.theirs.is_success()
    }

    /// True if the request has a member whose value starts with that.
    fn has(&self, member: &str, start: &str) -> bool {
        let value = self.request.body.get(member).and_then(|value| value.as_str());
        value.is_some_and(|value| value.starts_with(start))
    }
}
