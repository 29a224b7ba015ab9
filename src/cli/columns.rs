//! Text in columns, each as wide as its widest cell.

/// Lines of cells under a line of headings. The last column is not padded, so that no line ends in spaces.
pub fn columns<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let headings = headings.map(ToOwned::to_owned);
    let mut widths = [0; N];
    for row in rows.iter().chain([&headings]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in [&headings].into_iter().chain(rows) {
        let columns = row.iter().zip(widths).filter(|(_, width)| *width > 0);
        let padded: Vec<String> = columns.map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// As [`columns`], within a width: columns are left out in the order of `expendable` until the rest has room, and what is then
/// still too wide is cut at the end of the line. Without a width nothing is.
pub fn fitted<const N: usize>(
    headings: [&str; N],
    rows: &[[String; N]],
    width: Option<usize>,
    expendable: &[usize],
) -> String {
    let whole = columns(headings, rows);
    let Some(width) = width else { return whole };
    let widest = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or_default();
    let mut text = whole;
    let mut dropped: Vec<usize> = Vec::new();
    for column in expendable {
        if widest(&text) <= width {
            return text;
        }
        dropped.push(*column);
        text = without(headings, rows, &dropped);
    }
    text.lines().map(|line| cut(line, width) + "\n").collect()
}

/// The same lines without some of the columns.
fn without<const N: usize>(headings: [&str; N], rows: &[[String; N]], dropped: &[usize]) -> String {
    let blank = |index: usize| dropped.contains(&index);
    let headings = std::array::from_fn(|index| if blank(index) { "" } else { headings[index] });
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| std::array::from_fn(|index| if blank(index) { String::new() } else { row[index].clone() }))
        .collect();
    columns(headings, &rows)
}

/// A line that is too long, with a sign that it is.
fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    line.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{columns, fitted};

    #[test]
    fn what_has_no_room_is_left_out_column_by_column_and_then_cut() {
        let rows = [["a".to_owned(), "middle".to_owned(), "last".to_owned()]];
        let fit = |width| fitted(["X", "Y", "Z"], &rows, Some(width), &[1]);
        assert_eq!(fit(15), "X  Y       Z\na  middle  last\n");
        assert_eq!(fit(14), "X  Z\na  last\n");
        assert_eq!(fit(5), "X  Z\na  l…\n");
        assert_eq!(fitted(["X", "Y", "Z"], &rows, None, &[1]), "X  Y       Z\na  middle  last\n");
    }

    #[test]
    fn columns_are_as_wide_as_their_contents_and_no_line_ends_in_spaces() {
        let rows = [["a".to_owned(), "long".to_owned()], ["größer".to_owned(), String::new()]];
        assert_eq!(columns(["X", "Y"], &rows), "X       Y\na       long\ngrößer\n");
    }
}
