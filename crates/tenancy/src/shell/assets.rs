//! What the browser loads besides pages: the built files, the company's colours, its name as an app.
use axum::{Router, routing::get};
use kernel::{House, Outside, Result, Visitor, http::Text};

/// Files that are the same for everybody; no handler of ours stands before them.
pub fn routes() -> Router<House> {
    Router::new().route("/assets/{*path}", get(ui::assets::serve)).route("/favicon.ico", get(icon))
}

async fn icon(headers: axum::http::HeaderMap) -> axum::response::Response {
    ui::assets::get("favicon.svg", None, &headers)
}

/// The address carries the hue, so it may be kept; another hue is another address.
pub async fn styles(visitor: Visitor) -> Result<Text> {
    let body = ui::brand_css(visitor.tenant().brand.hue);
    Ok(Text { media_type: "text/css; charset=utf-8", cache: "private, max-age=86400", body })
}

pub async fn manifest(outside: Outside) -> Result<Text> {
    let name = outside.tenant.as_ref().map_or("Tradewind", |tenant| tenant.name.as_str());
    let body = serde_json::json!({
        "name": name,
        "short_name": name.chars().take(20).collect::<String>(),
        "start_url": "/",
        "display": "standalone",
        "background_color": "#f5f4f1",
        "theme_color": "#ffffff",
        "icons": [{ "src": "/assets/favicon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any" }],
    });
    Ok(Text { media_type: "application/manifest+json", cache: "private, max-age=3600", body: body.to_string() })
}
