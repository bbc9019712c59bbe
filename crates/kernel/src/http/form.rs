//! A posted form: what was typed is kept, so that the page can show it again beside what is wrong with it.
use axum::extract::{FromRequest, Request};
use std::{collections::HashMap, future::Future, sync::Arc};

use super::body::{media_type, misfit, read, remember};
use crate::{
    Checks, Error, FieldError, House, Input, Result,
    access::Seen,
    openapi::{Describe, Operation},
};

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub values: HashMap<String, String>,
    /// Field (its name in the form) and sentence; the field is empty when it is about the whole.
    pub errors: Vec<(String, String)>,
}

/// The form as `T`, or what is wrong with it.
#[derive(Debug)]
pub struct Form<T> {
    typed: HashMap<String, String>,
    outcome: Result<T>,
}

/// A form that is nothing but its button.
#[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl Input for Nothing {
    fn check(&mut self, _: &mut Checks) {}
}

impl<T: Input> Form<T> {
    /// Does the work with what was typed. `Ok(Err(typed))` is for the page to show again, with status 422; refusals that
    /// no field can mend pass through.
    pub async fn then<R, Fut: Future<Output = Result<R>>>(
        self,
        work: impl FnOnce(T) -> Fut,
    ) -> Result<Result<R, Typed>> {
        let outcome = match self.outcome {
            Ok(input) => work(input).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(done) => Ok(Ok(done)),
            Err(error) => Typed::of(self.typed, error).map(Err),
        }
    }

    /// The version the form was filled from (its hidden field `version`).
    pub fn version(&self) -> Result<i64> {
        self.typed.get("version").and_then(|v| v.parse().ok()).ok_or(Error::Stale(None))
    }
    pub fn value(&self, name: &str) -> Option<&str> {
        self.typed.get(name).map(String::as_str)
    }
    /// All that was typed, for a page that shows it again before it is saved.
    pub fn typed(&self) -> HashMap<String, String> {
        self.typed.clone()
    }
}

impl Typed {
    /// What is wrong, in a row.
    pub fn said(self) -> String {
        self.errors.into_iter().map(|(_, says)| says).collect::<Vec<_>>().join(" ")
    }
    /// The same for a form that is not drawn again.
    pub fn refused(self) -> Error {
        Error::refused(self.said())
    }
    /// From a refusal: which field, which sentence. What a person filling a form cannot mend stays an error.
    pub fn of(values: HashMap<String, String>, error: Error) -> Result<Self> {
        let problem = error.problem();
        match problem.status {
            409 | 422 => {
                let named = |e: &FieldError| (e.pointer.trim_start_matches('/').replace('/', "."), e.message.clone());
                let errors = match problem.errors.is_empty() {
                    true => vec![(String::new(), problem.detail)],
                    false => problem.errors.iter().map(named).collect(),
                };
                Ok(Self { values, errors })
            }
            412 | 428 => Ok(Self { values, errors: vec![(String::new(), "Somebody changed it meanwhile. Load the page again to see what is there now; what you typed is still here.".into())] }),
            _ => Err(error),
        }
    }
}

impl<T: Input> FromRequest<House> for Form<T> {
    type Rejection = Error;
    async fn from_request(request: Request, house: &House) -> Result<Self> {
        if media_type(request.headers()) != "application/x-www-form-urlencoded" {
            return Err(Error::Malformed(
                415,
                "Send the form as a browser does: `application/x-www-form-urlencoded`.".into(),
            ));
        }
        let seen = request.extensions().get::<Arc<Seen>>().cloned();
        let bytes = read(request, house).await?;
        remember(seen.as_deref(), &bytes);
        let pairs: Vec<(String, String)> =
            serde_html_form::from_bytes(&bytes).map_err(|_| Error::Malformed(400, "This is not a form.".into()))?;
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Error::Malformed(400, "A text holds the character NUL, which cannot be kept.".into()));
        }
        let mut typed = HashMap::<String, String>::new();
        for (name, value) in &pairs {
            // Several of a name are ticks, shown again as a list.
            match typed.get_mut(name) {
                Some(values) => *values = format!("{values},{value}"),
                None => drop(typed.insert(name.clone(), value.clone())),
            }
        }
        if let (Some(seen), Some(key)) = (&seen, typed.get("_key")) {
            let _ = seen.once.key.set(key.clone());
        }
        // An empty field was not filled in; the form's own fields are not the input's.
        let filled: Vec<&(String, String)> =
            pairs.iter().filter(|(name, value)| !value.is_empty() && name != "_key" && name != "version").collect();
        let encoded = serde_html_form::to_string(&filled).unwrap_or_default();
        let deserializer = serde_html_form::Deserializer::from_bytes(encoded.as_bytes());
        let outcome = serde_path_to_error::deserialize::<_, T>(deserializer)
            .map_err(|e| {
                let path = e.path().to_string();
                misfit(&path, &e.into_inner().to_string())
            })
            .and_then(Input::checked);
        Ok(Self { typed, outcome })
    }
}

impl<T: schemars::JsonSchema> Describe for Form<T> {
    fn describe(operation: &mut Operation) {
        let schema = operation.schema::<T>();
        operation.body = Some(("application/x-www-form-urlencoded", schema));
    }
}
