//! What the provider does, and what it tells of it; beside it what the office does by hand.
use super::*;

/// What the provider did, reckoned by itself: its balance for us, what is in dispute, what it took for it, what it paid out.
#[derive(Debug, Default)]
pub struct Theirs {
    pub card: i64,
    pub disputed: i64,
    pub fees: i64,
    pub bank: i64,
    /// Payments with what of them may still go back.
    charges: Vec<(String, i64)>,
    /// Refunds on their way, and what they are of.
    under_way: Vec<(String, i64)>,
    /// Disputes that are open: their object.
    open: Vec<Value>,
    payouts: Vec<Value>,
    events: usize,
}

const TAKEN: i64 = 1_500;

pub struct Stage<'a> {
    pub house: &'a TestHouse,
    pub stripe: &'a Stripe,
    pub acme: &'a Company<'a>,
    pub owner: Person<'a>,
    pub theirs: Theirs,
    pub random: SmallRng,
}

impl Stage<'_> {
    /// Told one to three times, under one name or each under its own.
    async fn told(&mut self, kind: &str, object: &Value) {
        for n in 0..self.random.random_range(1..4) {
            let named = if self.random.random_range(0..2) == 0 { 0 } else { n };
            let id = format!("evt_{}_{named}", self.theirs.events);
            tell(self.house, self.stripe, self.acme, &id, kind, object).await;
        }
        self.theirs.events += 1;
    }
    fn some(&mut self, of: usize) -> Option<usize> {
        (of > 0).then(|| self.random.random_range(0..of))
    }

    /// Says whether there was anything to do.
    pub async fn step(&mut self, verb: &str) -> bool {
        match verb {
            "charge" => self.charge().await,
            "cash" | "credit note" => self.by_hand(verb).await,
            "give back" | "they give back" => self.give_back(verb == "give back").await,
            "a refund does not arrive" => self.in_vain().await,
            "disputed" => self.dispute().await,
            "won" | "lost" => self.decide(verb).await,
            _ => self.pay_out(verb == "paid out").await,
        }
    }

    async fn charge(&mut self) -> bool {
        let amount = self.random.random_range(1_000..20_000);
        let (id, path) = issued(&self.owner, money(amount)["amount"].as_str().unwrap()).await;
        pay(self.acme, &path).await;
        // Now and then a part comes in cash while somebody looks for the card: what is too much is kept.
        if self.random.random_range(0..4) == 0 {
            let cash = json!({ "amount": money(amount / 2), "method": "cash" });
            assert_eq!(self.owner.post(&format!("/api/v1/invoices/{id}/payments"), cash).await.status, 201);
        }
        let fee = amount * 29 / 1000 + 30;
        let paid = self.stripe.pay(Some(fee));
        self.told("payment_intent.succeeded", &paid).await;
        self.theirs.card += amount - fee;
        self.theirs.fees += fee;
        self.theirs.charges.push((paid["id"].as_str().unwrap().to_owned(), amount));
        true
    }

    async fn by_hand(&mut self, verb: &str) -> bool {
        let all = invoices(&self.owner).await;
        let Some(at) = self.some(all.len()) else { return false };
        let path = format!("/api/v1/invoices/{}", all[at]["id"].as_str().unwrap());
        let answer = match verb {
            "cash" => {
                self.owner
                    .post(
                        &format!("{path}/payments"),
                        json!({ "amount": usd("7.77"), "method": "cash", "keep_rest": true }),
                    )
                    .await
            }
            _ => self.owner.post(&format!("{path}/credit-notes"), json!({ "reason": "All" })).await,
        };
        assert!(matches!(answer.status, 201 | 409), "{answer:?}");
        answer.status == 201
    }

    /// By the office, or in the provider's own pages.
    async fn give_back(&mut self, ours: bool) -> bool {
        let Some(at) = self.some(self.theirs.charges.len()) else { return false };
        let (intent, left) = self.theirs.charges[at].clone();
        let part = if self.random.random_range(0..3) == 0 { left } else { left / 3 };
        if part == 0 {
            return false;
        }
        let pending = self.random.random_range(0..2) == 1;
        if ours {
            self.stripe.world().refunds_are = if pending { "pending" } else { "" };
            let sql = format!(
                "select id::text from {}.card_payment where tenant_id = $1 and intent_ref = $2",
                self.acme.schema().await
            );
            let card: String =
                self.house.above().await.query_one(&sql, &[&self.acme.id, &intent]).await.unwrap().get(0);
            let sent = self
                .owner
                .post(&format!("/api/v1/card-payments/{card}/refunds"), json!({ "amount": money(part) }))
                .await;
            assert_eq!(sent.status, 201, "{sent:?}");
            self.house.run_jobs().await;
        } else {
            let status = if pending { "pending" } else { "succeeded" };
            let made = self.stripe.world().refund(&intent, part, status, None);
            self.told("refund.created", &made).await;
        }
        let made = self.stripe.world().refunds.last().unwrap().clone();
        assert_eq!((made["amount"].as_i64(), &made["payment_intent"]), (Some(part), &json!(intent)));
        self.theirs.card -= part;
        self.theirs.charges[at].1 -= part;
        if pending {
            self.theirs.under_way.push((made["id"].as_str().unwrap().to_owned(), part));
        }
        true
    }

    async fn in_vain(&mut self) -> bool {
        let Some(at) = self.some(self.theirs.under_way.len()) else { return false };
        let (id, part) = self.theirs.under_way.remove(at);
        let made = {
            let mut world = self.stripe.world();
            let one = World::find(&mut world.refunds, &id).unwrap();
            one["status"] = "failed".into();
            one.clone()
        };
        self.told("refund.failed", &made).await;
        self.theirs.card += part;
        let intent = made["payment_intent"].as_str().unwrap();
        if let Some(charge) = self.theirs.charges.iter_mut().find(|one| one.0 == intent) {
            charge.1 += part;
        }
        true
    }

    async fn dispute(&mut self) -> bool {
        let Some(at) = self.some(self.theirs.charges.len()) else { return false };
        // What is disputed does not go back besides.
        let (intent, left) = self.theirs.charges.swap_remove(at);
        if left == 0 {
            return false;
        }
        let taken = json!({ "amount": -left, "fee": TAKEN, "currency": "usd" });
        let object = json!({ "id": format!("dp_{}{}", self.theirs.events, self.acme.slug.replace('-', "")), "object": "dispute", "amount": left, "currency": "usd", "status": "needs_response",
            "reason": "fraudulent", "payment_intent": intent, "evidence_details": { "due_by": 1_783_000_000 }, "balance_transactions": [taken] });
        self.stripe.world().disputes.push(object.clone());
        self.told("charge.dispute.created", &object).await;
        self.theirs.card -= left + TAKEN;
        self.theirs.disputed += left;
        self.theirs.fees += TAKEN;
        self.theirs.open.push(object);
        true
    }

    async fn decide(&mut self, verb: &str) -> bool {
        let Some(at) = self.some(self.theirs.open.len()) else { return false };
        let mut object = self.theirs.open.swap_remove(at);
        let amount = object["amount"].as_i64().unwrap();
        object["status"] = verb.into();
        if verb == "won" {
            let back = json!({ "amount": amount, "fee": -TAKEN, "currency": "usd" });
            object["balance_transactions"].as_array_mut().unwrap().push(back);
            self.theirs.card += amount + TAKEN;
            self.theirs.fees -= TAKEN;
        }
        self.theirs.disputed -= amount;
        *World::find(&mut self.stripe.world().disputes, object["id"].as_str().unwrap()).unwrap() = object.clone();
        self.told("charge.dispute.closed", &object).await;
        true
    }

    async fn pay_out(&mut self, out: bool) -> bool {
        if !out {
            let Some(at) = self.some(self.theirs.payouts.len()) else { return false };
            let mut object = self.theirs.payouts.swap_remove(at);
            object["status"] = "failed".into();
            *World::find(&mut self.stripe.world().payouts, object["id"].as_str().unwrap()).unwrap() = object.clone();
            self.told("payout.failed", &object).await;
            let amount = object["amount"].as_i64().unwrap();
            self.theirs.card += amount;
            self.theirs.bank -= amount;
            return true;
        }
        let amount = self.theirs.card / 2;
        if amount <= 0 {
            return false;
        }
        let object = json!({ "id": format!("po_{}{}", self.theirs.events, self.acme.slug.replace('-', "")), "object": "payout", "amount": amount, "currency": "usd", "status": "paid", "arrival_date": 1_782_200_000 });
        self.stripe.world().payouts.push(object.clone());
        self.told("payout.paid", &object).await;
        self.theirs.card -= amount;
        self.theirs.bank += amount;
        self.theirs.payouts.push(object);
        true
    }
}
