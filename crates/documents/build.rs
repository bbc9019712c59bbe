//! Brings the four weights of Inter from the web build into the binary, or says in one sentence how to get them.

use std::path::{Path, PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=TRADEWIND_FONTS");
    if let Err(sentence) = bring() {
        eprintln!("{sentence}");
        std::process::exit(1);
    }
}

fn bring() -> Result<(), String> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let crate_folder = variable("CARGO_MANIFEST_DIR").ok_or("cargo did not set CARGO_MANIFEST_DIR")?;
    let out = variable("OUT_DIR").ok_or("cargo did not set OUT_DIR")?;
    let fonts = variable("TRADEWIND_FONTS").unwrap_or_else(|| crate_folder.join("../../web/dist/fonts"));
    for weight in ["Regular", "Medium", "SemiBold", "Bold"] {
        carry(&fonts.join(format!("Inter-{weight}.ttf")), &out.join(format!("Inter-{weight}.ttf")))?;
    }
    Ok(())
}

fn carry(from: &Path, to: &Path) -> Result<(), String> {
    println!("cargo:rerun-if-changed={}", from.display());
    std::fs::copy(from, to).map(drop).map_err(|error| {
        format!(
            "The PDF font {} could not be read ({error}): build the web part first (`cd web && npm ci --ignore-scripts && \
             npm run build`), or set TRADEWIND_FONTS to a folder with Inter-Regular.ttf, Inter-Medium.ttf, \
             Inter-SemiBold.ttf and Inter-Bold.ttf.",
            from.display()
        )
    })
}
