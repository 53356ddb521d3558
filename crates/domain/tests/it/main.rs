//! The rules of `domain`: pure functions, so a test is what goes in and what comes out.

mod catalog;
mod characters;
mod graphs;
mod money;
mod names;
mod notes;
mod packs;
mod photos;
mod pictures;
mod presets;
mod scripts;
mod styles;
mod videos;
mod words;
mod workflows;

/// Made-up values, the same in each run, so that a failure can be seen again.
fn same_each_time() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_260_901),
        ..proptest::test_runner::Config::default()
    }
}
