//! Answers at a point and in a limit as plain text.

use super::expression::{Level, Pen, Room};
use crate::language::syntax::{Given, LimitAsked, Place, Sign, ValueAsked, Values};

impl Pen {
    /// `value f where n = 1 at x = 1/3`
    pub(super) fn value_asked(self, asked: &ValueAsked) -> String {
        let plain = |value| self.expression(value, Level::Sum, Room::Wide);
        let sizes: Vec<String> = asked.sizes.iter().map(|(name, value)| format!("{name} = {}", plain(value))).collect();
        let sizes = if sizes.is_empty() { String::new() } else { format!(" where {}", sizes.join(", ")) };
        format!("value {}{sizes} at {}", self.target(&asked.target), self.given(&asked.at))
    }

    /// `x = 1/3, h[t-1] = 0`
    pub(super) fn given(self, given: &[Given]) -> String {
        let one = |given: &Given| format!("{} = {}", self.target(&given.of), self.values(&given.values));
        given.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn values(self, values: &Values) -> String {
        match values {
            Values::One(value) => self.expression(value, Level::Sum, Room::Wide),
            Values::List(list) => {
                format!("[{}]", list.iter().map(|values| self.values(values)).collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// `limit p as beta -> infinity`
    pub(super) fn limit_asked(self, asked: &LimitAsked) -> String {
        let LimitAsked { target, param, to } = asked;
        format!("limit {} as {param} {} {}", self.target(target), self.pick("->", "→"), self.place(to))
    }

    fn place(self, place: &Place) -> String {
        let infinity = self.pick("infinity", "∞");
        match place {
            Place::Infinity(Sign::Plus) => infinity.into(),
            Place::Infinity(Sign::Minus) => format!("{}{infinity}", self.pick("-", "−")),
            Place::At(value) => self.expression(value, Level::Sum, Room::Wide),
        }
    }
}
