//! What `df -Pk` says.

/// The room that is left, in KiB, by POSIX `df -Pk FOLDER`: the fourth column of its second line.
#[must_use]
pub fn available_kilobytes(text: &str) -> Option<u64> {
    // A name with spaces in it comes first: columns count from the end, where a mount point with spaces is the rarer.
    let line = text.lines().nth(1)?;
    let words: Vec<&str> = line.split_whitespace().collect();
    let percent = words.iter().position(|word| word.ends_with('%'))?;
    words.get(percent.checked_sub(1)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::available_kilobytes;

    #[test]
    fn the_room_stands_before_the_percentage() {
        let linux = "Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/vda1 101430960 56123 45290060      56% /\n";
        assert_eq!(available_kilobytes(linux), Some(45_290_060));
        let mac = "Filesystem 1024-blocks Used Available Capacity  Mounted on\nmap auto home 10 2 8 20% /System/Volumes/Data home\n";
        assert_eq!(available_kilobytes(mac), Some(8));
        assert_eq!(available_kilobytes("df: no such file\n"), None);
    }
}
