//! What the browser loads: the built styles, islands, fonts and icons, embedded in the binary.
//!
//! Addresses carry `?v=<hash of the build>` and are then kept for a year; without it they are asked for again after an
//! hour. In a debug build the files are read from `web/dist`, so a new build of the styles shows without compiling.
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// Where the assets are served; the server mounts [`serve`] at `/assets/{*path}`.
pub const PREFIX: &str = "/assets/";

/// The address of an asset with the hash of the build: `href("app.css")` is `/assets/app.css?v=3f9c2a71b0de`.
pub fn href(path: &str) -> String {
    [PREFIX, path, "?v=", version().as_ref()].concat()
}

/// The hash of the whole build, twelve hexadecimal digits.
#[cfg(not(debug_assertions))]
pub fn version() -> &'static str {
    static VERSION: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    VERSION.get_or_init(read_version)
}

/// The hash of the whole build, twelve hexadecimal digits; read again each second, for the styles may have been rebuilt. Not each time:
/// every icon of a page asks.
#[cfg(debug_assertions)]
pub fn version() -> String {
    use std::{sync::Mutex, time::Instant};
    static READ: Mutex<Option<(Instant, String)>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(|e| e.into_inner());
    match &*read {
        Some((at, version)) if at.elapsed().as_secs() < 1 => version.clone(),
        _ => read.insert((Instant::now(), read_version())).1.clone(),
    }
}

fn read_version() -> String {
    Dist::get("built.txt")
        .map(|file| String::from_utf8_lossy(&file.data).chars().take(12).collect())
        .unwrap_or_else(|| "unbuilt".to_owned())
}

/// The handler of `/assets/{*path}`.
pub async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().strip_prefix(PREFIX).unwrap_or_else(|| uri.path().trim_start_matches('/'));
    get(path, uri.query(), &headers)
}

/// One asset: 304 when the browser has it, brotli or gzip when it takes that, 404 when there is none.
pub fn get(path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let named = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let hidden = path.ends_with(".br") || path.ends_with(".gz") || path.contains("..");
    let Some(plain) = (!hidden).then(|| Dist::get(path)).flatten() else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let tag = tag(&plain);
    let mut answer = if named(header::IF_NONE_MATCH).split(',').any(|seen| seen.trim() == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body(path, plain, named(header::ACCEPT_ENCODING))
    };
    let keep = if query.is_some_and(|q| q.starts_with("v=")) {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    let all = answer.headers_mut();
    all.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    all.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    all.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        all.insert(header::ETAG, value);
    }
    answer
}

fn body(path: &str, plain: EmbeddedFile, takes: &str) -> Response {
    let smaller = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(coding, _)| takes.split(',').any(|one| one.split(';').next().is_some_and(|c| c.trim() == *coding)))
        .find_map(|(coding, ending)| Dist::get(&format!("{path}.{ending}")).map(|file| (coding, file)));
    let (coding, file) = match smaller {
        Some((coding, file)) => (Some(coding), file),
        None => (None, plain),
    };
    let mut answer = Body::from(file.data.into_owned()).into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    if let Some(coding) = coding {
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    answer
}

fn tag(file: &EmbeddedFile) -> String {
    let hash: String = file.metadata.sha256_hash().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{hash}\"")
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_file_is_kept_by_its_hash_and_not_sent_twice() {
        let first = get("app.css", Some("v=x"), &HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        assert!(first.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(get("app.css", None, &ask(&[(header::IF_NONE_MATCH, &tag)])).status(), StatusCode::NOT_MODIFIED);
        assert!(
            !get("app.css", None, &HeaderMap::new()).headers()[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
    }

    #[test]
    fn the_smallest_the_browser_takes_is_sent() {
        let coding = |takes: &str| {
            let answer = get("app.css", None, &ask(&[(header::ACCEPT_ENCODING, takes)]));
            answer.headers().get(header::CONTENT_ENCODING).map(|c| c.to_str().unwrap().to_owned())
        };
        assert_eq!(coding("gzip, deflate, br").as_deref(), Some("br"));
        assert_eq!(coding("gzip").as_deref(), Some("gzip"));
        assert_eq!(coding("identity"), None);
    }

    #[test]
    fn nothing_outside_is_reached() {
        for path in ["../package.json", "app.css.br", "nothing.css", "/etc/passwd", ""] {
            assert_eq!(get(path, None, &HeaderMap::new()).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
