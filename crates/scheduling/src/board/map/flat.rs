//! The round earth on a flat picture: web Mercator, as map tiles have it.
use customers::location::Point;
use std::f64::consts::PI;

/// The picture, in its own units: width and height.
pub type Size = (f64, f64);
pub const WHOLE: Size = (960.0, 640.0);
/// Beside the lanes of the board.
pub const BESIDE: Size = (420.0, 640.0);
/// What stays free around the outermost points.
const MARGIN: f64 = 56.0;
/// Streets can be told apart; nearer, one house would fill the picture.
const NEAREST: f64 = 15.0;
const TILE: f64 = 256.0;
/// Beyond it Mercator has no end.
const POLE: f64 = 85.05;

/// From points on earth to places in the picture.
#[derive(Debug, Clone, Copy)]
pub struct Flat {
    size: Size,
    zoom: f64,
    /// The upper left corner, in units of that zoom.
    left: f64,
    top: f64,
    /// Longitudes are counted from here, so that nothing is torn at the date line.
    around: f64,
}

/// A square picture of a tile server, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tile {
    pub zoom: u32,
    pub column: i64,
    pub row: i64,
    pub x: f64,
    pub y: f64,
}

/// On a world one tile wide.
fn world((latitude, longitude): Point, around: f64) -> (f64, f64) {
    let east = (longitude - around + 540.0).rem_euclid(360.0) - 180.0 + around;
    let high = latitude.clamp(-POLE, POLE).to_radians();
    let y = (1.0 - (high.tan() + 1.0 / high.cos()).ln() / PI) / 2.0;
    ((east + 180.0) / 360.0 * TILE, y * TILE)
}

impl Flat {
    /// Holds all the points, as near as can be; with tiles, at one of their steps. None without a point.
    pub fn holding(points: &[Point], size: Size, tiled: bool) -> Option<Self> {
        let around = points.first()?.1;
        let placed: Vec<(f64, f64)> = points.iter().map(|point| world(*point, around)).collect();
        let edge = |pick: fn(f64, f64) -> f64, of: fn(&(f64, f64)) -> f64| placed.iter().map(of).reduce(pick);
        let (west, east) = (edge(f64::min, |p| p.0)?, edge(f64::max, |p| p.0)?);
        let (north, south) = (edge(f64::min, |p| p.1)?, edge(f64::max, |p| p.1)?);
        let room = |picture: f64, span: f64| ((picture - 2.0 * MARGIN) / span.max(1e-9)).log2();
        let (wide, high) = size;
        let zoom = room(wide, east - west).min(room(high, south - north)).clamp(0.0, NEAREST);
        let zoom = if tiled { zoom.floor() } else { zoom };
        let scale = zoom.exp2();
        let (left, top) = ((west + east) / 2.0 * scale - wide / 2.0, (north + south) / 2.0 * scale - high / 2.0);
        Some(Self { size, zoom, left, top, around })
    }

    pub fn place(&self, point: Point) -> (f64, f64) {
        let (x, y) = world(point, self.around);
        let scale = self.zoom.exp2();
        (x * scale - self.left, y * scale - self.top)
    }

    /// How long a stretch of so many metres is in the middle of the picture.
    pub fn metres(&self, metres: f64) -> f64 {
        let middle = (self.top + self.size.1 / 2.0) / self.zoom.exp2() / TILE;
        let latitude = (PI * (1.0 - 2.0 * middle)).sinh().atan();
        metres / (40_075_016.686 * latitude.cos()) * TILE * self.zoom.exp2()
    }

    /// The tiles that lie under the picture; only of a picture made for tiles.
    pub fn tiles(&self) -> Vec<Tile> {
        let zoom = self.zoom as u32;
        let across = 1_i64 << zoom;
        let first = |edge: f64| (edge / TILE).floor() as i64;
        let columns = first(self.left)..=first(self.left + self.size.0);
        let rows = first(self.top).max(0)..=first(self.top + self.size.1).min(across - 1);
        let tile = |column: i64, row: i64| Tile {
            zoom,
            column: column.rem_euclid(across),
            row,
            x: column as f64 * TILE - self.left,
            y: row as f64 * TILE - self.top,
        };
        columns.flat_map(|column| rows.clone().map(move |row| tile(column, row))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::availability::kilometres;

    const WIDE: f64 = WHOLE.0;
    const HIGH: f64 = WHOLE.1;
    const SPRINGFIELD: Point = (39.7817, -89.6501);

    #[test]
    fn all_points_are_in_the_picture_and_north_is_up() {
        let points = [SPRINGFIELD, (39.9, -89.2), (39.5, -90.1)];
        for (size, tiled) in [(WHOLE, false), (WHOLE, true), (BESIDE, false), (BESIDE, true)] {
            let (wide, high) = size;
            let flat = Flat::holding(&points, size, tiled).unwrap();
            for point in points {
                let (x, y) = flat.place(point);
                assert!(
                    (MARGIN - 1e-6..=wide - MARGIN + 1e-6).contains(&x)
                        && (MARGIN - 1e-6..=high - MARGIN + 1e-6).contains(&y),
                    "{x} {y}"
                );
            }
            assert!(flat.place(points[1]).1 < flat.place(points[2]).1, "north is up");
            assert!(flat.place(points[1]).0 > flat.place(points[2]).0, "east is right");
        }
        assert!(Flat::holding(&[], WHOLE, false).is_none());
    }

    #[test]
    fn one_point_and_the_date_line_are_no_trouble() {
        let flat = Flat::holding(&[SPRINGFIELD], WHOLE, false).unwrap();
        assert_eq!(flat.place(SPRINGFIELD), (WIDE / 2.0, HIGH / 2.0));
        let fiji = [(-17.0, 179.9), (-17.1, -179.9)];
        let flat = Flat::holding(&fiji, WHOLE, false).unwrap();
        let (a, b) = (flat.place(fiji[0]), flat.place(fiji[1]));
        assert!(b.0 > a.0 && b.0 - a.0 <= WIDE, "side by side: {a:?} {b:?}");
    }

    #[test]
    fn lengths_are_those_of_the_earth() {
        let other = (39.7817, -89.5501);
        let flat = Flat::holding(&[SPRINGFIELD, other], WHOLE, false).unwrap();
        let drawn = flat.place(other).0 - flat.place(SPRINGFIELD).0;
        let metres = kilometres(SPRINGFIELD, other) * 1000.0;
        assert!((flat.metres(metres) - drawn).abs() < drawn * 0.01, "{drawn}");
    }

    #[test]
    fn tiles_cover_the_picture_with_the_right_numbers() {
        // The published slippy-map numbers of the Brandenburg Gate at zoom 15.
        let gate = (52.516_27, 13.377_72);
        let flat = Flat::holding(&[gate], WHOLE, true).unwrap();
        let tiles = flat.tiles();
        let (x, y) = (WIDE / 2.0, HIGH / 2.0);
        let holds = |tile: &&Tile| (tile.x..tile.x + TILE).contains(&x) && (tile.y..tile.y + TILE).contains(&y);
        let under = tiles.iter().find(holds).unwrap();
        assert_eq!((under.zoom, under.column, under.row), (15, 17_601, 10_746));
        assert!((12..=30).contains(&tiles.len()));
        for (x, y) in [(0.0, 0.0), (WIDE - 1.0, 0.0), (0.0, HIGH - 1.0), (WIDE - 1.0, HIGH - 1.0)] {
            assert!(tiles.iter().any(|t| (t.x..t.x + TILE).contains(&x) && (t.y..t.y + TILE).contains(&y)));
        }
    }
}
