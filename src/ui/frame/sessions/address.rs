//! An address in little room: what gives way, and what does not.

use std::borrow::Cow;

use egui::Ui;

use crate::ui::theme;

/// An address as it stands in `room` points: its port can be read.
pub(super) fn in_room<'a>(ui: &Ui, address: &'a str, room: f32) -> Cow<'a, str> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "letters of one line")]
    let letters = ((room + 0.5) / letter(ui)).max(0.0) as usize;
    cut_address(address, letters)
}

/// The width of one letter of the font that addresses are written in.
fn letter(ui: &Ui) -> f32 {
    ui.fonts_mut(|fonts| fonts.glyph_width(&theme::mono(), '0'))
}

/// The width of an address that is there whole.
pub(super) fn whole(ui: &Ui, address: &str) -> f32 {
    address.chars().count() as f32 * letter(ui)
}

/// The width that an address needs at least to be told from others: its port, and a sign that something stands before it.
pub(super) fn least(ui: &Ui, address: &str) -> f32 {
    let port = split_port(address).map_or(0, |(_, port)| port.len() + 1);
    let letters = address.chars().count().min(port.max(8));
    letters as f32 * letter(ui)
}

/// The width of its port alone; of what has no port, as [`least`].
pub(super) fn port_alone(ui: &Ui, address: &str) -> f32 {
    split_port(address).map_or_else(|| least(ui, address), |(_, port)| port.len() as f32 * letter(ui))
}

/// Host and `:port`; `None` for what has no port.
fn split_port(address: &str) -> Option<(&str, &str)> {
    let at = address.rfind(':')?;
    let (host, port) = address.split_at(at);
    port.get(1..)?.parse::<u16>().is_ok().then_some((host, port))
}

/// An address in so many letters: the host gives way before the port, and of an address in numbers the end stays, which is
/// what tells the machines of one network apart.
fn cut_address(address: &str, letters: usize) -> Cow<'_, str> {
    let count = address.chars().count();
    if count <= letters {
        return address.into();
    }
    let last = |text: &str, letters: usize| text.chars().skip(text.chars().count() - letters).collect::<String>();
    match split_port(address) {
        Some((host, port)) if port.len() < letters => {
            let kept = letters - port.len() - 1;
            let in_numbers = host.ends_with(|end: char| end == ']' || end.is_ascii_digit());
            if in_numbers {
                format!("…{}{port}", last(host, kept).trim_start_matches('.')).into()
            } else {
                format!("{}…{port}", host.chars().take(kept).collect::<String>()).into()
            }
        }
        Some((_, port)) => port.into(),
        // Of a path, a URL and an address in numbers the end tells.
        None if letters > 1 && (address.contains('/') || address.parse::<std::net::IpAddr>().is_ok()) => {
            format!("…{}", last(address, letters - 1)).into()
        }
        None => address.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_gives_way_before_the_port() {
        for (address, letters, cut) in [
            ("127.0.0.1:51234", 15, "127.0.0.1:51234"),
            ("192.168.1.57:51234", 12, "…1.57:51234"),
            ("192.168.1.57:51234", 7, "…:51234"),
            ("192.168.1.57:51234", 3, ":51234"),
            ("[fe80::1:2%eth0]:80", 10, "…%eth0]:80"),
            ("printer.example.org:9100", 14, "printer.…:9100"),
            ("/tmp/socketlab/echo.sock", 11, "…/echo.sock"),
            ("127.0.0.1:8000/test.jpg", 10, "…/test.jpg"),
            ("192.168.1.57", 6, "….1.57"),
            ("#12", 2, "#12"),
        ] {
            assert_eq!(cut_address(address, letters), cut, "{address} in {letters}");
        }
    }
}
