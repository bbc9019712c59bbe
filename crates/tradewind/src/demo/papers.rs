//! A paper and a picture for the demo's customers, drawn here so that none lies in the repository.

/// One page with these words in large letters; of them, what a PDF text takes as it is.
pub fn paper(title: &str, words: &str) -> Vec<u8> {
    let plain = |text: &str| text.chars().filter(|c| c.is_ascii() && !"()\\".contains(*c)).collect::<String>();
    let text = format!("BT /F 24 Tf 72 720 Td ({}) Tj /F 13 Tf 0 -36 Td ({}) Tj ET", plain(title), plain(words));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let (mut pdf, mut at) = ("%PDF-1.4\n".to_owned(), vec![]);
    for (n, object) in objects.iter().enumerate() {
        at.push(pdf.len());
        pdf += &format!("{} 0 obj\n{object}\nendobj\n", n + 1);
    }
    let (begins, many) = (pdf.len(), objects.len() + 1);
    pdf += &format!("xref\n0 {many}\n0000000000 65535 f \n");
    pdf += &at.iter().map(|at| format!("{at:010} 00000 n \n")).collect::<String>();
    pdf += &format!("trailer << /Size {many} /Root 1 0 R >>\nstartxref\n{begins}\n%%EOF\n");
    pdf.into_bytes()
}

/// A house before the sky, 96 pixels wide and 64 high.
pub fn picture() -> Vec<u8> {
    let (wide, high) = (96_u32, 64_u32);
    let mut rows = vec![];
    for y in 0..high {
        rows.push(0);
        for x in 0..wide {
            let (wall, roof) = (
                (28..68).contains(&x) && (30..52).contains(&y),
                (14..30).contains(&y) && x.abs_diff(48) < (y - 14) * 3 / 2,
            );
            let door = (44..52).contains(&x) && (38..52).contains(&y);
            rows.extend_from_slice(match () {
                () if door => &[0x5b, 0x3a, 0x29],
                () if wall => &[0xe9, 0xdc, 0xc3],
                () if roof => &[0xa4, 0x4a, 0x3f],
                () if y >= 52 => &[0x6b, 0x8f, 0x55],
                () => &[0xa9, 0xcb, 0xe6],
            });
        }
    }
    let mut head = [wide.to_be_bytes(), high.to_be_bytes()].concat();
    head.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", head), (b"IDAT", stored(&rows)), (b"IEND", vec![])] {
        let body = [kind.as_slice(), &data].concat();
        png.extend((data.len() as u32).to_be_bytes());
        png.extend(&body);
        png.extend(crc(&body).to_be_bytes());
    }
    png
}

/// As zlib wraps what it does not make smaller; such a block holds up to 64 kB.
fn stored(data: &[u8]) -> Vec<u8> {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let size = data.len() as u16;
    let head = [&[0x78, 0x01, 0x01][..], &size.to_le_bytes(), &(!size).to_le_bytes()].concat();
    [head, data.to_vec(), (b << 16 | a).to_be_bytes().to_vec()].concat()
}

fn crc(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn they_are_what_they_seem() {
    assert!(paper("Permit", "No. 1").starts_with(b"%PDF-"));
    let picture = picture();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() < 20_000, "{}", picture.len());
    // The check of an empty last chunk is known to everybody.
    assert!(picture.ends_with(b"IEND\xae\x42\x60\x82"));
}
