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
        let padded: Vec<String> =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_are_as_wide_as_their_contents_and_no_line_ends_in_spaces() {
        let rows = [["a".to_owned(), "long".to_owned()], ["größer".to_owned(), String::new()]];
        assert_eq!(columns(["X", "Y"], &rows), "X       Y\na       long\ngrößer\n");
    }
}
