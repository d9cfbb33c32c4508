//! What a camera wrote into a picture, for a person to read.

use exif::{Exif, In, Reader, Tag, Value};

/// More is not looked through.
const MOST: usize = 4 << 20;
/// Characters of one field.
const LONG: usize = 60;

/// The few facts of EXIF that people look for; empty where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Camera {
    /// Maker and model: `Canon EOS 5D`.
    pub model: String,
    /// When, by the camera's own clock: `2024-05-01 12:30:00`.
    pub taken: String,
    /// How: `1/125 s · f/2.8 · ISO 100 · 35 mm`.
    pub exposure: String,
    /// The picture is stored turned or mirrored, and shown the right way up.
    pub turned: bool,
    /// The place is in it.
    pub located: bool,
}

impl Camera {
    pub(super) fn read(exif: Vec<u8>, turned: bool) -> Self {
        let nothing = Self { turned, ..Self::default() };
        if exif.len() > MOST {
            return nothing;
        }
        let Ok(exif) =
            Reader::new().continue_on_error(true).read_raw(exif).or_else(|error| error.distill_partial_result(|_| {}))
        else {
            return nothing;
        };
        let (maker, model) = (words(&exif, Tag::Make), words(&exif, Tag::Model));
        // Many makers repeat themselves in the model.
        let first = maker.split(' ').next().unwrap_or_default();
        let model = if !first.is_empty() && model.starts_with(first) { model } else { format!("{maker} {model}") };
        let taken = [Tag::DateTimeOriginal, Tag::DateTime].map(|tag| shown(&exif, tag));
        let time = match fraction(&exif, Tag::ExposureTime) {
            Some(time) if time > 0.0 && time < 0.4 => format!("1/{:.0} s", 1.0 / time),
            Some(time) if time > 0.0 => format!("{time:.1} s"),
            _ => String::new(),
        };
        let number = |tag, before: &str, after: &str| {
            let number = fraction(&exif, tag).filter(|number| *number > 0.0);
            number.map_or_else(String::new, |number| format!("{before}{}{after}", (number * 10.0).round() / 10.0))
        };
        let parts = [
            time,
            number(Tag::FNumber, "f/", ""),
            number(Tag::PhotographicSensitivity, "ISO ", ""),
            number(Tag::FocalLength, "", " mm"),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Self {
            model: model.trim().to_owned(),
            taken: taken.into_iter().find(|taken| !taken.is_empty()).unwrap_or_default(),
            exposure: parts.join(" · "),
            turned,
            located: exif.get_field(Tag::GPSLatitude, In::PRIMARY).is_some(),
        }
    }

    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// The first text of a field, in characters that can be read.
fn words(exif: &Exif, tag: Tag) -> String {
    match exif.get_field(tag, In::PRIMARY).map(|field| &field.value) {
        Some(Value::Ascii(lines)) => clean(&String::from_utf8_lossy(lines.first().map_or(&[], Vec::as_slice))),
        _ => String::new(),
    }
}

fn shown(exif: &Exif, tag: Tag) -> String {
    match exif.get_field(tag, In::PRIMARY) {
        Some(field) if matches!(field.value, Value::Ascii(_)) => clean(&field.display_value().to_string()),
        _ => String::new(),
    }
}

fn clean(text: &str) -> String {
    let kept = text.trim_matches(|char: char| char == '\0' || char.is_whitespace() || char == '"');
    kept.chars().filter(|char| !char.is_control()).take(LONG).collect()
}

fn fraction(exif: &Exif, tag: Tag) -> Option<f64> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(list) => list.first().filter(|one| one.denom > 0).map(exif::Rational::to_f64),
        other => other.get_uint(0).map(f64::from),
    }
}
