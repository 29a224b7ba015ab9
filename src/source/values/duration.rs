//! Durations: `30s`, `5m`, `1m30s`.

use std::fmt;
use std::str::FromStr;

use super::{Mistake, number_and_unit, parsed_string};

/// A span of time, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    milliseconds: u64,
}

/// What Compose, written in Go, can hold: a signed number of 64 bits, in nanoseconds.
const LONGEST: u64 = i64::MAX as u64 / 1_000_000;

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Duration {
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self { milliseconds: seconds * 1_000 }
    }

    #[must_use]
    pub const fn milliseconds(self) -> u64 {
        self.milliseconds
    }

    /// Whole seconds, rounded up: a time limit is never made shorter.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.milliseconds.div_ceil(1_000)
    }
}

impl FromStr for Duration {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut rest = text;
        let mut milliseconds: u64 = 0;
        let mut largest_left = u64::MAX;
        while !rest.is_empty() {
            let (number, tail) = number_and_unit(rest).ok_or(())?;
            let unit_length = tail.find(|found: char| found.is_ascii_digit()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(unit_length);
            let (_, factor) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or(())?;
            if factor >= largest_left {
                return Err(());
            }
            largest_left = factor;
            milliseconds =
                number.checked_mul(factor).and_then(|part| milliseconds.checked_add(part)).ok_or(())?;
            rest = tail;
        }
        if text.is_empty() || milliseconds > LONGEST { Err(()) } else { Ok(Self { milliseconds }) }
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.milliseconds;
        if rest == 0 {
            return out.write_str("0s");
        }
        // Days stop here: Compose and Kong know no unit above the hour.
        for (unit, factor) in UNITS.into_iter().skip(1) {
            if rest >= factor {
                write!(out, "{}{unit}", rest / factor)?;
                rest %= factor;
            }
        }
        Ok(())
    }
}

parsed_string!(
    Duration,
    "a duration such as `30s`, `5m` or `1m30s`",
    "^(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$",
    |_| Mistake::default()
);

#[cfg(test)]
mod tests {
    use super::Duration;

    #[test]
    fn a_duration_is_written_in_one_canonical_way() {
        for (text, canonical) in
            [("90s", "1m30s"), ("1h", "1h"), ("1d", "24h"), ("1500ms", "1s500ms"), ("0s", "0s")]
        {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in ["", "30", "s", "1s1s", "1s1m", "-1s", "1.5s", "99999999999999999999s", "106752d", "1w"] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }
}
