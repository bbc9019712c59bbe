//! Cards that Stripe keeps: the page where one is kept, what may be shown of it, and charging it.
use super::{
    Charged, KeptCard, NewCharge, NewSetup, Opened, Setup, Stripe, Trouble,
    stripe::{AGREEMENT, CHARGE, id, pairs},
    wire,
};

pub(super) fn kept(method: String, holder: Option<String>, card: Option<&wire::Card>) -> KeptCard {
    KeptCard {
        method,
        holder,
        brand: card.and_then(|card| card.brand.clone()),
        last_four: card.and_then(|card| card.last4.clone()),
        expires: card.and_then(|card| Some((card.exp_year?, card.exp_month?))),
    }
}

fn of_method(method: wire::Method) -> KeptCard {
    kept(method.id, method.customer.map(wire::Held::<wire::Named>::id), method.card.as_ref())
}

/// Each kept card has a customer of its own there, so that who is one customer with us and who are two is our own matter.
pub(super) async fn open(stripe: &Stripe, new: &NewSetup) -> Result<Opened, Trouble> {
    let (ours, until) = (new.id.to_string(), new.until.to_string());
    let mut form = pairs([
        ("mode", "setup"),
        ("payment_method_types[0]", "card"),
        ("customer_creation", "always"),
        ("client_reference_id", &ours),
        ("success_url", &new.done),
        ("cancel_url", &new.back),
        ("expires_at", &until),
    ]);
    form.push((format!("setup_intent_data[metadata][{AGREEMENT}]"), ours.clone()));
    form.push((format!("metadata[{AGREEMENT}]"), ours));
    let made: wire::Session = stripe.post("/v1/checkout/sessions", form, Some(new.id)).await?;
    let url = made.url.ok_or_else(|| Trouble::Passing("it gave no page to keep a card on".into()))?;
    Ok(Opened { id: made.id, url })
}

pub(super) async fn setup(stripe: &Stripe, page: &str) -> Result<Setup, Trouble> {
    let path = format!("/v1/checkout/sessions/{}?expand%5B%5D=setup_intent.payment_method", id(page)?);
    let session: wire::Session = stripe.get(&path).await?;
    let intent = session.setup_intent.and_then(wire::Held::object);
    Ok(match (session.status.as_deref(), intent) {
        (Some("expired"), _) => Setup::Expired,
        (Some("complete"), Some(intent)) if intent.status.as_deref() == Some("succeeded") => {
            match intent.payment_method.and_then(wire::Held::object) {
                Some(method) => Setup::Done(of_method(method)),
                None => Setup::Open,
            }
        }
        _ => Setup::Open,
    })
}

pub(super) async fn card(stripe: &Stripe, method: &str) -> Result<KeptCard, Trouble> {
    stripe.get::<wire::Method>(&format!("/v1/payment_methods/{}", id(method)?)).await.map(of_method)
}

pub(super) async fn forget(stripe: &Stripe, method: &str) -> Result<(), Trouble> {
    let path = format!("/v1/payment_methods/{}/detach", id(method)?);
    match stripe.post::<wire::Method>(&path, vec![], None).await {
        // It is nobody's already.
        Ok(_) | Err(Trouble::Refused { .. } | Trouble::Missing) => Ok(()),
        Err(trouble) => Err(trouble),
    }
}

pub(super) async fn charge(stripe: &Stripe, new: &NewCharge) -> Result<Charged, Trouble> {
    let (amount, currency) = (new.minor.to_string(), new.currency.to_ascii_lowercase());
    let mut form = pairs([
        ("amount", &amount),
        ("currency", &currency),
        ("customer", &new.holder),
        ("payment_method", &new.method),
        ("payment_method_types[0]", "card"),
        ("off_session", "true"),
        ("confirm", "true"),
    ]);
    if !new.what.is_empty() {
        form.push(("description".into(), new.what.clone()));
    }
    form.push((format!("metadata[{CHARGE}]"), new.id.to_string()));
    match stripe.post::<wire::Intent>("/v1/payment_intents", form, Some(new.id)).await {
        Ok(intent) if matches!(intent.status.as_str(), "succeeded" | "processing") => Ok(Charged::Taken(intent.id)),
        // Nothing is taken, and nothing will be by itself.
        Ok(_) => Ok(Charged::NeedsHolder),
        Err(Trouble::Declined { code, .. }) if code == "authentication_required" => Ok(Charged::NeedsHolder),
        Err(trouble) => Err(trouble),
    }
}
