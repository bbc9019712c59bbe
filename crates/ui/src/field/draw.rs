//! How a field is drawn: label, control, what is wrong, hint.
use super::{Field, Kind};
use crate::attrs::Attrs;
use crate::icon;
use maud::{Escaper, Markup, Render, html};
use std::fmt::Write;

impl Field {
    fn all_attrs(&self) -> Attrs {
        let mut attrs = self.attrs.clone();
        attrs.set("id", self.id.clone());
        attrs.set("name", self.name.clone());
        if self.required {
            attrs.flag("required");
        }
        let told: Vec<String> = [self.error.as_ref().map(|_| "-error"), self.hint.as_ref().map(|_| "-hint")]
            .into_iter()
            .flatten()
            .map(|tail| format!("{}{tail}", self.id))
            .collect();
        if !told.is_empty() {
            attrs.set("aria-describedby", told.join(" "));
        }
        if self.error.is_some() {
            attrs.set("aria-invalid", "true");
        }
        attrs
    }

    fn input(&self, kind: &str, class: &str) -> Markup {
        let mut to = format!(
            "<input type=\"{kind}\" class=\"{class}{}{}\"",
            if class.is_empty() { "" } else { " " },
            self.class
        );
        let mut attrs = self.all_attrs();
        if !self.value.is_empty() && kind != "file" {
            attrs.set("value", self.value.clone());
        }
        attrs.write(&mut to);
        to.push('>');
        crate::menu::raw(&to)
    }

    fn area(&self) -> Markup {
        let mut to = String::from("<textarea class=\"input\"");
        self.all_attrs().write(&mut to);
        to.push('>');
        let _ = write!(Escaper::new(&mut to), "{}", self.value);
        to.push_str("</textarea>");
        crate::menu::raw(&to)
    }

    fn select_box(&self) -> Markup {
        let mut to = String::from("<select class=\"select\"");
        self.all_attrs().write(&mut to);
        to.push('>');
        for (value, words, _) in &self.options {
            html! { option value=(value) selected[*value == self.value] { (words) } }.render_to(&mut to);
        }
        to.push_str("</select>");
        html! { span.select-box { (crate::menu::raw(&to)) (icon("chevron-down")) } }
    }

    fn tick(&self) -> Markup {
        let mut to = String::from("<input type=\"checkbox\" class=\"check\" value=\"true\"");
        let mut attrs = self.all_attrs();
        if matches!(self.value.as_str(), "true" | "on" | "1") {
            attrs.flag("checked");
        }
        attrs.write(&mut to);
        to.push('>');
        html! {
            label.tickline { (crate::menu::raw(&to)) span { (self.label) }
                @if let Some(hint) = &self.hint { small id={ (self.id) "-hint" } { (hint) } } }
        }
    }

    fn choice_list(&self) -> Markup {
        html! {
            div.choices role="radiogroup" id=(self.id) aria-labelledby={ (self.id) "-label" } tabindex="-1" {
                @for (value, words, says) in &self.options {
                    label.choice {
                        input.radio type="radio" name=(self.name) value=(value) checked[*value == self.value] required[self.required];
                        b { (words) }
                        @if !says.is_empty() { small { (says) } }
                    }
                }
            }
        }
    }

    fn drop_zone(&self) -> Markup {
        html! {
            div.drop data-island="upload" {
                (icon("upload"))
                span { b { "Choose a file" } " or drop it here" }
                (self.input("file", ""))
            }
            ul.files hidden {}
        }
    }

    fn control(&self) -> Markup {
        match self.kind {
            Kind::Input(kind) if self.before.is_some() || self.after.is_some() => html! {
                div.affix {
                    @if let Some(words) = &self.before { span { (words) } }
                    (self.input(kind, ""))
                    @if let Some(words) = &self.after { span { (words) } }
                }
            },
            Kind::Input(kind) => self.input(kind, "input"),
            Kind::Area => self.area(),
            Kind::Select => self.select_box(),
            Kind::Tick => self.tick(),
            Kind::Choices => self.choice_list(),
            Kind::File => self.drop_zone(),
            Kind::Hidden => self.input("hidden", ""),
        }
    }
}

impl Render for Field {
    fn render(&self) -> Markup {
        if self.kind == Kind::Hidden {
            return html! { input type="hidden" name=(self.name) value=(self.value); };
        }
        let mark = html! { @if self.required { span.req aria-hidden="true" { "*" } } };
        let hint_inside = self.kind == Kind::Tick;
        let label_class = self.label_hidden.then_some("vh");
        html! {
            div.field {
                @match self.kind {
                    Kind::Tick => {}
                    Kind::Choices => { span.label id={ (self.id) "-label" } { (self.label) (mark) } }
                    _ => { label class=[label_class] for=(self.id) { (self.label) (mark) } }
                }
                (self.control())
                @if let Some(says) = &self.error { p.wrong id={ (self.id) "-error" } { (icon("circle-alert")) span { (says) } } }
                @if let (Some(says), false) = (&self.hint, hint_inside) { p.hint id={ (self.id) "-hint" } { (says) } }
            }
        }
    }

    fn render_to(&self, to: &mut String) {
        to.push_str(&self.render().into_string());
    }
}
