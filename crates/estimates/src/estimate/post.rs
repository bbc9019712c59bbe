//! The forms of a draft's page: lines, options, words, and its end.
use kernel::{
    Error, Input, Result, Scope, TenantTx,
    access::Access,
    http::{Form, Nothing, Path, Redirect, Repeatable, Typed},
};
use tenancy::shell::{Answer, ended};

use super::{
    Head,
    discard::discard,
    duplicate::duplicate,
    edit::{change, edit},
    fill,
    form::{LineForm, OptionForm, WordsForm, renamed},
    option::{Kept, KeptOption, LineInput, NAMES},
    show::{Open, draw},
};
use crate::{EstimateId, EstimateLineId, OptionId, permissions::EstimatesWrite};

pub(crate) fn back(id: EstimateId) -> String {
    format!("/estimates/{id}")
}

/// To the estimate, or the page again with what is wrong.
pub(crate) async fn end(
    scope: &Scope,
    id: EstimateId,
    outcome: Result<Repeatable<Redirect>, Typed>,
    open: Open,
) -> Answer {
    ended(outcome, |filled| draw(scope, id, Open { filled, ..open })).await
}

fn gone(what: &str) -> Error {
    Error::refused(format!("This {what} was removed meanwhile. Load the page again to see what is there now."))
}

pub async fn add_line(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<LineForm>) -> Answer {
    let currency = access.tenant().locale.currency;
    let open = form.value("option_id").and_then(|id| id.parse().ok());
    let outcome = form
        .then(async |input| {
            let line = input.line(currency)?;
            access
                .once(async |tx| {
                    let (line, wanted) = (line.clone(), input.option_id);
                    change(tx, id, None, async |tx: &mut TenantTx, found, options, lines| {
                        let option = options.iter().find(|option| wanted.is_none_or(|id| id == option.id));
                        let option = option.ok_or_else(|| gone("option"))?.id;
                        let basis = fill::basis(tx, found.customer_id, found.location_id).await?;
                        let place = (option, found.currency());
                        let shelf = fill::shelf(tx, found.customer_id, [&line].into_iter()).await?;
                        lines.extend(fill::lines(&shelf, &basis, place, line, "").map_err(renamed)?);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(back(id)))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { add: open, ..Open::default() }).await
}

pub async fn change_line(
    access: Access<EstimatesWrite>,
    Path((id, line_id)): Path<(EstimateId, EstimateLineId)>,
    form: Form<LineForm>,
) -> Answer {
    let currency = access.tenant().locale.currency;
    let outcome = form
        .then(async |input| {
            let (line, keeps) = (input.line(currency)?, input.keeps());
            access
                .once(async |tx| {
                    let line = line.clone();
                    change(tx, id, None, async |tx: &mut TenantTx, found, _, lines| {
                        let at = lines.iter().position(|kept| kept.id == line_id).ok_or_else(|| gone("line"))?;
                        let was = lines[at].clone();
                        let line = LineInput { id: Some(line_id), kind: Some(was.kind), ..line };
                        let line = fill::priced(line, Some(&was), found.currency());
                        let basis = fill::basis(tx, found.customer_id, found.location_id).await?;
                        let place = (was.option_id, found.currency());
                        let shelf = fill::shelf(tx, found.customer_id, [&line].into_iter()).await?;
                        let made = fill::lines(&shelf, &basis, place, line, "").map_err(renamed)?;
                        // Words and price were changed; it stays the item that it was.
                        let same = |made: Kept| match keeps {
                            true => Kept { taxes: was.taxes.clone(), tax_rate_id: was.tax_rate_id, ..made },
                            false => made,
                        };
                        let made =
                            made.into_iter().map(|made| Kept { item_id: was.item_id, kind: was.kind, ..same(made) });
                        lines.splice(at..=at, made.collect::<Vec<_>>());
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(back(id)))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { line: Some(line_id), ..Open::default() }).await
}

/// A form that gives options and lines another shape: `read` of what was typed, then `work` on what there is. `says` is for the toast.
async fn reshape<I: Input, T: Send + Sync>(
    access: &Access<EstimatesWrite>,
    id: EstimateId,
    form: Form<I>,
    (says, open): (&str, Open),
    read: impl FnOnce(I) -> Result<T> + Send,
    work: impl Fn(&T, &Head, &mut Vec<KeptOption>, &mut Vec<Kept>) -> Result<()> + Send + Sync,
) -> Answer {
    let outcome = form
        .then(async |input| {
            let given = read(input)?;
            access
                .once(async |tx| {
                    change(tx, id, None, async |_: &mut TenantTx, found, options, lines| {
                        work(&given, found, options, lines)
                    })
                    .await?;
                    let on = Redirect::to(back(id));
                    Ok(if says.is_empty() { on } else { on.toast(says) })
                })
                .await
        })
        .await?;
    end(access, id, outcome, open).await
}

fn nothing<I>(_: I) -> Result<()> {
    Ok(())
}

/// Where the option stands.
fn place_of(options: &[KeptOption], id: OptionId) -> Result<usize> {
    options.iter().position(|one| one.id == id).ok_or_else(|| gone("option"))
}

/// Good, Better, Best: the first that no option has.
fn free_name(options: &[KeptOption], otherwise: String) -> String {
    let free = NAMES.iter().find(|name| options.iter().all(|option| option.name != **name));
    free.map_or(otherwise, |name| (*name).to_owned())
}

pub async fn remove_line(
    access: Access<EstimatesWrite>,
    Path((id, line_id)): Path<(EstimateId, EstimateLineId)>,
    form: Form<LineForm>,
) -> Answer {
    let open = Open { line: Some(line_id), ..Open::default() };
    reshape(&access, id, form, ("Line removed", open), nothing, |_, _, _, lines| {
        lines.retain(|line| line.id != line_id);
        Ok(())
    })
    .await
}

pub async fn add_option(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<Nothing>) -> Answer {
    reshape(&access, id, form, ("", Open::default()), nothing, |_, found, options, _| {
        let new = fill::option(options.len(), &Default::default(), found.currency(), None)?;
        options.push(KeptOption { name: free_name(options, new.name), ..new });
        Ok(())
    })
    .await
}

pub async fn change_option(
    access: Access<EstimatesWrite>,
    Path((id, option_id)): Path<(EstimateId, OptionId)>,
    form: Form<OptionForm>,
) -> Answer {
    let currency = access.tenant().locale.currency;
    let open = Open { option: Some(option_id), ..Open::default() };
    let read = |input: OptionForm| input.option(currency);
    reshape(&access, id, form, ("Saved", open), read, |input, found, options, _| {
        let at = place_of(options, option_id)?;
        let changed = fill::option(at, input, found.currency(), Some(&options[at]))?;
        if changed.recommended {
            options.iter_mut().for_each(|one| one.recommended = false);
        }
        options[at] = KeptOption { id: option_id, ..changed };
        Ok(())
    })
    .await
}

pub async fn copy_option(
    access: Access<EstimatesWrite>,
    Path((id, option_id)): Path<(EstimateId, OptionId)>,
    form: Form<Nothing>,
) -> Answer {
    reshape(&access, id, form, ("Option copied", Open::default()), nothing, |_, _, options, lines| {
        let at = place_of(options, option_id)?;
        let was = options[at].clone();
        let name = free_name(options, was.name.clone());
        let copy = KeptOption { id: OptionId::new(), recommended: false, name, ..was };
        let own = lines.iter().filter(|line| line.option_id == option_id).cloned();
        let made: Vec<Kept> = own.map(|line| Kept { id: EstimateLineId::new(), option_id: copy.id, ..line }).collect();
        lines.extend(made);
        options.insert(at + 1, copy);
        Ok(())
    })
    .await
}

pub async fn remove_option(
    access: Access<EstimatesWrite>,
    Path((id, option_id)): Path<(EstimateId, OptionId)>,
    form: Form<OptionForm>,
) -> Answer {
    let open = Open { option: Some(option_id), ..Open::default() };
    reshape(&access, id, form, ("Option removed", open), nothing, |_, _, options, lines| {
        options.retain(|option| option.id != option_id);
        lines.retain(|line| line.option_id != option_id);
        Ok(())
    })
    .await
}

pub async fn words(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<WordsForm>) -> Answer {
    let (version, currency) = (form.version()?, access.tenant().locale.currency);
    let outcome = form
        .then(async |input| {
            let input = input.edit(currency)?;
            access
                .once(async |tx| {
                    edit(tx, id, version, input.clone()).await?;
                    Ok(Redirect::to(back(id)).toast("Saved"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { words: true, ..Open::default() }).await
}

pub async fn discard_it(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<Nothing>) -> Answer {
    let version = form.version()?;
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    discard(tx, id, Some(version)).await?;
                    Ok(Redirect::to("/estimates").toast("Draft discarded"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open::default()).await
}

pub async fn duplicate_it(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<Nothing>) -> Answer {
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    let copy = duplicate(tx, id).await?;
                    Ok(Redirect::to(back(copy)).toast("Duplicated"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open::default()).await
}
