//! The addresses of this machine, followed off the window's thread.

use crate::{
    app::{
        mailbox::{Mailbox, spawn},
        model::Addresses,
    },
    engine::{Adapter, AdapterKind, best_for_others, follow_addresses},
    ui::forms::listen_form::BindChoice,
    words::text,
};

/// Posts the addresses now and whenever they change: cables come and go.
pub(in crate::app) fn follow(mail: Mailbox<Addresses>) {
    spawn("addresses", move || {
        follow_addresses(|adapters| {
            let others = adapters.iter().filter(|adapter| adapter.kind != AdapterKind::Loopback);
            let best = best_for_others(adapters).map(|address| address.to_string());
            mail.post(Addresses { choices: others.map(choice).collect(), best })
        });
    });
}

fn choice(adapter: &Adapter) -> BindChoice {
    let address = adapter.address.to_string();
    let named = match adapter.kind {
        _ if !adapter.has_link => text!("{name}, no link", name = adapter.name),
        AdapterKind::Virtual => text!("{name}, virtual", name = adapter.name),
        AdapterKind::Lan | AdapterKind::Loopback => text!("LAN {name}", name = adapter.name),
    };
    BindChoice { label: format!("{named} · {address}"), adapter: named, address }
}
