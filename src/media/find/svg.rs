//! SVG: text up to the tag that closes the first one. Only what stands at the start of something is taken for one, because pages of
//! other kinds have such elements in them.

use memchr::{memchr, memchr2, memchr3, memmem};

use super::parse::{Facts, Step, byte, bytes};

/// The first element stands within this many bytes.
const LEAD: usize = 16 << 10;

/// What it is in the middle of, and up to where that has been searched.
#[derive(Debug, Default)]
pub(super) struct Svg {
    at: usize,
    depth: u32,
    inside: Inside,
}

#[derive(Clone, Copy, Debug, Default)]
enum Inside {
    /// Text between two tags.
    #[default]
    Text,
    /// What ends with these bytes: a comment and the like.
    Until(&'static [u8]),
    /// A document type, which may have declarations of its own.
    Kind,
    /// A tag since this place, in these quotes or in none.
    Tag(usize, Option<u8>),
}

impl Svg {
    pub(super) fn advance(&mut self, data: &[u8], facts: &mut Facts) -> Result<Step, Step> {
        if self.at == 0 && bytes(data, 0)? == *b"\xEF\xBB\xBF" {
            self.at = 3;
        }
        loop {
            if !facts.proven && self.at > LEAD {
                return Err(Step::No);
            }
            let rest = data.get(self.at..).ok_or(Step::More)?;
            match self.inside {
                Inside::Text => {
                    let hit = memchr(b'<', rest);
                    let skip = hit.unwrap_or(rest.len());
                    if !facts.proven && !rest.get(..skip).unwrap_or_default().trim_ascii().is_empty() {
                        return Err(Step::No);
                    }
                    self.at += skip;
                    if hit.is_none() {
                        return Ok(Step::More);
                    }
                    self.enter(data)?;
                }
                Inside::Until(mark) => match memmem::find(rest, mark) {
                    Some(hit) => self.leave(self.at + hit + mark.len()),
                    None => return Ok(self.wait(rest.len().saturating_sub(mark.len() - 1))),
                },
                Inside::Kind => match memchr2(b'>', b'[', rest) {
                    Some(hit) if rest.get(hit) == Some(&b'[') => self.inside = Inside::Until(b"]>"),
                    Some(hit) => self.leave(self.at + hit + 1),
                    None => return Ok(self.wait(rest.len())),
                },
                Inside::Tag(start, Some(quote)) => match memchr(quote, rest) {
                    Some(hit) => {
                        self.at += hit + 1;
                        self.inside = Inside::Tag(start, None);
                    }
                    None => return Ok(self.wait(rest.len())),
                },
                Inside::Tag(start, None) => match memchr3(b'>', b'"', b'\'', rest) {
                    Some(hit) if rest.get(hit) == Some(&b'>') => {
                        self.leave(self.at + hit + 1);
                        self.tag(data.get(start..self.at).unwrap_or_default(), facts)?;
                    }
                    Some(hit) => {
                        self.at += hit + 1;
                        self.inside = Inside::Tag(start, rest.get(hit).copied());
                    }
                    None => return Ok(self.wait(rest.len())),
                },
            }
        }
    }

    /// Sees what the `<` at this place opens.
    fn enter(&mut self, data: &[u8]) -> Result<(), Step> {
        let (skip, inside) = match byte(data, self.at + 1)? {
            b'?' => (2, Inside::Until(b"?>")),
            b'!' => match &bytes::<9>(data, self.at)? {
                b"<![CDATA[" => (9, Inside::Until(b"]]>")),
                [b'<', b'!', b'-', b'-', ..] => (4, Inside::Until(b"-->")),
                _ => (2, Inside::Kind),
            },
            _ => (1, Inside::Tag(self.at, None)),
        };
        self.at += skip;
        self.inside = inside;
        Ok(())
    }

    fn leave(&mut self, at: usize) {
        self.at = at;
        self.inside = Inside::Text;
    }

    /// So much has been searched in vain.
    fn wait(&mut self, searched: usize) -> Step {
        self.at += searched;
        Step::More
    }

    /// Takes note of a whole tag; `self.at` is behind it.
    fn tag(&mut self, tag: &[u8], facts: &mut Facts) -> Result<(), Step> {
        let closes = tag.starts_with(b"</");
        let is_svg = is_svg(tag.get(1 + usize::from(closes)..).unwrap_or_default());
        if !facts.proven {
            if closes || !is_svg {
                return Err(Step::No);
            }
            facts.proven = true;
            (facts.width, facts.height) = size(tag);
        }
        if is_svg {
            if closes {
                self.depth = self.depth.saturating_sub(1);
            } else if !tag.ends_with(b"/>") {
                self.depth += 1;
            }
            if self.depth == 0 {
                return Err(Step::Complete(self.at));
            }
        }
        Ok(())
    }
}

/// Whether the name, with what ends it behind, is `svg`, with a prefix or without.
fn is_svg(name: &[u8]) -> bool {
    let name = name.split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/')).next().unwrap_or_default();
    name.rsplit(|byte| *byte == b':').next() == Some(b"svg")
}

/// Width and height of the first tag in pixels, where it says so; else those of what it shows.
fn size(tag: &[u8]) -> (u32, u32) {
    let tag = String::from_utf8_lossy(tag);
    let value = |name: &str| {
        let start = tag
            .match_indices(name)
            .find(|(at, _)| tag.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace)))?
            .0;
        let rest = tag.get(start + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next()?;
        rest.get(1..)?.split(quote).next()
    };
    let rounded = |number: f64| if number.is_finite() && (0.5..1e6).contains(&number) { number.round() } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above")]
    let pixels = |text: &str| rounded(text.trim().trim_end_matches("px").parse().unwrap_or(0.0)) as u32;
    let shown: Vec<&str> =
        value("viewBox").unwrap_or_default().split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let side = |name: &str, index: usize| {
        let own = value(name).map_or(0, pixels);
        if own > 0 { own } else { shown.get(index).map_or(0, |text| pixels(text)) }
    };
    (side("width", 2), side("height", 3))
}
