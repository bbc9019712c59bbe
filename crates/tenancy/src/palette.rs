//! The command palette: what every context finds for some letters, and what can be done from anywhere.
use futures_util::future::join_all;
use kernel::{
    Access, Result, Scope,
    http::{Json, Query},
    module::Found,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::AccountOwn;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A few letters of a name, a number, an address.
    #[serde(default)]
    q: String,
}

#[derive(Serialize, JsonSchema)]
pub struct Answer {
    groups: Vec<Group>,
}
#[derive(Serialize, JsonSchema)]
struct Group {
    title: String,
    items: Vec<Item>,
}
#[derive(Serialize, JsonSchema)]
struct Item {
    label: String,
    hint: String,
    href: String,
    icon: String,
}

pub async fn palette(access: Access<AccountOwn>, Query(asked): Query<Asked>) -> Result<Json<Answer>> {
    let q: String = asked.q.trim().chars().take(100).collect();
    let actions = actions(&access, &q);
    let mut groups = match q.is_empty() {
        true => vec![],
        false => found(&access, &q).await,
    };
    groups.push(Group { title: "Do".into(), items: actions });
    groups.retain(|group| !group.items.is_empty());
    Ok(Json(Answer { groups }))
}

/// One context that fails or dawdles leaves its group out; the others still answer.
async fn found(scope: &Scope, q: &str) -> Vec<Group> {
    let asked = scope.house().finders().filter(|finder| scope.may(finder.permission)).map(|finder| {
        let search = (finder.find)(scope.clone(), q.to_owned());
        async move {
            let items = match tokio::time::timeout(std::time::Duration::from_secs(2), search).await {
                Ok(Ok(found)) => found,
                Ok(Err(error)) => {
                    tracing::warn!(finder = finder.title, %error, "a finder failed");
                    vec![]
                }
                Err(_) => vec![],
            };
            let item = |f: Found| Item { label: f.label, hint: f.hint, href: f.href, icon: f.icon.into() };
            Group { title: finder.title.into(), items: items.into_iter().take(8).map(item).collect() }
        }
    });
    join_all(asked).await
}

fn actions(scope: &Scope, q: &str) -> Vec<Item> {
    let words = kernel::text::fold(q);
    let fits = |label: &str| words.split(' ').all(|word| kernel::text::fold(label).contains(word));
    let house = scope.house();
    let places = scope.nav().map(|nav| Item {
        label: nav.label.into(),
        hint: format!("g {}", nav.key),
        href: nav.href.into(),
        icon: nav.icon.into(),
    });
    let deeds = house.actions().filter(|action| scope.may(action.permission)).map(|action| Item {
        label: action.label.into(),
        hint: String::new(),
        href: action.href.into(),
        icon: action.icon.into(),
    });
    deeds.chain(places).filter(|item| fits(&item.label)).take(20).collect()
}
