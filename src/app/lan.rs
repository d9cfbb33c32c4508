//! The addresses of this machine, looked up off the window's thread.

use super::mail::{Mailbox, News, spawn};
use crate::{
    engine::{Adapter, AdapterKind, addresses},
    ui::listen_form::BindChoice,
    words::text,
};

/// Looks the addresses up and posts them. Asked again whenever the form of a listener opens: cables come and go.
pub(super) fn look_up(mail: Mailbox) {
    spawn("addresses", move || {
        let adapters = addresses();
        let best = adapters.iter().find(|adapter| adapter.kind == AdapterKind::Lan);
        let best = best.map(|adapter| adapter.address.to_string());
        let others = adapters.iter().filter(|adapter| adapter.kind != AdapterKind::Loopback);
        mail.post(News::Addresses(others.map(choice).collect(), best));
    });
}

fn choice(adapter: &Adapter) -> BindChoice {
    let address = adapter.address.to_string();
    let label = match adapter.kind {
        AdapterKind::Virtual => text!("{name}, virtual · {address}", name = adapter.name, address = address),
        AdapterKind::Lan | AdapterKind::Loopback => {
            text!("LAN {name} · {address}", name = adapter.name, address = address)
        }
    };
    BindChoice { address, label }
}
