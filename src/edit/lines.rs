//! The lines of a text around a place.

/// Where the line starts that a byte stands in.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |found| found + 1)
}

/// Where the line ends that a byte stands in, behind its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found + 1)
}

/// Where the comment lines begin that stand right above a line, without a blank one between; else the line itself.
pub(super) fn with_comment_above(text: &str, line: usize) -> usize {
    let mut start = line;
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}

/// Where the comment lines end that follow a line right below, without a blank one between.
pub(super) fn with_comment_below(text: &str, line_end_at: usize) -> usize {
    let mut end = line_end_at;
    while end < text.len() && text[end..line_end(text, end)].trim_start().starts_with('#') {
        end = line_end(text, end);
    }
    end
}

/// Where the blank lines end that start here.
pub(super) fn after_blank(text: &str, from: usize) -> usize {
    let mut end = from;
    while end < text.len() && text[end..line_end(text, end)].trim().is_empty() {
        end = line_end(text, end);
    }
    end
}

/// Where the blank lines start that end here.
pub(super) fn before_blank(text: &str, until: usize) -> usize {
    let mut start = until;
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text[above..start].trim().is_empty() {
            break;
        }
        start = above;
    }
    start
}

/// The text with the line breaks that another one has.
pub(super) fn in_the_style_of(text: &str, model: &str) -> String {
    if model.contains("\r\n") { text.replace('\n', "\r\n") } else { text.to_owned() }
}
