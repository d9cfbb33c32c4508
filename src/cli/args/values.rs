//! Values as they are written on the command line, one at a time.

use std::time::Duration;

use crate::{model::split_host_port, words::text};

/// The longest time that a number of seconds can mean: a hundred years. What is longer never ends anyway, and sums of
/// times stay far from what a clock can hold.
const LONGEST: Duration = Duration::from_hours(878_400);

/// Something that is not HOST:PORT, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text!("“{peer}” is not HOST:PORT; write for example 127.0.0.1:8000 or [::1]:8000", peer = self.0))]
pub(in crate::cli) struct WrongPeer(String);

/// A value that cannot be read, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(in crate::cli) struct WrongValue(&'static str);

/// Host and port, the host without brackets.
pub(in crate::cli) fn host_port(peer: &str) -> Result<(String, u16), WrongPeer> {
    split_host_port(peer).ok_or_else(|| WrongPeer(peer.to_owned()))
}

pub(super) fn seconds(typed: &str) -> Result<Duration, WrongValue> {
    let number = typed.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && seconds.is_finite());
    let number = number.ok_or_else(|| WrongValue(text!("use a number of seconds above 0, such as 2 or 0.5")))?;
    Ok(Duration::try_from_secs_f64(number).unwrap_or(LONGEST).min(LONGEST))
}

/// A number of bytes: plain, or with k, M, G for thousands and Ki, Mi, Gi for powers of 1024, a B behind it or not.
pub(super) fn bytes(typed: &str) -> Result<u64, WrongValue> {
    let typed = typed.trim();
    let digits = typed.trim_end_matches(|char: char| char.is_ascii_alphabetic());
    let unit = typed.get(digits.len()..).unwrap_or_default().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let (prefix, base) = unit.strip_suffix('i').map_or((unit, 1000_u64), |prefix| (prefix, 1024));
    let power = match prefix {
        "" if base == 1000 => Some(0),
        "k" => Some(1),
        "m" => Some(2),
        "g" => Some(3),
        _ => None,
    };
    let number = digits.trim_end().parse::<u64>().ok();
    let number = number.zip(power).and_then(|(number, power)| number.checked_mul(base.pow(power)));
    number.ok_or(WrongValue(text!("use a number of bytes, such as 2000000, 500k, 2M or 1G")))
}

/// A header of a request.
pub(super) fn header(typed: &str) -> Result<(String, String), WrongValue> {
    match typed.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        _ => Err(WrongValue(text!("write a header as \"Name: value\""))),
    }
}

/// A field of a form.
pub(super) fn pair(typed: &str) -> Result<(String, String), WrongValue> {
    match typed.split_once('=') {
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => Err(WrongValue(text!("write a field as name=value"))),
    }
}

/// Who asks; without a colon the password is empty.
pub(super) fn credentials(typed: &str) -> Result<(String, String), WrongValue> {
    let (name, password) = typed.split_once(':').unwrap_or((typed, ""));
    if typed.is_empty() {
        return Err(WrongValue(text!("write a name and a password as NAME:PASSWORD")));
    }
    Ok((name.to_owned(), password.to_owned()))
}

/// What requests that change something have to bring: it stands in headers, in addresses and in pages.
pub(super) fn token(typed: &str) -> Result<String, WrongValue> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    if (1..=128).contains(&typed.len()) && typed.as_bytes().iter().all(plain) {
        return Ok(typed.to_owned());
    }
    Err(WrongValue(text!("use 1 to 128 letters of a to z, digits, or - . _ ~")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_read_or_refused_with_an_example() {
        assert_eq!(host_port("localhost:80"), Ok(("localhost".into(), 80)));
        assert_eq!(host_port("[::1]:8000"), Ok(("::1".into(), 8000)));
        for wrong in ["localhost", ":80", "::1:80", "host:", "host:99999"] {
            assert!(host_port(wrong).unwrap_err().to_string().contains("[::1]:8000"), "{wrong}");
        }
    }

    #[test]
    fn any_number_of_seconds_above_nothing_is_a_time() {
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for longest in ["1e19", "1e300", "3.3e9"] {
            assert_eq!(seconds(longest), Ok(LONGEST), "{longest}");
        }
        for wrong in ["0", "-1", "nan", "inf", "-inf", "x", ""] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
        // Rounded to a nanosecond there is nothing left of it, which ends what it limits at once.
        assert_eq!(seconds("1e-300"), Ok(Duration::ZERO));
    }

    #[test]
    fn sizes_have_units_of_either_kind() {
        for (typed, size) in [
            ("0", 0),
            ("2000000", 2_000_000),
            ("500k", 500_000),
            ("64M", 64_000_000),
            ("64MB", 64_000_000),
            ("64MiB", 64 << 20),
            ("1Gi", 1 << 30),
            ("1 G", 1_000_000_000),
        ] {
            assert_eq!(bytes(typed), Ok(size), "{typed}");
        }
        for wrong in ["", "M", "1T", "1.5M", "-1", "1i", "99999999999G", "1MM"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
