//! Which variables a `.env` file sets, in Compose's reading of it.

use std::collections::BTreeSet;

/// The names that have a value which is not empty. The values are looked at for that alone.
#[must_use]
pub fn set_variables(text: &str) -> BTreeSet<String> {
    let set = |line: &str| {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        let (name, value) = line.split_once('=')?;
        let value = value.trim();
        let is_set = !value.is_empty() && value != "\"\"" && value != "''" && !value.starts_with('#');
        (is_set && !name.starts_with('#')).then(|| name.trim().to_owned())
    };
    text.lines().filter_map(set).collect()
}

#[cfg(test)]
mod tests {
    use super::set_variables;

    #[test]
    fn only_names_with_a_value_are_set() {
        let text = "# A=1\nB=2\nexport C='x'\nD=\nE=\"\"\n F = 3 \nG # no\nH= # why\n";
        let found: Vec<String> = set_variables(text).into_iter().collect();
        assert_eq!(found, ["B", "C", "F"]);
    }
}
