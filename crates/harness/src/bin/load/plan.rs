//! Who asks whom for what: companies, the requests of a day with their shares, and chance that can be had again.
use serde_json::Value;

pub struct Plan {
    pub address: String,
    pub clients: usize,
    pub seconds: f64,
    /// Between an answer and the next request of the same client, in seconds and in the middle.
    pub pause: f64,
    pub seed: u64,
    pub companies: Vec<Company>,
    takes: Vec<Take>,
}

pub struct Company {
    /// Counted apart.
    pub group: String,
    pub host: String,
    key: String,
    cookie: String,
    /// A part of the pause: 0 asks without any.
    pub haste: f64,
    /// What is there to be looked at, by name.
    ids: Value,
}

/// One kind of request.
pub struct Take {
    pub name: String,
    method: String,
    path: String,
    body: Option<String>,
    /// A page, as a browser asks for it.
    page: bool,
    share: f64,
    pub good: Vec<u16>,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

impl Plan {
    pub fn read(json: &str) -> Plan {
        let plan: Value = serde_json::from_str(json).expect("the plan is JSON");
        let list = |name: &str| plan[name].as_array().cloned().unwrap_or_default();
        let company = |one: &Value| Company {
            group: text(one, "group"),
            host: text(one, "host"),
            key: text(one, "key"),
            cookie: text(one, "cookie"),
            haste: one["haste"].as_f64().unwrap_or(1.0),
            ids: one["ids"].clone(),
        };
        let take = |one: &Value| Take {
            name: text(one, "name"),
            method: text(one, "method"),
            path: text(one, "path"),
            body: one["body"].as_str().map(str::to_owned),
            page: one["page"] == true,
            share: one["share"].as_f64().expect("a share"),
            good: one["good"].as_array().into_iter().flatten().filter_map(|n| n.as_u64()?.try_into().ok()).collect(),
        };
        Plan {
            address: text(&plan, "address"),
            clients: plan["clients"].as_u64().expect("clients") as usize,
            seconds: plan["seconds"].as_f64().expect("seconds"),
            pause: plan["pause"].as_f64().expect("a pause"),
            seed: plan["seed"].as_u64().unwrap_or(1),
            companies: list("companies").iter().map(company).collect(),
            takes: list("takes").iter().map(take).collect(),
        }
    }

    /// What a client asks next.
    pub fn draw(&self, dice: &mut Dice) -> &Take {
        let whole: f64 = self.takes.iter().map(|take| take.share).sum();
        let mut left = dice.unit() * whole;
        let drawn = self.takes.iter().find(|take| {
            left -= take.share;
            left < 0.0
        });
        drawn.unwrap_or(&self.takes[0])
    }
}

impl Take {
    /// The bytes of it: `{customer}` is one of the company's customers, `{n}` a number that is used once.
    pub fn request(&self, company: &Company, dice: &mut Dice, count: u64) -> Vec<u8> {
        let fill = |text: &str, dice: &mut Dice| {
            let mut text = text.replace("{n}", &count.to_string()).replace("{half_hour}", &half_hour(dice));
            for (name, ids) in company.ids.as_object().into_iter().flatten() {
                if let Some(ids) = ids.as_array().filter(|ids| !ids.is_empty()) {
                    let id = ids[dice.below(ids.len())].as_str().unwrap_or_default();
                    text = text.replace(&format!("{{{name}}}"), id);
                }
            }
            text
        };
        let (path, body) = (fill(&self.path, dice), self.body.as_deref().map(|body| fill(body, dice)));
        let mut request = format!("{} {path} HTTP/1.1\r\nhost: {}\r\n", self.method, company.host);
        if self.page {
            request += &format!("accept: text/html\r\ncookie: {}\r\n", company.cookie);
        } else {
            request += &format!("authorization: Bearer {}\r\n", company.key);
        }
        if let Some(body) = &body {
            request += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        (request + "\r\n" + body.as_deref().unwrap_or("")).into_bytes()
    }
}

/// A half hour of some months ahead: that a time is taken is an answer too.
fn half_hour(dice: &mut Dice) -> String {
    let (day, half) = (dice.below(300), dice.below(48));
    format!("2031-{:02}-{:02}T{:02}:{:02}:00Z", 1 + day / 28, 1 + day % 28, half / 2, half % 2 * 30)
}

/// SplitMix64: small, and the same for the same seed.
pub struct Dice(u64);
impl Dice {
    pub fn new(seed: u64, number: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number.wrapping_mul(0xbf58_476d_1ce4_e5b9))
    }
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
    pub fn below(&mut self, many: usize) -> usize {
        (self.next() % many as u64) as usize
    }
}
