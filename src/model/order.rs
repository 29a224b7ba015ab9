//! The order in which services start.

use indexmap::IndexMap;

/// How many steps of others come before each service's start, by what each needs. What stands in a circle starts as if the
/// need that closes the circle were not there; the circle itself is for a check to report.
#[must_use]
pub fn start_levels(needs: &IndexMap<String, Vec<String>>) -> IndexMap<String, usize> {
    let mut levels = IndexMap::new();
    for name in needs.keys() {
        visit(name, needs, &mut levels);
    }
    levels
}

/// Depth first with a stack of its own: a chain of needs may be longer than the thread's stack is deep.
fn visit(start: &str, needs: &IndexMap<String, Vec<String>>, levels: &mut IndexMap<String, usize>) {
    if levels.contains_key(start) {
        return;
    }
    levels.insert(start.to_owned(), 0);
    // Each with the index of the need to look at next, and its level so far.
    let mut open: Vec<(&str, usize, usize)> = vec![(start, 0, 0)];
    while let Some((name, next, level)) = open.pop() {
        let Some(need) = needs.get(name).and_then(|all| all.get(next)) else {
            levels.insert(name.to_owned(), level);
            if let Some((_, _, parent_level)) = open.last_mut() {
                *parent_level = (*parent_level).max(level + 1);
            }
            continue;
        };
        if let Some(known) = levels.get(need.as_str()) {
            open.push((name, next + 1, level.max(known + 1)));
        } else {
            levels.insert(need.clone(), 0);
            open.push((name, next + 1, level));
            open.push((need, 0, 0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::start_levels;

    fn levels(needs: &[(&str, &[&str])]) -> Vec<(String, usize)> {
        let needs = needs
            .iter()
            .map(|(name, all)| ((*name).to_owned(), all.iter().map(|need| (*need).to_owned()).collect()))
            .collect();
        let mut levels: Vec<_> = start_levels(&needs).into_iter().collect();
        levels.sort();
        levels
    }

    #[test]
    fn a_service_starts_after_the_last_of_its_needs() {
        let found = levels(&[("app", &["db", "auth"]), ("auth", &["db"]), ("db", &[])]);
        assert_eq!(found, [("app".into(), 2), ("auth".into(), 1), ("db".into(), 0)]);
    }

    #[test]
    fn a_circle_and_a_long_chain_both_end() {
        assert_eq!(levels(&[("a", &["b"]), ("b", &["a"])]).len(), 2);
        let names: Vec<String> = (0..20_000).map(|index| format!("s{index}")).collect();
        let needs = (0..20_000)
            .map(|at| (names[at].clone(), names.get(at + 1).into_iter().cloned().collect()))
            .collect();
        assert_eq!(start_levels(&needs)["s0"], 19_999);
    }
}
