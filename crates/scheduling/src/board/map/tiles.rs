//! Pictures of streets under the map, where whoever runs the house has named a server of them.
use kernel::http::{POLICY, Page};

use super::flat::Tile;

/// A server of map tiles, and whom the map thanks for them.
#[derive(Debug, Clone)]
pub struct Tiles {
    template: String,
    origin: String,
    pub credit: String,
}

impl Tiles {
    /// `https://tiles.example.com/{z}/{x}/{y}.png`.
    pub fn new(template: &str, credit: &str) -> Result<Self, String> {
        let says = || {
            format!(
                "TRADEWIND_MAP_TILES is no address of map tiles: `{template}`. It looks like https://tiles.example.com/{{z}}/{{x}}/{{y}}.png"
            )
        };
        let (scheme, rest) = template.split_once("://").ok_or_else(says)?;
        let host = rest.split('/').next().unwrap_or_default();
        // The origin becomes part of a policy, in which these would begin something new.
        let plain =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
        let whole = ["{z}", "{x}", "{y}"].iter().all(|part| rest.contains(part)) && !host.contains('{');
        match matches!(scheme, "http" | "https") && plain(host) && whole {
            true => Ok(Self { template: template.into(), origin: format!("{scheme}://{host}"), credit: credit.into() }),
            false => Err(says()),
        }
    }

    /// A page whose pictures may come from there too.
    pub fn allowed(&self, page: Page) -> Page {
        page.policy(POLICY.replace("img-src 'self'", &format!("img-src 'self' {}", self.origin)))
    }

    pub fn address(&self, tile: &Tile) -> String {
        let part = [("{z}", i64::from(tile.zoom)), ("{x}", tile.column), ("{y}", tile.row)];
        part.iter().fold(self.template.clone(), |address, (name, number)| address.replace(name, &number.to_string()))
    }
}

#[test]
fn only_an_address_of_tiles_is_taken() {
    let tile = Tile { zoom: 12, column: 5, row: 7, x: 0.0, y: 0.0 };
    let tiles = Tiles::new("https://tiles.example.com:8443/a/{z}/{x}/{y}.png?key=1", "© them").unwrap();
    assert_eq!(tiles.address(&tile), "https://tiles.example.com:8443/a/12/5/7.png?key=1");
    assert_eq!(tiles.origin, "https://tiles.example.com:8443");
    for bad in [
        "",
        "tiles/{z}/{x}/{y}",
        "ftp://a/{z}/{x}/{y}",
        "https://a b/{z}/{x}/{y}",
        "https://a;script-src */{z}/{x}/{y}",
        "https://{z}/{x}/{y}",
        "https://a/{z}/{x}",
    ] {
        assert!(Tiles::new(bad, "").is_err(), "{bad}");
    }
}
