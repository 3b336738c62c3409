//! The texts and the logo that a user adds to the page.
//!
//! A logo is embedded, so its type is checked: a raster image by its first bytes, SVG as a well-formed document. The page
//! has it as an image, in which a browser runs no script and loads no file. Refuses to know files.

use base64ct::{Base64, Encoding};

/// Bytes of the largest logo, because pages are sent by mail.
pub const LARGEST_LOGO: usize = 512 * 1024;

/// The texts and the logo of a page.
#[derive(Clone, Debug, Default)]
pub struct Cover {
    /// The title, instead of "Sessions and integrations of PROJECT".
    pub title: Option<String>,
    /// The recipient of the page.
    pub client: Option<String>,
    /// The author of the page.
    pub author: Option<String>,
    /// The logo.
    pub logo: Option<Logo>,
}

/// An image that can be embedded.
#[derive(Clone, Debug)]
pub struct Logo {
    media_type: &'static str,
    base64: String,
}

impl Logo {
    /// The logo of these bytes, or why they are not one.
    pub fn of(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LARGEST_LOGO {
            return Err(format!("has {} KB; a logo has at most {}", bytes.len().div_ceil(1024), LARGEST_LOGO / 1024));
        }
        let media_type = media_type(bytes).ok_or("is neither PNG, JPEG, GIF, WebP nor well-formed SVG")?;
        Ok(Self { media_type, base64: Base64::encode_string(bytes) })
    }

    /// The image as a `data:` URL.
    pub(super) fn address(&self) -> String {
        format!("data:{};base64,{}", self.media_type, self.base64)
    }
}

fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => is_svg(bytes).then_some("image/svg+xml"),
    }
}

/// Whether the bytes are a well-formed XML document with the root `svg`.
fn is_svg(bytes: &[u8]) -> bool {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut reader = Reader::from_str(text.trim_start_matches('\u{FEFF}'));
    let mut has_root = false;
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(event @ (Event::Start(_) | Event::Empty(_))) => {
                let (Event::Start(tag) | Event::Empty(tag)) = &event else { return false };
                if depth == 0 && (has_root || tag.local_name().as_ref() != "svg") {
                    return false;
                }
                has_root = true;
                depth += usize::from(matches!(event, Event::Start(_)));
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return has_root && depth == 0,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(media_type(b"\xFF\xD8\xFF\xE0"), Some("image/jpeg"));
        assert_eq!(media_type(b"GIF89a"), Some("image/gif"));
        assert_eq!(media_type(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(media_type(b"<?xml version=\"1.0\"?><svg xmlns=\"x\"><g/></svg>"), Some("image/svg+xml"));
        for bytes in
            [&b"<html><svg/></html>"[..], b"<svg><g></svg>", b"<svg>", b"", b"MZ\x90", b"<svg/><svg/>", b"\xFF\xFE"]
        {
            assert_eq!(media_type(bytes), None, "{bytes:?}");
        }
        assert!(Logo::of(&vec![0; LARGEST_LOGO + 1]).unwrap_err().contains("at most 512"));
    }
}
