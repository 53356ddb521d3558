//! The catalog that the program brings along: one file, one line.

/// (path below `catalog/`, text), sorted. A test compares it with the folder.
pub const SHIPPED: [(&str, &str); 11] = [
    ("packs/100.toml", include_str!("../../../../catalog/packs/100.toml")),
    ("packs/1000.toml", include_str!("../../../../catalog/packs/1000.toml")),
    ("packs/250.toml", include_str!("../../../../catalog/packs/250.toml")),
    ("packs/2500.toml", include_str!("../../../../catalog/packs/2500.toml")),
    ("packs/500.toml", include_str!("../../../../catalog/packs/500.toml")),
    ("plans/lite.toml", include_str!("../../../../catalog/plans/lite.toml")),
    ("plans/pro.toml", include_str!("../../../../catalog/plans/pro.toml")),
    ("plans/studio.toml", include_str!("../../../../catalog/plans/studio.toml")),
    ("rates.toml", include_str!("../../../../catalog/rates.toml")),
    ("trainings/portrait.toml", include_str!("../../../../catalog/trainings/portrait.toml")),
    ("trainings/style.toml", include_str!("../../../../catalog/trainings/style.toml")),
];
