//! A migration as it is written: number, name, SQL, the way back, and the directives at the head of lines.

use crate::{Error, Result, secrets::hex};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

mod ours {
    include!(concat!(env!("OUT_DIR"), "/migrations.rs"));
}

/// The two histories: the registry's, and the one that every tenant schema goes through.
#[derive(Clone, Debug, Default)]
pub struct Histories {
    pub control: Vec<Migration>,
    pub tenant: Vec<Migration>,
}

#[derive(Clone, Debug)]
pub struct Migration {
    pub version: i32,
    pub name: String,
    pub up: String,
    pub down: Option<String>,
    /// SHA-256 of `up`.
    pub checksum: String,
    directives: Vec<Directive>,
}

/// A line `--! …` of a migration of the tenant history.
#[derive(Clone, Debug, PartialEq)]
enum Directive {
    /// `--! grant member: select, insert, update(phone)`: these verbs and no others.
    Grant(String, Value),
    /// `--! secret session`: support (`tw_ro`) may not read it.
    Secret(String),
    /// `--! forget member`: the table goes; earlier directives about it no longer count.
    Forget(String),
    /// `--! backfill member`: this file changes rows of the table, all tenants' of the schema.
    Backfill(String),
}

impl Histories {
    /// What is in `migrations/`.
    pub fn ours() -> Result<Histories> {
        Histories::read(ours::CONTROL, ours::TENANT)
    }

    /// From (file name, text) pairs.
    pub fn read(control: &[(&str, &str)], tenant: &[(&str, &str)]) -> Result<Histories> {
        Ok(Histories { control: read(control)?, tenant: read(tenant)? })
    }
}

impl Migration {
    pub fn file(&self) -> String {
        format!("{:04}_{}.up.sql", self.version, self.name)
    }

    pub(crate) fn backfills(&self) -> Vec<&str> {
        self.directives
            .iter()
            .filter_map(|d| if let Directive::Backfill(table) = d { Some(table.as_str()) } else { None })
            .collect()
    }
}

/// The directives in force after these migrations, in the shape `ctl.furnish` takes: the later line wins.
pub(crate) fn in_force<'a>(applied: impl Iterator<Item = &'a Migration>) -> (Value, Vec<String>) {
    let (mut narrowed, mut secret) = (Map::new(), Vec::new());
    for directive in applied.flat_map(|migration| &migration.directives) {
        match directive {
            Directive::Grant(table, verbs) => drop(narrowed.insert(table.clone(), verbs.clone())),
            Directive::Secret(table) => secret.push(table.clone()),
            Directive::Forget(table) => {
                narrowed.remove(table);
                secret.retain(|name| name != table);
            }
            Directive::Backfill(_) => {}
        }
    }
    (Value::Object(narrowed), secret)
}

fn read(files: &[(&str, &str)]) -> Result<Vec<Migration>> {
    let refuse = |file: &str, why: String| Error::File { file: file.to_owned(), why };
    let mut downs = BTreeMap::new();
    let mut found: BTreeMap<i32, Migration> = BTreeMap::new();
    for (file, text) in files {
        let (version, rest) = file
            .split_once('_')
            .filter(|(digits, _)| digits.len() == 4)
            .and_then(|(digits, rest)| Some((digits.parse::<i32>().ok()?, rest)))
            .ok_or_else(|| refuse(file, "its name is not NNNN_name.up.sql or NNNN_name.down.sql".into()))?;
        if let Some(name) = rest.strip_suffix(".up.sql") {
            let checksum = hex(&Sha256::digest(text.as_bytes()));
            let directives = directives(text).map_err(|why| refuse(file, why))?;
            let migration =
                Migration { version, name: name.into(), up: (*text).into(), down: None, checksum, directives };
            unmarked_backfill(&migration).and_then(|()| one_transaction(text)).map_err(|why| refuse(file, why))?;
            if let Some(other) = found.insert(version, migration) {
                return Err(refuse(file, format!("{} has the same number; take the next free one", other.file())));
            }
        } else if let Some(name) = rest.strip_suffix(".down.sql") {
            downs.insert((version, name.to_owned()), (*file, *text));
        } else {
            return Err(refuse(file, "its name is not NNNN_name.up.sql or NNNN_name.down.sql".into()));
        }
    }
    for ((version, name), (file, text)) in downs {
        match found.get_mut(&version).filter(|migration| migration.name == name) {
            Some(migration) => migration.down = Some(text.to_owned()),
            None => return Err(refuse(file, "there is no .up.sql of that name".into())),
        }
    }
    Ok(found.into_values().collect())
}

fn directives(text: &str) -> std::result::Result<Vec<Directive>, String> {
    let name = |text: &str| match text.trim() {
        word if !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') => {
            Ok(word.to_owned())
        }
        other => Err(format!("{other:?} in a --! line is no name")),
    };
    let mut found = Vec::new();
    for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("--!")) {
        let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        match word {
            "grant" => {
                let (table, verbs) =
                    rest.split_once(':').ok_or_else(|| format!("`--!{line}` lacks a colon after the table"))?;
                found.push(Directive::Grant(name(table)?, granted(verbs)?));
            }
            "secret" | "forget" | "backfill" => {
                for table in rest.split(',') {
                    let table = name(table)?;
                    found.push(match word {
                        "secret" => Directive::Secret(table),
                        "forget" => Directive::Forget(table),
                        _ => Directive::Backfill(table),
                    });
                }
            }
            _ => return Err(format!("`--!{line}` is no directive; there are grant, secret, forget and backfill")),
        }
    }
    Ok(found)
}

/// `select, insert, update(a, b)` as `{"select": true, "insert": true, "update": ["a", "b"]}`.
fn granted(text: &str) -> std::result::Result<Value, String> {
    let (mut verbs, mut rest) = (Map::new(), text.trim());
    while !rest.is_empty() {
        let end = rest.find([',', '(']).unwrap_or(rest.len());
        let verb = rest[..end].trim();
        if !["select", "insert", "update", "delete"].contains(&verb) {
            return Err(format!("{verb:?} in a --! grant line is none of select, insert, update, delete"));
        }
        let columns = rest[end..].strip_prefix('(');
        let value = match columns {
            None => json!(true),
            Some(inside) => {
                let (inside, after) = inside.split_once(')').ok_or("a --! grant line lacks a closing bracket")?;
                rest = after;
                json!(inside.split(',').map(str::trim).collect::<Vec<_>>())
            }
        };
        if verb == "update" && value == json!(true) {
            return Err("a --! grant line says update of the whole table; name the columns: update(a, b)".into());
        }
        if columns.is_none() {
            rest = &rest[end..];
        }
        verbs.insert(verb.to_owned(), value);
        rest = rest.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if rest.is_empty() => rest,
            None => return Err(format!("a --! grant line goes on with {rest:?} where a comma belongs")),
        };
    }
    Ok(Value::Object(verbs))
}

/// The owner is held by the policies too, and belongs to no tenant: without the directive, `update` in a migration
/// would change no row and say nothing.
fn unmarked_backfill(migration: &Migration) -> std::result::Result<(), String> {
    let changes =
        |line: &&str| ["update ", "delete from ", "insert into ", "with "].iter().any(|verb| line.starts_with(verb));
    match migration.up.lines().find(changes) {
        Some(line)
            if migration.backfills().is_empty() && !migration.up.contains("ops.") && !migration.up.contains("ctl.") =>
        {
            Err(format!(
                "`{line}` would see no rows behind row-level security; say `--! backfill <table>` for the tables it reads or changes"
            ))
        }
        _ => Ok(()),
    }
}

/// The runner commits a migration together with its line in the ledger, or not at all.
fn one_transaction(text: &str) -> std::result::Result<(), String> {
    let ends = |line: &&str| ["begin;", "commit;", "rollback;", "end;"].contains(&line.to_ascii_lowercase().as_str());
    match text.lines().find(ends) {
        Some(line) => Err(format!("`{line}` has no place here: the whole file is one transaction")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_histories_can_be_read_and_gone_back_over() {
        let ours = Histories::ours().unwrap();
        for migration in ours.control.iter().chain(&ours.tenant) {
            assert!(migration.down.is_some(), "{} has no way back", migration.file());
        }
        assert!(ours.control.iter().any(|m| m.version == 1) && ours.tenant.iter().any(|m| m.version == 1));
    }

    #[test]
    fn directives_are_understood_or_refused() {
        let read = |text: &str| Histories::read(&[], &[("0001_a.up.sql", text)]);
        let ok =
            read("--! grant a: select, insert\n  --! grant b: update(x, y), delete\n--! secret a, b\n--! forget b")
                .unwrap();
        let (narrowed, secret) = in_force(ok.tenant.iter());
        assert_eq!(narrowed, json!({"a": {"select": true, "insert": true}}));
        assert_eq!(secret, ["a"]);
        for wrong in [
            "--! grant a select",
            "--! grant a: truncate",
            "--! grant a: update",
            "--! grant a: update(x",
            "--! grant a: select insert",
            "--! grant a: update(x) select",
            "--! grant a b: select",
            "--! allow a",
            "--! secret A",
            "update a set b = 1;",
            "create table a ();\ncommit;",
        ] {
            assert!(matches!(read(wrong), Err(Error::File { .. })), "{wrong}");
        }
        assert!(read("--! backfill a\nupdate a set b = 1;").is_ok());
        for files in [
            vec![("1_a.up.sql", "")],
            vec![("0001_a.sql", "")],
            vec![("0001_a.up.sql", ""), ("0001_b.up.sql", "")],
            vec![("0001_a.down.sql", "")],
            vec![("0001_a.up.sql", ""), ("0001_b.down.sql", "")],
        ] {
            assert!(matches!(Histories::read(&[], &files), Err(Error::File { .. })), "{files:?}");
        }
    }
}
