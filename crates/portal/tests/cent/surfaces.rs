//! Where each kind of paper is shown: the office's page, the API, the PDF, the portal, the file of the list, the books.
use super::said::{Said, cents, feet_of_page, feet_of_pdf, figure, of_api, said_of_foot};
use crate::Browser;
use harness::{Answer, Person, TestHouse};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The company's own eyes and one customer's.
pub struct Eyes<'a> {
    pub house: &'a TestHouse,
    pub owner: Person<'a>,
    pub visitor: Person<'a>,
    pub portal: Browser<'a>,
    pub customer: String,
}

impl Eyes<'_> {
    pub async fn api(&self, path: &str) -> Value {
        let answer = self.owner.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    }
    pub async fn page(&self, path: &str) -> String {
        opened(path, self.owner.page(path).await).text
    }
    pub async fn theirs(&self, tail: &str) -> Answer {
        let path = format!("/portal/{}{tail}", self.customer);
        opened(&path, self.portal.get(&path).await)
    }

    /// The file of a list, row by row.
    async fn rows(&self, list: &str) -> Vec<HashMap<String, String>> {
        let wanted = json!({ "list": list, "format": "csv", "filter": { "customer_id": self.customer } });
        let asked = self.owner.post("/api/v1/exports", wanted).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        self.house.run_jobs().await;
        let done = self.api(&format!("/api/v1/exports/{}", asked.id())).await;
        let file = self.owner.get(done["download"].as_str().unwrap_or_else(|| panic!("no file: {done}"))).await;
        let mut read = csv::Reader::from_reader(file.text.trim_start_matches('\u{feff}').as_bytes());
        read.deserialize().collect::<csv::Result<_>>().unwrap()
    }
    /// Some columns of the record's row.
    async fn file(&self, list: &str, id: &str, columns: &[(&'static str, &str)]) -> Said {
        let rows = self.rows(list).await;
        let row = rows.iter().find(|row| row["Record"] == id).unwrap_or_else(|| panic!("{id} is not among {list}"));
        let cell = |column: &str| cents(&row[column]).unwrap_or_else(|| panic!("no amount in {column}: {row:?}"));
        Said::of("the file of the list", columns.iter().map(|(name, column)| (*name, cell(column))))
    }

    pub async fn estimate(&self, id: &str) -> Vec<Vec<Said>> {
        let told = self.api(&format!("/api/v1/estimates/{id}")).await;
        let sums = ["subtotal", "discount", "tax", "total", "deposit"];
        let options = told["options"].as_array().unwrap();
        let sure = |one: &Value| {
            one["lines"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|line| line["optional"] == false)
                .map(|line| of_api(&line["amount"]))
                .sum()
        };
        let own = |one: &Value| {
            vec![Said::api("the API", one, &sums), Said::of("the API’s lines", [("subtotal", sure(one))])]
        };
        let mut all: Vec<Vec<Said>> = options.iter().map(own).collect();
        let page = feet_of_page(&self.page(&format!("/estimates/{id}")).await, "totals");
        let text = pdf(&self.owner.get(&format!("/api/v1/estimates/{id}/pdf")).await);
        let mut shown = vec![("the page", page), ("the PDF", feet_of_pdf(&text, "Subtotal"))];
        for option in options {
            for line in option["lines"].as_array().unwrap() {
                stands_whole(&text, line);
            }
        }
        if told["number"].is_string() {
            let revisions = self.api(&format!("/api/v1/estimates/{id}/revisions")).await;
            let url = revisions["data"][0]["url"].as_str().unwrap();
            let link = &url[url.find("/estimate/").unwrap()..];
            let reader = opened(link, self.visitor.page(link).await).text;
            shown.push(("the customer’s page", feet_of_page(&reader, "est-sums")));
            let theirs = pdf(&self.visitor.page(&format!("{link}/pdf")).await);
            shown.push(("the customer’s PDF", feet_of_pdf(&theirs, "Subtotal")));
        }
        for (surface, feet) in shown {
            assert_eq!(feet.len(), all.len(), "{surface}: {feet:?}");
            for (said, foot) in all.iter_mut().zip(feet) {
                said.push(said_of_foot(surface, &foot));
            }
        }
        // Where nothing is to be paid before, nothing is said of it.
        for said in all.iter_mut().flatten().filter(|said| said.figures.contains_key("total")) {
            said.figures.entry("deposit").or_default();
        }
        all
    }

    /// What lists say of an estimate: the one figure it is worth.
    pub async fn worth_of_estimate(&self, id: &str, title: &str) -> Vec<Said> {
        let told = self.api(&format!("/api/v1/estimates/{id}")).await;
        let (page, office) = (self.theirs("/estimates").await.text, self.page("/estimates").await);
        let after = |page: &str| {
            let row = &page[page.find(title).unwrap_or_else(|| panic!("{title} is not in {page}"))..];
            let from = row.find('$').unwrap();
            cents(row[from..].split('<').next().unwrap()).unwrap()
        };
        vec![
            Said::api("the API", &told, &["total"]),
            self.file("estimates", id, &[("total", "Total")]).await,
            Said::of("the portal", [("total", after(&page))]),
            Said::of("the office’s list", [("total", after(&office))]),
        ]
    }

    pub async fn job(&self, id: &str) -> Vec<Said> {
        let told = self.api(&format!("/api/v1/work-orders/{id}")).await;
        let page = feet_of_page(&self.page(&format!("/jobs/{id}")).await, "sheet-sums");
        let text = pdf(&self.owner.get(&format!("/api/v1/work-orders/{id}/pdf")).await);
        let lines = told["line_items"].as_array().unwrap();
        lines.iter().for_each(|line| stands_whole(&text, line));
        // With the taxes in the prices the paper begins with its total.
        let paper = feet_of_pdf(&text, "Subtotal").pop().or_else(|| feet_of_pdf(&text, "Total").pop());
        let sum = lines.iter().map(|line| of_api(&line["amount"])).sum();
        vec![
            Said::api("the API", &told, &["subtotal", "tax", "total"]),
            Said::of("the API’s lines", [("subtotal", sum)]),
            said_of_foot("the page", &page[0]).but("discount"),
            said_of_foot("the PDF", &paper.unwrap_or_else(|| panic!("no sums in {text}"))).but("discount"),
            self.file("work-orders", id, &[("subtotal", "Subtotal")]).await,
        ]
    }

    pub async fn invoice(&self, id: &str) -> Vec<Said> {
        let told = self.api(&format!("/api/v1/invoices/{id}")).await;
        let (lines, taxes) = (told["lines"].as_array().unwrap(), told["taxes"].as_array().unwrap());
        let sum = |of: &[Value], field: &str| of.iter().map(|one| of_api(&one[field])).sum::<i64>();
        let draft = told["status"] == "draft";
        let mut api =
            Said::api("the API", &told, &["subtotal", "discount", "tax", "total", "balance", "paid", "credited"]);
        if draft {
            // What would be due.
            api.figures.insert("balance", api.figures["total"]);
        }
        let within = Said::of(
            "the API’s lines",
            [
                ("subtotal", sum(lines, "amount") + sum(lines, "discount")),
                ("discount", sum(lines, "discount")),
                ("tax", sum(taxes, "tax")),
            ],
        );
        let settled = Said::of(
            "what it comes to",
            [("balance", of_api(&told["total"]) - of_api(&told["paid"]) - of_api(&told["credited"]))],
        );
        let page = self.page(&format!("/invoices/{id}")).await;
        let text = pdf(&self.owner.get(&format!("/api/v1/invoices/{id}/pdf")).await);
        lines.iter().for_each(|line| stands_whole(&text, line));
        let mut shown = vec![("the page", feet_of_page(&page, "totals")), ("the PDF", feet_of_pdf(&text, "Subtotal"))];
        let mut all = vec![api, within, settled];
        if !draft {
            let theirs = format!("/invoices/{id}");
            shown.push(("the portal", feet_of_page(&self.theirs(&theirs).await.text, "est-sums")));
            let paper = pdf(&self.theirs(&format!("{theirs}/pdf")).await);
            shown.push(("the portal’s PDF", feet_of_pdf(&paper, "Subtotal")));
            let link = self.api(&format!("/api/v1/invoices/{id}/link")).await;
            let link = link["url"].as_str().unwrap();
            let link = &link[link.find("/invoice/").unwrap()..];
            let reader = opened(link, self.visitor.page(link).await).text;
            shown.push(("the customer’s page", feet_of_page(&reader, "est-sums")));
            all.push(self.books_of_invoice(id).await);
            let due = day(&told["due_on"]);
            assert!(text.contains(&format!("Due on {due}")), "{due} is not in {text}");
        }
        for (surface, mut feet) in shown {
            assert_eq!(feet.len(), 1, "{surface}: {feet:?}");
            let mut said = said_of_foot(surface, &feet.remove(0));
            // What nothing was paid of, or given back, has no word for it.
            for name in ["paid", "credited"] {
                said.figures.entry(name).or_default();
            }
            all.push(said);
        }
        let columns = [
            ("subtotal", "Subtotal"),
            ("discount", "Discount"),
            ("tax", "Tax"),
            ("total", "Total"),
            ("paid", "Paid"),
            ("credited", "Credited"),
            ("balance", "Open"),
        ];
        let file = self.file("invoices", id, &columns).await;
        all.push(if draft { file.but("balance") } else { file });
        all
    }
}

fn opened(path: &str, answer: Answer) -> Answer {
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer
}

/// What stands on a paper. Without a reader of PDF there is nothing to compare: then the test says that it is missing.
pub fn pdf(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/pdf"), "{answer:?}");
    harness::text_of_pdf_as_set(&answer.bytes.0).expect("pdftotext (Debian: poppler-utils)")
}

/// The line with all it says, in one row.
fn stands_whole(text: &str, line: &Value) {
    let quantity = kernel::decimal::quantity(line["quantity_milli"].as_i64().unwrap());
    let (price, amount) = (figure(of_api(&line["unit_price"])), figure(of_api(&line["amount"])));
    let row = format!("{} {quantity} {price} {amount}", line["description"].as_str().unwrap());
    assert!(text.contains(&row), "“{row}” is not in {text}");
}

/// "Wed 22 Jul 2026".
pub fn day(date: &Value) -> String {
    let date: kernel::jiff::civil::Date = date.as_str().unwrap().parse().unwrap();
    date.strftime("%a %-d %b %Y").to_string()
}
