//! The outermost layer that knows the house: which company, who asks, may they come so often; and how a refusal looks.
use axum::{
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::SocketAddr, sync::Arc};
use uuid::Uuid;

use super::{limit, reply::Fault};
use crate::{
    Actor, Credential, Error, House, Result, Scope, Tenant,
    access::{Came, Once, Seen},
    error::Problem,
    sight::{self, Sight},
    tenant::Status,
};

/// The name of the session's cookie. `__Host-` binds it to one host, and a host is one company.
pub const COOKIE: &str = "__Host-tradewind";
/// The cookie of an operator's visit to one company.
pub const VISIT: &str = "__Host-tradewind-visit";
/// Where a visit is ended: the one thing that may be posted on any.
pub const LEAVE: &str = "/support/leave";
/// What whoever looked in is shown when the visit is over.
pub const OVER: &str = "/support/over";

/// How a refusal looks to a person: given by the crate that knows pages.
pub type ErrorPage = fn(&House, Option<&Arc<Tenant>>, &Problem, &str) -> maud::Markup;

#[derive(Clone)]
pub struct Arrival {
    pub house: House,
    pub error_page: ErrorPage,
    /// Take the visitor's address from `X-Forwarded-For`: only behind a proxy that writes it.
    pub behind_proxy: bool,
}

pub async fn arrive(State(arrival): State<Arrival>, request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let wants_page =
        !path.starts_with("/api/") && accepts_html(&parts.headers) && !parts.headers.contains_key("x-fragment");
    let method = parts.method.clone();
    let if_none_match = parts.headers.get(header::IF_NONE_MATCH).cloned();
    let route = parts.extensions.get::<MatchedPath>().map(|m| m.as_str().to_owned()).unwrap_or_default();
    let begun = std::time::Instant::now();
    let looked_in = cookie(&parts.headers, VISIT).is_some();

    let (tenant, outcome) = match recognise(&arrival, &parts, id).await {
        Ok(seen) => {
            let tenant = seen.tenant.clone();
            let admitted = admit(&arrival.house, &seen);
            (tenant, admitted.map(|standing| (seen, standing)))
        }
        Err((tenant, error)) => (tenant, Err((error, None))),
    };
    let standing;
    let mut response = match outcome {
        Ok((seen, place)) => {
            standing = place;
            let _ = seen.once.route.set(format!("{method} {route}"));
            let seen = Arc::new(seen);
            parts.extensions.insert(seen.clone());
            let sight = Sight::of(seen.principal.as_deref());
            let response = sight::with(sight, next.run(Request::from_parts(parts, body))).await;
            match looked(&arrival.house, &seen, response.status(), &route).await {
                Ok(()) => response,
                Err(error) => error.into_response(),
            }
        }
        Err((error, place)) => {
            standing = place;
            error.into_response()
        }
    };

    if let Some(Fault(why)) = response.extensions_mut().remove() {
        tracing::error!(request = %id, tenant = tenant.as_ref().map(|t| t.id.to_string()), %method, route, error = why, "failed");
    }
    let status = response.status();
    if let Some(mut problem) = response.extensions_mut().remove::<Problem>() {
        problem.instance = id.to_string();
        response = match (wants_page, problem.status) {
            (true, 401) if tenant.is_none() && path.starts_with("/operator") => {
                (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, "/operator/sign-in")]).into_response()
            }
            // Whoever looked in is nobody here, and has no password to give.
            (true, 401) if tenant.is_some() && looked_in => {
                (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, OVER)]).into_response()
            }
            // Customers have a door of their own.
            (true, 401) if tenant.is_some() && path.starts_with("/portal") => {
                (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, "/portal/sign-in")]).into_response()
            }
            (true, 401) if tenant.is_some() => {
                let next = limit_path(&path);
                (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, format!("/sign-in?next={next}"))])
                    .into_response()
            }
            // At no company's address the first page is the way in.
            (true, 401) if path == "/" => {
                (axum::http::StatusCode::SEE_OTHER, [(header::LOCATION, "/start")]).into_response()
            }
            (true, 409) if method == axum::http::Method::GET && problem.onward.is_some() => {
                let onward = problem.onward.unwrap_or_default();
                (axum::http::StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, onward)]).into_response()
            }
            (true, status) => {
                let page = (arrival.error_page)(&arrival.house, tenant.as_ref(), &problem, &path).into_string();
                let code = axum::http::StatusCode::from_u16(status).unwrap_or_default();
                let mut shown = (code, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
                if let Some(seconds) = problem.retry_after {
                    shown.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                shown
            }
            (false, _) => problem.json(),
        };
    } else if (status == 404 || status == 405) && response.headers().get(header::CONTENT_TYPE).is_none() {
        // The router's own refusals carry no problem: nothing matched.
        let mut problem = Error::NotFound.problem();
        if status == 405 {
            problem = Error::Malformed(405, "This address does not take that method.".into()).problem();
        }
        problem.instance = id.to_string();
        let allow = response.headers().get(header::ALLOW).cloned();
        response = match wants_page {
            true => {
                let page = (arrival.error_page)(&arrival.house, tenant.as_ref(), &problem, &path).into_string();
                (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
            }
            false => problem.json(),
        };
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }

    // A GET whose version the caller has already.
    if method == axum::http::Method::GET
        && response.status() == 200
        && if_none_match.is_some()
        && response.headers().get(header::ETAG) == if_none_match.as_ref()
    {
        *response.status_mut() = axum::http::StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }

    let took = begun.elapsed();
    let route = if route.is_empty() { "none".to_owned() } else { route };
    metrics::counter!("http_requests_total", "method" => method.to_string(), "route" => route.clone(), "status" => response.status().as_u16().to_string()).increment(1);
    metrics::histogram!("http_request_seconds", "route" => route.clone()).record(took.as_secs_f64());
    tracing::info!(request = %id, tenant = tenant.as_ref().map(|t| t.id.to_string()), %method, route, status = response.status().as_u16(), micros = took.as_micros() as u64, "request");

    secure(response.headers_mut(), &path, id, standing);
    response
}

/// What a page may load and do; a page that needs more says so itself, and of what.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

fn secure(headers: &mut HeaderMap, path: &str, id: Uuid, standing: Option<limit::Standing>) {
    let mut set = |name: &'static str, value: &str| {
        let name = HeaderName::from_static(name);
        if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    };
    set("x-request-id", &id.to_string());
    set("content-security-policy", POLICY);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "same-origin");
    set("cross-origin-opener-policy", "same-origin");
    set("permissions-policy", "camera=(self), geolocation=(self), microphone=()");
    set("strict-transport-security", "max-age=31536000");
    set("vary", "cookie, accept, x-fragment");
    if !path.starts_with("/assets/") {
        set("cache-control", "no-store");
    }
    if let Some(standing) = standing {
        set("ratelimit-policy", &format!("\"{}\";q={};w=60", standing.policy, standing.quota));
        set("ratelimit", &format!("\"{}\";r={};t={}", standing.policy, standing.remaining, standing.reset));
    }
}

type Refusal = (Option<Arc<Tenant>>, Error);

async fn recognise(arrival: &Arrival, request: &Parts, id: Uuid) -> Result<Seen, Refusal> {
    let house = &arrival.house;
    let headers = &request.headers;
    // RFC 9112, 3.2: who passed it on may have read the one, and the other would be read here.
    if headers.get_all(header::HOST).iter().count() > 1 {
        return Err((None, Error::Malformed(400, "A request names one host; this one names several.".into())));
    }
    let host = host(request);
    let path = request.uri.path();
    // Styles and scripts are the program's own: pages that say there is no company, or that it is closed, need them too.
    let anybodys = path.starts_with("/assets/");
    let by_host = match anybodys {
        true => None,
        false => tenant_of_host(house, &host).await.map_err(|e| (None, e))?,
    };
    let credential = match anybodys {
        true => None,
        false => credential(headers).map_err(|e| (by_host.clone(), e))?,
    };
    let named = match &credential {
        Some(credential) => house.0.authenticator.tenant_of(credential).await.map_err(|e| (by_host.clone(), e))?,
        None => None,
    };
    let at_home = by_host.is_some();
    let tenant = match (by_host, named) {
        (Some(tenant), Some(own)) if tenant.id != own => {
            if let Some(credential) = credential {
                let came = came(Some(&credential), None, request, peer(arrival, request));
                crossed(house, own, credential, came, host, id);
            }
            return Err((Some(tenant), Error::WrongTenant));
        }
        (Some(tenant), _) => Some(tenant),
        // No company in the address: a key or token may name it, for the API alone.
        (None, Some(id)) if request.uri.path().starts_with("/api/") => {
            house.tenants().by_id(id).await.map_err(|e| (None, e))?
        }
        (None, _) => None,
    };
    // The page that says so wears the company's colours.
    let dressed = |tenant: &Tenant| tenant.status == Status::Suspended && path == "/brand.css";
    if let Some(tenant) = tenant.as_ref().filter(|tenant| !dressed(tenant)) {
        open(tenant).map_err(|e| (Some(tenant.clone()), e))?;
    }
    let visit = cookie(headers, VISIT).filter(|c| c.len() <= 256).map(Credential::Visit);
    let visitor = match (&tenant, &visit, &credential) {
        // Who looks in does so until the visit is over, also in a browser where they are somebody of the company.
        (Some(tenant), Some(visit), None | Some(Credential::Session(_))) => {
            house.principal(tenant, visit).await.map_err(|e| (Some(tenant.clone()), e))?
        }
        _ => None,
    };
    let looks_in = visitor.is_some();
    let principal = match (&tenant, &credential) {
        _ if visitor.is_some() => visitor,
        (Some(tenant), Some(credential)) => {
            let found = house.principal(tenant, credential).await.map_err(|e| (Some(tenant.clone()), e))?;
            match (found, credential) {
                // An old cookie is no offence; a key or token that is not good is said so.
                (None, Credential::Session(_)) => None,
                (None, _) => return Err((Some(tenant.clone()), Error::Unauthenticated)),
                (Some(principal), _) => Some(principal),
            }
        }
        (None, Some(Credential::Token(_) | Credential::ApiKey(_))) => return Err((None, Error::Unauthenticated)),
        _ => None,
    };
    let once = Once::default();
    if at_home {
        let _ = once.host.set(host);
    }
    if let Some(key) = headers.get("idempotency-key") {
        let key = key.to_str().ok().filter(|k| !k.is_empty() && k.len() <= 255);
        let key = key.ok_or((
            tenant.clone(),
            Error::Malformed(400, "`Idempotency-Key` has 1 to 255 plain characters.".into()),
        ))?;
        let _ = once.key.set(key.to_owned());
    }
    let cookies: Vec<&str> = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).collect();
    let _ = once.cookies.set(cookies.join("; "));
    let peer = peer(arrival, request);
    let known = if looks_in { &visit } else { &credential }.as_ref().filter(|_| principal.is_some());
    let session = principal.as_ref().and_then(|principal| principal.session);
    let _ = once.came.set(came(known, session, request, peer.clone()));
    Ok(Seen {
        request: id,
        tenant,
        principal,
        peer,
        method: request.method.clone(),
        path: request.uri.path().to_owned(),
        once: Arc::new(once),
    })
}

fn came(known: Option<&Credential>, session: Option<Uuid>, request: &Parts, address: String) -> Came {
    let agent = request.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let via = match known {
        Some(Credential::Session(_)) => "session",
        Some(Credential::Token(_)) => "token",
        Some(Credential::ApiKey(_)) => "key",
        Some(Credential::Visit(_)) => "visit",
        None => "public",
    };
    Came { via, session, address, agent: agent.chars().take(400).collect() }
}

/// Lets the credential's own tenant write down that it was shown elsewhere, if it is a good one. Nobody waits for it: how long
/// the refusal takes says nothing; and a storm of them is written down as often as one may sign in.
fn crossed(house: &House, own: Uuid, credential: Credential, came: Came, host: String, request: Uuid) {
    if house.limits().careful("crossed", &format!("{own} {}", came.address)).is_err() {
        return;
    }
    let house = house.clone();
    tokio::spawn(async move {
        let told = async {
            let Some(tenant) = house.tenants().by_id(own).await? else { return Ok(()) };
            let Some(principal) = house.principal(&tenant, &credential).await? else { return Ok(()) };
            let once = Once::default();
            let _ = once.came.set(came);
            let actor = Arc::new(principal.actor.clone());
            let scope = Scope::new(house.clone(), tenant, actor, Some(principal), request, Arc::new(once));
            house.0.authenticator.crossed(scope, host).await
        };
        let told: Result<()> = told.await;
        if let Err(error) = told {
            tracing::warn!(%error, tenant = %own, "a credential was shown at another tenant's address, and it could not be written down");
        }
    });
}

/// What an operator is shown is written down first; what cannot be written down is not shown.
async fn looked(house: &House, seen: &Seen, status: StatusCode, route: &str) -> Result<()> {
    let (Some(tenant), Some(principal)) = (&seen.tenant, &seen.principal) else { return Ok(()) };
    let (Actor::Operator { .. }, Some(visit)) = (&principal.actor, principal.session) else { return Ok(()) };
    if seen.method != axum::http::Method::GET || !status.is_success() || route.is_empty() {
        return Ok(());
    }
    let scope = house.scope(tenant.clone(), Arc::new(principal.actor.clone()), seen.request);
    house.0.authenticator.looked(scope, visit, route.to_owned(), seen.path.clone()).await
}

type Turned = (Error, Option<limit::Standing>);

/// Whether they may come again so soon, and where they stand, which the answer says either way. First the one who asks: what
/// is refused there is not taken from what the company's others have.
fn admit(house: &House, seen: &Seen) -> Result<Option<limit::Standing>, Turned> {
    if !seen.method.is_safe() && seen.path != LEAVE && seen.principal.as_ref().is_some_and(|p| p.only_looks()) {
        return Err((Error::OnlyLooking, None));
    }
    if seen.path.starts_with("/assets/") || matches!(seen.path.as_str(), "/healthz" | "/readyz" | "/metrics") {
        return Ok(None);
    }
    let limits = house.limits();
    let turned = |standing: limit::Standing| (Error::TooMany { retry_after: standing.reset }, Some(standing));
    let tenant = seen.tenant.as_ref().map(|t| t.id);
    let own = match &seen.principal {
        Some(principal) => limits.principal(limit::key((tenant, principal.actor.id(), principal.actor.kind()))),
        None => limits.visitor(limit::key((tenant, &seen.peer))),
    };
    if own.refused {
        return Err(turned(own));
    }
    match tenant.map(|id| limits.tenant(limit::key(id))).filter(|all| all.refused) {
        Some(all) => Err(turned(all)),
        None => Ok(Some(own)),
    }
}

/// The host as it was asked for: lower case, no port, no trailing dot.
pub fn host(request: &Parts) -> String {
    let from_uri = request.uri.host().map(str::to_owned);
    let text =
        from_uri.or_else(|| request.headers.get(header::HOST)?.to_str().ok().map(str::to_owned)).unwrap_or_default();
    normal_host(&text)
}

pub fn normal_host(text: &str) -> String {
    let text = text.trim().to_ascii_lowercase();
    let without_port = match text.rsplit_once(':') {
        Some((host, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (!host.contains(':') || host.ends_with(']')) =>
        {
            host
        }
        _ => &text,
    };
    without_port.strip_suffix('.').unwrap_or(without_port).to_owned()
}

async fn tenant_of_host(house: &House, host: &str) -> Result<Option<Arc<Tenant>>> {
    let base = house.base_domain();
    if host == base
        || host.strip_prefix("www.") == Some(base)
        || host.is_empty()
        || host.parse::<std::net::IpAddr>().is_ok()
        || host.starts_with('[')
    {
        return Ok(None);
    }
    let found = match host.strip_suffix(base).and_then(|rest| rest.strip_suffix('.')) {
        Some(slug) if slug.contains('.') => None,
        Some(slug) => house.tenants().by_slug(slug).await?,
        None => house.tenants().by_host(host).await?,
    };
    found.map(Some).ok_or(Error::NotFound)
}

fn open(tenant: &Tenant) -> Result<()> {
    match tenant.status {
        Status::Trial | Status::Active => Ok(()),
        Status::Suspended => Err(Error::Closed(format!(
            "{} is suspended. Its owner can write to support to open it again; nothing has been deleted.",
            tenant.name
        ))),
        Status::Provisioning | Status::Cancelled | Status::Deleted => Err(Error::NotFound),
    }
}

fn credential(headers: &HeaderMap) -> Result<Option<Credential>> {
    let text = |name: &HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let bearer = match text(&header::AUTHORIZATION) {
        Some(value) => {
            let (scheme, secret) = value.split_once(' ').unwrap_or((value, ""));
            if !scheme.eq_ignore_ascii_case("bearer") || secret.is_empty() || secret.len() > 8192 {
                return Err(Error::Unauthenticated);
            }
            Some(if secret.starts_with("tk_") {
                Credential::ApiKey(secret.into())
            } else {
                Credential::Token(secret.into())
            })
        }
        None => None,
    };
    let key = text(&HeaderName::from_static("x-api-key")).map(|key| Credential::ApiKey(key.into()));
    match (bearer, key) {
        (Some(bearer), Some(key)) if bearer != key => Err(Error::Unauthenticated),
        (Some(credential), _) | (None, Some(credential)) => Ok(Some(credential)),
        (None, None) => Ok(cookie(headers, COOKIE).filter(|c| c.len() <= 256).map(Credential::Session)),
    }
}

pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.to_owned())
}

fn peer(arrival: &Arrival, request: &Parts) -> String {
    let forwarded =
        request.headers.get("x-forwarded-for").and_then(|v| v.to_str().ok()).and_then(|v| v.split(',').next_back());
    match (arrival.behind_proxy, forwarded) {
        (true, Some(address)) => address.trim().to_owned(),
        _ => request.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string()).unwrap_or_default(),
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"))
}

/// Only a path of our own may follow a sign-in.
fn limit_path(path: &str) -> String {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c));
    if plain { path.to_owned() } else { "/".to_owned() }
}

#[test]
fn hosts_are_compared_in_one_form() {
    for (given, normal) in [
        ("Acme.Localhost:8080", "acme.localhost"),
        ("acme.localhost.", "acme.localhost"),
        ("[::1]:80", "[::1]"),
        ("a:b", "a:b"),
        ("", ""),
    ] {
        assert_eq!(normal_host(given), normal, "{given}");
    }
}
