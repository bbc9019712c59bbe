//! From an estimate to the last statement, with lines and amounts at random; after each step all surfaces are asked.
use super::{
    said::{Said, all_say_the_same, figure, of_api},
    surfaces::{Eyes, day},
};
use crate::{step, usd};
use rand::{RngExt, rngs::SmallRng};
use serde_json::{Value, json};

const WORDS: [&str; 8] =
    ["Blower motor", "Filter", "Copper pipe", "Labor", "Valve", "Thermostat", "Duct tape", "Disposal"];
/// Odd ones: a third, a half, a thousandth.
const QUANTITIES: [i64; 9] = [1000, 1000, 2000, 333, 500, 2500, 1, 667, 12_345];

/// Taxes as a line may have them: the price book's at the place, two of which one is on the other, one, none.
fn taxed(random: &mut SmallRng, goods: &str) -> Value {
    match random.random_range(0..4) {
        0 | 1 => json!({ "tax_rate_id": goods }),
        2 => {
            json!({ "taxes": [{ "name": "Levy", "rate_ppm": 70_000 }, { "name": "Surtax", "rate_ppm": 33_333, "compound": true }] })
        }
        _ => json!({ "taxes": [] }),
    }
}

fn line(random: &mut SmallRng, goods: &str, at: usize) -> Value {
    let (quantity, price) = match at {
        // The first carries the whole, so that no total is below nothing.
        0 => (2000, random.random_range(20_000..90_000)),
        _ => (QUANTITIES[random.random_range(0..QUANTITIES.len())], random.random_range(1..40_000)),
    };
    // Odd cents by halves are what the rules for rounding differ in.
    let price = if quantity == 500 || quantity == 2500 { price | 1 } else { price };
    let letter = char::from(b'A' + u8::try_from(at).unwrap());
    let name = format!("{} {letter}", WORDS[random.random_range(0..WORDS.len())]);
    let mut line = json!({ "description": name, "quantity_milli": quantity, "unit_price": usd(&plain(price)) });
    line.as_object_mut().unwrap().extend(taxed(random, goods).as_object().unwrap().clone());
    line
}

fn lines(random: &mut SmallRng, goods: &str) -> Vec<Value> {
    (0..random.random_range(3..7)).map(|at| line(random, goods, at)).collect()
}

fn plain(minor: i64) -> String {
    figure(minor).replace(',', "").replace('−', "-")
}

async fn posted(eyes: &Eyes<'_>, path: &str, body: Value) -> Value {
    let answer = eyes.owner.post(path, body).await;
    assert!(answer.status < 300, "{path}: {answer:?}");
    answer.body
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id: {body}")).to_owned()
}

/// Issued, and shown everywhere; with the day it is due on.
async fn issued(eyes: &Eyes<'_>, what: &str, invoice: &str, days: i64) -> usize {
    let mut held = all_say_the_same(&format!("{what}, draft"), &eyes.invoice(invoice).await);
    let done = step(&eyes.owner, &format!("/api/v1/invoices/{invoice}"), "issue", json!({})).await.body;
    let on: kernel::jiff::civil::Date = done["issued_on"].as_str().unwrap().parse().unwrap();
    let due = on.checked_add(kernel::jiff::Span::new().days(days)).unwrap();
    assert_eq!(done["due_on"], json!(due), "{what}: {}", day(&done["due_on"]));
    held += all_say_the_same(what, &eyes.invoice(invoice).await);
    held
}

async fn paid(eyes: &Eyes<'_>, invoice: &str, amount: i64) -> usize {
    let body = json!({ "amount": usd(&plain(amount)), "method": "transfer", "keep_rest": true });
    let payment = id(&posted(eyes, &format!("/api/v1/invoices/{invoice}/payments"), body).await);
    let number = eyes.api(&format!("/api/v1/invoices/{invoice}")).await["number"].as_str().unwrap().to_owned();
    let held = all_say_the_same("invoice, paid in part", &eyes.invoice(invoice).await);
    held + all_say_the_same("receipt", &eyes.receipt(&payment, &number).await)
}

/// Gives a third of some line back that is worth something.
async fn given_back(eyes: &Eyes<'_>, invoice: &str, milli: i64) -> usize {
    let told = eyes.api(&format!("/api/v1/invoices/{invoice}")).await;
    let line = &told["lines"][0]["id"];
    let body = json!({ "reason": "Returned", "lines": [{ "line_id": line, "quantity_milli": milli }] });
    let note = id(&posted(eyes, &format!("/api/v1/invoices/{invoice}/credit-notes"), body).await);
    let held = all_say_the_same("invoice, credited", &eyes.invoice(invoice).await);
    held + all_say_the_same("credit note", &eyes.credit_note(&note).await)
}

/// The whole story of one customer. Gives how many figures were held against others.
pub async fn told(eyes: &Eyes<'_>, random: &mut SmallRng, goods: &str, title: &str) -> usize {
    let mut held = 0;
    // The estimate: two options, some of whose lines may be ticked, with a discount and a deposit.
    let options: Vec<Value> = ["Repair", "Replace"]
        .into_iter()
        .map(|name| {
            let mut lines = lines(random, goods);
            lines.last_mut().unwrap()["optional"] = json!(true);
            let discount = [0, 50_000, 33_333][random.random_range(0..3)];
            let besides = usd(["0.00", "5.55"][random.random_range(0..2)]);
            json!({ "name": name, "recommended": name == "Replace", "discount_ppm": discount, "discount_amount": besides, "lines": lines })
        })
        .collect();
    let body = json!({ "customer_id": eyes.customer, "title": title, "deposit_ppm": 333_333, "options": options });
    let estimate = id(&posted(eyes, "/api/v1/estimates", body).await);
    let at = format!("/api/v1/estimates/{estimate}");
    for option in eyes.estimate(&estimate).await {
        held += all_say_the_same("estimate, draft", &option);
    }
    step(&eyes.owner, &at, "send", json!({})).await;
    for option in eyes.estimate(&estimate).await {
        held += all_say_the_same("estimate, sent", &option);
    }
    held += all_say_the_same("what the estimate is worth", &eyes.worth_of_estimate(&estimate, title).await);

    // Approved, with what may be ticked or without it.
    let sent = eyes.api(&at).await;
    let chosen = &sent["options"][random.random_range(0..2)];
    let optional = chosen["lines"].as_array().unwrap().iter().find(|line| line["optional"] == true).unwrap();
    let ticked: Vec<&Value> = [&optional["id"]].into_iter().filter(|_| random.random_range(0..2) == 1).collect();
    let yes = json!({ "option_id": chosen["id"], "ticked": ticked, "name": "Ana Rivera", "via": "phone", "told": "On the telephone." });
    let agreed = posted(eyes, &format!("{at}/approve"), yes).await;
    held += all_say_the_same("what the approved estimate is worth", &eyes.worth_of_estimate(&estimate, title).await);
    let (whole, down) = (of_api(&agreed["decision"]["total"]), of_api(&agreed["decision"]["deposit"]));

    // The job it became, and the deposit that is asked for.
    let job = agreed["made_work_order_id"].as_str().unwrap();
    let mut said = eyes.job(job).await;
    said.push(Said::of("what was agreed", [("total", whole)]));
    let tax = said[0].figures["tax"];
    held += all_say_the_same("job", &said);
    let deposit = agreed["deposit_invoice_id"].as_str().unwrap();
    let mut said = eyes.invoice(deposit).await;
    said.push(Said::of("what was agreed", [("total", down)]));
    held += all_say_the_same("deposit invoice", &said);
    held += paid(eyes, deposit, down).await;

    // Done: the last invoice takes the deposit off, and both are what was agreed.
    for verb in ["start", "finish"] {
        step(&eyes.owner, &format!("/api/v1/work-orders/{job}"), verb, json!({})).await;
    }
    eyes.house.run_jobs().await;
    let drafts = eyes.api(&format!("/api/v1/invoices?status=draft&customer_id={}", eyes.customer)).await;
    let last = id(&drafts["data"][0]);
    // Fourteen days where nobody said otherwise.
    held += issued(eyes, "last invoice", &last, 14).await;
    let billed = eyes.api(&format!("/api/v1/invoices/{last}")).await;
    assert_eq!(
        (of_api(&billed["total"]) + down, of_api(&billed["tax"])),
        (whole, tax),
        "both invoices are what was agreed: {billed}"
    );
    held += paid(eyes, &last, random.random_range(1_000..of_api(&billed["total"]) / 2)).await;
    held += given_back(eyes, &last, 333).await;

    // One written by hand, with discounts; overpaid, given back, paid out.
    let mut by_hand = lines(random, goods);
    for line in &mut by_hand {
        line["discount"] = usd(["0.00", "0.01"][random.random_range(0..2)]);
    }
    by_hand[0]["discount"] = usd(&plain(random.random_range(1..9_999)));
    let days = random.random_range(0..60);
    let body = json!({ "customer_id": eyes.customer, "terms_days": days, "lines": by_hand });
    let second = id(&posted(eyes, "/api/v1/invoices", body).await);
    held += issued(eyes, "invoice by hand", &second, days).await;
    let open = of_api(&eyes.api(&format!("/api/v1/invoices/{second}")).await["balance"]);
    held += paid(eyes, &second, open / 3).await;
    held += given_back(eyes, &second, 667).await;
    let open = of_api(&eyes.api(&format!("/api/v1/invoices/{second}")).await["balance"]);
    held += paid(eyes, &second, open + random.random_range(1..5_000)).await;
    held += given_back(eyes, &second, 333).await;
    let kept = of_api(&eyes.api(&format!("/api/v1/customers/{}/credits", eyes.customer)).await["balance"]);
    let refund = json!({ "amount": usd(&plain(kept / 2 + 1)), "method": "cash" });
    posted(eyes, &format!("/api/v1/customers/{}/refunds", eyes.customer), refund).await;
    held += all_say_the_same("refund", &eyes.refund().await);
    // What is left of it goes onto the last invoice.
    posted(eyes, &format!("/api/v1/invoices/{last}/credit"), json!({})).await;
    held += all_say_the_same("last invoice, with credit", &eyes.invoice(&last).await);
    held + all_say_the_same("statement", &eyes.statement().await)
}
