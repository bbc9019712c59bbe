//! Stops the build with a sentence when the browser's half has not been built yet.
use std::path::Path;

fn main() {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let dist = Path::new(&here).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.join("built.txt").display());
    println!("cargo::rerun-if-changed=../../web/icons.txt");
    if !dist.join("built.txt").exists() {
        println!(
            "cargo::error=web/dist is missing: run `make web` (or `cd web && npm ci --ignore-scripts && npm run build`) and build again"
        );
    }
}
