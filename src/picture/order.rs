//! Which column a node stands in, and where in it: so that arrows point one way, are short, and cross little.

/// How often the order of the columns is gone over. Each sweep costs little, and after a few nothing gets better.
const SWEEPS: usize = 8;

/// The column of each node, 0 at the right, given what each needs: behind all that it needs, and right before the first that needs it.
/// An arrow that closes a circle counts for nothing.
pub(super) fn columns(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut heights = vec![0; needs.len()];
    // Without circles, as many rounds as there are nodes in the longest chain; with one, it ends all the same.
    for _ in 0..needs.len() {
        let mut is_still = true;
        for (node, needed) in needs.iter().enumerate() {
            let height = needed.iter().filter(|other| **other != node).map(|other| heights[*other] + 1).max();
            let height = height.unwrap_or(0).min(needs.len());
            if height > heights[node] {
                heights[node] = height;
                is_still = false;
            }
        }
        if is_still {
            break;
        }
    }
    let mut columns = heights.clone();
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|node| (std::cmp::Reverse(heights[*node]), *node));
    for node in order {
        let users = (0..needs.len()).filter(|user| *user != node && needs[*user].contains(&node));
        let nearest = users.map(|user| columns[user]).filter(|column| *column > columns[node]).min();
        if let Some(column) = nearest {
            columns[node] = column - 1;
        }
    }
    close_gaps(&mut columns);
    columns
}

/// Columns that nobody stands in are none.
fn close_gaps(columns: &mut [usize]) {
    let mut used: Vec<usize> = columns.to_vec();
    used.sort_unstable();
    used.dedup();
    for column in columns {
        *column = used.binary_search(column).unwrap_or_default();
    }
}

/// Sorts each column so that its nodes stand near those that they are tied to in the columns beside it. `ties` are pairs of neighbours.
pub(super) fn sort(columns: &mut [Vec<usize>], ties: &[Vec<usize>]) {
    let mut best = (crossings(columns, ties), columns.to_vec());
    for sweep in 0..SWEEPS {
        let forward = sweep % 2 == 0;
        let indices: Vec<usize> = if forward {
            (1..columns.len()).collect()
        } else {
            (0..columns.len().saturating_sub(1)).rev().collect()
        };
        for index in indices {
            let beside = columns[if forward { index - 1 } else { index + 1 }].clone();
            sort_by_centre(&mut columns[index], &beside, ties);
        }
        let count = crossings(columns, ties);
        if count < best.0 {
            best = (count, columns.to_vec());
        }
    }
    columns.clone_from_slice(&best.1);
}

/// Sorts by the middle of the places of a node's neighbours in the column beside; a node without any keeps its place.
fn sort_by_centre(column: &mut Vec<usize>, beside: &[usize], ties: &[Vec<usize>]) {
    let place = |node: usize| beside.iter().position(|other| *other == node);
    let mut keyed: Vec<(u64, usize)> = column
        .iter()
        .enumerate()
        .map(|(index, node)| {
            let places: Vec<usize> = ties[*node].iter().filter_map(|other| place(*other)).collect();
            let centre = match places.len() {
                0 => 1000 * index as u64,
                count => 1000 * places.iter().sum::<usize>() as u64 / count as u64,
            };
            (centre, *node)
        })
        .collect();
    keyed.sort_by_key(|(centre, _)| *centre);
    *column = keyed.into_iter().map(|(_, node)| node).collect();
}

/// How many pairs of ties between neighbouring columns cross.
fn crossings(columns: &[Vec<usize>], ties: &[Vec<usize>]) -> usize {
    let between = |pair: &[Vec<usize>]| {
        let mut lines: Vec<(usize, usize)> = Vec::new();
        for (from, node) in pair[0].iter().enumerate() {
            let other = |other: &usize| pair[1].iter().position(|candidate| candidate == other);
            lines.extend(ties[*node].iter().filter_map(other).map(|to| (from, to)));
        }
        let crosses =
            |a: &(usize, usize), b: &(usize, usize)| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1);
        let count: usize = lines
            .iter()
            .enumerate()
            .map(|(index, a)| lines[index + 1..].iter().filter(|b| crosses(a, b)).count())
            .sum();
        count
    };
    columns.windows(2).map(between).sum()
}

#[cfg(test)]
mod tests {
    use super::{columns, sort};

    #[test]
    fn a_node_stands_right_before_the_first_that_needs_it() {
        // 0 needs 1 and 3, 1 needs 2; 3 needs nothing and stands beside 1, not beside 2.
        assert_eq!(columns(&[vec![1, 3], vec![2], vec![], vec![]]), [2, 1, 0, 1]);
    }

    #[test]
    fn a_circle_ends() {
        let columns = columns(&[vec![1], vec![0], vec![2]]);
        assert_eq!(columns.len(), 3);
    }

    #[test]
    fn ties_that_cross_are_untangled() {
        let mut places = vec![vec![0, 1], vec![2, 3]];
        sort(&mut places, &[vec![3], vec![2], vec![1], vec![0]]);
        let straight = places == [vec![0, 1], vec![3, 2]] || places == [vec![1, 0], vec![2, 3]];
        assert!(straight, "{places:?}");
    }
}
