//! The ladder as a picture for a page or a talk: one self-contained SVG in the colours of the theme in use.

use std::fmt::Write as _;

use egui::Color32;

use crate::{
    model::Direction,
    ui::{
        theme::Palette,
        views::ladder::{
            model::{Kind, Step},
            rows::{height, slope},
        },
    },
    words::{clock_micros, text},
};

const WIDTH: f32 = 960.0;
const THIS: f32 = 330.0;
const PEER: f32 = 730.0;
const HEADER: f32 = 52.0;
const FOOTER: f32 = 40.0;
const MONO: &str = "ui-monospace, Menlo, Consolas, monospace";
const SANS: &str = "system-ui, sans-serif";
/// Characters of one text; a picture is no place for a payload.
const TEXT: usize = 96;

/// The whole picture.
pub(super) fn svg(steps: &[Step], [this, peer]: &[String; 2], palette: &Palette) -> String {
    let rows: f32 = steps.iter().map(height).sum();
    let bottom = HEADER + rows;
    let all = bottom + FOOTER;
    let mut out = Out { svg: String::with_capacity(4096 + steps.len() * 320) };
    let _ = write!(
        out.svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{all}" viewBox="0 0 {WIDTH} {all}">"#
    );
    let _ = write!(out.svg, "<title>{}</title>", escape(&format!("{this} – {peer}")));
    let _ = write!(out.svg, r#"<rect width="{WIDTH}" height="{all}" fill="{}"/>"#, hex(palette.background));
    for (x, name) in [(THIS, this), (PEER, peer)] {
        out.line([x, HEADER - 8.0, x, bottom], palette.line_strong, false);
        out.text([x, 28.0], name, palette.text, &Style { anchor: "middle", family: MONO, bold: true, size: 14.0 });
    }
    let mut top = HEADER;
    for step in steps {
        out.step(step, top, palette);
        top += height(step);
    }
    let legend = text!("dashed: inferred from the calls, not captured");
    out.text([THIS, all - 16.0], legend, palette.muted, &Style { family: SANS, anchor: "start", ..Style::SMALL });
    out.svg.push_str("</svg>\n");
    out.svg
}

struct Style {
    anchor: &'static str,
    family: &'static str,
    bold: bool,
    size: f32,
}

impl Style {
    const SMALL: Self = Self { anchor: "start", family: MONO, bold: false, size: 11.0 };
    const CALL: Self = Self { anchor: "end", family: MONO, bold: false, size: 12.5 };
    const MIDDLE: Self = Self { anchor: "middle", ..Self::CALL };
}

struct Out {
    svg: String,
}

impl Out {
    fn step(&mut self, step: &Step, top: f32, palette: &Palette) {
        let tall = height(step);
        let middle = f32::midpoint(THIS, PEER);
        if matches!(step.kind, Kind::End | Kind::Gap) {
            let style = Style { bold: step.kind == Kind::End, size: 13.0, ..Style::MIDDLE };
            self.over([middle, top + 38.0], &step.call, palette.text, palette, &style);
            self.over(
                [middle, top + 58.0],
                &step.note,
                palette.muted,
                palette,
                &Style { family: SANS, ..Style::MIDDLE },
            );
            return;
        }
        if let Kind::Mark { mends } = step.kind {
            let color = match (mends, step.trouble) {
                (true, _) => palette.good,
                (_, true) => palette.bad,
                _ => palette.warning,
            };
            let y = top + tall / 2.0;
            let _ = write!(self.svg, r#"<circle cx="{THIS}" cy="{y:.1}" r="5" fill="{}"/>"#, hex(color));
            let style = Style { family: SANS, ..Style::SMALL };
            self.over([THIS + 16.0, y + 4.0], &step.call, palette.text, palette, &style);
            let style = Style { anchor: "end", ..style };
            self.text([THIS - 16.0, y + 4.0], &step.note, palette.muted, &style);
            return;
        }
        let (leaves, arrives) = slope(step, tall);
        let call_y = match step.wire.as_ref().map(|wire| wire.direction) {
            Some(Direction::Inbound) => top + arrives,
            Some(Direction::Outbound) => top + leaves,
            None => top + tall / 2.0,
        };
        let color = match (step.trouble, step.seq) {
            (true, _) => palette.bad_words,
            (_, Some(_)) => palette.text,
            (_, None) => palette.muted,
        };
        self.text([THIS - 12.0, call_y + 4.0], &step.call, color, &Style::CALL);
        if let Some(nanos) = step.nanos {
            self.text([14.0, call_y + 4.0], &clock_micros(nanos), palette.muted, &Style::SMALL);
        }
        let note = if step.trouble { palette.bad_words } else { palette.muted };
        self.text([PEER + 12.0, top + arrives + 4.0], &step.note, note, &Style::SMALL);
        let Some(wire) = &step.wire else { return };
        let color = match (wire.inferred, step.trouble, wire.direction) {
            (true, true, _) => palette.bad,
            (true, false, _) => palette.faint,
            (false, _, Direction::Inbound) => palette.inbound,
            (false, _, Direction::Outbound) => palette.outbound,
        };
        let (from, to) = match wire.direction {
            Direction::Inbound => (PEER, THIS + 1.0),
            Direction::Outbound => (THIS, PEER - 1.0),
        };
        let (y0, y1) = (top + leaves, top + arrives);
        self.line([from, y0, to, y1], color, wire.inferred);
        if matches!(step.kind, Kind::Fold { .. }) {
            self.line([from, y0 + 3.5, to, y1 + 3.5], color, false);
        }
        let back = if to > from { -9.0 } else { 9.0 };
        for wing in [-4.5, 3.5] {
            self.line([to + back, y1 + wing, to, y1], color, false);
        }
        let words = if wire.inferred && !step.trouble { palette.muted } else { color };
        self.text([middle, f32::midpoint(y0, y1) - 5.0], &wire.label, words, &Style::MIDDLE);
    }

    fn line(&mut self, [x0, y0, x1, y1]: [f32; 4], color: Color32, dashed: bool) {
        let dash = if dashed { r#" stroke-dasharray="5 4""# } else { "" };
        let _ = write!(
            self.svg,
            r#"<line x1="{x0}" y1="{y0:.1}" x2="{x1}" y2="{y1:.1}" stroke="{}" stroke-width="1.5"{dash}/>"#,
            hex(color)
        );
    }

    /// Text with an edge in the page's colour, so that what is behind it stops.
    fn over(&mut self, at: [f32; 2], words: &str, color: Color32, palette: &Palette, style: &Style) {
        let edge = format!(
            r#" paint-order="stroke" stroke="{}" stroke-width="6" stroke-linejoin="round""#,
            hex(palette.background)
        );
        self.text_with(at, words, color, style, &edge);
    }

    fn text(&mut self, at: [f32; 2], words: &str, color: Color32, style: &Style) {
        self.text_with(at, words, color, style, "");
    }

    fn text_with(&mut self, [x, y]: [f32; 2], words: &str, color: Color32, style: &Style, more: &str) {
        if words.is_empty() {
            return;
        }
        let weight = if style.bold { r#" font-weight="600""# } else { "" };
        let _ = write!(
            self.svg,
            r#"<text x="{x}" y="{y:.1}" font-family="{}" font-size="{}"{weight} text-anchor="{}" fill="{}"{more}>{}</text>"#,
            style.family,
            style.size,
            style.anchor,
            hex(color),
            escape(words)
        );
    }
}

fn hex(color: Color32) -> String {
    let [red, green, blue, _] = color.to_array();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Text as XML takes it: markup escaped, and without the characters that XML forbids.
fn escape(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    for character in words.chars().take(TEXT) {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => out.push('·'),
            character => out.push(character),
        }
    }
    if words.chars().count() > TEXT {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::views::ladder::model::Wire;

    fn data(label: &str) -> Step {
        Step {
            kind: Kind::Data,
            seq: Some(7),
            nanos: Some(1_000_000),
            call: "recv(1024) = 16".to_owned(),
            wire: Some(Wire { direction: Direction::Inbound, inferred: false, label: label.to_owned() }),
            note: String::new(),
            trouble: false,
        }
    }

    /// Every element closed in order, every `<` and `&` part of markup.
    fn is_well_formed(svg: &str) -> bool {
        let mut open: Vec<&str> = Vec::new();
        let mut rest = svg.trim_end();
        while let Some(at) = rest.find(['<', '&']) {
            if rest[at..].starts_with('&') {
                let known = ["&amp;", "&lt;", "&gt;", "&quot;", "&apos;"];
                let Some(entity) = known.iter().find(|entity| rest[at..].starts_with(**entity)) else { return false };
                rest = &rest[at + entity.len()..];
                continue;
            }
            let Some(end) = rest[at..].find('>') else { return false };
            let tag = &rest[at + 1..at + end];
            if !tag.matches('"').count().is_multiple_of(2) || tag.contains('<') {
                return false;
            }
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            if tag.starts_with('/') {
                if open.pop() != Some(name) {
                    return false;
                }
            } else if !tag.ends_with('/') {
                open.push(name);
            }
            rest = &rest[at + end + 1..];
        }
        open.is_empty() && rest.is_empty()
    }

    #[test]
    fn what_was_noticed_here_stands_beside_this_line() {
        let (words, time) = ("the peer does not read: 9 B wait, for 3.00 s", "14:03:24.902");
        let (call, note) = (words.to_owned(), time.to_owned());
        let mark = Step { kind: Kind::Mark { mends: false }, call, note, wire: None, ..data("") };
        let svg = svg(&[mark], &["this".to_owned(), "peer".to_owned()], &Palette::LIGHT);
        assert!(is_well_formed(&svg) && svg.contains(words) && svg.contains(time) && svg.contains("<circle"), "{svg}");
    }

    #[test]
    fn the_picture_is_well_formed_whatever_the_peer_sent() {
        let evil = "</text><script>alert(\"&'\")</script>\u{1}\u{ffff}";
        let steps = [data("16 B can you hear me?"), data(evil)];
        let names = ["127.0.0.1:8000 (this end)".to_owned(), "<peer> & \"more\"".to_owned()];
        for palette in [&Palette::LIGHT, &Palette::DARK] {
            let svg = svg(&steps, &names, palette);
            assert!(is_well_formed(&svg), "{svg}");
            assert!(!svg.contains("<script"), "{svg}");
            assert!(svg.contains("&lt;script&gt;") && svg.contains("can you hear me?"), "{svg}");
            assert!(svg.contains(&hex(palette.inbound)), "{svg}");
        }
    }
}
