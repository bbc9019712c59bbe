//! What a statement may not say if its rows are to lie on many machines, each company's on one: read from the statement's own tree.
use super::ties::{Ties, is_tenant, last};
use sqlparser::{
    ast::{
        Assignment, AssignmentTarget, ConflictTarget, Expr, Insert, ObjectName, OnConflictAction, OnInsert, Select,
        SelectItem, SetExpr, Statement, TableObject, Visit, Visitor,
    },
    dialect::PostgreSqlDialect,
    parser::Parser,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::ControlFlow,
};

/// What the database says of itself.
pub struct Known {
    /// Tables whose rows belong to a company.
    pub spread: HashSet<String>,
    /// The least steady of a function's variants, by its name: `v`olatile, `s`table, `i`mmutable.
    pub steady: HashMap<String, char>,
}

/// Each with what it forbids, for who has broken it.
pub const RULES: [(&str, &str); 10] = [
    ("S00", "the parser cannot read it, so no rule can speak of it"),
    ("S01", "a company's table that is not held to the company: say `tenant_id = $1`, or join it on tenant_id"),
    ("S02", "a row whose company is not `$1`"),
    ("S03", "`select *`: columns arrive in another order on another machine, and after a migration"),
    ("S04", "rows read from a table go to the coordinator and back before RETURNING or ON CONFLICT is looked at"),
    ("S05", "ON CONFLICT must name columns, tenant_id first: another machine's rows are not looked at"),
    ("S06", "the tenant of a row never changes: the row would have to move to another machine"),
    ("S07", "a volatile function in SET or in the condition of a change would say something else on each machine"),
    ("S08", "a function in RETURNING that is not immutable"),
    ("S09", "INSERT, UPDATE or DELETE inside WITH"),
];

/// The rules that the statement breaks, each with what breaks it.
pub fn broken(sql: &str, tenants: bool, known: &Known) -> Vec<(&'static str, String)> {
    let statements = match Parser::parse_sql(&PostgreSqlDialect {}, &readable(sql)) {
        Ok(statements) => statements,
        Err(error) => return vec![("S00", error.to_string())],
    };
    let mut found = vec![];
    for statement in &statements {
        let ties = Ties::of(statement, &known.spread);
        if tenants {
            found.extend(ties.untied.iter().map(|table| ("S01", table.clone())));
        } else {
            // Registry and queue lie on one machine, and are nobody's way to a company's rows.
            let foreign = ties.named.iter().filter(|table| known.spread.contains(*table));
            found.extend(foreign.map(|table| ("S01", format!("{table}, by a statement of no company's"))));
        }
        let mut eye = Eye { known, tenants, found: vec![], depth: 0 };
        let _ = statement.visit(&mut eye);
        found.extend(eye.found);
    }
    found
}

/// The parser knows PostgreSQL but for two of its phrases; neither changes which rows a statement reads or writes.
fn readable(sql: &str) -> String {
    let text = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.replace("for no key update", "for update").replace("for key share", "for share");
    // Which of the partial indexes is meant: `on conflict (…) where … do`.
    let Some((before, target)) = text.split_once(" on conflict (") else { return text };
    let Some((columns, rest)) = target.split_once(") where ") else { return text };
    match rest.split_once(" do ") {
        Some((which, deed)) if !columns.contains(')') && !which.contains('(') => {
            format!("{before} on conflict ({columns}) do {deed}")
        }
        _ => text,
    }
}

struct Eye<'a> {
    known: &'a Known,
    tenants: bool,
    found: Vec<(&'static str, String)>,
    depth: usize,
}

impl Visitor for Eye<'_> {
    type Break = ();
    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        let changes = matches!(statement, Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_));
        if self.depth > 0 && changes && self.tenants {
            self.say("S09", statement.to_string().chars().take(40).collect());
        }
        self.depth += 1;
        if self.tenants {
            match statement {
                Statement::Insert(insert) => self.insert(insert),
                Statement::Update(update) => {
                    self.set(&update.assignments);
                    update.selection.iter().for_each(|expr| self.steady(expr));
                    self.returning(&update.returning);
                }
                Statement::Delete(delete) => {
                    delete.selection.iter().for_each(|expr| self.steady(expr));
                    self.returning(&delete.returning);
                }
                _ => {}
            }
        }
        ControlFlow::Continue(())
    }
    fn post_visit_statement(&mut self, _: &Statement) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }
    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for item in &select.projection {
            if matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)) {
                self.say("S03", item.to_string());
            }
        }
        ControlFlow::Continue(())
    }
}

impl Eye<'_> {
    fn say(&mut self, rule: &'static str, what: String) {
        self.found.push((rule, what));
    }

    fn insert(&mut self, insert: &Insert) {
        let column = |name: &ObjectName| last(&name.to_string());
        // Outbox and queue lie on one machine, with an id of the company in each row.
        let here = matches!(&insert.table, TableObject::TableName(name) if name.to_string().starts_with("ops."));
        let at = insert.columns.iter().position(|name| column(name) == "tenant_id");
        let body = insert.source.as_deref().map(|query| &*query.body);
        let right = at.is_some_and(|at| match body {
            Some(SetExpr::Values(values)) => values.rows.iter().all(|row| row.get(at).is_some_and(is_tenant)),
            Some(body) => selects(body).iter().all(|select| {
                select.projection.get(at).is_some_and(|item| match item {
                    SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => is_tenant(expr),
                    _ => false,
                })
            }),
            None => false,
        });
        if !right {
            self.say("S02", insert.table.to_string());
        }
        let conflict = match &insert.on {
            Some(OnInsert::OnConflict(conflict)) => Some(conflict),
            _ => None,
        };
        let selects = !matches!(body, Some(SetExpr::Values(_)) | None);
        if selects && (conflict.is_some() || insert.returning.is_some()) {
            let mut read = Relations::default();
            let _ = insert.source.visit(&mut read);
            let read: Vec<String> = read.0.into_iter().filter(|table| self.known.spread.contains(table)).collect();
            if !read.is_empty() {
                self.say("S04", read.join(", "));
            }
        }
        if let Some(conflict) = conflict {
            match &conflict.conflict_target {
                Some(ConflictTarget::Columns(columns)) if columns.first().is_some_and(|c| c.value == "tenant_id") => {}
                _ if here => {}
                target => self.say("S05", target.as_ref().map_or("no columns".into(), |_| insert.table.to_string())),
            }
            if let OnConflictAction::DoUpdate(update) = &conflict.action {
                self.set(&update.assignments);
                update.selection.iter().for_each(|expr| self.steady(expr));
            }
        }
        self.returning(&insert.returning);
    }

    fn set(&mut self, assignments: &[Assignment]) {
        for assignment in assignments {
            let columns = match &assignment.target {
                AssignmentTarget::ColumnName(column) => std::slice::from_ref(column),
                AssignmentTarget::Tuple(columns) => columns,
            };
            if columns.iter().any(|column| last(&column.to_string()) == "tenant_id") {
                self.say("S06", assignment.to_string());
            }
            self.steady(&assignment.value);
        }
    }

    fn steady(&mut self, node: &impl Visit) {
        for function in functions(node) {
            if self.known.steady.get(&function) == Some(&'v') {
                self.say("S07", function);
            }
        }
    }

    fn returning(&mut self, returning: &Option<Vec<SelectItem>>) {
        for item in returning.iter().flatten() {
            if matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)) {
                self.say("S03", item.to_string());
            }
            for function in functions(item) {
                if self.known.steady.get(&function) != Some(&'i') {
                    self.say("S08", function);
                }
            }
        }
    }
}

/// The selects that a body is made of.
fn selects(body: &SetExpr) -> Vec<&Select> {
    match body {
        SetExpr::Select(select) => vec![select],
        SetExpr::Query(query) => selects(&query.body),
        SetExpr::SetOperation { left, right, .. } => [selects(left), selects(right)].concat(),
        _ => vec![],
    }
}

#[derive(Default)]
struct Relations(BTreeSet<String>);
impl Visitor for Relations {
    type Break = ();
    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<()> {
        self.0.insert(last(&name.to_string()));
        ControlFlow::Continue(())
    }
}

/// The functions that are called within, also where SQL has a word of its own for them.
fn functions(node: &impl Visit) -> BTreeSet<String> {
    struct Called(BTreeSet<String>);
    impl Visitor for Called {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            if let Expr::Function(function) = expr {
                let name = last(&function.name.to_string());
                // The syntax's own names for the clock.
                let name = match name.as_str() {
                    "current_timestamp" | "localtimestamp" | "current_date" | "current_time" | "localtime" => "now",
                    name => name,
                };
                self.0.insert(name.to_owned());
            }
            ControlFlow::Continue(())
        }
    }
    let mut called = Called(BTreeSet::new());
    let _ = node.visit(&mut called);
    // Not functions of the catalogue, and steady.
    for syntax in ["coalesce", "least", "greatest", "nullif", "exists", "array", "row"] {
        called.0.remove(syntax);
    }
    called.0
}
