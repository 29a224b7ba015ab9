//! Waiting for another build of the same project.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use super::{Global, Project};
use crate::apply::{ApplyError, Holder, Lock};
use crate::source::values::Duration as Limit;

/// After how long a build that waits looks again, at first and after a while: many that wait must not keep the one that works
/// from working.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(320));

/// The lock, once it was free.
pub struct Taken {
    pub lock: Lock,
    /// Whether another build was at work until then: what was read before may be out of date.
    pub waited: bool,
}

/// Why a build has no lock.
#[derive(Debug, thiserror::Error)]
pub enum NoLock {
    #[error("{} is still at work after {limit}", Named(.holder))]
    Held { holder: Holder, limit: Limit },
    #[error(transparent)]
    Refused(#[from] ApplyError),
}

impl NoLock {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Held { .. } => {
                "wait until it has ended, or give it more time with `--lock-timeout`".to_owned()
            }
            Self::Refused(error) => error.help(),
        }
    }
}

/// Takes the project's lock; where another build holds it, says so and waits, for as long as the user allows.
pub fn lock(global: &Global, project: &Project, limit: Option<Limit>) -> Result<Taken, NoLock> {
    let start = now();
    let mut waited = false;
    let mut pause = PAUSES.0;
    loop {
        let holder = match Lock::try_take(&project.root)? {
            Ok(lock) => return Ok(Taken { lock, waited }),
            Err(holder) => holder,
        };
        if let Some(limit) = limit
            && start.elapsed() >= Duration::from_millis(limit.milliseconds())
        {
            return Err(NoLock::Held { holder, limit });
        }
        if !waited {
            global.say(&format!("waiting for {} to end", Named(&holder)));
            waited = true;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(PAUSES.1);
    }
}

#[expect(clippy::disallowed_methods, reason = "how long the user waits is of no account to what is written")]
fn now() -> Instant {
    Instant::now()
}

/// A holder's name for people: `another build (process 4242, for 3 s)`.
pub struct Named<'a>(pub &'a Holder);

impl fmt::Display for Named<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("another build of this project")?;
        let Holder { process: Some(process), since } = self.0 else {
            return Ok(());
        };
        write!(out, " (process {process}")?;
        if let Some(age) = since.and_then(age) {
            write!(out, ", for {} s", age.as_secs())?;
        }
        out.write_str(")")
    }
}

#[expect(clippy::disallowed_methods, reason = "an age for people, which nothing is made of")]
fn age(since: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(since).ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{Holder, Named};

    #[test]
    fn a_holder_is_named_by_what_is_known_of_it() {
        let shown = |process, since| Named(&Holder { process, since }).to_string();
        assert_eq!(shown(None, None), "another build of this project");
        assert_eq!(shown(Some(42), None), "another build of this project (process 42)");
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        assert!(
            shown(Some(42), Some(long_ago)).starts_with("another build of this project (process 42, for ")
        );
    }
}
