//! Lists: the table with a sticky head, 40-pixel rows that give way instead of shrinking, and "load more".
use crate::{button, escaped, icon, icon_class};
use maud::{Markup, Render, html};

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    label: String,
    percent: u8,
    right: bool,
    lead: bool,
    side: bool,
    drops: bool,
    sort: Option<(String, Option<bool>)>,
}

impl Column {
    /// What the row is called; always shown, and the link of the row.
    pub fn lead(label: impl Into<String>) -> Self {
        Column { lead: true, ..Column::text(label) }
    }
    /// Words.
    pub fn text(label: impl Into<String>) -> Self {
        Column { label: label.into(), percent: 0, right: false, lead: false, side: false, drops: false, sort: None }
    }
    /// Figures, at the right and of equal width.
    pub fn number(label: impl Into<String>) -> Self {
        Column { right: true, ..Column::text(label) }
    }
    /// Share of the width in percent: one of 5 8 10 12 14 15 16 18 20 22 24 25 28 30 33 34 35 40 45 50 60.
    pub fn width(mut self, percent: u8) -> Self {
        self.percent = percent;
        self
    }
    /// Stays beside the name on a phone, where all others go into [`Row::sub`].
    pub fn side(mut self) -> Self {
        self.side = true;
        self
    }
    /// Goes first when a drawer opens or the window is narrow.
    pub fn drops(mut self) -> Self {
        self.drops = true;
        self
    }
    /// Can be sorted by: the address that does it, and how it is sorted now (`Some(true)` ascending).
    pub fn sort(mut self, href: impl Into<String>, now: Option<bool>) -> Self {
        self.sort = Some((href.into(), now));
        self
    }

    /// The class of the head, where the width is; a cell must not carry it, for on a phone it is no table cell.
    fn head_class(&self) -> Option<String> {
        let width = (self.percent > 0).then(|| format!("w-[{}%]", self.percent));
        let class: Vec<String> = self.cell_class().into_iter().chain(width).collect();
        (!class.is_empty()).then(|| class.join(" "))
    }

    fn cell_class(&self) -> Option<String> {
        let all = [(self.lead, "w-name"), (self.side, "w-owes"), (self.drops, "w-drop"), (self.right, "r num")];
        let class: Vec<&str> = all.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
        (!class.is_empty()).then(|| class.join(" "))
    }
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Sent by the check box.
    pub id: String,
    /// Read to those who cannot see the row ("Select Rivera Residence").
    pub name: String,
    /// One for each column.
    pub cells: Vec<Markup>,
    /// The second line on a phone.
    pub sub: Option<Markup>,
    /// This one is open in the drawer.
    pub current: bool,
    /// Where space shows it in the drawer; the fragment replaces `#peek`.
    pub peek: Option<String>,
}

impl Row {
    /// A row of these cells.
    pub fn new(id: impl Into<String>, name: impl Into<String>, cells: Vec<Markup>) -> Self {
        Row { id: id.into(), name: name.into(), cells, ..Row::default() }
    }
    /// With its second line on a phone.
    #[expect(clippy::should_implement_trait, reason = "a row is never subtracted")]
    pub fn sub(mut self, words: impl Render) -> Self {
        self.sub = Some(words.render());
        self
    }
    /// With a drawer.
    pub fn peek(mut self, href: impl Into<String>) -> Self {
        self.peek = Some(href.into());
        self
    }
    /// Open in the drawer.
    pub fn current(mut self, is: bool) -> Self {
        self.current = is;
        self
    }
}

/// The link in the lead column: `row_link("/customers/7", "Rivera Residence", "#1042")`.
pub fn row_link(href: &str, words: &str, quiet: &str) -> Markup {
    html! { a."row-link" href=(escaped(href)) { (escaped(words)) } @if !quiet.is_empty() { " " span.dim.num.t12 { (escaped(quiet)) } } }
}

/// An empty cell: a dash for the eye, a word for the ear.
pub fn nothing(word: &str) -> Markup {
    html! { span.dim aria-hidden="true" { "–" } span.vh { (escaped(word)) } }
}

/// A table under construction.
///
/// ```
/// use maud::html;
/// use ui::table::{Column, Row, Table, row_link};
/// let columns = [Column::lead("Customer").width(30), Column::text("Place").drops(), Column::number("Owes").side()];
/// let rows = [Row::new("7", "Rivera", vec![row_link("/customers/7", "Rivera", "#1042"), html! { "12 Elm St" }, html! { "$240.00" }])
///     .sub("12 Elm St")];
/// let list = Table::new("Customers", &columns).select().more("/customers?after=abc", "18 shown").show(&rows);
/// ```
#[must_use]
pub struct Table<'a> {
    label: &'a str,
    columns: &'a [Column],
    select: bool,
    more: Option<(String, String)>,
}

impl<'a> Table<'a> {
    /// A table of these columns; the label is read out.
    pub fn new(label: &'a str, columns: &'a [Column]) -> Self {
        Table { label, columns, select: false, more: None }
    }
    /// With check boxes, for a [`crate::filters::bulk`] bar.
    pub fn select(mut self) -> Self {
        self.select = true;
        self
    }
    /// So many are shown, and where there is more, it is at this address.
    pub fn next(self, shown: usize, more: Option<String>) -> Self {
        match more {
            Some(href) => self.more(href, format!("{shown} shown")),
            None => self,
        }
    }
    /// There is more: where, and what is shown so far. The answer to the address is [`Table::rows`].
    pub fn more(mut self, href: impl Into<String>, says: impl Into<String>) -> Self {
        self.more = Some((href.into(), says.into()));
        self
    }

    /// The scrolling table. Stands inside [`crate::filters::list`].
    pub fn show(&self, rows: &[Row]) -> Markup {
        let class = if self.select { "grid-table" } else { "grid-table is-plain" };
        html! {
            div."list-scroll" tabindex="0" role="region" aria-label=(self.label) data-island="list" {
                table class=(class) {
                    thead { tr {
                        @if self.select { th scope="col" { input.check type="checkbox" aria-label="Select all rows shown" data-all; } }
                        @for column in self.columns { (head(column)) }
                    } }
                    tbody #rows { (self.rows(rows)) }
                }
            }
        }
    }

    /// The rows alone, with the "load more" that replaces itself by the next ones: the answer to a partial request.
    pub fn rows(&self, rows: &[Row]) -> Markup {
        let classes: Vec<Option<String>> = self.columns.iter().map(Column::cell_class).collect();
        html! {
            @for row in rows { (self.row(row, &classes)) }
            @if let Some((href, says)) = &self.more {
                tr.more-row { td colspan=(self.columns.len() + usize::from(self.select)) {
                    div.more {
                        (button("Load more").plain().attr("hx-get", href).attr("hx-target", "closest tr").attr("hx-swap", "outerHTML"))
                        span { (says) }
                        noscript { a.link href=(href) { "Next page" } }
                    }
                } }
            }
        }
    }

    fn row(&self, row: &Row, classes: &[Option<String>]) -> Markup {
        html! {
            tr data-row=(escaped(&row.id)) data-peek=[row.peek.as_deref().map(escaped)] class=[row.current.then_some("is-current")] {
                @if self.select { td { input.check type="checkbox" name="id" value=(escaped(&row.id)) form="bulk" aria-label={ "Select " (escaped(&row.name)) }; } }
                @for (class, cell) in classes.iter().zip(&row.cells) { td class=[class.as_deref().map(escaped)] { (cell) } }
                @if let Some(words) = &row.sub { td."row-sub" { (words) } }
            }
        }
    }
}

fn head(column: &Column) -> Markup {
    html! {
        @match &column.sort {
            None => th scope="col" class=[column.head_class()] { (column.label) },
            Some((href, now)) => th scope="col" class=[column.head_class()] aria-sort=[now.map(|up| if up { "ascending" } else { "descending" })] {
                a href=(href) { (column.label) @if let Some(up) = now { " " (icon_class(if *up { "chevron-down" } else { "chevron-up" }, "i-s")) } }
            },
        }
    }
}

/// A small table inside a page: no scrolling, no selection. Cells of columns made by [`Column::number`] stand right.
pub fn plain(label: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    let classes: Vec<Option<String>> = columns.iter().map(Column::cell_class).collect();
    html! {
        table.sheet {
            caption.vh { (label) }
            thead { tr { @for column in columns { th scope="col" class=[column.head_class()] { (column.label) } } } }
            tbody { @for row in rows { tr { @for ((column, class), cell) in columns.iter().zip(&classes).zip(row) { td class=[class.as_deref().map(escaped)] data-label=(escaped(&column.label)) { (cell) } } } } }
        }
    }
}

/// The drawer beside a list with one row's summary. `id="peek"`; without a row, the empty element that waits for one.
pub fn peek(title: &str, quiet: &str, open: &str, verbs: Markup, body: Markup) -> Markup {
    html! {
        aside.peek #peek aria-labelledby="peek-title" {
            div."peek-head" {
                div."flex"."items-start"."justify-between" {
                    div { h2 #peek-title { (title) } p.dim.t13.num { (quiet) } }
                    div."flex" {
                        a.btn.btn-icon.btn-quiet href=(open) aria-label="Open full page" title="Open full page" { (icon("maximize")) }
                        button.btn.btn-icon.btn-quiet type="button" aria-label="Close" title="Close" data-peek-close { (icon("x")) }
                    }
                }
                @if !verbs.0.is_empty() { div."flex"."gap-2" { (verbs) } }
            }
            div."peek-body" tabindex="0" role="region" aria-label={ (title) ", summary" } { (body) }
            div."peek-foot" { span { (crate::kbd("j")) (crate::kbd("k")) " next, previous" } span { (crate::kbd("⏎")) " open" } span { (crate::kbd("space")) " close" } }
        }
    }
}
