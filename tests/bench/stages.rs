//! What each stage costs by itself, over stacks of 14, 100 and 1,000 services: `cargo bench --bench stages`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "what cannot go on is not measured, and projects lie on the disk"
)]

mod stack;

use std::fs;
use std::hint::black_box;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use stackgen::apply::{Lock, apply};
use stackgen::checks::{self, Subject};
use stackgen::plan::Plan;
use stackgen::render::{Renderer, Verification};
use stackgen::source::{Disk, Sources};
use stackgen::{Compilation, compile, model, planned, source};
use tempfile::TempDir;

const SIZES: [usize; 3] = [14, 100, 1000];

/// A stack that is built already.
struct Built {
    /// Removed with the project.
    _temporary: TempDir,
    world: Disk,
    compilation: Compilation,
}

impl Built {
    fn new(services: usize) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let root = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
        for (path, text) in stack::files(services) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let world = Disk::new(root.clone());
        let compilation = compile(&world, file(), None);
        assert!(!compilation.report.has_errors(), "the stack of {services} services has errors");
        let built = Self { _temporary: temporary, world, compilation };
        write(&root, &built.plan(&built.world));
        built
    }

    fn plan(&self, world: &Disk) -> Plan {
        planned(world, &self.compilation.sources, self.compilation.outputs.clone(), None).unwrap()
    }
}

fn file() -> &'static Utf8Path {
    Utf8Path::new("stack.toml")
}

fn write(root: &Utf8Path, plan: &Plan) {
    apply(&Lock::try_take(root).unwrap().unwrap_or_else(|_| unreachable!("nobody else builds here")), plan)
        .unwrap();
}

fn stages(criterion: &mut Criterion) {
    for services in SIZES {
        let built = Built::new(services);
        reading(criterion, services, &built);
        making(criterion, services, &built);
        writing(criterion, services, &built);
    }
}

/// Source, model and checks.
fn reading(criterion: &mut Criterion, services: usize, built: &Built) {
    let document = built.compilation.document.as_ref().unwrap();
    measure(criterion, "source", services, || source::load(&built.world, file(), &mut Sources::default()));
    measure(criterion, "model", services, || model::resolve(document, &document.variants[0], &built.world));
    measure(criterion, "checks", services, || {
        let Compilation { stacks, sources, .. } = &built.compilation;
        checks::run(stacks.iter().map(|stack| Subject { stack, world: &built.world, sources }))
    });
}

/// Render, which verifies as it goes, and verify by itself.
fn making(criterion: &mut Criterion, services: usize, built: &Built) {
    let Compilation { stacks, outputs, document, .. } = &built.compilation;
    let templates = &document.as_ref().unwrap().templates;
    measure(criterion, "render", services, || Renderer::new(templates).render(&stacks[0]));
    let verification = Verification::new(&stacks[0], templates, outputs);
    assert_eq!(verification.faults(), 0);
    measure(criterion, "verify", services, || verification.faults());
}

/// Plan, where nothing is to do, and apply, where nothing is there yet.
fn writing(criterion: &mut Criterion, services: usize, built: &Built) {
    let mut group = group(criterion, "plan", services);
    let Compilation { sources, outputs, .. } = &built.compilation;
    group.bench_function(BenchmarkId::from_parameter(services), |bencher| {
        let plan = |outputs| planned(&built.world, sources, outputs, None);
        bencher.iter_batched(|| outputs.clone(), |outputs| black_box(plan(outputs)), BatchSize::PerIteration);
    });
    group.finish();
    let mut group = self::group(criterion, "apply", services);
    group.bench_function(BenchmarkId::from_parameter(services), |bencher| {
        let empty = || {
            let temporary = tempfile::tempdir().unwrap();
            let root = Utf8PathBuf::from_path_buf(temporary.path().to_owned()).unwrap();
            let plan = built.plan(&Disk::new(root.clone()));
            (temporary, root, plan)
        };
        let write = |(temporary, root, plan): (TempDir, Utf8PathBuf, Plan)| {
            write(&root, &plan);
            // Handed back, so that its removal is not measured.
            (temporary, plan)
        };
        bencher.iter_batched(empty, write, BatchSize::PerIteration);
    });
    group.finish();
}

fn measure<T>(criterion: &mut Criterion, stage: &str, services: usize, mut run: impl FnMut() -> T) {
    let mut group = group(criterion, stage, services);
    group.bench_function(BenchmarkId::from_parameter(services), |bencher| {
        bencher.iter_with_large_drop(&mut run)
    });
    group.finish();
}

fn group<'c>(
    criterion: &'c mut Criterion,
    stage: &str,
    services: usize,
) -> criterion::BenchmarkGroup<'c, criterion::measurement::WallTime> {
    let mut group = criterion.benchmark_group(stage);
    group.throughput(Throughput::Elements(services as u64));
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(1500));
    group
}

criterion_group!(benches, stages);
criterion_main!(benches);
