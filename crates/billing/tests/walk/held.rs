//! What holds after every step: the books by themselves, and the books beside the papers. Each count is made once more with a mistake
//! planted in a transaction that is rolled back, and must find it.
use super::{account, cents, invoices};
use harness::{Company, Person, TestHouse};
use std::collections::BTreeMap;

/// What is wrong, how often, and how to make it so. `{s}` is where the company's rows lie; `$1` is the company.
const COUNTS: [(&str, &str, &str); 5] = [
    (
        "vouchers that do not balance",
        "select count(*) from (select v.id from {s}.voucher v left join {s}.voucher_entry e on e.tenant_id = v.tenant_id and e.voucher_id = v.id
           where v.tenant_id = $1 group by v.id having count(e.id) < 2 or sum(e.debit_minor) <> sum(e.credit_minor)) wrong",
        "delete from {s}.voucher_entry where tenant_id = $1 and id = (select max(id::text)::uuid from {s}.voucher_entry where tenant_id = $1)",
    ),
    (
        "numbers of vouchers that are missing",
        "select coalesce(max(number), 0) - count(*) from {s}.voucher where tenant_id = $1",
        "delete from {s}.voucher where tenant_id = $1 and number = 1",
    ),
    (
        "invoices on which something else is open than the books say",
        "select count(*) from {s}.invoice i
           left join (select v.invoice_id, sum(e.debit_minor - e.credit_minor) as minor
             from {s}.voucher v join {s}.voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
             join {s}.ledger_account a on a.tenant_id = $1 and a.id = e.account_id and a.code = '1100' where v.tenant_id = $1 group by 1) b on b.invoice_id = i.id
         where i.tenant_id = $1 and i.status <> 'draft'
           and coalesce(b.minor, 0) <> case i.status when 'void' then 0 else i.total_minor - i.paid_minor - i.credited_minor - i.written_off_minor end",
        "update {s}.voucher_entry set debit_minor = debit_minor + 1 where tenant_id = $1 and id = (select max(e.id::text)::uuid
           from {s}.voucher v join {s}.voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id and e.debit_minor > 0
           join {s}.ledger_account a on a.tenant_id = $1 and a.id = e.account_id and a.code = '1100' where v.tenant_id = $1 and v.kind = 'invoice')",
    ),
    (
        "invoices that are paid with something else than their payments",
        "select count(*) from {s}.invoice i where i.tenant_id = $1 and i.paid_minor <> coalesce(
           (select sum(p.amount_minor - p.kept_minor - p.refunded_minor) from {s}.payment p where p.tenant_id = $1 and p.invoice_id = i.id and p.reversed_on is null), 0)",
        "delete from {s}.payment where tenant_id = $1 and id = (select max(id::text)::uuid from {s}.payment where tenant_id = $1 and reversed_on is null and amount_minor > kept_minor)",
    ),
    (
        "customers whose credit is another in the books",
        "select count(*) from {s}.customer c
           left join (select customer_id, sum(amount_minor) as minor from {s}.customer_credit where tenant_id = $1 group by 1) k on k.customer_id = c.id
           left join (select coalesce(i.customer_id, k.customer_id) as customer_id, sum(e.credit_minor - e.debit_minor) as minor
             from {s}.voucher v join {s}.voucher_entry e on e.tenant_id = $1 and e.voucher_id = v.id
             join {s}.ledger_account a on a.tenant_id = $1 and a.id = e.account_id and a.code = '2100'
             left join {s}.invoice i on i.tenant_id = $1 and i.id = v.invoice_id
             left join {s}.customer_credit k on k.tenant_id = $1 and k.id = v.subject where v.tenant_id = $1 group by 1) b on b.customer_id = c.id
         where c.tenant_id = $1 and coalesce(k.minor, 0) <> coalesce(b.minor, 0)",
        "update {s}.customer_credit set amount_minor = amount_minor + 1 where tenant_id = $1 and id = (select max(id::text)::uuid from {s}.customer_credit where tenant_id = $1)",
    ),
];

/// Of what is no draft and not void, less what was given back: what is earned or owed for it, and its taxes.
const SOLD: &str = "select coalesce(sum(i.total_minor - i.tax_minor - coalesce(n.net, 0)), 0)::bigint, coalesce(sum(i.tax_minor - coalesce(n.tax, 0)), 0)::bigint
    from {s}.invoice i left join (select invoice_id, sum(net_minor) as net, sum(tax_minor) as tax from {s}.credit_note where tenant_id = $1 group by 1) n on n.invoice_id = i.id
    where i.tenant_id = $1 and i.status not in ('draft', 'void')";

/// Asked again and again.
pub struct Books<'a> {
    acme: &'a Company<'a>,
    above: tokio_postgres::Client,
    schema: String,
}

impl<'a> Books<'a> {
    pub async fn of(house: &TestHouse, acme: &'a Company<'a>) -> Self {
        Self { above: house.above().await, schema: acme.schema().await, acme }
    }
    fn text(&self, sql: &str) -> String {
        sql.replace("{s}", &self.schema)
    }

    pub async fn hold(&self, owner: &Person<'_>, when: &str) {
        for (what, count, _) in COUNTS {
            let count = format!("select ({})::bigint", self.text(count));
            let wrong: i64 = self.above.query_one(&count, &[&self.acme.id]).await.unwrap().get(0);
            assert_eq!(wrong, 0, "{what} {when}");
        }
        // Who owes what, by the books, is what is open on the invoices.
        let owed = owner.get("/api/v1/ledger/receivables").await.body;
        let by_books: BTreeMap<String, i64> = owed["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["customer_id"].as_str().unwrap().to_owned(), cents(&one["total"])))
            .collect();
        let mut by_papers: BTreeMap<String, i64> = BTreeMap::new();
        for one in invoices(owner).await {
            let open = cents(&one["balance"]);
            assert!(open >= 0, "{one} {when}");
            *by_papers.entry(one["customer_id"].as_str().unwrap().to_owned()).or_default() += open;
        }
        by_papers.retain(|_, open| *open != 0);
        assert_eq!(by_books, by_papers, "{when}");
        let sold = self.above.query_one(&self.text(SOLD), &[&self.acme.id]).await.unwrap();
        let (net, tax): (i64, i64) = (sold.get(0), sold.get(1));
        // `account` holds debit and credit of all accounts beside each other.
        assert_eq!(account(owner, "2200").await, -tax, "taxes {when}");
        assert_eq!(
            account(owner, "4000").await + account(owner, "2300").await + account(owner, "2150").await,
            -net,
            "what is earned or owed for it {when}"
        );
        // What is owed of deposits is what each has left, and none has less than nothing.
        let deposits = owner.get("/api/v1/ledger/deposits").await.body;
        assert_eq!(
            (cents(&deposits["left"]), &deposits["account"]),
            (-account(owner, "2150").await, &deposits["left"]),
            "deposits {when}"
        );
        let each = deposits["data"].as_array().unwrap().iter().map(|one| cents(&one["left"]));
        assert!(
            each.clone().all(|left| left > 0) && each.sum::<i64>() == cents(&deposits["left"]),
            "{deposits} {when}"
        );
        assert_eq!(account(owner, "1100").await, by_papers.values().sum::<i64>(), "{when}");
    }

    /// Each count finds what is planted for it.
    pub async fn find_what_is_planted(&mut self) {
        let schema = self.schema.clone();
        for (what, count, plant) in COUNTS {
            let (count, plant) = (count.replace("{s}", &schema), plant.replace("{s}", &schema));
            let tx = self.above.transaction().await.unwrap();
            tx.batch_execute("set local session_replication_role = replica").await.unwrap();
            assert_eq!(tx.execute(&plant, &[&self.acme.id]).await.unwrap(), 1, "nothing to plant: {what}");
            let wrong: i64 = tx.query_one(&format!("select ({count})::bigint"), &[&self.acme.id]).await.unwrap().get(0);
            assert!(wrong > 0, "blind for {what}");
            tx.rollback().await.unwrap();
        }
    }
}
