//! The billing and the class of a table.

use crate::answer::Answer;
use crate::members::Members;

/// The billing mode of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Billing {
    OnDemand,
    Provisioned,
}

/// The class of a table, which sets its prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableClass {
    Standard,
    InfrequentAccess,
}

impl Billing {
    /// Reads the member `BillingMode`.
    pub(crate) fn read(members: &mut Members<'_>) -> Result<Option<Billing>, Answer> {
        let word = members.one_of("BillingMode", &["PROVISIONED", "PAY_PER_REQUEST"])?;
        Ok(word.map(|word| match word {
            "PAY_PER_REQUEST" => Billing::OnDemand,
            _ => Billing::Provisioned,
        }))
    }

    /// The name in requests and answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Billing::OnDemand => "PAY_PER_REQUEST",
            Billing::Provisioned => "PROVISIONED",
        }
    }
}

impl TableClass {
    /// Parses a class, and refuses any other text.
    pub(crate) fn parse(name: &str) -> Result<TableClass, Answer> {
        match name {
            "STANDARD" => Ok(TableClass::Standard),
            "STANDARD_INFREQUENT_ACCESS" => Ok(TableClass::InfrequentAccess),
            _ => Err(Answer::validation(
                "Invalid table-class parameter provided. Please try again with a valid \
                 table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].",
            )),
        }
    }

    /// The name in requests and answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            TableClass::Standard => "STANDARD",
            TableClass::InfrequentAccess => "STANDARD_INFREQUENT_ACCESS",
        }
    }
}
