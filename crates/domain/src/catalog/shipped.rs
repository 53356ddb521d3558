//! The catalog that the program brings along: one file, one line, sorted.
//!
//! The list is written by `UPDATE=1 cargo test -p domain`, from what is in the folder.

macro_rules! shipped {
    ($($file:literal,)*) => {
        /// (path below `catalog/`, text), sorted. A test compares it with the folder.
        pub const SHIPPED: [(&str, &str); [$($file),*].len()] =
            [$(($file, include_str!(concat!("../../../../catalog/", $file)))),*];
    };
}

shipped! {
    "packs/100.toml",
    "packs/1000.toml",
    "packs/250.toml",
    "packs/2500.toml",
    "packs/500.toml",
    "plans/lite.toml",
    "plans/pro.toml",
    "plans/studio.toml",
    "rates.toml",
    "trainings/portrait.toml",
    "trainings/style.toml",
}
