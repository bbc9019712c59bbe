//! What settles an invoice, and what is owed after it: receipts, credit notes, refunds, statements.
use super::{
    books::posted_to,
    said::{Said, cents, feet_of_pdf, figure, of_api, said_of_foot},
    surfaces::{Eyes, day, pdf},
};
use serde_json::Value;

/// The figure that stands right behind these words.
fn after(text: &str, words: &str) -> i64 {
    let found = text.match_indices(words).find_map(|(at, _)| cents(text[at + words.len()..].split([' ', '<']).next()?));
    found.unwrap_or_else(|| panic!("nothing behind “{words}” in {text}"))
}

/// The figure right before them; nothing where they do not stand.
fn before(text: &str, words: &str) -> i64 {
    let Some(at) = text.find(words) else { return 0 };
    cents(text[..at].rsplit([' ', '>']).next().unwrap()).unwrap_or_else(|| panic!("nothing before “{words}” in {text}"))
}

impl Eyes<'_> {
    pub async fn receipt(&self, id: &str, number: &str) -> Vec<Said> {
        let told = self.api(&format!("/api/v1/payments/{id}")).await;
        let invoice = told["invoice_id"].as_str().unwrap();
        let open = of_api(&self.api(&format!("/api/v1/invoices/{invoice}")).await["balance"]);
        let (amount, kept) = (of_api(&told["amount"]), of_api(&told["kept"]));
        let api =
            Said::of("the API", [("received", amount), ("kept", kept), ("applied", amount - kept), ("balance", open)]);
        let paper = |surface: &'static str, text: &str| {
            let kept = if text.contains("Kept as your credit ") { after(text, "Kept as your credit ") } else { 0 };
            Said::of(
                surface,
                [
                    ("received", after(text, "Received ")),
                    ("kept", kept),
                    ("applied", after(text, &format!(" Invoice {number} "))),
                    ("balance", after(text, &format!("Open on {number} today "))),
                ],
            )
        };
        let own = pdf(&self.owner.get(&format!("/api/v1/payments/{id}/receipt")).await);
        let theirs = pdf(&self.theirs(&format!("/receipts/{id}/pdf")).await);
        let documents = self.theirs("/documents").await.text;
        let row = &documents[..documents.find(&format!("/receipts/{id}/pdf")).unwrap()];
        let page = self.page(&format!("/invoices/{invoice}")).await;
        let row_of_page = &page[..page.find(&format!("/payments/{id}/receipt")).unwrap()];
        let posted = self.books_of("payment", id).await;
        let posted: Vec<&Value> = posted.iter().collect();
        let money = ["1000", "1010", "1020"].map(|account| posted_to(&posted, account)).iter().sum();
        vec![
            api,
            paper("the PDF", &own),
            paper("the portal’s PDF", &theirs),
            Said::of("the portal", [("received", last_money(row))]),
            Said::of("the page", [("received", last_money(row_of_page))]),
            Said::of(
                "the books",
                [("received", money), ("applied", -posted_to(&posted, "1100")), ("kept", -posted_to(&posted, "2100"))],
            ),
        ]
    }

    pub async fn credit_note(&self, id: &str) -> Vec<Said> {
        let told = self.api(&format!("/api/v1/credit-notes/{id}")).await;
        let api = Said::api("the API", &told, &["net", "tax", "total", "to_credit"]);
        let lines = told["lines"].as_array().unwrap();
        let sum = |of: &Value, field: &str| of.as_array().unwrap().iter().map(|one| of_api(&one[field])).sum::<i64>();
        let within = Said::of(
            "the API’s taxes",
            [
                ("tax", sum(&told["taxes"], "tax")),
                ("total", of_api(&told["net"]) + of_api(&told["tax"])),
                ("to_credit", of_api(&told["total"]) - of_api(&told["applied"])),
            ],
        );
        let paper = |surface: &'static str, text: &str| {
            for line in lines {
                let quantity = kernel::decimal::quantity(line["quantity_milli"].as_i64().unwrap());
                let row =
                    format!("{} {quantity} {}", line["description"].as_str().unwrap(), figure(of_api(&line["amount"])));
                assert!(text.contains(&row), "“{row}” is not in {text}");
            }
            let mut said = said_of_foot(surface, &feet_of_pdf(text, "Net").remove(0)).but("discount");
            said.figures.insert("to_credit", before(text, " is kept as your credit."));
            said
        };
        let own = pdf(&self.owner.get(&format!("/api/v1/credit-notes/{id}/pdf")).await);
        let theirs = pdf(&self.theirs(&format!("/credit-notes/{id}/pdf")).await);
        let page = self.page(&format!("/invoices/{}", told["invoice_id"].as_str().unwrap())).await;
        let row = &page[page.find(&format!("/credit-notes/{id}/pdf")).unwrap()..];
        let posted = self.books_of("credit_note", id).await;
        let posted: Vec<&Value> = posted.iter().collect();
        let (applied, kept) = (-posted_to(&posted, "1100"), -posted_to(&posted, "2100"));
        vec![
            api,
            within,
            paper("the PDF", &own),
            paper("the portal’s PDF", &theirs),
            Said::of(
                "the page",
                [("total", cents(row[row.find('$').unwrap()..].split([' ', '<']).next().unwrap()).unwrap())],
            ),
            Said::of(
                "the books",
                [
                    ("net", posted_to(&posted, "4000") + posted_to(&posted, "2300")),
                    ("tax", posted_to(&posted, "2200")),
                    ("total", applied + kept),
                    ("to_credit", kept),
                ],
            ),
        ]
    }

    /// The entry of a refund is the newest of the customer's credit.
    pub async fn refund(&self) -> Vec<Said> {
        let told = self.api(&format!("/api/v1/customers/{}/credits", self.customer)).await;
        let one = &told["data"][0];
        assert_eq!(one["kind"], "refunded", "{told}");
        let page = self.page(&format!("/customers/{}/credit", self.customer)).await;
        let row = &page[page.find("Paid out").unwrap()..];
        let posted = self.books_of("refund", one["id"].as_str().unwrap()).await;
        let posted: Vec<&Value> = posted.iter().collect();
        vec![
            Said::of("the API", [("refund", -of_api(&one["amount"]))]),
            Said::of(
                "the page",
                [(
                    "refund",
                    -cents(row[row.find("class=\"num strong\">").unwrap() + 19..].split('<').next().unwrap()).unwrap(),
                )],
            ),
            Said::of(
                "the books",
                [
                    ("refund", posted_to(&posted, "2100")),
                    ("refund", -["1000", "1010"].map(|account| posted_to(&posted, account)).iter().sum::<i64>()),
                ],
            ),
        ]
    }

    pub async fn statement(&self) -> Vec<Said> {
        let path = format!("/customers/{}/statement", self.customer);
        let told = self.api(&format!("/api/v1{path}")).await;
        let page = self.page(&path).await;
        let credit_page = self.page(&format!("/customers/{}/credit", self.customer)).await;
        let paper = |surface: &'static str, text: &str| {
            for line in told["data"].as_array().unwrap() {
                let (amount, balance) = (figure(of_api(&line["amount"])), figure(of_api(&line["balance"])));
                let row = format!("{} {} {amount} {balance}", day(&line["on"]), line["says"].as_str().unwrap());
                assert!(text.contains(&row), "“{row}” is not in {text}");
            }
            Said::of(surface, [("closing", after(text, "Owed ")), ("credit", before(text, " is kept as your credit."))])
        };
        let own = pdf(&self.owner.get(&format!("/api/v1{path}/pdf")).await);
        let theirs = pdf(&self.theirs("/statement/pdf").await);
        let invoices = self.api(&format!("/api/v1/invoices?limit=200&customer_id={}", self.customer)).await;
        let invoices = invoices["data"].as_array().unwrap();
        let open: i64 = invoices.iter().map(|one| of_api(&one["balance"])).sum();
        let owed = self.api("/api/v1/ledger/receivables").await;
        let owed = owed["data"].as_array().unwrap().iter().find(|one| one["customer_id"] == self.customer.as_str());
        let credits = self.api(&format!("/api/v1/customers/{}/credits?limit=200", self.customer)).await;
        let entries = credits["data"].as_array().unwrap();
        let vouchers = self.vouchers().await;
        let theirs_in_books: Vec<&Value> = vouchers
            .iter()
            .filter(|one| {
                invoices.iter().any(|invoice| invoice["id"] == one["invoice_id"])
                    || entries.iter().any(|entry| entry["id"] == one["subject"])
            })
            .collect();
        vec![
            Said::api("the API", &told, &["closing", "credit"]),
            Said::of("the open invoices", [("closing", open)]),
            Said::of("who owes what", [("closing", owed.map_or(0, |one| of_api(&one["total"])))]),
            Said::of("the page", [("closing", after(&page[page.find("Owed").unwrap()..], "<span class=\"strong\">"))]),
            Said::of("the credit’s page", [("credit", after(&credit_page, "<p class=\"big mb-4\">"))]),
            Said::api("the credit’s API", &credits, &["balance"]).named("balance", "credit"),
            Said::of("its entries", [("credit", entries.iter().map(|one| of_api(&one["amount"])).sum())]),
            paper("the PDF", &own),
            paper("the portal’s PDF", &theirs),
            Said::of(
                "the books",
                [("closing", posted_to(&theirs_in_books, "1100")), ("credit", -posted_to(&theirs_in_books, "2100"))],
            ),
        ]
    }
}

/// The last "$1.00" before a link.
fn last_money(row: &str) -> i64 {
    let at = row.rfind('$').unwrap();
    cents(row[at..].split([' ', '<']).next().unwrap()).unwrap()
}
