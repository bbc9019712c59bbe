//! The menu over the list: everybody, each view one has, and the way to save what is filtered by now.
use maud::Markup;
use ui::{MenuItem, filters};

use super::{Filter, View};

pub(crate) fn menu(now: &Filter, views: &[View]) -> Markup {
    let here = views.iter().find(|view| view.filter == *now);
    let name = match (here, now.is_nothing()) {
        (Some(view), _) => view.name.as_str(),
        (None, true) => "All customers",
        (None, false) => "Views",
    };
    let mut items = vec![MenuItem::link("All customers", "/customers").checked(now.is_nothing())];
    items.extend(views.iter().map(|view| {
        let item = MenuItem::link(view.name.clone(), view.filter.href("/customers"))
            .checked(here.is_some_and(|here| here.id == view.id));
        if view.shared { item.says("shared") } else { item }
    }));
    if here.is_none() && !now.is_nothing() {
        items.push(MenuItem::link("Save this view", now.href("/customers/views/new")).icon("save").apart());
    }
    items.push(MenuItem::link("Manage views", "/customers/views").icon("settings").apart());
    filters::view(name, &items)
}
