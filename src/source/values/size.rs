//! Sizes: `10MB`, `512MiB`.

use std::fmt;
use std::str::FromStr;

use super::{Mistake, number_and_unit, parsed_string};

/// A number of bytes, one or more: many programs take a limit of none for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Size {
    bytes: u64,
}

/// Largest first; decimal units as in SI, binary ones as in IEC 80000-13.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

impl Size {
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.bytes
    }
}

impl FromStr for Size {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (number, unit) = number_and_unit(text).ok_or(())?;
        let unit = if unit == "KB" { "kB" } else { unit };
        let (_, factor) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or(())?;
        number.checked_mul(factor).filter(|bytes| *bytes > 0).map(|bytes| Self { bytes }).ok_or(())
    }
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = UNITS
            .into_iter()
            .find(|(_, factor)| self.bytes >= *factor && self.bytes.is_multiple_of(*factor))
            .unwrap_or(("B", 1));
        write!(out, "{}{unit}", self.bytes / factor)
    }
}

parsed_string!(
    Size,
    "a size such as `10MB` or `512MiB`",
    "^0*[1-9][0-9]*(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$",
    mistake
);

/// What is wrong with a text that is no size.
fn mistake(text: &str) -> Mistake {
    let digits = text.find(|found: char| !found.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = (&text[..digits], text[digits..].trim());
    if number.is_empty() {
        return Mistake::default();
    }
    // A letter alone counts in powers of two, as Docker takes it.
    let spelt = |name: &str| name.eq_ignore_ascii_case(unit);
    let is_letter = |name: &str| name.len() == 3 && unit.len() < 3 && spelt(&name[..unit.len()]);
    let units = || UNITS.into_iter().map(|(name, _)| name);
    let meant = units().find(|name| spelt(name));
    let meant = meant.or_else(|| units().find(|name| !unit.is_empty() && is_letter(name)));
    let Some(unit) = meant else { return Mistake::default() };
    let problem = match number.parse::<u64>() {
        Ok(0) => Some("leaves nothing: a size is at least one byte"),
        Ok(number) if number.checked_mul(factor(unit)).is_some() => None,
        _ => Some("is too large: a size is below 16777216TiB"),
    };
    let meant = problem.is_none().then(|| format!("{number}{unit}"));
    Mistake { problem, meant }
}

fn factor(unit: &str) -> u64 {
    UNITS.into_iter().find(|(name, _)| *name == unit).map_or(1, |(_, factor)| factor)
}

#[cfg(test)]
mod tests {
    use super::{Size, mistake};

    #[test]
    fn what_is_wrong_with_a_size_is_said_with_what_was_meant() {
        for (text, meant) in [
            ("1G", "1GiB"),
            ("512m", "512MiB"),
            ("2Gi", "2GiB"),
            ("10mb", "10MB"),
            ("1 GB", "1GB"),
            ("1K", "1KiB"),
        ] {
            assert_eq!(mistake(text).meant.as_deref(), Some(meant), "{text}");
        }
        assert!(mistake("0MB").problem.is_some_and(|problem| problem.contains("at least")));
        assert!(mistake("99999999999TiB").problem.is_some_and(|problem| problem.contains("too large")));
        assert_eq!(mistake("much"), super::Mistake::default());
        assert_eq!(mistake("512"), super::Mistake::default());
    }

    #[test]
    fn decimal_and_binary_units_differ() {
        for (text, bytes) in
            [("10MB", 10_000_000), ("10MiB", 10_485_760), ("1KB", 1_000), ("1KiB", 1_024), ("7B", 7)]
        {
            assert_eq!(text.parse::<Size>().unwrap().bytes(), bytes);
        }
    }

    #[test]
    fn a_size_is_shown_in_the_largest_unit_that_it_is_a_whole_number_of() {
        for text in ["10MB", "512MiB", "1KiB", "7B", "1025B"] {
            assert_eq!(text.parse::<Size>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_size_is_refused() {
        for text in ["", "10", "MB", "10mb", "10 MB", "1.5GB", "-1MB", "0MB", "99999999999TiB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
