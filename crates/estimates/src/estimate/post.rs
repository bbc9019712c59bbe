//! The forms of a draft's page: lines, options, words, and its end.
use kernel::{
    Error, Result, Scope, TenantTx,
    access::Access,
    http::{Form, Path, Redirect, Repeatable, Typed},
};
use tenancy::shell::{Answer, ended};

use super::{
    discard::discard,
    duplicate::duplicate,
    edit::{change, edit},
    fill,
    form::{LineForm, Nothing, OptionForm, WordsForm, renamed},
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

pub async fn remove_line(
    access: Access<EstimatesWrite>,
    Path((id, line_id)): Path<(EstimateId, EstimateLineId)>,
    form: Form<LineForm>,
) -> Answer {
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    change(tx, id, None, async |_: &mut TenantTx, _, _, lines| {
                        lines.retain(|line| line.id != line_id);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(back(id)).toast("Line removed"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { line: Some(line_id), ..Open::default() }).await
}

pub async fn add_option(access: Access<EstimatesWrite>, Path(id): Path<EstimateId>, form: Form<Nothing>) -> Answer {
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    change(tx, id, None, async |_: &mut TenantTx, found, options, _| {
                        let nth = options.len();
                        let name = NAMES.iter().find(|name| options.iter().all(|option| option.name != **name));
                        let mut new = fill::option(nth, &Default::default(), found.currency(), None)?;
                        new.name = name.map_or(new.name, |name| (*name).to_owned());
                        options.push(new);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(back(id)))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open::default()).await
}

pub async fn change_option(
    access: Access<EstimatesWrite>,
    Path((id, option_id)): Path<(EstimateId, OptionId)>,
    form: Form<OptionForm>,
) -> Answer {
    let currency = access.tenant().locale.currency;
    let outcome = form
        .then(async |input| {
            let input = input.option(currency)?;
            access
                .once(async |tx| {
                    let input = input.clone();
                    change(tx, id, None, async |_: &mut TenantTx, found, options, _| {
                        let at = options.iter().position(|one| one.id == option_id).ok_or_else(|| gone("option"))?;
                        let changed = fill::option(at, &input, found.currency(), Some(&options[at]))?;
                        if changed.recommended {
                            options.iter_mut().for_each(|one| one.recommended = false);
                        }
                        options[at] = KeptOption { id: option_id, ..changed };
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(back(id)).toast("Saved"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { option: Some(option_id), ..Open::default() }).await
}

pub async fn copy_option(
    access: Access<EstimatesWrite>,
    Path((id, option_id)): Path<(EstimateId, OptionId)>,
    form: Form<Nothing>,
) -> Answer {
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    change(tx, id, None, async |_: &mut TenantTx, _, options, lines| {
                        let at = options.iter().position(|one| one.id == option_id).ok_or_else(|| gone("option"))?;
                        let name = NAMES.iter().find(|name| options.iter().all(|option| option.name != **name));
                        let mut copy = KeptOption { id: OptionId::new(), recommended: false, ..options[at].clone() };
                        copy.name = name.map_or(copy.name, |name| (*name).to_owned());
                        let own = lines.iter().filter(|line| line.option_id == option_id).cloned();
                        let new = |line| Kept { id: EstimateLineId::new(), option_id: copy.id, ..line };
                        let made: Vec<Kept> = own.map(new).collect();
                        lines.extend(made);
                        options.insert(at + 1, copy);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(back(id)).toast("Option copied"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open::default()).await
}

pub async fn remove_option(
    access: Access<EstimatesWrite>,
    Path((id, option_id)): Path<(EstimateId, OptionId)>,
    form: Form<OptionForm>,
) -> Answer {
    let outcome = form
        .then(async |_| {
            access
                .once(async |tx| {
                    change(tx, id, None, async |_: &mut TenantTx, _, options, lines| {
                        options.retain(|option| option.id != option_id);
                        lines.retain(|line| line.option_id != option_id);
                        Ok(())
                    })
                    .await?;
                    Ok(Redirect::to(back(id)).toast("Option removed"))
                })
                .await
        })
        .await?;
    end(&access, id, outcome, Open { option: Some(option_id), ..Open::default() }).await
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
