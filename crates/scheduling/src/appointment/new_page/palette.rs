//! "New job for …" in the command palette: the customers whose name has what is typed.
use customers::{
    CustomersRead,
    customer::{Status, list::search},
};
use kernel::{Result, Scope, module::Found};

/// What people type before the name when they mean the deed.
const DEED: [&str; 5] = ["new job for", "new job", "book", "job for", "job"];

pub async fn find(scope: Scope, asked: String) -> Result<Vec<Found>> {
    if !scope.can::<CustomersRead>() {
        return Ok(vec![]);
    }
    let customers = search(&scope, name_in(&asked), Status::Active, None, 3).await?;
    let found = customers.into_iter().map(|customer| Found {
        label: format!("New job for {}", customer.name),
        hint: customer.place.unwrap_or_default(),
        href: format!("/appointments/new?customer_id={}", customer.id),
        icon: "calendar-plus",
    });
    Ok(found.collect())
}

fn name_in(asked: &str) -> &str {
    let asked = asked.trim();
    let after = |deed: &&str| {
        let (head, name) = asked.split_at_checked(deed.len())?;
        (head.eq_ignore_ascii_case(deed) && name.starts_with(' ')).then_some(name.trim())
    };
    DEED.iter().find_map(after).filter(|name| !name.is_empty()).unwrap_or(asked)
}

#[test]
fn the_name_is_what_follows_the_deed() {
    let said = ["rivera", "New job for Rivera", "job rivera", "Jobst", "job", "book ng"];
    assert_eq!(said.map(name_in), ["rivera", "Rivera", "rivera", "Jobst", "job", "ng"]);
}
