//! Rates: `100/minute`.

use std::fmt;
use std::str::FromStr;

use super::{Mistake, parsed_string};

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
    "^[1-9][0-9]*/(second|minute|hour|day|month|year)$",
    mistake
);

/// What is wrong with a text that is no rate.
fn mistake(text: &str) -> Mistake {
    let Some((limit, period)) = text.split_once('/') else { return Mistake::default() };
    let (limit, period) = (limit.trim(), period.trim());
    if limit.is_empty() || limit.bytes().any(|found| !found.is_ascii_digit()) {
        return Mistake::default();
    }
    let problem = match limit.parse::<u32>() {
        Ok(0) => Some("lets no request through: the limit is at least 1"),
        Ok(_) => None,
        Err(_) => Some("is too large: the limit is at most 4294967295"),
    };
    let period = match period.to_ascii_lowercase().as_str() {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(Period::Second),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(Period::Minute),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(Period::Hour),
        "d" | "day" | "days" => Some(Period::Day),
        "month" | "months" => Some(Period::Month),
        "y" | "yr" | "year" | "years" => Some(Period::Year),
        _ => None,
    };
    let meant = period.filter(|_| problem.is_none()).map(|period| format!("{limit}/{}", period.as_str()));
    Mistake { problem, meant }
}

#[cfg(test)]
mod tests {
    use super::{Rate, mistake};

    #[test]
    fn what_is_wrong_with_a_rate_is_said_with_what_was_meant() {
        assert_eq!(mistake("100/min").meant.as_deref(), Some("100/minute"));
        assert_eq!(mistake("5 / Seconds").meant.as_deref(), Some("5/second"));
        assert!(mistake("0/minute").problem.is_some_and(|problem| problem.contains("at least 1")));
        let digits = mistake("99999999999999999999/minute");
        assert!(digits.problem.is_some_and(|problem| problem.contains("too large")));
        assert_eq!(mistake("often"), super::Mistake::default());
    }

    #[test]
    fn what_is_not_a_rate_is_refused() {
        for text in ["", "100", "100/min", "0/minute", "-1/minute", "100/minutes", "1.5/hour"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
        assert_eq!("100/minute".parse::<Rate>().unwrap().to_string(), "100/minute");
    }
}
