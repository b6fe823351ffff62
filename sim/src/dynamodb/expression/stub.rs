use super::super::{answer::Answer, members::Members, schema::KeyType, value::Value};
use super::Placeholders;
#[derive(Clone, Debug)]
pub(in super::super) struct KeyCondition;
pub(in super::super) struct KeyRange { pub(in super::super) hash: Value, pub(in super::super) range: Option<RangeTest> }
pub(in super::super) enum RangeTest { Equal(Value), Less(Value), LessOrEqual(Value), Greater(Value), GreaterOrEqual(Value), Between(Value, Value), BeginsWith(Value) }
impl RangeTest { pub(in super::super) fn holds(&self, _: &Value) -> bool { true } }
impl KeyRange { pub(in super::super) fn check_types(&self, _: KeyType, _: Option<KeyType>) -> Result<(), Answer> { Ok(()) } }
impl KeyCondition {
    pub(in super::super) fn read(_: &Members<'_>, _: &str, _: &mut Placeholders) -> Result<Option<KeyCondition>, Answer> { Ok(None) }
    pub(in super::super) fn resolve(&self, _: &str, _: Option<&str>) -> Result<KeyRange, Answer> { Ok(KeyRange { hash: Value::Null, range: None }) }
}
impl super::Projection { pub(in super::super) fn attributes(&self) -> impl Iterator<Item = &str> { std::iter::empty() } }
