//! Who can reach a listener: its addresses, their codes, and the way back to this PC alone.

use std::{cell::RefCell, rc::Rc};

use egui::Role;
use egui_kittest::kittest::Queryable as _;
use socketlab::{
    model::SessionId,
    ui::{
        action::Action,
        views::shared::access::{self as shared, Access, Way},
    },
};

use crate::drawn::view;

pub(crate) fn access(addresses: &[&str], here_only: bool) -> Access {
    let way = |address: &&str| Way { adapter: "LAN eth0".into(), address: (*address).into() };
    let ways = addresses.iter().map(way).collect();
    Access { session: SessionId(1), here_only, can_move: true, datagrams: false, ways }
}

#[test]
fn each_address_of_this_pc_has_its_code_and_a_way_back_to_this_pc_alone() {
    let addresses = Rc::new(RefCell::new(vec!["10.0.0.2:80", "192.168.1.7:80"]));
    let shown = Rc::clone(&addresses);
    let (mut harness, actions) = view([1280.0, 800.0], move |ui, actions| {
        shared::show(ui, &access(&shown.borrow(), false), actions);
    });
    harness.run();
    harness.get_by_label("QR code of 10.0.0.2:80");
    harness.get_by_role_and_label(Role::Button, "192.168.1.7:80").click();
    harness.run();
    harness.get_by_label("QR code of 192.168.1.7:80");
    // Its adapter goes: what is shown is an address that there is.
    addresses.borrow_mut().pop();
    harness.run();
    harness.get_by_label("QR code of 10.0.0.2:80");
    assert!(harness.query_by_label_contains("192.168.1.7").is_none());
    harness.get_by_role_and_label(Role::Button, "This PC only").click();
    harness.run();
    assert_eq!(actions.borrow_mut().pop(), Some(Action::Rebind(SessionId(1), "127.0.0.1".into())));
}
