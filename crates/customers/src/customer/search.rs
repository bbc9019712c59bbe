//! Searching customers: names that begin with what was typed, then those who have all of its words.
use kernel::{Result, Scope, sql, text::fold};

use super::{Customer, Status, words};

sql! {
    // However many match, the work has a bound. Names come from their index, in order. If they do not fill the page, the
    // rarest word leads: at most 500 entries of it are read, the other words are looked for in the text of the customer,
    // and the first 200 found are put in order, those first whose name has one of the words. A tag or a city may be rarer than
    // any word, so the first 500 of it are looked at too.
    fn matching(words: Vec<String>, till: Vec<String>, name: String, name_till: String, status: Status, city_key: Option<String>, most: i64, tag_key: Option<String>) -> Vec<Customer> = "
        with wanted as materialized (
            select t.id from tag t where t.tenant_id = $1 and t.name_key = $9),
        asked as materialized (
            select a.lo, a.hi, a.nth, '% ' || a.lo || '%' as somewhere from unnest($2::text[], $3::text[]) with ordinality a(lo, hi, nth)),
        named as materialized (
            (select c.id, c.name_key from customer c
            where c.tenant_id = $1 and c.status = $6 and c.name_key >= $4 and c.name_key < $5 and $7::text is null and $9::text is null
            order by c.name_key, c.id limit $8)
            union all
            (select c.id, c.name_key from customer c
            where c.tenant_id = $1 and c.status = $6 and c.city_key = $7 and c.name_key >= $4 and c.name_key < $5 and $9::text is null
            order by c.name_key, c.id limit $8)
            union all
            (select g.customer_id, g.name_key from customer_tag g
            where g.tenant_id = $1 and g.tag_id = (select id from wanted) and g.status = $6 and g.name_key >= $4 and g.name_key < $5
              and ($7::text is null or exists (select 1 from customer c where c.tenant_id = $1 and c.id = g.customer_id and c.city_key = $7))
            order by g.name_key, g.customer_id limit $8)),
        lead as materialized (
            select a.lo, a.hi from asked a cross join lateral (
                select count(*) as n from (
                    select 1 from customer_word w
                    where w.tenant_id = $1 and w.word >= a.lo and w.word < a.hi and cardinality($2::text[]) > 1 limit 250) counted) c
            where (select count(*) from named) < $8
            order by c.n, length(a.lo) desc, a.nth limit 1),
        worded as materialized (
            select c.id, c.name_key from lead
            cross join lateral (
                select w.customer_id from customer_word w
                where w.tenant_id = $1 and w.word >= lead.lo and w.word < lead.hi
                order by w.word, w.customer_id limit 500) w
            cross join lateral (
                select c.id, c.name_key from customer c
                where c.tenant_id = $1 and c.id = w.customer_id and c.status = $6 and ($7::text is null or c.city_key = $7)
                  and ($9::text is null or exists (
                    select 1 from customer_tag g where g.tenant_id = $1 and g.customer_id = c.id and g.tag_id = (select id from wanted)))
                  and not (c.name_key >= $4 and c.name_key < $5)
                  and ' ' || c.words like all ((select array_agg(somewhere) from asked)::text[])
                offset 0) c
            limit 200),
        kept as materialized (
            (select g.customer_id as id from customer_tag g
            where g.tenant_id = $1 and g.tag_id = (select id from wanted) and g.status = $6 and (select count(*) from named) < $8
            order by g.name_key, g.customer_id limit 500)
            union all
            (select c.id from customer c
            where c.tenant_id = $1 and c.status = $6 and c.city_key = $7 and $9::text is null and (select count(*) from named) < $8
            order by c.name_key, c.id limit 500)),
        fitting as materialized (
            select c.id, c.name_key from kept k
            cross join lateral (
                select c.id, c.name_key from customer c
                where c.tenant_id = $1 and c.id = k.id and ($7::text is null or c.city_key = $7)
                  and not (c.name_key >= $4 and c.name_key < $5)
                  and ' ' || c.words like all ((select array_agg(somewhere) from asked)::text[])
                offset 0) c
            limit 200),
        best as materialized (
            select f.id, f.name_key, f.rank from (
                select n.id, n.name_key, 0 as rank from named n
                union
                select w.id, w.name_key, case when ' ' || w.name_key like any ((select array_agg(somewhere) from asked)::text[]) then 1 else 2 end
                from (select w.id, w.name_key from worded w union select i.id, i.name_key from fitting i) w) f
            order by f.rank, f.name_key, f.id limit $8)
        select c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.assigned_to, c.tags, c.custom, c.merged_into, c.version, c.created_at, c.updated_at
        from best b cross join lateral (
            select c.id, c.number, c.kind, c.name, c.email, c.phone, c.notes, c.external_id, c.place, c.city, c.status, c.assigned_to, c.tags, c.custom, c.merged_into, c.version, c.created_at, c.updated_at
            from customer c where c.tenant_id = $1 and c.id = b.id offset 0) c
        order by b.rank, b.name_key, b.id";
}

/// Whom a search is about.
#[derive(Debug, Clone)]
pub(super) struct Among {
    pub status: Status,
    /// Folded, as the tag is.
    pub city: Option<String>,
    pub tag: Option<String>,
}

pub async fn search(
    scope: &Scope,
    asked: &str,
    status: Status,
    city: Option<String>,
    most: i64,
) -> Result<Vec<Customer>> {
    search_among(scope, asked, &Among { status, city, tag: None }, most).await
}

pub(super) async fn search_among(scope: &Scope, asked: &str, among: &Among, most: i64) -> Result<Vec<Customer>> {
    search_words(scope, words::asked(asked, &scope.tenant().locale.country), &fold(asked), among, most).await
}

/// The words are folded, and so is the name that they may begin.
pub(super) async fn search_words(
    scope: &Scope,
    words: Vec<String>,
    name: &str,
    among: &Among,
    most: i64,
) -> Result<Vec<Customer>> {
    if words.is_empty() {
        return Ok(vec![]);
    }
    let till = words.iter().map(|word| words::end(word)).collect();
    let Among { status, city, tag } = among.clone();
    scope.read(matching(words, till, name.to_owned(), words::end(name), status, city, most, tag)).await
}
