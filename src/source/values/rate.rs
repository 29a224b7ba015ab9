//! Rates: `100/minute`.

use std::fmt;
use std::str::FromStr;

use super::parsed_string;

/// A number of requests in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rate {
    pub limit: u32,
    pub period: Period,
}

crate::choice! {
    /// The periods that Kong's rate limiting counts over, shortest first.
    pub enum Period {
        /// One second.
        Second = "second",
        /// One minute.
        Minute = "minute",
        /// One hour.
        Hour = "hour",
        /// One day.
        Day = "day",
        /// One month.
        Month = "month",
        /// One year.
        Year = "year",
    }
}

impl FromStr for Rate {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (limit, period) = text.split_once('/').ok_or(())?;
        let limit = limit.parse().map_err(drop)?;
        let period = Period::from_word(period).ok_or(())?;
        if limit == 0 { Err(()) } else { Ok(Self { limit, period }) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.limit, self.period.as_str())
    }
}

parsed_string!(
    Rate,
    "a rate such as `100/minute` (per second, minute, hour, day, month or year)",
    "^[1-9][0-9]*/(second|minute|hour|day|month|year)$"
);

#[cfg(test)]
mod tests {
    use super::Rate;

    #[test]
    fn what_is_not_a_rate_is_refused() {
        for text in ["", "100", "100/min", "0/minute", "-1/minute", "100/minutes", "1.5/hour"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
        assert_eq!("100/minute".parse::<Rate>().unwrap().to_string(), "100/minute");
    }
}
