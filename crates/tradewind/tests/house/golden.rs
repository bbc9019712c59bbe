//! What a reviewer reads: routes, roles, events, schema, plans, the document of the API. `make golden` rewrites them.
use kernel::{EVENTS, PERMISSIONS, Reach, Role};
use std::{collections::HashSet, fmt::Write, path::PathBuf};
use tenancy::role;
use tradewind::{doctor, modules};

/// All there are. A file beside them is read by nobody, and a reviewer would believe it.
const GOLDEN: [&str; 6] = ["events.txt", "openapi.json", "plans.txt", "roles.txt", "routes.txt", "schema.txt"];
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../golden");

#[test]
fn golden_folder_holds_what_is_compared_and_nothing_else() {
    let files = std::fs::read_dir(FOLDER).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, GOLDEN, "golden/ holds a file that no test writes, or lacks one");
}

pub fn writing() -> bool {
    std::env::var("TRADEWIND_GOLDEN").is_ok_and(|word| word == "write")
}

/// Compares with golden/<name>, or writes it when TRADEWIND_GOLDEN=write.
pub fn golden(name: &str, found: &str) {
    assert!(GOLDEN.contains(&name), "name golden/{name} in GOLDEN, so that it is missed when it goes");
    let path = PathBuf::from(FOLDER).join(name);
    if writing() {
        std::fs::write(&path, found).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some(difference) = difference(name, &kept, found) {
        panic!("golden/{name} differs; `make golden` rewrites it, then read the difference:\n{difference}");
    }
}

/// Where two texts part, and up to 40 lines that only one of them has.
pub fn difference(name: &str, kept: &str, found: &str) -> Option<String> {
    if kept == found {
        return None;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), found.lines().collect());
    let at = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (in_old, in_new): (HashSet<&str>, HashSet<&str>) =
        (old.iter().copied().collect(), new.iter().copied().collect());
    let gone = old.iter().filter(|line| !in_new.contains(*line)).map(|line| format!("- {line}"));
    let come = new.iter().filter(|line| !in_old.contains(*line)).map(|line| format!("+ {line}"));
    let lines: Vec<String> = gone.chain(come).take(40).collect();
    let show = |line: Option<&&str>| line.map_or("the end".to_owned(), |line| format!("`{line}`"));
    let (here, there) = (show(old.get(at)), show(new.get(at)));
    Some(format!("{name}, line {}, has {here} where {there} is found; in all:\n{}", at + 1, lines.join("\n")))
}

/// The control of every golden: one line that is other, one that is gone, one too many, two that changed places.
#[test]
fn golden_comparison_sees_and_names_one_altered_line() {
    if writing() {
        // The files are being written beside this.
        return;
    }
    for name in GOLDEN {
        let kept = std::fs::read_to_string(PathBuf::from(FOLDER).join(name)).unwrap();
        let lines: Vec<&str> = kept.lines().collect();
        assert_eq!(difference(name, &kept, &kept), None);
        // A line near the middle that there is once, and that is followed by another.
        let at = (lines.len() / 2..lines.len() - 1)
            .find(|at| lines.iter().filter(|line| *line == &lines[*at]).count() == 1 && lines[*at] != lines[*at + 1])
            .unwrap();
        let text = |lines: &[&str]| lines.join("\n") + "\n";
        let altered = format!("{} altered", lines[at]);
        let mut other = lines.clone();
        other[at] = &altered;
        let said = difference(name, &text(&other), &kept).expect("an altered line is found");
        let names = |part: &str| assert!(said.contains(part), "{name}: `{part}` is not in {said}");
        names(name);
        names(&format!("line {},", at + 1));
        names(&format!("- {altered}"));
        names(&format!("+ {}", lines[at]));
        let mut fewer = lines.clone();
        fewer.remove(at);
        let said = difference(name, &text(&fewer), &kept).expect("a line that is gone is found");
        assert!(said.contains(&format!("line {},", at + 1)) && said.contains(&format!("+ {}", lines[at])), "{said}");
        let said = difference(name, &kept, &text(&fewer)).expect("a line too many is found");
        assert!(said.contains(&format!("- {}", lines[at])), "{said}");
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        let said = difference(name, &text(&swapped), &kept).expect("another order is found");
        assert!(said.contains(&format!("line {},", at + 1)), "{said}");
    }
}

#[test]
fn golden_routes() {
    let mut lines: Vec<String> = modules::all().routes.iter().map(doctor::route_line).collect();
    lines.sort_by_key(|line| line[7..].to_owned());
    golden("routes.txt", &(lines.join("\n") + "\n"));
}

#[test]
fn golden_roles() {
    let columns = ["Own", "Adm", "Mgr", "Dis", "Tec", "Mem", "View", "Cust"];
    assert_eq!(columns.len(), Role::ALL.len());
    let mut text = String::from(
        "What each role of the house may do, and how far it reaches. A company makes its own roles from these.\n\n",
    );
    for (column, role) in columns.iter().zip(Role::ALL) {
        writeln!(text, "{column:5} {}", role.label()).unwrap();
    }
    let row = |text: &mut String, what: &str, cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:^5}")).collect();
        writeln!(text, "{}", format!("  {what:72}{}", cells.join("")).trim_end()).unwrap();
    };
    let mut said = 0;
    for (area, permissions) in role::by_area() {
        text.push('\n');
        let heads: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
        row(&mut text, &area.to_uppercase(), &heads);
        for permission in permissions {
            let cells: Vec<String> = Role::ALL
                .iter()
                .map(|role| if permission.roles.contains(role) { "yes".into() } else { "·".into() })
                .collect();
            let whole = if permission.whole { " (whole company)" } else { "" };
            row(&mut text, &format!("{}{whole}", permission.sentence), &cells);
            said += 1;
        }
    }
    assert_eq!(said, PERMISSIONS.len());
    text.push_str(
        "\nHOW FAR: whose rows a role sees, in lists, counts, searches, exports, live screens and the API alike\n",
    );
    for noun in role::nouns() {
        let cells: Vec<String> = Role::ALL.iter().map(|role| noun.of_role(*role).to_string()).collect();
        row(&mut text, noun.label, &cells);
        for reach in Reach::ALL {
            writeln!(text, "    {:4}  {}", reach.as_str(), noun.means(*reach)).unwrap();
        }
    }
    text.push_str(
        "\nWhat shows the whole company is nobody's who sees a part of it. Nobody gives a right they do not hold.\n",
    );
    golden("roles.txt", &text);
}

#[test]
fn golden_events() {
    let mut all: Vec<_> = EVENTS.iter().collect();
    all.sort_by_key(|e| e.kind);
    let mut text = String::from("# Every event, the permission one needs to hear of it, its fields.\n");
    for event in &all {
        writeln!(text, "{:28} {:24} {}", event.kind, event.seen_by, event.fields.join(" ")).unwrap();
    }
    assert!(all.windows(2).all(|pair| pair[0].kind != pair[1].kind), "two events of one kind");
    golden("events.txt", &text);
}

#[test]
fn golden_openapi() {
    let document = kernel::openapi::document(&modules::all().routes, env!("CARGO_PKG_VERSION"));
    golden("openapi.json", &(serde_json::to_string_pretty(&document).unwrap() + "\n"));
}
