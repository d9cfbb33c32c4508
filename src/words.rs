//! The one place that every text for a person passes, so that it can be translated.
//!
//! Owns the look-up from the English text (which is the key) to the text shown, and the way numbers, sizes and times
//! are written. Must not know who shows the text. English stands in the code; the catalogues of the other languages are
//! in `assets/locales` and answer in [`tr`] and nowhere else. `tests/words.rs` holds them against the code.

pub mod foreign;
mod language;
mod phrase;

use std::fmt::{Display, Write as _};

use jiff::{Timestamp, tz::TimeZone};

pub use language::{Language, language, set_language, system_language};
pub use phrase::Phrase;
pub(crate) use phrase::phrase;

/// `text!("Listen")` is the text itself; `text!("Listening on {name}", name = addr)` fills it in.
macro_rules! text {
    ($template:literal) => { $crate::words::tr($template) };
    ($template:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::words::fill($crate::words::tr($template), &[$((stringify!($name), &$value as &dyn std::fmt::Display)),+])
    };
}
pub(crate) use text;

/// `counted!("{n} records", n = 3)`: the first value counts, and the catalogues have a form for each plural.
macro_rules! counted {
    ($template:literal, $count:ident = $number:expr $(, $name:ident = $value:expr)* $(,)?) => {{
        let number: u64 = $number;
        $crate::words::fill(
            $crate::words::tr_counted($template, number),
            &[
                (stringify!($count), &$crate::words::grouped(number) as &dyn std::fmt::Display),
                $((stringify!($name), &$value as &dyn std::fmt::Display)),*
            ],
        )
    }};
}
pub(crate) use counted;

/// The text shown for the English `key`; the key itself when the catalogue does not have it.
#[must_use]
pub fn tr(key: &'static str) -> &'static str {
    language::look_up(language(), key).unwrap_or(key)
}

/// Control characters, marks that reorder or hide text, and private-use characters (the icon font's among them): what a
/// stranger's text must not do to the words beside it.
#[must_use]
pub fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{e000}'..='\u{f8ff}' | '\u{fff9}'..='\u{fffb}' | '\u{f0000}'..='\u{10ffff}')
}

/// The text shown for the English `key` in the form that goes with a number.
#[must_use]
pub fn tr_counted(key: &'static str, number: u64) -> &'static str {
    language::look_up_counted(language(), key, number).unwrap_or(key)
}

/// The same for a text that is put together while the program runs, such as the help of an argument.
#[must_use]
pub fn tr_help(key: &str) -> Option<&'static str> {
    language::look_up(language(), key)
}

/// `template` with each `{name}` replaced by its value; an unknown name stays as it stands.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let value =
            after.split_once('}').and_then(|(name, tail)| Some((values.iter().find(|(key, _)| *key == name)?.1, tail)));
        if let Some((value, tail)) = value {
            let _ = write!(out, "{value}");
            rest = tail;
        } else {
            out.push('{');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// A count with thin spaces between groups of three digits: `1 204 311`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    out
}

/// A size in B, kB, MB, GB (powers of ten): `12.4 MB`. Below 1000 it is exact.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS.get(unit).copied().unwrap_or_default())
}

/// An exact size: `21 474 B`.
#[must_use]
pub fn exact_size(bytes: u64) -> String {
    format!("{} B", grouped(bytes))
}

/// A time span in the unit that keeps it short: `0.08 ms`, `3.2 ms`, `1.25 s`, `00:02:14`.
#[must_use]
pub fn span(nanos: u64) -> String {
    let millis = nanos as f64 / 1e6;
    if millis < 10.0 {
        format!("{millis:.2} ms")
    } else if millis < 1000.0 {
        format!("{millis:.0} ms")
    } else if millis < 60_000.0 {
        format!("{:.2} s", millis / 1000.0)
    } else {
        let seconds = nanos / 1_000_000_000;
        format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// Local time of day to the millisecond, `14:03:24.902`, of a moment in nanoseconds since 1970.
#[must_use]
pub fn clock(nanos: u64) -> String {
    local(nanos, "%H:%M:%S%.3f")
}

/// Local time of day to the microsecond with a thin gap, `14:03:24.902 117`, as the journal table shows it.
#[must_use]
pub fn clock_micros(nanos: u64) -> String {
    let mut time = local(nanos, "%H:%M:%S%.6f");
    if time.len() > 3 {
        time.insert(time.len() - 3, '\u{2009}');
    }
    time
}

/// RFC 3339 with microseconds and the local offset, `2026-11-20T14:03:24.902117+01:00`, as `--json` prints it.
#[must_use]
pub fn rfc3339(nanos: u64) -> String {
    local(nanos, "%Y-%m-%dT%H:%M:%S%.6f%:z")
}

/// Day and time of now in the local zone, as a daytime server answers it (RFC 867 leaves the form open).
#[must_use]
pub fn daytime() -> String {
    Timestamp::now().to_zoned(zone().clone()).strftime("%A, %B %-d, %Y %H:%M:%S-%Z").to_string()
}

/// A local time in a form as `strftime` takes it; `None` where the form makes no sense.
#[must_use]
pub fn local_time(nanos: u64, form: &str) -> Option<String> {
    let moment = Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::UNIX_EPOCH);
    jiff::fmt::strtime::format(form, &moment.to_zoned(zone().clone())).ok()
}

fn local(nanos: u64, form: &str) -> String {
    let moment = Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned(zone().clone()).strftime(form).to_string()
}

fn zone() -> &'static TimeZone {
    static ZONE: std::sync::OnceLock<TimeZone> = std::sync::OnceLock::new();
    ZONE.get_or_init(TimeZone::system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_and_stray_braces_stay() {
        assert_eq!(text!("{a} to {b}, {a}", a = 1, b = "x"), "1 to x, 1");
        assert_eq!(text!("{unknown} {a} {", a = 2), "{unknown} 2 {");
    }

    #[test]
    fn numbers_read_as_the_design_says() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_204_311), "1\u{2009}204\u{2009}311");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(12_400_000), "12.4 MB");
        assert_eq!(size(999_999), "1.0 MB");
        assert_eq!(span(80_000), "0.08 ms");
        assert_eq!(span(134_000_000_000), "00:02:14");
    }
}
