//! One error type for the house: what happened, in words that say what can be done, and what the wire shows of it.
use axum::http::StatusCode;
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::ErrorResponseBody;
use serde::Serialize;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, Clone, PartialEq)]
pub enum Error {
    /// Nobody, or nobody we know.
    Unauthenticated,
    /// Known, but without this permission.
    Forbidden(&'static str),
    /// An operator who looks in wanted to change something.
    OnlyLooking,
    /// Host, token and key name different companies.
    WrongTenant,
    /// Sent by a page of somebody else's: a browser would lend it the session of whoever looks at it.
    Foreign,
    /// A company that may not be used now (suspended), with the sentence for its people.
    Closed(String),
    NotFound,
    /// It became part of another record, `into`: a page leads there (301), a program is told (409).
    Merged {
        into: Uuid,
        page: String,
        message: String,
    },
    /// A context that other processes of the house serve.
    Elsewhere(&'static str),
    /// The request itself is off: not JSON, too deep, wrong media type. Status and sentence.
    Malformed(u16, String),
    /// Values that can be mended, each with its field.
    Invalid(Vec<FieldError>),
    /// The rules say no; the text is for a person. Status 409.
    Refused(String),
    /// The same, with a stable code that a screen acts on.
    Conflict {
        code: &'static str,
        message: String,
    },
    /// The rules say better not. Who knows better may send it again and say so: a screen asks once. Status 409.
    Ask {
        code: &'static str,
        message: String,
    },
    /// The row has changed since it was read (412); `None` when no version was sent (428).
    Stale(Option<i64>),
    /// Too many requests; try again after so many seconds.
    TooMany {
        retry_after: u64,
    },
    /// The database kept a promise. `name` is the constraint's, without the suffix of a Citus shard.
    Broken {
        kind: Kind,
        name: String,
        at: &'static str,
    },
    /// The statement failed in any other way.
    Sql {
        code: SqlState,
        message: String,
        at: &'static str,
    },
    /// The statement, or a value given to it, does not fit its Rust types: a bug, found before a row is read.
    Misfit {
        at: &'static str,
        what: String,
    },
    /// COMMIT was answered with ROLLBACK: nothing was written.
    RolledBack,
    /// An earlier call on this transaction was dropped half way; what it did is unknown, so nothing may follow it.
    Interrupted,
    /// The process lives but cannot serve yet; why.
    Unready(&'static str),
    /// No connection came free in time.
    Busy,
    /// The handler was given up; what it had not committed is undone.
    Late,
    /// The connection is gone. If it went during COMMIT, nobody knows whether the transaction happened.
    Lost(String),
    /// Ours to mend; the text is for us and goes to the log alone.
    Bug(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Unique,
    Exclusion,
    ForeignKey,
    Check,
    NotNull,
}

/// One value that can be mended: where it is (RFC 6901), a stable code, and a sentence.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FieldError {
    pub pointer: String,
    pub code: String,
    pub message: String,
}

/// What a broken constraint means to a person: `promise! { "customer_email_once": "/email", "Another customer has this address." }`
pub struct Promise {
    pub constraint: &'static str,
    /// The field, or "" when it is about the whole.
    pub pointer: &'static str,
    pub sentence: &'static str,
}
#[linkme::distributed_slice]
pub static PROMISES: [Promise];

#[macro_export]
macro_rules! promise {
    ($($constraint:literal : $pointer:literal, $sentence:literal);+ $(;)?) => {$(
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::error::PROMISES)]
            #[linkme(crate = $crate::__::linkme)]
            static PROMISE: $crate::error::Promise = $crate::error::Promise { constraint: $constraint, pointer: $pointer, sentence: $sentence };
        };
    )+};
}

/// The answer in RFC 9457 terms. Never SQL, never a stack.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// Where this kind of problem is explained.
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// Stable, for programs.
    pub code: String,
    /// The id of the request, to quote to support.
    pub instance: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// True when the same may be sent again by who insists.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ask: bool,
    /// The record that this one became part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// Where its page is now.
    #[serde(skip)]
    pub onward: Option<String>,
    #[serde(skip)]
    pub retry_after: Option<u64>,
}

impl Error {
    pub fn field(pointer: &str, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { pointer: pointer.into(), code: code.into(), message: message.into() }])
    }

    pub fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }

    fn promise(name: &str) -> Option<&'static Promise> {
        PROMISES.iter().find(|p| p.constraint == name)
    }

    pub fn problem(&self) -> Problem {
        let (status, code, title, detail): (u16, &str, &str, String) = match self {
            Self::Unauthenticated => {
                (401, "unauthenticated", "Sign in first", "Send a valid session, token or API key.".into())
            }
            Self::Forbidden(permission) => (
                403,
                "forbidden",
                "Not allowed",
                format!(
                    "This needs the permission `{permission}`{}. An owner or admin of the company can grant it.",
                    crate::permission::said(permission)
                ),
            ),
            Self::WrongTenant => (
                403,
                "wrong_tenant",
                "Not allowed",
                "The address and the credential belong to different companies.".into(),
            ),
            Self::Foreign => (
                403,
                "foreign",
                "Sent from another site",
                "A page of another site sent this, so it was not done. Open the page here and send it from there.".into(),
            ),
            _ if self.is_only_looking() => (
                403,
                "only_looking",
                "You are only looking in",
                "This visit changes nothing. An owner or admin of the company can allow changes under Settings, Support access.".into(),
            ),
            Self::Closed(why) => (403, "closed", "This company is closed for now", why.clone()),
            Self::NotFound => {
                (404, "not_found", "Not found", "There is nothing here, or nothing that you may see.".into())
            }
            Self::Merged { message, .. } => (409, "merged", "It is part of another now", message.clone()),
            Self::Elsewhere(context) => (
                421,
                "elsewhere",
                "Not served here",
                format!(
                    "This process does not serve {context}; another one of the house does. Its proxy should send such requests there."
                ),
            ),
            Self::Malformed(status, what) => (*status, "malformed", "The request cannot be read", what.clone()),
            Self::Invalid(errors) => (
                422,
                "invalid",
                "Some values need mending",
                errors.iter().map(|e| e.message.clone()).collect::<Vec<_>>().join(" "),
            ),
            Self::Refused(why) => (409, "refused", "That cannot be done now", why.clone()),
            Self::Conflict { code, message } => (409, code, "That cannot be done now", message.clone()),
            Self::Ask { code, message } => (409, code, "Do it anyway?", message.clone()),
            Self::Stale(Some(_)) => (
                412,
                "stale",
                "Somebody changed it meanwhile",
                "Load it again, look at what changed, and repeat your change.".into(),
            ),
            Self::Stale(None) => {
                (428, "version_required", "Say which version you saw", "Send `If-Match` with the ETag you read.".into())
            }
            Self::TooMany { retry_after } => {
                (429, "too_many", "Too many requests", format!("Try again in {retry_after} s."))
            }
            Self::Broken { kind, name, .. } => match (Self::promise(name), kind) {
                (Some(promise), Kind::Exclusion) => {
                    (409, promise.constraint, "That cannot be done now", promise.sentence.into())
                }
                (Some(promise), _) => (422, "invalid", "Some values need mending", promise.sentence.into()),
                (None, Kind::ForeignKey) => (
                    422,
                    "missing_reference",
                    "Something referred to is not there",
                    "One of the ids does not exist, or is still in use.".into(),
                ),
                (None, _) => {
                    (409, "conflict", "That cannot be done", "It would contradict what is already kept.".into())
                }
            },
            Self::Unready(why) => (503, "unready", "Not ready yet", (*why).into()),
            Self::Busy | Self::Lost(_) => {
                (503, "busy", "Busy for a moment", "Nothing was changed as far as we know. Try again.".into())
            }
            Self::Late => (
                503,
                "late",
                "It took too long",
                "This was given up. Look whether it was done before you send it again; the same `Idempotency-Key` makes that safe."
                    .into(),
            ),
            Self::Sql { code, .. } if Self::passing(code) => {
                (503, "busy", "Busy for a moment", "Nothing was changed. Try again.".into())
            }
            Self::Sql { code, .. } if *code == SqlState::DISK_FULL => (
                503,
                "full",
                "No room to keep it",
                "The disk of the house is full. Nothing was changed; send it again when there is room.".into(),
            ),
            Self::Sql { code, .. } if Self::away(code) => {
                (503, "busy", "Busy for a moment", "Nothing was changed as far as we know. Try again.".into())
            }
            Self::Sql { code, .. } if code.code().starts_with("22") => {
                (422, "invalid", "Some values need mending", "One of the values is out of range.".into())
            }
            _ => (
                500,
                "internal",
                "Something broke on our side",
                "Nothing was changed. We have been told; try again in a moment.".into(),
            ),
        };
        let errors = match self {
            Self::Invalid(errors) => errors.clone(),
            Self::Broken { kind, name, .. } if *kind != Kind::Exclusion => Self::promise(name)
                .filter(|p| !p.pointer.is_empty())
                .map(|p| {
                    vec![FieldError {
                        pointer: p.pointer.into(),
                        code: p.constraint.into(),
                        message: p.sentence.into(),
                    }]
                })
                .unwrap_or_default(),
            _ => vec![],
        };
        let retry_after = match self {
            Self::TooMany { retry_after } => Some(*retry_after),
            _ if status == 503 => Some(1),
            _ => None,
        };
        let (merged_into, onward) = match self {
            Self::Merged { into, page, .. } => (Some(*into), Some(page.clone())),
            _ => (None, None),
        };
        Problem {
            kind: format!("/docs/problems#{code}"),
            title: title.into(),
            status,
            detail,
            code: code.into(),
            instance: String::new(),
            errors,
            ask: matches!(self, Self::Ask { .. }),
            merged_into,
            onward,
            retry_after,
        }
    }

    /// Refused at the door, or by PostgreSQL behind it (`read_only_sql_transaction`).
    fn is_only_looking(&self) -> bool {
        matches!(self, Self::OnlyLooking) || matches!(self, Self::Sql { code, .. } if code.code() == "25006")
    }

    /// Deadlocks, serialisation failures, lock and statement time-outs: worth another try.
    fn passing(code: &SqlState) -> bool {
        matches!(code.code(), "40001" | "40P01" | "55P03" | "57014" | "53300")
    }
    /// PostgreSQL is going, coming or crashed: the connection is gone and what asked did nothing wrong.
    fn away(code: &SqlState) -> bool {
        matches!(code.code(), "57P01" | "57P02" | "57P03" | "57P05")
    }
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Sql { code, .. } if Self::passing(code)) || matches!(self, Self::Busy)
    }
    /// What was given contradicts what is kept, or is beyond what can be: whoever gave it can mend it.
    pub fn is_of_values(&self) -> bool {
        matches!(self, Self::Broken { .. } | Self::Invalid(_) | Self::Refused(_))
            || matches!(self, Self::Sql { code, .. } if code.code().starts_with("22"))
    }
    /// The same may well end otherwise the next time. All else ends as it did, however often it is tried.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Stale(_) | Self::Lost(_) | Self::Busy | Self::Late | Self::Unready(_) => true,
            Self::TooMany { .. } | Self::RolledBack | Self::Interrupted => true,
            Self::Sql { code, .. } => Self::passing(code) || Self::away(code) || *code == SqlState::DISK_FULL,
            _ => false,
        }
    }
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
    pub fn is_broken(&self, constraint: &str) -> bool {
        matches!(self, Self::Broken { name, .. } if name == constraint)
    }

    /// What went wrong while a connection was made, or while one only listens.
    pub(crate) fn from_pg(at: &'static str, error: tokio_postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => Self::from_db(at, db.code().clone(), db.message(), db.constraint().or(db.column())),
            None => Self::Lost(format!(
                "{error}{}",
                std::error::Error::source(&error).map(|s| format!(": {s}")).unwrap_or_default()
            )),
        }
    }

    /// What the server answered to a statement.
    pub(crate) fn from_server(at: &'static str, refused: &ErrorResponseBody) -> Self {
        let (mut code, mut message, mut constraint, mut column) = (None, String::new(), None, None);
        let mut fields = refused.fields();
        while let Ok(Some(field)) = fields.next() {
            let value = String::from_utf8_lossy(field.value_bytes());
            match field.type_() {
                b'C' => code = Some(SqlState::from_code(&value)),
                b'M' => message = value.into_owned(),
                b'n' => constraint = Some(value.into_owned()),
                b'c' => column = Some(value.into_owned()),
                _ => {}
            }
        }
        let code = code.unwrap_or(SqlState::INTERNAL_ERROR);
        Self::from_db(at, code, &message, constraint.as_deref().or(column.as_deref()))
    }

    fn from_db(at: &'static str, code: SqlState, message: &str, name: Option<&str>) -> Self {
        let kind = match code {
            SqlState::UNIQUE_VIOLATION => Kind::Unique,
            SqlState::EXCLUSION_VIOLATION => Kind::Exclusion,
            SqlState::FOREIGN_KEY_VIOLATION => Kind::ForeignKey,
            SqlState::CHECK_VIOLATION => Kind::Check,
            SqlState::NOT_NULL_VIOLATION => Kind::NotNull,
            SqlState::INSUFFICIENT_PRIVILEGE if message.contains("reach") && message.contains("row") => {
                return Self::Conflict {
                    code: "out_of_reach",
                    message: "That would lie outside what you may see. Choose what is yours or your team's, or ask somebody who sees all of it.".into(),
                };
            }
            _ => return Self::Sql { code, message: message.into(), at },
        };
        Self::Broken { kind, name: without_shard(name.unwrap_or("unnamed")).into(), at }
    }
}

/// `customer_email_once_102008` is shard 102008 of `customer_email_once`. The lint forbids such names otherwise.
fn without_shard(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((stem, digits))
            if !stem.is_empty() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            stem
        }
        _ => name,
    }
}

/// For logs and the queue: what PostgreSQL or a conversion says may quote a value, so only where and what kind is said.
/// `Debug` has all of it.
impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken { kind, name, at } => write!(f, "{at}: {kind:?} {name}"),
            Self::Sql { code, at, .. } => write!(f, "{at}: SQLSTATE {}", code.code()),
            Self::Misfit { at, .. } => write!(f, "{at}: a value does not fit"),
            Self::Lost(what) => write!(f, "database connection lost: {what}"),
            Self::Bug(what) => write!(f, "{what}"),
            Self::RolledBack => write!(f, "the transaction was rolled back"),
            Self::Interrupted => write!(f, "an earlier call on this transaction was dropped half way"),
            other => write!(f, "{}", other.problem().detail),
        }
    }
}
impl std::error::Error for Error {}

#[test]
fn a_shard_suffix_is_taken_off_and_nothing_else() {
    for (name, stem) in [
        ("customer_email_once_102008", "customer_email_once"),
        ("customer_email_key1", "customer_email_key1"),
        ("_1", "_1"),
        ("customer_", "customer_"),
    ] {
        assert_eq!(without_shard(name), stem);
    }
}

#[test]
fn a_database_that_is_away_or_full_is_no_fault_of_ours_and_says_so() {
    let said = |code: &str| {
        let problem = Error::Sql { code: SqlState::from_code(code), message: String::new(), at: "here" }.problem();
        (problem.status, problem.code, problem.retry_after)
    };
    for code in ["57P01", "57P02", "57P03", "40001"] {
        assert_eq!(said(code), (503, "busy".into(), Some(1)), "{code}");
    }
    assert_eq!(said("53100"), (503, "full".into(), Some(1)));
    assert_eq!(said("42P01").0, 500, "a table that is missing is ours to mend");
}

#[test]
fn what_may_pass_and_what_is_wrong_with_values_are_told_apart() {
    let sql = |code: &str| Error::Sql { code: SqlState::from_code(code), message: String::new(), at: "here" };
    for (error, of_values, may_pass) in [
        (sql("22003"), true, false),
        (sql("42P01"), false, false),
        (sql("40P01"), false, true),
        (sql("57P01"), false, true),
        (sql("53100"), false, true),
        (Error::refused("no"), true, false),
        (Error::Bug("ours".into()), false, false),
        (Error::Stale(None), false, true),
        (Error::Busy, false, true),
        (Error::Lost("gone".into()), false, true),
    ] {
        assert_eq!((error.is_of_values(), error.may_pass()), (of_values, may_pass), "{error:?}");
    }
}
