//! Where each box and each arrow of a picture goes.

use super::order::{columns, sort};

/// A box to place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    pub width: u32,
    pub height: u32,
}

/// A place in the picture, in pixels from the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub x: u32,
    pub y: u32,
}

/// An arrow: from the right side of a box, through gaps in the columns between, to the left side of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// At least two.
    pub points: Vec<Point>,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    pub width: u32,
    pub height: u32,
    /// The upper left of each box.
    pub nodes: Vec<Point>,
    pub edges: Vec<Edge>,
}

const MARGIN: u32 = 24;
const BETWEEN_COLUMNS: u32 = 72;
const BETWEEN_ROWS: u32 = 18;

/// The height of the gap that an arrow takes in a column that it passes.
const GAP: u32 = 10;

/// Places boxes, given for each which others it needs. Who needs stands left of whom it needs.
#[must_use]
pub fn layout(nodes: &[Node], needs: &[Vec<usize>]) -> Layout {
    let mut plan = Plan::of(nodes, needs);
    sort(&mut plan.columns, &plan.ties);
    plan.place(nodes)
}

/// Boxes, and behind them the gaps of arrows, in columns from the right.
struct Plan {
    columns: Vec<Vec<usize>>,
    /// Of each box or gap, those that it is tied to in the columns beside it.
    ties: Vec<Vec<usize>>,
    /// The boxes and gaps that each arrow goes through, from its box to its target.
    ways: Vec<Vec<usize>>,
}

impl Plan {
    fn of(nodes: &[Node], needs: &[Vec<usize>]) -> Self {
        let column_of = columns(needs);
        let count = column_of.iter().max().map_or(0, |last| last + 1);
        let mut plan =
            Self { columns: vec![Vec::new(); count], ties: vec![Vec::new(); nodes.len()], ways: Vec::new() };
        for (node, column) in column_of.iter().enumerate() {
            plan.columns[*column].push(node);
        }
        for (from, needed) in needs.iter().enumerate() {
            for to in needed {
                plan.add_way(from, *to, &column_of);
            }
        }
        plan
    }

    fn add_way(&mut self, from: usize, to: usize, column_of: &[usize]) {
        let mut way = vec![from];
        for column in (column_of[to] + 1..column_of[from]).rev() {
            let gap = self.ties.len();
            self.ties.push(Vec::new());
            self.columns[column].push(gap);
            way.push(gap);
        }
        way.push(to);
        for pair in way.windows(2) {
            self.ties[pair[0]].push(pair[1]);
            self.ties[pair[1]].push(pair[0]);
        }
        self.ways.push(way);
    }

    fn place(&self, nodes: &[Node]) -> Layout {
        let size = |item: usize| nodes.get(item).copied().unwrap_or(Node { width: 0, height: GAP });
        let height_of = |column: &Vec<usize>| -> u32 {
            column
                .iter()
                .map(|item| size(*item).height + BETWEEN_ROWS)
                .sum::<u32>()
                .saturating_sub(BETWEEN_ROWS)
        };
        let tallest = self.columns.iter().map(height_of).max().unwrap_or_default();
        let mut places = vec![Point { x: 0, y: 0 }; self.ties.len()];
        let mut widths = vec![0; self.ties.len()];
        let mut x = MARGIN;
        for column in self.columns.iter().rev() {
            let width = column.iter().map(|item| size(*item).width).max().unwrap_or_default();
            let mut y = MARGIN + (tallest - height_of(column)) / 2;
            for item in column {
                // A box narrower than its column stands in the middle; a gap is as wide as the column.
                let own = if *item < nodes.len() { size(*item).width } else { width };
                places[*item] = Point { x: x + (width - own) / 2, y };
                widths[*item] = own;
                y += size(*item).height + BETWEEN_ROWS;
            }
            x += width + BETWEEN_COLUMNS;
        }
        let middle = |item: usize| places[item].y + size(item).height / 2;
        let edges = self
            .ways
            .iter()
            .filter_map(|way| {
                let (from, to) = (*way.first()?, *way.last()?);
                let mut points = vec![Point { x: places[from].x + widths[from], y: middle(from) }];
                for gap in way.iter().skip(1).take(way.len().saturating_sub(2)) {
                    points.push(Point { x: places[*gap].x, y: middle(*gap) });
                    points.push(Point { x: places[*gap].x + widths[*gap], y: middle(*gap) });
                }
                points.push(Point { x: places[to].x, y: middle(to) });
                Some(Edge { from, to, points })
            })
            .collect();
        Layout {
            width: (x + MARGIN).saturating_sub(BETWEEN_COLUMNS),
            height: tallest + 2 * MARGIN,
            nodes: places.into_iter().take(nodes.len()).collect(),
            edges,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Node, layout};

    fn placed(needs: &[Vec<usize>]) -> Layout {
        layout(&vec![Node { width: 100, height: 40 }; needs.len()], needs)
    }

    #[test]
    fn who_needs_stands_left_of_whom_it_needs_and_no_two_boxes_meet() {
        let needs = [vec![1, 2, 3], vec![3], vec![3], vec![]];
        let picture = placed(&needs);
        for edge in &picture.edges {
            assert!(picture.nodes[edge.from].x + 100 < picture.nodes[edge.to].x);
        }
        for (index, a) in picture.nodes.iter().enumerate() {
            for b in &picture.nodes[index + 1..] {
                assert!(a.x + 100 <= b.x || b.x + 100 <= a.x || a.y + 40 <= b.y || b.y + 40 <= a.y);
            }
        }
    }

    #[test]
    fn an_arrow_over_a_column_passes_no_box() {
        // 0 needs 1 and 2, 1 needs 2: the arrow from 0 to 2 passes the column of 1.
        let picture = placed(&[vec![1, 2], vec![2], vec![]]);
        let far = picture.edges.iter().find(|edge| (edge.from, edge.to) == (0, 2)).unwrap();
        let passed = picture.nodes[1];
        assert_eq!(far.points.len(), 4);
        assert!(far.points[1].y < passed.y || far.points[1].y > passed.y + 40);
    }

    #[test]
    fn nothing_and_circles_are_placed_all_the_same() {
        assert!(placed(&[]).nodes.is_empty());
        assert_eq!(placed(&[vec![1], vec![0]]).edges.len(), 2);
        assert_eq!(placed(&[vec![0]]).edges.len(), 1);
    }
}
