//! `socketlab addresses`.

use std::{fmt::Write as _, io};

use super::end::End;
use crate::{
    cli::output,
    engine::{AdapterKind, addresses},
    words::text,
};

/// Prints this machine's addresses, the best one for another PC first.
pub(super) fn run(json: bool) -> io::Result<End> {
    let mut out = String::new();
    for adapter in addresses() {
        let (kind, words) = match adapter.kind {
            AdapterKind::Lan => ("lan", text!("lan")),
            AdapterKind::Virtual => ("virtual", text!("virtual")),
            AdapterKind::Loopback => ("loopback", text!("loopback")),
        };
        if json {
            let line = serde_json::json!({ "address": adapter.address, "adapter": adapter.name, "kind": kind });
            let _ = writeln!(out, "{line}");
        } else {
            let _ = writeln!(out, "{:<40} {:<16} {words}", adapter.address.to_string(), adapter.name);
        }
    }
    output::write_all(out.as_bytes()).map(|()| End::Done)
}
