//! Tells the crate where its face model lies: inside the package `rustface` of the registry.
//!
//! So the model has a version and a checksum in `Cargo.lock`, is fetched and vendored like any
//! dependency, and isn't stored here. Nothing of that package's code is linked.

#![expect(clippy::disallowed_methods, reason = "Cargo speaks to build scripts by the environment")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "rustface";
const MODEL: &str = "model/seeta_fd_frontal_v1.0.bin";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=Cargo.toml");
    // Without the network first: it is there already unless only a part was fetched before.
    let model = package(&["--offline"]).or_else(|| package(&[])).map(|it| it.join(MODEL));
    match model {
        Some(model) if model.is_file() => {
            println!("cargo::rustc-env=MEDIA_FACE_MODEL={}", model.display());
        }
        _ => panic!("cargo metadata knows no {PACKAGE} with a {MODEL}: run `cargo fetch` first"),
    }
}

/// Where Cargo has unpacked the package.
fn package(network: &[&str]) -> Option<PathBuf> {
    let output = Command::new(env::var_os("CARGO")?)
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform"])
        .arg(env::var_os("TARGET")?)
        .args(network)
        .output()
        .ok()?;
    // The only thing wanted of that long line is one path, so it isn't worth a JSON reader.
    let text = String::from_utf8(output.stdout).ok()?;
    let manifests = text.split(r#""manifest_path":""#).skip(1);
    manifests
        .filter_map(|it| Path::new(it.split('"').next()?).parent())
        .map(Path::to_owned)
        .find(|it| it.file_name().is_some_and(|it| it.to_string_lossy().starts_with(PACKAGE)))
}
