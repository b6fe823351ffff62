//! The context attributes in a payload of Scheduler (FACTS 14.14).

/// The attributes of one attempt to invoke the target of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContextAttributes<'a> {
    /// The ARN of the schedule.
    pub schedule_arn: &'a str,
    /// The planned time, as `2022-03-22T18:59:43Z`.
    pub scheduled_time: &'a str,
    /// The id of the execution, which all its attempts share.
    pub execution_id: &'a str,
    /// The number of the attempt, from 1.
    pub attempt_number: u32,
}

impl ContextAttributes<'_> {
    /// Returns an input in which every attribute is replaced by its value.
    pub fn replaced_in(&self, input: &str) -> String {
        let attempt_number = self.attempt_number.to_string();
        let values = [
            ("<aws.scheduler.schedule-arn>", self.schedule_arn),
            ("<aws.scheduler.scheduled-time>", self.scheduled_time),
            ("<aws.scheduler.execution-id>", self.execution_id),
            ("<aws.scheduler.attempt-number>", &attempt_number),
        ];
        let mut replaced = input.to_owned();
        for (attribute, value) in values {
            replaced = replaced.replace(attribute, value);
        }
        replaced
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_is_replaced_wherever_it_stands() {
        let attributes = ContextAttributes {
            schedule_arn: "arn:s",
            scheduled_time: "2022-03-22T18:59:43Z",
            execution_id: "d32c5kddcf5bb8c3",
            attempt_number: 2,
        };
        let input = concat!(
            r#"{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>","#,
            r#""id":"<aws.scheduler.execution-id>/<aws.scheduler.execution-id>","#,
            r#""n":"<aws.scheduler.attempt-number>","other":"<aws.scheduler.other>"}"#,
        );
        let replaced = concat!(
            r#"{"arn":"arn:s","at":"2022-03-22T18:59:43Z","#,
            r#""id":"d32c5kddcf5bb8c3/d32c5kddcf5bb8c3","n":"2","other":"<aws.scheduler.other>"}"#,
        );
        assert_eq!(attributes.replaced_in(input), replaced);
    }
}
