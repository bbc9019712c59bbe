//! Puts the files of `migrations/` into the binary, each under its name.

use std::{env, fmt::Write, fs, io, path::Path};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../../migrations");
    let mut text = String::new();
    for history in ["control", "tenant"] {
        let folder = root.join(history);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut names: Vec<String> = fs::read_dir(&folder)?
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        names.sort();
        let _ = writeln!(text, "pub const {}: &[(&str, &str)] = &[", history.to_uppercase());
        for name in names {
            let path = folder.join(&name).canonicalize()?;
            println!("cargo::rerun-if-changed={}", path.display());
            let _ = writeln!(text, "    ({name:?}, include_str!({:?})),", path.display().to_string());
        }
        text += "];\n";
    }
    fs::write(Path::new(&env::var("OUT_DIR").map_err(io::Error::other)?).join("migrations.rs"), text)
}
