//! What a visitor has said so far, in a cookie: nothing of it is believed, everything is checked again when it counts.
use catalog::ItemId;
use jiff::Timestamp;
use kernel::{Cursor, Visitor};
use maud::{Markup, html};
use std::ops::Deref;

use crate::{
    availability::{Question, Spot},
    neighbours::Service,
};

/// Where others say, in plain words, how a deposit is paid.
pub const HOW_PAID: &str = "booking.deposit";

const COOKIE: &str = "tradewind_book";

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// When the first step was sent: nobody fills in four pages in three seconds.
    pub begun: Timestamp,
    pub street: String,
    pub unit: Option<String>,
    pub city: String,
    pub region: Option<String>,
    pub postal_code: String,
    pub item: Option<ItemId>,
    /// The secret that says whose hold it is.
    pub token: Option<String>,
}

impl Draft {
    /// None when there is none yet, or one that makes no sense.
    pub fn of(visitor: &Visitor) -> Option<Self> {
        let text = visitor.cookie(COOKIE).filter(|text| text.len() <= 4000)?;
        let draft: Self = Cursor::read(&text).ok()?;
        let fits = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most && !text.contains('\0');
        let may = |text: &Option<String>, most| text.as_deref().is_none_or(|text| fits(text, most));
        let good = fits(&draft.street, 200)
            && fits(&draft.city, 120)
            && fits(&draft.postal_code, 20)
            && may(&draft.unit, 80)
            && may(&draft.region, 80)
            && may(&draft.token, 80);
        good.then_some(draft)
    }

    /// On a site of the company's the page stands in a frame: there browsers keep a cookie only if it says that it may be
    /// kept so, each site's apart.
    pub fn cookie(&self, visitor: &Visitor, sites: &[String]) -> String {
        format!("{COOKIE}={}; Path=/book; Max-Age=7200; HttpOnly{}", Cursor::write(self), manner(visitor, sites))
    }

    pub fn forget(visitor: &Visitor, sites: &[String]) -> String {
        format!("{COOKIE}=; Path=/book; Max-Age=0; HttpOnly{}", manner(visitor, sites))
    }

    /// What is asked of the calendar.
    pub fn question(&self, item: ItemId) -> Question {
        let spot = Spot { postal_code: Some(self.postal_code.clone()), latitude: None, longitude: None };
        Question { item: Some(item), spot: Some(spot), ..Question::default() }
    }

    fn area(&self) -> String {
        let region = self.region.as_deref().map(|region| format!("{region} ")).unwrap_or_default();
        format!("{}, {region}{}", self.city, self.postal_code)
    }

    /// What was said, beside the question; each line can be changed.
    pub async fn summary(&self, visitor: &Visitor, service: Option<&Service>, above: Markup) -> Markup {
        let deposit = match service.and_then(|service| deposit(visitor, service)) {
            Some(deposit) => Some((deposit, how_paid(visitor).await)),
            None => None,
        };
        let change = |href: &str, what: &str| html! { a.link href=(href) aria-label={ "Change " (what) } { "Change" } };
        ui::booking::summary(
            "Your booking",
            html! {
                (above)
                @if let Some(service) = service { (ui::booking::said("wrench", &service.name, &lasts(service), change("/book/service", "the service"))) }
                (ui::booking::said("map-pin", &self.street, &self.area(), change("/book", "the place")))
                @if let Some(service) = service { (ui::booking::said("wallet", "Price", service.description.as_deref().unwrap_or(""), html! { span.strong.num { (price(visitor, service)) } }))
                    @if let Some((deposit, how)) = &deposit { (ui::booking::said("lock", "Deposit", how, html! { span.strong.num { (deposit) } })) } }
            },
        )
    }
}

fn manner(visitor: &Visitor, sites: &[String]) -> &'static str {
    match (sites.is_empty(), visitor.house().url(None, "").starts_with("https")) {
        (false, _) => "; SameSite=None; Secure; Partitioned",
        (true, true) => "; SameSite=Lax; Secure",
        (true, false) => "; SameSite=Lax",
    }
}

fn lasts(service: &Service) -> String {
    format!("About {}", crate::say::minutes(service.minutes.into()))
}

fn deposit(visitor: &Visitor, service: &Service) -> Option<String> {
    let money = kernel::Money::new(service.deposit_minor?, kernel::Currency::of(&service.currency)?);
    Some(money.display(&visitor.tenant().locale.language))
}

/// Whoever takes deposits says how; where nobody does, nothing is taken.
async fn how_paid(visitor: &Visitor) -> String {
    let company = visitor.tenant().id;
    for panel in visitor.house().panels(HOW_PAID) {
        if let Ok(says) = (panel.draw)(visitor.deref().clone(), company).await
            && !says.0.is_empty()
        {
            return says.0;
        }
    }
    "We ask you for it; nothing is taken now.".to_owned()
}

pub(super) fn price(visitor: &Visitor, service: &Service) -> String {
    match (service.price_minor, kernel::Currency::of(&service.currency)) {
        (0, _) | (_, None) => "On request".into(),
        (minor, Some(currency)) => kernel::Money::new(minor, currency).display(&visitor.tenant().locale.language),
    }
}
