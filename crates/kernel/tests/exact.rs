//! A million random papers, summed by the core of the house and by Python's `decimal`: not one of them a cent apart.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
use kernel::sum::{Charged, Level, LineTax, Rounding, Rules, sum};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::{
    fmt::Write as _,
    io::Write as _,
    process::{Command, Stdio},
};

const PAPERS: usize = 1_000_000;
const NAMES: [&str; 4] = ["State", "County", "City", "Transit"];
/// Everyday rates, and those at which halves come up.
const RATES: [i64; 12] =
    [50_000, 62_500, 82_500, 87_500, 190_000, 70_000, 200_000, 1, 333_333, 500_000, 1_000_000, 125_000];

struct Paper {
    rules: Rules,
    lines: Vec<(i64, i64, i64, Vec<LineTax>)>,
}

fn paper(random: &mut SmallRng) -> Paper {
    let rules = Rules {
        rounding: if random.random_range(0..2) == 0 { Rounding::HalfUp } else { Rounding::HalfEven },
        level: if random.random_range(0..2) == 0 { Level::Line } else { Level::Document },
        inclusive: random.random_range(0..2) == 0,
    };
    // A paper has a few sets of taxes, as a company has.
    let set = |random: &mut SmallRng| {
        let many = random.random_range(0..4);
        let tax = |n: usize, random: &mut SmallRng| LineTax {
            name: NAMES[n].to_owned(),
            rate_ppm: RATES[random.random_range(0..RATES.len())],
            compound: n > 0 && random.random_range(0..3) == 0,
        };
        (0..many).map(|n| tax(n, random)).collect::<Vec<_>>()
    };
    let sets = [set(random), set(random)];
    let lines = (0..random.random_range(1..5))
        .map(|_| {
            let quantity = [1000, 500, 2000, random.random_range(1..50_000)][random.random_range(0..4)];
            let price = [random.random_range(-2_000..2_000), random.random_range(0..1_000_000), 10, 5]
                [random.random_range(0..4)];
            (
                quantity,
                price,
                [0, 0, random.random_range(0..500)][random.random_range(0..3)],
                sets[random.random_range(0..2)].clone(),
            )
        })
        .collect();
    Paper { rules, lines }
}

fn asked(paper: &Paper, into: &mut String) {
    let rounding = if paper.rules.rounding == Rounding::HalfUp { "up" } else { "even" };
    let level = if paper.rules.level == Level::Line { "line" } else { "document" };
    write!(into, "{rounding} {level} {}", if paper.rules.inclusive { "in" } else { "on" }).unwrap();
    for (quantity, price, discount, taxes) in &paper.lines {
        write!(into, "|{quantity},{price},{discount},").unwrap();
        for tax in taxes {
            write!(into, "{}:{}:{};", tax.name, tax.rate_ppm, u8::from(tax.compound)).unwrap();
        }
    }
    into.push('\n');
}

fn ours(paper: &Paper) -> String {
    let lines: Vec<Charged<'_>> = paper
        .lines
        .iter()
        .map(|(quantity_milli, unit_price_minor, discount_minor, taxes)| Charged {
            quantity_milli: *quantity_milli,
            unit_price_minor: *unit_price_minor,
            discount_minor: *discount_minor,
            taxes,
        })
        .collect();
    let totals = sum(paper.rules, &lines).unwrap();
    let amounts: Vec<String> = totals.amounts.iter().map(i64::to_string).collect();
    let taxes: Vec<String> =
        totals.taxes.iter().map(|tax| format!("{}:{}:{}", tax.name, tax.rate_ppm, tax.tax_minor)).collect();
    format!("{}|{}|{}", amounts.join(","), taxes.join(","), totals.total_minor)
}

fn python() -> Option<&'static str> {
    let has = |python: &&str| {
        Command::new(python)
            .args(["-c", "import decimal"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(has)
}

#[test]
fn a_million_papers_are_summed_to_the_cent_as_by_decimal() {
    let Some(python) = python() else {
        println!("LEFT OUT: no Python is here; the sums were not compared");
        assert!(std::env::var_os("TRADEWIND_NOTHING_LEFT_OUT").is_none(), "python3 is missing");
        return;
    };
    let mut random = SmallRng::seed_from_u64(20_261_122);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exact.py");
    let (mut compared, mut differ, mut taxed) = (0, vec![], 0);
    while compared < PAPERS {
        let papers: Vec<Paper> = (0..100_000).map(|_| paper(&mut random)).collect();
        let mut questions = String::new();
        papers.iter().for_each(|paper| asked(paper, &mut questions));
        let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let writing = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
        let answer = child.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(answer.status.success(), "{:?}", answer.status);
        let theirs = String::from_utf8(answer.stdout).unwrap();
        assert_eq!(theirs.lines().count(), papers.len());
        for (paper, theirs) in papers.iter().zip(theirs.lines()) {
            let ours = ours(paper);
            taxed += usize::from(!ours.contains("||"));
            if ours != theirs && differ.len() < 10 {
                let mut question = String::new();
                asked(paper, &mut question);
                differ.push(format!("{question}ours   {ours}\ntheirs {theirs}"));
            }
        }
        compared += papers.len();
    }
    println!("{compared} papers compared, {taxed} of them with tax");
    assert!(differ.is_empty(), "{}", differ.join("\n\n"));
    assert!(taxed > PAPERS / 2, "{taxed}");
}
