//! The way to a place in a file. Each step knows the one before it, so that the ten thousand keys of a table share the way to the table.

use std::rc::Rc;

use super::limits::NESTING;

/// The steps that lead to a place from the top of a file. It goes no deeper than the reader does: what stands deeper counts as
/// standing at the last step.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trail<T>(Option<Rc<Link<T>>>);

/// Compared from the end, where trails differ most.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Link<T> {
    length: usize,
    last: T,
    above: Trail<T>,
}

// Derived, these would ask the same of the steps, which nobody copies.
impl<T> Clone for Trail<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Trail<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Trail<T> {
    /// One step further.
    #[must_use]
    pub fn then(&self, step: T) -> Self {
        let length = self.len() + 1;
        if NESTING.is_below(length) {
            return self.clone();
        }
        Self(Some(Rc::new(Link { length, last: step, above: self.clone() })))
    }

    /// How many steps it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |link| link.length)
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The last step, and the way to it.
    #[must_use]
    pub fn split_last(&self) -> Option<(&T, &Self)> {
        self.0.as_ref().map(|link| (&link.last, &link.above))
    }

    /// The steps, from the top.
    #[must_use]
    pub fn steps(&self) -> Vec<&T> {
        let mut steps: Vec<&T> = self.back().collect();
        steps.reverse();
        steps
    }

    /// A copy of the steps, from the top.
    #[must_use]
    pub fn to_vec(&self) -> Vec<T>
    where
        T: Clone,
    {
        self.steps().into_iter().cloned().collect()
    }

    /// Whether it has these steps and no others.
    #[must_use]
    pub fn is<U>(&self, steps: &[U]) -> bool
    where
        T: PartialEq<U>,
    {
        self.len() == steps.len() && self.back().zip(steps.iter().rev()).all(|(own, step)| own == step)
    }

    fn back(&self) -> impl Iterator<Item = &T> {
        let links = std::iter::successors(self.0.as_ref(), |link| link.above.0.as_ref());
        links.map(|link| &link.last)
    }
}

impl Trail<String> {
    /// The steps, from the top.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.steps().into_iter().map(String::as_str).collect()
    }

    /// The steps, if there are no more than so many: who looks for what stands high up need not look at what stands deep.
    #[must_use]
    pub fn names_within(&self, most: usize) -> Option<Vec<&str>> {
        (self.len() <= most).then(|| self.names())
    }
}

#[cfg(test)]
mod tests {
    use super::Trail;
    use crate::source::limits::NESTING;

    #[test]
    fn a_trail_has_its_steps_from_the_top() {
        let table = Trail::default().then("a".to_owned()).then("b".to_owned());
        let key = table.then("c".to_owned());
        assert_eq!(key.steps(), ["a", "b", "c"]);
        assert_eq!(key.split_last(), Some((&"c".to_owned(), &table)));
        assert!(key.is(&["a", "b", "c"]) && !key.is(&["b", "c"]) && !key.is(&["a", "b", "d"]));
        assert_eq!(key.names_within(2), None);
    }

    #[test]
    fn no_trail_is_longer_than_the_reader_goes() {
        let deep = (0..1_000_000).fold(Trail::default(), |trail, step| trail.then(step));
        assert_eq!(deep.len(), NESTING.most);
        assert_eq!(deep.split_last().map(|(last, _)| *last), Some(NESTING.most - 1));
    }
}
