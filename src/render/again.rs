//! The verifying of a stack's files by itself, so that it can be told from their rendering what it costs.

use super::Output;
use super::outputs::{Job, jobs};
use super::verify::{self, Schemas};
use super::views::views;
use crate::model::Stack;
use crate::parallel;
use crate::source::Templates;

/// Outputs that are to be verified once more, by the formats and schemas that their stack's targets say.
pub struct Verification<'s> {
    jobs: Vec<(Job<'s>, &'s str)>,
    schemas: Schemas,
    templates: &'s Templates,
}

impl<'s> Verification<'s> {
    #[must_use]
    pub fn new(stack: &'s Stack, templates: &'s Templates, outputs: &'s [Output]) -> Self {
        let (jobs, _) = jobs(stack, &views(stack));
        let mut schemas = Schemas::default();
        schemas.expect(jobs.iter().filter_map(|job| job.schema));
        let contents = |job: &Job<'_>| {
            let at = outputs.binary_search_by(|output| output.path.as_str().cmp(&job.path)).ok()?;
            Some(outputs[at].contents.as_str())
        };
        let jobs =
            jobs.into_iter().filter_map(|job| Some((contents(&job)?, job))).map(|(text, job)| (job, text));
        Self { jobs: jobs.collect(), schemas, templates }
    }

    /// Reads every file again, on all processors as a check does, and says how many are at fault.
    #[must_use]
    pub fn faults(&self) -> usize {
        let findings = parallel::each(&self.jobs, |(job, contents)| {
            verify::findings(job, contents, &self.schemas, self.templates)
        });
        findings.iter().filter(|findings| !findings.is_empty()).count()
    }
}
