//! Which tables a statement names, and which of them it holds to the one tenant: by `tenant_id = $1`, or by being joined on
//! `tenant_id` to one that is held. A condition holds only where it must be true: not under `or`, and of an outer join's `on` only for
//! the side that may be missing.
use sqlparser::ast::{
    BinaryOperator, Expr, FromTable, Ident, JoinConstraint, JoinOperator, Query, Select, SetExpr, Statement,
    TableFactor, TableObject, TableWithJoins, UpdateTableFromKind, Value, Visit, Visitor,
};
use std::{
    collections::{BTreeSet, HashSet},
    ops::ControlFlow,
};

/// The outermost queries within several parts of a statement.
macro_rules! within {
    ($($part:expr),+) => {[$(queries_in(&$part)),+].concat()};
}

/// A relation in reach of an expression.
#[derive(Clone)]
struct Relation {
    name: String,
    /// Whose rows are spread over the machines.
    spread: bool,
    tied: bool,
}

#[derive(Clone, Default)]
struct Scope {
    relations: Vec<Relation>,
    /// Names that `with` gives to queries of its own.
    named: HashSet<String>,
}

impl Scope {
    fn relation(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().rev().find(|relation| relation.name == name)
    }
}

/// One `tenant_id = …` that must be true, and for which relations it may speak (none: for all).
struct Equality {
    left: Side,
    right: Side,
    only: Option<HashSet<String>>,
}

#[derive(Clone, PartialEq)]
enum Side {
    Tenant,
    /// `alias.tenant_id`, or the column without an alias.
    Column(Option<String>),
}

pub struct Ties<'a> {
    /// The tables whose rows are spread over the machines.
    spread: &'a HashSet<String>,
    pub untied: BTreeSet<String>,
    pub named: BTreeSet<String>,
}

impl<'a> Ties<'a> {
    pub fn of(statement: &Statement, spread: &'a HashSet<String>) -> Self {
        let mut ties = Self { spread, untied: BTreeSet::new(), named: BTreeSet::new() };
        ties.statement(statement, &Scope::default());
        ties
    }

    fn statement(&mut self, statement: &Statement, outer: &Scope) {
        match statement {
            Statement::Query(query) => self.query(query, outer),
            Statement::Insert(insert) => {
                // The row itself is held by the rule that its tenant is `$1`.
                if let TableObject::TableName(name) = &insert.table {
                    let table = last(&name.to_string());
                    self.named.insert(table.clone());
                    let alias = insert.table_alias.as_ref().map_or(table.clone(), |alias| lower(&alias.alias));
                    let mut scope = outer.clone();
                    scope.relations.push(Relation { name: alias, spread: self.spread.contains(&table), tied: true });
                    within!(insert.on, insert.returning).iter().for_each(|query| self.query(query, &scope));
                }
                if let Some(source) = &insert.source {
                    self.query(source, outer);
                }
            }
            Statement::Update(update) => {
                let mut from = vec![update.table.clone()];
                if let Some(UpdateTableFromKind::AfterSet(more) | UpdateTableFromKind::BeforeSet(more)) = &update.from {
                    from.extend(more.iter().cloned());
                }
                let rest = within!(update.assignments, update.selection, update.returning);
                self.from(&from, update.selection.as_ref(), rest, outer);
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
                let from: Vec<_> = from.iter().chain(delete.using.iter().flatten()).cloned().collect();
                let rest = within!(delete.selection, delete.returning);
                self.from(&from, delete.selection.as_ref(), rest, outer);
            }
            _ => {}
        }
    }

    fn query(&mut self, query: &Query, outer: &Scope) {
        let mut scope = outer.clone();
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            // It may name itself, when it is recursive.
            scope.named.insert(lower(&cte.alias.name));
            self.query(&cte.query, &scope.clone());
        }
        self.body(&query.body, &scope, &within!(query.order_by, query.limit_clause));
    }

    fn body(&mut self, body: &SetExpr, scope: &Scope, behind: &[Query]) {
        match body {
            SetExpr::Select(select) => self.select(select, scope, behind),
            SetExpr::Query(query) => {
                self.query(query, scope);
                behind.iter().for_each(|query| self.query(query, scope));
            }
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left, scope, &[]);
                self.body(right, scope, behind);
            }
            SetExpr::Insert(statement) | SetExpr::Update(statement) | SetExpr::Delete(statement) => {
                self.statement(statement, scope);
            }
            SetExpr::Values(values) => queries_in(values).iter().for_each(|query| self.query(query, scope)),
            _ => {}
        }
    }

    fn select(&mut self, select: &Select, outer: &Scope, behind: &[Query]) {
        let bare = Select { from: vec![], ..select.clone() };
        let rest: Vec<Query> = queries_in(&bare).into_iter().chain(behind.iter().cloned()).collect();
        self.from(&select.from, select.selection.as_ref(), rest, outer);
    }

    /// What stands in `from`, what is asked of it, and the queries inside its expressions.
    fn from(&mut self, from: &[TableWithJoins], selection: Option<&Expr>, rest: Vec<Query>, outer: &Scope) {
        let mut scope = outer.clone();
        let (mut own, mut equalities, mut inner) = (vec![], vec![], vec![]);
        for tables in from {
            self.tables(tables, &mut own, &mut equalities, &mut inner, outer);
        }
        selection.into_iter().for_each(|selection| must(selection, None, &mut equalities));
        // The column without an alias is that of the one relation here that has it.
        let spread: Vec<usize> = (0..own.len()).filter(|at| own[*at].spread).collect();
        loop {
            let mut changed = false;
            for equality in &equalities {
                for (this, that) in [(&equality.left, &equality.right), (&equality.right, &equality.left)] {
                    let Side::Column(column) = this else { continue };
                    let at = match column {
                        Some(name) => own.iter().position(|relation| relation.name == *name),
                        None if spread.len() == 1 => Some(spread[0]),
                        None => None,
                    };
                    let Some(at) = at.filter(|at| !own[*at].tied) else { continue };
                    let speaks = equality.only.as_ref().is_none_or(|only| only.contains(&own[at].name));
                    let held = match that {
                        Side::Tenant => true,
                        Side::Column(Some(name)) => {
                            let here = own.iter().find(|relation| relation.name == *name);
                            here.or(outer.relation(name)).is_some_and(|relation| relation.tied)
                        }
                        Side::Column(None) => false,
                    };
                    if speaks && held {
                        (own[at].tied, changed) = (true, true);
                    }
                }
            }
            if !changed {
                break;
            }
        }
        self.untied.extend(own.iter().filter(|r| r.spread && !r.tied).map(|relation| relation.name.clone()));
        scope.relations.extend(own);
        // What is inside sees what is around it; also a derived table, for it may be lateral.
        inner.iter().chain(&rest).for_each(|query| self.query(query, &scope));
    }

    fn tables(
        &mut self,
        tables: &TableWithJoins,
        own: &mut Vec<Relation>,
        equalities: &mut Vec<Equality>,
        inner: &mut Vec<Query>,
        outer: &Scope,
    ) {
        self.factor(&tables.relation, own, equalities, inner, outer);
        for join in &tables.joins {
            let before = own.len();
            self.factor(&join.relation, own, equalities, inner, outer);
            let joined: HashSet<String> = own[before..].iter().map(|relation| relation.name.clone()).collect();
            let earlier: HashSet<String> = own[..before].iter().map(|relation| relation.name.clone()).collect();
            let (constraint, only) = match &join.join_operator {
                JoinOperator::Join(on) | JoinOperator::Inner(on) | JoinOperator::CrossJoin(on) => (on, None),
                JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (on, Some(joined)),
                JoinOperator::Right(on) | JoinOperator::RightOuter(on) => (on, Some(earlier)),
                // Both sides of a full join are shown whole, whatever its `on` says.
                JoinOperator::FullOuter(on) => (on, Some(HashSet::new())),
                _ => continue,
            };
            match constraint {
                JoinConstraint::On(expr) => {
                    must(expr, only, equalities);
                    inner.extend(queries_in(expr));
                }
                JoinConstraint::Using(columns) if columns.iter().any(|c| last(&c.to_string()) == "tenant_id") => {
                    if let (Some(left), Some(right)) = (own[..before].last(), own.get(before)) {
                        let column = |relation: &Relation| Side::Column(Some(relation.name.clone()));
                        equalities.push(Equality { left: column(left), right: column(right), only });
                    }
                }
                _ => {}
            }
        }
    }

    fn factor(
        &mut self,
        factor: &TableFactor,
        own: &mut Vec<Relation>,
        equalities: &mut Vec<Equality>,
        inner: &mut Vec<Query>,
        outer: &Scope,
    ) {
        match factor {
            TableFactor::Table { name, alias, args, .. } => {
                let (whole, table) = (name.to_string().to_lowercase(), last(&name.to_string()));
                let known = args.is_some() || (!whole.contains('.') && outer.named.contains(&table));
                let spread = !known && self.spread.contains(&table);
                if !known {
                    self.named.insert(table.clone());
                }
                let name = alias.as_ref().map_or(table, |alias| lower(&alias.name));
                // A name of `with` shows what its own query holds.
                own.push(Relation { name, spread, tied: !spread });
                inner.extend(args.iter().flat_map(|args| queries_in(&args.args)));
            }
            TableFactor::Derived { subquery, alias, .. } => {
                let name = alias.as_ref().map(|alias| lower(&alias.name)).unwrap_or_default();
                own.push(Relation { name, spread: false, tied: true });
                inner.push((**subquery).clone());
            }
            TableFactor::NestedJoin { table_with_joins, .. } => {
                self.tables(table_with_joins, own, equalities, inner, outer);
            }
            TableFactor::Function { args, alias, .. } => {
                let name = alias.as_ref().map(|alias| lower(&alias.name)).unwrap_or_default();
                own.push(Relation { name, spread: false, tied: false });
                inner.extend(queries_in(args));
            }
            TableFactor::UNNEST { alias, array_exprs, .. } => {
                let name = alias.as_ref().map(|alias| lower(&alias.name)).unwrap_or_default();
                own.push(Relation { name, spread: false, tied: false });
                inner.extend(queries_in(array_exprs));
            }
            _ => {}
        }
    }
}

/// What an expression asks of `tenant_id` with `and` only.
fn must(expr: &Expr, only: Option<HashSet<String>>, found: &mut Vec<Equality>) {
    match expr {
        Expr::Nested(inner) => must(inner, only, found),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            must(left, only.clone(), found);
            must(right, only, found);
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => {
            if let (Some(left), Some(right)) = (side(left), side(right)) {
                found.push(Equality { left, right, only });
            }
        }
        _ => {}
    }
}

fn side(expr: &Expr) -> Option<Side> {
    match expr {
        Expr::Identifier(name) if lower(name) == "tenant_id" => Some(Side::Column(None)),
        Expr::CompoundIdentifier(parts) => match &parts[..] {
            [.., table, column] if lower(column) == "tenant_id" => Some(Side::Column(Some(lower(table)))),
            _ => None,
        },
        expr if is_tenant(expr) => Some(Side::Tenant),
        _ => None,
    }
}

/// `$1`, or `$1::uuid`.
pub fn is_tenant(expr: &Expr) -> bool {
    match expr {
        Expr::Value(value) => matches!(&value.value, Value::Placeholder(name) if name == "$1"),
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_tenant(expr),
        _ => false,
    }
}

fn lower(name: &Ident) -> String {
    name.value.to_lowercase()
}

/// The name without its schema.
pub fn last(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).trim_matches('"').to_lowercase()
}

/// The outermost queries within.
pub fn queries_in(node: &impl Visit) -> Vec<Query> {
    #[derive(Default)]
    struct Outermost(usize, Vec<Query>);
    impl Visitor for Outermost {
        type Break = ();
        fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
            if self.0 == 0 {
                self.1.push(query.clone());
            }
            self.0 += 1;
            ControlFlow::Continue(())
        }
        fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
            self.0 -= 1;
            ControlFlow::Continue(())
        }
    }
    let mut outermost = Outermost::default();
    let _ = node.visit(&mut outermost);
    outermost.1
}
