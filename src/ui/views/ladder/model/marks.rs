//! What this PC noticed beside the calls: that nothing is acknowledged, that an address is lost, that the clock jumped.

use crate::{
    model::{Health, Presence},
    ui::views::{
        ladder::model::step::{Kind, Step},
        shared::{calls::Call, wording},
    },
    words::clock,
};

/// The row of such a record: its words and its time.
pub(super) fn step(call: &Call) -> Step {
    let detail = call.detail.as_deref().cloned().unwrap_or_default();
    let words = wording::observed(call.event, &detail);
    let mends = detail.health == Some(Health::Fine) || detail.presence == Some(Presence::Here);
    let trouble = detail.presence == Some(Presence::Lost);
    Step { kind: Kind::Mark { mends }, trouble, ..Step::call(words).at(call).noted(clock(call.nanos)) }
}
